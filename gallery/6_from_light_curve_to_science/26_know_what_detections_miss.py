"""
Know what detections miss
=========================

An alert is a detection: 5 sigma above the noise, and probably real. Forced photometry covers every
visit, so it shows what is missing. Measure which visits have a detection, and what the others do to
magnitudes, to rates and to the variability of a quasar.
"""

# sphinx_gallery_tags = ["photometry", "data quality", "variable stars"]
# sphinx_gallery_thumbnail_number = 2

import matplotlib.pyplot as plt
import numpy as np

from antares_helpers import fetch_alert_packet, find_loci

found = find_loci(tag="young_rubin_transients", limit=16)
ids = [a.properties["survey"]["lsst"]["dia_object_id"] for a in found]
packets = [fetch_alert_packet(a) for a, b in zip(found, ids) if len(b) == 1]
packets = [packet for packet in packets if "FORCEDPHOT" in packet]
if len(packets) < 5:
    raise LookupError("No 5 of the newest loci have forced photometry.")
forced = [packet["FORCEDPHOT"].data for packet in packets]
sources = [packet["DIASOURCE"].data for packet in packets]
visits = zip(forced, sources)
seen = np.concatenate([np.isin(a["visit"], b["visit"]) for a, b in visits])
flux = np.concatenate([each["psfFlux"] for each in forced])
err = np.concatenate([each["psfFluxErr"] for each in forced])

bins = np.array([0, 1, 2, 3, 4, 5, 6, 8, 10, 14, 20])
number = np.histogram(abs(flux / err), bins)[0]
fraction = np.histogram(abs(flux / err)[seen], bins)[0] / np.maximum(number, 1)
shift = (fraction - 0.5) / (number + 1)
width = np.sqrt(fraction * (1 - fraction) * number + 0.25) / (number + 1)
error = np.maximum([width + shift, width - shift], 0)
fig, ax = plt.subplots(figsize=(7, 4), layout="constrained")
middle, half = (bins[1:] + bins[:-1]) / 2, np.diff(bins) / 2
ax.errorbar(middle, fraction, error, half, fmt="o", color="#00204D")
ax.axvline(5, color="#B22222", linestyle="--")
labels = ax.set(xlabel="Forced flux / its error", ylabel="Fraction detected")

# %%
# **Figure 1.** All visits to some transients, by the significance of the forced flux: the fraction
# that has a detection, with its binomial error (the interval of `Wilson 1927
# <https://doi.org/10.1080/01621459.1927.10502953>`_ for 1 sigma). The dashed line is at 5 sigma.
#
# `antares_helpers.fetch_alert_packet` fetches Rubin's own packet of the newest alert:
# ``DIASOURCE`` has the detections, ``FORCEDPHOT`` the flux at the same position in every visit. A
# packet is that of one diaObject, so the code skips loci that have several. To
# get the token that this needs, see
# :doc:`/tutorials/6_from_light_curve_to_science/21_add_forced_photometry`.
#
# Two cuts
# --------
#
# The step at 5 sigma is the threshold of the detection. Above it, the fraction is not 1: Rubin
# gives each detection a ``reliability``, the probability that it is real, and sends no alert if it
# is below 0.5. Print the lowest reliability, and the fraction of the bright visits that have a
# detection, with an error from drawing the loci again and again: the visits to one object share its
# fate.

reliability = np.concatenate([each["reliability"] for each in sources])
lowest = np.nanmin(reliability)
print(f"lowest reliability of {len(reliability)} detections: {lowest:.3f}")

owner = np.repeat(np.arange(len(forced)), [len(each) for each in forced])
is_bright = abs(flux / err) > 8
bright = np.bincount(owner[is_bright], minlength=len(forced))
caught = np.bincount(owner[is_bright & seen], minlength=len(forced))
reliable = caught.sum() / bright.sum()
rng = np.random.default_rng(26)
draws = rng.integers(len(forced), size=(1000, len(forced)))
scatter = np.std(caught[draws].sum(axis=1) / bright[draws].sum(axis=1))
print(f"of {bright.sum()} visits above 8 sigma", end=" ")
print(f"{reliable:.0%} +- {scatter:.0%} have a detection")
lowest = min((a / b for a, b in zip(caught, bright) if b > 5), default=np.nan)
print(f"of the least favored locus {lowest:.0%}")

# %%
# The loss is not the same for all: it depends on the object and on what is around it. Forced
# photometry does not say why a detection is missing, only that it is. Before 2026-02-24 the cut was
# at 0.1.
#
# The efficiency
# --------------
#
# How likely is a detection of a source of a given magnitude? The noise scatters its flux by
# ``psfFluxErr``, which the weather and the Moon change from visit to visit. So average the
# probability that the flux exceeds 5 sigma over the visits, and multiply by the fraction above. Use
# the errors of visits in which the source was faint, since a bright one adds noise of its own.

