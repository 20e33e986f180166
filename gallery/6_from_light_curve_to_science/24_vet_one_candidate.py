"""
Vet one candidate
=================

Before you ask for telescope time: is it known, is it real, is it in the nucleus of its galaxy, and
is it up tonight? Take a young transient with its forced photometry, answer one question after
another, and end with a follow-up request and a one-page summary for the group meeting. This page
needs scipy, which ``antares-helpers[tutorials]`` installs and the Rubin Science Platform has.
"""

# sphinx_gallery_tags = ["data quality", "images", "supernovae", "search"]
# sphinx_gallery_thumbnail_number = 4

import astropy.units as u
import numpy as np

from antares_helpers import (
    catalog_table,
    extract_lightcurve,
    fetch_alert_packet,
    find_loci,
    plot_lightcurve,
)

for locus in find_loci(tag="young_rubin_transients", limit=50):
    matches = catalog_table(locus)
    is_host = (matches["type"] == "G") & (matches["redshift"] > 0)
    lc = extract_lightcurve(locus, keep_dipoles=False)
    if len(lc) >= 5 and np.ptp(lc.time.mjd) < 30 and is_host.any():
        break
else:
    raise LookupError("No young transient of 50 is new and has a host.")

packet = fetch_alert_packet(locus)
lc = extract_lightcurve(locus, keep_dipoles=False, forced=packet)
ax = plot_lightcurve(lc)

# %%
# **Figure 1.** The candidate. Filled symbols are alerts; hollow ones are forced photometry, which
# shows that nothing was there before.
#
# The locus is the newest of its tag that has a galaxy with a redshift next to it and whose alerts
# span less than 30 days. Rubin's packets need a token, see
# :doc:`/tutorials/6_from_light_curve_to_science/21_add_forced_photometry`.
#
# When did it begin?
# ------------------
#
# Print the first detection, the last visit before it with its significance and its 5-sigma limit,
# and the newest detection.

from antares_helpers import to_magnitude

alerts = lc[~lc["is_forced"]]
earlier = lc[lc.time < alerts.time[0]]
print(f"first detection: {alerts.time[0].utc.iso[:16]} UTC")
if len(earlier):
    days = (alerts.time[0] - earlier.time[-1]).to_value("day")
    last, error = earlier[-1], earlier["flux_err"][-1]
    print(f"last visit before: {days:.1f} d earlier,", end=" ")
    print(f"{last['flux'] / error:.1f} sigma,", end=" ")
    print(f"{last['band']} > {to_magnitude(5 * error):.1f}")
newest = alerts[-1]
magnitude = to_magnitude(newest["flux"])
print(f"newest detection: {newest['band']} = {magnitude:.1f},", end=" ")
print(newest["time"].utc.iso[:10])

# %%
# Is it known?
# ------------
#
# ANTARES has matched the locus with the catalogs. Print the nearest object of each kind within two
# arcseconds: a report to the Transient Name Server (TNS), a star, a variable star, a quasar.

KINDS = {
    "TNS": ["tns_public_objects"],
    "star": ["gaia_dr3_gaia_source", "sdss_stars", "bright_guide_star_cat"],
    "variable": [
        "vsx",
        "gaia_dr3_variability",
        "asassn_variable_catalog_v2_20190802",
    ],
    "quasar": ["milliquas", "veron_agn_qso", "vii_274_bzcat5"],
}
near = matches[matches["separation"] < 2 * u.arcsec]
known = {}
for kind, catalogs in KINDS.items():
    of_kind = near[np.isin(near["catalog"], catalogs)]
    if len(of_kind):
        known[kind] = f"{of_kind['name'][0]} {of_kind['type'][0]}".strip()
    print(f"{kind:10}{known.get(kind, 'none within 2 arcsec')}")

# %%
# The copy of a catalog in ANTARES may be days old: ask `TNS <https://www.wis-tns.org>`_ itself
# before you report a discovery. A source of Gaia need not be a star: the nucleus of a galaxy can be
# one. Its parallax and proper motion, in units of their errors, decide; they are in
# ``locus.catalog_objects["gaia_dr3_gaia_source"]``.
#
# A minor planet has an ``ssObjectId`` if Rubin knows its orbit. If it does not, count the nights: a
# moving object does not come back to the same arcsecond.

