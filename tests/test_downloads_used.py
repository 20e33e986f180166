"""The downloads work as the site says: installed, unpacked, run and opened, with no network."""

import os
import shlex
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from site_pages import ROOT, SITE, need, needs_site

from antares_sandbox import TUTORIAL_ID

pytest_plugins = ["browsing"]
pytestmark = [needs_site, pytest.mark.slow]

NOTEBOOKS, COPY = "antares-helpers-notebooks", "antares-helpers-site"
RUN = """
import sys, nbformat, nbclient
notebook = nbformat.read(sys.argv[1], as_version=4)
nbclient.NotebookClient(notebook, timeout=120, resources={"metadata": {"path": "."}}).execute()
print(*(cell["execution_count"] for cell in notebook.cells if cell.cell_type == "code"))
"""


class Environment:
    """A fresh environment, which sees the packages of ours but not antares-helpers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
        self.bin = folder / ("Scripts" if os.name == "nt" else "bin")
        seen = [path for path in sys.path if Path(path).name == "site-packages"]
        packages = next(folder.rglob("site-packages"))
        (packages / "others.pth").write_text("\n".join(seen) + "\n", "utf-8")

    def run(self, *command: str | Path, cwd: Path) -> str:
        changed = {"PATH": f"{self.bin}{os.pathsep}{os.environ['PATH']}", "NO_PROXY": "127.0.0.1"}
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"} | changed
        options: dict[str, Any] = {"cwd": cwd, "env": environment, "timeout": 300}
        done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def install(self, line: str, cwd: Path) -> None:
        """Run a line of the installation page; the packages of others are there already."""
        pip, install, *arguments = shlex.split(line)
        assert (pip, install) == ("pip", "install")
        given = [each for each in arguments if each != "--user"]
        command = [sys.executable, "-m", "pip", "--python", self.bin / "python", install]
        self.run(*command, "--quiet", "--no-index", *given, cwd=cwd)

    def where(self, cwd: Path) -> Path:
        code = "import antares_helpers; print(antares_helpers.__file__)"
        return Path(self.run(self.bin / "python", "-c", code, cwd=cwd).strip())


@pytest.fixture
def fresh(tmp_path: Path) -> Environment:
    return Environment(tmp_path / "venv")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the offline copy, unpacked into a folder whose name has a space."""
    folder = tmp_path_factory.mktemp("with us") / "a b"
    with zipfile.ZipFile(SITE / "downloads" / f"{COPY}.zip") as archive:
        archive.extractall(folder)
    return folder / COPY


@pytest.fixture
def open_(browser: Any) -> Iterator[Callable[..., Any]]:
    contexts = []

    def open_page(address: str, **options: Any) -> Any:
        contexts.append(browser.new_context(viewport={"width": 1280, "height": 850}, **options))
        page = contexts[-1].new_page()
        page.problems = []
        page.on("console", lambda said: page.problems.append(said.text))
        page.on("requestfailed", lambda request: page.problems.append(request.url))
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()


def lines_of(page: Any) -> list[str]:
    """Return the lines that install, of the laptop and of the RSP."""
    texts = page.locator(".install-lines pre").all_inner_texts()
    lines = [line.removeprefix("$ ") for text in texts for line in text.splitlines()]
    return [line for line in lines if line.startswith("pip install")]


def check(fresh: Environment, folder: Path) -> None:
    """Check that the package is the installed one, and fetch a locus with it from its sandbox."""
    assert fresh.folder in fresh.where(folder).parents
    command = fresh.bin / "antares-helpers"
    assert fresh.run(command, "--version", cwd=folder).startswith("antares-helpers")
    fetch = [command, "fetch", TUTORIAL_ID, "--folder", "fetched"]
    fresh.run(fresh.bin / "python", "-m", "antares_sandbox", "--", *fetch, cwd=folder)
    assert list((folder / "fetched").glob(f"{TUTORIAL_ID}*"))


@pytest.mark.parametrize("machine", [0, 1], ids=["laptop", "rsp"])
@pytest.mark.parametrize("place", ["http", "file"])
def test_lines_of_the_page_install_from_where_it_is(
    place: str,
    machine: int,
    site: str,
    copy: Path,
    open_: Callable[..., Any],
    fresh: Environment,
    tmp_path: Path,
) -> None:
    folder = site if place == "http" else f"{copy.as_uri()}/"
    line = lines_of(open_(f"{folder}installation.html"))[machine]
    assert f"antares-helpers{'' if machine else '[tutorials]'} @ {folder}downloads/" in line
    fresh.install(line, tmp_path)
    check(fresh, tmp_path)