from statistics import NormalDist

from antares_helpers import to_flux, to_magnitude
from antares_helpers.bands import BANDS, COLORS_ON_WHITE, LINES

above = np.vectorize(NormalDist().cdf, otypes=[float])


def efficiency(flux, errors):
    """Return the probability of a detection, averaged over these errors."""
    return reliable * above(np.divide.outer(flux, errors) - 5).mean(axis=-1)


band = np.concatenate([np.char.strip(each["band"]) for each in forced])
is_faint = abs(flux / err) < 8
mags = np.arange(20, 26, 0.1)
bins = np.arange(20, 26, 0.5)
size = to_magnitude(abs(flux))
number = np.histogram(size, bins)[0]
fraction = np.histogram(size[seen], bins)[0] / np.maximum(number, 1)
shift = (fraction - 0.5) / (number + 1)
width = np.sqrt(fraction * (1 - fraction) * number + 0.25) / (number + 1)
error = np.maximum([width + shift, width - shift], 0)

fig, ax = plt.subplots(figsize=(7, 4), layout="constrained")
sky, total = {}, 0
print("band  visits  5 sigma  half of the efficiency")
for each in BANDS:
    errors = err[is_faint & (band == each)]
    if len(errors) < 5:
        continue
    curve = efficiency(to_flux(mags), errors)
    sky[each], total = errors, total + curve * np.sum(band == each)
    half = np.interp(-reliable / 2, -curve, mags)
    depth = to_magnitude(5 * np.median(errors))
    print(f"{each:4}{len(errors):8}{depth:9.2f}{half:12.2f}")
    style = {"color": COLORS_ON_WHITE[each], "linestyle": LINES[each]}
    ax.plot(mags, curve, label=each, **style)
total = total / np.isin(band, list(sky)).sum()
ax.plot(mags, total, color="black", linewidth=2, label="all")
ax.errorbar(bins[:-1] + 0.25, fraction, error, 0.25, fmt="o", color="black")
ax.set(xlabel="AB magnitude of the difference flux", ylabel="Efficiency")
legend = ax.legend()

# %%
# **Figure 2.** Lines: the probability of a detection that follows from the errors of the visits, in
# each band and in all. Points: the fraction of the visits with a forced flux of that size that do
# have a detection, in all bands.
#
# The model is not fitted to the points. It assumes noise that is Gaussian and a loss that does not
# depend on the magnitude.
#
# Faint detections are too bright
# -------------------------------
#
# Near the limit only those visits have a detection in which the noise was positive. So the mean of
# the detected fluxes exceeds the true flux (Eddington bias). Draw sources of a known magnitude in
# the visits in r, and print how much too bright their detections are.


def observe(flux, errors):
    """Return measured fluxes, and which are detections."""
    measured = flux + errors * rng.normal(size=np.shape(errors))
    is_real = rng.random(np.shape(errors)) < reliable
    return measured, is_real & (measured > 5 * errors)


if "r" not in sky:
    raise LookupError("No 5 visits in r are without a bright source.")
print("true magnitude  detected  mean of the detections")
for truth in (23, 23.5, 24, 24.5, 25):
    errors = rng.choice(sky["r"], 100_000)
    measured, is_detected = observe(to_flux(truth), errors)
    mean = to_magnitude(measured[is_detected].mean())
    print(f"{truth:10.1f}{is_detected.mean():14.1%}{mean:14.2f}")

# %%
# The brightest of several detections is biased more: with every visit there is another chance of a
# lucky one. On the other hand, no visit may be near the peak. Let a transient rise in 5 days and
# fade in 20, equally bright in all bands, at any time in the season of one of the loci, and draw
# its fluxes in the visits of that locus.


def shape(days):
    """Return the flux of a transient relative to its peak."""
    return np.where(days < 0, np.exp(days / 5), np.exp(-days / 20))


def draw_transients(visits, size=1500):
    """Return peaks, numbers of detections, and the brightest magnitudes."""
    band = np.char.strip(visits["band"])
    is_known = np.isin(band, list(sky))
    mjd, band = visits["midpointMjdTai"][is_known], band[is_known]
    errors = np.transpose([rng.choice(sky[each], size) for each in band])
    low, high = (19, mjd.min()), (26, mjd.max())
    peak, start = rng.uniform(low, high, (size, 2)).T[..., None]
    measured, is_detected = observe(to_flux(peak) * shape(mjd - start), errors)
    brightest = np.where(is_detected, measured, 0).max(axis=1)
    return peak[:, 0], is_detected.sum(axis=1), to_magnitude(brightest)


