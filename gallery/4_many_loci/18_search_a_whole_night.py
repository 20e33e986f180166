"""
Search a whole night
====================

Half a million loci may get new alerts in one night, and one search of ANTARES shows 10,000 of them.
Get all loci of a night, with a proof that none is missing, and write them to a Parquet file in
little memory. This page needs the sandbox, which ``antares-helpers[tutorials]`` installs.
"""

# sphinx_gallery_tags = ["many loci", "search"]

from tempfile import TemporaryDirectory

import matplotlib.pyplot as plt

from antares_helpers import find_loci, read_table, write_parquet
from antares_sandbox import Sandbox

NIGHT = "2026-07-09"
sandbox = Sandbox(night=20_000, largest_visit=12_000)
sandbox.start()
folder = TemporaryDirectory()
found = find_loci(night=NIGHT, limit=None, folder=f"{folder.name}/pages")
path = f"{folder.name}/night.parquet"
write_parquet(found, path, lightcurves=False, progress=True)
loci = read_table(path)
print(found.sentence)

fig, ax = plt.subplots(figsize=(7, 4), layout="constrained")
east = (loci["ra"].value + 180) % 360 - 180
shown = {"c": loci["newest_mjd"].value, "s": 1, "rasterized": True}
points = ax.scatter(east, loci["dec"].value, **shown)
fig.colorbar(points, label="newest alert, MJD (TAI)", format="%.2f")
ax.set(xlabel="right ascension [deg]", ylabel="declination [deg]")
ax.set(xlim=(60, -180), ylim=(-90, 15), title=f"Night {NIGHT}")
labels = ax.set_xticks(
    ticks := range(-180, 61, 60), [f"{t % 360}" for t in ticks]
)

# %%
# **Figure 1.** The 20,000 loci of a simulated night, colored by the time of the newest alert. Each
# dense spot is a field of view, 3.5 degrees wide, which looks wider far from the equator. The
# last visit, at right ascension 0, has 12,000 loci: more than one search shows.
#
# The two lines with ``sandbox`` start a service on your machine with a night of any size. Its
# loci are statistics, made for tests of programs; without these lines the page searches ANTARES
# itself. Then the night is one that ANTARES knows, and needs no other change.
#
# ``night=`` takes Rubin's date of a night, ``day_obs``: from 12:00 UTC of that day to 12:00 UTC
# of the next, so that no observing night in Chile is cut in two. The limits are converted to TAI,
# in which alerts have their times; the end is excluded, so that no locus counts in two nights.
#
# Why one search is not enough
# ----------------------------
#
# A search gives the newest loci first, page after page, and ends after 10,000. The service does
# not say that there are more: a program that takes the end for the end has half of this night.
# With a limit, the result says itself whether there are more.

first = find_loci(night=NIGHT, limit=10_000)
print(f"{len(first)} loci, and more: {first.truncated}")

# %%
# While one reads, the order changes too: a locus with a new alert moves to the first page, and
# each locus after it moves down by one. Some then come twice, and others never. So with
# ``limit=None`` the night is divided into *tiles*: ranges of time, each with fewer loci than a
# search shows. They are read from the oldest to the newest, so that a locus which moves is found
# in a later tile. If one visit alone has too many loci, as its alerts all have the same time, it
# is divided by position.
#
# Read the proof
# --------------
#
# ``found.tiles`` is a table of what was read: the limits of each tile, how many loci and pages it
# had, when its last page came, and whether it is complete, or why not.

tiles = found.tiles
print(tiles["begin", "end", "ra_min", "ra_max", "loci", "pages", "complete"])

# %%
# Limits that are not set are shown as ``--``. The sentence at the top counts some pages more: the
# first page of each tile that had too many loci, and so was divided. Plot how many loci each tile
# has.

from astropy.time import Time

noon = Time(f"{NIGHT}T12:00:00", scale="utc").tai.mjd
begin = tiles["begin"].filled(noon)
end = tiles["end"].filled(noon + 1)

fig, ax = plt.subplots(figsize=(7, 3.5), layout="constrained")
is_place = ~tiles["ra_min"].mask | ~tiles["ra_max"].mask
for kind, color, label in (
    (~is_place, "#0C71FF", "tiles in time"),
    (is_place, "#C61C00", "tiles in time and position"),
):
    some = {"color": color, "label": label, "linewidth": 4}
    ax.hlines(tiles["loci"][kind], begin[kind], end[kind], **some)
