"""
See what is in a locus
======================

See where the alerts of a locus lie on the sky, and read its keys, its
properties and its matches with other catalogs.
"""

# sphinx_gallery_tags = ["first steps", "search"]

import matplotlib.pyplot as plt
import numpy as np
from astropy.coordinates import SkyCoord

from antares_helpers import fetch_locus, find_loci

tag, in_ned = "lsst_scimma_quality_transient", {"term": {"catalogs": "ned"}}
found = find_loci(tag=tag, query={"query": in_ned}, limit=1)
if not found:
    raise LookupError(f"No locus has the tag {tag} and a match in NED.")
locus = fetch_locus(found[0].locus_id)
center = SkyCoord(locus["ra"], locus["dec"], unit="deg")


def offsets(positions):
    """Return how far east and north of the locus they are, in arcsec."""
    both = center.spherical_offsets_to(SkyCoord(positions, unit="deg"))
    return [each.arcsec for each in both]


names = [f"lsst_diaSource_{name}" for name in ("ra", "dec", "raErr", "decErr")]
rows = [[a["mjd"], *map(a["properties"].get, names)] for a in locus["alerts"]]
rows = np.array([row for row in rows if None not in row])
mjd, errors = rows[:, 0], 3600 * rows[:, 3:].T
east, north = offsets(rows[:, 1:3])

fig, ax = plt.subplots(layout="constrained", subplot_kw={"aspect": "equal"})
ax.errorbar(east, north, errors[1], errors[0], fmt="none", ecolor="0.6")
points = ax.scatter(east, north, c=mjd, edgecolors="black", zorder=3)
ax.plot(0, 0, "r+", markersize=16, markeredgewidth=2, zorder=4)
ax.set(xlabel="east [arcsec]", ylabel="north [arcsec]", title=locus["id"])
ax.xaxis.set_inverted(True)
bar = fig.colorbar(points, label="MJD (TAI)")

# %%
# **Figure 1.** The measured position of each alert with its 1-sigma errors, as
# an offset from the position of the locus, the red cross. Color shows the
# time. East is to the left.
#
# If the errors are right, the offsets in units of their errors have an rms of
# about 1. ``lsst_diaSource_raErr`` is the error of RA cos(Dec), so that it
# compares with an offset on the sky. Print the scatter, and draw the
# surroundings: the objects that the catalog NED has near the locus.

print(f"scatter in each coordinate: {np.std([east, north]):.3f} arcsec rms")
print(f"in units of the errors: {np.std([east, north] / errors):.2f} rms")

ned = [(g["RA_deg"], g["DEC_deg"]) for g in locus["catalog_objects"]["ned"]]
fig, ax = plt.subplots(figsize=(6, 4), layout="constrained")
ax.plot(east, north, ".", color="0.2", label="alert")
ax.plot(*offsets(ned), "s", color="#B22222", label="object in NED")
ax.add_patch(plt.Circle((0, 0), 1, fill=False, ls="--", label="1 arcsec"))
ax.set(xlabel="east [arcsec]", ylabel="north [arcsec]", title=locus["id"])
ax.axis("equal")
ax.xaxis.set_inverted(True)
legend = ax.legend(loc="upper left", bbox_to_anchor=(1.02, 1), frameon=False)

# %%
# **Figure 2.** The same alerts, and what is around them. Rubin assigns a
# detection to a known diaObject within about 1 arcsec (the dashed circle). A
# galaxy nearby may be the host.
#
# Is the source at the center of its host? Compare their offset with this
# scatter divided by the square root of the number of alerts, and with the
# error of the host's own position, which is often the larger.
#
# A dictionary
# ------------
#
# The locus is the dictionary that
# ``antares_client.search.get_by_id(...).to_devkit(include_catalogs=True)``
# returns. Print its keys, with the type and size of each.

for key, value in locus.items():
    is_long = isinstance(value, (dict, list))
    content = f"{len(value)} entries" if is_long else value
    print(f"{key:26}{type(value).__name__:7}{content}")

