"""
Search around a position
========================

A position is the one name that all catalogs share. Find what has changed near it, how far away that
is, and which sources other catalogs have there. Search a cone of one degree, and plot a chart of
it.
"""

# sphinx_gallery_tags = ["search"]

import astropy.units as u
import matplotlib.pyplot as plt
from astropy.visualization.wcsaxes import SphericalCircle
from astropy.wcs import WCS

from antares_helpers import find_loci

for locus in find_loci(properties={"num_alerts": (10, None)}, limit=20):
    table = find_loci(near=(locus.ra, locus.dec), radius=1 * u.deg).table
    if len(table) >= 10:
        break
else:
    raise LookupError("No locus of the 20 newest with 10 alerts has 10 loci within one degree.")

wcs = WCS(naxis=2)
wcs.wcs.ctype, wcs.wcs.crval = ["RA---TAN", "DEC--TAN"], [locus.ra, locus.dec]
wcs.wcs.cdelt = [-0.01, 0.01]
fig, ax = plt.subplots(figsize=(5.6, 5), subplot_kw={"projection": wcs}, layout="constrained")
sky, center = ax.get_transform("icrs"), [locus.ra, locus.dec] * u.deg
ax.add_patch(SphericalCircle(center, 1 * u.deg, transform=sky, facecolor="#0B1A33"))
ax.coords.grid(color="white", alpha=0.18)
size = 6 * table["num_alerts"].filled(1).clip(3, 60)
ax.scatter(table["ra"], table["dec"], size, "white", marker="*", transform=sky)
ax.scatter(*center, 450, "none", edgecolor="#FF5A5F", linewidth=1.5, transform=sky)
ax.set(xlabel="RA", ylabel="Dec", xlim=(-103, 103), ylim=(-103, 103), aspect="equal")
ax.coords.frame.set_color("none")
ax.coords[0].set_ticks_position("b")
ax.coords[1].set_ticks_position("l")

# %%
# **Figure 1.** All the loci that ANTARES has within one degree of a locus, which is ringed: the sky
# in tangent projection around it, north up and east to the left. The dark disk is the cone that was
# searched. Each star is a locus; larger stars have more alerts.
#
# Give a position
# ---------------
#
# ``near=`` takes right ascension and declination in degrees, or a `~astropy.coordinates.SkyCoord`
# in any frame. ``radius=`` takes degrees, or an astropy quantity; one degree is the most that
# antares-client allows. `antares_helpers.find_loci` returns the newest loci first, at most a
# hundred unless you set ``limit=``: check whether there are more. Search the same cone in galactic
# coordinates.

from astropy.coordinates import SkyCoord

place = SkyCoord(locus.ra, locus.dec, unit="deg").galactic
again = find_loci(near=place, radius=60 * u.arcmin)
print(f"l, b = {place.l.deg:.4f}, {place.b.deg:.4f}: {len(again)} loci within 60 arcmin")
print("There are more: set a higher limit." if again.truncated else "These are all.")

# %%
# Find the nearest
# ----------------
#
# Each row of the table has its separation from the center in arcseconds. Sort by it and print the
# nearest.

table.sort("separation")
table["separation"].format = ".1f"
table["locus_id", "separation", "num_alerts"][:6].pprint(align="<")

# %%
# Make a chart for print
# ----------------------
#
# Plot the same cone on white. Give each locus a symbol by its number of alerts, and add a scale
# bar.

import numpy as np
from astropy.visualization.wcsaxes import add_scalebar

fig, ax = plt.subplots(figsize=(6.8, 4.8), subplot_kw={"projection": wcs}, layout="constrained")
sky = ax.get_transform("icrs")
ax.add_patch(SphericalCircle(center, 1 * u.deg, transform=sky, facecolor="none", edgecolor="0.4"))
ax.scatter(*center, 450, "none", edgecolor="black", transform=sky)
alerts = table["num_alerts"].filled(0)
for low, high, symbol, size, color, label in (
    (0, 3, "o", 20, "0.5", "1 or 2 alerts"),
    (3, 20, "D", 34, "#D9622B", "3 to 19 alerts"),
    (20, np.inf, "*", 170, "#1F5A94", "20 alerts or more"),
):
    shown = table[(alerts >= low) & (alerts < high)]
    ax.scatter(shown["ra"], shown["dec"], size, color, marker=symbol, label=label, transform=sky)
