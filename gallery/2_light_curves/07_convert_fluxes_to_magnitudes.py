"""
Convert fluxes to magnitudes
============================

A magnitude is a logarithm, and a difference flux may be negative: such a point has no magnitude.
Plot magnitude against flux for a variable source, and see which points a plot in magnitudes loses.
"""

# sphinx_gallery_tags = ["photometry", "supernovae"]

import matplotlib.pyplot as plt
import numpy as np

from antares_helpers import extract_lightcurve, find_loci, to_magnitude

for found in find_loci(properties={"num_alerts": (20, None)}, limit=30):
    lc = extract_lightcurve(found)
    if len(lc) / 3 < (lc["flux"] < 0).sum() < len(lc) * 2 / 3:
        break
else:
    raise LookupError("No locus is negative about half the time.")

flux, error = lc["flux"].value, lc["flux_err"].value
magnitude, magnitude_err = to_magnitude(flux, error)
low, high, lost = 1.1 * flux.min(), 1.1 * flux.max(), flux <= 0
curve, look = np.linspace(1, high, 2000), {"color": "#31688e", "mec": "0.15"}

fig, ax = plt.subplots(figsize=(7, 4), layout="constrained")
ax.axvspan(low, 0, color="0.93")
ax.plot(curve, to_magnitude(curve), color="0.46")
ax.errorbar(flux, magnitude, magnitude_err, error, "o", ms=7, **look)
ax.vlines(flux[lost], 0, 0.07, "#31688e", transform=ax.get_xaxis_transform())
missing = f"no magnitude:\n{lost.sum()} of {len(lc)}"
ax.text(low / 2, np.nanmean(magnitude), missing, ha="center")
ax.set(xlabel="Difference flux [nJy]", ylabel="Difference magnitude [AB]")
bottom, top = np.nanmax(magnitude) + 2, np.nanmin(magnitude) - 0.5
limits = ax.set(xlim=(low, high), ylim=(bottom, top))
ax.set_title(lc.meta["locus_id"])

# %%
# **Figure 1.** Difference magnitude against difference flux for each detection of one variable
# source. The curve diverges as the flux goes to zero. Short lines in the shaded part mark the
# detections whose flux is not positive: they have no magnitude.
#
# From nanojansky to AB
# ---------------------
#
# Rubin's fluxes are in nJy, so that ``m = 31.4 - 2.5 log10(flux)``. ANTARES' ``ant_mag`` is this
# magnitude of ``psfFlux``: of the change, not of the source. Compare the two for three positive
# alerts.

from antares_helpers import fetch_locus

locus = fetch_locus(found.locus_id)
print("psfFlux [nJy]  to_magnitude  ant_mag")
rows = 0
for alert in locus["alerts"]:
    get = alert["properties"].get
    psf_flux, ant_mag = get("lsst_diaSource_psfFlux"), get("ant_mag")
    if None not in (psf_flux, ant_mag) and psf_flux > 0 and rows < 3:
        own = to_magnitude(psf_flux)
        print(f"{psf_flux:13.1f}  {own:12.4f}  {ant_mag:7.4f}")
        rows += 1

# %%
# A magnitude has no sign: never infer the sign of a flux from ``ant_mag``.
#
# Change or source
# ----------------
#
# A difference flux is right for a transient, which is not in the template. A variable star is in
# the template too. As it crosses the brightness that it had there, its difference magnitude
# diverges; while it is fainter, it has none. Use the total flux instead, measured on each new
# image: ``flux="total"``. Plot both, and note the message that `antares_helpers.plot_lightcurve`
# writes in the first. Draw the mean total flux of each band in the second.

from antares_helpers import plot_lightcurve
from antares_helpers.bands import COLORS_ON_WHITE, LINES

total = extract_lightcurve(locus, flux="total")

fig, axes = plt.subplots(2, figsize=(7, 6), sharex=True, layout="constrained")
plot_lightcurve(lc, y="magnitude", ax=axes[0]).set_xlabel("")
plot_lightcurve(total, y="magnitude", title="", ax=axes[1])
for band in np.unique(total["band"]):
    mean = to_magnitude(total["flux"][total["band"] == band].mean())
    line = {"color": COLORS_ON_WHITE[band], "linestyle": LINES[band]}
    axes[1].axhline(mean, linewidth=1, zorder=0.5, **line)
for calendar in axes[1].child_axes:
    calendar.set_visible(False)

# %%
# **Figure 2.** The same detections in magnitudes, twice. Top: the difference flux; a note in the
# axes says how many points are missing. Bottom: the total flux, with a line at the mean of each
# band. Few points lie near the lines: there, the source is about as bright as in its template, and
# Rubin detects no change.
#
# Compute how much the source seems to vary in each, in the band with the most points in the first.

bands, counts = np.unique(lc["band"][~lost], return_counts=True)
band = bands[counts.argmax()]
for name, each in (("difference", lc), ("total", total)):
    values = to_magnitude(each["flux"][each["band"] == band])
    values = values[np.isfinite(values)]
    if len(values):
        print(f"{name:10}  {len(values):2} points in {band}", end="")
        print(f" span {np.ptp(values):.2f} mag")

