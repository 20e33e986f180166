"""
Handle negative fluxes
======================

A difference image shows change. A source that has faded below its template
leaves a hole, and the alert for that hole carries a negative flux. Multiply
the wrong alerts by -1 and a fading star becomes an outburst. Plot one locus
both ways and compare.
"""

# sphinx_gallery_tags = ["photometry", "data quality", "variable stars"]

import matplotlib.pyplot as plt

from antares_helpers import extract_lightcurve, find_loci, plot_lightcurve

for found in find_loci(properties={"num_alerts": (40, None)}, limit=30):
    lc = extract_lightcurve(found)
    negative = lc["is_negative"]
    if len(lc) / 3 < negative.sum() < len(lc) * 2 / 3:
        break
else:
    raise LookupError("No locus of the 30 newest is negative half the time.")

flipped = lc.copy()
flipped["flux"][negative] *= -1
mjd, flux = lc.time.mjd[negative], lc["flux"].value[negative]

fig = plt.figure(figsize=(9, 4), layout="constrained")
left, right = fig.subplots(1, 2, sharex=True, sharey=True)
plot_lightcurve(flipped, title="", legend=False, ax=left)
left.vlines(mjd, flux, -flux, color="0.7", zorder=0)
left.plot(mjd, flux, "o", mfc="white", mec="0.5", ms=4, zorder=1)
left.set_title("Wrong: negative ones multiplied by -1", color="#B22222")
plot_lightcurve(lc, title="Right: with their signs", ax=right)
right.yaxis.label.set_visible(False)

# %%
# **Figure 1.** One variable source, plotted twice. Left: its negative
# detections multiplied by -1. Gray lines lead from where they belong (open
# circles) to where they are drawn, so that the source seems to brighten
# whenever it fades. Right: the fluxes with their signs.
#
# What isNegative means
# ---------------------
#
# Rubin subtracts a template from each new image and measures the difference.
# ``isNegative`` is set if the difference is a hole: the source was fainter
# than in the template. Two other values of the same alert can confirm that:
# the flux on the new image minus that on the template, and the range of the
# difference fluxes that Rubin has measured so far for this diaObject in this
# band. Print them for the first three negative detections.

import numpy as np

from antares_helpers import fetch_locus

locus = fetch_locus(found.locus_id)
names = ("psfFlux", "scienceFlux", "templateFlux")
print("psfFlux [nJy]   scienceFlux - templateFlux   range of psfFlux")
rows = 0
for alert in locus["alerts"]:
    get = alert["properties"].get
    psf, new, old = [get(f"lsst_diaSource_{name}", np.nan) for name in names]
    ends = f"lsst_diaObject_{get('lsst_diaSource_band')}_psfFlux"
    low, high = get(f"{ends}Min", np.nan), get(f"{ends}Max", np.nan)
    if get("lsst_diaSource_isNegative") in (True, "true") and rows < 3:
        print(f"{psf:13.0f}   {new - old:26.0f}   {low:.0f} to {high:.0f}")
        rows += 1

# %%
# If the second column is negative, the source has faded. The range confirms it
# if ``-abs(psfFlux)`` lies within it and ``+abs(psfFlux)`` does not. Both
# settle the sign, not whether the detection is real: a dipole can pass the
# same tests.
#
# Which convention does ANTARES follow?
# -------------------------------------
#
# Rubin gives ``psfFlux`` with its sign. This project has examined 39,922 real
# diaSources that Rubin observed in 2026: of the 13,734 with ``isNegative``
# set, none has a positive ``psfFlux``. They did not come through ANTARES.
# Rubin's tutorial "Accessing alerts via the Antares client" says that ANTARES
# reports negative fluxes as positive, and advises multiplying by -1 if
# ``isNegative`` is set.
#
# **No ANTARES record with isNegative set was available to this project: which
# convention the live service uses is not known.** So use what is right in both
# cases: ``flux = -abs(psf_flux) if is_negative else psf_flux``. To find out
# what holds for your own object:
#
# * Read ``meta["sign_convention"]``. It is "signed" if the alerts with
#   ``isNegative`` have negative fluxes, "unsigned" if they have positive ones,
#   "mixed" if both occur (with a warning), and "none" if no alert has it set.
# * Read ``meta["report"]["negatives_confirmed"]``: for so many of the alerts
#   with ``isNegative`` the range holds the negative sign only.
# * Print the table above for it. A positive ``psfFlux`` beside a negative
#   difference, or outside the range, was given without its sign.
# * If you have data rights, fetch Rubin's own packet of the newest alert from
#   the Alerts API of the Rubin Science Platform. Its ID is ``newest_alert_id``
#   without ``lsst:``, and it contains the signed fluxes of the same
#   diaSources. With ``forced=packet``, all signs are checked:
#   :doc:`/tutorials/6_from_light_curve_to_science/21_add_forced_photometry`.

