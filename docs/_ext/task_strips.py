"""Show the other forms of a task on each tutorial, snippet and API page that is about it."""

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from tasks import CLASS, PAGES, Task, command_link, page_link, tasks

__all__ = ["setup"]

_KINDS = {"snippets": "snippet", "functions": "function", "tutorials": "tutorial"}
_API = "api/generated/antares_helpers."
_INDEXES = {"tutorials/index": "tutorials", "snippets": "snippets", "api/index": "functions"}


def _add_to_page(app: Sphinx, doctree: nodes.document) -> None:
    """Add what a page of the site needs, as soon as it is read."""
    name = app.env.docname
    page = next(doctree.findall(nodes.section), None)
    if page is None:
        return
    if name == "snippets":
        _add_to_snippets(app, page)
    elif name.startswith("tutorials/"):
        _insert(page, _strip("tutorials", name.removeprefix("tutorials/")), nodes.section)
    elif name.startswith(_API):
        _insert(page, _strip("functions", name.removeprefix(_API)), nodes.Element, start=1)
    if name in _INDEXES:
        _insert(page, _head(_INDEXES[name]), nodes.section)


def _insert(
    page: nodes.section, added: nodes.Element | None, before: type[nodes.Node], *, start: int = 0
) -> None:
    """Insert before the first child of a kind, or at the end."""
    if added is not None:
        found = (at for at, child in enumerate(page) if at >= start and isinstance(child, before))
        page.insert(next(found, len(page)), added)


def _add_to_snippets(app: Sphinx, page: nodes.section) -> None:
    """Name the section of each snippet ``snippet-NAME``, and end it with a strip."""
    for name, section in _snippet_sections(page):
        label = PAGES["snippets"][2].format(name)
        standard = app.env.domains.standard_domain
        place = app.env.docname, section["ids"][0]
        standard.labels[label] = (*place, section[0].astext())
        standard.anonlabels[label] = place
        _insert(section, _strip("snippets", name), nodes.section)


def _snippet_sections(page: nodes.section) -> Iterator[tuple[str, nodes.section]]:
    """Return the innermost section that includes the file of each snippet."""
    found: dict[str, nodes.section] = {}
    for block in page.findall(nodes.literal_block):
        path = PurePosixPath(block.get("source", ""))
        section = block.parent
        while not isinstance(section, nodes.section):
            section = section.parent
        if path.parent.name == "snippets" and path.suffix == ".py":
            found.setdefault(path.stem, section)
    yield from found.items()


def _strip(kind: str, name: str) -> nodes.Element | None:
    """Return the other forms of the tasks that a page is about, one paragraph for each."""
    about = [task for task in tasks() if name in getattr(task, kind)]
    if not about:
        return None
    strip = nodes.container(classes=[CLASS, "same-task"])
    for task in about:
        title = task.have or task.want
        what = "The same task" if len(about) == 1 else title[0].upper() + title[1:]
        forms = list(_forms(task, {kind} | ({"tutorials"} if kind == "snippets" else set())))
        parts = [nodes.strong("", what), *(nodes.inline("", "", *form) for form in forms)]
        strip += nodes.paragraph("", "", *_spaced(parts))
    return strip


def _forms(task: Task, excluded: set[str]) -> Iterator[list[nodes.Node]]:
    for kind, word in _KINDS.items():
        names = () if kind in excluded else getattr(task, kind)
        for name in names:
            own = nodes.literal("", name) if kind == "snippets" else None
            yield [nodes.Text(f"{word} "), page_link(kind, name, own)]
    if task.command:
        link = command_link(task.command, nodes.literal("", task.command))
        yield [nodes.Text("command "), link]


def _head(kind: str) -> nodes.Element:
    """Return links to pages of a kind by what a reader has."""
    links = [
        page_link(kind, getattr(task, kind)[0], nodes.inline("", task.have))
        for task in tasks()
        if task.have and getattr(task, kind)
    ]
    parts = [nodes.strong("", "What do you have?"), *(nodes.inline("", "", each) for each in links)]
    return nodes.paragraph("", "", *_spaced(parts), classes=[CLASS, "task-head"])


def _spaced(parts: list[nodes.inline | nodes.strong]) -> Iterator[nodes.Node]:
    for part in parts:
        yield from (part, nodes.Text(" "))


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.connect("doctree-read", _add_to_page)
    return {"version": "1", "parallel_read_safe": True}
