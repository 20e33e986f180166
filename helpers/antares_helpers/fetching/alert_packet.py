"""Fetch Rubin's own packet of an alert from the Alerts API of the Rubin Science Platform."""

import io
import os
import time
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from importlib import import_module
from ipaddress import ip_address
from math import inf, isfinite, prod
from numbers import Integral
from typing import Any, TypeAlias

import numpy as np
from antares_client.models import Locus
from antares_devkit.models import DevKitLocus
from astropy.io import fits

from antares_helpers.coerce import as_floats, is_true
from antares_helpers.errors import (
    AlertNotFoundError,
    AntaresHelpersError,
    BadDataError,
    InvalidInputError,
    shown_url,
)
from antares_helpers.fetching._connections import Token, httpx
from antares_helpers.fetching.http import one_line
from antares_helpers.fetching.locus import LocusLike, as_locus_dict
from antares_helpers.fetching.request import (
    DEFAULT_RETRIES,
    DEFAULT_TIMEOUT,
    CallOptions,
    Request,
    RequestTarget,
    Service,
)
from antares_helpers.validation import LOCUS_ID, parse_name, short_repr

__all__ = ["AlertLike", "alerts_service", "fetch_alert_packet", "fetch_hdus", "source_number"]

AlertLike: TypeAlias = LocusLike | str | int
"""The ID of an LSST alert, or a locus, which stands for its newest LSST alert."""

URL_VARIABLE = "EXTERNAL_INSTANCE_URL"
TOKEN_VARIABLE = "ACCESS_TOKEN"
PLATFORM = "https://data.lsst.cloud"
_PATH = "/api/alerts"

_NEW_TOKEN = (
    f"With Rubin data rights, create one at {PLATFORM}/auth/tokens, with the scopes read:alertdb "
    "and read:image"
)
_SERVICE = Service(
    name="Rubin's Alerts API",
    variable=URL_VARIABLE,
    hints={
        **dict.fromkeys((400, 422), "Check the ID of the alert, and the address of the service."),
        401: f"The access token is wrong or has expired. {_NEW_TOKEN}.",
        403: f"The access token lacks a scope: read:alertdb, or read:image. {_NEW_TOKEN}.",
        404: "Check the ID: the archive has alerts of Rubin only, from when alerts began to be "
        "archived; a new one can be missing for a while.",
    },
)


def fetch_alert_packet(
    alert: AlertLike,
    *,
    url: str | None = None,
    token: str | None = None,
    timeout: float = DEFAULT_TIMEOUT,
    retries: int = DEFAULT_RETRIES,
) -> fits.HDUList:
    """Fetch Rubin's own packet of an alert, with its forced photometry.

    The Alerts API of the Rubin Science Platform serves it to holders of Rubin data rights.

    Parameters
    ----------
    alert : locus, str or int
        ID of an LSST alert, such as ``"lsst:170587117485817955"`` or
        ``"LSST-AP-DS-170587117485817955"``, or its diaSourceId; or a locus as `fetch_locus` returns
        it, a ``DevKitLocus``, or a ``Locus`` of the client, for its newest LSST alert: the one that
        it names, or a newer one of negative flux among its alerts, if these are loaded.
    url : str, optional
        Address of the service, such as ``"https://data.lsst.cloud/api/alerts"``. Pass it together
        with `token`, or neither.
    token : str, optional
        Access token of the Rubin Science Platform.
    timeout : float, optional
        Seconds that the whole call may take, retries included.
    retries : int, optional
        Maximum number of retries of a failed request, after transient errors.

    Returns
    -------
    `~astropy.io.fits.HDUList`
        The packet, in memory. ``DIASOURCE`` has the detection of the alert, then those before it;
        ``FORCEDPHOT``, if the packet has it, the forced photometry of the last 12 months. Others
        are ``ALERT``, the images ``DIFFIM``, ``SCIENCE`` and ``TEMPLATE``, and ``SSSOURCE``. IDs
        are exact integers.

    Raises
    ------
    InvalidInputError
        If `alert` is not the ID of an LSST alert and not a locus with one, an option is not valid,
        or there is no access token; nothing is sent to the service then.
    AlertNotFoundError
        If the archive has no such alert.
    ServiceError
        If the service rejects the token (401, 403), can't be reached or fails;
        `~antares_helpers.errors.ServiceTimeoutError` if it takes too long.
    BadDataError
        If the response is not a complete FITS file with the alert in ``DIASOURCE``, or leads to
        another server.

    Notes
    -----
    Address and token come from one source, the first of these that has both: the arguments; the
    environment variables ``EXTERNAL_INSTANCE_URL``, to which ``/api/alerts`` is appended, and
    ``ACCESS_TOKEN``; the package ``lsst.rsp``, which the Rubin Science Platform has. The token is
    sent to this server only, unencrypted to your own machine only, and never shown or written.

    A packet ends with its alert: the packet of an older alert has older forced photometry. It can
    be written to a file and read again with astropy; the file does not contain the token.

    Examples
    --------
    >>> from antares_helpers import fetch_alert_packet, fetch_locus
    >>> packet = fetch_alert_packet(fetch_locus("ANT2026z3bqyjga24oc"))
    >>> packet["FORCEDPHOT"].columns.names[:3]
    ['diaForcedSourceId', 'diaObjectId', 'ra']
    >>> packet.writeto(tmp_path / "packet.fits")
    >>> from astropy.io import fits
    >>> with fits.open(tmp_path / "packet.fits") as again:
    ...     len(again["FORCEDPHOT"].data) == len(packet["FORCEDPHOT"].data)
    True
    """
    secret = None if token is None else Token(token)
    del token  # tracebacks can show variables
    options = CallOptions(timeout, retries)
    end = time.monotonic() + timeout
    number = _named_number(alert)
    service = alerts_service(url, secret)
    if service is None:
        raise InvalidInputError(_NO_TOKEN, hint=_NO_TOKEN_HINT)
    if number is None or _has_alerts(alert):
        number = _newest(as_locus_dict(alert, timeout=timeout, retries=retries), number)
    return fetch_hdus(number, service, replace(options, timeout=max(end - time.monotonic(), 1e-3)))


