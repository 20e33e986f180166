"""
Get from flux to luminosity
===========================

How luminous is a transient? Its flux answers this once its distance and the dust before it are
known. This page needs scipy, which ``antares-helpers[tutorials]`` installs. Find the host galaxy,
and draw the absolute light curve beside that of a type Ia supernova.
"""

# sphinx_gallery_tags = ["supernovae", "photometry", "search"]

import matplotlib.pyplot as plt
from astropy.cosmology import Planck18

from antares_helpers import catalog_table, extract_lightcurve, find_loci
from antares_helpers.photometry import to_magnitude

DAYS = [-11.5, -9, -7, -4, 0, 4, 10, 16, 20, 25, 29, 33, 40, 50, 60]
TYPE_IA = [150, 83, 48, 17, 1, 5, 36, 70, 79, 88, 101, 123, 164, 202, 238]
good = {"bands": "r", "keep_dipoles": False, "keep_flagged": False}

for locus in find_loci(tag="SN_candies", limit=30):
    table = catalog_table(locus)
    table = table[(table["catalog"] == "ned") & (table["redshift"] > 0.02)]
    lc = extract_lightcurve(locus, **good)
    peak = lc["flux"].argmax() if len(lc) >= 7 else 0
    if len(table) and table["redshift"][0] < 0.1 and 2 <= peak < len(lc) - 2:
        break
else:
    raise LookupError("No SN_candies of the 30 newest has a host at z < 0.1.")

redshift, ebv = table["redshift"][0], locus.properties.get("sim_mw_ebv", 0.03)
modulus, dust = Planck18.distmod(redshift).value, 2.273 * ebv
magnitude, error = to_magnitude(lc["flux"], lc["flux_err"])
days = (lc.time.mjd - lc.time.mjd[peak]) / (1 + redshift)
fig, ax = plt.subplots(figsize=(6.4, 4), layout="constrained")
band = [[m / 100 - peak for m in TYPE_IA] for peak in (19.5, 18.9)]
ax.fill_between(DAYS, *band, color="0.85")
ax.errorbar(days, magnitude - modulus - dust, error, fmt="v", color="#B52626")
ax.set(xlabel="Days at rest since the peak", ylabel="Absolute magnitude, r")
ax.yaxis.set_inverted(True)

# %%
# **Figure 1.** The absolute light curve of one transient in r, with 1-sigma errors of its fluxes.
# The gray band is where most type Ia supernovae are, between -18.9 and -19.5 mag at maximum:
# ``TYPE_IA`` gives how much fainter than that they are on ``DAYS``, in hundredths of a magnitude.
#
# The mean of type Ia is that of `Folatelli et al. (2010)
# <https://doi.org/10.1088/0004-6256/139/1/120>`_, the shape that of SN 2006ax (`Contreras et al.
# 2010 <https://doi.org/10.1088/0004-6256/139/2/519>`_). The simulated sky was made with both, so
# that it agrees with them says nothing about nature.
#
# Choose the host
# ---------------
#
# The redshift is that of a galaxy nearby, so check that it is the host. Print all matches and then,
# for each galaxy in NED, the probability that one as bright lies as near by chance: `Bloom et al.
# (2002) <https://doi.org/10.1086/338893>`_. NED gives magnitudes as text, such as 17.0r.

import re

import numpy as np


def chance(arcsec, mag):
    """Return the probability of a galaxy as bright or brighter as near by."""
    density = 10 ** (0.33 * (mag - 24) - 2.44) / (0.33 * np.log(10))
    return 1 - np.exp(-np.pi * np.square(arcsec) * density)


def candidates(matches, rows):
    """Return name, redshift, arcsec and chance of galaxies, best first."""
    names = ("Object_Name", "Magnitude_and_Filter")
    magnitudes = dict([str(row.get(name)) for name in names] for row in rows)
    found = []
    for match in matches[matches["catalog"] == "ned"]:
        known = re.match(r"\d+\.?\d*", magnitudes.get(match["name"], ""))
        if match["type"] == "G" and known:
            arcsec = max(match["separation"].to_value("arcsec"), 0.5)
            likely = arcsec, chance(arcsec, float(known[0]))
            found.append((match["name"], match["redshift"], *likely))
    return sorted(found, key=lambda row: row[-1])


print(f"{locus.locus_id}: z = {redshift:g}")
matches = catalog_table(locus)
matches["separation"].info.format = ".2f"
columns = "catalog", "name", "separation", "type", "redshift"
matches[columns].pprint(max_width=-1, align="<")
hosts = candidates(matches, locus.catalog_objects["ned"])
for name, z, arcsec, probability in hosts:
    kpc = arcsec / Planck18.arcsec_per_kpc_proper(z).value
    print(f"{name}: z = {z:g}, {arcsec:.1f} arcsec", end=" ")
    print(f"or {kpc:.1f} kpc away, chance {probability:.2%}")

