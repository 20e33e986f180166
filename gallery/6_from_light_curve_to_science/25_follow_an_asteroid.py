"""
Follow an asteroid
==================

An asteroid moves, so each of its alerts is in a locus of its own. This page needs scipy, which
``antares-helpers[tutorials]`` installs and the Rubin Science Platform has. Join the loci of one
asteroid, and measure its absolute magnitude, its colors, its rotation and its offsets.
"""

# sphinx_gallery_tags = ["solar system", "photometry", "many loci"]
# sphinx_gallery_thumbnail_number = 2

import matplotlib.pyplot as plt
import numpy as np

from antares_helpers import fetch_loci, find_loci, lightcurve_table
from antares_helpers.bands import BANDS, COLORS_ON_WHITE, SYMBOLS
from antares_helpers.photometry import to_magnitude

FIELDS = ("phaseAngle", "helioRange", "topoRange")
query = {"query": {"exists": {"field": "properties.survey.lsst.ss_object_id"}}}
surveys = [a.properties["survey"]["lsst"] for a in find_loci(query=query)]
names = [name for each in surveys for name in each["ss_object_id"]]
object_id = max(names, key=names.count, default=1)
loci, _ = fetch_loci(find_loci(ss_object_id=object_id), progress=False)
table = lightcurve_table(loci)
if len(table) < 10:
    raise LookupError("No solar-system object found has 10 alerts.")

known = {a["id"]: a["properties"] for each in loci for a in each["alerts"]}
alerts = [known[name] for name in table["alert_id"]]
rows = [[a.get(f"lsst_ssSource_{x}", np.nan) for x in FIELDS] for a in alerts]
phase, sun, earth = np.transpose(rows)
mag = to_magnitude(table["flux"]) - 5 * np.log10(sun * earth)
fig, ax = plt.subplots(layout="constrained")
for band in sorted(set(table["band"]), key=BANDS.index):
    one, color = table["band"] == band, COLORS_ON_WHITE[band]
    ax.plot(phase[one], mag[one], SYMBOLS[band], c=color, mec="k", label=band)
ax.set(xlabel="Phase angle [deg]", ylabel="Reduced AB magnitude")
ax.set(ylim=ax.get_ylim()[::-1], title=f"ssObject {object_id}")
legend = ax.legend()

# %%
# **Figure 1.** One asteroid in all bands: its magnitudes, corrected for its distances from the Sun
# and the Earth, against the phase angle. Each point is an alert, from a locus of its own.
#
# The phase angle is that between the Sun and the Earth, as seen from the asteroid. At zero all that
# we see of the asteroid is lit; at larger angles it is fainter. Two more things scatter the points:
# its color, and its rotation.
#
# Join the loci
# -------------
#
# ``find_loci(ss_object_id=...)`` finds the loci with an alert of the object, and
# `antares_helpers.lightcurve_table` makes one table of them. A locus can also have alerts of a star
# that the asteroid passed: use those of the asteroid only, in the order of time.

objects = [str(alert.get("lsst_diaSource_ssObjectId")) for alert in alerts]
is_it = np.array(objects) == object_id
is_good = is_it & np.isfinite(mag) & ~table["is_dipole"] & ~table["flagged"]
use = np.flatnonzero(is_good)[np.argsort(table["mjd"][is_good])]
table, alerts = table[use], [alerts[i] for i in use]
phase, sun, earth, mag = phase[use], sun[use], earth[use], mag[use]
days, band = table["mjd"].value, np.array(table["band"])
mag_err = to_magnitude(table["flux"], table["flux_err"])[1]
print(f"{len(use)} alerts in {len(loci)} loci and {np.ptp(days):.0f} days")
print(f"phase angle {phase.min():.1f} to {phase.max():.1f} deg")
print(f"distance from the Earth {earth.min():.2f} to {earth.max():.2f} AU")

# %%
# Rubin's pipeline gives an alert either a ``diaObject`` or a known solar-system object, so these
# loci have no ``diaObjectId``. An asteroid that it does not recognize looks like a transient with
# one alert, or with two a night, ten arcseconds apart. That ANTARES names Rubin's properties of
# asteroids ``lsst_ssSource_...`` follows from its other names: this project has no real record of
# one.
#
# The difference flux is the total flux
# -------------------------------------
#
# The template does not contain the asteroid, so the difference flux is all of its light. Do not use
# ``flux="total"`` here: it includes the light of stars that the asteroid is passing. Print by how
# much the two differ.

