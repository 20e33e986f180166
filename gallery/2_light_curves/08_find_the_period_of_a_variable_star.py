"""
Find the period of a variable star
==================================

A variable star is sometimes brighter and sometimes fainter than its template. Its total flux
repeats with its period, if it has one. This page needs scipy, which ``antares-helpers[tutorials]``
installs and the Rubin Science Platform has. Find stars with a period, fold their light curves, and
give each period with an error.
"""

# sphinx_gallery_tags = ["time", "variable stars"]

import numpy as np
from astropy.timeseries import LombScargle, LombScargleMultiband


def unexplained(star, frequency, harmonics):
    """Return the fraction of chi2 that Fourier series leave."""
    fit = LombScargleMultiband(*star, nterms_base=harmonics, nterms_band=0)
    return 1 - fit.power(np.atleast_1d(frequency), method="flexible")


def find_period(star):
    """Return frequencies, powers, peaks and chance, or None."""
    days, flux, _, error = star
    scan = LombScargle(days, flux, error)
    frequency, power = scan.autopower(samples_per_peak=20, maximum_frequency=5)
    chance = scan.false_alarm_probability(power.max(), maximum_frequency=5)
    tops = np.flatnonzero(np.diff(np.sign(np.diff(power))) < 0) + 1
    peaks = frequency[tops[power[tops].argsort()[-10:]]]
    left = unexplained(star, peaks, 2)
    peaks, left = peaks[left.argsort()], np.sort(left)
    others = left[abs(peaks - peaks[0]) > 2 / np.ptp(days)]
    is_clear = peaks[0] > 0.1 and min(others, default=1) > 1.2 * left[0]
    is_sure = is_clear and chance < 1e-8
    return (frequency, power, peaks, chance) if is_sure else None


# %%
# The period of a star is convincing if three things hold. The false-alarm probability is tiny. The
# period is below 10 days, so that many cycles were seen. And no other peak of the periodogram
# explains the fluxes nearly as well. A slow change, as of a supernova, fails the last two: sampled
# once a night, it has a peak near every whole number of cycles per day.
#
# Search stars only: a star is fainter than its template in some of its detections, a transient in
# none. Divide each flux by the median of its band, so that all bands can share one search. Fold the
# star that has the most points.

from antares_helpers import extract_lightcurve, find_loci, plot_lightcurve

stars = []
for locus in find_loci(properties={"num_alerts": (30, None)}, limit=30):
    changes = extract_lightcurve(locus, keep_flagged=False)["flux"]
    lc = extract_lightcurve(locus, flux="total", keep_flagged=False)
    if len(lc) < 30 or not 0.1 < (changes < 0).mean() < 0.9:
        continue
    flux, band = lc["flux"].value, np.array(lc["band"])
    median = np.array([np.median(flux[band == each]) for each in band])
    star = lc.time.mjd, flux / median, band, lc["flux_err"].value / median
    if found := find_period(star):
        stars.append((locus, lc, star, found))
if not stars:
    raise LookupError("No star with a period among the 30 newest loci.")

locus, lc, star, found = max(stars, key=lambda each: len(each[1]))
frequency, power, peaks, chance = found
best, brightest = peaks[0], lc.time[star[1].argmax()]
gri = lc[np.isin(lc["band"], ["g", "r", "i"])]
fold = {"y": "magnitude", "x": "phase"}
ax = plot_lightcurve(gri, period=1 / best, epoch=brightest, **fold)

# %%
# **Figure 1.** The total magnitudes of one star in g, r and i, folded at the period that was found
# and drawn over two cycles; phase 0 is its brightest point. The bands rise and fall together.
#
# Look for the highest peak
# -------------------------
#
# A periodogram shows how much of the variation a sine wave of each frequency explains. Plot that of
# this star. Mark the peak that gave the period, and its aliases: the frequencies that differ from
# it, or from its negative, by one or two cycles per day.

import matplotlib.pyplot as plt