name = "lsst_diaSource_ssObjectId"
planets = sum(bool(alert.properties.get(name)) for alert in locus.alerts)
nights = len(set(np.floor(alerts.time.mjd - 0.7)))
print(f"{planets} alerts of a known minor planet,", end=" ")
print(f"detections in {nights} nights")

# %%
# Is it real?
# -----------
#
# Print the reliability, a probability, and how many alerts are included. Then look at the images of
# the detection that is farthest above the noise.

from antares_helpers import alert_summary, fetch_cutouts, plot_cutouts

reliability = np.nanmedian(alerts["reliability"])
number = np.sum(alerts["flagged"])
print(f"median reliability {reliability:.2f}, {number} flagged")
print(alert_summary(lc).meta["sentence"])

best = alerts[np.argmax(alerts["snr"])]
cutouts = fetch_cutouts(best["alert_id"])
axes = plot_cutouts(cutouts, title=f"{best['alert_id']}, {best['band']} band")

# %%
# **Figure 2.** Template, science and difference images of that detection, six arcseconds wide. A
# real source is one round star in the difference, not two lobes, a streak or an edge.
#
# Is it in the nucleus?
# ---------------------
#
# Each alert has its own position, with errors ``raErr``, which is that of RA cos(Dec), and
# ``decErr``. The weighted mean is much better than any of them. Compute it, and its offset from the
# center of the host.

from astropy.coordinates import SkyCoord
from astropy.cosmology import Planck18

NAMES = [f"lsst_diaSource_{name}" for name in ("ra", "dec", "raErr", "decErr")]
CATALOG_ERROR = 0.1 * u.arcsec

ids = alerts["alert_id"]
included = [alert for alert in locus.alerts if alert.alert_id in ids]
rows = [[alert.properties.get(name) for name in NAMES] for alert in included]
rows = [row for row in rows if None not in row]
if not rows:
    raise LookupError("No alert of the candidate has a position with errors.")
ra, dec, ra_err, dec_err = np.transpose(rows) * u.deg
east, north = locus.coordinates.spherical_offsets_to(SkyCoord(ra, dec))
weights = ra_err**-2, dec_err**-2
mean = [*map(np.average, (east, north), (None, None), weights)]
position = locus.coordinates.spherical_offsets_by(*mean)
errors = u.Quantity([np.sum(each) ** -0.5 for each in weights]).to("arcsec")

host = matches[is_host][0]
center = SkyCoord(host["ra"], host["dec"])
offset = center.separation(position).to("arcsec")
offset_err = np.hypot(errors.max(), CATALOG_ERROR)
kpc = (offset * Planck18.kpc_proper_per_arcmin(host["redshift"])).to("kpc")
place = "nuclear" if offset < 3 * offset_err else "not nuclear"

print(f"mean of {len(rows)}: {position.to_string('hmsdms', precision=2)}")
print(f"errors in RA cos(Dec) and Dec: {errors[0]:.3f}, {errors[1]:.3f}")
separation = f"{offset.value:.2f} ± {offset_err.value:.2f} arcsec"
print(f"offset from {host['name']}: {separation}")
print(f"{kpc:.1f} in projection at redshift {host['redshift']:.3f}: {place}")

# %%
# The positions in many catalogs are off by 0.1 arcsec or more, and the center of an extended galaxy
# is known less well: the code adds 0.1 arcsec to the error, in quadrature. An offset of less than
# three times the error is consistent with none, as for an active nucleus or a tidal disruption. If
# galaxies are many, or the nearest is far, it may not be the host:
# :doc:`/tutorials/3_finding_things/12_search_around_a_position` gives the probability of chance. In
# the simulated sky the truth is known: print it.

truth = locus.properties
if "sim_host_east_arcsec" in truth:
    names = ("sim_host_east_arcsec", "sim_host_north_arcsec")
    true_offset = np.hypot(*map(truth.get, names))
    print(f"true offset {true_offset:.2f} arcsec, class {truth['sim_class']}")

# %%
# Draw a chart of the alerts, their mean and the matches.


