"""
See what is in a locus
======================

See where the alerts of a locus lie on the sky, and read its keys, its properties and its matches
with other catalogs.
"""

# sphinx_gallery_tags = ["first steps", "search"]

import matplotlib.pyplot as plt
import numpy as np
from antares_client import search

from antares_helpers import fetch_locus

found = next(search.search({"query": {"term": {"tags": "lsst_scimma_quality_transient"}}}), None)
if found is None:
    raise LookupError("No locus has the tag lsst_scimma_quality_transient.")
locus = fetch_locus(found.locus_id)

alerts = [alert["properties"] for alert in locus["alerts"] if "ant_ra" in alert["properties"]]
ra, dec = np.transpose([(alert["ant_ra"], alert["ant_dec"]) for alert in alerts])
east = ((ra - locus["ra"] + 180) % 360 - 180) * np.cos(np.radians(locus["dec"])) * 3600
north = (dec - locus["dec"]) * 3600

fig, ax = plt.subplots(figsize=(5, 4), layout="constrained")
ax.plot(east, north, "o", color="#B52626", markeredgecolor="0.15", label="alert")
ax.plot(0, 0, "+", color="black", markersize=16, markeredgewidth=2, label="locus")
ax.set(xlabel="east [arcsec]", ylabel="north [arcsec]", title=locus["id"], aspect="equal")
ax.xaxis.set_inverted(True)
legend = ax.legend(loc="upper left", bbox_to_anchor=(1.02, 1), frameon=False)

# %%
# **Figure 1.** The measured position of each alert, relative to the position of the locus. East is
# to the left. A locus gathers the alerts within about one arcsecond.
#
# A dictionary
# ------------
#
# The locus is the dictionary that
# ``antares_client.search.get_by_id(...).to_devkit(include_catalogs=True)`` returns. Print its keys,
# with the type and size of each.

for key, value in locus.items():
    content = f"{len(value)} entries" if isinstance(value, (dict, list)) else value
    print(f"{key:26}{type(value).__name__:7}{content}")

# %%
# * ``id`` is the ANTARES ID; ``ra`` and ``dec`` are in degrees (ICRS).
# * ``user_tags`` are set by the filters that run in ANTARES.
# * ``old_properties`` belong to the locus as a whole.
# * ``catalog_objects`` are sources in other catalogs at the same position.
# * ``grav_wave_events_metadata`` is for gravitational-wave notices; it is empty here.
# * ``alerts`` are the measurements.
#
# The properties of the locus
# ---------------------------
#
# Print some of them. Times are MJD; those from Rubin are TAI.

properties = locus["old_properties"]
for name in ("num_alerts", "brightest_alert_magnitude", "oldest_alert_observation_time", "survey"):
    print(f"{name}: {properties.get(name)}")
print("tags:", ", ".join(sorted(locus["user_tags"])))

# %%
# ``survey`` lists the names that the surveys give the source. Rubin's ``dia_object_id`` is a
# string: as a float, an 18-digit ID would lose its last digits.
#
# One alert
# ---------
#
# An alert has an ``id``, an ``mjd`` and ``properties``. Names from Rubin begin with
# ``lsst_diaSource_``, names that ANTARES adds with ``ant_``. The ``mjd`` of a Rubin alert is the
# middle of its exposure (TAI). Print the properties that make a light curve.

alert = next(alert for alert in locus["alerts"] if alert["id"].startswith("lsst"))
print(alert["id"], "at MJD", alert["mjd"], "with", len(alert["properties"]), "properties")
for name in ("band", "psfFlux", "psfFluxErr", "snr", "isNegative", "isDipole", "reliability"):
    print(f"  lsst_diaSource_{name}: {alert['properties'].get(f'lsst_diaSource_{name}')}")

# %%
# ``psfFlux`` and ``psfFluxErr`` are in nJy, relative to the template. ``snr`` is never negative: it
# says nothing about the sign. ``reliability`` runs from 0 (artifact) to 1 (astrophysical).
#
# Matches in other catalogs
# -------------------------
#
# Print the known objects at this position.

for catalog, objects in locus["catalog_objects"].items():
    print(f"{catalog}: {len(objects)} object(s) with {', '.join(sorted(objects[0])[:4])} ...")

# %%
# Pass it to the devkit
# ---------------------
#
# Filters that run in ANTARES receive a locus as a ``DevKitLocus``. It accepts the dictionary as it
# is, and validates it.

from antares_devkit.models import DevKitLocus

devkit_locus = DevKitLocus.model_validate(locus)
print(devkit_locus.locus_id, devkit_locus.location.to_string("hmsdms", precision=1))

# %%
# Its ``timeseries()`` and ``lightcurve()`` look for ZTF alerts by default, and label Rubin's times
# as UTC, which is off by 37 seconds. `antares_helpers.extract_lightcurve` accepts a ``DevKitLocus``
# too.
#
# Where to go next
# ----------------
#
# * Plot it: :doc:`/tutorials/1_first_steps/01_plot_your_first_light_curve`.
# * What a negative flux is: :doc:`/tutorials/2_light_curves/04_handle_negative_fluxes`.
