"""
Combine ZTF and LSST
====================

ANTARES distributes the alerts of ZTF and those of Rubin's LSST, and some loci have both. The two
come in different units, on different time scales and through different filters. Plot both surveys
on one set of axes, and see what can be compared.
"""

# sphinx_gallery_tags = ["ZTF", "photometry"]

import numpy as np

from antares_helpers import extract_lightcurve, find_loci, plot_lightcurve

names = ("properties.survey.ztf.id", "properties.survey.lsst.dia_object_id")
both = [{"exists": {"field": name}} for name in names]
query = {"query": {"bool": {"filter": both}}}
for found in find_loci(query=query, limit=30):
    lc = extract_lightcurve(found, survey="all")
    days = lc.time.mjd[lc["survey"] == "lsst"]
    if len(days) >= 5:
        first, last = days.min() - 30, days.max() + 30
        lc = lc[(lc.time.mjd > first) & (lc.time.mjd < last)]
        rubin = lc[lc["survey"] == "lsst"]
        ztf = lc[(lc["survey"] == "ztf") & ~lc["is_limit"]]
        if len(ztf) >= 5:
            break
else:
    raise LookupError("No locus has 5 detections of each survey at a time.")

ax = plot_lightcurve(lc, y="magnitude")

# %%
# **Figure 1.** Difference magnitudes of one locus, observed by two surveys. Filled symbols are
# Rubin's detections, pale ones are ZTF's, small circles with arrows are ZTF's upper limits. Color
# and shape identify the band; in the legend, a band that names no survey is Rubin's.
#
# Magnitudes show the limits best. They omit negative fluxes, so the rest of this page uses fluxes.
#
# Magnitudes become fluxes
# ------------------------
#
# ZTF gives the magnitude of the difference, and its sign in ``isdiffpos``. Print one ZTF alert as
# it was received, then the row that `antares_helpers.extract_lightcurve` makes of it.

from antares_helpers import fetch_locus

row = ztf[ztf["flux"].argmax()]
locus = fetch_locus(found.locus_id)
alerts = {alert["id"]: alert for alert in locus["alerts"]}
alert = alerts[row["alert_id"]]
names = ["ant_mag", "ant_magerr", "ztf_isdiffpos", "ant_passband"]
for name in [*names, "ztf_exptime"]:
    print(f"{name:14}{alert['properties'].get(name)}")
print(f"{'flux':14}{row['flux']:.0f} +- {row['flux_err']:.0f}")

# %%
# The flux is ``10 ** ((31.4 - magnitude) / 2.5)`` nJy, as `antares_helpers.to_flux` computes it,
# with a minus sign if ``isdiffpos`` is ``f`` or ``0``. ANTARES calls ZTF's r band ``R``; the light
# curve calls it ``r``.
#
# One time scale
# --------------
#
# The ``mjd`` of a ZTF alert is the start of the exposure in UTC (`ZTF's alert schema
# <https://zwickytransientfacility.github.io/ztf-avro-alert/schema.html>`_); that of a Rubin alert
# is the middle in TAI. Print by how much the row is later than the alert.

print(f"{(row['time'].tai.mjd - alert['mjd']) * 86400:.0f} seconds")

# %%
# That is 37 seconds from UTC to TAI, and half the exposure.
#
# Upper limits
# ------------
#
# A ZTF alert comes with ZTF's earlier observations and, if nothing was detected, a limiting
# magnitude. Rows with ``is_limit`` set have the 5-sigma limit as ``flux``, and a fifth of it as
# ``flux_err``. They are not measurements: never average or fit them as such. Count both kinds.

for survey in ("lsst", "ztf"):
    rows = lc[lc["survey"] == survey]
    limits, example = rows["is_limit"].sum(), rows["alert_id"][-1]
    print(f"{survey}: {len(rows) - limits} detections, {limits} limits")
    print(f"      for example {example}")

# %%
# The beginning of ``alert_id`` also identifies the survey.
#
# Of Rubin's observations, ANTARES passes on the detections only. Rubin's own alert packets contain
# more: forced photometry at the position of the object, over up to a year before the alert
# (``prvDiaForcedSources`` in `Rubin's alert schema <https://github.com/lsst/alert_packet>`_). Each
# is a flux with an error, also if nothing was detected; the packets contain no upper limits. To get
# forced photometry, read the packet: other brokers pass it on, and with data rights you get it from
# the alert service of the Rubin Science Platform. The same values go to the table
# ``DiaForcedSource``.
#
# One exposure, one point
# -----------------------
#
# ZTF can have several names for one locus. It can detect a source twice in one exposure, less than
# an arcsecond apart, and report an exposure with a detection once more as an upper limit. Print the
# names of this locus, and how many of its alerts the light curve includes.

from antares_helpers import alert_summary

print(*found.properties["survey"]["ztf"]["id"])
print(alert_summary(lc))

