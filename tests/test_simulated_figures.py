"""Figures of the site and of the notebooks say that their data are simulated, once each."""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib import pyplot as plt

from antares_helpers import extract_lightcurve, fetch_locus, plot_lightcurve
from antares_helpers.plotting.axes import SIMULATED, marks_of
from antares_sandbox import TUTORIAL_ID

pytest.importorskip("sphinx_gallery", reason="sphinx-gallery is not installed")

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "docs" / "_ext"))
import gallery_setup  # noqa: E402 - once the path to the extensions is known
import simulated_figures  # noqa: E402


@pytest.fixture(autouse=True)
def _leave_no_marks() -> Iterator[None]:
    yield
    simulated_figures.stop()
    plt.close("all")


def save(figure: Any) -> None:
    figure.savefig(BytesIO(), format="png")


def test_a_plain_figure_is_marked_once_when_it_is_written() -> None:
    figure, ax = plt.subplots()
    simulated_figures.start()

    assert not marks_of(figure)
    save(figure)
    save(figure)

    assert [text.get_text() for text in ax.texts] == [SIMULATED]


def test_a_figure_of_the_helpers_is_not_marked_again() -> None:
    simulated_figures.start()
    _, (ax, other) = plt.subplots(1, 2)
    plot_lightcurve(extract_lightcurve(fetch_locus(TUTORIAL_ID)), ax=ax)
    other.plot([1], [1])

    save(ax.figure)

    assert len(marks_of(ax.figure)) == 1


def test_the_mark_overlaps_no_color_bar_and_no_label() -> None:
    simulated_figures.start()
    figure, ax = plt.subplots(layout="constrained")
    bar = figure.colorbar(ax.imshow(np.eye(3)), label="flux")

    save(figure)

    (mark,) = marks_of(figure)
    assert mark.axes is ax
    box = mark.get_window_extent()
    assert not box.overlaps(bar.ax.get_tightbbox())
    assert not box.overlaps(ax.get_window_extent())


def test_the_mark_overlaps_no_axis_on_the_right() -> None:
    simulated_figures.start()
    figure, ax = plt.subplots(layout="constrained")
    right = ax.secondary_yaxis("right", ylabel="airmass")

    save(figure)

    (mark,) = marks_of(figure)
    box = mark.get_window_extent()
    assert not box.overlaps(right.get_tightbbox())
    assert not box.overlaps(ax.get_window_extent())
    assert mark.get_text() == SIMULATED


def test_the_title_names_a_stand_in_once() -> None:
    simulated_figures.start()
    figure, (ax, other) = plt.subplots(1, 2)
    ax.set_title(f"{TUTORIAL_ID}, r band")
    other.set_title("ANT2026simsnia01")
    figure.suptitle(f"{TUTORIAL_ID} (simulated stand-in)")

    save(figure)
    save(figure)

    assert ax.get_title() == f"{TUTORIAL_ID} (simulated stand-in), r band"
    assert other.get_title() == "ANT2026simsnia01"
    assert figure.get_suptitle() == f"{TUTORIAL_ID} (simulated stand-in)"


def test_a_figure_without_axes_can_be_written() -> None:
    simulated_figures.start()

    save(plt.figure())


@pytest.mark.parametrize(("is_live", "marks"), [(False, 1), (True, 0)])
def test_examples_are_marked_unless_they_use_the_live_service(
    monkeypatch: pytest.MonkeyPatch, is_live: bool, marks: int
) -> None:
    monkeypatch.setattr(gallery_setup, "IS_LIVE", is_live)
    during, after = plt.subplots()[0], plt.subplots()[0]

    gallery_setup.mark_figures({}, "", "before")
    save(during)
    gallery_setup.mark_figures({}, "", "after")
    save(after)

    assert (len(marks_of(during)), len(marks_of(after))) == (marks, 0)


def test_a_notebook_is_marked_without_a_line_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "notebooks"))
    import make
    from nbformat import v4

    count = "from antares_helpers.plotting.axes import marks_of; print(len(marks_of(figure)))"
    draw = "import matplotlib.pyplot as plt; figure, ax = plt.subplots(); plt.show()"
    notebook = v4.new_notebook(
        cells=[v4.new_code_cell(draw), v4.new_code_cell(count), v4.new_code_cell("dir()")]
    )

    make._execute(notebook)

    assert notebook.cells[0].execution_count == 1
    assert notebook.cells[1].outputs[0]["text"] == "1\n"
    assert "simulated_figures" not in notebook.cells[2].outputs[0]["data"]["text/plain"]
