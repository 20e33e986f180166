"""
Get times right
===============

Rubin gives times on the atomic scale, TAI. It is 37 seconds ahead of UTC, about as long as an
exposure, and not every tool distinguishes the two. Find out which time scale a time is on before
you use it.
"""

# sphinx_gallery_tags = ["time"]

from datetime import timedelta

import matplotlib.pyplot as plt
import numpy as np

from antares_helpers import extract_lightcurve, find_loci

many = {"num_alerts": (20, None)}
for found in find_loci(tag="in_LSSTDDF", properties=many, limit=30):
    lc = extract_lightcurve(found, keep_flagged=False)
    pairs = np.flatnonzero(abs(np.diff(lc.time.mjd) * 86400 - 45) < 15)
    if len(pairs):
        break
else:
    raise LookupError("No deep-field locus has visits within a minute.")

fig, ax = plt.subplots(figsize=(7, 3.2), layout="constrained")
half = timedelta(seconds=15)
for time in lc.time[pairs[0] : pairs[0] + 2]:
    right, wrong = time.utc.datetime, time.tai.datetime
    ax.axvspan(right - half, right + half, color="#4C8DA3", alpha=0.35, lw=0)
    ax.plot([right, wrong], [1, 0], color="0.15", linewidth=1)
    ax.text(right + half, 0.6, "37 s", rotation=-24)
    ax.plot(right, 1, "o", wrong, 0, "X", color="#B22222", mec="0.15", ms=11)
ax.set(title=lc.meta["locus_id"], ylim=(-0.6, 1.6))
ax.set_xlabel(f"UTC on {right:%Y-%m-%d}")
ax.set_yticks([1, 0], ["MJD read as TAI:\nright", "MJD read as UTC:\nwrong"])
to_tai, to_utc = (lambda x: x + 37 / 86400), (lambda x: x - 37 / 86400)
top = ax.secondary_xaxis("top", functions=(to_tai, to_utc), xlabel="TAI")
top.xaxis_date()

# %%
# **Figure 1.** Two exposures of one locus, drawn as shaded bands 30 seconds wide. The time that the
# alert gives for each is marked twice: read as TAI, it lies in the middle of the band; read as UTC,
# it lies 37 seconds later, outside it. The lower axis shows UTC, the upper one TAI.
#
# The time in the alert
# ---------------------
#
# The ``mjd`` of a Rubin alert is ``midpointMjdTai``: the middle of the exposure, in TAI.
# `antares_helpers.extract_lightcurve` sets that scale, and astropy converts the times. astropy
# includes the leap seconds; nothing is downloaded. Print one time on three scales.

time = lc.time[0]
for scale in ("tai", "utc", "tdb"):
    converted = getattr(time, scale)
    print(f"{scale.upper()}  {converted.isot}  MJD {converted.mjd:.6f}")

# %%
# TAI and UTC have been 37 seconds apart since the last leap second, at the end of 2016. TDB is the
# scale of ephemerides.
#
# Store an MJD in 64 bits. In 32 bits, print the distance to the next number.

step = np.spacing(np.float32(time.mjd)) * 86400
print(f"one step of a 32-bit MJD: {step:.0f} s")

# %%
# How other tools label it
# ------------------------
#
# The client's own time series labels the same number as UTC. So do the column ``time`` of ANTARES'
# CSV light curve and the time series of the devkit. Compute the difference.

theirs = found.timeseries.time
theirs = theirs[np.argmin(abs(theirs.mjd - time.mjd))]
print(f"{theirs.scale.upper()}: {(theirs - time).sec:.1f} s late")

# %%
# ZTF's alerts are different again: UTC, at the start of the exposure.
# `antares_helpers.extract_lightcurve` converts them to TAI at the middle.
#
# When 37 seconds matter
# ----------------------
#
# An error of 37 seconds shifts the phase of a short period. Compute by how much. The two white
# dwarfs of ES Ceti, which Rubin can observe, orbit each other in 620 seconds (`Espaillat et al.
# 2005 <https://doi.org/10.1086/427959>`_).

