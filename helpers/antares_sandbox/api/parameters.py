"""The parameters of a request, checked."""

import re

from starlette.exceptions import HTTPException
from starlette.requests import Request

from antares_sandbox.responses import shortened

__all__ = ["degrees_parameter", "integer_parameter"]

_MAX_DIGITS = 12
_DEGREES = re.compile(r"[+-]?(?:\d{1,3}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,3})?", re.ASCII)


def integer_parameter(
    request: Request, name: str, default: int, *, lowest: int, highest: int
) -> int:
    """Return an integer parameter of the query.

    Parameters
    ----------
    request : starlette.requests.Request
        The request.
    name : str
        The name of the parameter.
    default : int
        Its value if it is not given.
    lowest, highest : int
        Its limits.

    Returns
    -------
    int
        Its value.

    Raises
    ------
    starlette.exceptions.HTTPException
        With status 400, if it is not an integer or out of range.
    """
    given = request.query_params.get(name, str(default))
    digits = given.removeprefix("-")
    plain = digits.isascii() and digits.isdecimal() and len(digits) <= _MAX_DIGITS
    if not plain or not lowest <= int(given) <= highest:
        expected = f"an integer from {lowest} to {highest}"
        raise HTTPException(400, f"{name} is {expected}, not {shortened(given)!r}")
    return int(given)


def degrees_parameter(request: Request, name: str, *, lowest: float, highest: float) -> float:
    """Return an angle, in degrees, of the path.

    Parameters
    ----------
    request : starlette.requests.Request
        The request.
    name : str
        The name of the parameter.
    lowest, highest : float
        Its limits.

    Returns
    -------
    float
        The angle.

    Raises
    ------
    starlette.exceptions.HTTPException
        With status 400, if it is not a number or out of range.
    """
    given = request.path_params[name]
    if not _DEGREES.fullmatch(given) or not lowest <= float(given) <= highest:
        expected = f"degrees from {lowest:g} to {highest:g}"
        raise HTTPException(400, f"{name} is in {expected}, not {shortened(given)!r}")
    return float(given)
