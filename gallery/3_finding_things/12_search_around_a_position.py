"""
Search around a position
========================

A position is the one name that all catalogs share. Find what has changed near it, which sources
other catalogs have there, and how far apart they are. Search a cone of one degree, and plot a chart
of it.
"""

# sphinx_gallery_tags = ["search"]

import astropy.units as u
import matplotlib.pyplot as plt
from astropy.visualization.wcsaxes import SphericalCircle, add_scalebar
from astropy.wcs import WCS

from antares_helpers import find_loci

for locus in find_loci(properties={"num_alerts": (10, None)}, limit=20):
    table = find_loci(near=(locus.ra, locus.dec), radius=1 * u.deg).table
    if len(table) >= 10:
        break
else:
    raise LookupError("No locus of the 20 newest has 10 loci within 1 degree.")

wcs = WCS({"CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN"})
wcs.wcs.crval, wcs.wcs.cdelt = [locus.ra, locus.dec], [-0.01, 0.01]
fig = plt.figure(figsize=(6.6, 5), layout="constrained")
ax = fig.add_subplot(projection=wcs)
sky, center = ax.get_transform("icrs"), [locus.ra, locus.dec] * u.deg
cone = SphericalCircle(center, 1 * u.deg, fc="none", ec="0.4", transform=sky)
ax.add_patch(cone)
style = {"norm": "log", "cmap": "cividis", "edgecolor": "black"}
where = table["ra"], table["dec"], 60, table["num_alerts"].filled(1)
points = ax.scatter(*where, transform=sky, **style)
ax.scatter(*center, 300, "none", edgecolor="#D9622B", lw=2, transform=sky)
fig.colorbar(points, label="number of alerts", format="%d")
ax.set(xlabel="RA", ylabel="Dec", xlim=(-104, 104), ylim=(-104, 104))
add_scalebar(ax, 0.25 * u.deg, label="15 arcmin")

# %%
# **Figure 1.** The loci that ANTARES has within one degree of a locus, which is ringed: the sky in
# tangent projection around it, north up and east to the left. The circle is the cone that was
# searched. The color of a locus is the number of its alerts.
#
# Give a position
# ---------------
#
# ``near=`` takes right ascension and declination in degrees, or a `~astropy.coordinates.SkyCoord`
# in any frame. ``radius=`` takes degrees, or an astropy quantity; one degree is the most that
# antares-client allows. `antares_helpers.find_loci` returns the newest loci first, at most a
# hundred unless you set ``limit=``: check whether there are more. Search the same cone in galactic
# coordinates.

import numpy as np
from astropy.coordinates import SkyCoord

place = SkyCoord(locus.ra, locus.dec, unit="deg").galactic
again = find_loci(near=place, radius=60 * u.arcmin)
print(f"l, b = {place.l.deg:.4f}, {place.b.deg:.4f}:")
print(f"{len(again)} loci within 60 arcmin")
if again.truncated:
    print("There are more: set a higher limit.")

# %%
# Find the nearest
# ----------------
#
# Each row of the table has its separation from the center in arcseconds. Sort by it and print the
# nearest.

table.sort("separation")
table["separation"].format = ".1f"
table["locus_id", "separation", "num_alerts"][:5].pprint(align="<")

# %%
# Search within ten arcseconds
# ----------------------------
#
# Positions of one source differ from catalog to catalog. ANTARES puts an alert into a locus that is
# within about one arcsecond. So search within a few arcseconds, not for equality. Search around one
# of the two loci that are closest to each other.

from itertools import combinations

places = SkyCoord(table["ra"], table["dec"])
pairs = combinations(places, 2)
center, _ = min(pairs, key=lambda pair: pair[0].separation(pair[1]))
near_by = find_loci(near=center, radius=10 * u.arcsec)
for found in near_by:
    offset = found.coordinates.separation(center)
    print(f"{found.locus_id:22}{offset.arcsec:5.2f} arcsec")

# %%
# Two loci are not always two objects: a faint source, whose position is less exact, can get a
# second locus. A supernova can be next to the active nucleus of its galaxy, or in front of a
# quasar. Or a solar-system object passed.
#
# See what other catalogs have
# ----------------------------
#
# ANTARES matches each locus with the catalogs of other surveys. Each has columns of its own:
# `antares_helpers.catalog_table` reads from them what they have in common, the nearest first.

from antares_helpers import catalog_table

tables = [catalog_table(found) for found in near_by]
for found, matches in zip(near_by, tables):
    matches["separation"].info.format = ".2f"
    print(f"{found.locus_id}: {len(matches)} matches")
    if len(matches):
        shown = matches["catalog", "name", "separation", "type", "redshift"]
        shown.pprint(max_width=-1, align="<")

# %%
# Compare the redshifts first: at different redshifts, two sources are one behind the other.
# ``redshift`` is that of the match, not of the locus.
#
# Measure the offset from a host
# ------------------------------
#
# Each alert of Rubin has a position with an error, of which ``raErr`` is already that of RA
# cos(Dec). Compute the weighted mean for each of these loci, and its distance from each match.

