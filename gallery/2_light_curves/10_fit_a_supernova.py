"""
Fit a supernova
===============

When was a supernova brightest, and how well is that known? The brightest point alone does not
answer this: weather and noise determine which one that is. This page needs scipy, which
``pip install ".[tutorials]"`` installs and the Rubin Science Platform has. Fit a curve to one band,
read off the time of maximum with its error, and then look at all bands and at the residuals.
"""

# sphinx_gallery_tags = ["supernovae", "photometry"]

import numpy as np
from scipy.optimize import curve_fit

from antares_helpers import extract_lightcurve, find_loci, plot_lightcurve


def bazin(days, amplitude, maximum, rise, ratio):
    """Return the flux of a source that rises in `rise` days and falls in `ratio` times as many."""
    x = (days - maximum) / rise
    return amplitude * ratio * np.exp(-x / ratio - np.logaddexp(np.log(ratio - 1), -x))


for locus in find_loci(tag="SN_candies", limit=30):
    lc = extract_lightcurve(locus, bands="g", keep_dipoles=False, keep_flagged=False)
    days, flux, error = lc.time.mjd, lc["flux"].value, lc["flux_err"].value
    if len(lc) >= 7 and 2 <= flux.argmax() < len(lc) - 2 and flux.max() > 0:
        break
else:
    raise LookupError("No locus of the 30 newest with the tag SN_candies rises and falls in g.")

start = flux.max(), days[flux.argmax()], 4, 5
bounds = [0, days[0], 0.3, 1.1], [np.inf, days[-1], 30, 99]
best, covariance = curve_fit(bazin, days, flux, start, error, True, bounds=bounds)
maximum, maximum_err = best[1], covariance[1, 1] ** 0.5

ax = plot_lightcurve(lc, title=f"brightest at MJD {maximum:.1f} ± {maximum_err:.1f}")
ax.axvspan(maximum - maximum_err, maximum + maximum_err, color="0.85", zorder=0)
times = np.linspace(days[0] - 1, days[-1] + 1, 300)
line = ax.plot(times, bazin(times, *best), color="0.25", zorder=1)

# %%
# **Figure 1.** The light curve of one transient in one band, and the curve fitted to it. The shaded
# stripe is the time of maximum, 1 sigma to either side.
#
# The function
# ------------
#
# The flux follows ``exp(-(t - t0) / fall) / (1 + exp(-(t - t0) / rise))``, the function of Bazin et
# al. (`2009 <https://doi.org/10.1051/0004-6361/200911847>`_) without its constant, since the
# template has been subtracted. It is brightest at ``t0 + rise * log(fall / rise - 1)``. The code
# above uses that time, and the flux at that time, as parameters, so the fit gives their errors
# directly. ``logaddexp`` adds the two exponentials without overflow.
#
# It describes a shape, not the physics: it includes neither the second maximum of a type Ia
# supernova in the red nor the plateau of a type IIP. If the points are precise, chi2 shows it. The
# errors are only as good as the function.
#
# All bands, with residuals
# -------------------------
#
# Fit each band in which both the rise and the fall were observed. Plot the residuals, too: a good
# fit leaves only noise.

from contextlib import suppress

import matplotlib.pyplot as plt

from antares_helpers.bands import BANDS, COLORS_ON_WHITE, LINES, SYMBOLS


def points_of(lc, band):
    """Return the times, fluxes and errors of one band."""
    rows = lc[lc["band"] == band]
    return rows.time.mjd, rows["flux"].value, rows["flux_err"].value


def fit_band(days, flux, error):
    """Return the best parameters, their errors, and chi2 per degree of freedom."""
    start = flux.max(), days[flux.argmax()], 4, 5
    bounds = [0, days[0], 0.3, 1.1], [np.inf, days[-1], 30, 99]
    best, covariance = curve_fit(bazin, days, flux, start, error, True, bounds=bounds)
    chi2 = np.sum(((flux - bazin(days, *best)) / error) ** 2) / (len(days) - len(best))
    return best, np.sqrt(np.diag(covariance) * max(chi2, 1)), chi2


def fit_bands(lc):
    """Fit each band with 7 points, at least 2 before the brightest and 2 after it."""
    fits = {}
    for band in BANDS:
        days, flux, error = points_of(lc, band)
        if len(flux) >= 7 and 2 <= flux.argmax() < len(flux) - 2 and flux.max() > 0:
            with suppress(RuntimeError):
                fits[band] = fit_band(days, flux, error)
    return fits


lc = extract_lightcurve(locus, keep_dipoles=False, keep_flagged=False)
fits = fit_bands(lc)
fig, (top, bottom) = plt.subplots(
    2, 1, figsize=(7, 5.2), height_ratios=(3, 1), sharex=True, layout="constrained"
)
plot_lightcurve(lc, ax=top).set_xlabel("")
bottom.set(xlabel="MJD (TAI)", ylabel="Residual / error")
bottom.axhline(0, color="0.46", linewidth=0.8, zorder=0.5)
for band, (best, _, _) in fits.items():
    days, flux, error = points_of(lc, band)
    times = np.linspace(days[0] - 1, days[-1] + 1, 300)
    top.plot(times, bazin(times, *best), color=COLORS_ON_WHITE[band], linestyle=LINES[band])
    residual = (flux - bazin(days, *best)) / error
    style = {"color": COLORS_ON_WHITE[band], "markeredgecolor": "0.15", "markeredgewidth": 0.6}
    bottom.errorbar(days, residual, 1, fmt=SYMBOLS[band], **style)

# %%
# **Figure 2.** Above, the light curve in all bands, and the curve fitted to each band in which both
# the rise and the fall were observed. Below, the residuals, in units of the error of each point.
#
# When was it brightest?
# ----------------------
#
# For each band, print the time of maximum with its error, the time of the brightest point next to
# it, the rise and fall times, and the quality of the fit.

