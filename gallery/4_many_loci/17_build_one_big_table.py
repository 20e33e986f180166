"""
Build one big table
===================

A hundred light curves are too many to look at one by one, and a million are too many for one
process. This page needs nested-pandas and LSDB, which ``antares-helpers[tutorials]`` installs and
the Rubin Science Platform has. Put many light curves into one table, and reduce each to a few
numbers, first in one process, then with LSDB on Dask.
"""

# sphinx_gallery_tags = ["many loci", "data quality"]

from tempfile import TemporaryDirectory

import matplotlib.pyplot as plt
import numpy as np

from antares_helpers import find_loci, iter_loci, lightcurve_table
from antares_helpers.convert import to_nested

POINT = [f"lightcurve.{name}" for name in ("mjd", "band", "flux", "flux_err")]
COLUMNS = ["locus_id", *POINT]


def shape(row):
    """Reduce a light curve to three numbers."""
    mjd, flux = row["lightcurve.mjd"], row["lightcurve.flux"]
    span = flux.max(initial=0) - flux.min(initial=0)
    negative = np.mean(flux < 0)
    return {"duration": np.ptp(mjd), "amplitude": span, "negative": negative}


folder = TemporaryDirectory()
found = find_loci(properties={"num_alerts": (5, None)}, limit=100)
table = lightcurve_table(iter_loci(found, folder=folder.name, progress=False))
nested = to_nested(table)
if len(nested) < 2:
    raise LookupError("No 2 loci with 5 alerts have a Rubin light curve.")
shapes = nested.map_rows(shape, columns=COLUMNS)
duration, amplitude, negative = shapes.to_numpy(float).T

fig, ax = plt.subplots(figsize=(7, 4.6), layout="constrained")
style = {"s": 60, "edgecolors": "0.2", "cmap": "cividis_r"}
points = ax.scatter(duration, amplitude, c=negative, **style)
ax.set(xlabel="duration [d]", ylabel="amplitude [nJy]", yscale="log")
bar = fig.colorbar(points, label="fraction of negative detections")

# %%
# **Figure 1.** A hundred loci, one circle each: the range of the difference fluxes, zero included,
# against the time between the first and the last detection. Yellow circles are never negative, dark
# ones mostly.
#
# See what is in the table
# ------------------------
#
# `antares_helpers.lightcurve_table` takes loci one by one, or a folder of locus files, and makes
# one row per point. Print the first rows, and the number of alerts included and excluded.


def print_report(report):
    """Print what became of every alert."""
    names = "included", "alerts", "loci"
    included, alerts, loci = (report[name] for name in names)
    print(f"{included} of {alerts} alerts of {loci} loci")
    for reason, number in report["excluded"].items():
        print(f"excluded: {number} {reason}")


table["mjd"].info.format, table["flux"].info.format = ".4f", ".0f"
table["locus_id", "mjd", "band", "flux", "is_dipole"][:3].pprint(align="<")
print_report(table.meta["report"])

# %%
# Save it to a file, without the points you do not trust
# ------------------------------------------------------
#
# The options are those of `antares_helpers.extract_lightcurve`, and apply to all loci. Write the
# light curves of the folder to a Parquet file, without dipoles, flagged points and points of low
# reliability, and read the file.

from pathlib import Path

from antares_helpers import read_table, write_parquet

cuts = {"keep_dipoles": False, "keep_flagged": False, "min_reliability": 0.6}
path = write_parquet(folder.name, Path(folder.name, "points.parquet"), **cuts)
clean = read_table(path)
print_report(clean.meta["report"])

# %%
# `antares_helpers.write_parquet` processes one locus after another, so its memory does not grow
# with their number. The file includes units, descriptions, options and this report, and any program
# that reads Parquet can read it.
#
# Write your own feature
# ----------------------
#
# `antares_helpers.convert.to_nested` makes a nested-pandas frame: one row per locus, its points
# nested in ``lightcurve``. ``map_rows`` calls a function for each row, with the columns that you
# name: a value of the locus, an array of its points.
#
# Add a color, g - r, with its error. A ratio of fluxes from different nights says when they were
# measured, not what color the source has. So take pairs: Rubin often observes a field twice a
# night, 20 to 40 minutes apart, in two bands. Of all pairs in g and r choose the one with the
# smallest error, for a supernova one near its maximum.

