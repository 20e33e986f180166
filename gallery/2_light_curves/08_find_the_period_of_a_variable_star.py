"""
Find the period of a variable star
==================================

A variable star is sometimes brighter and sometimes fainter than its template. Its total flux
repeats with its period, if it has one. This page needs scipy, which ``pip install ".[tutorials]"``
installs and the Rubin Science Platform has. Search the total flux of a star for a period, fold its
light curve, and judge whether to trust the result.
"""

# sphinx_gallery_tags = ["time", "variable stars"]

import numpy as np
from astropy.timeseries import LombScargle

from antares_helpers import extract_lightcurve, find_loci, plot_lightcurve

RANGE = {"minimum_frequency": 0.1, "maximum_frequency": 5}


def find_period(lc):
    """Return the periodogram and its best frequency, or None if no period is convincing."""
    flux, error, bands = lc["flux"].value, lc["flux_err"].value, np.array(lc["band"])
    if len(lc) < 40 or (flux <= 0).any():
        return None
    median = [np.median(flux[bands == band]) for band in bands]
    periodogram = LombScargle(lc.time.mjd, flux / median, error / median)
    frequency, power = periodogram.autopower(samples_per_peak=20, **RANGE)
    best = frequency[power.argmax()]
    chance = periodogram.false_alarm_probability(power.max(), **RANGE)
    is_convincing = chance < 1e-8 and abs(best - round(best)) > 0.05
    return (periodogram, best) if is_convincing else None


loci = iter(find_loci(properties={"num_alerts": (50, None)}, limit=30))
for locus in loci:
    lc = extract_lightcurve(locus, flux="total", keep_flagged=False)
    if found := find_period(lc):
        break
else:
    raise LookupError("No locus of the 30 newest with 50 alerts has a convincing period.")
ax = plot_lightcurve(lc, y="magnitude", x="phase", period=1 / found[1])

# %%
# **Figure 1.** The total magnitudes of one star, each band with its color and symbol, folded at the
# period that was found and drawn over two cycles. All bands rise and fall together.
#
# Look for the highest peak
# -------------------------
#
# A periodogram shows how much of the variation a sine wave of each frequency explains. Plot that of
# this star, and mark the peak that gave the period.

import matplotlib.pyplot as plt

periodogram, best = found
frequency, power = periodogram.autopower(samples_per_peak=20, **RANGE)
fig, ax = plt.subplots(figsize=(7, 3.4), layout="constrained")
ax.plot(frequency, power, color="0.25", linewidth=0.6)
ax.plot(best, power.max(), "v", color="#B52626", label=f"period {1 / best:.4f} d")
ax.set(xlabel="Frequency [1/d]", ylabel="Lomb-Scargle power", ylim=(0, None))
ax.set_title(lc.meta["locus_id"])
legend = ax.legend(frameon=False)

# %%
# **Figure 2.** The periodogram of the star of Figure 1: many narrow peaks, the highest of them
# marked with a triangle.
#
# Why the total flux
# ------------------
#
# ``flux="total"`` uses ``scienceFlux``, measured on the visit image itself: it does not depend on
# how bright the star was in the template. Look for the gaps in the folded curve. When the star is
# as bright as in its template, there is no detection and so no alert.
#
# Divide each flux by the median of its band, and all bands can share one periodogram. The amplitude
# of the variation still differs from band to band, which costs some power. astropy's
# ``LombScargleMultiband`` allows for that, but has no false-alarm probability.
#
# Could it be chance?
# -------------------
#
# The search covers periods from 0.2 to 10 days, which suits RR Lyrae stars and close binaries.
# Print how likely it is that noise alone produces a peak as high as this anywhere in that range.

chance = periodogram.false_alarm_probability(power.max(), **RANGE)
print(f"{len(lc)} points in {np.ptp(lc.time.mjd):.0f} days, {len(frequency)} frequencies")
print("false-alarm probability:", "below 1e-12" if chance < 1e-12 else f"{chance:.0e}")

