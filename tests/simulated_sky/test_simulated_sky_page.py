"""Every number that the page on the simulated sky states is measured again on the files."""

import csv
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from astropy.coordinates import SkyCoord

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "docs" / "_ext"))
import sky_figures  # noqa: E402 - once the path to the extensions is known
import sky_numbers as sky  # noqa: E402

from antares_helpers.bands import BANDS  # noqa: E402
from antares_helpers.plotting.axes import marks_of  # noqa: E402
from antares_sandbox.grav_wave import GW_SKY_MAP  # noqa: E402
from simulated_sky import (  # noqa: E402
    detections,
    grav_wave,
    hosts,
    observing,
    supernovae,
    survey,
    transients,
)
from simulated_sky.light_curves import IA, IBC, IIP, SupernovaType  # noqa: E402
from simulated_sky.nuclei import ActiveGalaxy  # noqa: E402
from simulated_sky.wide_field import ALERTS_RANGE  # noqa: E402

DOCS = ROOT / "docs"
TEXT = " ".join((DOCS / "simulated_sky.rst").read_text("utf-8").split())
with (DOCS / "simulated_sky.csv").open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))


def span(values: object, digits: int) -> str:
    return f"{np.min(values):.{digits}f} to {np.max(values):.{digits}f}"


def listed(values: list[float], digits: int) -> str:
    return ", ".join(f"{value:.{digits}f}" for value in values)


def pair_gaps() -> list[float]:
    """Return the minutes between the visits of all nights with two."""
    gaps = []
    for file in sky.loci():
        for rows in file.get("wire", {}).get("forced_photometry", []):
            nights = defaultdict(list)
            for mjd in rows["midpointMjdTai"]:
                nights[int(mjd - 0.7)].append(mjd)
            gaps += [1440 * (max(mjds) - min(mjds)) for mjds in nights.values() if len(mjds) == 2]
    return gaps


def shares() -> str:
    forced = [file.get("wire", {}).get("forced_photometry", []) for file in sky.loci()]
    counts = Counter("".join(rows[0]["band"] for rows in forced if rows))
    return listed([100 * counts[band] / counts.total() for band in BANDS], 0)