total = [alert.get("lsst_diaSource_scienceFlux", np.nan) for alert in alerts]
percent = 100 * abs(total / table["flux"].value - 1)
largest = np.nanmax(percent)
print(f"median {np.nanmedian(percent):.1f}%, largest {largest:.1f}%")

# %%
# The flux falls with the square of the distance from the Sun, which lights the asteroid, and with
# that of the distance from the Earth. The *reduced* magnitude is what it would be at 1 AU from
# both: the observed one less ``5 * log10(helioRange * topoRange)``. Every alert of a known object
# has these ranges, in AU, and ``phaseAngle``, in degrees.
#
# Measure colors from pairs
# -------------------------
#
# Rubin usually visits a field twice in half an hour, in two bands. In so short a time the distances
# and the phase angle do not change, and the asteroid turns only a little: the difference of the two
# magnitudes is a color. Solve for the colors that fit all pairs best.

first = np.flatnonzero((np.diff(days) < 1 / 24) & (band[1:] != band[:-1]))
second = first + 1
bands = [each for each in BANDS if each in band[first] or each in band[second]]
others = [each for each in bands if each != "r"]
columns = np.reshape(others, (-1, 1))
design = 1 * (band[first] == columns) - (band[second] == columns)
rank = np.linalg.matrix_rank(design)
design = design.T
if len(first) < 6 or rank < len(bands) - 1 or "g" not in bands:
    raise LookupError("No 6 pairs of bands of this object link r to g.")

change = mag[first] - mag[second]
color = np.linalg.lstsq(design, change, rcond=None)[0]
miss = change - design @ color
scatter = np.sqrt(np.sum(miss**2) / (len(first) - len(others)))
color_err = scatter * np.sqrt(np.diag(np.linalg.inv(design.T @ design)))

for each, value, error in zip(others, color, color_err):
    print(f"{each} - r = {value:6.3f} +- {error:.3f}")
noise = np.sqrt(np.mean(mag_err[first] ** 2 + mag_err[second] ** 2))
print(f"scatter of {len(first)} pairs {scatter:.3f} mag;", end=" ")
print(f"of the noise {noise:.3f} mag")

# %%
# The errors follow from the scatter. If it is larger than that of the noise, the asteroid has
# turned between the two visits.
#
# Fit H and G
# -----------
#
# In the H, G system (`Bowell et al. 1989
# <https://ui.adsabs.harvard.edu/abs/1989aste.conf..524B>`_), H is the mean reduced magnitude at
# phase angle zero, and G says how fast the asteroid fades with the phase angle; 0.15 is assumed if
# it is not known. Bring all points to one band with the colors, take the mean of each pair, and
# fit.

from scipy.optimize import curve_fit


def phase_curve(phase, h, g):
    """Return the reduced magnitude of an asteroid at phase angles [deg]."""
    x = np.tan(np.radians(phase) / 2)
    one, two = np.exp(-3.33 * x**0.63), np.exp(-1.87 * x**1.22)
    return h - 2.5 * np.log10((1 - g) * one + g * two)


offset = dict(zip(others, color)) | {"r": 0}
in_r = mag - [offset.get(each, np.nan) for each in band]
nights = [(each[first] + each[second]) / 2 for each in (phase, in_r)]
best, covariance = curve_fit(phase_curve, *nights, p0=(min(nights[1]), 0.15))
best_err = np.sqrt(np.diag(covariance))
residual = in_r - phase_curve(phase, *best)
print(f"H = {best[0]:.2f} +- {best_err[0]:.2f} in r,", end=" ")
print(f"G = {best[1]:.2f} +- {best_err[1]:.2f}")
print(f"residuals {np.nanstd(residual):.3f} mag;", end=" ")
print(f"of the noise {np.median(mag_err):.3f} mag")

# %%
# The fit does not use the errors of the fluxes, since the rotation scatters the points much more.
# The scatter of the nights gives the errors of H and G instead: the rotation is noise.
#
# Is the rotation noise or signal?
# --------------------------------
#
# An elongated asteroid is brightest twice in each rotation. Search the residuals for a period, and
# print how likely it is that noise alone has a peak as high. Use the times at which the light left
# the asteroid: it arrives some minutes later, and not always equally late.

import astropy.constants as const
import astropy.units as u
from astropy.timeseries import LombScargle

