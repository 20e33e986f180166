"""The downloads are made once, again only if something has changed, and alike everywhere."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from site_pages import ROOT, need

pytestmark = pytest.mark.slow

EXTENSIONS = ROOT / "docs" / "_ext"
CONF = 'project = "x"\nextensions = ["downloads"]\nhtml_theme = "basic"\n'
INDEX = """\
A site
======

:download-of:`site` has :size-of:`site`, unlike :download-of:`this <wheel>`.

.. install-lines::

    $ pip install {wheel} {wheel[scale]} -r {rsp}

.. toctree::

   sub/page
"""


class Project:
    """A site of two pages in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.source, self.site = folder / "docs", folder / "html"
        (self.source / "sub").mkdir(parents=True)
        (self.source / "conf.py").write_text(CONF, "utf-8")
        (self.source / "index.rst").write_text(INDEX, "utf-8")
        (self.source / "sub" / "page.rst").write_text(
            "Page\n====\n\n:download-of:`wheel`\n", "utf-8"
        )
        (folder / "pyproject.toml").touch()

    def build(self, url: str = "") -> None:
        command = [sys.executable, "-m", "sphinx", "-q", "-W", self.source, self.site]
        environment = os.environ | {
            "PYTHONPATH": str(EXTENSIONS),
            "READTHEDOCS_CANONICAL_URL": url,
        }
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    def times(self) -> dict[str, int]:
        return {path.name: path.stat().st_mtime_ns for path in (self.site / "downloads").iterdir()}

    def copied(self) -> set[str]:
        with zipfile.ZipFile(self.site / "downloads" / "antares-helpers-site.zip") as archive:
            return {name.partition("/")[2] for name in archive.namelist()}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    need("sphinx", "sphinx")
    need("hatchling", "hatchling")
    made = Project(tmp_path_factory.mktemp("project"))
    made.build()
    made.build()  # Sphinx's own search index differs between the first two builds of a site.
    return made