_NO_TOKEN = "There is no access token for Rubin's Alerts API."
_NO_TOKEN_HINT = (
    f"{_NEW_TOKEN}. Then set {TOKEN_VARIABLE} to it and {URL_VARIABLE}={PLATFORM}, or pass token= "
    f'and url="{PLATFORM}{_PATH}". On the Rubin Science Platform both are found.'
)


# The alert


def _named_number(alert: object) -> int | None:
    """Return the diaSourceId of an alert or of the newest alert that a locus names.

    Returns
    -------
    int or None
        None for a locus that names none.

    Raises
    ------
    InvalidInputError
        If it is not a locus and not the ID of an LSST alert.
    """
    if isinstance(alert, Mapping | DevKitLocus | Locus):
        known = alert.get("old_properties") if isinstance(alert, Mapping) else alert.properties
        return _lsst_number(known.get("newest_alert_id")) if isinstance(known, Mapping) else None
    number = source_number(alert)
    if number is None:
        raise InvalidInputError(
            f"{short_repr(alert)} is not the ID of an LSST alert, and not a locus.",
            hint=_alert_hint(alert),
        )
    return number


def source_number(given: object) -> int | None:
    """Return a diaSourceId in any spelling as a number; None if it is not one."""
    if isinstance(given, str):
        kind, name = parse_name(given)
        number = int(name) if kind in ("dia_source_id", "rubin_id") else 0
    else:
        is_whole = isinstance(given, Integral) and not isinstance(given, bool)
        number = int(given) if is_whole else 0  # type: ignore[call-overload]
    return number if 0 < number < 2**63 else None


def _lsst_number(alert_id: object) -> int | None:
    """Return the diaSourceId in the ID of an alert of a locus; None if it is of another survey."""
    is_lsst = isinstance(alert_id, str) and alert_id.startswith("lsst:")
    return source_number(alert_id) if is_lsst else None


def _alert_hint(alert: object) -> str:
    expected = "Pass an ID such as 'lsst:170587117485817955', as in lc['alert_id'], or a locus."
    if isinstance(alert, (float, np.floating)):
        return f"A float loses the last digits of an ID. {expected}"
    if isinstance(alert, str) and LOCUS_ID.fullmatch(alert.strip()):
        return f"This is the ID of a locus: pass fetch_locus({alert.strip()!r})."
    return expected


def _has_alerts(alert: object) -> bool:
    """Return whether this is a locus whose alerts are loaded."""
    match alert:
        case Mapping():
            return isinstance(alert.get("alerts"), list | tuple)
        case Locus():
            return alert._alerts is not None
    return isinstance(alert, DevKitLocus)


def _newest(locus: Mapping[str, Any], named: int | None) -> int:
    """Return the diaSourceId of the newest LSST alert of a locus.

    The one that the locus names may be the newest with a magnitude: a negative flux has none.
    """
    found = []
    for alert in locus["alerts"]:
        known = alert if isinstance(alert, Mapping) else {}
        name, mjd = known.get("id"), as_floats([known.get("mjd")])[0]
        number = _lsst_number(name)
        if number is not None and (named in (None, number) or _is_negative(known)):
            found.append((mjd if isfinite(mjd) else -inf, number == named, number))
    if named is not None and not any(is_named for _, is_named, _ in found):
        return named
    if not found:
        raise InvalidInputError(
            "This locus has no LSST alert, and Rubin's Alerts API has no alerts of other surveys."
        )
    return max(found)[2]


