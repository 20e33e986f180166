"""
Plot your first light curve
===========================

A *locus* is one place on the sky, with all the alerts that ANTARES has for it.
Fetch a locus by its ID, extract its light curve and plot it.
"""

# sphinx_gallery_tags = ["first steps", "photometry"]

from antares_helpers import extract_lightcurve, fetch_locus, plot_lightcurve

locus = fetch_locus("ANT2026z3bqyjga24oc")
lc = extract_lightcurve(locus)
ax = plot_lightcurve(lc)

# %%
# **Figure 1.** The light curve of one locus: how much brighter the source was
# than in the template image, each time that Rubin detected it, with 1-sigma
# error bars. Each band has its own color and symbol. The lower axis gives the
# time as MJD, the upper one as a calendar date.
#
# Replace the ID with that of your own locus. It is the last part of the
# address of each locus in the ANTARES portal:

from antares_helpers import locus_url

locus_url("ANT2026z3bqyjga24oc")

# %%
# Inspect the result
# ------------------
#
# The locus is a plain dictionary. List its keys: the ANTARES ID, the position
# in degrees, tags and properties, nearby objects from other catalogs, and the
# alerts.

print(*locus, sep="\n")

# %%
# The light curve is an astropy `~astropy.timeseries.TimeSeries`: one row per
# alert, with units, and with times that know their scale (TAI, as Rubin gives
# them). Print the five brightest points.

brightest_first = lc["flux"].argsort()[::-1]
lc["time", "band", "flux", "flux_err"][brightest_first[:5]].pprint()

# %%
# Check that nothing is missing
# -----------------------------
#
# An alert without a usable flux, error, time or band can't be plotted. Such
# alerts are never dropped silently: print how many alerts there were, how many
# are included, and why the others are not. The same numbers are in
# ``lc.meta["report"]``.

from antares_helpers import alert_summary

alert_summary(lc).meta["sentence"]

# %%
# Plot it another way
# -------------------
#
# `antares_helpers.extract_lightcurve` chooses which points to include,
# `antares_helpers.plot_lightcurve` how to draw them: here three bands, as
# magnitudes, against the days since the first of these points. It returns
# matplotlib axes. Change them as you like, then save the figure.

three_bands = extract_lightcurve(locus, bands="gri")
ax = plot_lightcurve(three_bands, x="days", y="magnitude")
ax.set_title(f"RA {locus['ra']:.4f}, Dec {locus['dec']:.4f}")
ax.figure.savefig("light_curve.png", dpi=200)

# %%
# **Figure 2.** The same locus in g, r and i, as AB magnitudes of the
# difference flux: brighter is up. A flux that is not positive has no
# magnitude; if there are any, the figure says how many.
#
# Exercise
# --------
#
# In which band does this light curve have the most points, and when was the
# brightest of them taken, as a date?
#
# .. dropdown:: Solution
#
#    Count the bands, extract the one with the most points, and let astropy
#    convert its time.
#
#    .. code-block:: python
#
#       from collections import Counter
#
#       ((band, number),) = Counter(lc["band"]).most_common(1)
#       one_band = extract_lightcurve(locus, bands=band)
#       brightest = one_band.time[one_band["flux"].argmax()]
#       print(f"{number} points in {band}, brightest on {brightest.utc.iso}")
#
# Where to go next
# ----------------
#
# * Can't install antares-helpers? Draw the same figure with antares-client and
#   matplotlib alone: :doc:`/tutorials/1_first_steps/02_without_helpers`.
# * See what else the dictionary contains:
#   :doc:`/tutorials/1_first_steps/03_see_what_is_in_a_locus`.
# * Is a dip real? Check its sign:
#   :doc:`/tutorials/2_light_curves/04_handle_negative_fluxes`. Then check its
#   quality flags:
#   :doc:`/tutorials/2_light_curves/05_choose_which_points_to_trust`.
# * When magnitudes mislead:
#   :doc:`/tutorials/2_light_curves/07_convert_fluxes_to_magnitudes`.
