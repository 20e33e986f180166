"""
Measure colors and rises in one night
=====================================

A young transient is blue and rises fast: two numbers that one night can give, long before there is
a light curve to fit. Rubin often observes a field twice a night, in two bands. Pair the bands, take
the color and its error from the fluxes, and add the night before from forced photometry.
"""

# sphinx_gallery_tags = ["photometry", "supernovae", "many loci"]
# sphinx_gallery_thumbnail_number = 3

import matplotlib.pyplot as plt
import numpy as np

from antares_helpers import extract_lightcurve, find_loci, plot_lightcurve


def nightly(lc):
    """Return the MJD, flux and error of each band in each night."""
    nights = {}
    columns = (lc["band"], lc["flux"].value, lc["flux_err"].value)
    for mjd, band, flux, err in zip(lc.time.mjd, *columns):
        nights.setdefault(np.floor(mjd - 0.7), {})[band] = (mjd, flux, err)
    return nights


found = find_loci(tag="young_rubin_transients", limit=50)
for locus in found:
    lc = extract_lightcurve(locus, keep_flagged=False)
    nights = nightly(lc[lc["flux"] > 0]).values()
    pairs = [(now["g"], now["r"]) for now in nights if {"g", "r"} <= {*now}]
    if len(pairs) >= 2 and pairs[0][0][0] - lc.time.mjd[0] < 3:
        break
else:
    raise LookupError("No young transient has g and r in its first nights.")

mjd, flux, err = np.transpose(pairs)
color = -2.5 * np.log10(flux[0] / flux[1])
color_err = 1.086 * np.hypot(*(err / flux))
fig, axes = plt.subplots(2, sharex=True, layout="constrained")
plot_lightcurve(lc, ax=axes[0]).set_xlabel("")
axes[1].errorbar(mjd[0], color, color_err, fmt="o", color="#7A1FA2")
labels = axes[1].set(xlabel="MJD (TAI)", ylabel="g - r [AB mag]")

# %%
# **Figure 1.** Above, a transient in all bands. Below, its color in each night in which it was
# detected in g and in r, with its error, which may be smaller than the symbol.
#
# Pair the bands of a night
# -------------------------
#
# Noon on Cerro Pachón is at 0.7 of a day in UTC, so that ``floor(mjd - 0.7)`` is one number for all
# visits of a night. Of several visits in one band, the function above takes the last. Print the
# pairs, with the time between the two bands.

print("MJD (g)    minutes  g - r [mag]")
for (g, r), value, error in zip(pairs, color, color_err):
    minutes = abs(g[0] - r[0]) * 1440
    print(f"{g[0]:.2f}{minutes:9.0f}{value:9.2f} ± {error:.2f}")

# %%
# A color is a ratio of two fluxes. The relative errors of the fluxes, added in quadrature, are that
# of the ratio, and 2.5 / ln 10 = 1.086 times that is the error in magnitudes. This holds for fluxes
# above about 5 sigma.
#
# These are difference fluxes: the color is that of the transient, without its host. Two things
# change it. The dust of the Milky Way reddens g - r by 0.96 times the E(B-V) of the map SFD
# (`Schlafly and Finkbeiner 2011 <https://doi.org/10.1088/0004-637X/737/2/103>`_): subtract that, as
# in :doc:`/tutorials/6_from_light_curve_to_science/22_get_from_flux_to_luminosity`. And the two
# visits are not at the same time: at a rise of one magnitude a day, half an hour is 0.02 mag.
#
# Turn a missing flux into a limit
# --------------------------------
#
# A flux can be negative, or not significant. Then it has no magnitude, but it says how bright the
# source can be at most: its flux, or zero if that is negative, and three times its error. With that
# in place of one flux, the ratio is a limit; with that in place of both, it says nothing. Colors
# and rises are both differences of magnitudes: write one function for both.


