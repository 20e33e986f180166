"""Let the site carry itself: it offers the package, the notebooks and an offline copy of itself.

The files are made when all else is finished, without a network, and only if something that they are
made from has changed. ``download-of`` links to one of them; ``install-lines`` shows lines for a
terminal that install from the site, wherever it is: a script completes its address.
"""

import json
import re
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from docutils import nodes
from downloads_files import (
    NOTEBOOKS,
    RSP,
    SITE,
    make_package,
    notebook_files,
    package_sources,
    rsp_requirements,
    source_name,
    wheel_name,
    write_zip,
)
from downloads_site import site_files
from site_address import site_url
from sphinx.application import Sphinx
from sphinx.util.docutils import ReferenceRole, SphinxDirective, SphinxRole

__all__ = ["setup"]

_STAMP, _SIZES = ".downloads.json", "sizes.js"
_LINES = "install-lines"


class _Maker(NamedTuple):
    """Makes the downloads of a site that have to be made, and remembers from what."""

    folder: Path
    made_from: dict[str, str]

    def make(self, name: str, sources: Mapping[str, bytes], make: Callable[[Path], object]) -> None:
        """Make a file, unless it is there and its sources are those of the last time."""
        path, digest = self.folder / name, _digest(sources)
        if not path.exists() or self.made_from.get(name) != digest:
            make(path)
            self.made_from[name] = digest

    def archive(self, name: str, files: Mapping[str, bytes]) -> None:
        """Make an archive of one folder, which is named after it."""
        inside = {f"{Path(name).stem}/{each}": content for each, content in files.items()}
        self.make(name, inside, lambda path: write_zip(path, inside))

    def text(self, name: str, text: str) -> None:
        """Make a file of text."""
        self.make(name, {name: text.encode()}, lambda path: path.write_text(text, "utf-8"))


def _digest(files: Mapping[str, bytes]) -> str:
    found = sha256()
    for name, content in sorted(files.items()):
        found.update(f"{name}\0{len(content)}\0".encode())
        found.update(content)
    return found.hexdigest()


def _make_downloads(site: Path, pages: set[str]) -> None:
    folder, stamp, wheel = site / "downloads", site / _STAMP, wheel_name()
    folder.mkdir(exist_ok=True)
    maker = _Maker(folder, json.loads(stamp.read_text("utf-8")) if stamp.exists() else {})
    for package in (wheel, source_name()):
        maker.make(package, package_sources(package), make_package)
    maker.text(RSP, rsp_requirements())
    maker.archive(NOTEBOOKS, notebook_files(folder / wheel))
    offered = set(_names().values())
    _drop_others(folder, {*offered, _SIZES})
    files = site_files(site, pages)
    files[f"downloads/{_SIZES}"] = _sizes(folder, offered - {SITE}).encode()
    maker.archive(SITE, files)
    maker.text(_SIZES, _sizes(folder, offered))
    stamp.write_text(json.dumps(maker.made_from), "utf-8")


def _drop_others(folder: Path, offered: set[str]) -> None:
    """Drop what a build before has made, such as the wheel of the version before."""
    for path in folder.iterdir():
        if path.name not in offered:
            path.unlink()


def _sizes(folder: Path, names: set[str]) -> str:
    """Return a script that shows the sizes: they are known only once the pages are written."""
    sizes = {name: _size((folder / name).stat().st_size) for name in sorted(names)}
    return (
        f"const sizes = {json.dumps(sizes)};\n"
        'for (const each of document.querySelectorAll("[data-size-of]")) {\n'
        '  each.textContent = sizes[each.dataset.sizeOf] ?? "";\n}\n'
    )


def _size(count: int) -> str:
    return f"{count} bytes" if count < 1000 else f"{count / 1e6:.1f} MB"


def _names() -> dict[str, str]:
    """Return the downloads by the names that pages use for them."""
    packages = {"wheel": wheel_name(), "source": source_name()}
    return packages | {"rsp": RSP, "notebooks": NOTEBOOKS, "site": SITE}


class DownloadOf(ReferenceRole):
    """``:download-of:`text <wheel>```: a link to a download of the site."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Make the link, relative to the page."""
        name = _names()[self.target]
        text = self.title if self.has_explicit_title else name
        address = f"{_root(self.env.docname)}downloads/{name}"
        return [nodes.reference("", text, refuri=address, internal=False)], []


class SizeOf(SphinxRole):
    """``:size-of:`wheel```: the size of a download, which a script fills in."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Leave the place for the script."""
        place = f'<span class="download-size" data-size-of="{_names()[self.text]}"></span>'
        return [nodes.raw("", place, format="html")], []


class InstallLines(SphinxDirective):
    """Show lines for a terminal; ``{wheel}``, ``{wheel[extra]}`` and ``{rsp}`` are completed."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Complete the lines with the address of the site, or as if its files were at hand."""
        self.env.note_dependency(str(Path(self.env.srcdir).parent / "pyproject.toml"))
        lines = "\n".join(self.content).replace("{rsp}", _address_of(RSP))
        lines = re.sub(r"\{wheel(\[\w+\])?\}", lambda found: _requirement(found[1] or ""), lines)
        block = nodes.literal_block(lines, lines, language="console", classes=[_LINES])
        self.set_source_info(block)
        # Run at once, before anything is below the block that its new lines would move.
        script = f"<script>{Path(__file__).with_suffix('.js').read_text(encoding='utf-8')}</script>"
        return [block, nodes.raw("", script + self._by_hand(lines), format="html")]

    def _by_hand(self, lines: str) -> str:
        """Return what to do without JavaScript."""
        if site_url():
            return ""
        folder = f"{_root(self.env.docname)}downloads/"
        names = [name for name in (RSP, wheel_name()) if name in lines]
        links = " and ".join(f'<a href="{folder}{name}">{name}</a>' for name in names)
        return f"<noscript><p>First put {links} into the current folder.</p></noscript>"


def _root(page: str) -> str:
    return "../" * page.count("/")


def _requirement(extra: str) -> str:
    if site_url():
        return f'"antares-helpers{extra} @ {_address_of(wheel_name())}"'
    return f'"{_address_of(wheel_name())}{extra}"'


def _address_of(name: str) -> str:
    return f"{site_url()}downloads/{name}" if site_url() else f"./{name}"


def _load_files(
    app: Sphinx, _page: str, _template: str, context: dict[str, Any], doctree: Any
) -> None:
    body = context.get("body", "") if doctree else ""
    if _LINES in body or "data-size-of" in body:
        app.add_css_file("downloads.css")
    if "data-size-of" in body:
        script = context["pathto"](f"downloads/{_SIZES}", resource=True)
        context["body"] = f'{body}<script defer src="{script}"></script>'


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the role, the directive, and the last step of a build."""
    others: set[str] = set()  # pages that have no source, such as the index

    def finish(app: Sphinx, exception: Exception | None) -> None:
        if exception is None and app.builder.format == "html":
            _make_downloads(Path(app.outdir), app.env.found_docs | others)

    app.add_role("download-of", DownloadOf())
    app.add_role("size-of", SizeOf())
    app.add_directive("install-lines", InstallLines)
    app.connect("html-page-context", lambda _app, page, *_: others.add(page))
    # Before what a page loads is final, and after all that a site has has been made.
    app.connect("html-page-context", _load_files, priority=800)
    app.connect("build-finished", finish, priority=999)
    return {"version": "1", "parallel_read_safe": True}
