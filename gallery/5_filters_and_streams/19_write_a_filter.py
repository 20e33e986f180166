"""
Write a filter with the devkit
==============================

A filter is a class with one method, which ANTARES calls for each new alert. It examines the alerts
received so far, and tags the locus or not. Write a filter, run it over a locus alert by alert, and
see when it would have set its tag.
"""

# sphinx_gallery_tags = ["filters and streams", "many loci"]

from antares_devkit.models import BaseFilter, DevKitLocus

from antares_helpers import extract_lightcurve, find_loci, plot_lightcurve


class BrightSource(BaseFilter):
    TRIGGERING_SURVEY = "lsst"
    REQUIRED_ALERT_PROPERTIES = ["lsst_diaSource_psfFlux"]
    OUTPUT_LOCUS_TAGS = [{"name": "bright_source", "description": "5000 nJy"}]

    def _run(self, locus):
        new = locus.alert.properties
        is_negative = new.get("lsst_diaSource_isNegative") in (True, "true")
        if new["lsst_diaSource_psfFlux"] > 5000 and not is_negative:
            locus.tag("bright_source")


def replay(some_filter, locus):
    alerts = sorted(locus["alerts"], key=lambda alert: alert["mjd"])
    for n in range(1, len(alerts) + 1):
        now = DevKitLocus(**locus | {"alerts": alerts[:n], "user_tags": set()})
        some_filter.run(now)
        yield now


faint_now = {"newest_alert_magnitude": (22.2, None)}
found = find_loci(tag="young_rubin_transients", properties=faint_now, limit=1)
if not found:
    raise LookupError("No young_rubin_transients is below 22.2 mag now.")
locus = found[0].to_devkit()
tagged = [x.alert.mjd for x in replay(BrightSource(), locus) if x.tags]
ax = plot_lightcurve(extract_lightcurve(locus))
ax.vlines(tagged, *ax.get_ylim(), "0.85", linewidth=6, zorder=0)
line = ax.axhline(5000, color="0.25", linestyle="--")

# %%
# **Figure 1.** The light curve of one transient. A shaded stripe marks each alert on which the
# filter set its tag: those above 5000 nJy, the dashed line, which is 22.15 mag (AB).
#
# Read the class
# --------------
#
# * ANTARES calls ``_run`` when an alert has arrived. ``locus`` is a ``DevKitLocus``: its ``alerts``
#   are all alerts so far, ``locus.alert`` is the new one.
# * ``TRIGGERING_SURVEY`` says whose alerts start the filter. Without it, those of ZTF do, too.
# * ``REQUIRED_ALERT_PROPERTIES`` must be present on the new alert, or the filter is skipped.
#   Earlier alerts may lack them: read them with ``get``.
# * ``OUTPUT_LOCUS_TAGS`` names each tag that ``locus.tag`` sets, ``OUTPUT_LOCUS_PROPERTIES`` each
#   property that ``locus.set_property`` sets, with its type.
# * Whether ANTARES gives the sign of a flux or not, ``isNegative`` identifies a source that has
#   faded: :doc:`/tutorials/2_light_curves/04_handle_negative_fluxes`.
#
# ``replay`` is not part of the filter. It does what ANTARES does night after night: for each alert
# in time order, it runs the filter over the locus with the alerts up to this one, and without the
# tags that the locus has today.
#
# Look back
# ---------
#
# A filter may compare the new alert with earlier ones. Tag a locus that doubles its flux within ten
# days, and replay the alerts of a dozen loci.

import matplotlib.pyplot as plt
import numpy as np

from antares_helpers import fetch_locus
from antares_helpers.bands import COLORS_ON_WHITE, SYMBOLS


class FastRiser(BaseFilter):
    TRIGGERING_SURVEY = "lsst"
    REQUIRED_ALERT_PROPERTIES = [
        "lsst_diaSource_psfFlux",
        "lsst_diaSource_psfFluxErr",
    ]
    OUTPUT_LOCUS_TAGS = [{"name": "fast_riser", "description": "Doubled"}]

    def _run(self, locus):
        flux, error, band = flux_of(locus.alert)
        for alert in locus.alerts[:-1]:
            old_flux, old_error, old_band = flux_of(alert)
            is_recent = old_band == band and locus.alert.mjd - alert.mjd < 10
            noise = np.hypot(error, old_error)
            if is_recent and flux - old_flux > max(5 * noise, abs(old_flux)):
                locus.tag("fast_riser")


def flux_of(alert):
    """Return the signed flux, its error and the band of a Rubin alert."""
    names = ("psfFlux", "psfFluxErr", "band", "isNegative")
    values = (alert.properties.get(f"lsst_diaSource_{name}") for name in names)
    flux, error, band, is_negative = values
    if flux is None or error is None:
        return np.nan, np.nan, ""
    return -abs(flux) if is_negative in (True, "true") else flux, error, band