drawn = [draw_transients(each) for each in forced]
peaks, counts, brightest = np.concatenate(drawn, axis=1)

fig = plt.figure(figsize=(8.4, 3.8), layout="constrained")
left, right = fig.subplots(1, 2)
bins = np.arange(19, 26.1, 0.5)
middle, place = bins[:-1] + 0.25, np.digitize(peaks, bins)
groups = [place == number for number in range(1, len(bins))]
for least, style in ((1, ":"), (2, "-"), (5, "--")):
    share = [np.mean(counts[each] >= least) for each in groups]
    left.plot(middle, share, style, color="#00204D", label=f"{least} or more")
bias = [(brightest - peaks)[each & (counts > 0)] for each in groups]
middle, bias = zip(*[each for each in zip(middle, bias) if len(each[1]) > 10])
percentiles = [np.percentile(each, [16, 50, 84]) for each in bias]
low, median, high = np.transpose(percentiles)
right.fill_between(middle, low, high, color="0.85")
right.plot(middle, median, color="#00204D")
right.axhline(0, color="0.5", linewidth=0.8)
left.legend(title="detections")
left.set(xlabel="Magnitude of the peak", ylabel="Fraction of the transients")
right.set_xlabel("Magnitude of the peak")
right.set_ylabel("Brightest detection less peak [mag]")
right.yaxis.set_inverted(True)

# %%
# **Figure 3.** Drawn transients in the visits of these loci. Left: the fraction that has at
# least so many detections. Right: how much fainter the brightest detection is than the peak, in any
# band, of those that are found: the median, and the range of the middle 68%.
#
# Bright transients look fainter than they are, as no visit hits the peak. Those near the limit look
# brighter, because only the lucky ones are found.
#
# Why rates need it
# -----------------
#
# To count how many supernovae happen, divide by the fraction that is found. If they fill space
# evenly, their number grows as ``10 ** (0.6 * m)``, so most of those in a sample are near its
# limit, where the efficiency is low. Give the drawn transients these weights, count those with two
# detections, and correct the count.

weight = 10 ** (0.6 * (peaks - 25))
enough = counts >= 2
centers = bins[:-1] + 0.25
two = [np.mean(enough[each]) for each in groups]
print("brighter than  found  corrected")
for limit in (22, 23, 24, 24.5):
    happened = weight[peaks < limit].sum()
    sample = enough & (brightest < limit)
    share = np.interp(brightest[sample], centers, two)
    corrected = (weight[sample] / share).sum() / happened
    found_part = weight[sample].sum() / happened
    print(f"{limit:8.1f}{found_part:12.0%}{corrected:11.0%}")

# %%
# The correction works as long as the efficiency is well above zero. Beyond that it multiplies a few
# lucky ones by a large number that depends on the assumed light curve: end the sample before. It
# does not add what is missing from a bright sample: no visit hits the peak, so that some transients
# look fainter than the limit of the sample, though they were found.
#
# What forced photometry changes
# ------------------------------
#
# A quasar varies all the time, up and down. A detection needs a difference from the template, so
# the visits in which the quasar was as bright as in the template are missing. Take the one with the
# most such visits, among loci that ANTARES matches with the catalog Milliquas, and draw all of
# them.

from antares_helpers import extract_lightcurve, plot_lightcurve

query = {"query": {"term": {"catalogs": "milliquas"}}}
quasars = []
many = {"num_alerts": (15, None)}
for locus in find_loci(query=query, properties=many, limit=4):
    options = {"forced": fetch_alert_packet(locus)}
    total = extract_lightcurve(locus, flux="total", **options)
    quasars.append((extract_lightcurve(locus, **options), total))
if not quasars:
    raise LookupError("No locus that is in Milliquas has 15 alerts.")
lc, total = max(quasars, key=lambda each: np.sum(each[0]["is_forced"]))
ax = plot_lightcurve(lc)

# %%
# **Figure 4.** A quasar. Filled: detections. Hollow: the forced flux of the other visits, which lie
# nearer to zero, or in which the detection was lost.
#
# The structure function says how much a source changes within a given time: the mean square of the
# difference of two fluxes, less that of their errors. Compute it from all pairs in one band,
# relative to the median of the total flux, once from the detections only and once from all visits.
# Leave out each tenth of the nights for its errors, as in
# :doc:`/tutorials/2_light_curves/08_find_the_period_of_a_variable_star`.

EDGES = np.array([2, 10, 25, 50, 100])


