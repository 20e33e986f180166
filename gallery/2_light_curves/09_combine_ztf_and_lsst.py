"""
Combine ZTF and LSST
====================

ANTARES distributes the alerts of ZTF and those of Rubin's LSST, and some loci have both. The two
come in different units, on different time scales and through different filters. Plot both surveys
on one set of axes, and see what can be compared.
"""

# sphinx_gallery_tags = ["ZTF", "photometry"]

from antares_helpers import extract_lightcurve, find_loci, plot_lightcurve

names = ("properties.survey.ztf.id", "properties.survey.lsst.dia_object_id")
query = {"query": {"bool": {"filter": [{"exists": {"field": name}} for name in names]}}}
for found in find_loci(query=query, limit=30):
    lc = extract_lightcurve(found, survey="all")
    days = lc.time.mjd[lc["survey"] == "lsst"]
    if len(days) >= 5:
        lc = lc[(lc.time.mjd > days.min() - 30) & (lc.time.mjd < days.max() + 30)]
        rubin, ztf = lc[lc["survey"] == "lsst"], lc[(lc["survey"] == "ztf") & ~lc["is_limit"]]
        if len(ztf) >= 5:
            break
else:
    raise LookupError("No locus of the 30 newest has 5 Rubin detections and 5 from ZTF near them.")

ax = plot_lightcurve(lc)

# %%
# **Figure 1.** One locus, observed by two surveys. Filled symbols are Rubin's detections, pale ones
# are ZTF's, small circles with arrows are ZTF's upper limits. Color and shape identify the band; in
# the legend, a band that names no survey is Rubin's.
#
# Magnitudes become fluxes
# ------------------------
#
# ZTF gives the magnitude of the difference, and its sign in ``isdiffpos``. Print one ZTF alert as
# it was received, then the row that `antares_helpers.extract_lightcurve` makes of it.

from antares_helpers import fetch_locus

row = ztf[ztf["flux"].argmax()]
locus = fetch_locus(found.locus_id)
alert = next(alert for alert in locus["alerts"] if alert["id"] == row["alert_id"])
for name in ("ant_mag", "ant_magerr", "ztf_isdiffpos", "ant_passband", "ztf_exptime"):
    print(f"{name:14}{alert['properties'].get(name)}")
print(f"{'flux [nJy]':14}{row['flux'].value:.0f} +- {row['flux_err'].value:.0f}")

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
# magnitude. Rubin's alerts are detections only. Rows with ``is_limit`` set have the 5-sigma limit
# as ``flux``, and a fifth of it as ``flux_err``. They are not measurements: never average or fit
# them as such. Count both kinds.

for survey in ("lsst", "ztf"):
    rows = lc[lc["survey"] == survey]
    limits = rows["is_limit"].sum()
    print(f"{survey}: {len(rows) - limits} detections, {limits} limits, for example", end=" ")
    print(rows["alert_id"][-1])

# %%
# The beginning of ``alert_id`` also identifies the survey. A Rubin row has a ``dia_object_id``; ZTF
# has names instead, which are listed under ``survey`` in the properties of the locus.
#
# Compare like with like
# ----------------------
#
# Plot each band that both surveys have on its own. Interpolate ZTF's flux to the times of Rubin's
# detections, if ZTF has one within 2 days, and print the mean ratio of the two.

import matplotlib.pyplot as plt
import numpy as np


def compare(ztf, rubin):
    """Return each ratio of ZTF's flux to Rubin's, and its error."""
    days, flux = rubin.time.mjd, rubin["flux"].value
    ztf_days = ztf.time.mjd
    ratio = np.interp(days, ztf_days, ztf["flux"].value, np.nan, np.nan) / flux
    error = np.interp(days, ztf_days, ztf["flux_err"].value) / abs(flux)
    error = np.hypot(error, ratio * rubin["flux_err"].value / flux)
    near = abs(days[:, None] - ztf_days).min(axis=1) < 2
    return ratio[near & np.isfinite(ratio)], error[near & np.isfinite(ratio)]


shared = [band for band in "gri" if band in ztf["band"] and band in rubin["band"]] or ["r"]
fig, axes = plt.subplots(
    1, len(shared), figsize=(4.3 * len(shared), 3.6), layout="constrained", squeeze=False
)
for ax, band in zip(axes[0], shared):
    of_rubin, of_ztf = rubin[rubin["band"] == band], ztf[ztf["band"] == band]
    in_band = (lc["band"] == band) & ~lc["is_limit"]
    plot_lightcurve(lc[in_band], title=f"band {band}", legend=False, ax=ax)
    ratio, error = compare(of_ztf, of_rubin) if len(of_ztf) else ([], [])
    if len(ratio):
        mean, sigma = np.average(ratio, weights=error**-2), np.sum(error**-2) ** -0.5
        print(f"{band}: ZTF / Rubin = {mean:.2f} +- {sigma:.2f} from {len(ratio)} detections")

# %%
# **Figure 2.** The same locus, one panel for each band that both surveys have. Filled symbols are
# Rubin's detections, pale ones are ZTF's.
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
# Where to go next
# ----------------
#
# * What the time scales mean: :doc:`/tutorials/2_light_curves/06_get_times_right`.
# * Why fluxes, not magnitudes: :doc:`/tutorials/2_light_curves/07_convert_fluxes_to_magnitudes`.
# * Fit a light curve: :doc:`/tutorials/2_light_curves/10_fit_a_supernova`.
# * Find a locus by its ZTF name: :doc:`/tutorials/3_finding_things/11_find_a_locus_by_name`.
