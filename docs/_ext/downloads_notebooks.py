"""Give the notebooks of the site install lines that work outside a clone of the repository."""

import json
import re
from pathlib import Path

from site_address import site_url

__all__ = ["with_install_lines"]

_CLONE = re.compile(r"`\.\./\.\.` is the clone.*?instead\.", re.DOTALL)
_LOCAL = (
    "The package is the file `{name}`, which the\n"
    "page Installation of the site offers; `{wheel}` is where it is expected."
)


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
    content = json.loads(notebook.read_text(encoding="utf-8"))
    url, name = site_url(), Path(wheel).name
    where = f"{url}downloads/{name}" if url else wheel
    laptop = f'"antares-helpers[tutorials] @ {where}"' if url else f'"{wheel}[tutorials]"'
    text = f"More: {url}installation.html" if url else _LOCAL.format(name=name, wheel=wheel)
    replaced = 0
    for cell in content["cells"]:
        source = "".join(cell["source"])
        new = _CLONE.sub(lambda _: text, source).replace('"../..[tutorials]"', laptop)
        new = new.replace(" ../..\n", f" {where}\n")
        if new != source:
            cell["source"], replaced = new.splitlines(keepends=True), replaced + 1
    if replaced != 2:
        raise ValueError(f"{notebook} has other install lines than notebooks/make.py writes")
    return json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
