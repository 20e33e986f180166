"""What the folder tells of a locus without its alerts: little enough to stay in memory."""

from dataclasses import dataclass
from typing import Final

from antares_sandbox.format import LocusFile
from antares_sandbox.queries import Document, make_document
from antares_sandbox.responses import encode
from antares_sandbox.sky import separation_arcsec
from antares_sandbox.wire import catalog_matches_data, search_data

__all__ = ["CatalogObject", "Summary", "summarize"]

LEAST_REACH_ARCSEC: Final = 1.0
MOST_REACH_ARCSEC: Final = 60.0
"""Recorded radii of more than this are not believed: their unit is not documented."""


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
        Where it is, in degrees.
    reach_arcsec : float
        How far from it a position still finds it: the radius of the match (in degrees) up to
        1 arcmin, but no less than the distance of the locus, nor than 1 arcsec.
    sample : bytes
        Its entry in the answer to a catalog search.
    """

    catalog: str
    identity: str
    ra: float
    dec: float
    reach_arcsec: float
    sample: bytes


@dataclass(frozen=True, slots=True)
class Summary:
    """A locus without its alerts.

    Attributes
    ----------
    document : Document
        Its fields, for queries.
    result : bytes
        Its entry in the answer to a search.
    catalog_objects : tuple of CatalogObject
        What it matches.
    """

    document: Document
    result: bytes
    catalog_objects: tuple[CatalogObject, ...]


def summarize(file: LocusFile) -> Summary:
    """Summarize a locus file.

    Parameters
    ----------
    file : LocusFile
        Its content.

    Returns
    -------
    Summary
        What searches see of it.
    """
    found = search_data(file)
    return Summary(
        document=make_document(found),
        result=encode({"locus": found}),
        catalog_objects=tuple(_catalog_objects(file)),
    )


def _catalog_objects(file: LocusFile) -> list[CatalogObject]:
    here = file["locus"]
    return [
        CatalogObject(
            catalog=match["catalog_name"],
            identity=match["id"],
            ra=match["ra"],
            dec=match["dec"],
            reach_arcsec=max(
                LEAST_REACH_ARCSEC,
                separation_arcsec(here["ra"], here["dec"], match["ra"], match["dec"]),
                min(match["radius"] * 3600, MOST_REACH_ARCSEC),
            ),
            sample=encode({name: match[name] for name in ("id", "catalog_name", "properties")}),
        )
        for match in catalog_matches_data(file)
    ]
