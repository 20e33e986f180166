"""The Python that the explorer shows runs, and makes the figure that the page shows."""

import json
import random
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from explorer_page import PAGE, as_text
from matplotlib import pyplot as plt
from site_pages import needs_site

from antares_sandbox.bundled import BUNDLED

pytest_plugins = ["browsing"]
pytestmark = [needs_site, pytest.mark.slow]

IDS = sorted(path.stem for path in BUNDLED.glob("*.json"))

# What the page shows in a state: its code, its points, and the places of the drawn ones.
SHOWN = """([id, hash]) => explorer.loadLocus(id).then((locus) => {
    const state = explorer.readState(hash);
    const { points, report } = explorer.extract(locus, state);
    const marks = explorer.placed(points, state);
    return {
        code: explorer.python(locus, state),
        flux: points.map((each) => each.flux),
        ids: points.map((each) => each.id),
        places: marks.map(({ x, y, error }) => [x, y, error]),
        again: explorer.writeState(state),
        excluded: report.excluded,
    };
})"""
CHOICES = {
    "sign": ("right", "naive", "abs"),
    "flux": ("difference", "difference", "total"),
    "survey": ("lsst", "lsst", "ztf", "all"),
    "y": ("flux", "magnitude"),
    "period": (None, 0.50731, 12),
    "bands": (None, "r", "gri", "uzy"),
    "keep_dipoles": (None, "false"),
    "keep_flagged": (None, "false"),
    "min_reliability": (None, 0, 0.552, 0.9),
    "forced": (None, "true"),
}


def some_states(number: int) -> Iterator[tuple[str, str]]:
    """Yield loci and states: the same ones each time."""
    chance = random.Random(15)
    for _ in range(number):
        chosen = {name: chance.choice(values) for name, values in CHOICES.items()}
        parts = [f"{name}={value}" for name, value in chosen.items() if value is not None]
        hard = ("ANT2026simmixed", "ANT2026simunsigned", "ANT2026simmissing", "ANT2026simdipoles")
        yield chance.choice([*IDS, *hard * 15]), "&".join(parts)


@pytest.fixture(scope="module")
def page(browser: Any, site: str) -> Iterator[Any]:
    context = browser.new_context()
    opened = context.new_page()
    opened.goto(site + PAGE)
    yield opened
    context.close()


def run(code: str, folder: Path) -> dict[str, Any]:
    """Run lines of code in a folder, where they write their figure; return their names."""
    names: dict[str, Any] = {}
    with chdir(folder):
        exec(compile(code, "figure.py", "exec"), names)
    assert (folder / "light_curve.png").exists()
    plt.close("all")
    return names


def drawn(ax: Any) -> Any:
    """Return the places of all points in an Axes, sorted."""
    offsets = [
        point
        for container in ax.containers
        for point in zip(*container.lines[0].get_data(), strict=True)
    ]
    return sorted(map(tuple, np.asarray(offsets, dtype=float).tolist()))


@pytest.mark.filterwarnings("ignore::antares_helpers.errors.SignConventionWarning")
def test_the_code_of_many_states_gives_their_numbers(page: Any, tmp_path: Path) -> None:
    for locus_id, hash_ in some_states(60):
        shown = page.evaluate(SHOWN, [locus_id, hash_])
        found = run(shown["code"], tmp_path)
        lc = found["lc"]
        assert lc["alert_id"].tolist() == shown["ids"], (locus_id, hash_)
        ours = np.array(shown["flux"], dtype=float)
        assert np.allclose(lc["flux"].value, ours, rtol=1e-14, atol=0), (locus_id, hash_)
        if "survey=lsst" in hash_:
            assert (lc["flux"].value == ours).all(), (locus_id, hash_)
        assert lc.meta["report"]["excluded"] == shown["excluded"], (locus_id, hash_)
        again = page.evaluate(SHOWN, [locus_id, shown["again"]])
        assert again["code"] == shown["code"], (locus_id, hash_)


@pytest.mark.filterwarnings("ignore::antares_helpers.errors.SignConventionWarning")
@pytest.mark.parametrize("y", ["flux", "magnitude"])
@pytest.mark.parametrize("period", ["", "&period=0.50731"])
@pytest.mark.parametrize("locus_id", ["ANT2026simrrlyrae", "ANT2026simeclipse"])
def test_points_are_drawn_where_matplotlib_draws_them(
    page: Any, tmp_path: Path, locus_id: str, period: str, y: str
) -> None:
    shown = page.evaluate(SHOWN, [locus_id, f"y={y}&forced=true{period}"])
    wanted = drawn(run(shown["code"], tmp_path)["ax"])
    found = sorted((x, height) for x, height, _ in shown["places"])
    assert len(found) == len(wanted)
    assert np.allclose(found, wanted, rtol=1e-12, atol=1e-9)


def test_the_code_for_a_file_loads_it(page: Any, tmp_path: Path) -> None:
    locus = json.loads((BUNDLED / "ANT2026simmissing.json").read_bytes())["locus"]
    name = 'my "locus" \\ é.json'
    (tmp_path / name).write_text(as_text(locus), encoding="utf-8")
    code = page.evaluate(
        """([text, name]) => explorer.readFile(new File([text], name))
            .then((locus) => explorer.python(locus, explorer.readState("keep_flagged=false")))""",
        [as_text(locus), name],
    )
    assert len(run(code, tmp_path)["lc"]) == 49


def test_lines_are_no_longer_than_79_characters(page: Any) -> None:
    for locus_id, hash_ in some_states(40):
        code = page.evaluate(SHOWN, [locus_id, hash_])["code"]
        assert max(map(len, code.splitlines())) <= 79
