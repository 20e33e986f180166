"""What the site offers to take along is complete and current."""

import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from site_pages import ROOT, SITE, need, needs_site, soup

pytestmark = needs_site

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
WHEEL = f"antares_helpers-{PROJECT['version']}-py3-none-any.whl"
SOURCE = f"antares_helpers-{PROJECT['version']}.tar.gz"
RSP = "rsp-requirements.txt"
NOTEBOOKS, COPY = "antares-helpers-notebooks", "antares-helpers-site"
OFFERED = {WHEEL, SOURCE, RSP, f"{NOTEBOOKS}.zip", f"{COPY}.zip"}
DOWNLOADS = SITE / "downloads"


def inside(archive: str) -> dict[str, bytes]:
    """Return the files of an archive, by their path in its one folder."""
    with zipfile.ZipFile(DOWNLOADS / f"{archive}.zip") as opened:
        names = opened.namelist()
        assert {name.split("/")[0] for name in names} == {archive}
        return {name.removeprefix(f"{archive}/"): opened.read(name) for name in names}


def test_installation_links_to_each_download() -> None:
    links = {tag["href"] for tag in soup("installation.html").select("article a[href]")}
    assert {f"downloads/{name}" for name in OFFERED} <= links


def test_nothing_else_is_offered() -> None:
    assert {path.name for path in DOWNLOADS.iterdir()} == OFFERED | {"sizes.js"}


def test_wheel_is_what_its_backend_makes_of_this_tree(tmp_path: Path) -> None:
    need("hatchling", "hatchling")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel"]
    subprocess.run([*command, "--directory", tmp_path], cwd=ROOT, check=True, capture_output=True)
    assert (DOWNLOADS / WHEEL).read_bytes() == (tmp_path / WHEEL).read_bytes()


def test_source_has_what_the_site_is_made_from() -> None:
    with tarfile.open(DOWNLOADS / SOURCE) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    made_from = [
        *ROOT.glob("gallery/*/*.py"),
        *ROOT.glob("docs/*.rst"),
        *ROOT.glob("docs/_ext/*.py"),
    ]
    assert {str(path.relative_to(ROOT)) for path in made_from} <= names
    assert {"Makefile", "docs/conf.py", "helpers/simulated_sky/__main__.py"} <= names
    assert not [name for name in names if name.startswith("docs/_build")]


def test_list_for_the_rsp_is_its_recipe_with_our_bounds() -> None:
    recipe = (ROOT / "docs/snippets/install_rsp.sh").read_text(encoding="utf-8")
    named = {name for line in re.findall(r"--no-deps (.*)", recipe) for name in line.split()}
    lines = (DOWNLOADS / RSP).read_text(encoding="utf-8").splitlines()
    assert {re.split(r"[<>=]", line)[0] for line in lines} == named - {"."}
    bounded = {line for line in lines if re.search("[<>=]", line)}
    extras = PROJECT["optional-dependencies"].values()
    assert bounded <= {each for known in [PROJECT["dependencies"], *extras] for each in known}
    assert "antares-client>=2.0.2,<2.1" in bounded


def test_notebooks_come_with_all_loci_and_the_package() -> None:
    files = inside(NOTEBOOKS)
    notebooks = {
        str(path.relative_to(ROOT / "notebooks")) for path in ROOT.glob("notebooks/*/*.ipynb")
    }
    assert {name for name in files if name.endswith(".ipynb")} == notebooks
    loci = {path.name: path.read_bytes() for path in ROOT.glob("helpers/antares_sandbox/loci/*")}
    assert {name[5:]: files[name] for name in files if name.startswith("loci/")} == loci
    assert files[WHEEL] == (DOWNLOADS / WHEEL).read_bytes()
    assert files[RSP] == (DOWNLOADS / RSP).read_bytes()
    assert WHEEL in files["README.txt"].decode()


def test_notebooks_differ_from_those_of_the_repository_in_the_install_lines_only() -> None:
    nbformat = need("nbformat", "nbformat")
    for name, content in inside(NOTEBOOKS).items():
        if name.endswith(".ipynb"):
            ours = nbformat.read(ROOT / "notebooks" / name, as_version=4).cells
            theirs = nbformat.reads(content.decode(), as_version=4).cells
            different = [ours[k].source for k in range(len(ours)) if ours[k] != theirs[k]]
            assert len(ours) == len(theirs)
            assert [text[:12] for text in different] == ["### 1.1. Imp", "# On a lapto"]


def test_install_lines_of_the_notebooks_find_the_wheel() -> None:
    files = inside(NOTEBOOKS)
    for name in [name for name in files if name.endswith(".ipynb")]:
        lines = re.findall(r"# %(pip install .*?)\\n", files[name].decode())
        found = [where for line in lines for where in re.findall(rf"(\S*){WHEEL}", line)]
        assert [where.strip('\\"') for where in found] == ["../", "../"]
        assert not [line for line in lines if "../.." in line]


def test_no_page_sends_its_reader_to_a_clone() -> None:
    sources = [*ROOT.glob("docs/*.rst"), *ROOT.glob("gallery/*/*.py")]
    sources += ROOT.glob("helpers/antares_*/**/*.py")
    texts = {path: path.read_text(encoding="utf-8") for path in sources}
    wrong = re.compile(r"\bclone\b|pip install ['\"]?\.\[")
    assert not [str(path) for path, text in texts.items() if wrong.search(text)]


def test_copy_has_every_page_and_not_itself() -> None:
    files = inside(COPY)
    pages = {str(path.relative_to(SITE)) for path in SITE.rglob("*.html")}
    assert pages == {name for name in files if name.endswith(".html")}
    assert {f"downloads/{name}" for name in OFFERED - {f"{COPY}.zip"}} <= files.keys()
    assert f"downloads/{COPY}.zip" not in files
    assert not [name for name in files if PurePosixPath(name).parts[0].startswith(".")]


def test_copy_is_the_site_as_it_is_now() -> None:
    files = inside(COPY)
    changed = {name for name, content in files.items() if content != (SITE / name).read_bytes()}
    twins = {"installation.md", "installation.html.md", "workshop.md", "workshop.html.md"}
    assert changed - twins == {"installation.html", "workshop.html", "downloads/sizes.js"}


def test_no_link_of_the_copy_is_broken() -> None:
    files = inside(COPY)
    bs4 = need("bs4", "beautifulsoup4")
    broken = []
    for page in [name for name in files if re.fullmatch(r"(?!_|404)[^:]*\.html", name)]:
        for tag in bs4.BeautifulSoup(files[page], "html.parser").find_all(["a", "img", "script"]):
            target: Any = urlsplit(tag.get("href") or tag.get("src") or "")
            if target.path and not target.scheme and not target.netloc:
                path = _normal(PurePosixPath(page).parent / unquote(target.path))
                broken += [] if path in files or f"{path}/index.html" in files else [(page, path)]
    assert not broken


def _normal(path: PurePosixPath) -> str:
    parts: list[str] = []
    for part in path.parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)