def plot_chart(ax):
    """Plot the alerts, their mean position and the matches around it."""
    x, y = position.spherical_offsets_to(SkyCoord(ra, dec))
    y_err, x_err = (each.to_value("arcsec") for each in (dec_err, ra_err))
    style = {"fmt": ".", "color": "0.6", "elinewidth": 0.6, "label": "alerts"}
    ax.errorbar(x.arcsec, y.arcsec, y_err, x_err, **style)
    for i, row in enumerate(matches):
        x, y = position.spherical_offsets_to(SkyCoord(row["ra"], row["dec"]))
        style = {"ms": 7 + 2 * i, "mfc": "none", "label": row["catalog"]}
        ax.plot(x.arcsec, y.arcsec, "soDvph8*"[i % 8], color="black", **style)
    ax.plot(0, 0, "+", color="#C2410C", ms=16, mew=2, label="mean position")
    x, y = (each.arcsec for each in position.spherical_offsets_to(center))
    ax.plot([0, x], [0, y], ":", color="0.4")
    ax.annotate(f"{offset:.2f}", (x / 2, y / 2))
    ax.set(xlabel="east [arcsec]", ylabel="north [arcsec]")
    ax.margins(0.15)
    ax.set_aspect("equal", "datalim")
    ax.xaxis.set_inverted(True)


import matplotlib.pyplot as plt

fig, ax = plt.subplots(figsize=(6.4, 4), layout="constrained")
plot_chart(ax)
legend = fig.legend(loc="outside right upper")

# %%
# **Figure 3.** The positions of the alerts with their errors, and the objects of the catalogs,
# around the mean position of the alerts: north up, east to the left.
#
# Is it up tonight?
# -----------------
#
# Compute the altitude from Cerro Pachón, the site of Rubin, Gemini South and SOAR, in the night
# after that of the newest detection, from noon to noon. For the coming night, take ``Time.now()``
# instead of its time. The three settings keep astropy from downloading tables of the Earth's
# rotation: some are part of it, and beyond their dates the error is a few seconds of time.

from astropy.coordinates import AltAz, EarthLocation, get_body
from astropy.time import Time
from astropy.utils import iers

iers.conf.auto_download = False
iers.conf.auto_max_age = None
iers.conf.iers_degraded_accuracy = "ignore"

PACHON = EarthLocation.from_geodetic(-70.7494, -30.2446, 2663)
noon = np.floor(newest["time"].utc.mjd - 0.7) + 1.7
times = Time(noon + np.linspace(0, 1, 145), format="mjd")
sky = AltAz(obstime=times, location=PACHON)
target = position.transform_to(sky)
bodies = (get_body(name, times, PACHON) for name in ("sun", "moon"))
sun, moon = (body.transform_to(sky) for body in bodies)
is_dark = sun.alt < -18 * u.deg
is_up = is_dark & (target.alt > 30 * u.deg)

# %%
# Print when it is dark and the airmass is below 2, the best time, and how far the moon is then.

i = np.argmax(np.where(is_dark, target.alt, -90 * u.deg))
if is_up.any():
    start, end = times[is_up][[0, -1]].isot
    print(f"airmass below 2 from {start[:16]} to {end[:16]} UTC")
print(f"highest at {times[i].isot[:16]} UTC, {target.alt[i]:.0f},", end=" ")
print(f"airmass {target.secz[i]:.2f}")
print(f"moon {target.separation(moon)[i].deg:.0f} deg away,", end=" ")
print(f"at {moon.alt[i].deg:.0f} deg")

# %%
# Draw the night.


def plot_night(ax):
    """Plot altitude and airmass during the night."""
    hours = (times.mjd - np.floor(times.mjd[0] + 1)) * 24
    ax.plot(hours, target.alt.deg, color="#C2410C", lw=1, ls=":")
    altitude_up = np.where(is_up, target.alt.deg, np.nan)
    ax.plot(hours, altitude_up, color="#C2410C", lw=3, label="target")
    ax.plot(hours, moon.alt.deg, color="0.4", ls="--", label="moon")
    for altitude, shade in ((-0.8, "0.93"), (-18, "0.82")):
        style = {"color": shade, "lw": 0, "zorder": 0}
        ax.fill_between(hours, 0, 90, sun.alt.deg < altitude, **style)
    ax.set_xlabel(f"hours from 0 UTC on {times[-1].iso[:10]}")
    ax.set_ylabel("altitude [deg]")
    ax.set(xlim=hours[sun.alt.deg < 0][[0, -1]] + [-1, 1], ylim=(0, 90))
    right = ax.secondary_yaxis("right")
    airmass = np.array([1.05, 1.2, 1.5, 2, 3])
    right.set_yticks(np.degrees(np.arcsin(1 / airmass)), airmass.astype(str))
    right.set_ylabel("airmass")
    ax.legend(loc="upper left")


