"""
Fit a supernova
===============

When was a supernova brightest, and how well is that known? The brightest point alone does not
answer this: weather and noise determine which one that is. This page needs scipy, which
``antares-helpers[tutorials]`` installs and the Rubin Science Platform has. Fit a curve, see how far
off a good-looking fit can be, quote an honest error, and check it on supernovae whose maximum is
known.
"""

# sphinx_gallery_tags = ["supernovae", "photometry"]
# sphinx_gallery_thumbnail_number = 2

import numpy as np
from scipy.optimize import curve_fit

from antares_helpers import extract_lightcurve, find_loci, plot_lightcurve

CUTS = {"keep_dipoles": False, "keep_flagged": False}


def bazin(days, peak, maximum, rise, ratio):
    x = (days - maximum) / rise
    return peak * ratio * np.exp(-x / ratio) / (ratio - 1 + np.exp(-x))


def near_maximum(lc):
    days, flux, error = lc.time.mjd, lc["flux"].value, lc["flux_err"].value
    since = days - days[flux.argsort()[-1:]]
    near = (since > -15) & (since < 30)
    return days[near], flux[near], error[near]


for locus in find_loci(tag="SN_candies", limit=30):
    lc = extract_lightcurve(locus, bands="r", **CUTS)
    days, flux, error = near_maximum(lc)
    if len(days) > 9 and 0 < flux.argmax() < len(days) - 2:
        break
else:
    raise LookupError("No SN_candies has 10 points near its maximum in r.")

start = flux.max(), days[flux.argmax()], 4, 5
box = [-np.inf, days[0], 0.3, 1.1], [np.inf, days[-1], 30, 99]
best, _ = curve_fit(bazin, days, flux, start, error, True, bounds=box)
ax = plot_lightcurve(lc, title=f"Bazin: brightest at MJD {best[1]:.1f}")
times = np.linspace(days[0], days[-1], 300)
ax.plot(times, bazin(times, *best), color="0.25", zorder=1)
line = ax.axvline(locus.properties.get("sim_peak_mjd", np.nan), ls="--")

# %%
# **Figure 1.** The light curve of one transient in the r band, and a curve fitted to the points
# from 15 days before the brightest to 30 days after it. The dashed line is the true time of
# maximum, which simulated supernovae give as ``sim_peak_mjd``: the maximum in r, as observed. Real
# ones have no such line.
#
# The function
# ------------
#
# The flux follows ``exp(-(t - t0) / fall) / (1 + exp(-(t - t0) / rise))``, the function of Bazin et
# al. (`2009 <https://doi.org/10.1051/0004-6361/200911847>`_) without its constant, since the
# template has been subtracted. It is brightest at ``t0 + rise * log(fall / rise - 1)``. The code
# above uses that time, and the flux at that time, as parameters, so the fit gives their errors
# directly; ``ratio`` is ``fall / rise``.
#
# It describes a shape, not the physics. It includes neither the shoulder and the second maximum of
# a type Ia supernova in the red nor the plateau of a type IIP. If the points are precise, that
# moves the maximum by days, and no error of the fit contains it.
#
# Ask a second function
# ---------------------
#
# A function that is as good, and different, shows how much the choice matters. Around the maximum,
# many people fit a polynomial to the magnitudes; take one of third order, written for fluxes, so
# that negative ones count. Fit both functions to the same points.


def cubic(days, peak, maximum, curvature, skewness):
    """Return the flux if the magnitude is a polynomial of third order."""
    x = (days - maximum) / 10
    return peak * np.exp(-curvature * x**2 - skewness * x**3)


FIT = {"absolute_sigma": True, "x_scale": "jac", "max_nfev": 9999}
SHAPES = {
    bazin: [(4, 5), (0.3, 1.1), (30, 99)],
    cubic: [(1, 0), (0, -9), (9, 9)],
}


def fit(shape, days, flux, error):
    """Return the best parameters, their errors, and chi2/dof."""
    start, lowest, highest = SHAPES[shape]
    start = [flux.max(), days[flux.argmax()], *start]
    box = [-np.inf, days[0], *lowest], [np.inf, days[-1], *highest]
    best, cov = curve_fit(shape, days, flux, start, error, bounds=box, **FIT)
    residual = (flux - shape(days, *best)) / error
    chi2 = np.sum(residual**2) / (len(days) - len(best))
    return best, np.sqrt(np.diag(cov) * max(chi2, 1)), chi2