def test_without_javascript_the_lines_install_what_was_downloaded(
    site: str,
    open_: Callable[..., Any],
    fresh: Environment,
    tmp_path: Path,
) -> None:
    page = open_(f"{site}installation.html", java_script_enabled=False)
    for link in page.locator("noscript a").all():
        address = link.get_attribute("href")
        (tmp_path / Path(address).name).write_bytes((SITE / address).read_bytes())
    laptop, rsp = lines_of(page)
    fresh.install(rsp, tmp_path)
    check(fresh, tmp_path)
    fresh.install(laptop, tmp_path)


def test_an_extra_can_be_added_by_name_later(fresh: Environment, tmp_path: Path) -> None:
    wheel = next((SITE / "downloads").resolve().glob("*.whl"))
    fresh.install(f"pip install --no-deps '{wheel}'", tmp_path)
    page = (ROOT / "docs" / "installation.rst").read_text("utf-8")
    line = 'pip install "antares-helpers[scale]"'
    assert f"``{line}``" in page
    fresh.install(line, tmp_path)
    assert fresh.folder in fresh.where(tmp_path).parents


def test_notebooks_run_offline_from_their_archive(fresh: Environment, tmp_path: Path) -> None:
    need("nbclient", "nbclient")
    with zipfile.ZipFile(SITE / "downloads" / f"{NOTEBOOKS}.zip") as archive:
        archive.extractall(tmp_path)
    folder = tmp_path / NOTEBOOKS
    (folder / "run.py").write_text(RUN, "utf-8")
    guide = (folder / "README.txt").read_text("utf-8").splitlines()
    install = next(line.strip() for line in guide if line.startswith("    pip install"))
    fresh.install(install.removesuffix(" jupyterlab"), folder)
    serve = next(line.split() for line in guide if "antares_sandbox" in line)
    command = [fresh.bin / "python", *serve[1 : serve.index("--") + 1]]
    # It measures fluxes in cutouts, which not every sandbox can serve.
    notebook = "3_finding_things/14_look_at_cutouts.ipynb"
    executed = fresh.run(*command, fresh.bin / "python", "run.py", notebook, cwd=folder).split()
    assert executed == [str(number + 1) for number in range(len(executed))]
    assert len(executed) > 5


@pytest.mark.parametrize(
    "page",
    [
        "index.html",
        "installation.html",
        "tutorials/index.html",
        "tutorials/1_first_steps/01_plot_your_first_light_curve.html",
        "api/index.html",
    ],
)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_copy_opens_without_a_server(
    page: str, scheme: str, copy: Path, open_: Callable[..., Any]
) -> None:
    opened = open_(f"{copy.as_uri()}/{page}", color_scheme=scheme)
    opened.wait_for_load_state("networkidle")
    images = opened.locator("article img:visible")
    images.evaluate_all("images => images.forEach(image => image.loading = 'eager')")
    shown = "[...document.images].filter(image => image.checkVisibility())"
    opened.wait_for_function(f"{shown}.every(image => image.complete)")
    sizes = images.evaluate_all("images => images.map(image => image.naturalWidth)")
    assert all(sizes)
    assert [said for said in opened.problems if "[PST]" not in said] == []


def test_the_table_gives_each_size(site: str, open_: Callable[..., Any]) -> None:
    page = open_(f"{site}installation.html")
    for row in page.locator("tr:has(.download-size)").all():
        size = row.locator(".download-size").inner_text()
        file = SITE / row.locator("a").get_attribute("href")
        number, unit = size.split()
        count = float(number) * {"MB": 1e6, "bytes": 1}[unit]
        assert abs(count - file.stat().st_size) <= 0.05e6
    assert page.locator("tr:has(.download-size)").count() == 5


def test_the_copy_says_that_it_is_the_copy(copy: Path, open_: Callable[..., Any]) -> None:
    page = open_(f"{copy.as_uri()}/installation.html")
    assert "antares-helpers-site.zip (this copy)" in page.locator("article").inner_text()