def replayed(some_filter, locus):
    """Return times, fluxes and bands of the alerts, and which are tagged."""
    rows = []
    for seen in replay(some_filter, locus):
        flux, _, band = flux_of(seen.alert)
        rows.append((seen.alert.mjd, flux, band, len(seen.tags) > 0))
    return [np.array(column) for column in zip(*rows)]


TAG = "lsst_scimma_quality_transient"
found = find_loci(tag=TAG, properties={"num_alerts": (8, 40)}, limit=12)
loci = [fetch_locus(each.locus_id) for each in found]
if not loci:
    raise LookupError(f"No locus has the tag {TAG} and 8 to 40 alerts.")

fig, ax = plt.subplots(figsize=(7, 7), layout="constrained")
for row, locus in enumerate(loci):
    mjd, flux, bands, is_tagged = replayed(FastRiser(), locus)
    height = row + 0.5 * flux / np.nanmax(abs(flux))
    ax.axhline(row, color="0.8", linewidth=0.8, zorder=0)
    rings = ax.plot(mjd[is_tagged], height[is_tagged], "ko", ms=11, mfc="w")
    for band, color in COLORS_ON_WHITE.items():
        x, y = mjd[bands == band], height[bands == band]
        ax.plot(x, y, SYMBOLS[band], color=color, ms=4, mec="0.15", mew=0.4)
for band, color in COLORS_ON_WHITE.items():
    ax.plot([], [], SYMBOLS[band], color=color, label=band)
ax.set_yticks(range(len(loci)), [locus["id"] for locus in loci])
ax.set(xlabel="MJD (TAI)", ylim=(-0.7, len(loci) - 0.3))
ax.ticklabel_format(axis="x", useOffset=False)
legend = fig.legend(loc="outside upper right", ncols=6, frameon=False)

# %%
# **Figure 2.** The difference fluxes of a dozen loci against time, one row per locus, relative to
# the largest of each: above the line if positive, below it if negative. A ring marks an alert on
# which the filter set its tag.
#
# The flux takes its sign from ``isNegative`` by the rule that is right whether ANTARES gives the
# sign or not, as in the first class.
#
# Ask for a report
# ----------------
#
# ``filter_report`` runs a filter once, on the newest alert, and reports what is new on the locus
# and how long the run took. A tag that the locus already has is not new: remove its tags first.
# Report on all loci.

from antares_devkit.utils import filter_report

reports = []
for locus in loci:
    context = DevKitLocus.model_validate({**locus, "user_tags": set()})
    reports.append(filter_report(FastRiser(), context))
tagged = [report["locus_id"] for report in reports if report["new_tags"]]
print("a report contains:", ", ".join(reports[0]))
print(f"{len(tagged)} of {len(loci)} loci are tagged on their newest alert")

# %%
# A source that rose last month is not tagged today. So test a filter by replaying the alerts, as
# for the figures, not on the newest alert alone.
#
# Find out what failed
# --------------------
#
# A report does not include errors. Write a filter that fails, and compare its report with the
# result of ``run``.


class NearbyRiser(FastRiser):
    def _run(self, locus):
        if locus.properties["redshift"] < 0.05:
            super()._run(locus)


context = DevKitLocus.model_validate(loci[0])
print("report:", filter_report(NearbyRiser(), context)["new_tags"])
outcome = NearbyRiser().run(context)
print(f"run: {outcome.status}")
print(f"{outcome.exception_name}: {outcome.exception_message}")

# %%
# ``outcome.traceback`` contains the details. Declare the properties that the filter needs, and it
# is skipped if they are missing.


class CarefulNearbyRiser(NearbyRiser):
    REQUIRED_LOCUS_PROPERTIES = ["redshift"]


print("run:", CarefulNearbyRiser().run(context).status)

# %%
# Exclude what you don't want
# ---------------------------
#
# In Figure 2, some rings belong to loci that go up and down. Variable stars rise fast, too, but
# they also fade below the template; a transient seldom does. Skip the loci that have a negative
# flux, and skip new alerts that are dipoles or unlikely to be real.


class FastTransient(FastRiser):
    REQUIRED_ALERT_PROPERTIES = [
        *FastRiser.REQUIRED_ALERT_PROPERTIES,
        "lsst_diaSource_isDipole",
        "lsst_diaSource_reliability",
    ]

    def _run(self, locus):
        new = locus.alert.properties
        is_dipole = new["lsst_diaSource_isDipole"] in (True, "true")
        is_real = new["lsst_diaSource_reliability"] >= 0.6 and not is_dipole
        fluxes = [flux_of(alert)[0] for alert in locus.alerts]
        if is_real and not any(flux < 0 for flux in fluxes):
            super()._run(locus)