# %%
# * One galaxy can be in several catalogs, at one position. A match of ``tns_public_objects`` is the
#   transient itself, and its redshift often that of the host.
# * A small separation is not enough: of two galaxies, the bright one farther away can be the host.
#   Take that with the smaller chance, and none if all chances are above some percent.
# * A supernova is rarely further than 30 kpc from the center of its host.
# * A photometric redshift has an error of its own, often of 0.02 or more.
#
# Correct for dust
# ----------------
#
# Dust in the Milky Way dims the blue more than the red: by ``R * E(B-V)`` magnitudes, with R of
# `Schlafly and Finkbeiner (2011) <https://doi.org/10.1088/0004-637X/737/2/103>`_ for Rubin's bands,
# which is made for the E(B-V) of the map SFD. That is not in the alerts. For a simulated object the
# locus has it. For your own, replace 0.03 above by the value at its position: type in that of SFD,
# not of SandF, from the `dust service of IRSA <https://irsa.ipac.caltech.edu/applications/DUST/>`_,
# or install the package dustmaps. Print the extinction in each band. Dust in the host is not known,
# and not corrected.

R_BAND = dict(zip("ugrizy", (4.145, 3.237, 2.273, 1.684, 1.323, 1.088)))

dimming = [f"{band} {each * ebv:.3f}" for band, each in R_BAND.items()]
print(f"E(B-V) = {ebv}:", *dimming)

# %%
# Fit the luminosity
# ------------------
#
# The brightest point need not be the maximum. Fit time and luminosity of the type Ia curve to the
# fluxes. For the error, add that of the distance: galaxies move by some 300 km/s, apart from the
# expansion. In the simulated sky the truth is known: print it, too.

from scipy.optimize import curve_fit


def type_ia(mjd, maximum, absolute):
    """Return the flux in nJy of a type Ia supernova in r."""
    below = np.interp((mjd - maximum) / (1 + redshift), DAYS, TYPE_IA) / 100
    return 10 ** (0.4 * (31.4 - below - absolute - modulus - dust))


start = [lc.time.mjd[peak], -19]
phase = (lc.time.mjd - start[0]) / (1 + redshift)
some = lc[(phase > -8) & (phase < 50)]
fluxes = some.time.mjd, some["flux"].value, start, some["flux_err"].value
best, covariance = curve_fit(type_ia, *fluxes, absolute_sigma=True)
chi2 = np.sum(((fluxes[1] - type_ia(fluxes[0], *best)) / fluxes[3]) ** 2)
chi2 /= len(some) - 2
statistical = (covariance[1, 1] * max(chi2, 1)) ** 0.5
distance = 5 / np.log(10) * 300 / (299792 * redshift)
print(f"M = {best[1]:.2f} mag in r, +- {statistical:.2f} (fit)", end=" ")
print(f"+- {distance:.2f} (distance)")
print("truth:", locus.properties.get("sim_absolute_r_mag", "not known"))

# %%
# A redshift is not a distance until you choose a cosmology; another Hubble constant moves all
# magnitudes: 70 instead of 67.7 km/s/Mpc by 0.07.
#
# Know what is missing: the K-correction
# --------------------------------------
#
# At redshift z, the r band shows light that was emitted at wavelengths shorter by 1 + z, in a band
# narrower by the same factor. The *K-correction* converts to the band at rest. It depends on the
# spectrum, so that it needs a model, such as sncosmo has. Print its size for a spectrum with the
# same flux at all frequencies, and the luminosity at maximum, which needs no band at rest.

import astropy.units as u
from astropy.constants import c

print(f"K = {-2.5 * np.log10(1 + redshift):.2f} mag")
flux = 10 ** (0.4 * (31.4 - best[1] - modulus)) * u.nJy
area = 4 * np.pi * Planck18.luminosity_distance(redshift) ** 2
luminosity = (area * flux * c / (622 * u.nm)).to(u.erg / u.s)
print(f"nu L_nu = {luminosity:.2e} at {622 / (1 + redshift):.0f} nm")

# %%
# Figure 1 is not K-corrected, and neither are its data in the simulated sky. Near zero redshift it
# hardly matters; at 0.3, r shows what g shows at rest.
#
# Exercise
# --------
#
# How wrong would the luminosity be with another host, at a redshift larger by 0.01, or if you
# forgot the dust? Compare with the errors above.
#
# .. dropdown:: Solution
#
#    A wrong redshift weighs more than all other errors. Dust matters in u and g, and near the plane
#    of the Milky Way.
#
#    .. code-block:: python
#
#       farther = Planck18.distmod(redshift + 0.01).value
#       print(f"redshift + 0.01: {modulus - farther:+.2f} mag")
#       for band in "ugr":
#           print(f"without dust, {band}: {R_BAND[band] * ebv:+.2f} mag")
#
# Where to go next
# ----------------
#
# * Offsets from hosts, with errors: :doc:`/tutorials/3_finding_things/12_search_around_a_position`.
# * Add what the alerts lack:
#   :doc:`/tutorials/6_from_light_curve_to_science/21_add_forced_photometry`.
# * Fit without a template: :doc:`/tutorials/2_light_curves/10_fit_a_supernova`.