ax.axhline(10_000, color="0.4", linestyle="--", label="shown by one search")
ax.set(xlabel="newest alert, MJD (TAI)", ylabel="loci in the tile")
ax.set_ylim(0, 11_500)
ax.ticklabel_format(useOffset=False)
legend = ax.legend(loc="center left")

# %%
# **Figure 2.** Each line is a tile: how long it is in time, and how many loci it has. All are below
# the dashed line. The last visit, with its 12,000 loci at one time, is read in two halves of its
# field.
#
# ``found.sentence``, printed at the top, says the same for a paper. It is stored in the file, in
# ``loci.meta["search"]``, with the query. What exactly is guaranteed: each locus whose newest
# alert is in the night from the beginning of the run to its end is found, once. If any has
# changed meanwhile, the numbers in the tiles are compared again at the end. A locus that gets an
# alert of a later night before it is read has left the night: search a night when it is over, and
# before the next begins. If a tile can't be read, ``found.truncated`` is true, a warning says so,
# and the tile is listed with the reason.
#
# Resume an interrupted run
# -------------------------
#
# With ``folder=``, every page is stored as it arrives. After Ctrl-C, a crash or a lost network,
# run the same call again: it resumes where it stopped. Stop after 5,000 loci, and begin anew.

from itertools import islice

pages = f"{folder.name}/interrupted"
interrupted = find_loci(night=NIGHT, limit=None, folder=pages)
part = list(islice(interrupted, 5_000))
before = len(sandbox.requests)

resumed = find_loci(night=NIGHT, limit=None, folder=pages)
number = sum(1 for _ in resumed)
print(f"{number} loci; {len(sandbox.requests) - before} pages requested")
print(f"{len(found.tiles)} tiles, {found.tiles['pages'].sum()} pages in all")

# %%
# Delete the folder when you are done, or pass a new one for a new search: what is in it is not
# requested again.
#
# From a night to science
# -----------------------
#
# The search returns position, tags and properties of each locus, so no locus was fetched: the
# file has a row per locus. Choose with these columns first, then fetch the light curves of those
# that are left. Here are loci that ANTARES has known for less than a week and that are bright.

age = loci["newest_mjd"] - loci["oldest_mjd"]
is_wanted = (age.value < 7) & (loci["newest_mag"].value < 19)
chosen = loci[is_wanted]
print(f"{len(chosen)} of {len(loci)} loci")
print(chosen["locus_id", "num_alerts", "newest_mag"][:3])

# %%
# ``fetch_loci(chosen["locus_id"][:100])`` fetches a hundred of them. For all light curves of a
# night, ``write_parquet(iter_loci(find_loci(night=NIGHT, limit=None)), path)`` fetches while the
# search goes on. With ``partition="sky"``, the result is a folder that LSDB opens as a catalog
# and distributes over many processes: see :doc:`/tables`.
#
# From the command line
# ---------------------
#
# One command does all of this page: ``antares-helpers night 2026-07-09 -o night.parquet``. It
# prints the limits of the night in UTC and TAI, shows its progress, and ends with the sentence.
#
# A locus counts in the night of its *newest* alert. Loci that were seen in the night, and again
# since, have moved on to a later one. ``--every-alert`` finds them too. For those with an older
# and a newer alert it must look at all their alerts, one request each: the command says first how
# many.
#
# Be gentle with the service
# --------------------------
#
# A night of 500,000 loci takes about 2,100 requests, one at a time: do not start several at once,
# and share the file with your group instead of the search. Search when the night in Chile is over
# and its alerts have been processed, in the afternoon there, and keep the folder until the result
# is stored. Fetching light curves takes two or three requests a locus: choose first, leave
# ``max_connections`` at eight, and before you fetch more than some ten thousand, ask the ANTARES
# team whether there is a better way, such as a filter with a stream of its own.
#
# Stop the service, and remove the folder.

sandbox.stop()
folder.cleanup()

# %%
# Exercise
# --------
#
# How many loci were detected for the first time in this night? Do not count by the calendar date:
# midnight in UTC is in the middle of the evening in Chile.
#
# .. dropdown:: Solution
#
#    Compare the oldest alert with the beginning of the night, in TAI.
#
#    .. code-block:: python
#
#       is_new = loci["oldest_mjd"].value >= noon
#       print(f"{is_new.sum()} of {len(loci)} loci are new")
#
# Where to go next
# ----------------
#
# * Choose by tag or property: :doc:`/tutorials/3_finding_things/13_search_by_property_and_tag`.
# * Fetch the light curves: :doc:`/tutorials/4_many_loci/16_fetch_a_hundred_light_curves`.
# * Put them into one table: :doc:`/tutorials/4_many_loci/17_build_one_big_table`.
