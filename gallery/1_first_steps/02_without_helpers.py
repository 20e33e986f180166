"""
The same without helpers
========================

Draw a correct light curve with antares-client, numpy and matplotlib alone: some 25 lines to paste
into a script or a notebook.
"""

import matplotlib.pyplot as plt
import numpy as np
from antares_client import search

locus = search.get_by_id("ANT2026z3bqyjga24oc").to_devkit(include_catalogs=True)

points = {}
for alert in locus["alerts"]:
    get = alert["properties"].get
    band, flux = get("lsst_diaSource_band"), get("lsst_diaSource_psfFlux")
    error = get("lsst_diaSource_psfFluxErr")
    if alert["id"].startswith("lsst") and None not in (band, flux, error):
        if get("lsst_diaSource_isNegative") in (True, "true"):
            flux = -abs(flux)
        points.setdefault(band, []).append((alert["mjd"], flux, error))

colors = ["#1600EA", "#31DE1F", "#B52626", "#370201", "#BA52FF", "#61A2B3"]
fig, ax = plt.subplots(figsize=(6, 4))
for band, color, symbol in zip("ugrizy", colors, "o^vs*p"):
    if band in points:
        mjd, flux, error = np.transpose(points[band])
        ax.errorbar(mjd, flux, error, fmt=symbol, color=color, mec="black", label=band)
ax.axhline(0, color="gray")
ax.set(xlabel="MJD (TAI)", ylabel="PSF difference flux [nJy]", title=locus["id"])
ax.legend()
plt.show()
# sphinx_gallery_thumbnail_path = '_static/without-helpers.png'

# %%
# **Figure 1.** The light curve of one locus, drawn without any helper.
#
# Three things in these lines are easy to get wrong.
#
# **The sign.** An alert with ``isNegative`` set is a source that has faded below its template. Its
# flux is negative, whether the alert writes it with a minus sign or without. ``-abs(flux)`` is
# right both times. ``-flux`` is not: it turns a fading that is written with its sign into a
# brightening.
#
# **What is missing.** ANTARES leaves out properties that are null, so ask for them with ``get``,
# and skip an alert that lacks what you draw.
#
# **The survey.** A locus can hold alerts of ZTF too. The ID of a Rubin alert begins with ``lsst``.
#
# What these lines leave out
# --------------------------
#
# They trust every point. Count what deserves a second look: dipoles, which are mostly artefacts of
# the subtraction, and points whose reliability is below 0.6 or unknown.

rubin = [alert["properties"] for alert in locus["alerts"] if alert["id"].startswith("lsst")]
dipoles = sum(alert.get("lsst_diaSource_isDipole") in (True, "true") for alert in rubin)
unreliable = sum(alert.get("lsst_diaSource_reliability", 0) < 0.6 for alert in rubin)
print(f"{len(rubin)} alerts of Rubin: {dipoles} dipoles, {unreliable} of low reliability")

# %%
# They also end in an error where the locus does not exist (``'NoneType' object has no attribute
# 'to_devkit'``) and when the service fails for a moment. `antares_helpers.fetch_locus` and
# `antares_helpers.extract_lightcurve` take care of these, and of dipoles in loci whose fluxes are
# written without their sign.
#
# Where to go next
# ----------------
#
# * With helpers, the same takes three lines: :doc:`/tutorials/1_first_steps/01_plot_your_first_light_curve`.
# * Why ``-abs`` is right: :doc:`/tutorials/2_light_curves/04_handle_negative_fluxes`.
