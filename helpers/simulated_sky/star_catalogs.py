"""Matches with Gaia and with the catalogs of variable stars; the units as in `catalogs`."""

from simulated_sky.matches import HERE, Match, Pair, gaia_id, position_name, seen_at

__all__ = [
    "asassn_star",
    "csdr2_star",
    "gaia_distance",
    "gaia_quasar",
    "gaia_star",
    "gaia_variable",
    "vsx_star",
]


def gaia_star(
    place: Pair,
    g_mag: float,
    *,
    bp_rp: float,
    parallax: float,
    pm: Pair = (0.0, 0.0),
    offset: Pair = HERE,
    variable: bool = False,
) -> Match:
    """Return a star of Gaia DR3."""
    classes = {"quasar": 0.0002, "galaxy": 0.0001, "star": 0.9996}
    return _gaia(place, g_mag, bp_rp, (parallax, *pm), classes, offset, variable)


def gaia_quasar(
    place: Pair, g_mag: float, *, bp_rp: float = 0.41, offset: Pair = HERE, variable: bool = True
) -> Match:
    """Return a quasar of Gaia DR3: no parallax and no proper motion within the errors."""
    classes = {"quasar": 0.9971, "galaxy": 0.0024, "star": 0.0005}
    return _gaia(place, g_mag, bp_rp, (0.02, 0.03, -0.05), classes, offset, variable)


def _gaia(
    place: Pair,
    g_mag: float,
    bp_rp: float,
    motion: tuple[float, float, float],
    classes: dict[str, float],
    offset: Pair,
    variable: bool,
) -> Match:
    ra, dec = seen_at(place, offset)
    error = _gaia_parallax_error(g_mag)
    designation = f"Gaia DR3 {gaia_id(ra, dec)}"
    quasar = classes["quasar"] > 0.5
    properties = {
        "solution_id": None,
        "designation": designation,
        "source_id": gaia_id(ra, dec),
        "ref_epoch": 2016.0,
        "ra": ra,
        "dec": dec,
        "ra_error": round(0.8 * error, 4),
        "dec_error": round(0.75 * error, 4),
        "parallax": motion[0],
        "parallax_error": error,
        "parallax_over_error": round(motion[0] / error, 4),
        "pmra": motion[1],
        "pmra_error": round(1.03 * error, 4),
        "pmdec": motion[2],
        "pmdec_error": round(0.92 * error, 4),
        "ruwe": 1.02,
        "astrometric_excess_noise": 0.0,
        "astrometric_primary_flag": "False",
        "duplicated_source": "False",
        "phot_g_mean_mag": g_mag,
        "phot_bp_mean_mag": round(g_mag + 0.46 * bp_rp, 4),
        "phot_rp_mean_mag": round(g_mag - 0.54 * bp_rp, 4),
        "bp_rp": bp_rp,
        "phot_variable_flag": "VARIABLE" if variable else "NOT_AVAILABLE",
        "radial_velocity": None,
        "in_qso_candidates": str(quasar),
        "in_galaxy_candidates": "False",
        "non_single_star": 0,
        **{f"classprob_dsc_combmod_{name}": value for name, value in classes.items()},
    }
    return Match("gaia_dr3_gaia_source", designation, ra, dec, properties, str(gaia_id(ra, dec)))


def _gaia_parallax_error(g_mag: float) -> float:
    """Return the typical error: 0.025 mas to G 15, 0.5 mas at G 20 (Lindegren et al. 2021)."""
    return round(0.025 * 10 ** (0.26 * max(0.0, g_mag - 15.0)), 4)


def gaia_variable(place: Pair, kind: str, *, offset: Pair = HERE) -> Match:
    """Return a variable source of Gaia DR3; `kind` is one of its classes: RR, ECL, LPV, AGN, ..."""
    ra, dec = seen_at(place, offset)
    source = gaia_id(ra, dec)
    properties = {
        "solid": 3.7531665386648755e17,  # ANTARES has this ID as a float
        "source": source,
        "ra_icrs": ra,
        "de_icrs": dec,
        "classifier": "nTransits:5+",
        "class": kind,
    }
    return Match("gaia_dr3_variability", str(source), ra, dec, properties, str(source))


def gaia_distance(place: Pair, distance_pc: float, *, offset: Pair = HERE) -> Match:
    """Return the distance of a star of Gaia EDR3 by Bailer-Jones et al. (2021), in pc."""
    ra, dec = seen_at(place, offset)
    source = gaia_id(ra, dec)
    properties = {
        "source": source,
        "ra_icrs": ra,
        "de_icrs": dec,
        "rgeo": round(distance_pc, 2),
        "b_rgeo": round(0.95 * distance_pc, 2),
        "b_rgeo2": round(1.06 * distance_pc, 2),
        "rpgeo": round(0.99 * distance_pc, 2),
        "b_rpgeo": round(0.95 * distance_pc, 2),
        "b_rpgeo2": round(1.04 * distance_pc, 2),
        "flag": "10033",
    }
    return Match("gaia_edr3_distances_bailer_jones", str(source), ra, dec, properties, str(source))


def vsx_star(
    place: Pair, kind: str, period: float | None, mag: float, *, offset: Pair = HERE
) -> Match:
    """Return a star of the Variable Star Index; `kind` is one of its types: RRAB, EA, M, UG, ..."""
    ra, dec = seen_at(place, offset, 5)
    oid = 9_000_000 + round(ra * 1e3)
    name = f"simulated V{oid}"
    properties = {
        "oid": oid,
        "name": name,
        "v": 0,
        "raj2000": ra,
        "dej2000": dec,
        "type": kind,
        "max": mag,
        "n_max": "V",
        "min": round(mag + 0.8, 2),
        "n_min": "V",
        "epoch": None,
        "period": period,
    }
    return Match("vsx", name, ra, dec, properties, str(oid))


def asassn_star(
    place: Pair, kind: str, period: float | None, mag: float, *, offset: Pair = HERE
) -> Match:
    """Return a star of the ASAS-SN catalog of variable stars (Jayasinghe et al. 2019)."""
    ra, dec = seen_at(place, offset, 5)
    name = f"simulated ASASSN-V J{position_name(ra, dec, 2, 1)}"
    properties = {
        "asassn_name": name,
        "other_names": "",
        "raj2000": ra,
        "dej2000": dec,
        "mean_vmag": mag,
        "amplitude": 0.8,
        "period": period,
        "variable_type": kind,
        "class_probability": 0.97,
    }
    return Match("asassn_variable_catalog_v2_20190802", name, ra, dec, properties, name)


def csdr2_star(
    place: Pair, kind: str, period: float | None, v_mag: float, *, offset: Pair = HERE
) -> Match:
    """Return a periodic star of the Catalina Surveys (Drake et al. 2014): RRab, RRc, EW, EA, ..."""
    ra, dec = seen_at(place, offset, 5)
    name = f"simulated CSS_J{position_name(ra, dec, 1, 0)}"
    properties = {
        "name": name,
        "ra": ra,
        "decl": dec,
        "vmag": v_mag,
        "period": period,
        "amplitude": 0.8,
        "type": kind,
    }
    return Match("csdr2", name, ra, dec, properties, name)