from astropy.table import Table

FORMATS = {
    "duration": ".1f",
    "amplitude": ".0f",
    "negative": ".2f",
    "color": ".2f",
    "color_err": ".2f",
}


def color(row):
    """Return g - r [AB mag] of the best pair of one night, and its error."""
    mjd, band, flux, error = (row[name] for name in POINT)
    is_pair = (band[:, None] == "g") & (band == "r")
    is_pair &= abs(mjd[:, None] - mjd) < 0.1
    g, r = np.nonzero(is_pair & (flux[:, None] * flux > 0))
    if len(g) == 0:
        return {"color": np.nan, "color_err": np.nan}
    noise = 1.0857 * np.hypot(error[g] / flux[g], error[r] / flux[r])
    best = noise.argmin()
    ratio = flux[g[best]] / flux[r[best]]
    return {"color": -2.5 * np.log10(ratio), "color_err": noise[best]}


def features(row):
    """Reduce a light curve to its features."""
    return {"locus_id": row["locus_id"], **shape(row), **color(row)}


nested = to_nested(clean)
one = Table.from_pandas(nested.map_rows(features, columns=COLUMNS))
one.sort("amplitude", reverse=True)
for name in FORMATS:
    one[name].info.format = FORMATS[name]
one[:5].pprint()
has_color = np.ma.filled(one["color_err"] > 0, False)
print(f"{sum(has_color)} of {len(one)} loci have a color")

fig, ax = plt.subplots(figsize=(7, 4), layout="constrained")
TAG = "young_rubin_transients"
tagged = [locus.locus_id for locus in found if TAG in locus.tags]
is_young = np.isin(one["locus_id"], tagged)
x, y, noise = (one[name] for name in ("color", "amplitude", "color_err"))
ax.errorbar(x, y, xerr=noise, fmt="none", ecolor="0.5")
for rows, marker, label in ((is_young, "^", TAG), (~is_young, "o", "others")):
    some = one[rows]
    points = ax.scatter(
        some["color"],
        some["amplitude"],
        c=some["negative"],
        marker=marker,
        label=label,
        zorder=2,
        **style,
    )
ax.set(xlabel="g - r [AB mag]", ylabel="amplitude [nJy]", yscale="log")
bar = fig.colorbar(points, label="fraction of negative detections")
legend = fig.legend(loc="outside upper center", ncols=2, frameon=False)

# %%
# **Figure 2.** The loci with a pair in g and r, by the color of the difference flux, blue on the
# left, with its error. Points that the cuts exclude are not used. Triangles have the tag
# young_rubin_transients; the fill is that of Figure 1.
#
# * The color is that of what has changed: of a supernova without its host galaxy, of a variable
#   star not the color of the star. Both fluxes must have the same sign.
# * The errors are those of the noise. A source that changes within half an hour, such as an RR
#   Lyrae star, adds to them.
# * The dust of the Milky Way is not removed. It reddens g - r by 0.96 times the E(B-V) of the map
#   SFD: :doc:`/tutorials/2_light_curves/10_fit_a_supernova` says where to look that up.
#
# Run it with LSDB on Dask
# ------------------------
#
# `antares_helpers.convert.to_lsdb` makes an LSDB catalog, partitioned by position on the sky. It
# takes the same function, and runs it on every partition. LSDB plans first: give the columns that
# the function returns in ``meta``. ``compute`` does the work. Sort by ``locus_id`` to compare: LSDB
# sorts by position. A locus that has lost all its points to the cuts has no row in either.

from antares_helpers.convert import to_lsdb

catalog = to_lsdb(nested, partition_rows=12)
meta = {"locus_id": str} | dict.fromkeys(FORMATS, float)
plan = catalog.map_rows(features, columns=COLUMNS, meta=meta)
many = Table.from_pandas(plan.compute(progress_bar=False))

one.sort("locus_id")
many.sort("locus_id")

for name in FORMATS:
    is_same = np.array_equal(one[name], many[name], equal_nan=True)
    result = "the same" if is_same else "different"
    print(f"{name:10} {result} for {len(many)} loci")