periods = {"620 seconds": 620 / 86400, "1 hour": 1 / 24, "12 hours": 0.5}
for name, period in periods.items():
    print(f"{name:11}  37 s is {37 / 86400 / period:.4f} of the period")

# %%
# It also puts a moving object in the wrong place. Compute how far off. Rubin's pixels are 0.2
# arcsec wide (`Ivezić et al. 2019 <https://doi.org/10.3847/1538-4357/ab042c>`_).

for rate in (0.25, 1, 10):
    shift = rate * 3600 * 37 / 86400
    print(f"at {rate:5.2f} degrees a day  37 s is {shift:5.2f} arcsec")

# %%
# For a supernova it does not matter. Even so, use a single scale when you compare telescopes.
#
# Days and dates
# --------------
#
# Plot days since the first detection with ``x="days"``. Without it, the lower axis shows the MJD
# and the upper one calendar dates. Give ``epoch`` to count from another time. This light curve was
# extracted with ``keep_flagged=False``, so that no flagged artifacts disturb it.

from antares_helpers import plot_lightcurve

ax = plot_lightcurve(lc, x="days")

# %%
# **Figure 2.** The light curve of the same locus against days since its first detection; the axis
# label gives the MJD (TAI) of that moment.
#
# Light travel time
# -----------------
#
# Over a year the Earth moves toward a source and away from it, and light takes 499 s to cross one
# astronomical unit. Before you fold a light curve over months at a short period, refer its times to
# the barycenter of the solar system. Compute the light travel time from the position of the Earth
# that comes with astropy, and add it to TDB.
#
# Computed for the center of the Earth, this is right to 0.02 s, the light travel time of one Earth
# radius. ``Time.light_travel_time`` does better, but needs tables of the Earth's rotation, which
# astropy downloads.

import astropy.constants as const
import astropy.units as u
from astropy.coordinates import SkyCoord, get_body_barycentric


def light_time(time, ra, dec):
    """Return how many seconds earlier light reaches the Earth."""
    earth = get_body_barycentric("earth", time, ephemeris="builtin")
    direction = SkyCoord(ra, dec, unit="deg").cartesian
    return (earth.dot(direction) / const.c).to_value(u.s)


seconds = light_time(lc.time, found.ra, found.dec)
year = lc.time[0] + np.arange(-100, 266) * u.day

curve = light_time(year, found.ra, found.dec)

fig, ax = plt.subplots(figsize=(6, 3.6), layout="constrained")
ax.plot(year.mjd, curve, color="0.46", label="one year")
ax.plot(lc.time.mjd, seconds, "o", color="#4C8DA3", mec="0.15", label="visits")
ax.axhspan(-18.5, 18.5, color="#B22222", alpha=0.35, lw=0, label="37 s")
ax.set(xlabel="MJD (TAI)", ylabel="Light arrives earlier by [s]")
ax.set_title(lc.meta["locus_id"])
ax.locator_params(axis="x", nbins=5)
ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1), frameon=False)

barycentric = lc.time.tdb + seconds * u.s
print(f"first visit: MJD {lc.time.mjd[0]:.6f} (TAI)")
print(f"             MJD {barycentric.mjd[0]:.6f} (TDB, barycentric)")

# %%
# **Figure 3.** By how much earlier the light of this locus arrives at the Earth than at the
# barycenter, over the course of a year; if it is negative, the light arrives later. Points mark the
# visits. The height of the band is 37 seconds.
#
# Exercise
# --------
#
# Fold this light curve without the light travel time: up to which period are the phases wrong by
# more than 0.01?
#
# .. dropdown:: Solution
#
#    Only the change of the light travel time matters: a constant shift moves all phases alike.
#
#    .. code-block:: python
#
#       change = np.ptp(seconds)
#       print(f"the light travel time changes by {change:.0f} s")
#       print(f"0.01 of a period of {change / 0.01 / 3600:.1f} hours")
#
# Where to go next
# ----------------
#
# * Fold a light curve: :doc:`/tutorials/2_light_curves/08_find_the_period_of_a_variable_star`.
# * Put two surveys on one time scale: :doc:`/tutorials/2_light_curves/09_combine_ztf_and_lsst`.
