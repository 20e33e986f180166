"""The time of an import."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any

from ratios import Record, alternate, ratio
from sizes import Sizes

__all__ = ["measure"]

OURS = "import antares_helpers"
OTHER = "import antares_client, astropy.timeseries"


def measure(sizes: Sizes) -> Record:
    """Compare the import of antares_helpers with that of the packages it is built on."""
    acts = {"ours": _running(OURS), "other": _running(OTHER)}
    alternate(acts, 1)
    taken = alternate(acts, sizes.import_rounds)
    record = ratio(f"``{OURS}``", f"``{OTHER}``", taken["ours"], taken["other"])
    return {"ratios": [record]}


def _running(program: str) -> Callable[[], Any]:
    return lambda: subprocess.run([sys.executable, "-c", program], check=True)
