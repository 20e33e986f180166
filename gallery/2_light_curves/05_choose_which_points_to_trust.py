"""
Choose which points to trust
============================

A cosmic ray, the edge of a detector or a poor subtraction produces an alert
too. Rubin flags suspect detections, and ANTARES passes the flags on. Read the
quality indicators, choose your cuts, and count what they cost: good points,
too.
"""

# sphinx_gallery_tags = ["photometry", "data quality"]

import matplotlib.pyplot as plt

from antares_helpers import extract_lightcurve, find_loci, plot_lightcurve

newest = find_loci(properties={"num_alerts": (20, None)}, limit=40)
for found in newest:
    lc = extract_lightcurve(found)
    flagged = lc["flagged"] | lc["is_dipole"]
    is_low = ~(lc["reliability"] >= 0.6)
    if 0 < flagged.sum() < len(lc) / 2 and is_low[~flagged].any():
        break
else:
    raise LookupError("No locus of the 40 newest has points of each kind.")

fig = plt.figure(figsize=(7, 5), layout="constrained")
top, bottom = fig.subplots(2, height_ratios=(3, 2), sharex=True)
plot_lightcurve(lc, ax=top).set_xlabel("")
mjd, reliability = lc.time.mjd, lc["reliability"]
bottom.plot(mjd, reliability, "o", color="0.7", mec="0.2", label="detection")
for ax, y in ((top, lc["flux"]), (bottom, reliability)):
    ax.plot(mjd[flagged], y[flagged], "kx", ms=11, mew=2, label="doubtful")
bottom.axhline(0.6, color="0.4", linestyle="--", label="cut at 0.6")
bottom.set(xlabel="MJD (TAI)", ylabel="reliability", ylim=(0.48, 1.02))
beside = {"loc": "upper left", "bbox_to_anchor": (1.01, 1), "frameon": False}
legend = bottom.legend(**beside)

# %%
# **Figure 1.** One light curve and, below it, the reliability of each point.
# Crosses mark doubtful points: flagged, or dipoles. The dashed line is a cut
# at 0.6: it excludes points without a flag, too, and some flagged ones may
# pass it.
#
# Four quality indicators
# -----------------------
#
# * ``flux_err``, Rubin's ``psfFluxErr``, is the 1-sigma error of ``psfFlux``.
# * ``reliability`` is the probability, from 0 to 1, that the detection is
#   astrophysical. It comes from a machine-learning classifier. `Rubin sends no
#   alert below 0.5 <https://prompt-products.lsst.io/processing/filtering/>`_
#   (since 2026-02-24; before, below 0.1), and removes other artifacts as well.
#   So you see neither most artifacts nor the good detections below 0.5.
# * ``flagged`` is set if the PSF photometry, the position or a pixel has a
#   flag. Others, such as that of the shape, do not count.
# * ``is_dipole`` is set if the detection is well fitted by a hole next to a
#   peak.
#
# Print the flags of the alerts that have any (or are dipoles), next to the
# general ``pixelFlags``. That one means that the pixel flags could not be set:
# if it is False, the specific ones are valid, whether set or not. Test those;
# the column ``flagged`` does.

from antares_helpers import fetch_locus

locus = fetch_locus(found.locus_id)
print("reliability  pixelFlags  flags that are set")
for alert in locus["alerts"]:
    values = alert["properties"]
    names = [n for n in values if "flag" in n.lower() or n.endswith("Dipole")]
    flags = [name.split("_", 2)[-1] for name in names if values[name] is True]
    if alert["id"].startswith("lsst") and flags:
        general = values.get("lsst_diaSource_pixelFlags")
        score = values.get("lsst_diaSource_reliability", float("nan"))
        print(f"{score:11.2f}  {general!s:10}  {', '.join(flags)}")

# %%
# A high reliability does not rule out a flag. The alerts in the `tutorials of
# the broker Fink <https://github.com/astrolabsoftware/fink-tutorials>`_
# include a real detection, of diaObject 170028528328769656, with bad,
# interpolated and cosmic-ray pixels and a reliability of 0.9986.
#
# Count what a cut costs
# ----------------------
#
# A cut on the reliability excludes good points, too. Count the points that it
# excludes, with a flag (or dipoles) and without. A point of unknown
# reliability is below every cut.

print("reliability below   flagged  not flagged")
for cut in (0.6, 0.7, 0.8, 0.9):
    is_below = ~(lc["reliability"] >= cut)
    bad, good = (is_below & flagged).sum(), (is_below & ~flagged).sum()
    print(f"{cut:17}  {bad:2} of {flagged.sum()}  {good:5} of {sum(~flagged)}")

# %%
# A good cut excludes most of the first column and few of the second. Whether
# there is one depends on the object. Of 93 real detections that are not
# dipoles, in the alerts that this project has examined, a cut at 0.6 excludes
# 17%. Of the 27 detections of diaObject 170046091723538510 in Fink's
# tutorials, which looks like a supernova, it excludes 13.
#
# Exclude points
# --------------
#
# Choose which points to exclude, by flags or by reliability, and compare.
# Nothing is deleted from the locus; each excluded alert is counted once, under
# the first reason that applies. An alert with no flag counts as unflagged.

from antares_helpers import alert_summary

clean = extract_lightcurve(locus, keep_dipoles=False, keep_flagged=False)
reliable = extract_lightcurve(locus, min_reliability=0.6)

