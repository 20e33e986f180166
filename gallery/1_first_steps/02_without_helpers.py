"""
Do the same without helpers
===========================

Plot a correct light curve with antares-client, numpy and matplotlib alone: about 25 lines to paste
into a script or a notebook.
"""

# sphinx_gallery_tags = ["first steps", "no helpers"]

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
ax.set(xlabel="MJD (TAI)", ylabel="Difference flux [nJy]", title=locus["id"])
ax.legend()
plt.show()
# sphinx_gallery_thumbnail_path = '_static/without-helpers.png'

# %%
# **Figure 1.** The light curve of one locus, drawn without any helper.
#
# Three details in these lines are easy to get wrong.
#
# **The sign.** An alert with ``isNegative`` set is a source that is fainter than in its template.
# Its flux is negative, whether the alert gives it with a minus sign or without. ``-abs(flux)`` is
# right in both cases. ``-flux`` is not: if the flux is already signed, it turns a fading source
# into a brightening one.
#
# **Missing values.** ANTARES drops properties that are null, so read them with ``get``, and skip an
# alert that lacks a value you need.
#
# **The survey.** A locus can contain ZTF alerts too. The ID of a Rubin alert begins with ``lsst``.
#
# What these lines do not check
# -----------------------------
#
# They trust every point. Count the points that deserve a second look: dipoles, most of which are
# artifacts of the subtraction, and points whose reliability is below 0.6 or unknown.

rubin = [alert["properties"] for alert in locus["alerts"] if alert["id"].startswith("lsst")]
dipoles = sum(alert.get("lsst_diaSource_isDipole") in (True, "true") for alert in rubin)
unreliable = sum(alert.get("lsst_diaSource_reliability", 0) < 0.6 for alert in rubin)
print(f"{len(rubin)} Rubin alerts: {dipoles} dipoles, {unreliable} with low reliability")

# %%
# They also fail if the locus does not exist (``'NoneType' object has no attribute 'to_devkit'``) or
# if the service has a transient error. `antares_helpers.fetch_locus` and
# `antares_helpers.extract_lightcurve` handle both, and also the dipoles of loci whose fluxes are
# given without their sign.
#
# Where to go next
# ----------------
#
# * With the helpers, this takes three lines:
#   :doc:`/tutorials/1_first_steps/01_plot_your_first_light_curve`.
# * Why ``-abs`` is right: :doc:`/tutorials/2_light_curves/04_handle_negative_fluxes`.
