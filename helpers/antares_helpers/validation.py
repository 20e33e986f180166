"""Check the user's input, and import optional packages."""

import importlib
import re
import warnings
from collections.abc import Iterable
from numbers import Real
from typing import Any, cast

import numpy as np

from antares_helpers.bands import BANDS
from antares_helpers.coerce import as_ids
from antares_helpers.errors import InvalidInputError, MissingPackageError

__all__ = [
    "CUTOUTS",
    "LOCUS_ID",
    "check_bands",
    "check_bool",
    "check_choice",
    "check_locus_id",
    "check_objects",
    "check_reliability",
    "import_optional",
    "parse_name",
    "short_repr",
    "strip_address",
    "tns_hint",
]


CUTOUTS = ("template", "science", "difference")
"""The images of an alert, in their order."""

LOCUS_ID = re.compile("ANT[0-9A-Za-z]{4,60}")
"""The pattern of ANTARES locus IDs."""

_ADDRESS = re.compile(
    r"(?:https?://)?(?:www\.|api\.)?antares\.noirlab\.edu(?:/v[0-9])?/loci/([^/?#\s]+)"
    r"(?:[/?#]\S*)?",
    re.ASCII | re.IGNORECASE,
)

_NAMES = {
    kind: re.compile(form, re.ASCII | re.IGNORECASE)
    for kind, form in {
        "dia_object_id": "LSST-AP-DO-0*([1-9][0-9]{0,29})",
        "dia_source_id": "(?:LSST-AP-DS-|lsst:)0*([1-9][0-9]{0,29})",
        "rubin_id": "0*([1-9][0-9]{0,29})",
        "ztf_object_id": "(ZTF[0-9]{2}[a-z]{7})",
        "tns_name": "(?:(?:AT|SN|TDE)[ _-]?)?([12][0-9]{3}[a-z]{1,7})",
    }.items()
}
_NAMED = {
    "dia_object_id": "the name of a diaObject: find_loci(dia_object_id={!r})",
    "dia_source_id": "the name of a diaSource: find_loci(name='lsst:{}')",
    "rubin_id": "a Rubin ID: find_loci(name={!r})",
    "ztf_object_id": "a ZTF name: find_loci(ztf_object_id={!r})",
}


def short_repr(given: object) -> str:
    """Return a value as text for a message: readable, and not too long."""
    try:
        text = repr(given)
    except ValueError:  # an integer of thousands of digits
        text = type(given).__name__
    return text if len(text) <= 60 else f"{text[:57]}..."


def check_bool(name: str, given: object) -> None:
    """Reject anything but True and False."""
    if not isinstance(given, (bool, np.bool_)):
        raise InvalidInputError(f"{name}={short_repr(given)} must be True or False.")


def check_choice(name: str, given: object, choices: tuple[str, ...]) -> None:
    """Reject anything but the choices of an option."""
    if not isinstance(given, str) or given not in choices:
        expected = ", ".join(map(repr, choices))
        raise InvalidInputError(f"{name}={short_repr(given)} must be one of {expected}.")


def strip_address(given: Any) -> Any:
    """Return a text without spaces around it, and the address of a locus as the ID in it."""
    if not isinstance(given, str):
        return given
    found = _ADDRESS.fullmatch(given.strip())
    return str(found[1] if found else given.strip())


def parse_name(given: str) -> tuple[str, str]:
    """Return the kind of a name, and the name as the surveys write it.

    Returns
    -------
    kind : str
        ``"locus_id"``, ``"dia_object_id"``, ``"dia_source_id"``, ``"rubin_id"`` (an integer,
        which can be any Rubin ID), ``"ztf_object_id"`` or ``"tns_name"``; empty if it is none.
    name : str
        Integers without prefix.
    """
    text = strip_address(given)
    if LOCUS_ID.fullmatch(text):
        return "locus_id", text
    for kind, form in _NAMES.items():
        if found := form.fullmatch(text):
            name = found[1].lower()
            return kind, f"ZTF{name[3:]}" if kind == "ztf_object_id" else name
    return "", text