fig, ax = plt.subplots(figsize=(7, 3.4), layout="constrained")
ax.plot(frequency, power, color="0.25", linewidth=0.6)
height = power[abs(frequency - best).argmin()]
ax.plot(best, height, "v", color="#B22222", label=f"period {1 / best:.4f} d")
aliases = abs(best + np.array([-2, -1, 1, 2]))
ax.plot(aliases, np.full(4, -0.03), "^", color="#4C8DA3", label="aliases")
ax.set(xlabel="Frequency [1/d]", ylabel="Lomb-Scargle power")
ax.set(xlim=(0, 5), ylim=(-0.06, None), title=lc.meta["locus_id"])
legend = ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1), frameon=False)

# %%
# **Figure 2.** The periodogram of the star of Figure 1: many narrow peaks. The one that gave the
# period is marked with a triangle above it, its aliases at one and two cycles per day with
# triangles below them.
#
# Why the total flux
# ------------------
#
# ``flux="total"`` uses ``scienceFlux``, measured on the visit image itself: it does not depend on
# how bright the star was in the template. Look for the gaps in the folded curve. When the star is
# as bright as in its template, there is no detection and so no alert.
#
# The total flux is right for a star that stands alone. On top of a galaxy, it changes with the
# seeing: the template fluxes of real objects scatter by 4 to 19 percent in one band. So search the
# difference flux of an active nucleus, not its total flux.
#
# Could it be chance?
# -------------------
#
# Print how likely it is that noise alone produces a peak as high as the highest one, anywhere up to
# 5 cycles per day.

print(f"{len(lc)} points in {np.ptp(lc.time.mjd):.0f} days")
text = "below 1e-12" if chance < 1e-12 else f"{chance:.0e}"
print(f"false-alarm probability: {text}")

# %%
# This is the bound of Baluev (`2008 <https://doi.org/10.1111/j.1365-2966.2008.12689.x>`_). It says
# that the variation is not due to chance. It does not say that the period is the right one: many
# supernovae pass this test.
#
# Is it an alias?
# ---------------
#
# Rubin observes a star only at night. Whether the star went through one more cycle between two
# nights is hard to know. Print the highest peaks, their differences from the best and their sums
# with it, and the fraction of the variation that a curve of two harmonics leaves unexplained. The
# curve has one shape for all bands, and an offset for each.

print("frequency [1/d]  period [d]  difference    sum  unexplained")
for peak, left in zip(peaks[:6], unexplained(star, peaks[:6], 2)):
    print(f"{peak:15.3f}{1 / peak:12.4f}", end="")
    print(f"{peak - best:12.2f}{peak + best:7.2f}{left:13.2f}")

# %%
# If the difference or the sum is a whole number, the two peaks are aliases of each other. As a
# rule, the true period leaves the least unexplained, and folds into the tightest curve: it need not
# be the highest peak. If two do nearly equally well, report both. Observations at other hours of
# the night, or from another longitude, can decide.
#
# How exact is the period?
# ------------------------
#
# Leave out every tenth night, fit again, and do so ten times: the scatter of the ten periods gives
# the error (the jackknife, `Efron & Stein 1981 <https://doi.org/10.1214/aos/1176345462>`_). Leave
# out nights, not points: what the fit misses in one point of a night, it misses in the next too.


def measure_period(star, frequency, harmonics):
    """Return the period and its error, in days."""
    grid = frequency + np.linspace(-0.2, 0.2, 101) / np.ptp(star[0])
    night = np.unique(np.round(star[0]), return_inverse=True)[1]
    periods = []
    for group in range(10):
        part = [each[night % 10 != group] for each in star]
        left = unexplained(part, grid, harmonics)
        periods.append(1 / grid[left.argmin()])
    period = 1 / grid[unexplained(star, grid, harmonics).argmin()]
    return period, 3 * np.std(periods)


period, error = measure_period(star, best, 2)
cycles = np.ptp(star[0]) / period
print(f"period {period:.6f} +- {error:.6f} d")
shift = cycles * error / period
print(f"after {cycles:.0f} cycles, the phase is known to {shift:.3f}")