def maximum_of(points):
    """Return the time of maximum, its error, and both of each function."""
    fits = [fit(shape, *points) for shape in SHAPES]
    times = np.array([best[1] for best, _, _ in fits])
    errors = np.array([error[1] for _, error, _ in fits])
    total = np.hypot(errors.max(), np.ptp(times) / 2)
    return times.mean(), total, times, errors


mean, total, maxima, errors = maximum_of((days, flux, error))
title = f"brightest at MJD {mean:.1f} ± {total:.1f}"
near = lc[(lc.time.mjd >= days[0]) & (lc.time.mjd <= days[-1])]
ax = plot_lightcurve(near, title=title, legend=False)
ax.axvspan(mean - total, mean + total, color="0.88", zorder=0)
for shape, line in ((bazin, "-"), (cubic, ":")):
    best, _, chi2 = fit(shape, days, flux, error)
    label = f"{shape.__name__}, chi2/dof {chi2:.1f}"
    ax.plot(times, shape(times, *best), line, color="0.25", label=label)
truth = locus.properties.get("sim_peak_mjd")
if truth:
    ax.axvline(truth, linestyle="--", label="true maximum")
legend = ax.legend(frameon=False)

for shape, maximum, error_of_it in zip(SHAPES, maxima, errors):
    print(f"{shape.__name__:6}{maximum:10.1f} +- {error_of_it:.1f}")
print(f"mean  {mean:10.1f} +- {total:.1f}; true: {truth or 'not known'}")

# %%
# **Figure 2.** The same points, near the maximum, with both functions, which are brightest at
# different times. The shaded stripe is their mean with the error quoted here, the dashed line the
# true maximum, where it is known.
#
# * The error of each function is that of ``curve_fit``, multiplied by the square root of chi2 per
#   degree of freedom (dof) if that is above 1. The same ``fit`` is used everywhere below.
# * A chi2 per dof well above 1 says that the points contradict the function, which is not the
#   supernova. If they are precise, they contradict any simple one.
# * **A chi2 per dof near 1 does not say that the time is right.** It says that the points are not
#   precise enough to contradict the function.
# * So quote the mean of both times, and add half their difference, in quadrature, as a systematic
#   error.
#
# Check it where the truth is known
# ---------------------------------
#
# An error is honest if two times out of three the truth lies within it. Repeat both fits for all
# simulated supernovae of types Ia and Ibc, in r. Print the *pulls*, the distance from the truth in
# units of the error: their rms should be near 1. Count the supernovae without 5 points near the
# maximum, 1 before the brightest and 2 after it, and the fits whose error is above 5 days.

import matplotlib.pyplot as plt

from antares_helpers import iter_loci


def is_covered(points):
    """Return whether 5 points are there, 1 before the top and 2 after."""
    days, flux, _ = points
    return len(days) > 4 and 0 < flux.argmax() < len(days) - 2


found = find_loci(properties={"sim_peak_mjd": (0, None)}, limit=200)
names, offsets, errors = [], [], []
not_covered, refused = 0, 0
for each in iter_loci(found, include_catalogs=False, progress=False):
    points = near_maximum(extract_lightcurve(each, bands="r", **CUTS))
    if not is_covered(points):
        not_covered += 1
        continue
    mean, total, maxima, own = maximum_of(points)
    if not total < 5:
        refused += 1
        continue
    true = each["old_properties"]["sim_peak_mjd"]
    names.append(each["id"])
    offsets.append([*(maxima - true), mean - true])
    errors.append([*own, total])

print(f"{len(found)} supernovae with a known maximum: {len(names)} checked,")
print(f"{not_covered} not covered, {refused} with an error above 5 d")
if names:
    offsets, errors = np.transpose(offsets), np.transpose(errors)
    fig, ax = plt.subplots(figsize=(7, 5), layout="constrained")
    ax.use_sticky_edges = False
    rows = range(len(names))
    left = offsets[2] - errors[2]
    ax.barh(rows, 2 * errors[2], 0.4, left, color="0.75", label="mean")
    ax.plot(offsets[0], rows, "<", color="#B22222", label="bazin")
    ax.plot(offsets[1], rows, ">", color="#1F5FA8", label="cubic")
    ax.axvline(0, color="0.2", linewidth=0.8)
    ax.set_yticks(rows, names)
    ax.set_xlabel("fitted minus true time of maximum in r [d]")
    ax.legend(frameon=False)
    print("       mean offset  rms offset  rms of pulls")
    kinds = "bazin", "cubic", "mean"
    for name, offset, error in zip(kinds, offsets, errors):
        rms, pull = (np.sqrt(np.mean(x**2)) for x in (offset, offset / error))
        print(f"{name:8}{offset.mean():8.1f} d{rms:10.1f} d", end="")
        print(f"{pull:9.2f} +- {pull / np.sqrt(2 * len(names)):.2f}")

