"""
Follow up a gravitational wave
==============================

A gravitational-wave event comes with a sky map instead of a position. ANTARES marks the loci with
alerts inside the map. This page needs scipy, which ``antares-helpers[tutorials]`` installs and the
Rubin Science Platform has. Plot the map of the latest event, and find the loci that may be its
source.
"""

# sphinx_gallery_tags = ["search", "images", "time"]
# sphinx_gallery_thumbnail_number = 2

import astropy.units as u
import astropy_healpix as healpix
import matplotlib.pyplot as plt
import numpy as np
from antares_client import search

from antares_helpers import find_loci

query = {"query": {"exists": {"field": "grav_wave_events"}}}
marked = find_loci(query=query)
events = sorted({name for each in marked for name in each.grav_wave_events})
notices = map(search.get_latest_grav_wave_notice, events[:-11:-1])
notice = next((each for each in notices if each and each.skymap_base64), None)
if notice is None:
    raise LookupError("No locus is marked with an event that has a sky map.")

skymap = notice.skymap[np.argsort(-notice.skymap["PROBDENSITY"])]
density = skymap["PROBDENSITY"].quantity
level, pixel = healpix.uniq_to_level_ipix(skymap["UNIQ"])
areas = healpix.nside_to_pixel_area(2**level)
ends = np.searchsorted(np.cumsum(density * areas), [0.9, 0.5])
ra, dec = healpix.healpix_to_lonlat(pixel, 2**level, order="nested")

ax = plt.figure(figsize=(7, 3.8)).add_subplot(projection="mollweide")
for end, label, color in zip(ends, ("90%", "50%"), ("#BCA9DC", "#4A1486")):
    x, y = -ra[:end].wrap_at("180d").rad, dec[:end].rad
    ax.plot(x, y, ".", ms=2, color=color, label=label)
ax.set_xticks(np.arange(-2, 3) * np.pi / 3, ["8h", "4h", "0h", "20h", "16h"])
ax.legend(title=notice.gracedb_id, markerscale=6, loc=(0.9, 0.8))
ax.grid(alpha=0.4)

# %%
# **Figure 1.** The sky map of the event, the whole sky in right ascension and declination, east to
# the left: the regions that contain 50% and 90% of the probability. The arrival times at two
# detectors put the source on a ring; a third, and the strengths of the signals, leave parts of it.
#
# Read the notice
# ---------------
#
# Each event has several notices, from the first alert to the last update, and its sky map changes
# along the way. ``get_latest_grav_wave_notice`` returns the newest one. A retraction has no sky
# map: the code above skips it. Read first what the event may be, and how far away.

from astropy.time import Time

time = notice.event_datetime or notice.notice_datetime
event_time = Time(time, scale="utc")
print(f"{notice.gracedb_id}, {notice.notice_type.name}")
print(f"event at {event_time.iso[:19]} UTC")
if notice.false_alarm_rate:
    years = 1 / (notice.false_alarm_rate * u.Hz).to_value(1 / u.yr)
    print(f"one false alarm in {years:.3g} years")

event = (notice.full_notice or {}).get("event") or {}
for part in ("classification", "properties"):
    for name, probability in (event.get(part) or {}).items():
        print(f"{name:12}{probability:4.0%}")

for percent, end in zip((90, 50), ends):
    area = areas[:end].sum().to_value("deg2")
    print(f"{percent}% region: {area:.3g} square degrees")
distance = skymap.meta.get("DISTMEAN", np.nan)
distance_err = skymap.meta.get("DISTSTD", np.nan)
print(f"distance: {distance:.3g} +/- {distance_err:.2g} Mpc")