NAMES = [f"lsst_diaSource_{name}" for name in ("ra", "dec", "raErr", "decErr")]


def mean_position(locus):
    """Return the mean position of Rubin's alerts, and its error in RA."""
    alerts = [alert.properties for alert in locus.alerts]
    rows = [[alert.get(name) for name in NAMES] for alert in alerts]
    rows = [row for row in rows if None not in row]
    if not rows:
        return locus.coordinates, np.nan * u.arcsec
    ra, dec, ra_err, dec_err = np.transpose(rows) * u.deg
    start = SkyCoord(ra[0], dec[0])
    east, north = start.spherical_offsets_to(SkyCoord(ra, dec))
    x = np.average(east, weights=ra_err**-2)
    y = np.average(north, weights=dec_err**-2)
    err = np.sum(ra_err**-2) ** -0.5
    return start.spherical_offsets_by(x, y), err.to(u.arcsec)


means = [mean_position(found) for found in near_by]
for found, matches, (mean, err) in zip(near_by, tables, means):
    print(f"{found.locus_id}, error of the mean {err:.3f}")
    for row in matches:
        offset = mean.separation(SkyCoord(row["ra"], row["dec"]))
        print(f"    {offset.arcsec:5.2f} arcsec from {row['catalog']}")

# %%
# Plot the loci and the matches around the mean position of the first.

SYMBOLS = "sDo^vph8*"

center = means[0][0]
catalogs = [name for matches in tables for name in matches["catalog"]]
catalogs = list(dict.fromkeys(catalogs))
fig, ax = plt.subplots(figsize=(7.4, 4.4), layout="constrained")
for found, (mean, _) in zip(near_by, means):
    x, y = (each.arcsec for each in center.spherical_offsets_to(mean))
    ax.add_patch(plt.Circle((x, y), 1, color="#FFE3AD"))
    ax.plot(x, y, "+", color="#C2410C", markersize=11)
    ax.annotate(found.locus_id, (x, y + 1.15), ha="center")
for matches in tables:
    for row in matches:
        number = catalogs.index(row["catalog"])
        match = SkyCoord(row["ra"], row["dec"])
        x, y = (each.arcsec for each in center.spherical_offsets_to(match))
        style = {"ms": 6 + number, "color": "0.1", "fillstyle": "none"}
        ax.plot(x, y, SYMBOLS[number % 9], label=row["catalog"], **style)
ax.set(xlabel="east [arcsec]", ylabel="north [arcsec]")
ax.margins(0.2)
ax.set_aspect("equal", "datalim")
ax.xaxis.set_inverted(True)
handles = dict(zip(*ax.get_legend_handles_labels()[::-1]))
fig.legend(handles.values(), handles, loc="outside right upper")

# %%
# **Figure 2.** The loci of the list above. A cross is the mean position of a locus; the disk around
# it has a radius of one arcsecond, within which ANTARES adds an alert to the locus. Hollow symbols
# are the objects of other catalogs that ANTARES matched with them.
#
# The error of the mean is statistical. The positions in many catalogs are off by 0.1 arcsec or
# more, and the center of an extended galaxy is known less well. An offset that is not larger than
# that is consistent with none: the source may be the nucleus, as in an active galaxy or a tidal
# disruption. A supernova may be anywhere in the light of its host.
#
# Could it be chance?
# -------------------
#
# The more galaxies there are and the farther you look, the likelier one is near by accident. Far
# from the Milky Way's plane the number of galaxies follows from their magnitude: `Bloom et al.
# (2002) <https://doi.org/10.1086/338893>`_, equation 3. Print the probability that a galaxy of a
# given magnitude in r, or brighter, lies within a given distance of any position.

magnitudes = np.array([18, 20, 22, 24])
density = 10 ** (0.33 * (magnitudes - 24) - 2.44) / (0.33 * np.log(10))

print("within   ", *(f"  r < {mag}" for mag in magnitudes))
for radius in (1, 3, 10):
    chances = 1 - np.exp(-np.pi * radius**2 * density)
    print(f"{radius:2} arcsec", *(f"{each:8.2%}" for each in chances))

# %%
# A galaxy of 20 mag within three arcseconds is hardly there by chance, but one of 24 mag within ten
# is to be expected. The density of stars depends on the field: count those of a catalog. A match is
# never a proof that the two are one object.
#
# Exercise
# --------
#
# How far from a position may a galaxy be before it is there by chance in one case of twenty? Print
# the radius for each of the magnitudes above.
#
# .. dropdown:: Solution
#
#    Solve the equation for the radius. Beyond it, a match of this magnitude says little.
#
#    .. code-block:: python
#
#       radii = np.sqrt(-np.log(1 - 0.05) / (np.pi * density))
#       for mag, radius in zip(magnitudes, radii):
#           print(f"r < {mag}: {radius:.1f} arcsec")
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
