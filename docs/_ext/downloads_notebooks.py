"""Give the notebooks of the site install lines that work outside a clone of the repository."""

import re
from pathlib import Path

from site_address import site_url

__all__ = ["with_install_lines"]

# As in the text of a notebook, which is JSON.
_CLONE = re.compile(r"`\.\./\.\.` is the clone.*?instead\.", re.DOTALL)
_LAPTOP, _RSP = r"\"../..[tutorials]\"", r" ../..\n"


def with_install_lines(notebook: Path, wheel: str) -> str:
    """Return a notebook that installs from the site, or from a wheel if its address is unknown.

    Parameters
    ----------
    notebook : pathlib.Path
        One of this repository, whose lines install from ``../..``.
    wheel : str
        The path of the wheel, from the folder of the notebook.

    Raises
    ------
    ValueError
        If the notebook has no such lines.
    """
    text, url, name = notebook.read_text(encoding="utf-8"), site_url(), Path(wheel).name
    where = f"{url}downloads/{name}" if url else wheel
    wanted = f"antares-helpers[tutorials] @ {where}" if url else f"{wheel}[tutorials]"
    more = f"The package comes from {url}, whose page Installation says more."
    local = f"`{wheel}` is the package, which the page Installation of the site offers."
    text, count = _CLONE.subn(more if url else local, text)
    if (count, text.count(_LAPTOP), text.count(_RSP)) != (1, 1, 1):
        raise ValueError(f"{notebook} has other install lines than notebooks/make.py writes")
    return text.replace(_LAPTOP, rf"\"{wanted}\"").replace(_RSP, rf" {where}\n")
