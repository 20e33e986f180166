"""Strings for formats that hold only ASCII, and not at every place: escaped as Python does it."""

import string
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["escape", "escaped", "unescape", "unescaped"]

_PLAIN = frozenset(string.ascii_letters + string.digits + string.punctuation + " ") - {"\\"}


def escape(text: str) -> str:
    """Return text as printable ASCII without spaces at its end."""
    if not text or (_PLAIN.issuperset(text) and text[-1] != " "):
        return text
    stem = text.rstrip(" ")
    return stem.encode("unicode_escape").decode("ascii") + "\\x20" * (len(text) - len(stem))


def unescape(text: str) -> str:
    """Undo `escape`."""
    return text.encode("ascii").decode("unicode_escape") if "\\" in text else text


def escaped(values: NDArray[Any]) -> NDArray[Any]:
    """Return an array of strings as ASCII bytes, and any other array as it is."""
    if values.dtype.kind != "U":
        return values
    return np.array([escape(value) for value in values.tolist()], dtype=np.bytes_)


def unescaped(values: NDArray[Any]) -> NDArray[Any]:
    """Undo `escaped`; numbers come back in the byte order of this machine."""
    if values.dtype.kind not in "OSU":
        return values.astype(values.dtype.newbyteorder("="), copy=False)
    texts = values.astype(np.str_)
    if not (np.char.find(texts, "\\") >= 0).any():
        return texts
    return np.array([unescape(text) for text in texts.tolist()], dtype=np.str_)
