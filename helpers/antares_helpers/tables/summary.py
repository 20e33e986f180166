"""What a table of light curves tells about where it comes from: counts, options, versions."""

import platform
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

__all__ = ["TableSummary"]

PACKAGES = ("antares-helpers", "antares-client", "antares-devkit", "astropy", "numpy")


@dataclass
class TableSummary:
    """Sums up the reports of light curves.

    Parameters
    ----------
    options : mapping
        What the light curves were extracted with.
    """

    options: Mapping[str, Any]
    loci: int = 0
    loci_without_points: int = 0
    repeated_loci: int = 0
    simulated: int = 0
    sums: Counter[str] = field(default_factory=Counter)
    excluded: Counter[str] = field(default_factory=Counter)
    conventions: Counter[str] = field(default_factory=Counter)

    def add(self, meta: Mapping[str, Any]) -> None:
        """Add the ``meta`` of the light curve of one locus."""
        report = meta["report"]
        self.loci += 1
        self.loci_without_points += report["included"] == 0
        self.simulated += meta["simulated"]
        for name in ("alerts", "included", "without_is_dipole"):
            self.sums[name] += report[name]
        self.excluded.update(report["excluded"])
        self.conventions[meta["sign_convention"]] += 1

    def meta(self) -> dict[str, Any]:
        """Return the ``meta`` of the table; it can be written as JSON."""
        return {
            "report": {
                "loci": self.loci,
                "loci_without_points": self.loci_without_points,
                "repeated_loci": self.repeated_loci,
                "alerts": self.sums["alerts"],
                "included": self.sums["included"],
                "excluded": dict(sorted(self.excluded.items())),
                "without_is_dipole": self.sums["without_is_dipole"],
            },
            "sign_conventions": dict(sorted(self.conventions.items())),
            "simulated": self.simulated,
            "options": dict(self.options),
            "versions": {"python": platform.python_version()}
            | {name: version(name) for name in PACKAGES},
            "created": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
