"""
Look at cutouts
===============

A light curve shows what was measured, not the image behind it. Look at the pixels before you trust
a point: a fading star, a new star and a failed subtraction differ at a glance. Fetch the cutouts of
one detection and show the template, science and difference images side by side, on one scale.
"""

# sphinx_gallery_tags = ["images", "data quality"]

from itertools import islice

from antares_client import search

from antares_helpers import extract_lightcurve, fetch_cutouts, plot_cutouts
from antares_helpers.errors import CutoutsNotFoundError

query = {"query": {"range": {"properties.num_alerts": {"gte": 10}}}}
for found in islice(search.search(query), 10):
    lc = extract_lightcurve(found)
    if len(lc) == 0:
        continue
    brightest = lc[lc["flux"].argmax()]
    try:
        cutouts = fetch_cutouts(brightest["alert_id"])
        break
    except CutoutsNotFoundError:
        continue
else:
    raise LookupError("No locus of the 10 newest with 10 alerts has cutouts.")

axes = plot_cutouts(cutouts, title=f"{found.locus_id}, {brightest['band']} band")

# %%
# **Figure 1.** The brightest detection of one locus. Left: the template, an average of earlier
# images. Middle: the science image of this visit. Right: the difference, on which the alert was
# measured. All three have the scale of the color bar, on which gray is zero and yellow is bright.
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
    print(f"{kind:10} {width} x {height}: {np.nanmin(image):.4g} to {np.nanmax(image):.4g}")

# %%
# Rubin writes cutouts as FITS files `in nJy <https://github.com/lsst/ap_association>`_. Such a file
# becomes an astropy `~astropy.units.Quantity`, a file without a unit a plain array. The numbers in
# a picture, such as a PNG, are shades of gray: no flux can be measured from them.
#
# See a hole, and a dipole
# ------------------------
#
# Find a negative detection and a dipole among the newest loci, and show one above the other.

import matplotlib.pyplot as plt

examples = {}
for found in islice(search.search(query), 30):
    lc = extract_lightcurve(found)
    negative = lc[lc["is_negative"] & ~lc["is_dipole"]]
    for name, rows in {"negative": negative, "dipole": lc[lc["is_dipole"]]}.items():
        if name in examples or len(rows) == 0:
            continue
        try:
            examples[name] = fetch_cutouts(rows["alert_id"][np.abs(rows["flux"]).argmax()])
        except CutoutsNotFoundError:
            continue
    if len(examples) == 2:
        break
else:
    raise LookupError("No locus of the 30 newest has cutouts of a negative detection or a dipole.")

fig, grid = plt.subplots(2, 3, figsize=(8.5, 5.6), layout="compressed")
for row, name in zip(grid, ("negative", "dipole")):
    plot_cutouts(examples[name], title=name, axes=row[: len(examples[name])])

# %%
# **Figure 2.** Above: a star fainter than in its template leaves a round hole, dark blue, in the
# difference. Below: a dipole, a hole next to a peak, because the star is slightly displaced from
# its position in the template. Each row has its own color bar.
#
# A hole is a detection like any other: ``isNegative`` is set, and the flux is negative. A dipole is
# usually an artifact of the subtraction, however large its flux: see
# :doc:`/tutorials/2_light_curves/05_choose_which_points_to_trust`.
#
# Measure the flux yourself
# -------------------------
#
# Rubin's ``psfFlux`` comes from a fit of the shape of a star to the difference image. Sum the
# pixels of the difference within circles of increasing radius, and see whether the sum reaches that
# value. Estimate the noise from the pixels outside.

import astropy.units as u


def distance_from_center(image):
    """Return the distance of each pixel from the center of an image, in pixels."""
    height, width = image.shape
    y, x = np.indices(image.shape)
    return np.hypot(x - (width - 1) / 2, y - (height - 1) / 2)


difference = cutouts.get("difference")
if not isinstance(difference, u.Quantity) or not difference.unit.is_equivalent(u.nJy):
    raise LookupError(f"Alert {brightest['alert_id']} has no difference image in nJy.")

