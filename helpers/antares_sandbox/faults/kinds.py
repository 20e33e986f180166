"""The kinds of faults."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlencode

from pydantic_core import from_json
from starlette.types import Scope

from antares_sandbox.faults.exchange import Exchange, FullResponse
from antares_sandbox.faults.fields import drop_field, empty_field
from antares_sandbox.responses import encode, error_body

__all__ = [
    "Cut",
    "Delay",
    "Drop",
    "Fault",
    "Hang",
    "Missing",
    "Null",
    "RepeatLocus",
    "Sometimes",
    "Status",
]


class Fault(Protocol):
    """A faulty response to a request."""

    def applies(self, scope: Scope) -> bool:
        """Return whether it affects this request."""

    async def respond(self, exchange: Exchange) -> None:
        """Send the faulty response."""


class _Always:
    def applies(self, _scope: Scope) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Delay(_Always):
    """The correct response, late.

    Attributes
    ----------
    seconds : float
        Delay.
    """

    seconds: float

    async def respond(self, exchange: Exchange) -> None:
        """Wait, then respond correctly."""
        await exchange.wait(self.seconds)
        await exchange.forward()


@dataclass(frozen=True, slots=True)
class Hang(_Always):
    """No response until the client gives up: a timeout."""

    async def respond(self, exchange: Exchange) -> None:
        """Wait for the client to disconnect."""
        await exchange.wait(None)
        await exchange.drop()


@dataclass(frozen=True, slots=True)
class Drop(_Always):
    """The connection is closed without a response."""

    async def respond(self, exchange: Exchange) -> None:
        """Close the connection."""
        await exchange.drop()


@dataclass(frozen=True, slots=True)
class Cut(_Always):
    """The body ends before its Content-Length.

    Attributes
    ----------
    fraction : float
        The fraction of the body that is sent, from 0 to less than 1.
    """

    fraction: float = 0.5

    def __post_init__(self) -> None:
        """Check the arguments."""
        if not 0 <= self.fraction < 1:
            raise ValueError(f"fraction={self.fraction} must be from 0 to less than 1.")

    async def respond(self, exchange: Exchange) -> None:
        """Send a part of the correct response."""
        response = await exchange.correct_response()
        await exchange.send_part(response, int(len(response.body) * self.fraction))


@dataclass(frozen=True, slots=True)
class Status(_Always):
    """An error of the service.

    Attributes
    ----------
    code : int
        The HTTP status, from 400 to 599.
    retry_after : int or None
        Seconds to wait before the next attempt: the header Retry-After.
    html : bool
        Whether the body is HTML, as from a proxy, instead of JSON.
    """

    code: int
    retry_after: int | None = None
    html: bool = False

    def __post_init__(self) -> None:
        """Check the arguments."""
        error_body(self.code, "")
        if self.code < 400:
            raise ValueError(f"code={self.code} must be the status of an error, 400 or more.")

    async def respond(self, exchange: Exchange) -> None:
        """Send the error."""
        kind = b"text/html" if self.html else b"application/json"
        headers = [(b"content-type", kind)]
        if self.retry_after is not None:
            headers.append((b"retry-after", str(self.retry_after).encode()))
        page = b"<html><body><h1>%d</h1></body></html>" % self.code
        body = page if self.html else error_body(self.code, "injected with Sandbox.inject_fault")
        await exchange.send_response(FullResponse(self.code, headers, body))


@dataclass(frozen=True, slots=True)
class Null(_Always):
    """A field is null.

    Attributes
    ----------
    field : str
        A dotted path such as ``data.internal_properties`` or ``data.0.mjd``; ``*`` matches all
        elements of a list or all fields of an object.
    """

    field: str

    def __post_init__(self) -> None:
        """Check the arguments."""
        _check_field(self.field)

    async def respond(self, exchange: Exchange) -> None:
        """Send the correct response with null instead of the field."""
        await _send_changed(exchange, self.field, empty_field)


@dataclass(frozen=True, slots=True)
class Missing(_Always):
    """A field is missing.

    Attributes
    ----------
    field : str
        A dotted path, as for `Null`.
    """

    field: str

    def __post_init__(self) -> None:
        """Check the arguments."""
        _check_field(self.field)

    async def respond(self, exchange: Exchange) -> None:
        """Send the correct response without the field."""
        await _send_changed(exchange, self.field, drop_field)


@dataclass(frozen=True, slots=True)
class RepeatLocus:
    """A page of a search begins with the last locus of the previous page.

    This happens if a locus gets a new alert while the pages are read. The first page repeats
    nothing and is not counted.
    """

    def applies(self, scope: Scope) -> bool:
        """Return whether this is the second page of a search, or a later one."""
        return _offset(scope) > 0

    async def respond(self, exchange: Exchange) -> None:
        """Respond with a page that begins one locus earlier."""
        parameters = dict(parse_qsl(exchange.scope["query_string"].decode("latin-1")))
        parameters["offset"] = str(_offset(exchange.scope) - 1)
        exchange.scope["query_string"] = urlencode(parameters).encode()
        await exchange.forward()


@dataclass(frozen=True, slots=True)
class Sometimes:
    """Another fault, at random.

    Attributes
    ----------
    fault : Fault
        The other fault.
    probability : float
        The fraction of the requests that it affects, from 0 to 1; only these count toward `times`.
    seed : int
        Seed of the random numbers.
    """

    fault: Fault
    probability: float
    seed: int = 0
    _random: Random = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Check the arguments."""
        if not 0 <= self.probability <= 1:
            raise ValueError(f"probability={self.probability} must be from 0 to 1.")
        object.__setattr__(self, "_random", Random(self.seed))

    def applies(self, scope: Scope) -> bool:
        """Return whether it affects this request."""
        return self._random.random() < self.probability and self.fault.applies(scope)

    async def respond(self, exchange: Exchange) -> None:
        """Send the faulty response."""
        await self.fault.respond(exchange)


def _check_field(name: str) -> None:
    if name.split(".")[0] not in ("data", "links", "meta"):
        raise ValueError(f"field={name!r} must be a path from the top, such as data.*.mjd.")


def _offset(scope: Scope) -> int:
    given = dict(parse_qsl(scope["query_string"].decode("latin-1"))).get("offset", "0")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else 0


async def _send_changed(exchange: Exchange, field: str, change: Callable[[Any, str], Any]) -> None:
    response = await exchange.correct_response()
    content = change(from_json(response.body), field)
    if content is None:
        detail = f"the fault can't be applied: the response has no field {field!r}"
        failure = FullResponse(500, response.headers, error_body(500, detail))
        await exchange.send_response(failure)
    else:
        changed = FullResponse(response.status, response.headers, encode(content))
        await exchange.send_response(changed)