# %%
# `antares_helpers.extract_lightcurve` combines the names: all are the same source. One exposure is
# one measurement: of two detections it includes the one of the higher signal-to-noise ratio, and of
# a detection and a limit the detection. ``ztf_pid`` identifies the exposure. Rubin's rows have a
# ``dia_object_id`` instead of a name; those of two diaObjects in one locus are all included.
#
# Compare like with like
# ----------------------
#
# Plot each band that both surveys have on its own. Interpolate ZTF's flux to the times of Rubin's
# detections, if ZTF has one within 2 days. Plot the ratio of the two, and print its mean.

import matplotlib.pyplot as plt


def compare(ztf, rubin):
    """Return times, and the ratio of ZTF's flux to Rubin's with its error."""
    days, flux, ztf_days = rubin.time.mjd, rubin["flux"].value, ztf.time.mjd
    ratio = np.interp(days, ztf_days, ztf["flux"].value, np.nan, np.nan) / flux
    error = np.interp(days, ztf_days, ztf["flux_err"].value) / abs(flux)
    error = np.hypot(error, ratio * rubin["flux_err"].value / flux)
    near = abs(days[:, None] - ztf_days).min(axis=1) < 2
    near &= np.isfinite(ratio)
    return days[near], ratio[near], error[near]


in_both = set(ztf["band"]) & set(rubin["band"])
shared = [band for band in "gri" if band in in_both] or ["r"]
size = {"figsize": (1.4 + 4.6 * len(shared), 5), "layout": "constrained"}
panels = {"height_ratios": (2, 1), "sharex": "col", "squeeze": False}
fig, axes = plt.subplots(2, len(shared), **size, **panels)
for (top, bottom), band in zip(axes.T, shared):
    in_band = (lc["band"] == band) & ~lc["is_limit"]
    plot_lightcurve(lc[in_band], ax=top).set_xlabel("")
    of_rubin, of_ztf = rubin[rubin["band"] == band], ztf[ztf["band"] == band]
    bottom.axhline(1, color="0.46", linewidth=0.8)
    bottom.set(xlabel="MJD (TAI)", ylabel="ZTF / Rubin")
    if not len(of_ztf):
        continue
    days, ratio, error = compare(of_ztf, of_rubin)
    bottom.errorbar(days, ratio, error, fmt="o", color="0.25")
    if len(ratio):
        sigma = np.sum(error**-2) ** -0.5
        mean = np.average(ratio, weights=error**-2)
        print(f"{band}: ZTF / Rubin = {mean:.3f} +- {sigma:.3f}", end="")
        print(f" from {len(ratio)} detections")

# %%
# **Figure 2.** The difference fluxes of the same locus, a column for each band that both surveys
# have. Top: filled symbols are Rubin's detections, pale ones are ZTF's. Bottom: the ratio of ZTF's
# flux to Rubin's, with a line at 1.
#
# Expect a ratio near 1, but not exactly 1, for three reasons:
#
# * The filters are not the same (`ZTF's <https://doi.org/10.1088/1538-3873/ab4ca2>`_, `Rubin's
#   <https://doi.org/10.3847/1538-4357/ab042c>`_). So the ratio depends on the spectrum, and it
#   changes as a supernova reddens.
# * Each survey subtracts its own template. If one of them was made while the source was bright, all
#   fluxes of that survey are too low by the same amount.
# * Interpolating between nights is inaccurate if the flux changes fast.
#
# So take a color from one survey, never from ZTF's g and Rubin's r. In a fit, give each survey its
# own bands. For a variable star, give each survey its own constant.
#
# Exercise
# --------
#
# Which of the two surveys detected this source first, and how many days before the other? The light
# curve of Figure 1 contains only the time in which both observed.
#
# .. dropdown:: Solution
#
#    Extract all alerts again, leave out the limits, and take the earliest of each survey.
#
#    .. code-block:: python
#
#       everything = extract_lightcurve(locus, survey="all")
#       found = everything[~everything["is_limit"]]
#       first = {}
#       for name in ("ztf", "lsst"):
#           first[name] = found.time[found["survey"] == name].min()
#       days = (first["lsst"] - first["ztf"]).to_value("day")
#       print(f"{'ZTF' if days > 0 else 'Rubin'} was first, by {abs(days):.1f} days")
#
# Where to go next
# ----------------
#
# * What the time scales mean: :doc:`/tutorials/2_light_curves/06_get_times_right`.
# * Why fluxes, not magnitudes: :doc:`/tutorials/2_light_curves/07_convert_fluxes_to_magnitudes`.
# * Fit a light curve: :doc:`/tutorials/2_light_curves/10_fit_a_supernova`.
# * Find a locus by its ZTF name: :doc:`/tutorials/3_finding_things/11_find_a_locus_by_name`.
