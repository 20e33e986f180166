"""
Find a locus by name
====================

ANTARES, Rubin and ZTF each give a source their own name. Rubin's are integers of 18 digits, of
which a float preserves about 16. Find a locus by each of its names, with every digit exact.
"""

# sphinx_gallery_tags = ["ZTF", "search"]

import matplotlib.pyplot as plt
import numpy as np

from antares_helpers import find_loci

query = {"query": {"exists": {"field": "properties.survey.lsst.dia_object_id"}}}
lists = [locus.properties["survey"]["lsst"]["dia_object_id"] for locus in find_loci(query=query)]
names = [name for each in lists for name in each if len(name) == 18]
found = find_loci(dia_object_id=names[0]) if names else []
if not found:
    raise LookupError("No locus was found by a diaObjectId of 18 digits.")
locus = found[0]
print(f"diaObject {names[0]} is in locus {locus.locus_id}.")

gap = int(np.spacing(float(names[0])))
place = np.array([int(name) % gap for name in names])
moved = np.array([int(float(name)) - int(name) for name in names])
height = np.array([np.sum(place[:i] == each) for i, each in enumerate(place)])

fig, ax = plt.subplots(figsize=(8.5, 3.6), layout="constrained")
ax.vlines([0, gap], -0.6, height.max() + 0.7, "0.85", linewidth=14)
ax.plot(place[moved < 0], height[moved < 0], "<", color="#1F5A94", ms=9, label="rounded down")
ax.plot(place[moved == 0], height[moved == 0], "o", color="0.1", ms=9, label="exact")
ax.plot(place[moved > 0], height[moved > 0], ">", color="#D9622B", ms=9, label="rounded up")
text = f"{names[0]}\nbecomes\n{int(float(names[0]))}"
style = {"family": "monospace", "va": "center", "arrowprops": {"arrowstyle": "-|>", "color": "0.4"}}
ax.annotate(text, (place[0], height[0]), (1.02, 0.25), textcoords="axes fraction", **style)
ax.set(xlabel="diaObjectId - the next lower float64", xticks=range(0, gap + 1, gap // 8), yticks=[])
ax.spines[["left", "top", "right"]].set_visible(False)
legend = ax.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)

# %%
# **Figure 1.** The diaObjectIds of the newest loci, one symbol each, between the two nearest 64-bit
# floats, which are drawn as gray posts. A float can't represent a number between the posts: a
# triangle points to the one to which an ID is rounded. Only an ID on a post is exact.
#
# Pass an ID as it is
# -------------------
#
# `antares_helpers.find_loci` takes an ID as a string or as an integer, and searches for exactly
# that. A float has lost its last digits before any function can see it, so it is rejected. Try all
# three.

from antares_helpers import InvalidInputError

for given in (names[0], int(names[0]), float(names[0])):
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
# diaObjectId, and pandas then converts integers to floats silently. Make such a column, and two
# that are safe.

import pandas as pd

ids = [int(names[0]), None]
columns = {
    "with a gap": pd.Series(ids),
    'dtype="Int64"': pd.Series(ids, dtype="Int64"),
    "strings": pd.Series([None if each is None else str(each) for each in ids]),
}
for title, column in columns.items():
    print(f"{title:15}{int(column[0])}")

# %%
# Read files of IDs with ``pd.read_csv(..., dtype={"diaObjectId": str})``. A spreadsheet preserves
# even fewer digits: `15 in Excel
# <https://support.microsoft.com/office/1672b34d-7043-467e-8e27-269d656771c3>`_.
#
# Every table that these helpers make stores IDs as strings.
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
# For each kind of name, take that of the newest locus that has one, find loci by it, and print the
# newest three.

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
    loci = [] if name is None else find_loci(name=name)
    print(f"{kind:10} {name or 'none':24}", *(found.locus_id for found in list(loci)[:3]))

# %%
# A solar-system object moves, and a locus does not: its ID finds the places at which it was
# detected. A ``diaSourceId`` identifies one detection, and a search covers only three of a locus:
# the newest, the oldest and the brightest. It also finds the locus if it is the first detection of
# a diaObject, whose ID is the same number. Otherwise use the ``diaObjectId``.
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
# A locus gathers everything within about one arcsecond. So it can contain alerts of both surveys,
# and several diaObjects. Fetch a locus with a ZTF name, or any other if there is none, and plot
# when it was detected under each name.

from antares_helpers import fetch_locus

chosen = find_loci(name=known["ZTF"] or known["diaObject"])[0]
dates = {}
for alert in fetch_locus(chosen.locus_id)["alerts"]:
    get = alert["properties"].get
    name = get("lsst_diaSource_diaObjectId") or get("ztf_object_id")
    if name and not alert["id"].startswith("ztf_upper_limit"):
        dates.setdefault(str(name), []).append(alert["mjd"])

fig, ax = plt.subplots(figsize=(7.5, 1 + 0.6 * len(dates)), layout="constrained")
ax.eventplot(list(dates.values()), linelengths=0.6, linewidths=1.2, colors="#00204D")
ax.set_yticks(range(len(dates)), list(dates), family="monospace")
ax.set(xlabel="MJD", title=chosen.locus_id)
ax.ticklabel_format(axis="x", useOffset=False)

# %%
# **Figure 2.** One locus under its names: a row for each name, and a mark for each detection.
#
# Do the same without helpers
# ---------------------------
#
# antares-client has ``search.get_by_id``, ``search.get_by_lsst_dia_object_id``,
# ``search.get_by_lsst_ss_object_id`` and ``search.get_by_ztf_object_id``. Each takes a string, and
# returns one locus with its alerts, or None. If several loci have the name, it returns the newest.
#
# Where to go next
# ----------------
#
# * A name from another catalog? Use its position:
#   :doc:`/tutorials/3_finding_things/12_search_around_a_position`.
# * Plot both surveys on one set of axes: :doc:`/tutorials/2_light_curves/09_combine_ztf_and_lsst`.
# * Search for a kind of source: :doc:`/tutorials/3_finding_things/13_search_by_property_and_tag`.
