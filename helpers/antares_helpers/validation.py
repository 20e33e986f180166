"""Checks of what a user passes, made once at the edge; each error says what is expected."""

import re
from collections.abc import Iterable
from numbers import Real
from typing import Any, cast

import numpy as np

from antares_helpers.bands import BANDS
from antares_helpers.coerce import as_ids
from antares_helpers.errors import InvalidInputError

__all__ = [
    "CUTOUTS",
    "LOCUS_ID",
    "check_bands",
    "check_bool",
    "check_choice",
    "check_locus_id",
    "check_objects",
    "check_reliability",
    "short_repr",
]


CUTOUTS = ("template", "science", "difference")
"""The images of an alert, in their order."""

LOCUS_ID = re.compile("ANT[0-9A-Za-z]{4,60}")
"""What the ANTARES ID of a locus looks like."""


def short_repr(given: object) -> str:
    """Return a value as text for a message: readable, and not too long."""
    try:
        text = repr(given)
    except ValueError:  # an integer of thousands of digits
        text = type(given).__name__
    return text if len(text) <= 60 else f"{text[:57]}..."


def check_bool(name: str, given: object) -> None:
    """Refuse anything but True and False."""
    if not isinstance(given, (bool, np.bool_)):
        raise InvalidInputError(f"{name}={short_repr(given)} must be True or False.")


def check_choice(name: str, given: object, choices: tuple[str, ...]) -> None:
    """Refuse anything but the choices of an option."""
    if not isinstance(given, str) or given not in choices:
        expected = ", ".join(map(repr, choices))
        raise InvalidInputError(f"{name}={short_repr(given)} must be one of {expected}.")


def check_locus_id(locus_id: str) -> str:
    """Return an ANTARES ID without the spaces around it.

    Raises
    ------
    InvalidInputError
        If it can't be one.
    """
    if not isinstance(locus_id, str):
        raise InvalidInputError(
            f"A locus ID is a string such as 'ANT2026z3bqyjga24oc', not {short_repr(locus_id)} "
            f"({type(locus_id).__name__})."
        )
    stripped = locus_id.strip()
    if not LOCUS_ID.fullmatch(stripped):
        raise InvalidInputError(
            f"{short_repr(locus_id)} is not an ANTARES locus ID: expected 'ANT' and then 4 to 60 "
            "letters and digits, such as 'ANT2026z3bqyjga24oc'.",
            hint=_hint(stripped),
        )
    return str(stripped)


def check_bands(bands: str | Iterable[str] | None) -> list[str] | None:
    """Return the bands as a list; refuse anything that is not a band."""
    if bands is None:
        return None
    wanted = _listed(bands)
    if not wanted or not all(isinstance(band, str) and band in BANDS for band in wanted):
        raise InvalidInputError(
            f"bands={short_repr(bands)} must name some of {', '.join(BANDS)}, for example 'gri'."
        )
    return wanted


def check_objects(given: object) -> list[str] | None:
    """Return diaObjectIds as exact strings; refuse anything that is not exact."""
    if given is None:
        return None
    objects = [given] if isinstance(given, str) else _listed(given)
    ids: list[str] = as_ids([o.strip() if isinstance(o, str) else o for o in objects]).tolist()
    if not ids or not all(ids):
        raise InvalidInputError(
            f"dia_object_id={short_repr(given)} must be whole numbers or strings of digits: a "
            "float loses the last digits of an ID."
        )
    return ids


def check_reliability(given: object) -> None:
    """Refuse anything but a number from 0 to 1."""
    if given is None:
        return
    is_number = isinstance(given, Real) and not isinstance(given, bool)
    if not is_number or not 0 <= cast(float, given) <= 1:
        raise InvalidInputError(
            f"min_reliability={short_repr(given)} must be a number from 0 to 1."
        )


def _hint(given: str) -> str:
    """Guess what was meant by something that is not an ANTARES ID."""
    if found := LOCUS_ID.search(given):
        return f"Did you mean {found.group()!r}?"
    if re.fullmatch(r"(lsst:)?[0-9]{15,20}", given):
        return (
            "This looks like an ID of Rubin's: find_loci(dia_object_id=...) finds the locus of a "
            "diaObject."
        )
    if re.fullmatch(r"ZTF[0-9]{2}[a-z]{7}", given):
        return "This looks like a ZTF name; find_loci(ztf_object_id=...) finds its locus."
    return "Copy it from the address of the locus in the ANTARES portal."


def _listed(given: Any) -> list[Any]:
    try:
        return list(given)
    except TypeError:
        return [given]
