"""The kinds of faults."""

from dataclasses import dataclass, field
from random import Random
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlencode

from pydantic_core import from_json
from starlette.types import Scope

from antares_sandbox.faults.exchange import Answer, Exchange
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
    """What can go wrong with a request."""

    def applies(self, scope: Scope) -> bool:
        """Tell whether it can go wrong with this request."""

    async def happen(self, exchange: Exchange) -> None:
        """Answer the request wrongly."""


class _Always:
    def applies(self, _scope: Scope) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Delay(_Always):
    """The right answer, late.

    Attributes
    ----------
    seconds : float
        How late.
    """

    seconds: float

    async def happen(self, exchange: Exchange) -> None:
        """Wait, then answer rightly."""
        await exchange.wait(self.seconds)
        await exchange.pass_on()


@dataclass(frozen=True, slots=True)
class Hang(_Always):
    """No answer, until the client gives up: a timeout."""

    async def happen(self, exchange: Exchange) -> None:
        """Wait for the client to leave."""
        await exchange.wait(None)
        await exchange.drop()


@dataclass(frozen=True, slots=True)
class Drop(_Always):
    """The connection is closed without an answer."""

    async def happen(self, exchange: Exchange) -> None:
        """Close the connection."""
        await exchange.drop()


@dataclass(frozen=True, slots=True)
class Cut(_Always):
    """The body ends before its Content-Length.

    Attributes
    ----------
    kept : float
        The part of the body that is sent, from 0 to 1.
    """

    kept: float = 0.5

    def __post_init__(self) -> None:
        """Check what was given."""
        if not 0 <= self.kept < 1:
            raise ValueError(f"kept is from 0 to 1, but not 1: {self.kept}")

    async def happen(self, exchange: Exchange) -> None:
        """Send a part of the right answer."""
        answer = await exchange.right_answer()
        await exchange.answer_in_part(answer, int(len(answer.body) * self.kept))


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
        Whether the body is HTML, as that of a proxy, instead of JSON.
    """

    code: int
    retry_after: int | None = None
    html: bool = False

    def __post_init__(self) -> None:
        """Check what was given."""
        error_body(self.code, "")
        if self.code < 400:
            raise ValueError(f"the status of an error is 400 or more: {self.code}")

    async def happen(self, exchange: Exchange) -> None:
        """Send the error."""
        kind = b"text/html" if self.html else b"application/json"
        headers = [(b"content-type", kind)]
        if self.retry_after is not None:
            headers.append((b"retry-after", str(self.retry_after).encode()))
        page = b"<html><body><h1>%d</h1></body></html>" % self.code
        body = page if self.html else error_body(self.code, "asked for with Sandbox.fail")
        await exchange.answer(Answer(self.code, headers, body))


@dataclass(frozen=True, slots=True)
class Null(_Always):
    """A field is null.

    Attributes
    ----------
    field : str
        Where: a dotted path such as ``data.internal_properties`` or ``data.0.mjd``; ``*`` stands
        for all elements of a list or all fields of an object.
    """

    field: str

    def __post_init__(self) -> None:
        """Check what was given."""
        _check_field(self.field)

    async def happen(self, exchange: Exchange) -> None:
        """Send the right answer with null in the place of the field."""
        answer = await exchange.right_answer()
        await exchange.answer(_changed(answer, self.field, empty_field(_json(answer), self.field)))


@dataclass(frozen=True, slots=True)
class Missing(_Always):
    """A field is missing.

    Attributes
    ----------
    field : str
        Where: as of `Null`.
    """

    field: str

    def __post_init__(self) -> None:
        """Check what was given."""
        _check_field(self.field)

    async def happen(self, exchange: Exchange) -> None:
        """Send the right answer without the field."""
        answer = await exchange.right_answer()
        await exchange.answer(_changed(answer, self.field, drop_field(_json(answer), self.field)))


@dataclass(frozen=True, slots=True)
class RepeatLocus:
    """A page of a search begins with the last locus of the page before.

    So it goes where a locus gets a new alert while its pages are read. The first page has none
    before it: it neither repeats anything nor counts.
    """

    def applies(self, scope: Scope) -> bool:
        """Tell whether this is the second page of a search, or a later one."""
        return _offset(scope) > 0

    async def happen(self, exchange: Exchange) -> None:
        """Answer with a page that begins one locus earlier."""
        parameters = dict(parse_qsl(exchange.scope["query_string"].decode("latin-1")))
        parameters["offset"] = str(_offset(exchange.scope) - 1)
        exchange.scope["query_string"] = urlencode(parameters).encode()
        await exchange.pass_on()


@dataclass(frozen=True, slots=True)
class Sometimes:
    """Another fault, by chance.

    Attributes
    ----------
    fault : Fault
        What goes wrong.
    chance : float
        With how many of the requests, from 0 to 1; only those count as times that it happened.
    seed : int
        Of the random numbers.
    """

    fault: Fault
    chance: float
    seed: int = 0
    _random: Random = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse what is no chance."""
        if not 0 <= self.chance <= 1:
            raise ValueError(f"a chance is from 0 to 1: {self.chance}")
        object.__setattr__(self, "_random", Random(self.seed))

    def applies(self, scope: Scope) -> bool:
        """Tell whether it goes wrong with this request."""
        return self._random.random() < self.chance and self.fault.applies(scope)

    async def happen(self, exchange: Exchange) -> None:
        """Let it go wrong."""
        await self.fault.happen(exchange)


def _check_field(name: str) -> None:
    if name.split(".")[0] not in ("data", "links", "meta"):
        raise ValueError(f"a field is named from the top, such as data.*.mjd: {name}")


def _offset(scope: Scope) -> int:
    given = dict(parse_qsl(scope["query_string"].decode("latin-1"))).get("offset", "0")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else 0


def _json(answer: Answer) -> Any:
    return from_json(answer.body)


def _changed(answer: Answer, field: str, content: Any) -> Answer:
    if content is None:
        detail = f"the fault can't happen: the answer has no field {field!r}"
        return Answer(500, answer.headers, error_body(500, detail))
    return Answer(answer.status, answer.headers, encode(content))