for some_filter in (FastRiser(), FastTransient()):
    is_tagged = [replayed(some_filter, locus)[3].any() for locus in loci]
    tagged = [locus["id"] for locus, tag in zip(loci, is_tagged) if tag]
    print(f"{type(some_filter).__name__} tags {len(tagged)} of {len(loci)}:")
    print(*tagged, sep=", ")

# %%
# A dozen loci are few. Try a filter on hundreds before you submit it.
#
# Compare with other filters
# --------------------------
#
# The devkit includes the filters of the community. Run those made for Rubin on the newest alert of
# each locus, and compare with the tags that the locus already has. These filters print, and skip
# missing values with warnings: silence both.

from contextlib import redirect_stdout
from io import StringIO
from warnings import catch_warnings, simplefilter

from antares_devkit.utils import get_filters

TAGS = {
    "LsstTransientQualityFilterScimma": "lsst_scimma_quality_transient",
    "In_LSSTDDF": "in_LSSTDDF",
    "young_rubin_transients_soraisam": "young_rubin_transients",
    "rubin_NovTest_soraisam": "SN_candies",
}


def tags_now(some_filter, locus):
    """Return the tags that a filter sets on the newest alert of a locus."""
    context = DevKitLocus.model_validate({**locus, "user_tags": set()})
    with redirect_stdout(StringIO()), catch_warnings():
        simplefilter("ignore")
        some_filter.run(context)
    return context.tags


filters = [each() for each in get_filters(list(TAGS))]
names = TAGS.values()
present, set_now = [], []
for locus in loci:
    tags = set().union(*(tags_now(each, locus) for each in filters))
    present.append([tag in locus["user_tags"] for tag in names])
    set_now.append([tag in tags for tag in names])

fig, ax = plt.subplots(figsize=(7, 5), layout="constrained")
ax.set_xticks(range(len(TAGS)), names, rotation=15, ha="right")
ax.set_yticks(range(len(loci)), [locus["id"] for locus in loci])
ax.set(axisbelow=True, xlim=(-0.5, len(TAGS) - 0.5))
ax.grid(color="0.9")
rings, disks = np.nonzero(present)[::-1], np.nonzero(set_now)[::-1]
blue = {"color": "#1F5FA8"}
ax.plot(*rings, "o", ms=13, mfc="none", label="on the locus", **blue)
ax.plot(*disks, "o", ms=6, label="set on the newest alert", **blue)
legend = fig.legend(loc="outside upper right", ncols=2, frameon=False)

# %%
# **Figure 3.** Four filters of the community and the same loci. A ring is a tag that the locus has,
# a disk one that the filter sets on its newest alert. A ring without a disk was set by an earlier
# alert.
#
# The last two of these filters send a message about bright sources, after they have set the tag.
# For that they import ``slack_sdk``: without this package ``run`` returns ``Errored``, although the
# tag is set.
#
# Submit it
# ---------
#
# ANTARES runs a filter without this notebook and without antares-helpers: put everything it needs
# into its own module. Then follow the devkit's `steps to submit a filter
# <https://nsf-noirlab.gitlab.io/csdc/antares/devkit/learn/submit-a-filter/>`_.
#
# Exercise
# --------
#
# Write a filter that tags a source on the way down: one that has lost half of its flux within ten
# days. On how many of these loci does it set its tag, and on how many of those that FastRiser tags?
#
# .. dropdown:: Solution
#
#    Exchange the two fluxes, and require that the old one was positive: a fading below the template
#    is another thing.
#
#    .. code-block:: python
#
#       class FastFader(FastRiser):
#           OUTPUT_LOCUS_TAGS = [{"name": "fast_fader", "description": "Lost half"}]
#
#           def _run(self, locus):
#               flux, error, band = flux_of(locus.alert)
#               for alert in locus.alerts[:-1]:
#                   old_flux, old_error, old_band = flux_of(alert)
#                   is_recent = old_band == band and locus.alert.mjd - alert.mjd < 10
#                   noise = np.hypot(error, old_error)
#                   least = max(5 * noise, old_flux / 2)
#                   if is_recent and old_flux - flux > least > 0:
#                       locus.tag("fast_fader")
#
#
#       fading = [replayed(FastFader(), locus)[1].any() for locus in loci]
#       rising = [replayed(FastRiser(), locus)[1].any() for locus in loci]
#       both = np.sum(np.logical_and(fading, rising))
#       print(f"{sum(fading)} fade, {both} of them rose fast")
#
# Where to go next
# ----------------
#
# * Get notified of the loci that a filter has tagged:
#   :doc:`/tutorials/5_filters_and_streams/20_listen_to_a_stream`.
# * Find loci by their tags: :doc:`/tutorials/3_finding_things/13_search_by_property_and_tag`.
# * Get hundreds of loci to test on: :doc:`/tutorials/4_many_loci/16_fetch_a_hundred_light_curves`.
