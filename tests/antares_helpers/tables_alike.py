"""Compare tables and light curves exactly, and make loci to put into them."""

import numpy as np
from building import MJD, locus_of, lsst_alert, ztf_alert, ztf_limit


def assert_alike(table, expected, *, meta=True):
    """Compare classes, types, bits, units, descriptions and meta, but not how wide strings are."""
    assert type(table) is type(expected)
    assert table.colnames == expected.colnames
    for name in expected.colnames:
        if name != "time":
            assert_same_column(table[name], expected[name], name)
    if "time" in expected.colnames:
        assert table.time.scale == expected.time.scale
        assert table.time.mjd.tobytes() == expected.time.mjd.tobytes()
    if meta:
        assert table.meta == expected.meta


def assert_same_column(column, expected, name):
    values, wanted = np.asarray(column), np.asarray(expected)
    assert type(column) is type(expected), name
    assert column.unit == expected.unit, name
    assert column.info.description == expected.info.description, name
    assert values.dtype.kind == wanted.dtype.kind, name
    if wanted.dtype.kind == "U":
        assert values.tolist() == wanted.tolist(), name
    else:
        assert values.dtype == wanted.dtype, name
        assert np.array_equal(values, wanted, equal_nan=wanted.dtype.kind == "f"), name


def numbered(number, *alerts, **properties):
    """Make a locus with its own ID and position."""
    locus = locus_of(*alerts, **properties)
    return locus | {"id": f"ANT2026test{number:04d}", "ra": 10.0 + 7 * number, "dec": -3.0 * number}


def three_loci():
    """Make loci with a fading, a dipole, a flag, missing values, a limit and an unusable alert."""
    fading = [lsst_alert(n, mjd=MJD + n / 7, psfFlux=(-1) ** n * (100.1 + n), isNegative=n % 2 == 1)
              for n in range(9)]  # fmt: skip
    strange = [
        lsst_alert(20, isDipole=True, psfFlux=-12.3),
        lsst_alert(21, pixelFlags_bad=True, snr=None, mjd=MJD + 1 / 3),
        lsst_alert(22, band="q"),
    ]
    both = [ztf_alert(mjd=MJD - 1), ztf_limit(mjd=MJD - 2), lsst_alert(30, band="g")]
    return [numbered(1, *fading), numbered(2, *strange), numbered(3, *both)]