# %%
# * ``id`` is the ANTARES ID; ``ra`` and ``dec`` are in degrees (ICRS).
# * ``user_tags`` are set by the filters that run in ANTARES.
# * ``old_properties`` belong to the locus as a whole.
# * ``catalog_objects`` are sources in other catalogs near this position.
# * ``grav_wave_events_metadata`` is for gravitational-wave notices.
# * ``alerts`` are the measurements.
#
# The properties of the locus
# ---------------------------
#
# Print some of them. Times are MJD; those from Rubin are TAI.

properties = locus["old_properties"]
names = ("num_alerts", "brightest_alert_magnitude", "newest_alert_id")
for name in (*names, "survey"):
    print(f"{name}: {properties.get(name)}")
print("tags:", *sorted(locus["user_tags"]), sep="\n    ")

# %%
# ``survey`` lists the names that the surveys give the source. Rubin's
# ``dia_object_id`` is a string: as a float, an 18-digit ID would lose its last
# digits.
#
# One alert
# ---------
#
# An alert has an ``id``, an ``mjd`` and ``properties``. Names from Rubin begin
# with ``lsst_diaSource_``, names that ANTARES adds with ``ant_``. The ``mjd``
# of a Rubin alert is the middle of its exposure (TAI). Print the properties
# that make a light curve.

alert = next(a for a in locus["alerts"] if a["id"].startswith("lsst"))
properties = alert["properties"]
print(alert["id"], "at", alert["mjd"], "with", len(properties), "properties")
fluxes, flags = ("psfFlux", "psfFluxErr", "snr"), ("isNegative", "isDipole")
for name in ("band", *fluxes, *flags, "reliability"):
    print(f"  {name}: {properties.get(f'lsst_diaSource_{name}')}")

# %%
# ``psfFlux`` and ``psfFluxErr`` are in nJy, relative to the template. ``snr``
# is never negative: it says nothing about the sign. ``reliability`` runs from
# 0 (artifact) to 1 (astrophysical); Rubin sends no alert below 0.5.
#
# Matches in other catalogs
# -------------------------
#
# Print the known objects near this position.

for catalog, objects in locus["catalog_objects"].items():
    columns = ", ".join(sorted(objects[0])[:2])
    print(f"{catalog}: {len(objects)} with {columns}, ...")

# %%
# Pass it to the devkit
# ---------------------
#
# Filters that run in ANTARES receive a locus as a ``DevKitLocus``. It accepts
# the dictionary as it is, and validates it.

from antares_devkit.models import DevKitLocus

devkit_locus = DevKitLocus.model_validate(locus)
position = devkit_locus.location.to_string("hmsdms", precision=1)
print(devkit_locus.locus_id, position)

# %%
# Its ``timeseries()`` and ``lightcurve()`` look for ZTF alerts by default, and
# label Rubin's times as UTC, which is off by 37 seconds.
# `antares_helpers.extract_lightcurve` accepts a ``DevKitLocus`` too.
#
# Exercise
# --------
#
# Is the source at the center of the galaxy in NED? Compute the weighted mean of
# the positions, and its offset from the first object in NED in units of the
# error of the mean.
#
# .. dropdown:: Solution
#
#    Weight each coordinate by the inverse square of its error. An offset of many
#    sigma can still be none: the error of NED's position is not included.
#
#    .. code-block:: python
#
#       weights = errors**-2
#       mean = np.average([east, north], axis=1, weights=weights)
#       mean_err = weights.sum(axis=1) ** -0.5
#       offset = mean - np.array(offsets(ned))[:, 0]
#       print(f"{np.hypot(*offset):.2f} arcsec away")
#       print("east, north [sigma]:", (offset / mean_err).round(1))
#
# Where to go next
# ----------------
#
# * Plot it: :doc:`/tutorials/1_first_steps/01_plot_your_first_light_curve`.
# * What a negative flux is:
#   :doc:`/tutorials/2_light_curves/04_handle_negative_fluxes`.
# * Which match is the host:
#   :doc:`/tutorials/3_finding_things/12_search_around_a_position`.
