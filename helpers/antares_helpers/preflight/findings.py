"""What the preflight has found: the findings, and how they are printed."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import fill
from typing import Literal, TypeAlias, get_args

__all__ = ["Finding", "Preflight", "Status"]

Status: TypeAlias = Literal["ok", "warning", "problem"]

_WIDTH = 88
_INDENT = 9


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Parameters
    ----------
    status : str
        ``"ok"``; ``"warning"``, if it may do harm; ``"problem"``, if something can't work.
    what : str
        What was found.
    what_to_do : str
        The next step; empty where nothing is to be done.
    """

    status: Status
    what: str
    what_to_do: str = ""

    def __str__(self) -> str:
        """Return the finding and, below it, the next step."""
        lines = [_wrapped(f"{self.status:<{_INDENT}}", self.what)]
        if self.what_to_do:
            lines.append(_wrapped(f"{'':{_INDENT}}-> ", self.what_to_do))
        return "\n".join(lines)


@dataclass(frozen=True, repr=False)
class Preflight:
    """The findings of `antares_helpers.check`, in a row; printed, they are a table.

    Parameters
    ----------
    findings : tuple of Finding
        All of them, the good ones too.
    """

    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is a problem; there may be warnings."""
        return all(finding.status != "problem" for finding in self.findings)

    def __iter__(self) -> Iterator[Finding]:
        """Go through the findings."""
        return iter(self.findings)

    def __len__(self) -> int:
        """Return how many findings there are."""
        return len(self.findings)

    def __getitem__(self, index: int) -> Finding:
        """Return one finding."""
        return self.findings[index]

    def __repr__(self) -> str:
        """Return the table, for notebooks too; its last line counts the findings."""
        counts = Counter(finding.status for finding in self.findings)
        summary = ", ".join(_counted(counts[status], status) for status in get_args(Status))
        return "\n".join([*map(str, self.findings), "", summary])


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