distance = distance_from_center(difference)
radii = np.arange(0.5, 10.5, 0.5)
circles = [distance <= radius for radius in radii]
flux = u.Quantity([np.nansum(difference[circle]) for circle in circles]).to(u.nJy)
noise = np.nanstd(difference[distance > radii[-1]]).to(u.nJy)
flux_err = noise * np.sqrt([circle.sum() for circle in circles])

# %%
# Plot the sums against the radius, with ``psfFlux`` from the light curve.

fig, ax = plt.subplots(figsize=(6, 4), layout="constrained")
psf_flux, psf_flux_err = brightest["flux"].to_value("nJy"), brightest["flux_err"].to_value("nJy")
ax.axhspan(psf_flux - psf_flux_err, psf_flux + psf_flux_err, color="0.8", label="psfFlux, 1 sigma")
ax.errorbar(radii, flux.value, flux_err.value, fmt="o-", color="#00204D", label="sum of pixels")
ax.axhline(0, color="0.46", linewidth=0.8)
ax.set(xlabel="radius [pixels]", ylabel="difference flux [nJy]", title=brightest["alert_id"])
legend = ax.legend(loc="lower right", frameon=False)

# %%
# **Figure 3.** A curve of growth: the flux within a circle rises with its radius until the circle
# contains the whole star, then stays level, while its error grows with each pixel of sky. The gray
# band is ``psfFlux`` with its error.

at = int(np.argmin(np.abs(radii - 5)))
print(f"sum within {radii[at]:.0f} pixels: {flux[at].value:.0f} +/- {flux_err[at].value:.0f} nJy")
print(f"psfFlux:             {psf_flux:.0f} +/- {psf_flux_err:.0f} nJy")

# %%
# The two agree within their errors unless there is a neighbor in the circle, or a dipole. The fit
# has the smaller error, because it gives most weight to the pixels that contain most of the light.
# The error of the sum assumes that the noise of neighboring pixels is independent; in images that
# were resampled or convolved this is not quite true, and the real error is larger.
#
# Find north
# ----------
#
# Do not expect north at the top: the template is fitted to the visit image, not the other way
# around, and so `all three have the orientation of the visit
# <https://community.lsst.org/t/rotation-in-alert-postage-stamps-and-cutouts/12042>`_. The header of
# the FITS file is in ``info.meta``. Compute the direction of north.

from astropy.wcs import WCS

wcs = WCS(difference.info.meta)
if wcs.has_celestial:
    x, y = (difference.shape[1] - 1) / 2, (difference.shape[0] - 1) / 2
    middle = wcs.pixel_to_world(x, y)
    north = middle.directional_offset_by(0 * u.deg, 1 * u.arcsec)
    x_north, y_north = wcs.world_to_pixel(north)
    angle = np.degrees(np.arctan2(x - x_north, y_north - y))
    print(f"North lies {round(float(angle)) % 360} degrees counterclockwise from the top.")
    print(f"A pixel is {1 / np.hypot(x_north - x, y_north - y):.2f} arcsec wide.")
else:
    print("The header gives no position.")

# %%
# If there are none
# -----------------
#
# Rubin sends cutouts `with each alert
# <https://prompt-products.lsst.io/products/alerts/index.html>`_, but a broker decides what it
# stores and shows. An alert in ANTARES may have all three images, some, or none, as for a ZTF upper
# limit. Be prepared for `antares_helpers.errors.CutoutsNotFoundError`, as the code above is, and
# continue with the next alert.
#
# Where to go next
# ----------------
#
# * Reliability, flags and dipoles:
#   :doc:`/tutorials/2_light_curves/05_choose_which_points_to_trust`.
# * The sign of a flux: :doc:`/tutorials/2_light_curves/04_handle_negative_fluxes`.
# * Choose loci by their properties:
#   :doc:`/tutorials/3_finding_things/13_search_by_property_and_tag`.
