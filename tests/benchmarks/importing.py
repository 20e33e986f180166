"""How long an import takes."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any

from ratios import Record, in_turns, ratio
from sizes import Sizes

__all__ = ["measure"]

OURS = "import antares_helpers"
OTHER = "import antares_client, astropy.timeseries"


def measure(sizes: Sizes) -> Record:
    """Compare the import of antares_helpers with that of what it stands on."""
    acts = {"ours": _running(OURS), "other": _running(OTHER)}
    in_turns(acts, 1)
    taken = in_turns(acts, sizes.import_rounds)
    record = ratio(f"``{OURS}``", f"``{OTHER}``", taken["ours"], taken["other"])
    return {"ratios": [record]}


def _running(program: str) -> Callable[[], Any]:
    return lambda: subprocess.run([sys.executable, "-c", program], check=True)