def _is_negative(alert: Mapping[str, Any]) -> bool:
    properties = alert.get("properties")
    if not isinstance(properties, Mapping):
        return False
    flux = as_floats([properties.get("lsst_diaSource_psfFlux")])[0]
    return bool(flux < 0) or is_true(properties.get("lsst_diaSource_isNegative"))


# The service


def alerts_service(url: object = None, token: Token | None = None) -> Service | None:
    """Return the address of the Alerts API and its token, from one source.

    Parameters
    ----------
    url : str, optional
        The address, if `token` is given too.
    token : Token, optional
        The token.

    Returns
    -------
    Service or None
        None if there is no token.

    Raises
    ------
    InvalidInputError
        If only one is given, or one of them is not valid.
    """
    if (url is None) != (token is None):
        raise InvalidInputError(
            "url and token belong together: a token is valid for one service only.",
            hint=f'Pass both, such as url="{PLATFORM}{_PATH}", or neither.',
        )
    if token is not None:
        return _checked_service(url, token, "url", "token")
    base, secret = os.environ.get(URL_VARIABLE), _environment_token()
    if base and secret:
        return _checked_service(
            f"{base.strip().rstrip('/')}{_PATH}", secret, URL_VARIABLE, TOKEN_VARIABLE
        )
    return _of_platform()


def _environment_token() -> Token | None:
    return Token(os.environ[TOKEN_VARIABLE]) if os.environ.get(TOKEN_VARIABLE) else None


def _of_platform() -> Service | None:
    """Return what ``lsst.rsp`` knows, where it is installed and knows both."""
    try:
        rsp = import_module("lsst.rsp")
        try:
            url = rsp.get_service_url("alerts", "prompt")
        except TypeError:  # of older versions
            url = rsp.get_service_url("alerts")
        token = Token(rsp.get_access_token() or "")
    except Exception:  # it raises errors of its own if there is no token
        return None
    if not (token.is_valid and "://" in str(url)):
        return None
    return _checked_service(str(url), token, "The address of lsst.rsp", "The token of lsst.rsp")


def _checked_service(url: object, token: Token, url_name: str, token_name: str) -> Service:
    """Return a service, unless the token can't be sent to it, or not safely."""
    if not token.is_valid:
        raise InvalidInputError(
            f"{token_name} is not an access token: it must be printable ASCII without spaces or "
            "line breaks.",
            hint="Pass the token alone, without 'Bearer' and without the end of its line.",
        )
    try:
        parts = httpx.URL(url.strip().rstrip("/") if isinstance(url, str) else "")
    except httpx.InvalidURL:
        parts = httpx.URL()
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.host))
    is_safe &= bool(parts.host) and (parts.port or 1) < 2**16
    if not is_safe or parts.userinfo or parts.query or parts.fragment:
        shown = f" {shown_url(url)!r}" if isinstance(url, str) else ""
        raise InvalidInputError(
            f"{url_name}{shown} is not an address to which the token may be sent: it must begin "
            "with https:// and have no user name, password or query.",
            hint="Only a sandbox, on your own machine, may begin with http://127.0.0.1.",
        )
    return replace(_SERVICE, url=str(parts), token=token)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def fetch_hdus(
    number: int, service: Service, options: CallOptions, *, path: str = ""
) -> fits.HDUList:
    """Fetch a FITS file of an alert: the packet, or what is below the address of the service."""
    name = f"{path.strip('/') or 'packet'} of alert lsst:{number}"
    assert service.token is not None
    target = RequestTarget(name, missing=AlertNotFoundError, service=service)
    query = {"ID": str(number)} | ({} if path else {"RESPONSEFORMAT": "fits"})
    policy = options.policy()
    try:
        content = Request(partial(_get, service.url + path, query), target, policy).result()
        # Which may repeat the token: a page of a proxy, above all.
        is_fits = content.startswith(_FITS)
        content = (service.token.masked_in if is_fits else service.token.removed_from)(content)
    except AntaresHelpersError as error:
        raise error.with_traceback(None) from None
    finally:
        policy.cancel()
    return _read(content, f"The {name}", None if path else number)


def _get(url: str, query: dict[str, str], api: Any) -> bytes:
    api.transport.max_bytes = _MAX_BYTES
    content: bytes = api.client.get(url, params=query).content
    return content


# The file

_MAX_BYTES = 2**25
_MAX_HDUS = 64
_MAX_HEADER_BYTES = 2**18
_MAX_AXES = 9
_MAX_FIELDS = 999
_FITS = b"SIMPLE  ="
_BLOCK = 2880
_END = b"END".ljust(80)
_IDS = ("diaSourceId", "diaObjectId", "diaForcedSourceId", "visit", "detector")


