"""``.. snippet:: NAME`` shows a snippet in each of its forms, as tabs, each with its answer.

The answers come from the sandbox, where `snippet_runner` runs what has changed since the last
build, beside the gallery. They never show live data.
"""

import json
import subprocess
import sys
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from built_on import ROOT, fingerprint
from docutils import nodes
from docutils.parsers.rst import directives
from PIL import Image
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

__all__ = ["FORMS", "Form", "setup"]

DOCS = ROOT / "docs"
ANSWERS = DOCS / "snippet_answers"

_SHOWN_LINES = 12
_COPY = (
    '<button type="button" class="copy-markdown needs-script" data-pagefind-ignore '
    'aria-label="Copy as Markdown: {}">Copy as Markdown</button>'
)
_RUN_WITH = ("antares-client", "antares-devkit", "astropy", "matplotlib", "numpy")
_RUNNER = ("snippet_runner.py", "simulated_figures.py", "small_figures.py")


class Form(NamedTuple):
    """A form that snippets have: its title, and where its files are."""

    title: str
    folder: Path
    suffix: str
    language: str

    def snippet(self, name: str) -> Path:
        """Return the file of a snippet, which need not exist."""
        return self.folder / f"{name}{self.suffix}"


FORMS = {
    "client": Form("client only", DOCS / "snippets", ".py", "python"),
    "helpers": Form("antares-helpers", DOCS / "snippets" / "with_helpers", ".py", "python"),
    "terminal": Form("terminal", DOCS / "snippets" / "terminal", ".sh", "bash"),
}


class SnippetForms(SphinxDirective):
    """The forms of a snippet as tabs, which change together on the whole page."""

    required_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = {"alt": directives.unchanged}

    def run(self) -> list[nodes.Node]:
        """Return the tabs."""
        name = self.arguments[0]
        lines = [".. tab-set::", "   :sync-group: form", "   :class: snippet-forms", ""]
        for key, form in FORMS.items():
            if form.snippet(name).exists():
                self.env.note_dependency(str(_answer(key, name)))
                lines += [f"   {line}" for line in self._tab(key, form, name)]
        lines += [".. raw:: html", "", f"   {_COPY.format(name)}"]
        return self.parse_text_to_nodes("\n".join(lines))

    def _tab(self, key: str, form: Form, name: str) -> list[str]:
        snippet = form.snippet(name)
        path = f"/{snippet.relative_to(DOCS).as_posix()}"
        tab = [f":sync: {key}", "", f".. literalinclude:: {path}", f"   :language: {form.language}"]
        if form.suffix == ".py":
            tab += ["", f":download:`Download {snippet.name} <{path}>`"]
        answer = json.loads(_answer(key, name).read_text(encoding="utf-8"))
        tab += ["", *_output(answer["output"])]
        if answer["has_figure"]:
            alt = self.options.get("alt") or _fail(f"{name}: its figure needs the option :alt:")
            tab += ["", *_figure(_answer(key, name).with_suffix(".png"), alt)]
        return [f".. tab-item:: {form.title}", *(f"   {line}" for line in tab), ""]


def _output(text: str) -> list[str]:
    """Return the output as a block; only the beginning of a long one."""
    lines = text.rstrip().splitlines()
    if not lines:
        return []
    if len(lines) > _SHOWN_LINES:
        lines[_SHOWN_LINES - 2 :] = [f"... and {len(lines) - _SHOWN_LINES + 2} more lines"]
    block = [".. code-block:: text", "   :class: snippet-output", ""]
    return [*block, *(f"   {line}" for line in lines)]


def _figure(path: Path, alt: str) -> list[str]:
    with Image.open(path) as image:
        width = image.width // 2  # it is drawn for screens with two pixels in the place of one
    address = f"/{path.relative_to(DOCS).as_posix()}"
    options = {"alt": f"{alt} Simulated data.", "width": f"{width}px", "loading": "lazy"}
    return [f".. image:: {address}", *(f"   :{name}: {value}" for name, value in options.items())]


def _fail(message: str) -> str:
    raise ExtensionError(message)


def _answer(key: str, name: str) -> Path:
    # The figure is beside it; the names of the copies of all figures share one folder.
    return ANSWERS / key / f"{name}_{key}.json"


def _made_from() -> str:
    helpers = (ROOT / "helpers").glob("antares_*/**/*.*")
    runner = (Path(__file__).with_name(name) for name in _RUNNER)
    return fingerprint([*helpers, *runner], *map(version, _RUN_WITH))


def _outdated() -> dict[Path, tuple[Path, str]]:
    """Return the answers to make: for each its snippet, and what it will be made from."""
    made_from, outdated = _made_from(), {}
    for key, form in FORMS.items():
        for snippet in sorted(form.folder.glob(f"*{form.suffix}")):
            answer = _answer(key, snippet.stem)
            stamp = sha256(snippet.read_bytes() + made_from.encode()).hexdigest()
            if not _is_current(answer, stamp):
                outdated[answer] = snippet, stamp
    return outdated


def _is_current(answer: Path, stamp: str) -> bool:
    try:
        return bool(json.loads(answer.read_text(encoding="utf-8"))["made_from"] == stamp)
    except (OSError, ValueError, KeyError):
        return False


class _Running:
    """The process that makes the outdated answers while the gallery is run."""

    def __init__(self) -> None:
        self._outdated: dict[Path, tuple[Path, str]] = {}
        self._process: subprocess.Popen[str] | None = None

    def start(self, _app: Sphinx) -> None:
        """Begin to run what has changed."""
        self._outdated = _outdated()
        if self._outdated:
            pairs = [f"{answer}={snippet}" for answer, (snippet, _) in self._outdated.items()]
            command = [sys.executable, str(Path(__file__).with_name("snippet_runner.py")), *pairs]
            self._process = subprocess.Popen(
                command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
            )

    def finish(self, _app: Sphinx) -> None:
        """Wait for the answers, and stamp them unless a snippet has failed."""
        if self._process is None:
            return
        _, said = self._process.communicate()
        if self._process.returncode:
            raise ExtensionError(f"The snippets could not be run: {said}")
        for path, (snippet, stamp) in self._outdated.items():
            answer = json.loads(path.read_text(encoding="utf-8"))
            if answer["error"]:
                raise ExtensionError(f"{snippet}: {answer['error']}")
            text = json.dumps(answer | {"made_from": stamp})
            path.write_text(f"{text}\n", encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive, and run the snippets before pages are read."""
    running = _Running()
    app.add_directive("snippet", SnippetForms)
    app.connect("builder-inited", running.start, priority=100)
    app.connect("builder-inited", running.finish, priority=950)
    return {"version": "1", "parallel_read_safe": True}
