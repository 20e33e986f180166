"""
Fetch a hundred light curves
============================

Fetched one after another, a hundred loci take a hundred times as long as one; fetched concurrently,
they need not. Keep what arrived, and report what failed. Fetch a hundred loci into a folder, and
look at all their light curves at once.
"""

# sphinx_gallery_tags = ["many loci", "search"]

from tempfile import TemporaryDirectory

import matplotlib.pyplot as plt
import numpy as np

from antares_helpers import extract_lightcurve, fetch_loci, find_loci
from antares_helpers.bands import COLORS_ON_BLACK, SYMBOLS

folder = TemporaryDirectory()
found = find_loci(properties={"num_alerts": (5, None)}, limit=100)
loci, failures = fetch_loci(found, folder=folder.name, include_catalogs=False)
curves = [lc for lc in map(extract_lightcurve, loci) if len(lc) > 0]
if not curves:
    raise LookupError("No locus with 5 alerts has a Rubin light curve.")
curves.sort(key=lambda lc: (np.mean(lc["flux"].value < 0), -len(lc)))

fig, ax = plt.subplots(figsize=(8, 8.3), facecolor="0", layout="constrained")
points = []
for (row, column), lc in zip(np.ndindex(10, 10), curves):
    mjd, flux = lc.time.mjd, [0, *lc["flux"].value]
    x = np.interp(mjd, mjd[[0, -1]], [column, column + 0.74])
    zero, *y = np.interp(flux, [min(flux), max(flux)], [-row, 0.7 - row])
    ax.bar(column + 0.37, 0.92, 0.92, -row - 0.11, color="0.11")
    ax.hlines(zero, column - 0.09, column + 0.83, "0.45", linewidth=0.6)
    points += zip(lc["band"], x, y)
for band, color in COLORS_ON_BLACK.items():
    x, y = np.reshape([p[1:] for p in points if p[0] == band], (-1, 2)).T
    ax.plot(x, y, SYMBOLS[band], color=color, markersize=2.5, label=band)
fig.legend(loc="outside lower center", ncols=6, facecolor="0", labelcolor="w")
limits = ax.axis("off")

# %%
# **Figure 1.** A hundred light curves. Each is drawn in its own cell, from its first detection to
# its last and from its lowest difference flux to its highest; the gray line is zero. The first rows
# contain those that are never negative, such as a supernova that rises and fades. The last rows
# contain those mostly below zero, such as a star that varies around the brightness of its template.
# Each band has the color that Rubin gives it on black, and its own symbol. Errors are not shown:
# ``plot_lightcurve(curves[0])`` plots one of them large, with its errors.
#
# A light curve does not need matches with other catalogs. Without them, ``include_catalogs=False``,
# each locus takes two requests instead of three.
#
# List the failures
# -----------------
#
# `antares_helpers.fetch_loci` has several requests in flight at a time, eight by default, and shows
# a progress bar in a terminal or a notebook. It returns the loci, in the order of their IDs, and a
# table of failures. A locus that fails never stops the others. Fetch two loci, one with an invented
# ID, and print the table.

names = [loci[0]["id"], "ANT2026madeup"]
few, failures = fetch_loci(names, progress=False)
print(f"{len(few)} locus, {len(failures)} failure")
for failure in failures:
    print(f"{failure['locus_id']}: {failure['error'].partition(':')[0]}")
    print(failure["hint"])

# %%
# To retry the failures, call ``fetch_loci(failures["locus_id"])``. Transient errors are retried
# automatically: ``retries=`` sets how often, and ``timeout=`` how many seconds a locus may take in
# all.
#
# Resume an interrupted run
# -------------------------
#
# With ``folder=``, each locus is stored in its own file, written as it arrives. Give your own
# folder, such as ``folder="loci"``; this page uses a temporary one, and leaves nothing behind. A
# run interrupted by Ctrl-C or a lost network loses nothing that has arrived. To see it, remove five
# files: the same call fetches these five, and reads the others.

from pathlib import Path

files = sorted(Path(folder.name).glob("*.json"))
written = {file: file.stat().st_mtime_ns for file in files[5:]}
for file in files[:5]:
    file.unlink()