def fainter_by(first, second, sigma=3):
    """Return how much fainter the first is, the error, the limit [mag].

    The limit is 1 or -1 if the true value is larger or smaller, else 0.
    """
    flux, err = np.array([first[1:], second[1:]]).T
    is_seen = flux > sigma * err
    if not is_seen.any():
        return np.nan, np.nan, 0
    most = np.where(is_seen, flux, np.maximum(flux, 0) + sigma * err)
    value = -2.5 * np.log10(most[0] / most[1])
    error = 1.086 * np.hypot(*(err / most)) if is_seen.all() else np.nan
    return value, error, int(is_seen[1]) - int(is_seen[0])


# %%
# Add the night before
# --------------------
#
# A rise needs an earlier flux in the same band. An alert is a detection, so before the first one
# there is none. But Rubin's own packet has forced photometry of all visits. It needs a token, see
# :doc:`/tutorials/6_from_light_curve_to_science/21_add_forced_photometry`. Fetch it, and compare
# each night that has both bands with the last earlier one, at most ten days before, that has one of
# them.

from antares_helpers import fetch_alert_packet


def colors_and_rises(nights, blue="g", red="r"):
    """Yield night, color and rise [mag/d] of each night with both bands."""
    for night, now in nights.items():
        before = [
            (earlier, band)
            for earlier, then in nights.items()
            for band in {blue, red} & {*then}
            if night - 10 <= earlier < night
        ]
        if {blue, red} <= {*now} and before:
            earlier, band = max(before)
            then = nights[earlier][band]
            days = now[band][0] - then[0]
            rise, error, limit = fainter_by(then, now[band])
            color = fainter_by(now[blue], now[red])
            yield night, color, (rise / days, error / days, limit)


def as_text(value, error, limit):
    """Return a measurement or a limit as text."""
    if limit == 0:
        return f"{value:.2f} ± {error:.2f}"
    return f"{'>' if limit > 0 else '<'} {value:.2f}"


packet = fetch_alert_packet(locus)
good = {"keep_dipoles": False, "keep_flagged": False}
lc = extract_lightcurve(locus, **good, forced=packet)
print("night   g - r [mag]    rise [mag/d]")
for night, color, rise in colors_and_rises(nightly(lc)):
    if np.isfinite(color[0] + rise[0]):
        print(f"{night:.0f}   {as_text(*color):15}{as_text(*rise)}")

# %%
# A negative rise is a decline. ``>`` before a rise means that nothing was seen in the earlier
# night: the longer ago that was, the less the limit says. Plot these nights in magnitudes, with
# limits where there are none.

ax = plot_lightcurve(lc, y="magnitude", x="days", limits=3)

# %%
# **Figure 2.** The same transient with forced photometry: hollow symbols where there was no
# detection, and arrows for limits of 3 sigma.
#
# Plot rise against color
# -----------------------
#
# Do the same for all loci of the search, for g - r, and for r - i, since Rubin pairs r and i more
# often. Later nights have an earlier detection to compare with. For a pair within three nights of
# the first detection, fetch the packet.

from contextlib import suppress

from antares_helpers import iter_loci
from antares_helpers.errors import AlertNotFoundError

COLORS = {"g - r": {"g", "r"}, "r - i": {"r", "i"}}


def nights_of(locus):
    """Return the fluxes by night, some with forced photometry."""
    lc = extract_lightcurve(locus, **good)
    nights = nightly(lc) if len(lc) else {}
    first = min(nights, default=0)
    early = [{*now} for night, now in nights.items() if night - first < 3]
    if any(bands <= now for bands in COLORS.values() for now in early):
        with suppress(AlertNotFoundError):
            packet = fetch_alert_packet(locus)
            lc = extract_lightcurve(locus, **good, forced=packet)
    return nightly(lc), min(nights, default=0)


rows = []
for each in iter_loci(found, include_catalogs=False, progress=False):
    nights, first = nights_of(each)
    for name in COLORS:
        for night, color, rise in colors_and_rises(nights, *name.split(" - ")):
            if np.isfinite(color[0] + rise[0]) and night >= first:
                rows.append((each, name, night - first, color, rise))
if not rows:
    raise LookupError("No locus found has a pair and an earlier night.")