# %%
# The rate of false alarms says how often noise alone would look like the event. It does not say
# whether there is anything to see. Two black holes (BBH) are not expected to shine. With a neutron
# star in the pair (BNS, NSBH; ``HasNS``), look at ``HasRemnant``, the probability that matter is
# left outside, and at the distance: AT2017gfo, with -15.5 mag in r after a day, would be of 17.5
# mag at 40 Mpc and of 21 mag at 200 Mpc. ``Terrestrial`` is the probability of noise. The `user
# guide <https://emfollow.docs.ligo.org/userguide/content.html>`_ of LIGO, Virgo and KAGRA defines
# them all.
#
# Zoom in
# -------
#
# The map is a multi-order HEALPix map: small pixels where the probability is high, large ones
# elsewhere. ``UNIQ`` identifies a pixel and its size, ``PROBDENSITY`` is the probability per
# steradian; ``DISTMU`` and ``DISTSIGMA`` describe the distance along each line of sight. The
# `format <https://emfollow.docs.ligo.org/userguide/tutorial/multiorder_skymaps.html>`_ is that of
# LIGO, Virgo and KAGRA. Plot the contours around the most probable position, smoothed a little, and
# the loci that are marked.

from astropy.coordinates import SkyCoord
from scipy.ndimage import gaussian_filter

term = {"term": {"grav_wave_events": notice.gracedb_id}}
loci = find_loci(query={"query": term})
peak = SkyCoord(ra[0], dec[0])
places = SkyCoord([locus.coordinates for locus in loci])
east, north = peak.spherical_offsets_to(places)

half = min(1.5 * np.sqrt(areas[: ends[0]].sum().to_value("deg2") / np.pi), 60)
x = np.linspace(-half, half, 300)
grid = peak.spherical_offsets_by(*np.meshgrid(x, x) * u.deg)
contours = dict(zip(density[ends].value, ("90%", "50%")))

fig, ax = plt.subplots(figsize=(5.6, 5), layout="constrained")
z = gaussian_filter(notice.get_probability_density(grid), 4)
lines = ax.contour(x, x, z, list(contours), colors=["#8F75C0", "#4A1486"])
ax.clabel(lines, fmt=contours)
ax.plot(east, north, "o", color="#FFB000", mec="black", label="marked loci")
ax.set(xlabel="east [deg]", ylabel="north [deg]", title=notice.gracedb_id)
ax.set(aspect="equal", xlim=(half, -half), ylim=(-half, half))
legend = ax.legend(loc="upper left")

# %%
# **Figure 2.** The part of the map around its most probable position. The contours enclose 50% and
# 90% of the probability; points are the loci that ANTARES has marked with the event. East is to the
# left.
#
# List the candidates
# -------------------
#
# The notice gives the contour on which a locus lies: ``level`` is the probability that this contour
# encloses. The lower the level, the more likely the place. A counterpart has no alerts from before
# the event: select the loci whose first alert came after it. Use the alerts themselves for that.
# One with a negative flux has no magnitude, and the property ``oldest_alert_observation_time`` may
# skip it. Then compare the distance of the galaxy that a catalog has there, if any, with that of
# the event.

from astropy.cosmology import Planck18
from astropy.table import Table

from antares_helpers import catalog_table

contour = notice.get_probability_contour_level_and_area
levels = [contour(locus.coordinates)[0] for locus in loci]
rows = []
for i in np.argsort(levels)[:20]:
    days = [alert.mjd - event_time.tai.mjd for alert in loci[i].alerts]
    if min(days) > 0:
        redshift = catalog_table(loci[i])["redshift"]
        z = next((z for z in redshift if z > 0), None)
        far = Planck18.luminosity_distance(z).value if z else np.nan
        row = (loci[i].locus_id, levels[i], min(days), len(days), far)
        rows.append(row)
if not rows:
    raise LookupError("No locus of the likeliest in the map is new.")
names = ["locus", "level [%]", "first [d]", "alerts", "host [Mpc]"]
candidates = Table(rows=rows, names=names)
for name in ("level [%]", "first [d]", "host [Mpc]"):
    candidates[name].format = ".1f"
print(f"{len(loci)} marked, {len(rows)} of the 20 likeliest are new:")
candidates.pprint(max_lines=-1, max_width=-1)

