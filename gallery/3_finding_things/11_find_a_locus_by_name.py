"""
Find a locus by name
====================

ANTARES, Rubin and ZTF each give a source their own name. Find a locus by any of them. Rubin's are
integers of 18 digits, of which a float preserves about 16: keep every digit. Plot the light curve
of a Rubin object, found by its diaObjectId.
"""

# sphinx_gallery_tags = ["ZTF", "search"]
# sphinx_gallery_thumbnail_number = 2

from antares_helpers import extract_lightcurve, find_loci, plot_lightcurve

exists = {"exists": {"field": "properties.survey.lsst.dia_object_id"}}
query = {"query": exists}
newest = find_loci(query=query, properties={"num_alerts": (10, None)}, limit=5)
if not newest:
    raise LookupError("No locus with a diaObjectId has 10 alerts or more.")
name = newest[0].properties["survey"]["lsst"]["dia_object_id"][0]

locus = find_loci(dia_object_id=name)[0]
ax = plot_lightcurve(extract_lightcurve(locus))
title = ax.set_title(f"diaObject {name}\n{locus.locus_id}")

# %%
# **Figure 1.** The light curve of a diaObject of Rubin. Below its ID is that of the locus in which
# ANTARES has it.
#
# Pass an ID as it is
# -------------------
#
# `antares_helpers.find_loci` takes an ID as a string or as an integer, and searches for exactly
# that. A float has lost its last digits before any function can see it, so it is rejected. Try all
# three.

from antares_helpers import InvalidInputError

for given in (name, int(name), float(name)):
    try:
        loci = find_loci(dia_object_id=given)
        print(f"{type(given).__name__:6}{len(loci)} locus")
    except InvalidInputError as error:
        print(f"{type(given).__name__:6}{error}")

# %%
# See where digits get lost
# -------------------------
#
# An ID is rarely written as a float. It becomes one if a column has a gap: an asteroid may have no
# diaObjectId, and pandas then converts integers to floats silently. Put the IDs of the newest loci
# in such a column, and print how far off they are.

import numpy as np
import pandas as pd

lists = [each.properties["survey"]["lsst"]["dia_object_id"] for each in newest]
ids = [int(names[0]) for names in lists]
column = pd.Series([*ids, None])
print(f"The column is of type {column.dtype}.")
for exact, value in zip(ids, column):
    print(f"{exact} becomes {int(value)}, off by {int(value) - exact}")
print(f"A float of this size is a multiple of {np.spacing(column[0]):.0f}.")

# %%
# The wrong number still looks like an ID, and may be that of another object. Two types of column
# are safe. Print the first ID from each.

print(pd.Series([*ids, None], dtype="Int64")[0])
print(pd.Series([*map(str, ids), None])[0])

# %%
# Read files of IDs with ``pd.read_csv(..., dtype={"diaObjectId": str})``. A spreadsheet preserves
# even fewer digits: `15 in Excel
# <https://support.microsoft.com/office/1672b34d-7043-467e-8e27-269d656771c3>`_. Every table that
# these helpers make stores IDs as strings.
#
# Use any name
# ------------
#
# ``find_loci(name=...)`` takes every name under which an object is known:
#
# * ANTARES' name for a place on the sky, or the address of its page in the portal;
# * Rubin's name for what it detected there: a ``diaObjectId``, alone or after ``LSST-AP-DO-``;
# * Rubin's ID of a solar-system object, ``ssObjectId``;
# * the ``diaSourceId`` of one detection, alone or after ``lsst:`` or ``LSST-AP-DS-``;
# * a ZTF name, in lower case too. A locus can have several, any of which finds it.
#
# For each kind of name, take that of the newest locus that has one, find loci by it, and print how
# many there are and the newest two.

FIELDS = {
    "diaObject": "survey.lsst.dia_object_id",
    "ssObject": "survey.lsst.ss_object_id",
    "diaSource": "newest_alert_id",
    "ZTF": "ztf_object_id",
}


def newest_name(field):
    """Return the name that the newest locus has in a field, or None."""
    query = {"query": {"exists": {"field": f"properties.{field}"}}}
    for locus in find_loci(query=query, limit=1):
        value = locus.properties
        for key in field.split("."):
            value = value[key]
        return value if isinstance(value, str) else value[0]
    return None


known = {"ANTARES": locus.locus_id}
known |= {kind: newest_name(field) for kind, field in FIELDS.items()}
for kind, name in known.items():
    loci = list(find_loci(name=name)) if name else []
    first = [found.locus_id for found in loci[:1]]
    print(f"{kind:10}{name or 'none':24} in {len(loci)}:", *first)

# %%
# A ``diaSourceId`` identifies one detection, and a search covers only three of a locus: the newest,
# the oldest and the brightest. It also finds the locus if it is the first detection of a diaObject,
# whose ID is the same number. Otherwise use the ``diaObjectId``.
#
# To search for a name of one kind only, use ``locus_id``, ``dia_object_id``, ``ss_object_id`` or
# ``ztf_object_id``, as above.
#
# Start from a TNS name
# ---------------------
#
# ANTARES matches the `Transient Name Server <https://www.wis-tns.org>`_ to loci by position, in the
# catalog ``tns_public_objects``, and can't be searched for a name such as SN 2026abc. The message
# says where its position is. Search around it, as in
# :doc:`/tutorials/3_finding_things/12_search_around_a_position`.

