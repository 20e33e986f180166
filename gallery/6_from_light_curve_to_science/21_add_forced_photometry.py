"""
Add forced photometry
=====================

An alert is a detection, so a light curve of alerts begins too late and ends too early. Rubin also
measures the flux where it detects nothing: *forced photometry*, at the position of the object, in
every visit. Fetch it with the newest alert packet, and draw it hollow beside the detections.
"""

# sphinx_gallery_tags = ["photometry", "supernovae", "data quality"]
# sphinx_gallery_thumbnail_number = 2

from antares_helpers import (
    extract_lightcurve,
    fetch_alert_packet,
    find_loci,
    plot_lightcurve,
)

for locus in find_loci(tag="young_rubin_transients", limit=30):
    packet = fetch_alert_packet(locus)
    lc = extract_lightcurve(locus, forced=packet)
    forced, detected = lc[lc["is_forced"]], lc[~lc["is_forced"]]
    early = sum(forced.time < detected.time[0]) if len(detected) else 0
    flux = detected["flux"][detected["band"] == "r"]
    if early >= 6 and len(flux) >= 7 and 2 <= flux.argmax() < len(flux) - 2:
        break
else:
    raise LookupError("No new transient has enough forced fluxes.")

title = f"{len(detected)} detections, {len(forced)} forced fluxes"
ax = plot_lightcurve(lc, title=title)

# %%
# **Figure 1.** The light curve of one transient. Filled: detections, as ANTARES gives them. Small
# and hollow: forced photometry of the other visits, with 1-sigma error bars. Before the source
# appeared, it scatters about zero.
#
# Get a token
# -----------
#
# ANTARES does not pass forced photometry on. It is in Rubin's own packets, which the Alerts API of
# the Rubin Science Platform serves to holders of Rubin data rights. On the platform, the code above
# runs as it is. Elsewhere, create a token at https://data.lsst.cloud/auth/tokens with the scopes
# read:alertdb and read:image. Before you start Python, set two environment variables:
# ``ACCESS_TOKEN`` to the token, and ``EXTERNAL_INSTANCE_URL`` to https://data.lsst.cloud. The
# sandbox sets both for its own copy of the service. This project has tried neither the live
# Alerts API nor a real Science Platform: the code follows Rubin's documentation.
#
# A packet is a FITS file in memory. List its tables: the detections, and the forced photometry.

for name in ("DIASOURCE", "FORCEDPHOT"):
    print(f"{name}: {len(packet[name].data)} rows")

# %%
# Each visit of an object becomes one row of the light curve. If there is an alert, it stands; if
# you exclude it, its visit gets no forced flux either. Print what was added, and what was not.

for name, number in lc.meta["report"].items():
    if name.startswith("forced"):
        print(f"{name:22}{number:4}")

# %%
# Check the signs
# ---------------
#
# In the packet, ``psfFlux`` is signed. So it decides, for your own object, whether the signs from
# ANTARES are right. Print how many were compared, and how many agree. If one does not, the sign of
# the packet is used, with a warning.

print(lc.meta["sign_check"])

# %%
# Date the first light
# --------------------
#
# The source appeared between the last visit that did not show it and the first that did. Alerts
# give only the second. For several transients, print the last night before the first flux of 3
# sigma, with the faintest 5-sigma limit of that night in magnitudes; the first such flux; and the
# first alert. In the simulated sky the time of the explosion is known for some: print it, too.

import astropy.units as u

from antares_helpers import to_magnitude

brackets = []
titles = "last without", "limit", "first flux", "first alert", "   truth"
print("locus                ", *titles, sep="  ")
for found in find_loci(tag="young_rubin_transients", limit=8):
    points = extract_lightcurve(found, forced=fetch_alert_packet(found))
    seen = ~points["is_forced"] | (points["flux"] > 3 * points["flux_err"])
    if seen.any() and not seen[0]:
        before, after = points[: seen.argmax()], points[seen.argmax() :]
        night = before[before.time > before.time[-1] - 0.5 * u.day]
        deepest = night[night["flux_err"].argmin()]
        limit, _ = to_magnitude(5 * deepest["flux_err"], deepest["flux_err"])
        alert = after.time[~after["is_forced"]][0]
        truth = found.properties.get("sim_explosion_mjd", "")
        times = [each.mjd for each in (deepest["time"], after.time[0], alert)]
        brackets.append((found.locus_id, *times, truth))
        print(f"{found.locus_id:23}{times[0]:12.2f}  ", end="")
        print(f"{deepest['band']}{limit:5.1f}", end="")
        print(f"{times[1]:11.2f}{times[2]:13.2f} {truth:>9}")

# %%
# A limit says that the source was fainter, not that it was not there: a supernova rises from below
# any limit, and in each band at its own time. Of fluxes without a source, one in 740 exceeds 3
# sigma by chance: look for a second. Some fluxes are far above 5 sigma, but have no alert: Rubin
# sends no detection with a reliability below 0.5, and not every source is detected.
#
# Repeat the fit
# --------------
#
# Fit the curve of :doc:`/tutorials/2_light_curves/10_fit_a_supernova` to one band, to the
# detections alone and then to all fluxes. This needs scipy, which ``antares-helpers[tutorials]``
# installs.

import numpy as np
from scipy.optimize import curve_fit


def bazin(days, amplitude, maximum, rise, ratio):
    """Return a flux that falls `ratio` times as slowly as it rises."""
    x = (days - maximum) / rise
    log_sum = np.logaddexp(np.log(ratio - 1), -x)
    return amplitude * ratio * np.exp(-x / ratio - log_sum)


