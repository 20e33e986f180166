"""The figures of the page on the simulated sky, which compare it with real numbers."""

from pathlib import Path
from typing import Any

import numpy as np
import sky_numbers as sky
from dark_figures import save_dark
from matplotlib.figure import Figure
from simulated_figures import mark

from antares_helpers.bands import BANDS, COLORS_ON_WHITE, SYMBOLS
from simulated_sky.light_curves import IA, IBC, IIP

__all__ = ["FIGURES", "draw_all"]

_WIDTH_IN, _DPI = 6.4, 200  # 640 pixels on the page, two of the figure's for each
_REAL = {"color": "black", "linestyle": "none", "zorder": 5}
_DOTS = {"color": "C0", "linestyle": "none", "marker": ".", "markersize": 1.2}
_EDGE = {"markeredgecolor": "0.15", "markeredgewidth": 0.4}


def _figure(height_in: float, **options: Any) -> tuple[Figure, Any]:
    figure = Figure(figsize=(_WIDTH_IN, height_in), layout="constrained")
    return figure, figure.subplots(**options)


def altitudes() -> Figure:
    """Draw each exposure on the sky above the telescope, and the Sun below the horizon."""
    altitude, azimuth, sun = sky.horizontal()
    figure = Figure(figsize=(_WIDTH_IN, 3.4), layout="constrained")
    dome = figure.add_subplot(1, 2, 1, projection="polar")
    dome.set(theta_zero_location="N", ylim=(0, 90), xticks=np.radians([0, 90, 180, 270]))
    dome.set(xticklabels=["N", "E", "S", "W"], yticks=[30, 60, 70])
    dome.set_yticklabels(["60°", "30°", "20°"], fontsize="small")
    dome.plot(np.radians(azimuth), 90 - altitude, **_DOTS)
    dome.plot(np.linspace(0, 2 * np.pi, 200), np.full(200, 70.0), color="C3", linestyle="--")
    ax = figure.add_subplot(1, 2, 2)
    ax.plot(sun, altitude, **_DOTS)
    ax.axhline(20, color="C3", linestyle="--", label="Rubin's limit, 20°")
    ax.axvline(-18, color="C1", linestyle=":", label="twilight, $-18$°")
    ax.set(xlabel="altitude of the Sun [deg]", ylabel="altitude of the field [deg]", ylim=(0, 90))
    ax.legend(loc="lower left", fontsize="small")
    return figure


def depths() -> Figure:
    """Draw the depths of faint detections by band, beside real ones."""
    figure, ax = _figure(3.4)
    rng = np.random.default_rng(0)
    for at, band in enumerate(BANDS):
        found = sky.depths(band)
        ax.plot(
            at + rng.uniform(-0.32, 0.32, found.size),
            found,
            SYMBOLS[band],
            color=COLORS_ON_WHITE[band],
            markersize=3,
            alpha=0.5,
            markeredgewidth=0,
        )
        ax.plot([at - 0.38, at + 0.38], 2 * [np.median(found)], color="black", linewidth=1.5)
    places = [BANDS.index(band) for band in sky.REAL_DEPTHS]
    ax.plot(places, [*sky.REAL_DEPTHS.values()], marker="D", label="real alerts", **_REAL)
    places = [BANDS.index(band) for band in sky.BASELINE_DEPTHS]
    baseline = {**_REAL, "markerfacecolor": "white", "markersize": 8, "zorder": 4}
    ax.plot(places, [*sky.BASELINE_DEPTHS.values()], marker="s", label="baseline", **baseline)
    ax.plot([], [], color="black", linewidth=1.5, label="median, simulated")
    ax.set(ylabel="5-sigma depth [AB mag]")
    ax.set_xticks(range(len(BANDS)), BANDS)
    ax.legend(fontsize="small", loc="upper right")
    return figure