ax.set(xlabel="RA", ylabel="Dec", xlim=(-103, 103), ylim=(-103, 103), aspect="equal")
ax.coords.frame.set_color("none")
ax.coords[0].set_ticks_position("b")
ax.coords[1].set_ticks_position("l")
add_scalebar(ax, 0.25 * u.deg, label="15 arcmin")
legend = fig.legend(loc="outside right upper", frameon=False)

# %%
# **Figure 2.** The cone of Figure 1, within the gray circle. Gray disks are loci with one or two
# alerts, orange diamonds have up to 19, and blue stars 20 or more. The locus in the middle is
# ringed.
#
# Search within ten arcseconds
# ----------------------------
#
# Positions of one source differ from catalog to catalog, and a locus is itself about one arcsecond
# wide. So search within a few arcseconds, not for equality. List the loci found, the nearest first:

near_by = find_loci(near=(locus.ra, locus.dec), radius=10 * u.arcsec)
listed = near_by.table
listed.sort("separation")
listed["separation"].info.format = ".1f"
listed["locus_id", "separation", "num_alerts"].pprint()

# %%
# There may be more than one: a supernova next to the active nucleus of its galaxy, two stars, or a
# solar-system object that happened to pass.
#
# See what other catalogs have
# ----------------------------
#
# ANTARES matches each locus with catalogs of other surveys. Fetch the nearby loci, and print the
# matched objects, with the separation from the center. Catalogs name their columns as they like:
# use those that have ``ra`` and ``dec``.

from antares_helpers import fetch_locus

center = SkyCoord(locus.ra, locus.dec, unit="deg")
matches = []
for found in near_by:
    for catalog, objects in fetch_locus(found.locus_id)["catalog_objects"].items():
        placed = [each for each in objects if None not in (each.get("ra"), each.get("dec"))]
        matches += [(catalog, SkyCoord(each["ra"], each["dec"], unit="deg")) for each in placed]
matches.sort(key=lambda match: match[1].separation(center))

for catalog, place in matches:
    print(f"{place.separation(center).arcsec:5.2f} arcsec  {catalog}")
if not matches:
    print("No catalog has a match here.")

# %%
# Plot the loci and the matches around the center.

SYMBOLS = "sD^v"

fig, ax = plt.subplots(figsize=(7.4, 4.4), layout="compressed")
ax.add_patch(plt.Circle((0, 0), 10, facecolor="none", edgecolor="0.5", linestyle="--"))
for found in near_by:
    x, y = center.spherical_offsets_to(SkyCoord(found.ra, found.dec, unit="deg"))
    ax.add_patch(plt.Circle((x.arcsec, y.arcsec), 1, facecolor="#FFD27F"))
    side, shift = ("left", -1.4) if x.arcsec > -1 else ("right", 1.4)
    ax.annotate(found.locus_id, (x.arcsec + shift, y.arcsec), va="center", ha=side, fontsize=9)
for number, catalog in enumerate(dict(matches)):
    places = [center.spherical_offsets_to(place) for name, place in matches if name == catalog]
    x, y = zip(*((x.arcsec, y.arcsec) for x, y in places))
    symbol, size = SYMBOLS[number % 4], 7 + 2 * number
    ax.plot(x, y, symbol, fillstyle="none", ms=size, color="0.1", label=catalog)
ax.set(xlabel="east [arcsec]", ylabel="north [arcsec]", xlim=(11, -11), ylim=(-11, 11))
ax.set_aspect("equal")
if matches:
    fig.legend(loc="outside right upper", frameon=False)

# %%
# **Figure 3.** The innermost ten arcseconds of the cone, within the dashed circle. Disks with a
# radius of one arcsecond are the loci, each with its ID; hollow symbols are the objects from other
# catalogs that ANTARES matched with them.
#
# How close a match must be depends on the catalog, so a match is no proof that the two are the same
# object. A supernova is expected to lie off the center of its host.
#
# Where to go next
# ----------------
#
# * What a match contains: :doc:`/tutorials/1_first_steps/03_see_what_is_in_a_locus`.
# * An extended region, such as the sky map of a gravitational wave:
#   :doc:`/tutorials/3_finding_things/15_follow_up_a_gravitational_wave`.
# * Look at the pixels: :doc:`/tutorials/3_finding_things/14_look_at_cutouts`.
# * Narrow it down by tags and properties:
#   :doc:`/tutorials/3_finding_things/13_search_by_property_and_tag`.
