"""One transport for every request to ANTARES, which follows the policy of the call."""

from base64 import b64encode
from copy import copy
from math import inf
from typing import Any
from urllib.parse import unquote

from antares_client import search

from antares_helpers.errors import shown_url
from antares_helpers.fetching._connections import Deadline, RefusedError, exchange, httpx
from antares_helpers.fetching.retry import RequestPolicy, retrying

__all__ = ["PolicyTransport", "api_client", "base_url", "replaying", "shown_url"]

_FAIR_SHARE = 0.5
"""How much of the time left one silent read may take, so that a lost response can be retried."""
_MIN_SILENCE = 2.0


def base_url() -> str:
    """Return the address of the service, which may contain a password: show it with `shown_url`.

    It is what ``ANTARES_API_BASE_URL`` was when antares-client was imported, or what a sandbox
    has set since.
    """
    return str(search.api_client.client.base_url)


def api_client(policy: RequestPolicy, *, any_origin: bool = False) -> Any:
    """Return an API object of the client's own class, whose requests follow a policy.

    Parameters
    ----------
    policy : RequestPolicy
        Deadline, retries and number of connections.
    any_origin : bool, optional
        Whether requests may go to other servers than that of the API; redirects always may.
    """
    url = httpx.URL(base_url())
    api = copy(search.api_client)
    transport = PolicyTransport(policy, url, any_origin=any_origin)
    # Without `trust_env` it makes no connections of its own: the transport has those of all calls.
    # It logs the addresses of its requests: only the transport knows what is secret in them.
    public = url.copy_with(username="", password="", query=None)
    api.client = httpx.Client(
        base_url=public, follow_redirects=True, transport=transport, trust_env=False
    )
    api.transport = transport
    return api


def replaying(api: Any, body: bytes) -> Any:
    """Return an API object like another, to which every response is this body."""
    replayed = copy(api)
    transport = httpx.MockTransport(
        lambda _: httpx.Response(200, content=body, default_encoding="utf-8")
    )
    replayed.client = httpx.Client(
        base_url=api.client.base_url, transport=transport, trust_env=False
    )
    return replayed


class PolicyTransport(httpx.BaseTransport):
    """Sends requests, and sends them again after transient errors, under the policy of a call.

    Parameters
    ----------
    policy : RequestPolicy
        Deadline, retries and number of connections.
    base : httpx.URL
        The address of the API. If it is https, no request is sent over http. Its user name,
        password and query are sent to this server, and to no other.
    any_origin : bool
        Whether requests may go to other servers.

    Attributes
    ----------
    body : bytes
        The last response.
    max_bytes : float
        Decoded bytes beyond which to refuse a response; see `exchange`.
    """

    def __init__(self, policy: RequestPolicy, base: Any, *, any_origin: bool) -> None:
        self._policy = policy
        self._base = base
        self._any_origin = any_origin
        self._is_redirected = False
        self.body = b""
        self.max_bytes = inf

    def handle_request(self, request: Any) -> Any:
        """Send a request until there is a complete response, and return it."""
        self._check_address(request.url)
        self.body = b""
        received: list[Any] = []  # for what goes through tenacity stays until garbage is collected
        retrying(self._policy)(lambda: received.append(self._send(request)))
        response = received.pop()
        self._is_redirected = response.is_redirect
        self.body = response.content
        return response

    def _send(self, request: Any) -> Any:
        with self._policy.slot():
            left = self._policy.seconds_left()
            silence = min(left, max(left * _FAIR_SHARE, _MIN_SILENCE))
            deadline = Deadline(
                silence, end=self._policy.deadline, cancelled=self._policy.cancelled
            )
            return exchange(self._with_secrets(request), deadline, max_bytes=self.max_bytes)

    def _with_secrets(self, request: Any) -> Any:
        if _origin(request.url) != _origin(self._base):
            return request
        query = self._base.query.decode().removesuffix("/")  # which httpx has added
        url = request.url.copy_merge_params(httpx.QueryParams(query)) if query else request.url
        sent = httpx.Request(request.method, url, headers=request.headers)
        if self._base.userinfo:
            login = b64encode(unquote(self._base.userinfo.decode()).encode())
            sent.headers["Authorization"] = f"Basic {login.decode()}"
        return sent

    def _check_address(self, url: Any) -> None:
        """Refuse an address that the service sent and that may not be followed."""
        if self._base.scheme == "https" and url.scheme != "https":
            raise RefusedError(f"it leads to {shown_url(url)}, which is not encrypted")
        if not (self._any_origin or self._is_redirected or _origin(url) == _origin(self._base)):
            raise RefusedError(f"it leads to another server, {url.host}")


def _origin(url: Any) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port