try:
    find_loci(name="SN 2026abc")
except InvalidInputError as error:
    print(error)

# %%
# See which names a locus has
# ---------------------------
#
# A locus gathers the alerts within about one arcsecond of each other. So it can contain alerts of
# both surveys, and several diaObjects. Take a locus with a ZTF name, or any other if there is none,
# and plot when it was detected under each name. ZTF's times are in UTC and Rubin's in TAI, 37 s
# apart: take them from the light curve, which has all in TAI.

import matplotlib.pyplot as plt

chosen = find_loci(name=known["ZTF"] or known["ANTARES"])[0]
names = {}
for alert in chosen.alerts:
    get = alert.properties.get
    name = get("lsst_diaSource_diaObjectId") or get("ztf_object_id")
    names[alert.alert_id] = str(name)
dates = {}
for row in extract_lightcurve(chosen, survey="all"):
    dates.setdefault(names[row["alert_id"]], []).append(row["time"].mjd)

height = 1.2 + 0.6 * len(dates)
fig, ax = plt.subplots(figsize=(7.5, height), layout="constrained")
ax.eventplot(list(dates.values()), linelengths=0.6, colors="#00204D")
ax.set_yticks(range(len(dates)), list(dates), family="monospace")
ax.set(xlabel="MJD (TAI)", title=chosen.locus_id)
ax.ticklabel_format(axis="x", useOffset=False)

# %%
# **Figure 2.** One locus under its names: a row for each name, and a mark for each detection in the
# light curve.
#
# Follow a solar-system object
# ----------------------------
#
# A solar-system object moves, and a locus does not. So each of its alerts is usually in a locus of
# its own, and ``ss_object_id`` finds them all. Take the object with the most among the newest loci,
# and plot where it was.

from collections import Counter

from astropy.coordinates import SkyCoord

exists = {"exists": {"field": "properties.survey.lsst.ss_object_id"}}
moving = find_loci(query={"query": exists}, limit=200)
lists = [each.properties["survey"]["lsst"]["ss_object_id"] for each in moving]
counts = Counter(name for names in lists for name in names)
if not counts:
    raise LookupError("No locus has the ssObjectId of a solar-system object.")
object_id = counts.most_common(1)[0][0]

track = find_loci(ss_object_id=object_id, limit=200).table
track.sort("newest_mjd")
places = SkyCoord(track["ra"], track["dec"])
east, north = places[0].spherical_offsets_to(places)

fig, ax = plt.subplots(figsize=(7, 4), layout="constrained")
mjd = track["newest_mjd"]
points = ax.scatter(east.deg, north.deg, 30, mjd, cmap="cividis")
fig.colorbar(points, label="MJD (TAI)", format="%d")
ax.set(xlabel="east [deg]", ylabel="north [deg]")
ax.set_title(f"ssObject {object_id}")
ax.set_aspect("equal", "datalim")
ax.xaxis.set_inverted(True)

# %%
# **Figure 3.** The loci of one solar-system object, as seen from the first. Each point is a locus,
# its color the time of its newest alert; east is to the left.

print(f"{len(track)} loci with {track['num_alerts'].sum()} alerts in total")
track["newest_mjd"].format = ".4f"
track["locus_id", "newest_mjd", "ra", "dec", "num_alerts"][:4].pprint()

# %%
# Even the two alerts of one night, half an hour apart, have two loci: an asteroid of the main belt
# moves by about ten arcseconds in that time. To join all alerts in one light curve, fetch the loci
# as in :doc:`/tutorials/4_many_loci/16_fetch_a_hundred_light_curves`.
#
# Do the same without helpers
# ---------------------------
#
# antares-client has ``search.get_by_id``, ``search.get_by_lsst_dia_object_id``,
# ``search.get_by_lsst_ss_object_id`` and ``search.get_by_ztf_object_id``. Each takes a string, and
# returns one locus with its alerts, or None. If several loci have the name, it returns the newest:
# of an asteroid, its last place.
#
# Exercise
# --------
#
# How fast does the solar-system object of Figure 3 move, in degrees a day? Compare its loci of one
# night.
#
# .. dropdown:: Solution
#
#    Divide the distance of neighbors in the table by the time between them, if that is less than
#    half a day. An object of the main belt moves by about a quarter of a degree a day when it is
#    opposite the sun, and less before and after.
#
#    .. code-block:: python
#
#       days = track["newest_mjd"][1:] - track["newest_mjd"][:-1]
#       arcs = places[1:].separation(places[:-1]).deg
#       for mjd, day, arc in zip(track["newest_mjd"], days, arcs):
#           if 0 < day < 0.5:
#               print(f"{mjd:.1f}: {arc / day:.3f} deg/d")
#
# Where to go next
# ----------------
#
# * A name from another catalog? Use its position:
#   :doc:`/tutorials/3_finding_things/12_search_around_a_position`.
# * Plot both surveys on one set of axes: :doc:`/tutorials/2_light_curves/09_combine_ztf_and_lsst`.
# * Search for a kind of source: :doc:`/tutorials/3_finding_things/13_search_by_property_and_tag`.
