"""The offline copy of the site: which files belong to it, and the few that differ in it."""

import re
from collections.abc import Collection
from pathlib import Path
from urllib.parse import unquote

from downloads_files import SITE

__all__ = ["site_files"]

_USED = re.compile(r"(?:_images|_downloads/\w+)/([^\"'\s,?#)]+)")
_LINK = re.compile(rf'<a\b[^>]*href="[^"]*{re.escape(SITE)}"[^>]*>(.*?)</a>', re.DOTALL)
_IN_MARKDOWN = re.compile(rf"\[([^\]]*)\]\([^)]*{re.escape(SITE)}\)")


def site_files(folder: Path, pages: Collection[str]) -> dict[str, bytes]:
    """Return the files of the site, by name, without itself and what a build before left behind.

    Parameters
    ----------
    folder : pathlib.Path
        The site as built.
    pages : collection of str
        The names of its pages, without suffix.
    """
    paths = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*"))}
    old = _left_behind(paths, pages)
    files = {
        name: _without_link(name, path.read_bytes())
        for name, path in paths.items()
        if path.is_file() and path.name != SITE and not name.startswith((".", *old))
    }
    return _without_unused(files)


def _left_behind(names: Collection[str], pages: Collection[str]) -> list[str]:
    """Return how the names of files begin that belong to a page that is no longer built."""
    found = [name.removesuffix(".html") for name in names if re.fullmatch(r"[^_].*\.html", name)]
    gone = [f"{name}." for name in found if name not in pages]
    return gone + [f"_sources/{name}" for name in gone]


def _without_unused(files: dict[str, bytes]) -> dict[str, bytes]:
    """Drop the figures and downloads that no page names any longer."""
    texts = [content.decode() for name, content in files.items() if name.endswith((".html", ".md"))]
    used = {unquote(each) for text in texts for each in _USED.findall(text)}
    # A figure may have further forms, which only a script or a style names.
    stems = tuple(Path(each).stem for each in used)
    return {
        name: content
        for name, content in files.items()
        if not name.startswith(("_images/", "_downloads/")) or Path(name).name.startswith(stems)
    }


def _without_link(name: str, content: bytes) -> bytes:
    """Replace the links to the copy, which lead nowhere in it."""
    if not name.endswith((".html", ".md")) or SITE.encode() not in content:
        return content
    return _IN_MARKDOWN.sub(r"\1", _LINK.sub(r"\1 (this copy)", content.decode())).encode()
