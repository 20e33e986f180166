"""
Choose which points to trust
============================

A cosmic ray, the edge of a detector or a poor subtraction produces an alert too. Rubin flags
suspect detections, and ANTARES passes the flags on. Read the quality indicators, choose your cuts,
and count the points that they exclude.
"""

# sphinx_gallery_tags = ["photometry", "data quality"]

import matplotlib.pyplot as plt

from antares_helpers import extract_lightcurve, fetch_locus, find_loci, plot_lightcurve

newest = find_loci(properties={"num_alerts": (20, None)}, limit=30)
for found in newest:
    locus = fetch_locus(found.locus_id)
    lc = extract_lightcurve(locus)
    doubtful = lc["is_dipole"] | lc["flagged"] | ~(lc["reliability"] >= 0.6)
    if 0 < doubtful.sum() < len(lc) / 2:
        break
else:
    raise LookupError("No locus of the 30 newest has a few doubtful points among good ones.")

fig, axes = plt.subplots(2, figsize=(7, 5), height_ratios=(2, 1), sharex=True, layout="constrained")
plot_lightcurve(lc, ax=axes[0]).set_xlabel("")
axes[1].plot(lc.time.mjd, lc["reliability"], "o", color="0.7", mec="0.15", label="detection")
for ax, column in zip(axes, ("flux", "reliability"), strict=True):
    ax.plot(lc.time.mjd[doubtful], lc[column][doubtful], "kx", ms=12, mew=1.8, label="doubtful")
axes[1].axhline(0.6, color="0.46", linestyle="--", label="cut at 0.6")
axes[1].set(xlabel="MJD (TAI)", ylabel="reliability", ylim=(0, 1.05))
legend = axes[1].legend(loc="upper left", bbox_to_anchor=(1.01, 1), frameon=False)

# %%
# **Figure 1.** One light curve and, below it, the reliability of each point. Crosses mark doubtful
# points: a reliability below 0.6, a flag, or a dipole. The dashed line is at 0.6.
#
# Four quality indicators
# -----------------------
#
# * ``flux_err``, Rubin's ``psfFluxErr``, is the 1-sigma error of ``psfFlux``.
# * ``reliability`` is the probability, from 0 to 1, that the detection is astrophysical. It comes
#   from a machine-learning classifier.
# * ``flagged`` is set if the PSF photometry, the position or a pixel has a flag. Others, such as
#   that of the shape, do not count.
# * ``is_dipole`` is set if the detection is well fitted by a hole next to a peak.
#
# Print the flags of the alerts that have any, next to the general ``pixelFlags``. In every real
# alert that this project has examined it is False, even if a specific flag is set. Test the
# specific ones; the column ``flagged`` does.

print("reliability  pixelFlags  flags that are set")
for alert in locus["alerts"]:
    properties = alert["properties"]
    flags = [name for name, value in properties.items() if value is True and "flag" in name.lower()]
    names = [name.removeprefix("lsst_diaSource_") for name in flags]
    if alert["id"].startswith("lsst") and names:
        general = properties.get("lsst_diaSource_pixelFlags")
        reliability = properties.get("lsst_diaSource_reliability", float("nan"))
        print(f"{reliability:11.2f}  {general!s:10}  {', '.join(names)}")

# %%
# A high reliability does not rule out a flag. The alerts in the `tutorials of the broker Fink
# <https://github.com/astrolabsoftware/fink-tutorials>`_ include a real detection, of diaObject
# 170028528328769656, with bad, interpolated and cosmic-ray pixels and a reliability of 0.9986.
#
# Exclude points, and count them
# ------------------------------
#
# Choose which points to exclude. Nothing is deleted from the locus; each excluded alert is counted
# once, under the first reason that applies. An alert with no reliability is below every
# ``min_reliability``. An alert with no flag counts as unflagged.

from antares_helpers import alert_summary

cuts = {
    "nothing": {},
    "min_reliability=0.6": {"min_reliability": 0.6},
    "min_reliability=0.9": {"min_reliability": 0.9},
    "keep_dipoles=False": {"keep_dipoles": False},
    "keep_flagged=False": {"keep_flagged": False},
}
for name, options in cuts.items():
    print(f"{name:20} {alert_summary(extract_lightcurve(locus, **options)).meta['sentence']}")

# %%
# Apply three of them together, plot the light curve before and after, and print the same counts as
# a table.

from antares_helpers import alert_summary