def fit_band(points):
    """Return the best parameters, their errors (enlarged) and chi2/dof."""
    flux, error = (points[name].value for name in ("flux", "flux_err"))
    days = points.time.mjd
    start = flux.max(), days[flux.argmax()], 4, 5
    bounds = [0, days[0], 0.3, 1.1], [np.inf, days[-1], 30, 99]
    curve = bazin, days, flux, start, error, True
    best, covariance = curve_fit(*curve, bounds=bounds)
    chi2 = np.sum(((flux - bazin(days, *best)) / error) ** 2)
    chi2 /= len(days) - len(best)
    return best, np.sqrt(np.diag(covariance) * max(chi2, 1)), chi2


one_band = lc[(lc["band"] == "r") & ~lc["is_dipole"] & ~lc["flagged"]]
is_detection = ~one_band["is_forced"]
samples = {"detections": one_band[is_detection], "all fluxes": one_band}
fits = {name: fit_band(points) for name, points in samples.items()}
titles = "points", "        maximum", "   rise [d]", "fall [d]", "chi2/dof"
print("          ", *titles, sep="  ")
for name, (best, errors, chi2) in fits.items():
    print(f"{name:12}{len(samples[name]):7}", end="")
    print(f"{best[1]:11.2f} +-{errors[1]:5.2f}", end="")
    print(f"{best[2]:6.2f} +-{errors[2]:5.2f}", end="")
    print(f"{best[2] * best[3]:10.1f}{chi2:10.1f}")
print("truth in r:", locus.properties.get("sim_peak_mjd", "not known"))

# %%
# The maximum hardly moves: the bright points determine it. What the forced fluxes add is at the
# ends, where detections are absent or only those that scattered up. The errors do not include that
# the function is not the supernova.
#
# Follow the decline
# ------------------
#
# A source that fades fast leaves few alerts. Search for transients with at most 20 of them, and
# take the one with the most forced fluxes after its maximum.

best = None
few = {"num_alerts": (10, 20)}
for found in find_loci(tag="young_rubin_transients", properties=few, limit=6):
    points = extract_lightcurve(found, forced=fetch_alert_packet(found))
    peak = points.time[points["flux"].argmax()]
    late = points[points.time >= peak]
    if best is None or sum(late["is_forced"]) > sum(best["is_forced"]):
        fading, best = points, late
if best is None:
    raise LookupError("No transient of the newest has 10 to 20 alerts.")

ax = plot_lightcurve(fading, x="days", title=fading.meta["locus_id"])
width = 2 * np.median(fading["flux_err"].value)
ax.set_yscale("asinh", linear_width=width)
ax.set_yticks([0, *10.0 ** np.arange(np.ceil(np.log10(width)), 8)])
limits = ax.set_ylim(-4 * width, 2 * fading["flux"].value.max())

# %%
# **Figure 2.** A transient that fades fast. The scale is linear near zero and logarithmic far from
# it. The forced fluxes (hollow) follow the source in each band from before its first alert to below
# the limit of detection.
#
# Near the limit, alerts show only fluxes that scattered up, and a decline that is too slow. Forced
# fluxes have no such bias: fit fluxes, not magnitudes, and include those below zero.
#
# Add several packets
# -------------------
#
# A packet has the forced photometry of the 12 months before its alert, and nothing after it: the
# end of the light curve is the newest alert. For a longer history, and for each diaObject of the
# locus, add packets of other alerts. A visit that is in several counts once.

ids = [name for name in lc["alert_id"] if name.startswith("lsst:")]
packets = [fetch_alert_packet(alert) for alert in (ids[0], ids[-1])]
both = extract_lightcurve(locus, forced=packets)
oldest = extract_lightcurve(locus, forced=packets[0])
for name, points in {"first alert": oldest, "first and newest": both}.items():
    print(f"packets of {name}: {sum(points['is_forced'])} forced fluxes")

# %%
# Know its limits
# ---------------
#
# * If the template contains light of the transient, all its fluxes, forced ones too, are too low by
#   the same amount in each band. Then the fluxes before the explosion lie below zero: subtract
#   their weighted mean.
# * Rubin is reported to have no forced photometry of visits before 2026-02-17.
# * What faded after the newest alert is in no packet. It is in Rubin's database on the Science
#   Platform: look for the table ``DiaForcedSource``.
# * The position is that of the object when the packet was made. If it is wrong, all forced fluxes
#   are too low.
#
# Exercise
# --------
#
# Is the template free of the transient? Compute the weighted mean of the forced fluxes before the
# first alert in each band, in units of its error. Leave out the last five days, in which the source
# may already have risen.
#
# .. dropdown:: Solution
#
#    In each band the mean should be within about 2 sigma of zero. A template with
#    light of the transient would make it negative.
#
#    .. code-block:: python
#
#       early = forced[forced.time < detected.time[0] - 5 * u.day]
#       for band in sorted(set(early["band"])):
#           points = early[early["band"] == band]
#           weight = points["flux_err"].value ** -2
#           mean = np.average(points["flux"].value, weights=weight)
#           error = weight.sum() ** -0.5
#           print(f"{band}: {mean:6.0f} +- {error:4.0f} nJy", end="")
#           print(f"{mean / error:7.1f} sigma")
#
# Where to go next
# ----------------
#
# * What the fit assumes: :doc:`/tutorials/2_light_curves/10_fit_a_supernova`.
# * How the sign of an alert is found: :doc:`/tutorials/2_light_curves/04_handle_negative_fluxes`.
# * From fluxes to luminosities:
#   :doc:`/tutorials/6_from_light_curve_to_science/22_get_from_flux_to_luminosity`.