options = {"folder": folder.name, "include_catalogs": False, "progress": False}
loci, failures = fetch_loci(found, **options)
is_unchanged = [file.stat().st_mtime_ns == written[file] for file in written]
number = sum(is_unchanged)
print(f"{number} of {len(loci)} files unchanged, {len(loci) - number} fetched")

# %%
# An existing file is read as it is, with or without matches. Loci gain alerts with time:
# ``refresh=True`` fetches all of them again. The command line does the same work, with the same
# folder: ``antares-helpers fetch ANT2026z3bqyjga24oc --folder loci`` takes any number of IDs, or
# ``--from`` and a file with one ID per line.
#
# Work offline
# ------------
#
# The loci in the folder need no network. Read one file with `antares_helpers.load_locus`, and count
# the alerts of all.

from antares_helpers import load_locus

files = sorted(Path(folder.name).glob("*.json"))
alerts = [len(load_locus(file)["alerts"]) for file in files]
size = sum(file.stat().st_size for file in files)
print(f"{len(files)} loci with {sum(alerts)} alerts in {size / 1e6:.1f} MB")

# %%
# Or serve the folder, so that every tool finds it in place of ANTARES: ``python -m antares_sandbox
# loci -- jupyter lab`` starts JupyterLab with the loci of the folder ``loci`` in place of the live
# service. Then antares-client itself, and each tutorial that finds a suitable locus among them,
# works with these loci, even on a plane.
#
# Process them one by one
# -----------------------
#
# `antares_helpers.fetch_loci` keeps all loci in memory. `antares_helpers.iter_loci` yields one
# after another, and keeps only a few at a time, however long the list is. From each locus, take
# only the times at which Rubin detected it, and plot them.

from antares_helpers import iter_loci

dates = []
with iter_loci(found, **options) as stream:
    for locus in stream:
        alerts = locus["alerts"]
        dates.append([row["mjd"] for row in alerts if "lsst" in row["id"]])
dates = sorted(filter(len, dates), key=min)

fig, ax = plt.subplots(figsize=(7, 5), layout="constrained")
first, last = [min(mjd) for mjd in dates], [max(mjd) for mjd in dates]
ax.hlines(range(len(dates)), first, last, "0.8", linewidth=1.5)
ax.eventplot(dates, linelengths=0.8, linewidths=0.9, colors="#00204D")
ax.set(xlabel="MJD (TAI)", ylabel="locus, by first detection")
ax.set_ylim(len(dates), -1)
ax.ticklabel_format(useOffset=False)

# %%
# **Figure 2.** When each of the hundred loci was detected: one row per locus, one mark per
# detection, the earliest locus on top.
#
# Remove the temporary folder.

folder.cleanup()

# %%
# Be gentle with the service
# --------------------------
#
# ANTARES states no limit on requests. Leave ``max_connections`` at eight, store what you fetch in a
# folder, and fetch it once. If the service fails for many loci in a row, `fetch_loci` assumes that
# it is down and sends no more requests; the remaining loci are listed with the failures.
#
# Exercise
# --------
#
# The color g - r needs both bands in one night. For how many of the loci can you measure it at
# least once? Rubin observes in Chile, where it is noon when the MJD ends in .7.
#
# .. dropdown:: Solution
#
#    Number the nights so that each begins at noon, and look for both bands in one of them.
#
#    .. code-block:: python
#
#       def has_color(lc):
#           night = np.floor(lc.time.mjd - 0.7)
#           bands = [set(lc["band"][night == each]) for each in set(night)]
#           return any({"g", "r"} <= each for each in bands)
#
#
#       with_color = [lc for lc in curves if has_color(lc)]
#       print(f"{len(with_color)} of {len(curves)} loci")
#
# Where to go next
# ----------------
#
# * Choose the hundred: :doc:`/tutorials/3_finding_things/13_search_by_property_and_tag`.
# * Put them into one table: :doc:`/tutorials/4_many_loci/17_build_one_big_table`.
# * Exclude points that can't be trusted:
#   :doc:`/tutorials/2_light_curves/05_choose_which_points_to_trust`.
