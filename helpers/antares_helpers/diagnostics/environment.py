"""Check this environment: what is wrong, and how to fix it.

This has to work even if packages are missing, so each is imported only when it is needed.
"""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from importlib.util import find_spec
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from antares_helpers.diagnostics import Check, Report
from antares_helpers.diagnostics.packages import (
    check_packages,
    check_python,
    explain_imports,
    failed_imports,
)
from antares_helpers.errors import (
    AlertNotFoundError,
    AntaresHelpersError,
    InvalidInputError,
    LocusNotFoundError,
    shown_url,
)

__all__ = ["check_environment", "check_settings", "is_local", "service_url"]

LOCUS_ID = "ANT2026z3bqyjga24oc"
"""The locus that is fetched, the one in Rubin's tutorial."""

_SLOW = 5.0  # seconds; the service takes about 1 s per locus


def check_environment(*, network: bool = True, timeout: float = 10.0) -> Report:
    """Check this environment, and say how to fix what is wrong with it.

    Checks the versions of Python and of the packages that matter, packages that hide or replace
    others, the environment variables that antares-client reads, whether the service (or the
    sandbox) responds, and whether Rubin's Alerts API accepts the access token, if there is one.

    Parameters
    ----------
    network : bool, optional
        Whether to send requests: for a locus, and to the Alerts API if there is a token.
    timeout : float, optional
        Seconds allowed for the response of the service.

    Returns
    -------
    Report
        The checks. Its ``ok`` is False if any of them is a problem.

    Raises
    ------
    InvalidInputError
        If `timeout` is not a positive number.

    Examples
    --------
    >>> from antares_helpers import check_environment
    >>> report = check_environment(network=False)
    >>> report.ok
    True
    >>> print(report)
    ok       Python ...
    >>> [check.hint for check in report if check.status == "problem"]
    []
    """
    failures = failed_imports()
    checks = [check_python(), *check_packages(), *check_settings(), *explain_imports(failures)]
    if not failures:
        checks.append(_alerts_api(timeout if network else None))
    if network:
        checks.append(_not_requested() if failures else _request(timeout))
    return Report(tuple(checks))


def _not_requested() -> Check:
    return Check(
        "warning",
        "No request was sent: antares_helpers does not work yet",
        "Fix the problems above first, then run this again.",
    )


def _request(timeout: float) -> Check:
    """Fetch a locus, as a user would."""
    from antares_helpers.fetching.locus import fetch_locus

    start = time.monotonic()
    try:
        locus = fetch_locus(LOCUS_ID, include_catalogs=False, timeout=timeout, retries=0)
    except InvalidInputError:
        raise
    except LocusNotFoundError as error:
        return _not_found(error, time.monotonic() - start)
    except AntaresHelpersError as error:
        return _failed(error)
    return _found(locus, time.monotonic() - start)


def _found(locus: dict[str, Any], seconds: float) -> Check:
    kind = "simulated locus" if "simulated" in locus["user_tags"] else "locus"
    message = f"ANTARES has sent the {kind} {LOCUS_ID} in {seconds:.2g} s"
    if seconds < _SLOW:
        return Check("ok", message)
    hint = "The service is slow now. Allow more time with timeout=60, or try again later."
    return Check("warning", message, hint)


def _not_found(error: LocusNotFoundError, seconds: float) -> Check:
    return Check(
        "warning",
        f"ANTARES responds (in {seconds:.2g} s), but has no locus {error.locus_id}",
        "This is expected from a sandbox with your own loci. Otherwise check the address that "
        "requests go to.",
    )


def _failed(error: AntaresHelpersError) -> Check:
    hint = error.hint
    if is_local(service_url()):
        hint += " Is the sandbox running? python -m antares_sandbox starts one."
    elif "antares_sandbox" not in hint:
        hint += " Without the service, work with simulated loci: python -m antares_sandbox."
    return Check("problem", error.reason.removesuffix("."), hint.strip())


def _alerts_api(timeout: float | None) -> Check:
    """Check the token for Rubin's Alerts API, with an alert that does not exist."""
    from antares_helpers.fetching.alert_packet import alerts_service, fetch_hdus
    from antares_helpers.fetching.request import CallOptions

    try:
        service = alerts_service()
        if service is None:
            return Check("ok", "There is no access token, which only forced photometry needs")
        name = f"{service.name} at {shown_url(service.url)}"
        if timeout is None:
            return Check("ok", f"There is an access token for {name}")
        with suppress(AlertNotFoundError):
            fetch_hdus(_NO_ALERT, service, CallOptions(timeout, 0))
    except AntaresHelpersError as error:
        return Check("warning", error.reason.removesuffix("."), error.hint)
    return Check("ok", f"{name} responds, and accepts the access token")


