"""Point antares-client at a sandbox, and back at the service."""

import os
import sys
from dataclasses import dataclass
from typing import Any

__all__ = ["INSTANCE_VARIABLE", "TOKEN_VARIABLE", "URL_VARIABLE", "enter", "leave"]

URL_VARIABLE = "ANTARES_API_BASE_URL"
"""The environment variable that antares-client reads when it is imported."""

INSTANCE_VARIABLE, TOKEN_VARIABLE = "EXTERNAL_INSTANCE_URL", "ACCESS_TOKEN"
"""The environment variables that name the Rubin Science Platform, and hold the user's token."""

LIVE_URL = "https://api.antares.noirlab.edu/v2/"
"""The service that antares-client uses if the variable is not set (antares_client/config.py)."""

_HOST = "127.0.0.1"
_PROXY_VARIABLES = ("NO_PROXY", "no_proxy")


@dataclass(frozen=True)
class _State:
    """The previous service of antares-client; no `client` if it was not imported."""

    environment: dict[str, str | None]
    url: str
    client: Any


@dataclass
class _Entry:
    """A sandbox that runs, and the state before it."""

    url: str
    before: _State


_entries: list[_Entry] = []


def enter(url: str, token: str) -> None:
    """Point antares-client at `url`, through the environment and, if imported, itself.

    The environment also names the sandbox as the Rubin Science Platform.

    Parameters
    ----------
    url : str
        The base URL of a sandbox. Sandboxes nest: the client uses the last one entered.
    token : str
        The token of its Alerts API.
    """
    _entries.append(_Entry(url, _remember()))
    os.environ[URL_VARIABLE] = url
    os.environ[INSTANCE_VARIABLE] = url.removesuffix("/v2/")
    os.environ[TOKEN_VARIABLE] = token
    for name in _PROXY_VARIABLES:
        hosts = os.environ.get(name, "").split(",")
        os.environ[name] = ",".join(dict.fromkeys([*filter(None, hosts), _HOST]))
    _point(url, None)


def leave(url: str) -> None:
    """Undo `enter(url)`; the order in which sandboxes are left does not matter.

    Parameters
    ----------
    url : str
        The base URL that was entered.
    """
    at = next(number for number, entry in enumerate(_entries) if entry.url == url)
    before = _entries.pop(at).before
    if at == len(_entries):
        _restore(before)
    else:
        unused, _entries[at].before = _entries[at].before.client, before
        _close(unused)


def _search_module() -> Any:
    return sys.modules.get("antares_client.search")


def _remember() -> _State:
    names = (URL_VARIABLE, INSTANCE_VARIABLE, TOKEN_VARIABLE, *_PROXY_VARIABLES)
    environment = {name: os.environ.get(name) for name in names}
    search = _search_module()
    if search is None:
        return _State(environment, os.environ.get(URL_VARIABLE, LIVE_URL), None)
    return _State(environment, search.config[URL_VARIABLE], search.api_client)


def _restore(state: _State) -> None:
    for name, value in state.environment.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
    _point(state.url, state.client)


def _point(url: str, client: Any) -> None:
    search = _search_module()
    if search is None:
        return
    replaced = search.api_client
    search.api_client = client or type(replaced)(base_url=url, timeout=search.config["API_TIMEOUT"])
    search.config[URL_VARIABLE] = url
    if replaced is not search.api_client:
        _close(replaced)


def _close(client: Any) -> None:
    remembered = [entry.before.client for entry in _entries]
    if client is not None and not any(client is other for other in remembered):
        client.client.close()
