"""The list of tasks, ``tasks.toml``, and ``.. task-table::``, the table of the landing page.

`task_strips` shows the other forms of a task on each page that is about it.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

__all__ = ["CLASS", "PAGES", "Task", "command_link", "page_link", "setup", "tasks"]

CLASS = "tasks"
"""Every element of these extensions has it."""

_DATA = Path(__file__).parents[1] / "tasks.toml"
_HEADINGS = ("You have", "In Python, and in a terminal", "Tutorial", "Snippet")
_WIDTHS = (13, 54, 18, 15)


@dataclass(frozen=True, kw_only=True)
class Task:
    """What a reader has or wants, and its forms; ``tasks.toml`` describes them."""

    python: str
    have: str = ""
    want: str = ""
    command: str = ""
    functions: tuple[str, ...] = ()
    tutorials: tuple[str, ...] = ()
    snippets: tuple[str, ...] = ()


def tasks() -> list[Task]:
    """Return all tasks, in their order."""
    return [_task(row) for row in tomllib.loads(_DATA.read_text(encoding="utf-8"))["task"]]


def _task(row: dict[str, Any]) -> Task:
    lists = {key: tuple(each) for key, each in row.items() if isinstance(each, list)}
    return Task(**row | lists)


PAGES = {
    "tutorials": ("std", "doc", "/tutorials/{}"),
    "snippets": ("std", "ref", "snippet-{}"),
    "functions": ("py", "func", "antares_helpers.{}"),
}
"""The domain, role and target of each kind of page."""


def page_link(kind: str, name: str, content: nodes.Element | None = None) -> nodes.Element:
    """Return a link to a page of a kind, with its own title unless content is given."""
    domain, role, target = PAGES[kind]
    return _link(domain, role, target.format(name), content)


def command_link(command: str, content: nodes.Element | None = None) -> nodes.Element:
    """Return a link to the section on a command, with its title unless content is given."""
    return _link("std", "ref", f"command-{command.split()[1]}", content)


def _link(domain: str, role: str, target: str, content: nodes.Element | None) -> nodes.Element:
    link = addnodes.pending_xref(
        refdomain=domain,
        reftype=role,
        reftarget=target,
        refexplicit=content is not None,
        refwarn=True,
    )
    name = nodes.literal if domain == "py" else nodes.inline
    link += content or name("", target.rpartition(".")[2])
    return link


class TaskTable(SphinxDirective):
    """Show the tasks that begin with what a reader has, each with its forms."""

    def run(self) -> list[nodes.Node]:
        """Make the table."""
        group = nodes.tgroup(cols=len(_HEADINGS))
        group += [nodes.colspec(colwidth=width) for width in _WIDTHS]
        group[0]["stub"] = 1
        headings = (_entry(nodes.Text(text)) for text in _HEADINGS)
        group += nodes.thead("", nodes.row("", *headings))
        group += nodes.tbody("", *(_row(task) for task in tasks() if task.have))
        return [nodes.table("", group, classes=[CLASS, "task-table"])]


def _row(task: Task) -> nodes.row:
    code = [nodes.literal("", task.python, language="python", classes=["code", "highlight"])]
    if task.command:
        code.append(nodes.literal("", task.command, classes=["command"]))
    learn = [page_link("tutorials", name) for name in task.tutorials]
    copied = [page_link("snippets", name, nodes.literal("", name)) for name in task.snippets]
    cells = ([nodes.Text(task.have)], code, learn or [command_link(task.command)], copied)
    return nodes.row("", *(_entry(*cell) for cell in cells))


def _entry(*contents: nodes.Node) -> nodes.entry:
    return nodes.entry("", *(nodes.paragraph("", "", each) for each in contents))


def _add_style(app: Sphinx, page: str, *_: Any) -> None:
    if page == app.config.root_doc:
        app.add_css_file("landing.css")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive; a change of the list has all pages read again."""
    app.add_config_value("tasks", _DATA.read_text(encoding="utf-8"), "env", str)
    app.add_directive("task-table", TaskTable)
    app.connect("html-page-context", _add_style)
    return {"version": "1", "parallel_read_safe": True}
