"""Asking a service, politely: one connection, a name, pauses before asking again."""

import json
import logging
import time
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from types import TracebackType
from typing import Any, Self

import httpx
import tenacity

from antares_sandbox.errors import SandboxError
from antares_sandbox.recording.content import Answers

__all__ = ["Service", "checked_url", "client_version"]

_log = logging.getLogger("antares_sandbox")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_backoff = tenacity.wait_exponential(multiplier=0.5, max=30) + tenacity.wait_random(0, 0.5)


def client_version() -> str:
    """Return the version of antares-client."""
    return version("antares-client")


def checked_url(url: str) -> str:
    """Return the address of a service, ending with a slash.

    Parameters
    ----------
    url : str
        The address: http or https, without user and password, which would be written down.

    Returns
    -------
    str
        The address.

    Raises
    ------
    SandboxError
        Where it is none.

    Examples
    --------
    >>> checked_url("http://127.0.0.1:8000/v2")
    'http://127.0.0.1:8000/v2/'
    """
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, TypeError, ValueError):
        parsed = httpx.URL()
    if parsed.scheme not in ("http", "https") or not parsed.host or parsed.userinfo:
        raise SandboxError(
            f"{url!r} is not the address of a service: give one like "
            "https://api.antares.noirlab.edu/v2/, without user and password"
        )
    plain = str(parsed.copy_with(query=None, fragment=None))
    return plain if plain.endswith("/") else f"{plain}/"


class Service:
    """A service that speaks API v2, over one connection.

    Parameters
    ----------
    url : str
        Its address.
    timeout : float
        Seconds that an answer may take in all.
    retries : int
        How often a request that failed is made again.
    """

    def __init__(self, url: str, *, timeout: float, retries: int) -> None:
        self.url = checked_url(url)
        self._timeout = timeout
        self._client = httpx.Client(
            base_url=self.url,
            timeout=timeout,
            follow_redirects=True,
            # A proxy can't reach this machine's own sandbox.
            trust_env=httpx.URL(self.url).host not in _LOOPBACK,
            limits=httpx.Limits(max_connections=1),
            headers={"User-Agent": _user_agent()},
        )
        self._retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception(_may_pass),
            stop=tenacity.stop_after_attempt(retries + 1),
            wait=_pause,
            before_sleep=_tell,
            reraise=True,
        )

    def __enter__(self) -> Self:
        """Return the service."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the connection."""
        self._client.close()

    def ask(self, locus_id: str) -> Answers:
        """Return what the service says about a locus.

        Parameters
        ----------
        locus_id : str
            A valid ID.

        Returns
        -------
        Answers
            The answers, whole but unchecked.

        Raises
        ------
        SandboxError
            Where there is no such locus, or no answer.
        """
        paths = (f"loci/{locus_id}", f"loci/{locus_id}/alerts", f"loci/{locus_id}/catalog-matches")
        answers = Answers(*(self._data(path) for path in paths))
        if answers.locus["id"] != locus_id:
            raise SandboxError(f"the service answered with another locus, {answers.locus['id']!r}")
        return answers

    def _data(self, path: str) -> Any:
        try:
            body = self._retrying(self._get, path)
            return json.loads(body)["data"]
        except httpx.HTTPStatusError as error:
            raise SandboxError(_refusal(error.response)) from error
        except httpx.HTTPError as error:
            raise SandboxError(f"{self.url}{path}: {_reason(error)}") from error
        except (LookupError, TypeError, ValueError) as error:
            raise SandboxError(f"{self.url}{path}: the answer is not of API v2") from error

    def _get(self, path: str) -> bytes:
        deadline = time.monotonic() + self._timeout
        with self._client.stream("GET", path) as response:
            response.raise_for_status()
            chunks = []
            for chunk in response.iter_bytes():
                if time.monotonic() > deadline:
                    raise httpx.ReadTimeout("the answer came too slowly")
                chunks.append(chunk)
        return b"".join(chunks)


def _user_agent() -> str:
    return f"antares-sandbox-record/{version('antares-helpers')} antares-client/{client_version()}"


def _may_pass(error: BaseException) -> bool:
    match error:
        case httpx.HTTPStatusError(response=response):
            return response.status_code == 429 or response.status_code >= 500
        case httpx.UnsupportedProtocol():
            return False
    return isinstance(error, httpx.TransportError)


def _pause(state: tenacity.RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = _retry_after(error.response) if isinstance(error, httpx.HTTPStatusError) else None
    return _backoff(state) if asked is None else asked


def _retry_after(response: httpx.Response) -> float | None:
    value = response.headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdecimal():
        return float(value[:9])
    try:
        return max(parsedate_to_datetime(value).timestamp() - time.time(), 0.0)
    except ValueError:
        return None


def _tell(state: tenacity.RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    pause = state.next_action.sleep if state.next_action else 0.0
    if error is not None:
        _log.warning("%s; asking again in %.1f s", _reason(error), pause)


def _reason(error: BaseException) -> str:
    if isinstance(error, httpx.HTTPStatusError):
        return _refusal(error.response)
    return str(error).partition("\n")[0] or type(error).__name__


def _refusal(response: httpx.Response) -> str:
    if response.status_code == 404:
        return f"{response.url}: no such locus (404)"
    return f"{response.url}: {response.status_code} {response.reason_phrase}".rstrip()