@pytest.fixture(scope="module")
def elsewhere(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return the site of a project in another folder, whose address is known."""
    made = Project(tmp_path_factory.mktemp(project.site.parent.name))
    made.build("https://example.org/en/stable")
    return made


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> Any:
    need("hatchling", "hatchling")
    monkeypatch.syspath_prepend(EXTENSIONS)
    import downloads_files

    return downloads_files


def test_nothing_is_made_again_if_nothing_has_changed(project: Project) -> None:
    before = project.times()
    project.build()
    assert project.times() == before


def test_a_changed_page_makes_the_copy_again_and_nothing_else(project: Project) -> None:
    before = project.times()
    (project.source / "sub" / "page.rst").write_text("Other\n=====\n", "utf-8")
    project.build()
    after = project.times()
    assert {name for name in after if after[name] != before[name]} <= {
        "antares-helpers-site.zip",
        "sizes.js",
    }
    assert after["antares-helpers-site.zip"] != before["antares-helpers-site.zip"]


def test_a_lost_download_is_made_again(project: Project) -> None:
    wheel = next((project.site / "downloads").glob("*.whl"))
    content = wheel.read_bytes()
    wheel.unlink()
    project.build()
    assert wheel.read_bytes() == content


def test_the_wheel_of_another_version_goes(project: Project) -> None:
    other = project.site / "downloads" / "antares_helpers-0.0.1-py3-none-any.whl"
    other.touch()
    project.build()
    assert not other.exists()
    assert f"downloads/{other.name}" not in project.copied()


def test_the_copy_leaves_out_what_builds_before_have_left_behind(project: Project) -> None:
    (project.source / "old.rst").write_text(":orphan:\n\nOld\n===\n", "utf-8")
    project.build()
    assert "old.html" in project.copied()
    (project.source / "old.rst").unlink()
    stray = project.site / "_images" / "old.png"
    stray.parent.mkdir(exist_ok=True)
    stray.touch()
    project.build()
    assert (project.site / "old.html").exists()
    assert not {"old.html", "_sources/old.rst.txt", "_images/old.png"} & project.copied()


def test_lines_install_from_files_at_hand_if_the_address_is_not_known(project: Project) -> None:
    html = (project.site / "index.html").read_text("utf-8")
    assert "./antares_helpers-" in html
    assert ".whl[scale]" in html
    assert "./rsp-requirements.txt" in html
    assert "<noscript><p>First put" in html


def test_lines_install_from_the_address_of_the_site(elsewhere: Project) -> None:
    html = (elsewhere.site / "index.html").read_text("utf-8")
    folder = "https://example.org/en/stable/downloads"
    assert f"antares-helpers[scale] @ {folder}/antares_helpers-" in html
    assert f"{folder}/rsp-requirements.txt" in html
    assert "<noscript" not in html


def test_notebooks_install_from_the_address_of_the_site(elsewhere: Project) -> None:
    folder = "https://example.org/en/stable/downloads"
    with zipfile.ZipFile(elsewhere.site / "downloads/antares-helpers-notebooks.zip") as archive:
        texts = [archive.read(each).decode() for each in archive.namelist() if "ipynb" in each]
    assert len(texts) > 20
    assert all(f"antares-helpers[tutorials] @ {folder}/antares_helpers-" in text for text in texts)
    assert all(f"tenacity {folder}/antares_helpers-" in text for text in texts)


def test_links_are_relative_to_the_page(project: Project) -> None:
    page = project.source / "sub" / "page.rst"
    page.write_text("Page\n====\n\n:download-of:`wheel`\n", "utf-8")
    project.build()
    assert 'href="../downloads/antares_helpers-' in (project.site / "sub/page.html").read_text(
        "utf-8"
    )
    assert 'href="downloads/antares_helpers-' in (project.site / "index.html").read_text("utf-8")


def test_packages_made_elsewhere_have_the_same_bytes(project: Project, elsewhere: Project) -> None:
    packages = sorted((project.site / "downloads").glob("antares_helpers-*"))
    assert [path.suffix for path in packages] == [".whl", ".gz"]
    for path in packages:
        assert (elsewhere.site / "downloads" / path.name).read_bytes() == path.read_bytes()


def test_an_archive_depends_on_its_files_alone(files: Any, tmp_path: Path) -> None:
    contents = {"b.txt": b"b" * 100, "a/a.png": b"a"}
    files.write_zip(tmp_path / "1.zip", contents)
    files.write_zip(tmp_path / "2.zip", dict(reversed(contents.items())))
    assert (tmp_path / "1.zip").read_bytes() == (tmp_path / "2.zip").read_bytes()


@pytest.mark.usefixtures("files")
def test_a_further_form_of_a_figure_belongs_to_the_copy(tmp_path: Path) -> None:
    from downloads_site import site_files

    (tmp_path / "_images").mkdir()
    for name in ("figure.png", "figure-dark.png", "other.png"):
        (tmp_path / "_images" / name).touch()
    (tmp_path / "index.html").write_text('<img src="_images/figure.png">', "utf-8")
    names = site_files(tmp_path, {"index"}).keys()
    assert names == {"index.html", "_images/figure.png", "_images/figure-dark.png"}


def test_a_link_to_the_copy_is_text_in_the_copy(files: Any, tmp_path: Path) -> None:
    from downloads_site import site_files

    link = f'<p>Get <a class="x" href="../downloads/{files.SITE}">all</a> or <a href="b">b</a>.</p>'
    (tmp_path / "a.html").write_text(link, "utf-8")
    (tmp_path / "a.md").write_text(f"Get [all](downloads/{files.SITE}) or [b](b).", "utf-8")
    found = site_files(tmp_path, {"a"})
    assert found["a.html"].decode() == '<p>Get all (this copy) or <a href="b">b</a>.</p>'
    assert found["a.md"].decode() == "Get all or [b](b)."


@pytest.mark.usefixtures("files")
def test_a_notebook_with_other_install_lines_is_refused(tmp_path: Path) -> None:
    from downloads_files import with_install_lines

    path = tmp_path / "a.ipynb"
    path.write_text("{}", "utf-8")
    with pytest.raises(ValueError, match="other install lines"):
        with_install_lines(path, "./a.whl")
