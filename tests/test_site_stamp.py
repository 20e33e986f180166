"""Figures are made anew where the helpers, the loci or the service have changed, and only then."""

import os
from pathlib import Path
from typing import Any

import pytest
from site_pages import ROOT


@pytest.fixture
def built_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    monkeypatch.syspath_prepend(ROOT / "docs" / "_ext")
    module = pytest.importorskip("built_on", reason="sphinx is not installed")
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "TUTORIALS", tmp_path / "tutorials")
    monkeypatch.setattr(module, "SKY", tmp_path / "sky")
    (tmp_path / "helpers").mkdir()
    (tmp_path / "helpers" / "code.py").write_text("1\n")
    module.built_on(is_live=False)
    (tmp_path / "tutorials" / "page.py.md5").touch()
    return module


def is_kept(tmp_path: Path) -> bool:
    return (tmp_path / "tutorials" / "page.py.md5").exists()


def test_what_did_not_change_is_kept_with_its_date(built_on: Any, tmp_path: Path) -> None:
    first = built_on.built_on(is_live=False)
    assert is_kept(tmp_path)
    assert built_on.built_on(is_live=False) == first


def test_changed_helpers_drop_the_figures(built_on: Any, tmp_path: Path) -> None:
    os.utime(tmp_path / "helpers" / "code.py", (0, 0))
    built_on.built_on(is_live=False)
    assert not is_kept(tmp_path)


def test_the_live_service_drops_the_figures_of_the_sandbox(built_on: Any, tmp_path: Path) -> None:
    built_on.built_on(is_live=True)
    assert not is_kept(tmp_path)


def test_the_figures_of_the_sky_are_drawn_again_only_if_something_has_changed(
    built_on: Any, tmp_path: Path
) -> None:
    figure = tmp_path / "sky" / "depths.png"
    built_on._draw_sky(None)
    assert figure.exists()

    figure.unlink()
    built_on._draw_sky(None)
    assert not figure.exists()

    os.utime(tmp_path / "helpers" / "code.py", (0, 0))
    built_on._draw_sky(None)
    assert figure.exists()


def test_the_code_that_draws_dark_figures_and_cards_counts_too(built_on: Any) -> None:
    drawn_by = {path.name for path in built_on._drawn_by()}
    assert drawn_by >= {"code.py", "dark_colors.py", "dark_figures.py", "thumbnails.py"}