def tns_hint(name: str) -> str:
    """Return how to find the locus of a name such as 2026abc, by which ANTARES can't search."""
    name = name.upper() if len(name) == 5 else name  # SN 1987A, but SN 2026abc
    return (
        "ANTARES can't be searched by a TNS name, because it matches the catalog "
        "tns_public_objects by position. Take the position from "
        f"https://www.wis-tns.org/object/{name} and pass it to find_loci(near=(ra, dec), "
        "radius=2 * u.arcsec), or pass a ZTF or Rubin name from that page to find_loci(name=...)."
    )


def check_locus_id(locus_id: str) -> str:
    """Return an ANTARES ID without the spaces around it.

    Raises
    ------
    InvalidInputError
        If it can't be an ANTARES ID.
    """
    if not isinstance(locus_id, str):
        raise InvalidInputError(
            f"A locus ID is a string such as 'ANT2026z3bqyjga24oc', not {short_repr(locus_id)} "
            f"({type(locus_id).__name__}).",
            hint=_named(as_ids([locus_id])[0]),
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
    ids: list[str] = as_ids([_bare(each) for each in objects]).tolist()
    if not ids or not all(ids):
        raise InvalidInputError(
            f"dia_object_id={short_repr(given)} must be whole numbers or strings of digits: a "
            "float loses the last digits of an ID."
        )
    return ids


def check_reliability(given: object) -> None:
    """Reject anything but a number from 0 to 1."""
    if given is None:
        return
    is_number = isinstance(given, Real) and not isinstance(given, bool)
    if not is_number or not 0 <= cast(float, given) <= 1:
        raise InvalidInputError(
            f"min_reliability={short_repr(given)} must be a number from 0 to 1."
        )


def _hint(given: str) -> str:
    """Guess the intended ID, given something that is not an ANTARES ID."""
    if found := LOCUS_ID.search(given):
        return f"Did you mean {found.group()!r}?"
    if LOCUS_ID.fullmatch(f"ANT{given[3:]}") and given[:3].upper() == "ANT":
        return f"Did you mean {f'ANT{given[3:]}'!r}?"
    portal = (
        "Copy it from the address of the locus in the ANTARES portal, or search with find_loci."
    )
    return _named(given) or portal


def _named(given: str) -> str:
    """Return the call that finds the locus with a name; empty if it is not a name."""
    kind, name = parse_name(given)
    if kind == "tns_name":
        return tns_hint(name)
    call = _NAMED.get(kind, "").format(name).replace("'", '"')
    return f"This is {call} finds its locus." if call else ""


def _bare(given: Any) -> Any:
    """Return a Rubin ID without the prefix LSST-AP-DO-."""
    kind, name = parse_name(given) if isinstance(given, str) else ("", "")
    return name if kind in ("dia_object_id", "rubin_id") else given


def _listed(given: Any) -> list[Any]:
    try:
        return list(given)
    except TypeError:
        return [given]


_SCALE = ("hats", "lsdb", "nested_pandas", "pandas", "pyarrow")  # the packages of the extra

# Warnings that these packages issue on import, about which our users can do nothing.
_KNOWN_WARNINGS = (
    "The 'mode.chained_assignment' option is deprecated",  # lsdb 0.11 with pandas 3
    "Warning: the tpfmodel submodule is not available",  # lightkurve without oktopus
    "IProgress not found",  # tqdm, which lsdb imports, in a notebook without ipywidgets
)


def import_optional(module: str) -> Any:
    """Import an optional module.

    Raises
    ------
    MissingPackageError
        If it can't be imported.
    """
    try:
        with warnings.catch_warnings():
            for message in _KNOWN_WARNINGS:
                warnings.filterwarnings("ignore", message)
            return importlib.import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        extra = 'pip install "antares-helpers[scale]", or ' if package in _SCALE else ""
        raise MissingPackageError(
            f"This needs the package {package}, which can't be imported ({error}).",
            hint=f"Install it: {extra}pip install {package.replace('_', '-')}.",
        ) from error
