"""``catalog_search`` and ``catalog_samples``: the catalog objects that the loci match."""

from collections import Counter
from collections.abc import Iterable
from functools import cache

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from antares_sandbox.api.parameters import degrees_parameter, integer_parameter
from antares_sandbox.responses import json_response
from antares_sandbox.sky import separation_arcsec
from antares_sandbox.store import LocusStore
from antares_sandbox.store.index import CatalogObject

__all__ = ["catalog_routes"]

_DEFAULT_SAMPLES = 5
_MAX_SAMPLES = 50


def catalog_routes(store: LocusStore) -> list[Route]:
    """Return the routes to catalog objects, each listed once."""
    objects = cache(lambda: _distinct(store))

    async def search(request: Request) -> Response:
        ra = degrees_parameter(request, "ra", lowest=0, highest=360)
        dec = degrees_parameter(request, "dec", lowest=-90, highest=90)
        return _response(found for found in objects() if _reaches(found, ra, dec))

    async def samples(request: Request) -> Response:
        number = integer_parameter(request, "n", _DEFAULT_SAMPLES, lowest=1, highest=_MAX_SAMPLES)
        return _response(_first_of_each(objects(), number))

    return [
        Route("/v2/catalog_search/{ra}/{dec}", search),
        Route("/v2/catalog_samples", samples),
    ]


def _distinct(store: LocusStore) -> list[CatalogObject]:
    """Return each object once, sorted by catalog and ID, with its largest radius."""
    objects: dict[tuple[str, str], CatalogObject] = {}
    for found in store.catalog_objects():
        key = (found.catalog, found.identity)
        objects[key] = max(objects.get(key, found), found, key=lambda one: one.reach_arcsec)
    return [objects[key] for key in sorted(objects)]


def _reaches(found: CatalogObject, ra: float, dec: float) -> bool:
    reach = found.reach_arcsec + 1e-6
    return (
        abs(found.dec - dec) * 3600 <= reach
        and separation_arcsec(ra, dec, found.ra, found.dec) <= reach
    )


def _first_of_each(objects: Iterable[CatalogObject], number: int) -> Iterable[CatalogObject]:
    taken: Counter[str] = Counter()
    for found in objects:
        taken[found.catalog] += 1
        if taken[found.catalog] <= number:
            yield found


def _response(found: Iterable[CatalogObject]) -> Response:
    return json_response(b'{"data":[' + b",".join(one.sample for one in found) + b"]}")
