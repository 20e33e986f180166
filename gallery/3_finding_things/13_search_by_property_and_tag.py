"""
Search by property and tag
==========================

A filter that runs in ANTARES may put a tag on a locus, and each locus has properties: numbers you
can constrain. Select loci by tags and properties, then by your own queries.
"""

# sphinx_gallery_tags = ["search"]

import matplotlib.pyplot as plt
import numpy as np

from antares_helpers import find_loci

TAG = "lsst_scimma_quality_transient"
RANGES = {"num_alerts": (15, 60), "brightest_alert_magnitude": (None, 21.5)}

tagged = find_loci(tag=TAG, limit=200)
chosen = find_loci(tag=TAG, properties=RANGES, limit=200)
if not chosen:
    raise LookupError(f"No locus with the tag {TAG} is in these ranges.")

fig, ax = plt.subplots(figsize=(7, 4.4), layout="constrained")
labels = {"with the tag": (tagged, "none"), "selected": (chosen, "#1F5A94")}
for label, (loci, color) in labels.items():
    rows = [locus.properties for locus in loci]
    x = [row.get("brightest_alert_magnitude", np.nan) for row in rows]
    y = [row["num_alerts"] for row in rows]
    ax.plot(x, y, "o", color=color, mec="0.3", ms=8, label=label)
ax.set(xlabel="brightest alert [AB mag]", ylabel="number of alerts")
ax.set(xlim=ax.get_xlim()[::-1], yscale="log")
box = {"color": "#F8E7B0", "zorder": 0, "label": "the query"}
ax.fill_between([0, 21.5], 14.5, 61, **box)
ax.set_yticks([3, 10, 30, 100], ["3", "10", "30", "100"])
ax.set_yticks([], minor=True)
legend = fig.legend(loc="outside upper center", ncols=3, frameon=False)

# %%
# **Figure 1.** Loci with one tag: the number of alerts of each, against the magnitude of its
# brightest alert. The box is a query: 15 to 60 alerts, the brightest of 21.5 mag or brighter. Loci
# that it selects are filled, the others hollow.
#
# This magnitude is that of the change against the template, in whichever band it was largest: not
# the magnitude of the source. A locus without a brightening has none, and no range selects it.
#
# Select by tag and property
# --------------------------
#
# ``tag=`` takes one tag, or several that a locus must all have. ``properties=`` takes, for each
# name, a pair ``(lowest, highest)``, both included, with None for an open end, or an exact value. A
# locus must meet all the criteria that you give. The result is a list, newest first, with the same
# loci as a table. Require a second tag.

YOUNG = "young_rubin_transients"

well_observed = {"num_alerts": (15, None)}
both = find_loci(tag=[TAG, YOUNG], properties=well_observed, limit=200)
table = both.table
table["newest_mjd"].format = ".2f"
table["locus_id", "num_alerts", "newest_mjd"][:5].pprint(align="<")

# %%
# ``newest_mjd`` is the time of the newest alert: TAI for Rubin, and UTC for ZTF. antares-client
# always requests this order; for another, sort the table.
#
# Plot when each of these loci had its newest alert, and the others with the first tag.

selected = set(both.table["locus_id"])
table = tagged.table
is_selected = np.array([name in selected for name in table["locus_id"]])

fig, ax = plt.subplots(figsize=(7, 3.8), layout="constrained")
labels = {"both tags, 15 alerts": is_selected, "the others": ~is_selected}
for (label, mask), color in zip(labels.items(), ("#D9622B", "none")):
    x, y = table["newest_mjd"][mask], table["num_alerts"][mask]
    ax.plot(x, y, "o", color=color, mec="0.3", ms=8, label=label)
ax.set(xlabel="MJD (TAI) of the newest alert", ylabel="number of alerts")
ax.set(yscale="log")
ax.set_yticks([3, 10, 30, 100], ["3", "10", "30", "100"])
ax.set_yticks([], minor=True)
ax.ticklabel_format(axis="x", useOffset=False)
legend = fig.legend(loc="outside upper center", ncols=2, frameon=False)

# %%
# **Figure 2.** When each locus with the first tag had its newest alert, and how many alerts it has.
# Filled are the loci that the second query selects: both tags, and 15 alerts or more.
#
# Check that the list is complete
# -------------------------------
#
# In `antares_helpers.find_loci` a limit is a limit. The result contains the newest loci, and
# ``truncated`` is True if there are more. In antares-client's own ``search``, ``limit`` is the size
# of a page: the search continues to the next page, up to the very last locus. There,
# `itertools.islice` sets the limit.

from itertools import islice

from antares_client import search

found = find_loci(tag=TAG, limit=5)
print(f"find_loci, limit=5: {len(found)} loci, truncated: {found.truncated}")

query = {"query": {"term": {"tags": TAG}}}
number = sum(1 for _ in islice(search.search(query, limit=5), 12))
print(f"search, limit=5, stopped at 12: {number} loci")