# %%
# **Figure 3.** Each row is a simulated supernova, and zero its true maximum. Red triangles are
# Bazin's function, blue ones the polynomial. Gray bars are the mean with the error quoted here.
#
# With their own errors both functions are off more than these allow: noise is the smaller part.
# With the systematic error the pulls have an rms near 1; below 1, the error is rather too large.
# The rms has an error of its own: the rms divided by the square root of twice the number of
# supernovae. The difference of two functions is not a proof: both can be wrong in the same
# direction, most of all where no point lies close to the maximum.
#
# All bands, with residuals
# -------------------------
#
# Fit each band whose maximum is covered, by the same rules, and plot the residuals of Bazin's
# function. A perfect function would leave only noise.

from antares_helpers.bands import BANDS, COLORS_ON_WHITE, LINES, SYMBOLS

lc = extract_lightcurve(locus, **CUTS)
points_of = {}
for band in BANDS:
    points = near_maximum(lc[lc["band"] == band])
    if is_covered(points) and maximum_of(points)[1] < 5:
        points_of[band] = points
    else:
        print(f"{band}: the points do not constrain the maximum")

fig, (top, bottom) = plt.subplots(
    2,
    1,
    figsize=(7, 5.2),
    height_ratios=(3, 1),
    sharex=True,
    layout="constrained",
)
plot_lightcurve(lc, ax=top).set_xlabel("")
bottom.set(xlabel="MJD (TAI)", ylabel="Residual / error")
bottom.axhline(0, color="0.46", linewidth=0.8, zorder=0.5)
for band, (days, flux, error) in points_of.items():
    color = COLORS_ON_WHITE[band]
    best, _, _ = fit(bazin, days, flux, error)
    times = np.linspace(days[0], days[-1], 300)
    top.plot(times, bazin(times, *best), color=color, linestyle=LINES[band])
    residual = (flux - bazin(days, *best)) / error
    style = {"fmt": SYMBOLS[band], "mec": "0.15", "mew": 0.5}
    bottom.errorbar(days, residual, 1, color=color, **style)

# %%
# **Figure 4.** Above, the light curve in all bands, and Bazin's function fitted to each band that
# is covered, near its maximum. Below, the residuals, in units of the error of each point.
#
# For each band, print the time of maximum with its error, the time of the brightest point, and chi2
# per degree of freedom of both functions.

print("band  points  maximum [MJD]  error [d]  brightest  chi2/dof of both")
for band, (days, flux, error) in points_of.items():
    mean, total, _, _ = maximum_of((days, flux, error))
    brightest = days[flux.argmax()]
    chi2, other = (fit(shape, days, flux, error)[2] for shape in SHAPES)
    print(f"{band:4}{len(days):8}{mean:15.1f}{total:11.1f}", end="")
    print(f"{brightest:11.1f}{chi2:10.1f}{other:8.1f}")

# %%
# A type Ia supernova has a second maximum in z and y, about a month after the first, which can be
# the higher one: a band that is brightest weeks after r shows that one.
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
# * If the template contains light from the supernova, all fluxes are too low by it, and late ones
#   lie below zero. Then add a constant to the function.
# * Before the first detection there are no points, because ANTARES passes on detections only. So
#   the beginning of the rise is not constrained, and near the limit mostly points that scattered up
#   appear (selection bias). Rubin's own packets also contain forced photometry of the visits of the
#   12 months before (``prvDiaForcedSources``). Holders of data rights add it with
#   ``extract_lightcurve(locus, forced=fetch_alert_packet(locus))``; other brokers pass it on, too.
#
# Use a real template, and remove the dust
# ----------------------------------------
#
# `sncosmo <https://sncosmo.readthedocs.io>`_ fits spectral templates. The dust of the Milky Way
# dims and reddens every supernova. A fit without it finds too red a color and too large a distance,
# each by about E(B-V), in mag. So look up E(B-V) at the position, in the map named SFD: `IRSA
# <https://irsa.ipac.caltech.edu/applications/DUST/>`_ gives it, and so does the package dustmaps.
#
# Schlafly and Finkbeiner (`2011 <https://doi.org/10.1088/0004-637X/737/2/103>`_) found that the
# values of this map are too high: 0.86 of them is the true E(B-V), which IRSA lists as ``SandF``.
# The factors in their table 6, here those for Rubin's bands and R_V = 3.1, include that. So they
# apply to the values of SFD as they are, and a law of extinction, as in sncosmo, to 0.86 of them:
# never use both corrections. Simulated supernovae have E(B-V) as in SFD, in ``sim_mw_ebv``. Print
# what it costs in each band.