_NO_ALERT = 1
"""Far below the diaSourceIds of Rubin."""

LIVE_URL = "https://api.antares.noirlab.edu/v2/"
"""The address that antares-client uses by default (antares_client/config.py)."""

_URL_VARIABLE = "ANTARES_API_BASE_URL"
_TIMEOUT_VARIABLE = "API_TIMEOUT"
_API_VERSION = "v2"


def check_settings() -> Iterator[Check]:
    """Check the address of the service, the timeout and the proxies."""
    yield from _address()
    yield from _timeout()
    yield from _proxy()


def service_url() -> str:
    """Return the address of the service, even if the client can't be imported."""
    try:
        from antares_helpers.fetching.http import base_url
    except Exception:  # a broken package may raise anything
        return os.environ.get(_URL_VARIABLE, LIVE_URL)
    return base_url()


def is_local(url: str) -> bool:
    """Return whether an address is on this machine, like that of a sandbox."""
    host = _host(url)
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _host(url: str) -> str:
    try:
        parts = urlsplit(url)
        _ = parts.port  # not a number: it may be part of a password
        return parts.hostname or ""
    except ValueError:
        return ""


def _address() -> Iterator[Check]:
    url, wanted = service_url(), os.environ.get(_URL_VARIABLE)
    message = f"Requests go to {shown_url(url)}"
    if not (url.startswith(("http://", "https://")) and _host(url)):
        yield Check(
            "problem",
            f"{_URL_VARIABLE}={shown_url(wanted or '')!r} is not an address",
            f"Unset {_URL_VARIABLE}, or set it to an address that begins with https:// or http://.",
        )
        return
    if _api_version(url) == _API_VERSION:
        yield Check("ok", f"{message}: {_whose(url)}, API {_API_VERSION}")
    else:
        yield Check(
            "warning",
            f"{message}: {_whose(url)}, which does not end with /{_API_VERSION}/",
            f"antares-client 2 uses version 2 of the API: unset {_URL_VARIABLE}, or set it to an "
            f"address that ends with /{_API_VERSION}/.",
        )
    if wanted is not None and wanted.rstrip("/") != url.rstrip("/"):
        yield Check(
            "warning",
            f"{_URL_VARIABLE}={shown_url(wanted)} has no effect: antares-client reads it "
            "only when it is imported",
            f"Set {_URL_VARIABLE} before Python starts, or restart the kernel.",
        )


def _whose(url: str) -> str:
    if _host(url) == _host(LIVE_URL):
        return "the ANTARES service"
    return "a sandbox on this machine" if is_local(url) else "another server"


def _api_version(url: str) -> str:
    return urlsplit(url).path.rstrip("/").rpartition("/")[2]


def _timeout() -> Iterator[Check]:
    value = os.environ.get(_TIMEOUT_VARIABLE, "60")
    try:
        is_good = int(value) > 0
    except ValueError:
        is_good = False
    if not is_good:
        yield Check(
            "problem",
            f"{_TIMEOUT_VARIABLE}={value!r} is not a whole number of seconds; antares-client "
            "needs one when it is imported",
            f"Unset {_TIMEOUT_VARIABLE}, or set it to a number such as 60.",
        )


def _proxy() -> Iterator[Check]:
    """Find the proxy that httpx uses for the service: the one for its scheme, or else for all."""
    url, proxies = service_url(), getproxies()
    value = proxies.get(url.partition(":")[0]) or proxies.get("all")
    if not value:
        return
    scheme, _, rest = value.rpartition("://")
    shown = rest.rpartition("@")[2]
    if scheme not in ("", "http", "https", "socks5", "socks5h"):
        yield Check(
            "problem",
            f"httpx does not support {scheme}:// proxies ({shown})",
            "Set HTTPS_PROXY (and ALL_PROXY, if it is set) to an http:// or socks5:// proxy.",
        )
    elif scheme.startswith("socks") and find_spec("socksio") is None:
        yield Check(
            "problem",
            f"The proxy {shown} uses SOCKS, for which httpx needs socksio",
            'Run: python -m pip install "httpx[socks]"',
        )
    elif proxy_bypass(_host(url)):
        yield Check("ok", f"NO_PROXY lets requests bypass the proxy {shown}")
    elif is_local(url):
        yield Check(
            "warning",
            f"Requests to this machine go through the proxy {shown}",
            f"Set NO_PROXY={_host(url)} before Python starts.",
        )
    else:
        yield Check("ok", f"Requests go through the proxy {shown}")