fig, ax = plt.subplots(figsize=(6, 3.6), layout="constrained")
plot_night(ax)

# %%
# **Figure 4.** The altitude of the candidate and of the moon from Cerro Pachón. The faint
# shade is twilight, the strong one night; the line is thick in the night at an airmass below 2.
#
# Request an observation
# ----------------------
#
# Many observatories take requests as JSON. Write one in the form of the portal of `Las Cumbres
# Observatory <https://developers.lco.global>`_, which other telescopes of the AEON network and TOM
# systems use, too: three images with one of its telescopes of one meter. Nothing is sent, and this
# request has not been tried there. Enter your own proposal, exposure times for the newest
# magnitude, and a window in the future.

import json

target_of_request = {
    "type": "ICRS",
    "name": locus.locus_id,
    "ra": round(position.ra.deg, 6),
    "dec": round(position.dec.deg, 6),
}
exposures = {"exposure_time": 120, "exposure_count": 1}
images = [
    exposures | {"optical_elements": {"filter": name}}
    for name in ("gp", "rp", "ip")
]
configuration = {
    "type": "EXPOSE",
    "instrument_type": "1M0-SCICAM-SINISTRO",
    "target": target_of_request,
    "instrument_configs": images,
    "constraints": {"max_airmass": 2, "min_lunar_distance": 30},
    "acquisition_config": {"mode": "OFF"},
    "guiding_config": {"mode": "ON", "optional": True},
}
observation = {
    "configurations": [configuration],
    "windows": [{"start": times[0].isot[:19], "end": times[-1].isot[:19]}],
    "location": {"telescope_class": "1m0"},
}
request = {
    "name": locus.locus_id,
    "proposal": "YOUR-PROPOSAL",
    "ipp_value": 1,
    "operator": "SINGLE",
    "observation_type": "NORMAL",
    "requests": [observation],
}
print(json.dumps(request, indent=1))

# %%
# Put it on one page
# ------------------
#
# Draw all of it in one figure, with the answers as its title.

fig = plt.figure(figsize=(11, 6.2), layout="constrained")
parts = fig.subfigures(2, 2, width_ratios=(5, 4), height_ratios=(5, 4)).ravel()
plot_lightcurve(lc, ax=parts[0].subplots(), title="")
plot_chart(parts[1].subplots())
parts[1].legend(loc="outside right upper", fontsize="small")
plot_cutouts(cutouts, axes=parts[2].subplots(1, len(cutouts)))
plot_night(parts[3].subplots())
answers = [
    f"reliability {reliability:.2f}, {nights} nights",
    f"{separation} from its host, {place}",
    f"airmass {target.secz[i]:.2f}" if is_up.any() else "not up tonight",
]
title = f"{locus.locus_id}, in TNS: {known.get('TNS', 'no')}"
text = fig.suptitle(f"{title}\n{', '.join(answers)}")

# %%
# **Figure 5.** The candidate on one page: its light curve with forced photometry, the chart with
# its host, the cutouts, and the altitude in the coming night.
#
# The truth of a simulated locus is its ``sim_class``. In real life, the spectrum decides.
#
# Exercise
# --------
#
# Is the scatter of the positions what their errors say? Compute the reduced chi2 of the alerts
# around their mean, in both directions.
#
# .. dropdown:: Solution
#
#    Divide each distance from the mean by its error. The mean of the squares is near 1 if the
#    errors are right; above it, enlarge the error of the mean by the square root. Differential
#    refraction and a moving source add to it.
#
#    .. code-block:: python
#
#       pulls = [(east - mean[0]) / ra_err, (north - mean[1]) / dec_err]
#       for name, pull in zip(("east", "north"), pulls):
#           chi2 = np.sum(pull.to_value("") ** 2) / max(len(pull) - 1, 1)
#           print(f"{name:6} reduced chi2 {chi2:.2f} of {len(pull)} alerts")
#
# Where to go next
# ----------------
#
# * Color and rise, to choose candidates:
#   :doc:`/tutorials/6_from_light_curve_to_science/23_measure_colors_and_rises_in_one_night`.
# * Reliability, flags and dipoles:
#   :doc:`/tutorials/2_light_curves/05_choose_which_points_to_trust`.
# * Chance coincidence with a galaxy:
#   :doc:`/tutorials/3_finding_things/12_search_around_a_position`.
# * More on cutouts: :doc:`/tutorials/3_finding_things/14_look_at_cutouts`.