# %%
# This is the bound of Baluev (`2008 <https://doi.org/10.1111/j.1365-2966.2008.12689.x>`_). It says
# that the variation is not due to chance. It does not say that the period is the right one: a
# supernova passes the test too. A slow change that is sampled once a night shows a peak near every
# whole number of cycles per day. So the search above rejects frequencies within 0.05 of one, and
# with them the few true periods that lie there.
#
# Is it an alias?
# ---------------
#
# Rubin observes a star only at night. Whether the star went through one more cycle between two
# nights is hard to know. Print the five highest peaks, their differences from the highest and their
# sums with it, and the fraction of the variation that a curve of three harmonics leaves
# unexplained.


def unexplained(periodogram, frequency, harmonics):
    """Return the fraction of chi2 that a Fourier series leaves."""
    fit = LombScargle(periodogram.t, periodogram.y, periodogram.dy, nterms=harmonics)
    return 1 - fit.power(np.array([frequency]), method="chi2")[0]


remaining, width = power.copy(), 3 / np.ptp(lc.time.mjd)
print("frequency [1/d]  period [d]  power  difference    sum  unexplained")
for _ in range(5):
    peak = frequency[remaining.argmax()]
    left = unexplained(periodogram, peak, 3)
    print(f"{peak:15.3f}{1 / peak:12.4f}{remaining.max():7.2f}", end="")
    print(f"{peak - best:12.2f}{peak + best:7.2f}{left:13.2f}")
    remaining[abs(frequency - peak) < width] = 0

# %%
# If the difference or the sum is a whole number, the two peaks are aliases of each other. As a
# rule, the true period leaves the least unexplained, and folds into the tightest curve. If two do
# equally well, report both. Observations at other hours of the night, or from another longitude,
# can decide.
#
# The true period, or half of it?
# -------------------------------
#
# An eclipsing binary has two minima per cycle, and a sine wave finds half its period. Fold at twice
# the period found, and compare the two halves. Let the Bayesian information criterion (`Schwarz
# 1978 <https://doi.org/10.1214/aos/1176344136>`_) judge: two harmonics of the period found against
# four of twice that period, which contain them. Do so for this star and for the next one that has a
# period.

shown = [(lc, periodogram, best)]
for locus in loci:
    other = extract_lightcurve(locus, flux="total", keep_flagged=False)
    if found := find_period(other):
        shown.append((other, *found))
        break

fig, axes = plt.subplots(
    1, len(shown), figsize=(4.6 * len(shown), 3.8), layout="constrained", squeeze=False
)
for ax, (lc, periodogram, best) in zip(axes[0], shown):
    gain = unexplained(periodogram, best, 2) / unexplained(periodogram, best / 2, 4)
    criterion = len(lc) * np.log(gain) - 4 * np.log(len(lc))
    period = (2 if criterion > 10 else 1) / best
    plot_lightcurve(lc, y="magnitude", x="phase", period=2 / best, legend=ax is axes[0, -1], ax=ax)
    print(f"{lc.meta['locus_id']}: {criterion:4.0f} in favor of twice, so {period:.4f} d")

# %%
# **Figure 3.** Stars folded at twice the period that the highest peak gives, over two cycles. If
# all minima are alike, as for a pulsating star, the period is half of that. If they alternate in
# depth, as for an eclipsing binary, it is twice the period found. Rings mark dipoles.
#
# More than 10 in favor is very strong evidence (`Kass & Raftery 1995
# <https://doi.org/10.1080/01621459.1995.10476572>`_); a negative number favors the period found.
# Dipoles matter less here: ``scienceFlux`` is not measured on the difference image.
#
# Where to go next
# ----------------
#
# * Fill the gaps with another survey: :doc:`/tutorials/2_light_curves/09_combine_ztf_and_lsst`.
# * Exclude points that are not the star:
#   :doc:`/tutorials/2_light_curves/05_choose_which_points_to_trust`.
# * A transient instead: :doc:`/tutorials/2_light_curves/10_fit_a_supernova`.