# %%
# See which tags there are
# ------------------------
#
# Ask the service for its tags, and print those that mention Rubin or LSST.

import re

tags = sorted(search.get_available_tags())
rubin = [tag for tag in tags if re.search("rubin|lsst", tag.lower())]
print(f"{len(tags)} tags, {len(rubin)} of them mention Rubin or LSST:")
print("\n".join(rubin[:20]))

# %%
# A tag means only that the filter behind it selected the locus: read the filter before you rely on
# it. Count the tags on the newest 200 loci, to see which are in use.

from collections import Counter

newest = find_loci(limit=200)
counts = Counter(tag for locus in newest for tag in locus.tags)
frequent = dict(counts.most_common(10))

height = 0.8 + 0.35 * len(frequent)
fig, ax = plt.subplots(figsize=(7, height), layout="constrained")
bars = ax.barh(list(frequent), frequent.values(), color="#1F5A94")
ax.yaxis.set_inverted(True)
ax.bar_label(bars, padding=3)
ax.set(xlabel=f"of the {len(newest)} newest loci")
ax.spines[["top", "right"]].set_visible(False)

# %%
# **Figure 3.** The most frequent tags on the newest loci, one bar per tag, with the number of loci
# that have it. A locus can have several.
#
# Build a query step by step
# --------------------------
#
# `find_loci` sends a query in the `language of Elasticsearch
# <https://www.elastic.co/guide/en/elasticsearch/reference/current/query-dsl-bool-query.html>`_.
# Print that of the first figure.

import json

print(json.dumps(chosen.query, indent=2))

# %%
# Write your own if "and" is not enough. Under ``bool``, all clauses in ``filter`` must hold, and
# none in ``must_not``; of those in ``should``, at least as many as ``minimum_should_match`` says. A
# clause is a ``term`` (a tag, or a value of a property), a ``range`` (``gte``, ``gt``, ``lte``,
# ``lt``) or ``exists`` (the property is there). Here, properties begin with ``properties.``. Add
# one clause after another, and count the loci that remain.

alerts = "properties.num_alerts"
magnitude = "properties.brightest_alert_magnitude"
mean_r = "properties.feature_mean_magn_r"

steps = {
    "tag": ("filter", {"term": {"tags": TAG}}),
    "10 alerts or more": ("filter", {"range": {alerts: {"gte": 10}}}),
    "22 mag or brighter": ("filter", {"range": {magnitude: {"lte": 22}}}),
    "mean r mag known": ("filter", {"exists": {"field": mean_r}}),
    "not in a deep field": ("must_not", {"term": {"tags": "in_LSSTDDF"}}),
}

clauses, remaining, labels = {"filter": [], "must_not": []}, [], []
for part, clause in steps.values():
    clauses[part].append(clause)
    found = find_loci(query={"query": {"bool": clauses}}, limit=200)
    remaining.append(len(found))
    labels.append(f"{'> ' if found.truncated else ''}{len(found)}")

fig, ax = plt.subplots(figsize=(7, 2.8), layout="constrained")
bars = ax.barh(list(steps), remaining, color="#D9622B", height=0.6)
ax.bar_label(bars, labels, padding=3)
ax.set(xlabel="loci remaining")
ax.yaxis.set_inverted(True)
ax.spines[["top", "right"]].set_visible(False)

# %%
# **Figure 4.** The number of loci that remain after each clause of a query, from top to bottom.
# Each bar counts the loci for which its own clause and all those above it hold, up to 200.
#
# A query can be combined with the other criteria: ``find_loci(near=..., radius=..., query=...)``
# requires all of them. A property that no locus has is not an error: a misspelled name finds
# nothing, and in ``must_not`` excludes nothing.
#
# Exercise
# --------
#
# How many of the loci with the tag of Figure 1 has only Rubin detected? A locus that ZTF has
# detected, too, has the property ``ztf_object_id``.
#
# .. dropdown:: Solution
#
#    Require the tag, and exclude the loci in which the property exists.
#
#    .. code-block:: python
#
#       tag = {"term": {"tags": TAG}}
#       of_ztf = {"exists": {"field": "properties.ztf_object_id"}}
#       query = {"query": {"bool": {"filter": [tag], "must_not": [of_ztf]}}}
#       only_rubin = find_loci(query=query, limit=200)
#       print(f"{len(only_rubin)} of {len(tagged)} loci", end=", ")
#       print(f"truncated: {only_rubin.truncated}")
#
# Where to go next
# ----------------
#
# * The properties of a locus: :doc:`/tutorials/1_first_steps/03_see_what_is_in_a_locus`.
# * Fetch all the loci you have found:
#   :doc:`/tutorials/4_many_loci/16_fetch_a_hundred_light_curves`.
# * Set your own tag: :doc:`/tutorials/5_filters_and_streams/19_write_a_filter`.
# * Search around a position: :doc:`/tutorials/3_finding_things/12_search_around_a_position`.
