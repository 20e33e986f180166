"""
Look at cutouts
===============

A light curve shows what was measured, not the image behind it. Look at the pixels before you trust
a point: a fading star, a new star and a failed subtraction differ at a glance. Fetch the cutouts of
one detection and show the template, science and difference images side by side, on one scale.
"""

# sphinx_gallery_tags = ["images", "data quality"]
# sphinx_gallery_thumbnail_number = 2

import astropy.units as u

from antares_helpers import (
    catalog_table,
    extract_lightcurve,
    fetch_cutouts,
    find_loci,
    plot_cutouts,
)
from antares_helpers.errors import CutoutsNotFoundError

newest = find_loci(properties={"num_alerts": (10, None)}, limit=60)
for locus in newest:
    matches = catalog_table(locus)
    is_host = (matches["type"] == "G") & (matches["redshift"] > 0.1)
    is_host &= abs(matches["separation"] - 1.5 * u.arcsec) < 1 * u.arcsec
    lc = extract_lightcurve(locus)
    if len(lc) == 0 or not is_host.any():
        continue
    best = lc[(lc["flux"] / lc["flux_err"]).argmax()]
    try:
        cutouts = fetch_cutouts(best["alert_id"])
        break
    except CutoutsNotFoundError:
        continue
else:
    raise LookupError("No new locus with a host and 10 alerts has cutouts.")

axes = plot_cutouts(cutouts, title=f"{locus.locus_id}, {best['band']} band")

# %%
# **Figure 1.** The detection of one locus that is farthest above the noise. Left: the template, an
# average of earlier images, with the host galaxy. Middle: the science image of this visit. Right:
# the difference, on which the alert was measured: the galaxy is gone, a new star is left. All three
# have the scale of the color bar, on which gray is zero and yellow is bright.
#
# The locus was chosen by its catalog matches: a galaxy that fits into a cutout of six arcseconds,
# at a redshift above 0.1, is 0.5 to 2.5 arcsec away.
#
# Read the scale
# --------------
#
# `antares_helpers.plot_cutouts` gives the three images the same limits, so that equal colors are
# equal fluxes. If there are values below zero, the limits are symmetric. The scale is linear up to
# three times the noise, and logarithmic beyond, so that a faint change shows next to a bright
# galaxy. Colors become lighter from hole to source: the sign is visible in print too.
#
# `antares_helpers.fetch_cutouts` returns a dictionary of arrays, row 0 at the bottom. Print the
# size of each, with its faintest and its brightest pixel.

import numpy as np

for kind, image in cutouts.items():
    height, width = image.shape
    low, high = np.nanmin(image), np.nanmax(image)
    print(f"{kind:10} {width} x {height}: {low:.4g} to {high:.4g}")

# %%
# Rubin writes cutouts as FITS files `in nJy <https://github.com/lsst/ap_association>`_. Such a file
# becomes an astropy `~astropy.units.Quantity`, a file without a unit a plain array. A broker may
# send a picture instead, such as a PNG: its numbers are shades of gray, from which no flux can be
# measured. The sandbox sends FITS files if it is started with ``--thumbnails fits``.
#
# See a hole, and a dipole
# ------------------------
#
# Among the newest loci, find one of which most detections are negative, and one of which most are
# dipoles. Show the deepest detection of the one above the dipole with the smallest flux of the
# other.

import matplotlib.pyplot as plt

examples = {}
for found in newest:
    lc = extract_lightcurve(found)
    negative = lc[lc["is_negative"] & ~lc["is_dipole"]]
    dipole = lc[lc["is_dipole"]]
    for name, rows in (("negative", negative), ("dipole", dipole)):
        if name in examples or len(rows) <= len(lc) / 2:
            continue
        flux = rows["flux"]
        row = flux.argmin() if name == "negative" else abs(flux).argmin()
        try:
            examples[name] = fetch_cutouts(rows["alert_id"][row])
        except CutoutsNotFoundError:
            continue
    if len(examples) == 2:
        break
else:
    raise LookupError("No new locus is mostly negative, or mostly dipoles.")

fig, grid = plt.subplots(2, 3, figsize=(8.5, 5.6), layout="compressed")
for row, (name, images) in zip(grid, sorted(examples.items())[::-1]):
    plot_cutouts(images, title=name, axes=row[: len(images)])

# %%
# **Figure 2.** Above: a star fainter than in its template leaves a round hole, dark blue, in the
# difference. Below: a dipole, a hole next to a peak. Each row has its own color bar.
#
# A hole is a detection like any other: ``isNegative`` is set, and the flux is negative.
#
# A dipole is usually an artifact: the template was shifted by a few hundredths of an arcsecond, a
# fraction of a pixel. Nothing of that shows in the template or in the science image; look at the
# difference, and at how bright the star is. Its two lobes nearly cancel: the flux that is left is
# often a few percent of the star, of either sign, and one lobe can hide the other. That is why the
# dipole with the smallest flux was chosen here. See
# :doc:`/tutorials/2_light_curves/05_choose_which_points_to_trust`.
#
# Measure the flux yourself
# -------------------------
#
# Rubin's ``psfFlux`` comes from a fit of the shape of a star to the difference image. Sum the
# pixels of the difference within circles of increasing radius, and see whether the sum reaches that
# value. Estimate the noise from the pixels outside.


