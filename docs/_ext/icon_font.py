"""An icon font of only the icons that the site shows, inside its stylesheet."""

import io
import logging
import re
from base64 import b64encode
from pathlib import Path

from fontTools import subset

__all__ = ["embed_icons"]

logging.getLogger("fontTools").setLevel(logging.WARNING)

_FACE = re.compile(r"@font-face\s*\{[^}]*\}")
_FILE = re.compile(r"url\([^)]*/(fa-\w+-\d+\.woff2)\)")
_CLASSES = {"fa-solid": {"fa-solid", "fas"}, "fa-regular": {"fa-regular", "far"}}
_BRANDS = {"fa-brands", "fab"}


def embed_icons(css: str, static: Path, words: set[str]) -> str:
    """Put the glyphs that a stylesheet shows into it; drop the fonts that no page uses."""
    glyphs = {ord(letter) for letter in re.findall("[\ue000-\uf8ff]", css)}

    def embed(face: re.Match[str]) -> str:
        file = _FILE.search(face[0])
        if file is None:
            return face[0]
        style = file[1].rpartition("-")[0]
        if not words & _CLASSES.get(style, _BRANDS):
            return ""
        font = _subset(next(static.rglob(file[1])), glyphs)
        data = f"url(data:font/woff2;base64,{b64encode(font).decode()})"
        return face[0].replace(file[0], data)

    return _FACE.sub(embed, css)


def _subset(path: Path, glyphs: set[int]) -> bytes:
    options = subset.Options(flavor="woff2", layout_features=[], notdef_outline=False)
    font = subset.load_font(str(path), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=glyphs)
    subsetter.subset(font)
    buffer = io.BytesIO()
    subset.save_font(font, buffer, options)
    return buffer.getvalue()
