"""
Plot your first light curve
===========================

A *locus* is one place on the sky, with all the alerts that ANTARES holds for it. Fetch a locus by
its ID, extract its light curve and plot it.
"""

from antares_helpers import extract_lightcurve, fetch_locus, plot_lightcurve

locus = fetch_locus("ANT2026z3bqyjga24oc")
lc = extract_lightcurve(locus)
ax = plot_lightcurve(lc)

# %%
# **Figure 1.** The light curve of one locus: how much brighter than in the template image the
# source was in each visit of Rubin, with 1-sigma error bars. Each band has its own colour and
# symbol. The lower axis gives the time as MJD, the upper one the calendar date.
#
# Put the ID of your own locus in the place of this one. It stands at the end of the address of
# each locus in the ANTARES portal:

from antares_helpers import locus_url

locus_url("ANT2026z3bqyjga24oc")

# %%
# Look at what came
# -----------------
#
# The locus is a plain dictionary. List its keys: ANTARES' ID, the position in degrees, tags and
# properties, objects of other catalogs nearby, and the alerts.

list(locus)

# %%
# The light curve is an astropy `~astropy.timeseries.TimeSeries`: one row an alert, with units and
# with times that know their scale (TAI, as Rubin gives them). Print five rows at its brightest.

brightest_first = lc["flux"].argsort()[::-1]
lc["time", "band", "flux", "flux_err"][brightest_first[:5]].pprint()

# %%
# Check that nothing is missing
# -----------------------------
#
# An alert without a usable flux, error, time or band can't be drawn. Such alerts are never dropped
# silently: print how many alerts there were, how many were kept, and why the others were not. The
# numbers stand in ``lc.meta["report"]``.

from antares_helpers import alert_summary

alert_summary(lc).meta["sentence"]

# %%
# Keep the figure
# ---------------
#
# `antares_helpers.plot_lightcurve` returns matplotlib axes. Change them as you like, then save the
# figure.

ax.set_title(f"{locus['id']}, RA {locus['ra']:.4f}, Dec {locus['dec']:.4f}")
ax.figure.savefig("light_curve.png", dpi=200)
ax.figure

# %%
# **Figure 2.** The same light curve with a title of its own.
#
# Where to go next
# ----------------
#
# * No helpers at hand? Draw the same figure with antares-client and matplotlib alone:
#   :doc:`/tutorials/1_first_steps/02_without_helpers`.
# * See what else the dictionary holds: :doc:`/tutorials/1_first_steps/03_see_what_is_in_a_locus`.
# * Is a dip real? First its sign: :doc:`/tutorials/2_light_curves/04_handle_negative_fluxes`. Then its
#   marks: :doc:`/tutorials/2_light_curves/05_choose_which_points_to_trust`.