# %%
# Plot the partitions. They are HEALPix pixels, each as large as its number of loci allows, and none
# smaller than half a degree.

from astropy_healpix import HEALPix

pixels = catalog.get_healpix_pixels()
fig = plt.figure(figsize=(8, 3.4), layout="constrained")
sky, zoom = fig.subplots(1, 2, width_ratios=(2, 1))
for pixel in pixels:
    grid = HEALPix(2**pixel.order, order="nested")
    corners = grid.boundaries_lonlat([pixel.pixel], step=100)
    ra, dec = (np.append(angle.deg, angle.deg[0, 0]) for angle in corners)
    ra[:-1][abs(np.diff(ra)) > 180] = np.nan
    for ax in (sky, zoom):
        ax.plot(ra, dec, color="0.6", linewidth=0.8)
for ax in (sky, zoom):
    ax.plot(nested["ra"], nested["dec"], "o", color="#B22222", markersize=3)
    ax.set_xlabel("right ascension [deg]")
sky.set_ylabel("declination [deg]")
sky.set(xlim=(360, 0), ylim=(-90, 90), xticks=range(0, 361, 60))

ra, dec = nested[["ra", "dec"]].to_numpy(float).T
near = np.hypot(ra[:, None] - ra, dec[:, None] - dec) < 4
crowd = near[near.sum(axis=1).argmax()]
ra, dec = ra[crowd], dec[crowd]
zoom.set_xlim(ra.max() + 1, ra.min() - 1)
zoom.set_ylim(dec.min() - 1, dec.max() + 1)
box = sky.indicate_inset_zoom(zoom, edgecolor="black")

# %%
# **Figure 3.** Left, the whole sky, east to the left: the loci as dots, the borders of the
# partitions in gray. Right, the box on the left, where most loci are close together: the partitions
# are small there.
#
# Remove the temporary folder.

folder.cleanup()

# %%
# Scale up
# --------
#
# * A hundred loci do not need LSDB, nor so many partitions. Omit ``partition_rows``:
#   `antares_helpers.convert.to_lsdb` then puts an eighth of the loci into each, or 10,000 if that
#   is less.
# * Here Dask works with threads. For more, start a ``dask.distributed.Client()`` before
#   ``compute``: on all cores of this machine, or on those of a cluster. In a script put the work
#   under ``if __name__ == "__main__":``. Nothing else changes; the tests of this project compare
#   two processes with one.
# * Save the catalog with ``catalog.write_catalog(folder)``. Opened again with
#   ``lsdb.open_catalog(folder)`` it is read partition by partition, so it may be larger than
#   memory.
# * LSDB also matches your loci with other catalogs by position: ``catalog.crossmatch``.
#
# Exercise
# --------
#
# Write a feature that says how sure it is that a locus varies: chi2 per degree of freedom, if the
# flux of each band were constant. Which loci vary most clearly, and does any not vary?
#
# .. dropdown:: Solution
#
#    Subtract the weighted mean of each band, which costs one degree of freedom. A locus that is
#    always brighter than its template by the same amount does not vary. If no band has two
#    points, nothing can be said.
#
#    .. code-block:: python
#
#       def chi2(row):
#           band, flux, error = (row[name] for name in COLUMNS[2:])
#           total, free = 0, 0
#           for name in set(band):
#               values, errors = flux[band == name], error[band == name]
#               mean = np.average(values, weights=errors**-2)
#               total += np.sum(((values - mean) / errors) ** 2)
#               free += len(values) - 1
#           return {"locus_id": row["locus_id"], "chi2": total / max(free, 1)}
#
#
#       ranked = Table.from_pandas(nested.map_rows(chi2, columns=COLUMNS))
#       ranked.sort("chi2", reverse=True)
#       ranked["chi2"].info.format = ".1f"
#       ranked.pprint(max_lines=12)
#
# Where to go next
# ----------------
#
# * Fetch the loci: :doc:`/tutorials/4_many_loci/16_fetch_a_hundred_light_curves`.
# * Choose the cuts: :doc:`/tutorials/2_light_curves/05_choose_which_points_to_trust`.
# * Sort light curves as they arrive: :doc:`/tutorials/5_filters_and_streams/19_write_a_filter`.