def distance_from_center(image):
    """Return the distance of each pixel from the center, in pixels."""
    height, width = image.shape
    y, x = np.indices(image.shape)
    return np.hypot(x - (width - 1) / 2, y - (height - 1) / 2)


difference = cutouts.get("difference")
unit = getattr(difference, "unit", u.one)
if not unit.is_equivalent(u.nJy):
    raise LookupError("No flux can be measured: the difference is not in nJy.")

distance = distance_from_center(difference)
radii = np.arange(1, 11)
circles = [distance <= radius for radius in radii]
sums = [np.nansum(difference[circle]) for circle in circles]
flux = u.Quantity(sums).to(u.nJy)
noise = np.nanstd(difference[distance > radii[-1]]).to(u.nJy)
flux_err = noise * np.sqrt([circle.sum() for circle in circles])

# %%
# Plot the sums against the radius, with ``psfFlux`` from the light curve.

psf_flux = best["flux"].to_value("nJy")
psf_err = best["flux_err"].to_value("nJy")

fig, ax = plt.subplots(figsize=(6, 4), layout="constrained")
low, high = psf_flux - psf_err, psf_flux + psf_err
ax.axhspan(low, high, color="0.8", label="psfFlux, 1 sigma")
style = {"fmt": "o-", "color": "#00204D", "label": "sum of pixels"}
ax.errorbar(radii, flux.value, flux_err.value, **style)
ax.axhline(0, color="0.46", linewidth=0.8)
ax.set(xlabel="radius [pixels]", ylabel="difference flux [nJy]")
ax.set_title(best["alert_id"])
legend = ax.legend(loc="center right", frameon=False)

# %%
# **Figure 3.** A curve of growth: the flux within a circle rises with its radius until the circle
# contains the whole star, then stays level, while its error grows with each pixel of sky. The gray
# band is ``psfFlux`` with its error.

sum_7, err_7 = flux[radii == 7][0], flux_err[radii == 7][0]
print(f"sum within 7 pixels: {sum_7.value:.0f} +/- {err_7.value:.0f} nJy")
print(f"psfFlux:             {psf_flux:.0f} +/- {psf_err:.0f} nJy")

# %%
# The two agree within their errors unless there is a neighbor in the circle, or a dipole. The host
# does not matter: it is in the science image and in the template, and so not in the difference. The
# fit has the smaller error, because it gives most weight to the pixels that contain most of the
# light. The error of the sum assumes that the noise of neighboring pixels is independent; in images
# that were resampled or convolved this is not quite true, and the real error is larger.
#
# Find north, and the host
# ------------------------
#
# Do not expect north at the top: the template is fitted to the visit image, not the other way
# around, and so `all three have the orientation of the visit
# <https://community.lsst.org/t/rotation-in-alert-postage-stamps-and-cutouts/12042>`_. The header of
# the FITS file is in ``info.meta``, with the position of each pixel. Mark north, east, and the
# galaxy of the catalog.

from astropy.coordinates import SkyCoord
from astropy.wcs import WCS

wcs = WCS(difference.info.meta)
if not wcs.has_celestial:
    raise LookupError("No position is in the header of the cutout.")
center = locus.coordinates
middle = np.array(wcs.world_to_pixel(center))
host = matches[is_host][0]

fig, ax = plt.subplots(figsize=(4.8, 4), layout="constrained")
plot_cutouts({"science": cutouts["science"]}, axes=ax)
style = {"color": "white", "ha": "center", "va": "center"}
arrow = {"arrowstyle": "<-", "color": "white"}
for angle, name in ((0, "N"), (90, "E")):
    tip = center.directional_offset_by(angle * u.deg, 2 * u.arcsec)
    x, y = wcs.world_to_pixel(tip)
    ax.annotate(name, middle, (x, y), arrowprops=arrow, **style)
x, y = wcs.world_to_pixel(SkyCoord(host["ra"], host["dec"]))
ax.plot(x, y, "x", color="black", markersize=10, label=host["name"])
legend = ax.legend(loc="lower left")

# %%
# **Figure 4.** The science image of Figure 1. The cross is the position that a catalog gives for
# the galaxy; the arrows point north and east from the locus, and are two arcseconds long.
#
# If there are none
# -----------------
#
# Rubin sends cutouts `with each alert
# <https://prompt-products.lsst.io/products/alerts/index.html>`_, but a broker decides what it
# stores and shows. An alert in ANTARES may have all three images, some, or none, as for a ZTF upper
# limit. Be prepared for `antares_helpers.errors.CutoutsNotFoundError`, as the code above is, and
# continue with the next alert.
#
# Exercise
# --------
#
# How much of the light within seven pixels of the new star, in the science image of Figure 1, is
# not the star but its host?
#
# .. dropdown:: Solution
#
#    The difference image has the light of the star alone, the science image all of it.
#
#    .. code-block:: python
#
#       circle = distance <= 7
#       total = np.nansum(u.Quantity(cutouts["science"])[circle]).to(u.nJy)
#       share = 1 - sum_7 / total
#       print(f"{share:.0%} of {total:.0f} is from the host")
#
# Where to go next
# ----------------
#
# * Reliability, flags and dipoles:
#   :doc:`/tutorials/2_light_curves/05_choose_which_points_to_trust`.
# * The sign of a flux: :doc:`/tutorials/2_light_curves/04_handle_negative_fluxes`.
# * Choose loci by their properties:
#   :doc:`/tutorials/3_finding_things/13_search_by_property_and_tag`.