print("band  points  maximum [MJD]  error [d]  brightest point  rise [d]  fall [d]  chi2/dof")
for band, (best, errors, chi2) in fits.items():
    days, flux, _ = points_of(lc, band)
    print(f"{band:4}{len(days):8}{best[1]:15.1f}{errors[1]:11.1f}", end="")
    print(f"{days[flux.argmax()]:18.1f}{best[2]:10.1f}{best[2] * best[3]:10.1f}{chi2:10.1f}")

# %%
# A chi2 per degree of freedom near 1 says that the curve fits as well as the errors allow. If it is
# above 1, the errors printed here are enlarged by its square root. A maximum at the first or the
# last point, or a rise of 0.3 or 30 days, is a bound of the fit: the data do not constrain it.
#
# One shape for all bands?
# ------------------------
#
# Fewer parameters mean smaller errors. Fit the same bands with one maximum, one rise and one fall,
# and an amplitude for each, and see whether the data allow it.


def one_shape(points, maximum, rise, ratio, *amplitudes):
    """Return the flux at each day and band; bands are numbered from 0."""
    days, band = points
    return bazin(days, np.take(amplitudes, band.astype(int)), maximum, rise, ratio)


days, flux, error = np.hstack([points_of(lc, band) for band in fits])
number = [np.full(len(points_of(lc, band)[0]), at) for at, band in enumerate(fits)]
points = np.array([days, np.concatenate(number)])
start = [days[flux.argmax()], 4, 5, *(best[0] for best, _, _ in fits.values())]
bounds = ([days.min(), 0.3, 1.1, *[0] * len(fits)], [days.max(), 30, 99, *[np.inf] * len(fits)])
best, covariance = curve_fit(
    one_shape, points, flux, start, error, True, bounds=bounds, max_nfev=10_000
)
chi2 = np.sum(((flux - one_shape(points, *best)) / error) ** 2) / (len(days) - len(best))
print(f"maximum at {best[0]:.1f} +- {covariance[0, 0] ** 0.5:.1f}, chi2/dof {chi2:.1f}")

# %%
# Compare chi2 with those in the table. Most supernovae fade faster in the blue. If one shape leaves
# a chi2 well above 1, neither its maximum nor the error, which is not enlarged here, can be
# trusted.
#
# What the alerts miss
# --------------------
#
# Print how many alerts are included in the light curve, and why the others are not.

from antares_helpers import alert_summary

print(alert_summary(lc).meta["sentence"])

# %%
# * Dipoles and flagged points are excluded: their fluxes may not be those of the supernova.
# * Negative fluxes are measurements and are included. A fit of magnitudes would lose them.
# * If the template contains light from the supernova, late fluxes lie below zero. Then add a
#   constant to the function.
# * Before the explosion there are no points, because an alert is a detection. So the beginning of
#   the rise is not constrained, and near the limit mostly points that scattered up appear
#   (selection bias).
#
# Use a real template
# -------------------
#
# `sncosmo <https://sncosmo.readthedocs.io>`_ fits spectral templates. Convert the light curve to
# the table that it takes, and print its first rows. Install sncosmo and iminuit to call
# ``fit_template``, with the name of a model or with your own ``sncosmo.Source``. Models and
# bandpasses given by name are downloaded.

from antares_helpers.convert import to_sncosmo


def fit_template(table, source="salt3", redshifts=(0.01, 0.5)):
    """Fit an sncosmo template; return the result and the fitted model."""
    import sncosmo

    model = sncosmo.Model(source=source)
    free = ["z", "t0", *model.source.param_names]
    return sncosmo.fit_lc(table, model, free, bounds={"z": redshifts})


table = to_sncosmo(lc)
rows = table["time", "band", "flux", "fluxerr", "zp", "zpsys"][:5]
for name, decimals in (("time", 4), ("flux", 1), ("fluxerr", 1)):
    rows[name].info.format = f".{decimals}f"
rows.pprint()

# %%
# The zero point 31.4 (AB) means that the fluxes are in nJy. If the redshift of the host is known,
# give it to ``fit_template`` as a narrow range.
#
# Exercise
# --------
#
# Does the time of maximum depend on the function? Fit a parabola to the points within ten days of
# each maximum, and compare. In the simulated sky, ``sim_peak_mjd`` is the true maximum in r.
#
# .. dropdown:: Solution
#
#    The vertex of the parabola is its maximum. If the two functions differ by more than the errors
#    of the table, the difference is the better error.
#
#    .. code-block:: python
#
#       for band, (best, errors, _) in fits.items():
#           days, flux, error = points_of(lc, band)
#           near = abs(days - best[1]) < 10
#           if near.sum() >= 4:
#               x = days[near] - best[1]
#               a, b, _ = np.polyfit(x, flux[near], 2, w=1 / error[near])
#               vertex = f"{-b / (2 * a):+.1f} d" if a < 0 else "no maximum"
#               print(f"{band}: {best[1]:.1f} ± {errors[1]:.1f}, parabola {vertex}")
#       print("truth in r:", locus.properties.get("sim_peak_mjd", "unknown"))
#
# Where to go next
# ----------------
#
# * What a dipole and a flag are: :doc:`/tutorials/2_light_curves/05_choose_which_points_to_trust`.
# * Add the points from ZTF: :doc:`/tutorials/2_light_curves/09_combine_ztf_and_lsst`.
# * Fit many light curves: :doc:`/tutorials/4_many_loci/16_fetch_a_hundred_light_curves`.
# * Find candidates by their tags: :doc:`/tutorials/3_finding_things/13_search_by_property_and_tag`.
