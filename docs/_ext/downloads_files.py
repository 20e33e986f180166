"""Make the files that the site offers to take along; their bytes depend on their content alone."""

import re
import tomllib
import zipfile
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder
from site_address import site_url

__all__ = [
    "NOTEBOOKS",
    "ROOT",
    "RSP",
    "SITE",
    "make_package",
    "notebook_files",
    "package_sources",
    "rsp_requirements",
    "source_name",
    "wheel_name",
    "with_install_lines",
    "write_zip",
]

ROOT = Path(__file__).resolve().parents[2]
RSP, NOTEBOOKS, SITE = (
    "rsp-requirements.txt",
    "antares-helpers-notebooks.zip",
    "antares-helpers-site.zip",
)

_LOCI = ROOT / "helpers" / "antares_sandbox" / "loci"
_RECIPE = ROOT / "docs" / "snippets" / "install_rsp.sh"
_DATE = (2020, 2, 2, 0, 0, 0)  # of every file in an archive, as in our wheel
_COMPRESSED = {".gz", ".jpg", ".png", ".webp", ".whl", ".woff2", ".zip"}
# As in the text of a notebook, which is JSON.
_CLONE = re.compile(r"`\.\./\.\.` is the clone.*?instead\.", re.DOTALL)
_LAPTOP, _RSP = r"\"../..[tutorials]\"", r" ../..\n"
_README = """\
The tutorials of antares-helpers {version} as executed notebooks, with the simulated loci that they
show (folder loci), the package, and the list of what the Rubin Science Platform lacks.

To install, with Python 3.11, 3.12 or 3.13, in this folder:

    python3 -m venv .venv
    . .venv/bin/activate
    pip install "./{wheel}[tutorials]" jupyterlab

On Windows the second line is .venv\\Scripts\\activate. On the Rubin Science Platform, instead:

    pip install --user --no-deps -r {rsp} ./{wheel}

To work without a network, on the loci of this folder:

    python -m antares_sandbox loci --thumbnails fits -- jupyter lab

To work with the live service of ANTARES, where other loci may be found:

    jupyter lab
"""


@cache
def _project() -> dict[str, Any]:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    project: dict[str, Any] = tomllib.loads(text)["project"]
    return project


def wheel_name() -> str:
    """Return the file name of the wheel of this version."""
    return f"antares_helpers-{_project()['version']}-py3-none-any.whl"


def source_name() -> str:
    """Return the file name of the source distribution of this version."""
    return f"antares_helpers-{_project()['version']}.tar.gz"


def package_sources(name: str) -> dict[str, bytes]:
    """Return the files that a distribution is made from, by path, and what makes it."""
    included = (Path(each.path) for each in _builder(name).recurse_included_files())
    files = {str(path.relative_to(ROOT)): path.read_bytes() for path in included}
    metadata = {each: (ROOT / each).read_bytes() for each in ("pyproject.toml", "README.md")}
    return files | metadata | {"hatchling": version("hatchling").encode()}


def make_package(path: Path) -> None:
    """Build a distribution with the backend that is installed: no network, no isolation."""
    for _ in _builder(path.name).build(directory=str(path.parent), versions=["standard"]):
        pass


def _builder(name: str) -> Any:
    return (WheelBuilder if name.endswith(".whl") else SdistBuilder)(str(ROOT))


def rsp_requirements() -> str:
    """Return what the Rubin Science Platform lacks: the names of its recipe, with our bounds."""
    lists = [_project()["dependencies"], *_project()["optional-dependencies"].values()]
    bounds = {re.split(r"[^\w-]", each)[0]: each for known in lists for each in known}
    words = re.findall(r"--no-deps (.*)", _RECIPE.read_text(encoding="utf-8"))
    names = sorted({name for line in words for name in line.split()} - {"."})
    return "".join(f"{bounds.get(name, name)}\n" for name in names)


def notebook_files(wheel: Path) -> dict[str, bytes]:
    """Return the notebooks with what they need to run without a network, by name."""
    guide = _README.format(version=_project()["version"], wheel=wheel.name, rsp=RSP)
    files = {f"loci/{path.name}": path.read_bytes() for path in _LOCI.glob("[!_]*")}
    files |= {"README.txt": guide.encode(), RSP: rsp_requirements().encode()}
    files |= {wheel.name: wheel.read_bytes()}
    for path in (ROOT / "notebooks").glob("*/*.ipynb"):
        name = path.relative_to(ROOT / "notebooks").as_posix()
        files[name] = with_install_lines(path, f"../{wheel.name}").encode()
    return files


def write_zip(path: Path, files: Mapping[str, bytes]) -> None:
    """Write files, by name, into an archive whose bytes depend on nothing else."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, _DATE)
            entry.create_system, entry.external_attr = 3, 0o644 << 16  # on Windows too
            is_compressed = Path(name).suffix in _COMPRESSED
            kind = zipfile.ZIP_STORED if is_compressed else zipfile.ZIP_DEFLATED
            archive.writestr(entry, content, kind)


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