use = np.isfinite(residual)
left_at = days - (earth * u.AU / const.c).to_value("d")
scan = LombScargle(left_at[use], residual[use])
limits = {"minimum_frequency": 1, "maximum_frequency": 24}
frequency, power = scan.autopower(samples_per_peak=20, **limits)
chance = scan.false_alarm_probability(power.max(), **limits)
tops = np.flatnonzero(np.diff(np.sign(np.diff(power))) < 0) + 1
tops = tops[power[tops].argsort()[::-1]]
print(f"false-alarm probability {chance:.0e}")
for top in tops[:4]:
    rotation = 48 / frequency[top]
    print(f"a rotation in {rotation:.3f} h explains {power[top]:.1%}")

# %%
# If the probability is far below 0.001, the rotation is a signal. Then fit everything at once: H in
# each band, G and the rotation, as a sine wave of half its period. A peak that explains nearly as
# much as the highest one may be the true one.


def rotating(points, g, cosine, sine, frequency, *h):
    """Return the reduced magnitude at days, phase angles, band numbers."""
    days, phase, number = points
    turn = 2 * np.pi * frequency * days
    mean = phase_curve(phase, np.take(h, number.astype(int)), g)
    return mean + cosine * np.cos(turn) + sine * np.sin(turn)


middle = left_at.mean()
number = np.array([bands.index(each) for each in band[use]])
points = np.array([left_at[use] - middle, phase[use], number])
guess = [best[1], np.std(residual[use]), 0, frequency[tops[0]]]
guess += [best[0] + offset[each] for each in bands]
data = points, mag[use], guess
fitted, covariance = curve_fit(rotating, *data, maxfev=20_000)
errors = np.sqrt(np.diag(covariance))

for name, value, error in zip(["G", "", "", "", *bands], fitted, errors):
    if name:
        print(f"{name} {value:7.3f} +- {error:.3f}")
rotation = 48 / fitted[3]
rotation_err = rotation * errors[3] / fitted[3]
print(f"rotation in {rotation:.4f} +- {rotation_err:.4f} h")

# %%
# Compare the errors with those above. H is usually given in V, which follows from g and r: ``V = g
# - 0.59 (g - r) - 0.01``, within 0.01 mag (`Jester et al. 2005
# <https://doi.org/10.1086/432466>`_). In the simulated sky the truth is known: print it, too.

weights = np.array([{"g": 0.41, "r": 0.59}.get(each, 0) for each in bands])
h_v = weights @ fitted[4:] - 0.01
h_v_err = np.hypot(np.sqrt(weights @ covariance[4:, 4:] @ weights), 0.01)
truth = loci[0]["old_properties"]
print(f"H = {h_v:.3f} +- {h_v_err:.3f} in V,", end=" ")
print("truth", truth.get("sim_h_mag", "unknown"))
print(f"rotation {rotation:.3f} h,", end=" ")
print("truth", truth.get("sim_rotation_h", "unknown"))

# %%
# Plot the phase curve without the rotation, and the rotation without the phase curve.

curve = rotating(points, *fitted)
waves = curve - phase_curve(phase[use], fitted[4 + number], fitted[0])
still = mag[use] - waves - fitted[4 + number] + fitted[4 + bands.index("r")]
turned = mag[use] - curve + waves
turns = points[0] * fitted[3] / 2

fig = plt.figure(figsize=(8.4, 3.8), layout="constrained")
left, right = fig.subplots(1, 2)
for each in bands:
    one = band[use] == each
    style = {"color": COLORS_ON_WHITE[each], "mec": "0.15", "mew": 0.5}
    left.plot(phase[use][one], still[one], SYMBOLS[each], **style, label=each)
    right.plot(turns[one] % 1, turned[one], SYMBOLS[each], **style)
x = np.linspace(0, phase.max() + 1, 200)
curve = phase_curve(x, fitted[4 + bands.index("r")], fitted[0])
left.plot(x, curve, color="0.4", zorder=0)
x = np.linspace(0, 1, 200)
wave = fitted[1] * np.cos(4 * np.pi * x) + fitted[2] * np.sin(4 * np.pi * x)
right.plot(x, wave, color="0.4", zorder=0)
left.set(xlabel="Phase angle [deg]", ylabel="Reduced magnitude, as in r")
right.set(xlabel=f"Rotation in {rotation:.3f} h", ylabel="Change [mag]")
for ax in (left, right):
    ax.yaxis.set_inverted(True)
handles = left.get_legend_handles_labels()
legend = fig.legend(*handles, loc="outside right center", frameon=False)

