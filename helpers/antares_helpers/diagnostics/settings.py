"""Check the environment variables that antares-client and httpx read."""

import os
import re
from collections.abc import Iterator
from importlib.util import find_spec
from ipaddress import ip_address
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from antares_helpers.diagnostics import Check

__all__ = ["check_settings", "is_local", "service_url", "without_password"]

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


def without_password(url: str) -> str:
    """Return an address that is safe to show."""
    return re.sub(r"//[^/?#]*@", "//", url)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _address() -> Iterator[Check]:
    url, wanted = service_url(), os.environ.get(_URL_VARIABLE)
    message = f"Requests go to {without_password(url)}"
    if not (url.startswith(("http://", "https://")) and _host(url)):
        yield Check(
            "problem",
            f"{_URL_VARIABLE}={without_password(wanted or '')!r} is not an address",
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
            f"{_URL_VARIABLE}={without_password(wanted)} has no effect: antares-client reads it "
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
    """Find the proxy that httpx uses for the service: that of the scheme, or else of all."""
    url, proxies = service_url(), getproxies()
    value = proxies.get(url.partition(":")[0]) or proxies.get("all")
    if not value:
        return
    scheme, _, rest = value.rpartition("://")
    shown = rest.rpartition("@")[2]
    if scheme not in ("", "http", "https", "socks5", "socks5h"):
        yield Check(
            "problem",
            f"httpx does not support proxies of the kind {scheme}:// ({shown})",
            "Set HTTPS_PROXY (and ALL_PROXY, if it is set) to a proxy of http:// or socks5://.",
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