fig = plt.figure(figsize=(9, 3.8), layout="constrained")
left, right = fig.subplots(1, 2, sharex=True, sharey=True)
plot_lightcurve(clean, title="No flag, no dipole", legend=False, ax=left)
plot_lightcurve(reliable, title="Reliability of at least 0.6", ax=right)
right.yaxis.label.set_visible(False)

for each in (clean, reliable):
    print(alert_summary(each).meta["sentence"])

# %%
# **Figure 2.** The light curve of Figure 1 after two cuts, on the same axes.
# Left: flagged points and dipoles are excluded. Right: points of a reliability
# below 0.6 are.
#
# Are the error bars realistic?
# -----------------------------
#
# Compare pairs of points in the same band taken less than an hour apart. If
# the source does not change within an hour, and the errors are right, the
# differences in units of their errors have an rms of 1. From N pairs, that rms
# is uncertain by 1/sqrt(2N). Only points above 10 sigma are used: near the
# limit of 5 sigma a point exists only if noise has not lowered it, and such
# points scatter less.

import numpy as np


def pulls_of_pairs(lc):
    """Return the differences of close pairs, in units of their errors."""
    pulls = [np.empty(0)]
    for band in sorted(set(lc["band"])):
        points = lc[(lc["band"] == band) & (lc["snr"] > 10)]
        flux, error = points["flux"].value, points["flux_err"].value
        is_close = np.diff(points.time.mjd) < 1 / 24
        pull = np.diff(flux) / np.hypot(error[1:], error[:-1])
        pulls.append(pull[is_close])
    return np.concatenate(pulls)


for name, each in (("all", lc), ("no flag, no dipole", clean)):
    pulls = pulls_of_pairs(each)
    result = "no rms"
    if len(pulls):
        rms, error = np.sqrt(np.mean(pulls**2)), 1 / np.sqrt(2 * len(pulls))
        result = f"rms {rms:.2f}, expected 1 +- {error:.2f}"
    print(f"{name}, {len(pulls)} pairs: {result}")

# %%
# An rms well above 1 means bad points, underestimated errors, or a source that
# varies within an hour. An error bar describes noise; it does not account for
# a cosmic ray or a poor subtraction. For bright sources it may be too small:
# other errors, such as those of the calibration and of the subtraction, grow
# with the flux.
#
# Dipoles
# -------
#
# A dipole is a hole next to a peak: the source and its template are not quite
# aligned. Most dipoles are artifacts of the subtraction. Find a locus that has
# some, and see whether a cut on the reliability could replace
# ``keep_dipoles=False``.

for found in newest:
    other = extract_lightcurve(found)
    dipole = other["is_dipole"]
    if 0 < dipole.sum() < len(other):
        break
else:
    raise LookupError("No locus of the 40 newest has dipoles among others.")

fig, ax = plt.subplots(figsize=(6.5, 3.6), layout="constrained")
snr, reliability = other["snr"], other["reliability"]
for group, name in ((~dipole, "no dipole"), (dipole, "dipole")):
    color = "#B22222" if name == "dipole" else "0.7"
    shown = {"color": color, "mec": "0.2", "label": name}
    ax.plot(snr[group], reliability[group], "o", **shown)
ax.axhline(0.6, color="0.4", linestyle="--", label="cut at 0.6")
ax.set(xscale="log", xlabel="signal-to-noise ratio", ylabel="reliability")
ax.set(ylim=(0.48, 1.02), title=other.meta["locus_id"])
legend = ax.legend(**beside)

passing = (reliability[dipole] >= 0.6).sum()
print(f"{passing} of {dipole.sum()} dipoles pass a cut at 0.6")

# %%
# **Figure 3.** Reliability against signal-to-noise ratio for the points of one
# locus, dipoles in red; the dashed line is at 0.6.
#
# Real dipoles pass such a cut, too: of 74 detections of four diaObjects in
# Fink's tutorials, 15 are dipoles, and 6 of these have a reliability of at
# least 0.6. Exclude them by ``is_dipole``.
#
# Cuts are choices
# ----------------
#
# The filters that run in ANTARES choose differently (antares-devkit 0.11.1).
# The one that sets the tag ``lsst_scimma_quality_transient`` requires a
# reliability of at least 0.6, no dipole, and none of seven flags. The one
# behind ``SN_candies`` requires 0.9. Each tests only the alert that has just
# arrived, so a tag says little about the points before and after it.
#
# Look at the light curve both ways, and report your cuts and the counts with
# your result.
#
# Exercise
# --------
#
# Which cut on the reliability costs a tenth of the points without a flag, and
# how many of the flagged ones does it exclude?
#
# .. dropdown:: Solution
#
#    The cut is a quantile. If it excludes few of the flagged points, use the
#    flags instead.
#
#    .. code-block:: python
#
#       good = lc["reliability"][~flagged]
#       cut = np.nanquantile(good, 0.1)
#       excluded = (lc["reliability"][flagged] < cut).sum()
#       print(f"below {cut:.2f}: {(good < cut).sum()} of {len(good)} without a flag")
#       print(f"and {excluded} of {flagged.sum()} with one")
#
# Where to go next
# ----------------
#
# * All the reasons for which a point can be excluded:
#   `antares_helpers.alert_summary`.
# * Why a dipole may be negative:
#   :doc:`/tutorials/2_light_curves/04_handle_negative_fluxes`.
# * What a flag looks like:
#   :doc:`/tutorials/3_finding_things/14_look_at_cutouts`.
# * When a point was taken:
#   :doc:`/tutorials/2_light_curves/06_get_times_right`.
