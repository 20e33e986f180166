"""Find what is wrong with an environment before anything is fetched: a report of checks."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import fill
from typing import Literal, TypeAlias, get_args

__all__ = ["Check", "Report", "Status"]

Status: TypeAlias = Literal["ok", "warning", "problem"]

_WIDTH = 88
_INDENT = 9


@dataclass(frozen=True)
class Check:
    """One thing that was checked.

    Parameters
    ----------
    status : str
        ``"ok"``, ``"warning"`` if it may cause trouble, or ``"problem"`` if something cannot work.
    message : str
        What was found.
    hint : str
        What to do next; empty if there is nothing to do.
    """

    status: Status
    message: str
    hint: str = ""

    def __str__(self) -> str:
        """Return the check and, below it, the next step."""
        lines = [_wrapped(f"{self.status:<{_INDENT}}", self.message)]
        if self.hint:
            lines.append(_wrapped(f"{'':{_INDENT}}-> ", self.hint))
        return "\n".join(lines)


@dataclass(frozen=True, repr=False)
class Report:
    """The sequence of checks of `antares_helpers.check_environment`; printed, it is a table.

    Parameters
    ----------
    checks : tuple of Check
        All checks, including the successful ones.
    """

    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """True if there are no problems; there may be warnings."""
        return all(check.status != "problem" for check in self.checks)

    def __iter__(self) -> Iterator[Check]:
        """Iterate over the checks."""
        return iter(self.checks)

    def __len__(self) -> int:
        """Return the number of checks."""
        return len(self.checks)

    def __getitem__(self, index: int) -> Check:
        """Return one check."""
        return self.checks[index]

    def __repr__(self) -> str:
        """Return the table, for notebooks too; its last line counts the checks."""
        counts = Counter(check.status for check in self.checks)
        summary = ", ".join(_counted(counts[status], status) for status in get_args(Status))
        return "\n".join([*map(str, self.checks), "", summary])


def _wrapped(beginning: str, text: str) -> str:
    return fill(
        " ".join(text.split()),
        width=_WIDTH,
        initial_indent=beginning,
        subsequent_indent=" " * len(beginning),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _counted(number: int, status: Status) -> str:
    return f"{number} {status}" if status == "ok" or number == 1 else f"{number} {status}s"