# %%
# Days are counted from the event. A level above 90 is possible: the locus may have been marked with
# an earlier sky map.
#
# That a locus is new is necessary, but does not prove that nothing was there before. Alerts are
# detections: no earlier alert can also mean that Rubin did not look, had no template there yet, or
# that the source was below its limit. Rubin's own alerts contain forced photometry of earlier
# images, ANTARES' do not: add it before you believe that a locus is new, as in
# :doc:`/tutorials/6_from_light_curve_to_science/21_add_forced_photometry`.
#
# A galaxy at another distance than the event rules a locus out, if the galaxy is its host: see
# :doc:`/tutorials/3_finding_things/12_search_around_a_position`.
#
# Look at one
# -----------
#
# A single alert says little: asteroids and artifacts have no more. Of the candidates with at least
# five, plot the one whose host is nearest in distance, or the likeliest if no host is known.

from antares_helpers import extract_lightcurve, plot_lightcurve

enough = candidates[candidates["alerts"] >= 5]
if not len(enough):
    raise LookupError("No new locus in the map has five alerts yet.")
misfit = abs(enough["host [Mpc]"] - distance)
name = enough["locus"][np.argsort(misfit, kind="stable")[0]]
best = next(locus for locus in loci if locus.locus_id == name)
ax = plot_lightcurve(extract_lightcurve(best), x="days", epoch=event_time)
ax.set_xlabel("days since the event")
line = ax.axvline(0, color="black", linestyle="--")

# %%
# **Figure 3.** The light curve of that candidate. The dashed line is the time of the event.
#
# A kilonova fades within days, in the blue first. When was the field observed before the event?
# Print the last alert of any marked locus within 1.7 degrees, the radius of Rubin's field of view.

before = []
for locus in loci:
    if locus.coordinates.separation(best.coordinates) < 1.7 * u.deg:
        days = [alert.mjd - event_time.tai.mjd for alert in locus.alerts]
        before += [day for day in days if day < 0]
if before:
    print(f"last alert nearby: {-max(before):.1f} d before the event")

# %%
# That visit may have been in another band, or less deep.
#
# Read the mark on an alert
# -------------------------
#
# The mark is on the alerts. Print that of the first marked alert of this locus.

alerts = [alert for alert in best.alerts if alert.grav_wave_events]
for mark in alerts[0].grav_wave_events if alerts else []:
    percent, area = mark["contour_level"], mark["contour_area"]
    print(f"{mark['gracedb_id']}: level {percent:.3g}%, {area:.3g} deg2")

# %%
# Search around the peak
# ----------------------
#
# Not every locus in the region is marked. Search a cone around the peak of the map for everything
# that has changed since the event. ``radius=`` takes at most 1 degree: for a map of hundreds of
# square degrees, rely on the marks.

cone = find_loci(near=peak, radius=1 * u.deg)
recent = cone.table["newest_mjd"] > event_time.tai.mjd
changed = set(cone.table["locus_id"][recent])
unmarked = changed - {locus.locus_id for locus in loci}
print(f"{len(cone)} loci within 1 degree, {len(changed)} changed since")
print("not marked:", ", ".join(sorted(unmarked)[:5]) or "none")

# %%
# Exercise
# --------
#
# A day after the merger, AT2017gfo had an absolute magnitude of -15.5 in r. If the candidate is at
# the distance of the event, how bright was it when it was first detected, and how well is that
# known?
#
# .. dropdown:: Solution
#
#    The distance modulus is ``5 log10(distance / 10 pc)``, and its error follows from that of the
#    distance. Mind the band and the days since the event.
#
#    .. code-block:: python
#
#       from antares_helpers import to_magnitude
#
#       first = extract_lightcurve(best)[0]
#       modulus = 5 * np.log10(distance * 1e6 / 10)
#       modulus_err = 5 / np.log(10) * distance_err / distance
#       absolute = to_magnitude(first["flux"]) - modulus
#       days = first["time"].mjd - event_time.tai.mjd
#       print(f"{absolute:.1f} +- {modulus_err:.1f} mag in {first['band']}", end=", ")
#       print(f"{days:.1f} d after")
#
# Where to go next
# ----------------
#
# * What a cone search finds: :doc:`/tutorials/3_finding_things/12_search_around_a_position`.
# * Search by more than the mark: :doc:`/tutorials/3_finding_things/13_search_by_property_and_tag`.
# * Select such alerts as they arrive: a filter can require a contour level
#   (``REQUIRED_GRAV_WAVE_PROB_REGION``), :doc:`/tutorials/5_filters_and_streams/19_write_a_filter`.