# %%
# The total flux of a supernova contains its host galaxy. There the difference is the better choice,
# and so it is for an active nucleus: ``scienceFlux`` is measured as if the source were a point, so
# that on a galaxy it changes with the seeing. The template fluxes of real objects scatter by 4 to
# 19 percent in one band for this reason, far more than their errors.
#
# Asinh magnitudes
# ----------------
#
# `Lupton, Gunn and Szalay (1999) <https://doi.org/10.1086/301004>`_ replace the logarithm with an
# inverse hyperbolic sine. Such an *asinh magnitude* equals the usual one if the flux is many times
# its error, passes smoothly through zero, and has an error bar everywhere. It depends on a
# softening parameter ``b``, which you must quote with every asinh magnitude; they recommend 1.042
# sigma. Define it, and plot it with sigma the median error of this light curve.


def asinh_magnitude(flux, flux_err, softening):
    """Return asinh AB magnitudes and their errors, from values in nJy."""
    scale, width = 2.5 / np.log(10), 2 * softening
    value = np.arcsinh(flux / width) + np.log(softening)
    return 31.4 - scale * value, scale * flux_err / np.hypot(flux, width)


sigma = np.median(error)
softening = 1.042 * sigma
curve = np.linspace(-20, 20, 2001) * sigma
near = abs(flux) < 20 * sigma
value, value_err = asinh_magnitude(flux[near], error[near], softening)
bars = {"yerr": value_err, "xerr": error[near] / sigma, **look}
asinh = asinh_magnitude(curve, 0, softening)[0]

fig, ax = plt.subplots(figsize=(7, 4), layout="constrained")
ax.axvspan(-5, 5, color="0.93", label="below 5 sigma")
ax.plot(curve / sigma, to_magnitude(curve), color="0.15", label="log")
ax.plot(curve / sigma, asinh, "--", color="#B22222", label="asinh")
ax.errorbar(flux[near] / sigma, value, fmt="o", label="detections", **bars)
ax.set(xlabel="Difference flux / sigma", ylabel="Difference magnitude [AB]")
ax.set_title(f"{lc.meta['locus_id']}, b = {softening:.0f} nJy")
ax.set_ylim(asinh_magnitude(np.array([-30, 30]) * sigma, 0, softening)[0])
legend = ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1), frameon=False)

# %%
# **Figure 3.** Magnitude against flux in units of the median error: the logarithm as a solid line,
# which diverges at zero, and the asinh magnitude as a dashed line, which passes through it. Symbols
# are the detections of Figure 1 within 20 sigma of zero, with error bars. The part within 5 sigma
# of zero is shaded.
#
# Few points lie in the shaded part: Rubin detects on difference images at a signal of at least 5
# sigma, positive or negative (`documentation of DP1 <https://dp1.lsst.io/processing/dia/>`_). Print
# both magnitudes at some fluxes.

print("flux / sigma    log      asinh")
for snr in (20, 5, 1, 0, -5, -20):
    value, value_err = asinh_magnitude(snr * sigma, sigma, softening)
    log = to_magnitude(snr * sigma)
    print(f"{snr:12}  {log:6.2f}  {value:6.2f} +- {value_err:.2f}")

# %%
# * Above 5 sigma the two agree to a few hundredths of a magnitude. Alerts are detections, so their
#   positive fluxes do not need asinh magnitudes.
# * Near zero the asinh magnitude is the right choice, for forced photometry: see
#   :doc:`/tutorials/6_from_light_curve_to_science/21_add_forced_photometry`.
# * A clear decline becomes a very large magnitude, as if it were a source too faint for Rubin to
#   see. It is not one: it is a hole. Quote its flux, or the total magnitude.
#
# Upper limits
# ------------
#
# An upper limit does not describe such a point either. Count the points that would be negative even
# if they were three sigma higher.

clear = (flux + 3 * error < 0).sum()
print(f"{clear} of {lost.sum()} negative points are clearly below zero")

# %%
# An upper limit says that nothing was detected. Here something was detected: a decline. Only ZTF's
# alerts come with true upper limits; with ``survey="all"`` they are drawn hollow, with an arrow
# toward fainter fluxes.
#
# Subtract, average and fit in flux, and convert to magnitudes last, if at all.
#
# Exercise
# --------
#
# Average first or convert first? In the band above, compare the magnitude of the mean total flux
# with the mean of the magnitudes.
#
# .. dropdown:: Solution
#
#    The mean of the magnitudes is fainter: the logarithm gives faint points more weight. The more
#    the source varies, the larger the difference.
#
#    .. code-block:: python
#
#       fluxes = total["flux"][total["band"] == band]
#       print(f"magnitude of the mean: {to_magnitude(fluxes.mean()):.3f}")
#       print(f"mean of the magnitudes: {np.nanmean(to_magnitude(fluxes)):.3f}")
#
# Where to go next
# ----------------
#
# * What a negative flux means: :doc:`/tutorials/2_light_curves/04_handle_negative_fluxes`.
# * Fold the total flux: :doc:`/tutorials/2_light_curves/08_find_the_period_of_a_variable_star`.
# * Plot upper limits: :doc:`/tutorials/2_light_curves/09_combine_ztf_and_lsst`.
