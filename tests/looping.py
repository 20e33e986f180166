"""Many constant cases in one test, in place of a test for each: the failing ones are named."""

import inspect
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

import pytest

__all__ = ["for_each"]

MAX_SHOWN = 20


def for_each(
    name: str, values: Iterable[Any], *, ids: Iterable[str] | Callable[[Any], str] = str
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Call a test with each value, and mark it as `constant`; fixtures are made once.

    It takes what `pytest.mark.parametrize` takes.
    """
    values = list(values)
    names = list(map(ids, values) if callable(ids) else ids)
    cases = dict(zip(names, values, strict=True))
    assert len(cases) == len(values) > 0

    def decorate(check: Callable[..., None]) -> Callable[..., None]:
        @wraps(check)
        def loop(**fixtures: Any) -> None:
            failures: dict[str, BaseException] = {}
            for case, value in cases.items():
                try:
                    check(**fixtures, **{name: value})
                except (Exception, pytest.fail.Exception) as error:
                    failures[case] = error
            if failures:
                first = next(iter(failures.values()))
                raise AssertionError(_listed(failures, len(cases))) from first

        whole = inspect.signature(check)
        fixtures = [each for each in whole.parameters.values() if each.name != name]
        loop.__signature__ = whole.replace(parameters=fixtures)  # type: ignore[attr-defined]
        return pytest.mark.constant(loop)

    return decorate


def _listed(failures: dict[str, BaseException], number: int) -> str:
    lines = [f"{case}: {error!r}"[:200] for case, error in failures.items()]
    more = [f"and {len(lines) - MAX_SHOWN} more"] if len(lines) > MAX_SHOWN else []
    return "\n".join([f"{len(lines)} of {number} failed:", *lines[:MAX_SHOWN], *more])