FACTORS = (4.145, 3.237, 2.273, 1.684, 1.323, 1.088)
RECALIBRATION = 0.86

ebv_sfd = locus.properties.get("sim_mw_ebv", 0.02)
ebv_mw = RECALIBRATION * ebv_sfd
print(f"SFD {ebv_sfd:.3f}, so that E(B-V) = {ebv_mw:.3f}, at", end=" ")
print(f"{locus.ra:.4f} {locus.dec:+.4f}:")
costs = [f"{band} {x * ebv_sfd:.2f}" for band, x in zip(BANDS, FACTORS)]
print(", ".join(costs), "mag")

# %%
# Convert the light curve to the table that sncosmo takes, and print its first rows. Install sncosmo
# and iminuit to call ``fit_template``, with the name of a model or with your own
# ``sncosmo.Source``. Models and bandpasses given by name are downloaded.

from antares_helpers.convert import to_sncosmo


def fit_template(table, ebv_mw, source="salt3", redshifts=(0.01, 0.5)):
    """Fit an sncosmo template behind the dust of the Milky Way.

    Return the result and the fitted model.
    """
    import sncosmo

    dust = {"effects": [sncosmo.F99Dust()], "effect_names": ["mw"]}
    model = sncosmo.Model(source, **dust, effect_frames=["obs"])
    model["mwebv"] = ebv_mw
    free = ["z", "t0", *model.source.param_names]
    return sncosmo.fit_lc(table, model, free, bounds={"z": redshifts})


table = to_sncosmo(lc)
rows = table["time", "band", "flux", "fluxerr", "zp", "zpsys"][:5]
for name, decimals in (("time", 4), ("flux", 1), ("fluxerr", 1)):
    rows[name].info.format = f".{decimals}f"
rows.pprint()

# %%
# The zero point 31.4 (AB) means that the fluxes are in nJy. ``fit_template(table, ebv_mw)`` keeps
# the dust fixed (``mwebv``, in the frame of the observer). If the redshift of the host is known,
# give it as a narrow range.
#
# Exercise
# --------
#
# Try a third function: fit a parabola to the points within ten days of each maximum. Does its
# vertex lie within the error? In the simulated sky, ``sim_peak_mjd`` is the true maximum in r.
#
# .. dropdown:: Solution
#
#    If the vertex of the parabola is farther from the mean than the error, the error is too small.
#
#    .. code-block:: python
#
#       for band, (days, flux, error) in points_of.items():
#           mean, total, _, _ = maximum_of((days, flux, error))
#           near = abs(days - mean) < 10
#           if near.sum() >= 4:
#               x = days[near] - mean
#               a, b, _ = np.polyfit(x, flux[near], 2, w=1 / error[near])
#               vertex = f"{-b / (2 * a):+.1f} d" if a < 0 else "no maximum"
#               print(f"{band}: {mean:.1f} ± {total:.1f}, parabola {vertex}")
#       print("truth in r:", locus.properties.get("sim_peak_mjd", "unknown"))
#
# Where to go next
# ----------------
#
# * What a dipole and a flag are: :doc:`/tutorials/2_light_curves/05_choose_which_points_to_trust`.
# * Add the points from ZTF: :doc:`/tutorials/2_light_curves/09_combine_ztf_and_lsst`.
# * Fit many light curves: :doc:`/tutorials/4_many_loci/16_fetch_a_hundred_light_curves`.
# * Find candidates by their tags: :doc:`/tutorials/3_finding_things/13_search_by_property_and_tag`.
