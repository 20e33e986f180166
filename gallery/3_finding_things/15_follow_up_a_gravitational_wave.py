"""
Follow up a gravitational wave
==============================

A gravitational-wave event comes with a sky map instead of a position. ANTARES marks the loci with
alerts inside the map. Plot the sky map of the latest event and the loci in it.
"""

# sphinx_gallery_tags = ["search", "images", "time"]

import astropy.units as u
import astropy_healpix as healpix
import matplotlib.pyplot as plt
import numpy as np
from antares_client import search
from astropy.coordinates import SkyCoord

from antares_helpers import find_loci

marked = find_loci(query={"query": {"exists": {"field": "grav_wave_events"}}})
events = {event for locus in marked for event in locus.grav_wave_events}
notices = map(search.get_latest_grav_wave_notice, sorted(events, reverse=True)[:10])
notice = next((each for each in notices if each and each.skymap_base64), None)
if notice is None:
    raise LookupError("No locus is marked with a gravitational-wave event that has a sky map.")
loci = find_loci(query={"query": {"term": {"grav_wave_events": notice.gracedb_id}}})

skymap = notice.skymap[np.argsort(notice.skymap["PROBDENSITY"])[::-1]]
level, pixel = healpix.uniq_to_level_ipix(skymap["UNIQ"])
areas = healpix.nside_to_pixel_area(2**level).to(u.deg**2)
inside = np.searchsorted(np.cumsum(skymap["PROBDENSITY"] * areas.to(u.sr)), [0.9, 0.5, 0.1])
peak = SkyCoord(*healpix.healpix_to_lonlat(pixel[0], 2 ** level[0], order="nested"))
east, north = peak.spherical_offsets_to(SkyCoord([locus.coordinates for locus in loci]))

x = np.linspace(-1.2, 1.2, 200) * min(np.sqrt(areas[: inside[0]].sum().value / np.pi), 50)
density = notice.get_probability_density(peak.spherical_offsets_by(*np.meshgrid(x, x) * u.deg))
fig, ax = plt.subplots(figsize=(5.6, 5), layout="constrained", subplot_kw={"aspect": "equal"})
ax.contourf(x, x, density, np.unique(skymap["PROBDENSITY"][inside]), cmap="Purples", extend="max")
points = ax.plot(east, north, "o", color="#FFB000", markeredgecolor="black")
ax.set(xlabel="east [deg]", ylabel="north [deg]", title=notice.gracedb_id, xlim=x[[-1, 0]])

# %%
# **Figure 1.** The sky map of the event around its most probable position. The shades enclose, from
# the outside, 90%, 50% and 10% of the probability; points are the loci that ANTARES has marked with
# the event. East is to the left.
#
# Read the notice
# ---------------
#
# Each event has several notices, from the first alert to the last update, and its sky map changes
# along the way. ``get_latest_grav_wave_notice`` returns the newest one. A retraction has no sky
# map: the code above skips it. Print the contents of the notice: the time of the event, how often
# noise alone would look like it, and the size of the regions.

from astropy.time import Time

event_time = Time(notice.event_datetime or notice.notice_datetime, scale="utc")
print(f"{notice.gracedb_id}, {notice.notice_type.name}, event at {event_time.iso[:19]} UTC")
if notice.false_alarm_rate:
    years = 1 / (notice.false_alarm_rate * u.Hz).to_value(1 / u.yr)
    print(f"one false alarm in {years:.3g} years")
for percent, end in ((50, inside[1]), (90, inside[0])):
    print(f"the {percent}% region covers {areas[:end].sum().value:.3g} square degrees")

