"""
Do the same without helpers
===========================

Plot a correct light curve with antares-client and matplotlib alone: about 25
lines to paste into a script or a notebook.
"""

# sphinx_gallery_tags = ["first steps", "no helpers"]

import sys

import matplotlib.pyplot as plt
from antares_client import search

locus_id = "ANT2026z3bqyjga24oc"
try:
    locus = search.get_by_id(locus_id)
    alerts = locus.alerts if locus else sys.exit(f"No such locus: {locus_id}")
except Exception as error:
    sys.exit(f"The request to ANTARES failed: {error!r}")

names = ["band", "psfFlux", "psfFluxErr", "isNegative"]
points, names = {}, [f"lsst_diaSource_{name}" for name in names]
for alert in alerts:
    band, flux, error, is_negative = map(alert.properties.get, names)
    if alert.alert_id.startswith("lsst") and None not in (band, flux, error):
        flux = -abs(flux) if is_negative in (True, "true") else flux
        points.setdefault(band, []).append((alert.mjd, flux, error))

colors = ["#1600EA", "#31DE1F", "#B52626", "#370201", "#BA52FF", "#61A2B3"]
fig, ax = plt.subplots(figsize=(6, 4), layout="constrained")
for band, color, symbol in zip("ugrizy", colors, "o^vs*p"):
    if band in points:
        style = {"fmt": symbol, "color": color, "mec": "black", "mew": 0.5}
        ax.errorbar(*zip(*points[band]), label=band, **style)
ax.axhline(0, color="gray")
ax.set(xlabel="MJD (TAI)", ylabel="Difference flux [nJy]", title=locus_id)
ax.legend(handles=ax.containers, title="" if points else "No Rubin fluxes")
plt.show()

# %%
# **Figure 1.** The light curve of one locus, drawn without any helper.
#
# Four details in these lines are easy to get wrong.
#
# **The sign.** An alert with ``isNegative`` set is a source that is fainter
# than in its template. Its flux is negative, whether the alert gives it with a
# minus sign or without. ``-abs(flux)`` is right in both cases. ``-flux`` is
# not: if the flux is already signed, it turns a fading source into a
# brightening one. Which of the two ANTARES sends is not known to this project.
#
# **Missing values.** ANTARES drops properties that are null, so read them with
# ``get``, and skip an alert that lacks a value you need.
#
# **A wrong ID.** ``get_by_id`` returns None for a locus that does not exist.
# The alerts are fetched when ``locus.alerts`` is first read, so a request can
# fail there too.
#
# **The survey.** A locus can contain ZTF alerts too. The ID of a Rubin alert
# begins with ``lsst``.
#
# What these lines do not check
# -----------------------------
#
# They trust every point. Count those that deserve a second look: dipoles, most
# of which are artifacts of the subtraction, and points whose reliability is
# below 0.6 or unknown. (Rubin sends no alert below 0.5.) Good points are among
# them, too.

rubin = [a.properties for a in alerts if a.alert_id.startswith("lsst")]
is_dipole = [a.get("lsst_diaSource_isDipole") in (True, "true") for a in rubin]
is_low = [a.get("lsst_diaSource_reliability", 0) < 0.6 for a in rubin]
print(f"{len(rubin)} Rubin alerts: {sum(is_dipole)} dipoles,", end=" ")
print(f"{sum(is_low)} with a reliability below 0.6 or unknown")
# sphinx_gallery_thumbnail_path = '_static/without-helpers.png'

# %%
# They also stop at the first transient error of the service.
# `antares_helpers.fetch_locus` retries, and
# `antares_helpers.extract_lightcurve` also handles the dipoles of loci whose
# fluxes are given without their sign.
#
# Exercise
# --------
#
# How bright is the brightest point of each band in AB magnitudes? A flux in nJy
# has the magnitude 31.4 - 2.5 log10(flux), if it is positive.
#
# .. dropdown:: Solution
#
#    The points of each band are tuples of time, flux and error.
#
#    .. code-block:: python
#
#       import math
#
#       for band, rows in sorted(points.items()):
#           mjd, flux, error = max(rows, key=lambda row: row[1])
#           if flux > 0:
#               print(f"{band}: {31.4 - 2.5 * math.log10(flux):.2f} at MJD {mjd:.2f}")
#
# Where to go next
# ----------------
#
# * With the helpers, this takes three lines:
#   :doc:`/tutorials/1_first_steps/01_plot_your_first_light_curve`.
# * Why ``-abs`` is right:
#   :doc:`/tutorials/2_light_curves/04_handle_negative_fluxes`.
