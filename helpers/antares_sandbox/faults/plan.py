"""Which requests get a fault, and which were made."""

import re
import threading
from collections import deque
from dataclasses import dataclass
from typing import NamedTuple

from starlette.types import ASGIApp, Receive, Scope, Send

from antares_sandbox.faults.exchange import Exchange
from antares_sandbox.faults.kinds import Fault

__all__ = ["FaultPlan", "LoggedRequest"]

_LOG_LENGTH = 10_000
_BASE = "/v2/"
_MAX_LOGGED = 2000


class LoggedRequest(NamedTuple):
    """A request that was made; the path is that below ``/v2/``, or ``api/alerts``."""

    method: str
    path: str
    query: str


@dataclass(slots=True)
class _Rule:
    pattern: re.Pattern[str]
    fault: Fault
    remaining: int | None


class FaultPlan:
    """Faults by path and count; safe to change while the sandbox serves requests."""

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self._rules: list[_Rule] = []
        self._log: deque[LoggedRequest] = deque(maxlen=_LOG_LENGTH)
        self._lock = threading.Lock()

    def add(self, path: str, fault: Fault, times: int | None) -> None:
        """Plan a fault; see `antares_sandbox.Sandbox.inject_fault`."""
        if times is not None and times < 1:
            raise ValueError(f"times={times} must be 1 or more, or None for always.")
        with self._lock:
            self._rules.append(_Rule(_pattern(path), fault, times))

    def clear(self) -> None:
        """Remove all faults."""
        with self._lock:
            self._rules.clear()

    @property
    def requests(self) -> list[LoggedRequest]:
        """The latest requests, the oldest first."""
        with self._lock:
            return list(self._log)

    def wrap(self, app: ASGIApp) -> ASGIApp:
        """Return an application that responds with the faults as planned."""

        async def respond(scope: Scope, receive: Receive, send: Send) -> None:
            fault = self._next(scope)
            if fault is None:
                await app(scope, receive, send)
            else:
                await fault.respond(Exchange(app, scope, receive, send, self.stopping))

        return respond

    def _next(self, scope: Scope) -> Fault | None:
        """Log a request and return its fault: of several, the first that was planned."""
        path = _path(scope)[:_MAX_LOGGED]
        query = scope["query_string"].decode("latin-1")[:_MAX_LOGGED]
        with self._lock:
            self._log.append(LoggedRequest(scope["method"], path, query))
            for rule in self._rules:
                if rule.pattern.fullmatch(path) and rule.fault.applies(scope):
                    return self._count(rule)
        return None

    def _count(self, rule: _Rule) -> Fault:
        if rule.remaining is not None:
            rule.remaining -= 1
            if rule.remaining == 0:
                self._rules.remove(rule)
        return rule.fault


def _path(scope: Scope) -> str:
    path: str = scope["path"]
    return path.removeprefix(_BASE) if path.startswith(_BASE) else path.removeprefix("/")


def _pattern(path: str) -> re.Pattern[str]:
    """Return the expression of a path: ``*`` is within a segment, ``**`` any number of them."""
    parts = re.split(r"(\*\*|\*)", path.strip("/"))
    translated = {"**": ".*", "*": "[^/]*"}
    return re.compile("".join(translated.get(part, re.escape(part)) for part in parts), re.DOTALL)