def snr_ratios(*, dipoles: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Return the significances of good detections, or of dipoles, and snr over them."""
    rows = [each.row for each in sky.detections() if {"snr", "psfFlux"} <= each.row.keys()]
    some = [row for row in rows if (row.get("isDipole") if dipoles else sky.is_good(row))]
    ratios = np.array([abs(row["psfFlux"]) / row["psfFluxErr"] for row in some])
    return ratios, np.array([row["snr"] for row in some]) / ratios


def template_scatter() -> str:
    fluxes = defaultdict(list)
    for locus_id, truth, row in sky.detections():
        if truth["sim_class"].startswith("SN") and "band" in row:
            fluxes[locus_id, row["band"]].append(row["templateFlux"])
    each = [np.std(found) / np.mean(found) for found in fluxes.values() if len(found) >= 5]
    return f"{100 * np.median(each):.0f}"


def absolute(sim_class: str) -> str:
    return f"{np.median([m for _, m in sky.absolute_magnitudes(sim_class).values()]):.1f}"


def below_maximum(bands: str, days: float) -> str:
    return listed([float(sky.decline(band, np.array([days]))[0]) for band in bands], 2)


def second_maximum() -> str:
    days = np.arange(20.0, 45.0, 0.25)
    below = sky.decline("i", days)
    return f"{days[below.argmin()]:.0f}, {below.min():.2f}"


def kilonova() -> str:
    flux = supernovae.Kilonova(0.0, 0.01, {}).difference(1.01, "r")
    return f"{sky.absolute_mag(31.4 - 2.5 * np.log10(flux), 0.01):.1f}"


def motions() -> str:
    tracks = defaultdict(list)
    for _, truth, row in sky.detections():
        if truth["sim_class"] == "asteroid":
            tracks[row["ssObjectId"], int(row["midpointMjdTai"] - 0.7)].append(row)
    ratios = []
    for first, second in tracks.values():
        places = [SkyCoord(row["ra"], row["dec"], unit="deg") for row in (first, second)]
        days = abs(second["midpointMjdTai"] - first["midpointMjdTai"])
        moved = places[0].separation(places[1]).deg / days
        ratios.append(moved / first["lsst_ssSource_ephRate"])
    return span(ratios, 2)


def dipole_lengths() -> str:
    rows = (each.row for each in sky.detections())
    return span([row["dipoleLength"] for row in rows if row.get("isDipole")], 3)


def net_fluxes() -> str:
    parts = [
        100 * abs(row["psfFlux"]) / row["templateFlux"]
        for _, truth, row in sky.detections()
        if truth["sim_class"] == "dipole artifacts" and row["isDipole"]
    ]
    return listed([min(parts), float(np.median(parts)), max(parts)], 0)


MEASURED: dict[str, Callable[[], str]] = {
    "Lowest altitude of an": lambda: f"{sky.horizontal()[0].min():.1f}",
    "Highest altitude of the Sun": lambda: f"{sky.horizontal()[2].max():.1f}",
    "Visits in u": shares,
    "Median depth": lambda: listed([float(np.median(sky.depths(b))) for b in "griz"], 1),
    "``snr`` over": lambda: f"{np.median(snr_ratios()[1]):.2f}",
    "The same of dipoles": lambda: span(snr_ratios(dipoles=True)[1], 2),
    "The same of others above 100": lambda: span(snr_ratios()[1][snr_ratios()[0] > 100], 2),
    "reliability below 0.6": lambda: f"{100 * (sky.reliabilities(good=True) < 0.6).mean():.0f}",
    "reliability above 0.9": lambda: f"{100 * (sky.reliabilities(good=True) > 0.9).mean():.0f}",
    "Scatter of ``templateFlux``": template_scatter,
    "SN Ia: absolute": lambda: absolute("SN Ia-like"),
    "SN Ibc: the same": lambda: absolute("SN Ibc-like"),
    "SN IIP: the same": lambda: absolute("SN IIP-like"),
    "below maximum at +40 d": lambda: below_maximum("griy", 40),
    "the same at +60 d": lambda: below_maximum("gri", 60),
    "second maximum": second_maximum,
    "Kilonova": kilonova,
    "Asteroids: motion": motions,
    "Length of dipoles": dipole_lengths,
    "Net flux of dipoles": net_fluxes,
}


def number_of(sim_class: str) -> int:
    found = [file["locus"]["old_properties"]["sim_class"] for file in sky.loci()]
    return sum(each.startswith(sim_class) for each in found)


def nights() -> list[int]:
    """Return on how many nights each asteroid is observed."""
    seen = defaultdict(set)
    for _, truth, row in sky.detections():
        if truth["sim_class"] == "asteroid":
            seen[row["ssObjectId"]].add(int(row["midpointMjdTai"] - 0.7))
    return [len(each) for each in seen.values()]


def catalogs() -> set[str]:
    return {name for file in sky.loci() for name in file["locus"]["catalog_objects"]}


def shared_visits() -> str:
    """Return the percentage of visits that are also of a locus in another band, or far away."""
    looks = defaultdict(set)
    for file in sky.loci():
        for rows in file.get("wire", {}).get("forced_photometry", []):
            for visit, band in zip(rows["visit"], rows["band"], strict=True):
                looks[visit].add((band, round(rows["ra"] / 4), round(rows["dec"] / 4)))
    return f"{100 * np.mean([len(each) > 1 for each in looks.values()]):.0f}"


STATED: dict[str, Callable[[], str]] = {
    "There are {}": lambda: f"{len(sky.loci())} loci with {len(sky.detections()):,} Rubin alerts",
    "higher than {} degrees": lambda: f"{observing.LOWEST_DEG:.0f}",
    "the Sun is {} degrees": lambda: f"{-observing.TWILIGHT_DEG:.0f}",
    "in two bands, {} minutes apart": lambda: span(pair_gaps(), 0),
    "a median of {} arcsec": lambda: f"{survey.SEEING_ARCSEC}",
    "a systematic error of {}% of": lambda: f"{100 * survey.SYSTEMATIC}",
    "Those of stars scatter by {}%": lambda: f"{100 * detections.STAR_SCATTER:.1f}",
    "template, which is {} mag deeper": lambda: f"{detections._TEMPLATE_DEPTH_MAG}",
    "{}% of the error, is an assumption": lambda: f"{100 * detections._FORCED_SCATTER:.0f}",
    "E(B-V) of {} as in the map SFD": lambda: "{} to {}".format(*transients._EBV),
    "At redshifts above {} a band shows": lambda: f"{supernovae._RAMP[1]}",
    "band that it observes at rest; below {} its own": lambda: f"{supernovae._RAMP[0]}",
    "a half-light radius of {} kpc": lambda: span(hosts._RADIUS_KPC, 0),
    "within the contour and {} days after": lambda: f"{grav_wave._ACTIVE_D:.0f}",
    "``snr`` of {} or more": lambda: f"{detections.DETECTION_SNR:.0f}",
    "A detection below {} makes no alert": lambda: f"{detections.LEAST_RELIABILITY}",
    "a damping time of {} days": lambda: f"{ActiveGalaxy.TAU_D:.0f}",
    "standard deviation of {} mag": lambda: f"{ActiveGalaxy.SIGMA_MAG}",
    "{} loci, five ``ssObjectId``": lambda: f"{number_of('asteroid')}",
    "one of them on {} nights": lambda: f"{max(nights())}",
    "The matches are in {} of": lambda: f"{len(catalogs())}",
    "probability in {} square degrees": lambda: f"{GW_SKY_MAP.area_deg2(90.0):.0f}",
    "a locus of the wide field until it has {} alerts": lambda: "{} to {}".format(*ALERTS_RANGE),
    "about {}% of the visit numbers": shared_visits,
    "about {} properties": lambda: f"{np.median([len(e.row) for e in sky.detections()]):.0f}",
}


@pytest.mark.parametrize("sentence", STATED)
def test_a_number_of_the_text_is_that_of_the_files(sentence: str) -> None:
    assert sentence.format(STATED[sentence]()) in TEXT


def test_the_text_counts_the_asteroids_and_the_artifacts() -> None:
    assert len(nights()) == 5
    assert number_of("artifact") == 4
    assert "four loci are nothing but an artifact" in TEXT


@pytest.mark.parametrize("name", MEASURED)
def test_a_number_of_the_table_is_that_of_the_files(name: str) -> None:
    (row,) = [row for row in ROWS if name in row["Number"]]
    assert MEASURED[name]() == row["Simulated"]


def test_every_number_of_the_table_is_measured() -> None:
    assert len(ROWS) == len(MEASURED)


def test_the_figures_and_the_table_compare_with_the_same_real_numbers() -> None:
    real = {row["Real or published"] for row in ROWS}
    below = sky.REAL_RELIABILITY_BELOW

    assert listed([*sky.REAL_DEPTHS.values()], 1) in real
    assert {f"{below[0.6]}", f"{100 - below[0.9]}"} <= real
    assert listed([sky.SN_2006AX[band][40] for band in "griy"], 2) in real
    assert listed([sky.SN_2006AX[band][60] for band in "gri"], 2) in real


@pytest.mark.parametrize(
    ("kind", "name"),
    [(IA, "SN Ia: absolute"), (IBC, "SN Ibc: the same"), (IIP, "SN IIP: the same")],
)
def test_the_stripes_of_the_figure_are_about_the_published_magnitudes(
    kind: SupernovaType, name: str
) -> None:
    (row,) = [row for row in ROWS if name in row["Number"]]
    assert kind.absolute_mag[0] == float(row["Real or published"])


def test_the_page_shows_every_figure() -> None:
    shown = re.findall(r"image:: simulated_sky/(\w+)\.png", TEXT)
    assert shown == [figure.__name__ for figure in sky_figures.FIGURES]


def test_each_figure_says_once_that_its_data_are_simulated() -> None:
    for make in sky_figures.FIGURES:
        figure = make()
        sky_figures.mark(figure)
        assert len(marks_of(figure)) == 1