def draw(ax, points, **style):
    """Draw points of (color, error, limit) and (rise, error, limit)."""
    (x, x_err, x_limit), (y, y_err, y_limit) = points.T.reshape(2, 3, -1)
    arrows = {"xlolims": x_limit > 0, "xuplims": x_limit < 0}
    arrows |= {"lolims": y_limit > 0, "uplims": y_limit < 0}
    x_err = np.where(x_limit == 0, x_err, 0.1)
    y_err = np.where(y_limit == 0, y_err, 0.3 * abs(y))
    ax.errorbar(x, y, y_err, x_err, **arrows, **style, mec="0.15", mew=0.5)


fig = plt.figure(figsize=(8.4, 4.4), layout="constrained")
axes = fig.subplots(1, 2, sharey=True)
for ax, name in zip(axes, COLORS):
    points = [(*color, *rise) for _, of, _, color, rise in rows if of == name]
    age = np.array([age for _, of, age, _, _ in rows if of == name])
    points = np.reshape(points, (-1, 6))
    draw(ax, points[age >= 3], fmt="o", ms=4, color="0.55", label="later")
    young = {"fmt": "D", "color": "#7A1FA2", "label": "first three nights"}
    draw(ax, points[age < 3], **young)
    ax.axhline(0, color="0.46", linewidth=0.8, zorder=0.5)
    ax.set_xlabel(f"{name} [AB mag]")
axes[0].set_yscale("asinh", linear_width=0.2)
axes[0].set_yticks([-3, -1, -0.3, 0, 0.3, 1, 3], [-3, -1, -0.3, 0, 0.3, 1, 3])
axes[0].set_ylabel("rise [mag/d]")
axes[0].margins(y=0.12)
handles = ax.get_legend_handles_labels()
legend = fig.legend(*handles, loc="outside upper center", ncols=2)

# %%
# **Figure 3.** Each symbol is one night of one locus: the rise since the last earlier night against
# the color, g - r on the left and r - i on the right. Arrows are limits. Above zero the source
# brightens. Nights within three of the first detection are diamonds.
#
# Most of the fastest rises are those of young transients, and these are blue; but some of the older
# ones still rise as fast, and a young one may already decline. Near no rise are those at maximum.
# The scale of the rise is linear near zero and logarithmic beyond, so that declines have a place.
#
# Compare with the truth
# ----------------------
#
# List the early nights that rise by more than 0.1 mag a day, the fastest first. In the simulated
# sky the truth is known: print the class, too.

fast = [row for row in rows if row[2] < 3 and row[4][0] > 0.1]
print("locus                  color                 rise [mag/d]   truth")
for each, name, _, color, rise in sorted(fast, key=lambda row: -row[4][0]):
    truth = each["old_properties"].get("sim_class", "unknown")
    print(f"{each['id']:23}{name} {as_text(*color):16}", end="")
    print(f"{as_text(*rise):15}{truth}")

# %%
# A rise is no class. A star can brighten as fast, and be as blue, as the outbursts of dwarf novae
# show, and a supernova first seen a week after its explosion has no fast rise any more. A limit
# from a night long ago is weak even if the source was not there at all. So use the two numbers to
# choose what to look at first, and then vet it.
#
# Exercise
# --------
#
# The source also rises between the two visits of a pair. Suppose that all pairs were half an hour
# apart, as they are outside the deep fields: for which of the nights listed above would that change
# the color by more than its error?
#
# .. dropdown:: Solution
#
#    The change is the rise times the time between the visits. If the rise is a limit, the change is
#    at least as large.
#
#    .. code-block:: python
#
#       for each, name, _, color, rise in fast:
#           change = rise[0] * 0.5 / 24
#           verdict = "correct it" if change > color[1] else "negligible"
#           print(f"{each['id']:23}{name} {change:.3f} {color[1]:.3f}  {verdict}")
#
# Where to go next
# ----------------
#
# * Vet a candidate before you ask for telescope time:
#   :doc:`/tutorials/6_from_light_curve_to_science/24_vet_one_candidate`.
# * Rise and fall from all points: :doc:`/tutorials/2_light_curves/10_fit_a_supernova`.
# * Fluxes without a magnitude: :doc:`/tutorials/2_light_curves/07_convert_fluxes_to_magnitudes`.
# * Select fast risers as they arrive: :doc:`/tutorials/5_filters_and_streams/19_write_a_filter`.