# %%
# The frequencies of the periodogram are as far apart as that, so fit again before you quote one.
#
# The true period, or half of it?
# -------------------------------
#
# An eclipsing binary has two minima per cycle, and a sine wave finds half its period. Let the
# Bayesian information criterion (`Schwarz 1978 <https://doi.org/10.1214/aos/1176344136>`_) judge:
# two harmonics of the period found against four of twice that period, which contain them. Do so for
# up to three stars; count nights, not points, again. Print the amplitude of the second harmonic
# over that of the first, R21, and, of simulated stars, the true period.

import math

shown = stars[:3]
size = {"figsize": (6.4, 2.9 * len(shown)), "layout": "constrained"}
fig, axes = plt.subplots(len(shown), squeeze=False, **size)
print("locus               twice?  period [d]               R21  truth [d]")
for (locus, lc, star, found), ax in zip(shown, axes[:, 0]):
    best, nights = found[2][0], len(np.unique(np.round(star[0])))
    gain = (unexplained(star, best, 2) / unexplained(star, best / 2, 4))[0]
    criterion = nights * np.log(gain) - 4 * np.log(nights)
    factor = 2 if criterion > 10 else 1
    period, error = measure_period(star, best / factor, 2 * factor)
    fit = LombScargleMultiband(*star, nterms_base=2, nterms_band=0)
    _, a1, b1, a2, b2, *_ = fit.model_parameters(best)
    ratio = np.hypot(a2, b2) / np.hypot(a1, b1)
    digits = max(1 - math.floor(math.log10(error)), 0) if error else 6
    value = f"{period:.{digits}f} +- {error:.{digits}f}"
    truth = locus.properties.get("sim_period_d", "unknown")
    print(f"{locus.locus_id:18}{criterion:8.0f}  {value:22}", end="")
    print(f"{ratio:6.2f}  {truth}")
    zero = star[1].argmax() if factor == 1 else star[1].argmin()
    gri = lc[np.isin(lc["band"], ["g", "r", "i"])]
    plot_lightcurve(gri, period=period, epoch=lc.time[zero], ax=ax, **fold)

# %%
# **Figure 3.** Up to three stars in g, r and i, each folded at its own period over two cycles.
# Phase 0 is the brightest point, or the faintest one of an eclipsing binary. Rings mark dipoles.
#
# The column ``twice?`` is the evidence for twice the period that was found. Above 10 it is very
# strong (`Kass & Raftery 1995 <https://doi.org/10.1080/01621459.1995.10476572>`_), as for a binary
# whose minima alternate in depth; a negative number favors the period found. Dipoles matter less
# here: ``scienceFlux`` is not measured on the difference image.
#
# R21 distinguishes pulsating stars (`Simon & Lee 1981 <https://doi.org/10.1086/159153>`_). An RR
# Lyrae of type ab rises steeply, so that its R21 is near 0.5; one of type c is nearly a sine wave,
# with an R21 below 0.3, and its period is below 0.45 days.
#
# Exercise
# --------
#
# Fold the last star of Figure 3 at an alias of its period, one cycle per day faster. How can you
# see that it is wrong, and how much more does it leave unexplained?
#
# .. dropdown:: Solution
#
#    The frequency of the alias is that of the star plus one. At a wrong period the points of one
#    phase scatter; if they hardly do, the period is not certain.
#
#    .. code-block:: python
#
#       alias = 1 / (1 / period + 1)
#       plot_lightcurve(gri, period=alias, epoch=lc.time[zero], **fold)
#       for each in (period, alias):
#           left = unexplained(star, 1 / each, 2 * factor)[0]
#           print(f"period {each:.6f} d leaves {left:.2f}")
#
# Where to go next
# ----------------
#
# * Fill the gaps with another survey: :doc:`/tutorials/2_light_curves/09_combine_ztf_and_lsst`.
# * Exclude points that are not the star:
#   :doc:`/tutorials/2_light_curves/05_choose_which_points_to_trust`.
# * A transient instead: :doc:`/tutorials/2_light_curves/10_fit_a_supernova`.