# %%
# **Figure 2.** Left: the points of Figure 1, brought to the band r and with the rotation taken out;
# the line is the phase curve that was fitted. Right: the same points without the phase curve,
# folded at the period of the rotation; the line is the sine wave.
#
# Below a phase angle of a few degrees many asteroids brighten more than the line says, and the
# newer system with two slopes, ``H, G1, G2`` (`Muinonen et al. 2010
# <https://doi.org/10.1016/j.icarus.2010.04.003>`_), fits better. The colors say of which type the
# surface is: in `Veres & Chesley (2017) <https://doi.org/10.3847/1538-3881/aa73d1>`_ an asteroid of
# the class C has g - r = 0.47, one of the class S 0.65.
#
# Compare with the ephemeris
# --------------------------
#
# ``ssSource`` also says how far the detection is from the predicted place, in arcsec: along the
# track, in the direction of the motion, and across it, to its left. Print both, and how many
# seconds the asteroid needs for the first: ``ephRate`` is in degrees per day.

fields = ["ephOffsetAlongTrack", "ephOffsetCrossTrack", "ephRate"]
names = [f"lsst_ssSource_{field}" for field in fields]
names += ["lsst_diaSource_raErr"]
rows = [[alert.get(name, np.nan) for name in names] for alert in alerts]
along, across, rate, error = (np.array(rows) * [1, 1, 1 / 24, 3600]).T
for name, values in (("along", along), ("across", across)):
    mean_err = np.nanstd(values) / np.sqrt(len(values))
    mean, scatter = np.nanmean(values), np.nanstd(values)
    print(f"{name:7}{mean:8.4f} +- {mean_err:.4f} arcsec", end=", ")
    print(f"scatter {scatter:.4f}", end=", ")
    print(f"error of a position {np.nanmedian(error):.4f}")
late, in_37_s = np.nanmean(along / rate), 37 * np.nanmean(rate)
print(f"along the track: {late:.1f} s; 37 s would be {in_37_s:.2f} arcsec")

# %%
# A clock that is wrong moves all points along the track, and so does TAI taken for UTC: that is 37
# seconds. An orbit that is wrong does so, too, more from month to month. Plot the offsets.

fig, ax = plt.subplots(figsize=(5.6, 4.4), layout="constrained")
ax.errorbar(along, across, error, error, fmt="none", ecolor="0.75", zorder=0)
dots = ax.scatter(along, across, 40, days, cmap="cividis", edgecolor="black")
fig.colorbar(dots, label="MJD (TAI)", format="%d")
ax.axhline(0, color="0.5", linewidth=0.8, zorder=0)
ax.axvline(0, color="0.5", linewidth=0.8, zorder=0)
ax.set(xlabel="Along the track [arcsec]", ylabel="Across the track [arcsec]")
ax.set_aspect("equal", "datalim")

# %%
# **Figure 3.** The offsets of the detections from the ephemeris, with the errors of the positions.
# A point to the right is ahead of the prediction; one at the top is to the left of the track, if
# east is to the right and north is up.
#
# Exercise
# --------
#
# How large is the asteroid? Its diameter in kilometers is ``1329 * 10 ** (-H / 5)`` over the square
# root of its albedo, with H in V. The albedo is not known, but asteroids as blue as those of the
# class C reflect about 6% of the light, those of the class S about 20%. Which diameter does its
# color suggest, and how elongated is the asteroid at least?
#
# .. dropdown:: Solution
#
#    The color chooses the albedo. As the asteroid turns, its brightness follows the area that it
#    shows: the ratio of the largest to the smallest is at most that of its two axes.
#
#    .. code-block:: python
#
#       g_r = fitted[4 + bands.index("g")] - fitted[4 + bands.index("r")]
#       albedo = 0.06 if g_r < 0.56 else 0.20
#       diameter = 1329 * 10 ** (-h_v / 5) / np.sqrt(albedo)
#       ratio = 10 ** (0.4 * 2 * np.hypot(*fitted[1:3]))
#       print(f"g - r = {g_r:.2f}: {diameter:.1f} km", end=", ")
#       print(f"axes of at least {ratio:.2f} : 1")
#
# Where to go next
# ----------------
#
# * All names of an object: :doc:`/tutorials/3_finding_things/11_find_a_locus_by_name`.
# * Why times are in TAI: :doc:`/tutorials/2_light_curves/06_get_times_right`.
# * Periods and their aliases:
#   :doc:`/tutorials/2_light_curves/08_find_the_period_of_a_variable_star`.
# * Find what is wrong with detections alone:
#   :doc:`/tutorials/6_from_light_curve_to_science/26_know_what_detections_miss`.