confirmed = lc.meta["report"]["negatives_confirmed"]
print("convention:", lc.meta["sign_convention"])
print("confirmed by the range:", confirmed, "of", negative.sum())
print("newest alert:", locus["old_properties"].get("newest_alert_id"))

# %%
# Rewrite the alerts of this locus in the other convention, and extract both.

import copy


def write_the_other_way(locus):
    """Return a copy whose negative detections have the other sign."""
    other = copy.deepcopy(locus)
    for alert in other["alerts"]:
        values = alert["properties"]
        is_negative = values.get("lsst_diaSource_isNegative") in (True, "true")
        if is_negative and "lsst_diaSource_psfFlux" in values:
            values["lsst_diaSource_psfFlux"] *= -1
    return other


other = extract_lightcurve(write_the_other_way(locus))

for name, each in (("as received", lc), ("the other way", other)):
    convention, total = each.meta["sign_convention"], each["flux"].sum()
    print(f"{name:14} {convention:9} sum of fluxes: {total:.1f}")

# %%
# Both give the same light curve.
#
# Never take the absolute value of the others
# -------------------------------------------
#
# Some negative fluxes do not have ``isNegative`` set: those of dipoles, a hole
# next to a peak, which appear when the source and its template are not quite
# aligned. Of the same 39,922 diaSources, 1,277 are like that. So leave
# ``psfFlux`` as it is if ``isNegative`` is not set. In a locus that gives
# fluxes without signs, that is not enough: `antares_helpers.signed_flux` then
# gives a dipole the sign of ``scienceFlux - templateFlux``, or excludes it if
# nothing in the alert gives its sign.
#
# ``snr`` does not help either: it is never negative.
#
# Exercise
# --------
#
# Write the rule that is right in both conventions as a function. Show that it
# gives the same sum of fluxes for this locus and for its copy written the other
# way, and that multiplying by -1 does not.
#
# .. dropdown:: Solution
#
#    The sum is the one printed above, unless alerts are excluded for another
#    reason.
#
#    .. code-block:: python
#
#       def fluxes(locus, rule):
#           values = [alert["properties"] for alert in locus["alerts"]]
#           name = "lsst_diaSource_isNegative"
#           pairs = [(v.get("lsst_diaSource_psfFlux"), v.get(name)) for v in values]
#           return [
#               rule(flux) if negative in (True, "true") else flux
#               for flux, negative in pairs
#               if flux is not None
#           ]
#
#
#       for each in (locus, write_the_other_way(locus)):
#           right = sum(fluxes(each, lambda flux: -abs(flux)))
#           wrong = sum(fluxes(each, lambda flux: -flux))
#           print(f"-abs: {right:.1f}, times -1: {wrong:.1f}")
#
# Where to go next
# ----------------
#
# * Is the dip real? Check its quality flags:
#   :doc:`/tutorials/2_light_curves/05_choose_which_points_to_trust`. Then look
#   at its images, in which a hole is round:
#   :doc:`/tutorials/3_finding_things/14_look_at_cutouts`. Does it repeat?
#   :doc:`/tutorials/2_light_curves/08_find_the_period_of_a_variable_star`.
# * The evidence in full: :doc:`/concepts`.
# * The rule as a function: `antares_helpers.signed_flux`.
# * The rule without helpers:
#   :doc:`/tutorials/1_first_steps/02_without_helpers`.