class _UnreadableError(Exception):
    """Why a file can't be read."""


def _read(content: bytes, name: str, number: int | None) -> fits.HDUList:
    """Return the HDUs of a FITS file, read completely; if it is a packet, of the right alert."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # deviations from the standard
            hdus = _hdus(content)
            if number is not None:
                _check_packet(hdus, number)
            return hdus
    except _UnreadableError as error:
        reason = str(error)
    except Exception as error:  # with bytes from anywhere, astropy raises errors of any kind
        reason = one_line(f"{type(error).__name__}: {error}")
    raise BadDataError(
        f"{name} can't be read ({reason[:200]}).",
        hint="Try again; if it is not FITS, a proxy or a login page may have responded.",
    )


def _hdus(content: bytes) -> fits.HDUList:
    if not content.startswith(_FITS):
        raise _UnreadableError(f"it is not FITS, and begins with {short_repr(content[:20])}")
    expected = list(_data_starts(content))
    # Not the images of compressed tiles: damaged ones can crash the process.
    hdus = fits.open(
        io.BytesIO(content), memmap=False, lazy_load_hdus=False, disable_image_compression=True
    )
    if [hdu.fileinfo()["datLoc"] for hdu in hdus] != expected:
        raise _UnreadableError("its headers are damaged")
    for hdu in hdus:
        _ = hdu.data  # which reads it
    hdus.verify("silentfix+exception")
    return hdus


def _data_starts(content: bytes) -> Iterator[int]:
    """Yield where the data of each HDU begin; refuse sizes that the file does not have.

    astropy would believe the headers: it can need minutes for the axes that one announces.
    """
    start = number = 0
    while start < len(content):
        end = _end_of_header(content, start)
        header = fits.Header.fromstring(content[start:end])
        start += _padded(end + len(_END) - start)
        yield start
        start += _padded(_data_bytes(header))
        number += 1
        if start > len(content) or number > _MAX_HDUS:
            raise _UnreadableError("it is truncated, or has too many parts")


def _end_of_header(content: bytes, start: int) -> int:
    last = min(start + _MAX_HEADER_BYTES, len(content))
    for end in range(start, last, len(_END)):
        if content[end : end + len(_END)] == _END:
            return end
    raise _UnreadableError("it is truncated, or a header is too long")


def _data_bytes(header: fits.Header) -> int:
    names = ["BITPIX", "PCOUNT", "GCOUNT", "TFIELDS", "NAXIS"]
    named = [card.keyword for card in header.cards if card.keyword.startswith(tuple(names))]
    bits, extra, groups, fields, count = (
        header.get(name, default) for name, default in zip(names, (8, 0, 1, 0, 0), strict=True)
    )
    is_sane = type(count) is int and 0 <= count <= _MAX_AXES and len(set(named)) == len(named)
    axes = [header.get(f"NAXIS{axis}", -1) for axis in range(1, count + 1)] if is_sane else [-1]
    sizes = [*axes, extra, groups, fields]
    if type(bits) is not int or not all(type(each) is int and each >= 0 for each in sizes):
        raise _UnreadableError("a header announces no valid size")
    if fields > _MAX_FIELDS:
        raise _UnreadableError(f"a table announces {fields} columns")
    return abs(bits) // 8 * groups * (extra + prod(axes)) if axes else 0


def _padded(size: int) -> int:
    return -(-size // _BLOCK) * _BLOCK


def _check_packet(hdus: fits.HDUList, number: int) -> None:
    """Refuse a packet without the detection of its alert, or with IDs that are not exact."""
    if "DIASOURCE" not in hdus:
        raise _UnreadableError("it has no DIASOURCE")
    for table in ("DIASOURCE", "FORCEDPHOT"):
        if table in hdus and not isinstance(hdus[table], fits.BinTableHDU):
            raise _UnreadableError(f"its {table} is not a table")
        for column in _inexact_ids(hdus[table]) if table in hdus else ():
            raise _UnreadableError(f"its {table} has no exact integers as {column}")
    if number not in hdus["DIASOURCE"].data["diaSourceId"]:
        raise _UnreadableError("it is the packet of another alert")


def _inexact_ids(table: fits.BinTableHDU) -> Iterator[str]:
    """Yield the columns of IDs that are not integers; a column of NaN has no IDs."""
    if table.name == "DIASOURCE" and "diaSourceId" not in table.columns.names:
        yield "diaSourceId"
    for column in set(_IDS) & set(table.columns.names):
        values = table.data[column]
        if values.ndim != 1 or not (
            values.dtype.kind in "iu" or (values.dtype.kind == "f" and np.isnan(values).all())
        ):
            yield column
