"""The simulated loci that come with the sandbox."""

from pathlib import Path
from typing import Final

__all__ = ["BUNDLED", "TUTORIAL_ID"]

BUNDLED: Final = Path(__file__).parent / "loci"
"""The folder of the simulated loci."""

TUTORIAL_ID: Final = "ANT2026z3bqyjga24oc"
"""The locus of the first tutorial: a simulated stand-in for the real one of this ID."""