def reliability() -> Figure:
    """Draw the cumulative distribution of reliabilities, with real shares."""
    figure, ax = _figure(3.2)
    names = {True: "good detections", False: "dipoles and artifacts"}
    for good, line in ((True, "-"), (False, "--")):
        scores = np.sort(sky.reliabilities(good=good))
        shares = 100 * np.arange(1, scores.size + 1) / scores.size
        ax.step(scores, shares, where="post", linestyle=line, label=names[good])
    below = sky.REAL_RELIABILITY_BELOW
    label = f"real, of {sky.REAL_DETECTIONS} good ones"
    ax.plot([*below], [*below.values()], marker="D", label=label, **_REAL)
    ax.axvline(0.5, color="0.4", linestyle=":")
    ax.annotate("Rubin sends\nnone below", (0.495, 50), ha="right", fontsize="small", color="0.3")
    ax.set(xlabel="reliability", ylabel="detections below it [%]", xlim=(0.35, 1.01), ylim=(0, 101))
    ax.legend(fontsize="small", loc="upper left", bbox_to_anchor=(0.25, 1.0))
    return figure


def decline() -> Figure:
    """Draw near type Ia supernovae in magnitudes below maximum, against SN 2006ax."""
    figure, panels = _figure(4.8, nrows=2, ncols=2, sharex=True, sharey=True)
    days = np.linspace(-14, 70, 300)
    for ax, band in zip(panels.flat, sky.SN_2006AX, strict=True):
        seen, style = sky.near_type_ia(band), {"color": COLORS_ON_WHITE[band]}
        points = {"markersize": 3.5, "elinewidth": 0.6, "label": "simulated alerts", **_EDGE}
        ax.errorbar(seen.days, seen.below, seen.error, fmt=SYMBOLS[band], **points, **style)
        ax.plot(days, sky.decline(band, days), color="0.35", linewidth=1, label="model")
        real = sky.SN_2006AX[band]
        diamond = {**_REAL, "markersize": 7, "markeredgecolor": "white"}
        ax.plot([*real], [*real.values()], marker="D", label="SN 2006ax", **diamond)
        ax.set_title(band, loc="left", y=0.84, x=0.9, fontweight="bold")
    panels[0, 0].set(ylim=(4.2, -0.6), xlim=(-15, 72))
    panels[0, 0].legend(fontsize="small", loc="lower left")
    figure.supxlabel("days at rest since maximum in B", fontsize="medium")
    figure.supylabel("magnitudes below maximum", fontsize="medium")
    return figure


def absolute_magnitudes() -> Figure:
    """Draw the absolute magnitudes of supernovae against redshift."""
    figure, ax = _figure(3.6)
    for number, (kind, symbol) in enumerate(zip((IA, IBC, IIP), "o^s", strict=True)):
        color = f"C{number}"
        mean, scatter = kind.absolute_mag
        ax.axhspan(mean - scatter, mean + scatter, color=color, alpha=0.15, linewidth=0)
        redshifts, magnitudes = zip(*sky.absolute_magnitudes(kind.sim_class).values(), strict=True)
        label = kind.sim_class.removesuffix("-like")
        ax.plot(redshifts, magnitudes, symbol, color=color, label=label, **_EDGE)
    redshifts = np.geomspace(0.02, 0.45, 50)
    limit = float(np.median(sky.depths("r")))
    ax.plot(redshifts, sky.absolute_mag(limit, redshifts), "k:", label=f"r = {limit:.1f}, 5 sigma")
    ax.set(xscale="log", xlabel="redshift", ylabel="brightest alert in r, absolute [AB mag]")
    ax.set_xticks([0.02, 0.05, 0.1, 0.2, 0.4], ["0.02", "0.05", "0.1", "0.2", "0.4"])
    ax.set_xticks([], minor=True)
    ax.set_ylim(-15.9, -20.3)
    ax.legend(fontsize="small", loc="upper center", ncols=4)
    return figure


FIGURES = (altitudes, depths, reliability, decline, absolute_magnitudes)
"""Functions that draw a figure each; the name of its file is theirs."""


def draw_all(folder: Path) -> None:
    """Draw all figures into a folder."""
    folder.mkdir(exist_ok=True)
    for draw in FIGURES:
        figure = draw()
        mark(figure)
        path = folder / f"{draw.__name__}.png"
        figure.savefig(path, dpi=_DPI)
        save_dark(figure, path, dpi=_DPI)
