"""What a user may ask for, checked once at the edge; each error says what was expected."""

from collections.abc import Iterable
from numbers import Real

from antares_helpers.bands import BANDS
from antares_helpers.errors import InvalidInputError
from antares_helpers.values import as_ids

__all__ = ["check_bands", "check_choice", "check_objects", "check_reliability"]


def check_choice(name: str, given: object, choices: tuple[str, ...]) -> None:
    """Refuse what is not one of the choices of an option."""
    if given not in choices:
        raise InvalidInputError(f"{name}={given!r} must be one of {', '.join(map(repr, choices))}.")


def check_bands(bands: str | Iterable[str] | None) -> list[str] | None:
    """Return the bands as a list; refuse what is no band."""
    if bands is None:
        return None
    wanted = [*bands] if isinstance(bands, Iterable) else [bands]
    if not wanted or not all(band in BANDS for band in wanted):
        raise InvalidInputError(
            f"bands={bands!r} must name some of {', '.join(BANDS)}, for example 'gri'."
        )
    return wanted


def check_objects(given: object) -> list[str] | None:
    """Return diaObjectIds as exact strings; refuse what can't be one."""
    if given is None:
        return None
    objects = [given] if isinstance(given, str) or not isinstance(given, Iterable) else [*given]
    ids: list[str] = as_ids([o.strip() if isinstance(o, str) else o for o in objects]).tolist()
    if not ids or not all(ids):
        raise InvalidInputError(
            f"dia_object_id={given!r} must be whole numbers or strings of digits: a float loses "
            "the last digits of an ID."
        )
    return ids


def check_reliability(given: object) -> None:
    """Refuse what is no number from 0 to 1."""
    if given is None:
        return
    if isinstance(given, bool) or not (isinstance(given, Real) and 0 <= float(given) <= 1):
        raise InvalidInputError(f"min_reliability={given!r} must be a number from 0 to 1.")