def structure(lc, scale):
    """Return the relative change in bins of time, and the numbers of pairs."""
    squares, apart = [], []
    for name in set(lc["band"]):
        rows = lc[lc["band"] == name]
        i, j = np.triu_indices(len(rows), 1)
        flux, err = rows["flux"].value, rows["flux_err"].value
        flux, err = flux / scale[name], err / scale[name]
        squares.append((flux[i] - flux[j]) ** 2 - err[i] ** 2 - err[j] ** 2)
        apart.append(abs(rows.time.mjd[i] - rows.time.mjd[j]))
    place = np.digitize(np.concatenate(apart), EDGES)
    size = len(EDGES) + 1
    number = np.bincount(place, minlength=size)[1:-1]
    sums = np.bincount(place, np.concatenate(squares), size)[1:-1]
    mean = np.where(number > 2, sums / np.maximum(number, 1), np.nan)
    return np.sqrt(np.maximum(mean, 0)), number


scale = {}
for each in set(total["band"]):
    scale[each] = np.median(total["flux"][total["band"] == each].value)
fig, ax = plt.subplots(figsize=(6, 4), layout="constrained")
middle = np.sqrt(EDGES[1:] * EDGES[:-1])
for rows, label, symbol in (
    (lc[~lc["is_forced"]], "detections only", "o"),
    (lc, "all visits", "s"),
):
    night = np.unique(np.round(rows.time.mjd), return_inverse=True)[1]
    value, number = structure(rows, scale)
    tenths = [rows[night % 10 != each] for each in range(10)]
    parts = [structure(each, scale)[0] for each in tenths]
    value_err = 3 * np.std(parts, axis=0)
    color = "white" if symbol == "o" else "#00204D"
    style = {"fmt": symbol, "color": "#00204D", "mfc": color}
    ax.errorbar(middle, value, value_err, label=label, **style)
    middle = 1.06 * middle
    mean = np.mean(rows["flux"]).value
    print(f"{label:15}: {len(rows)} fluxes,", end=" ")
    print(f"mean {mean:.0f} nJy, pairs", *number)
ax.set(xlabel="Time between two visits [d]", ylabel="Change / total flux")
ax.set(xscale="log", ylim=(0, None), xticks=EDGES, xticklabels=EDGES)
legend = ax.legend(loc="upper left")

# %%
# **Figure 5.** The structure function of the quasar in Figure 4, from the detections only and from
# all visits.
#
# If all detections are on one side of the template, as for a quasar that has faded, the small
# differences are missing: the range of the others is too narrow, and their mean too far from zero.
# If there are detections on both sides, the middle is missing, and the changes can come out too
# large. With all visits neither happens, and there are many more pairs: they grow with the square
# of the number of visits. One season is short for a quasar: whether a difference between the two
# exceeds the errors still depends on chance.
#
# Forced photometry has limits of its own. It exists only for objects that have at least one
# detection, so it does not correct the number of objects. It has no reliability: look at outliers.
# And there is reported to be none from before 2026-02-17.
#
# Exercise
# --------
#
# Was each of the transients there before its first detection, too faint to be seen in one visit?
# Compute the mean of the forced fluxes before it, weighted with their errors, and its significance,
# for the loci with at least 5 such visits.
#
# .. dropdown:: Solution
#
#    A mean of many visits is deeper than one. Above 3 sigma the source was rising already; far
#    above, detections were lost to the cut of reliability. Far below zero, the template holds light
#    of it. By chance alone one of 16 loci is beyond 3 sigma in 4% of the cases.
#
#    .. code-block:: python
#
#       for one, many in zip(forced, sources):
#           start = many["midpointMjdTai"].min()
#           early = one[one["midpointMjdTai"] < start - 0.01]
#           early = early[np.isfinite(early["psfFlux"]) & (early["psfFluxErr"] > 0)]
#           if len(early) >= 5:
#               weights = early["psfFluxErr"] ** -2.0
#               mean = np.average(early["psfFlux"], weights=weights)
#               mean_err = weights.sum() ** -0.5
#               print(f"{len(early):3} visits:", end="")
#               print(f"{mean:7.0f} +- {mean_err:.0f} nJy", end="")
#               print(f", {mean / mean_err:.1f} sigma")
#
# Where to go next
# ----------------
#
# * Get the packet and check the signs:
#   :doc:`/tutorials/6_from_light_curve_to_science/21_add_forced_photometry`.
# * Choose by reliability and flags:
#   :doc:`/tutorials/2_light_curves/05_choose_which_points_to_trust`.
# * Magnitudes of faint fluxes: :doc:`/tutorials/2_light_curves/07_convert_fluxes_to_magnitudes`.
# * Follow an asteroid: :doc:`/tutorials/6_from_light_curve_to_science/25_follow_an_asteroid`.
