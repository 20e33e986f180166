"""A locus without its alerts, as searches see it: small enough to stay in memory."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from antares_sandbox.queries import Document, make_document
from antares_sandbox.responses import encode
from antares_sandbox.sky import separation_arcsec
from antares_sandbox.store.format import LocusFile
from antares_sandbox.store.wire import catalog_matches_data, search_data

__all__ = ["CatalogObject", "IndexEntry", "make_entry"]

MIN_REACH_ARCSEC: Final = 1.0
MAX_REACH_ARCSEC: Final = 60.0
"""Larger radii in a file are reduced to this: their unit is not documented."""


@dataclass(frozen=True, slots=True)
class CatalogObject:
    """An object of a catalog that a locus matches.

    Attributes
    ----------
    catalog : str
        The catalog.
    identity : str
        Its ID there.
    ra, dec : float
        Position, in degrees.
    reach_arcsec : float
        Radius within which a position finds it: that of the match (in degrees) up to 1 arcmin,
        but no less than the distance of the locus, and no less than 1 arcsec.
    sample : bytes
        Its part of the response to a catalog search.
    """

    catalog: str
    identity: str
    ra: float
    dec: float
    reach_arcsec: float
    sample: bytes


@dataclass
class IndexEntry:
    """A locus without its alerts.

    Attributes
    ----------
    data : dict
        Its data in the response to a search.
    catalog_objects : tuple of CatalogObject
        The catalog objects that it matches.
    """

    data: dict[str, Any]
    catalog_objects: tuple[CatalogObject, ...]

    @cached_property
    def document(self) -> Document:
        """Its fields, for queries."""
        return make_document(self.data)

    @property
    def result(self) -> bytes:
        """Its part of the response to a search."""
        return encode({"locus": self.data})


def make_entry(file: LocusFile) -> IndexEntry:
    """Return the entry of a locus file.

    Parameters
    ----------
    file : LocusFile
        Its content.

    Returns
    -------
    IndexEntry
        Its entry.
    """
    return IndexEntry(search_data(file), tuple(_catalog_objects(file)))


def _catalog_objects(file: LocusFile) -> list[CatalogObject]:
    locus = file["locus"]
    return [
        CatalogObject(
            catalog=match["catalog_name"],
            identity=match["id"],
            ra=match["ra"],
            dec=match["dec"],
            reach_arcsec=max(
                MIN_REACH_ARCSEC,
                separation_arcsec(locus["ra"], locus["dec"], match["ra"], match["dec"]),
                min(match["radius"] * 3600, MAX_REACH_ARCSEC),
            ),
            sample=encode({name: match[name] for name in ("id", "catalog_name", "properties")}),
        )
        for match in catalog_matches_data(file)
    ]