# %%
# The sky map is a multi-order HEALPix map: small pixels where the probability is high, large ones
# elsewhere. ``UNIQ`` identifies a pixel and its size, ``PROBDENSITY`` is the probability per
# steradian. The `format
# <https://emfollow.docs.ligo.org/userguide/tutorial/multiorder_skymaps.html>`_ is that of LIGO,
# Virgo and KAGRA.
#
# List the candidates
# -------------------
#
# The notice gives the contour on which a locus lies: ``level`` is the probability that this contour
# encloses, ``area`` the sky inside it. The lower the level, the more likely the place. A
# counterpart was not there before the event: select the loci whose first alert came after it. Use
# the alerts themselves for that. One with a negative flux has no magnitude, and the property
# ``oldest_alert_observation_time`` may skip it.

from astropy.table import Table

contours = [notice.get_probability_contour_level_and_area(locus.coordinates) for locus in loci]
rows = []
for i in np.argsort([level for level, _ in contours])[:20]:
    locus, (level, area) = loci[i], contours[i]
    days = [alert.mjd - event_time.tai.mjd for alert in locus.alerts]
    if min(days) > 0:
        rows.append((locus.locus_id, level, area.value, min(days), max(days), len(days)))
if not rows:
    raise LookupError(f"No locus of the likeliest marked with {notice.gracedb_id} is new.")
names = ["locus", "level [%]", "area [deg2]", "first [d]", "last [d]", "alerts"]
candidates = Table(rows=rows, names=names)
for name in names[1:5]:
    candidates[name].format = ".1f"
print(f"{len(loci)} loci are marked; of the {min(len(loci), 20)} likeliest, {len(rows)} are new:")
candidates.pprint(max_lines=-1, max_width=-1)

# %%
# Days are counted from the event. A level above 90 is possible: the locus may have been marked with
# an earlier sky map.
#
# Look at one
# -----------
#
# A single alert says little: asteroids and artifacts have one or two. Plot the likeliest candidate
# with at least five, in days since the event.

from antares_helpers import extract_lightcurve, plot_lightcurve

enough = candidates[candidates["alerts"] >= 5]
if not len(enough):
    raise LookupError(f"No new locus marked with {notice.gracedb_id} has five alerts yet.")
best = next(locus for locus in loci if locus.locus_id == enough["locus"][0])
ax = plot_lightcurve(extract_lightcurve(best), x="days", epoch=event_time)
ax.set_xlabel("days since the event")
line = ax.axvline(0, color="black", linestyle="--")

# %%
# **Figure 2.** The light curve of the likeliest new locus with at least five alerts. The dashed
# line is the time of the event.
#
# Read the mark on an alert
# -------------------------
#
# The mark is on the alerts. Print that of the first marked alert of this locus.

alert = next((alert for alert in best.alerts if alert.grav_wave_events), None)
for mark in alert.grav_wave_events if alert else []:
    level, area = mark["contour_level"], mark["contour_area"]
    print(f"{mark['gracedb_id']}: level {level:.3g}%, area {area:.3g} square degrees")

# %%
# Search around the peak
# ----------------------
#
# Not every locus in the region is marked. Search a cone around the peak of the map for everything
# that has changed since the event. ``radius=`` takes at most 1 degree: for a map of hundreds of
# square degrees, rely on the marks.

cone = find_loci(near=peak, radius=1 * u.deg)
newest = [locus.properties.get("newest_alert_observation_time", 0) for locus in cone]
changed = [locus for locus, mjd in zip(cone, newest) if mjd > event_time.tai.mjd]
unmarked = [locus for locus in changed if notice.gracedb_id not in locus.grav_wave_events]
print(f"{len(cone)} loci within 1 degree of the peak, {len(changed)} changed since the event")
print("not marked:", ", ".join(locus.locus_id for locus in unmarked[:5]) or "none")

# %%
# Where to go next
# ----------------
#
# * What a cone search finds: :doc:`/tutorials/3_finding_things/12_search_around_a_position`.
# * Search by more than the mark: :doc:`/tutorials/3_finding_things/13_search_by_property_and_tag`.
# * Select such alerts as they arrive: a filter can require a contour level
#   (``REQUIRED_GRAV_WAVE_PROB_REGION``), :doc:`/tutorials/5_filters_and_streams/19_write_a_filter`.