clean = extract_lightcurve(locus, min_reliability=0.6, keep_dipoles=False, keep_flagged=False)
fig, axes = plt.subplots(1, 2, figsize=(9, 3.6), sharex=True, sharey=True, layout="constrained")
plot_lightcurve(lc, title="before", legend=False, ax=axes[0])
plot_lightcurve(clean, title="after", ax=axes[1])
axes[1].yaxis.label.set_visible(False)

alert_summary(clean).pprint()

# %%
# **Figure 2.** The light curve of Figure 1 with all its points, left, and with those that pass the
# three cuts, right, on the same axes.
#
# Are the error bars realistic?
# -----------------------------
#
# Compare pairs of points in the same band taken less than an hour apart. If the source does not
# change within an hour, and the errors are right, the differences in units of their errors have an
# rms of about 1.

import numpy as np


def scatter_of_pairs(lc):
    """Return how many close pairs there are, and the rms of their differences in sigma."""
    pulls = [np.empty(0)]
    for band in sorted(set(lc["band"])):
        points = lc[lc["band"] == band]
        flux, error = points["flux"].value, points["flux_err"].value
        is_close = np.diff(points.time.mjd) < 1 / 24
        pulls.append((np.diff(flux) / np.hypot(error[1:], error[:-1]))[is_close])
    pulls = np.concatenate(pulls)
    return len(pulls), np.sqrt(np.mean(pulls**2)) if len(pulls) else np.nan


for name, each in (("before", lc), ("after", clean)):
    pairs, rms = scatter_of_pairs(each)
    print(f"{name:7} {pairs} pairs, rms {rms:.1f} sigma")

# %%
# An rms well above 1 means bad points, underestimated errors, or a source that varies within an
# hour. An error bar describes noise; it does not account for a cosmic ray or a poor subtraction.
# For these, look at the other indicators.
#
# Dipoles
# -------
#
# A dipole is a hole next to a peak: the source and its template are not quite aligned. Most dipoles
# are artifacts of the subtraction. Find a locus that has some, and see whether a cut on the
# reliability could replace ``keep_dipoles=False``.

for found in newest:
    other = extract_lightcurve(found)
    dipole = other["is_dipole"]
    if 0 < dipole.sum() < len(other):
        break
else:
    raise LookupError("No locus of the 30 newest has dipoles among other points.")

fig, ax = plt.subplots(figsize=(6, 3.6), layout="constrained")
ax.plot(other["snr"], other["reliability"], "o", color="0.7", mec="0.15", label="detection")
ring = {"ms": 12, "mfc": "none", "mec": "0.3"}
ax.plot(other["snr"][dipole], other["reliability"][dipole], "o", label="dipole", **ring)
ax.axhline(0.6, color="0.46", linestyle="--", label="cut at 0.6")
ax.set(xscale="log", xlabel="signal-to-noise ratio", ylabel="reliability", ylim=(0, 1.05))
ax.set_title(other.meta["locus_id"])
ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1), frameon=False)

passing = (other["reliability"][dipole] >= 0.6).sum()
print(f"{passing} of {dipole.sum()} dipoles have a reliability of at least 0.6")

# %%
# **Figure 3.** Reliability against signal-to-noise ratio for the points of one locus. Dipoles are
# ringed; the dashed line is at 0.6.
#
# Real dipoles pass such a cut too: of 74 detections of four diaObjects in Fink's tutorials, 15 are
# dipoles, and 6 of these have a reliability of at least 0.6. Cut on both.
#
# Cuts are choices
# ----------------
#
# The filters that run in ANTARES choose differently (antares-devkit 0.11.1). The one that sets the
# tag ``lsst_scimma_quality_transient`` requires a reliability of at least 0.6, no dipole, and none
# of seven flags. The one behind ``SN_candies`` requires 0.9. Each tests only the alert that has
# just arrived, so a tag says little about the points before and after it.
#
# A cut also removes good points. One of the four diaObjects, 170046091723538510, looks like a
# supernova; 13 of its 27 detections have a reliability below 0.6. Look at the light curve both
# ways, and report your cuts and the counts with your result.
#
# Where to go next
# ----------------
#
# * All the reasons for which a point can be excluded: `antares_helpers.alert_summary`.
# * Why a dipole may be negative: :doc:`/tutorials/2_light_curves/04_handle_negative_fluxes`.
# * When a point was taken: :doc:`/tutorials/2_light_curves/06_get_times_right`.
