"""
Build one big table
===================

A hundred light curves are too many to look at one by one, and a million are too many for one
process. This page needs nested-pandas and LSDB, which ``pip install ".[tutorials]"`` installs and
the Rubin Science Platform has. Put many light curves into one table, and reduce each to a few
numbers, first in one process, then with LSDB on Dask.
"""

# sphinx_gallery_tags = ["many loci", "data quality"]

from tempfile import TemporaryDirectory

import matplotlib.pyplot as plt
import numpy as np

from antares_helpers import find_loci, iter_loci, lightcurve_table
from antares_helpers.convert import to_nested

COLUMNS = ["locus_id", *(f"lightcurve.{name}" for name in ("mjd", "band", "flux", "flux_err"))]


def shape(row):
    """Reduce a light curve to three numbers."""
    mjd, flux = row["lightcurve.mjd"], row["lightcurve.flux"]
    span = flux.max(initial=0) - flux.min(initial=0)
    return {"duration": np.ptp(mjd), "amplitude": span, "negative": np.mean(flux < 0)}


folder = TemporaryDirectory()
found = find_loci(properties={"num_alerts": (5, None)}, limit=100)
table = lightcurve_table(iter_loci(found, folder=folder.name, progress=False))
nested = to_nested(table)
if len(nested) < 2:
    raise LookupError("No 2 loci with 5 alerts have a Rubin light curve.")
duration, amplitude, negative = nested.map_rows(shape, columns=COLUMNS).to_numpy(float).T

fig, ax = plt.subplots(figsize=(7, 4.6), layout="constrained")
points = ax.scatter(duration, amplitude, s=60, c=negative, cmap="cividis_r", edgecolors="0.2")
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
    print(f"{report['included']} of {report['alerts']} alerts of {report['loci']} loci")
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
# Add the color of the change: how much less changes in g than in r, as a difference of magnitudes.
# In each band take the root mean square of the difference fluxes, weighted with their errors. A
# mean would cancel if a star is sometimes brighter and sometimes fainter than its template.

from astropy.table import Table

FORMATS = {"duration": ".1f", "amplitude": ".0f", "negative": ".2f", "color": ".2f"}


def color(row):
    """Return the color of the change, g - r [AB mag]; NaN without either band."""
    band, flux, error = (row[name] for name in COLUMNS[2:])
    squares = {"g": np.nan, "r": np.nan}
    for name in squares.keys() & set(band):
        weights = error[band == name] ** -2.0
        squares[name] = np.average(flux[band == name] ** 2, weights=weights)
    return -1.25 * np.log10(squares["g"] / squares["r"])


def features(row):
    """Reduce a light curve to its features."""
    return {"locus_id": row["locus_id"], **shape(row), "color": color(row)}


nested = to_nested(clean)
one = Table.from_pandas(nested.map_rows(features, columns=COLUMNS))
one.sort("amplitude", reverse=True)
for name in FORMATS:
    one[name].info.format = FORMATS[name]
one[:5].pprint()

fig, ax = plt.subplots(figsize=(7, 4), layout="constrained")
tagged = [locus.locus_id for locus in found if "young_rubin_transients" in locus.tags]
is_young = np.isin(one["locus_id"], tagged)
style = {"s": 60, "edgecolors": "0.2", "cmap": "cividis_r", "vmin": 0, "vmax": 1}
for rows, marker, label in ((is_young, "^", "young_rubin_transients"), (~is_young, "o", "others")):
    x, y, c = (one[rows][name] for name in ("color", "amplitude", "negative"))
    points = ax.scatter(x, y, c=c, marker=marker, label=label, **style)
ax.set(xlabel="color of the change, g - r [AB mag]", ylabel="amplitude [nJy]", yscale="log")
bar = fig.colorbar(points, label="fraction of negative detections")
legend = fig.legend(loc="outside upper center", ncols=2, frameon=False)

# %%
# **Figure 2.** The same loci by the color of their change, blue on the left, without the points
# that the cuts exclude. Triangles have the tag young_rubin_transients; the fill is that of Figure
# 1.
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
plan = catalog.map_rows(
    features, columns=COLUMNS, meta={"locus_id": str} | dict.fromkeys(FORMATS, float)
)
many = Table.from_pandas(plan.compute(progress_bar=False))

one.sort("locus_id")
many.sort("locus_id")

for name in FORMATS:
    is_same = np.array_equal(one[name], many[name], equal_nan=True)
    print(f"{name:10} {'the same' if is_same else 'different'} for {len(many)} loci")

# %%
# Plot the partitions. They are HEALPix pixels, each as large as its number of loci allows, and none
# smaller than half a degree.

from astropy.coordinates import SkyCoord
from astropy_healpix import HEALPix

fig = plt.figure(figsize=(7, 3.9), layout="constrained")
ax = fig.add_subplot(projection="mollweide")
for pixel in catalog.get_healpix_pixels():
    grid = HEALPix(2**pixel.order, order="nested")
    lon, lat = grid.boundaries_lonlat([pixel.pixel], step=200)
    lon, lat = lon.wrap_at("180d").rad.ravel(), lat.rad.ravel()
    ax.plot(lon, lat, ".", color="0.6", markersize=1)
places = SkyCoord(nested["ra"].to_numpy(float), nested["dec"].to_numpy(float), unit="deg")
ax.plot(places.ra.wrap_at("180d").rad, places.dec.rad, "o", color="#B52626", markersize=3)
ax.set_xticks(np.radians([-120, -60, 0, 60, 120]), ["240°", "300°", "0°", "60°", "120°"])
ax.set(xlabel="right ascension", ylabel="declination")
ax.grid(alpha=0.2)

# %%
# **Figure 3.** The whole sky: the loci as dots, the borders of the partitions in gray. Where loci
# are close together, the partitions are small.
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
