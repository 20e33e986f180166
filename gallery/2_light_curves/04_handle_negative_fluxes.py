"""
Handle negative fluxes
======================

A difference image shows change. A source that has faded below its template leaves a hole, and the
alert for that hole carries a negative flux. Multiply the wrong alerts by -1 and a fading star
becomes an outburst. Plot one locus both ways and compare.
"""

# sphinx_gallery_tags = ["photometry", "data quality", "variable stars"]

from itertools import islice

import matplotlib.pyplot as plt
from antares_client import search

from antares_helpers import extract_lightcurve, fetch_locus, plot_lightcurve

query = {"query": {"range": {"properties.num_alerts": {"gte": 20}}}}
for found in islice(search.search(query), 30):
    lc = extract_lightcurve(found)
    if len(lc) / 3 < lc["is_negative"].sum() < len(lc) * 2 / 3:
        break
else:
    raise LookupError("No locus of the 30 newest is negative about half the time.")

flipped = lc.copy()
flipped["flux"][lc["is_negative"]] *= -1

fig, axes = plt.subplots(1, 2, figsize=(9, 3.8), sharey=True, layout="constrained")
plot_lightcurve(flipped, title="multiplied by -1", legend=False, ax=axes[0])
plot_lightcurve(lc, title="with their signs", ax=axes[1])
axes[1].yaxis.label.set_visible(False)

# %%
# **Figure 1.** One variable star, plotted twice. Left: the negative detections of a signed record
# multiplied by -1, so that the star seems to brighten whenever it fades. Right: the fluxes with
# their signs.
#
# What isNegative means
# ---------------------
#
# Rubin subtracts a template from each new image and measures the difference. ``isNegative`` is set
# if the difference is a hole: the source was fainter than in the template. For three of these
# detections, compare it with the difference of two other measurements: ``scienceFlux`` on the new
# image and ``templateFlux`` on the template.

locus = fetch_locus(found.locus_id)
print("psfFlux [nJy]   scienceFlux - templateFlux [nJy]")
rows = 0
for alert in locus["alerts"]:
    get = alert["properties"].get
    fluxes = [get(f"lsst_diaSource_{name}Flux") for name in ("psf", "science", "template")]
    if get("lsst_diaSource_isNegative") in (True, "true") and None not in fluxes and rows < 3:
        print(f"{fluxes[0]:13.0f}   {fluxes[1] - fluxes[2]:32.0f}")
        rows += 1

# %%
# Both say that the source has faded. They settle the sign, not whether the detection is real: a
# dipole can pass the same test. This project has examined 39,922 real diaSources that Rubin
# observed in 2026: of the 13,734 with ``isNegative`` set, none has a positive ``psfFlux``.
#
# Two conventions
# ---------------
#
# Rubin gives ``psfFlux`` with its sign. Its tutorial "Accessing alerts via the Antares client" says
# that ANTARES reports negative fluxes as positive, and advises multiplying by -1 if ``isNegative``
# is set. To be right in both cases, use ``flux = -abs(psf_flux) if is_negative else psf_flux``.
#
# Rewrite the alerts of this locus in the other convention, and extract both.


import copy


def write_the_other_way(locus):
    """Return a copy in which the fluxes of the negative detections have the other sign."""
    other = copy.deepcopy(locus)
    for alert in other["alerts"]:
        properties = alert["properties"]
        is_negative = properties.get("lsst_diaSource_isNegative") in (True, "true")
        if is_negative and "lsst_diaSource_psfFlux" in properties:
            properties["lsst_diaSource_psfFlux"] *= -1
    return other


other = extract_lightcurve(write_the_other_way(locus))

for name, each in (("as received", lc), ("the other way", other)):
    print(f"{name:14} {each.meta['sign_convention']:9} sum of fluxes: {each['flux'].sum():.1f}")

# %%
# Both give the same light curve. ``meta["sign_convention"]`` says which convention was found; a
# locus that mixes the two triggers a warning.
#
# Never take the absolute value of the others
# -------------------------------------------
#
# Some negative fluxes do not have ``isNegative`` set: those of dipoles, a hole next to a peak,
# which appear when the source and its template are not quite aligned. Of the same 39,922
# diaSources, 1,277 are like that. So leave ``psfFlux`` as it is if ``isNegative`` is not set. In a
# locus that gives fluxes without signs, that is not enough: `antares_helpers.signed_flux` then
# gives a dipole the sign of ``scienceFlux - templateFlux``, or excludes it if these are missing. If
# no detection shows the convention, it flips a dipole only if that difference is negative and of
# the same size within a factor of 2.
#
# ``snr`` does not help either: it is never negative.
#
# Where to go next
# ----------------
#
# * Is the dip real? Check its quality flags:
#   :doc:`/tutorials/2_light_curves/05_choose_which_points_to_trust`. Then look at its images, in
#   which a hole is round: :doc:`/tutorials/3_finding_things/14_look_at_cutouts`. Does it repeat?
#   :doc:`/tutorials/2_light_curves/08_find_the_period_of_a_variable_star`.
# * The rule as a function: `antares_helpers.signed_flux`.
# * The rule without helpers: :doc:`/tutorials/1_first_steps/02_without_helpers`.
