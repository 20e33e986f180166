"""``alerts/{id}/thumbnails`` and the images that it lists."""

from functools import lru_cache
from typing import Any
from urllib.parse import quote

from pydantic_core import from_json
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from antares_sandbox.api.loci import read_payloads
from antares_sandbox.cutouts import KINDS, Source, cutout_fits, read_source
from antares_sandbox.responses import data_response, own_address, shortened
from antares_sandbox.store.folder import LocusFolder

__all__ = ["thumbnail_routes"]

_MIME = "image/fits"
_CACHE_SIZE = 256


def thumbnail_routes(folder: LocusFolder) -> list[Route]:
    """Return the routes to the images of alerts; an alert without a flux has none."""
    images = _Images(folder)
    return [
        Route("/v2/alerts/{alert_id}/thumbnails", images.listed),
        Route("/v2/alerts/{alert_id}/thumbnails/{kind}.fits", images.one),
    ]


class _Images:
    """The images of the alerts of a folder."""

    def __init__(self, folder: LocusFolder) -> None:
        self._folder = folder
        self._read = lru_cache(_CACHE_SIZE)(self._read_source)

    async def listed(self, request: Request) -> Response:
        source = self._source(request)
        base = f"{own_address(request)}/v2/alerts"
        return data_response([] if source is None else _listed(source, base))

    async def one(self, request: Request) -> Response:
        source, wanted = self._source(request), request.path_params["kind"]
        for kind in KINDS:
            if source is not None and wanted == kind:
                return Response(cutout_fits(source, kind), media_type=_MIME)
        raise HTTPException(404, f"this alert has no image {shortened(wanted)!r}")

    def _source(self, request: Request) -> Source | None:
        alert_id = request.path_params["alert_id"]
        if alert_id not in self._folder.locus_of_alert:
            raise HTTPException(404, f"the sandbox has no alert {shortened(alert_id)!r}")
        return self._read(alert_id)

    def _read_source(self, alert_id: str) -> Source | None:
        return read_source(alert_id, _properties(self._folder, alert_id))


def _listed(source: Source, base: str) -> list[dict[str, Any]]:
    name = quote(source.alert_id, safe=":")
    return [
        {
            "id": f"{source.alert_id}_{kind}.fits",
            "filemime": _MIME,
            "src": f"{base}/{name}/thumbnails/{kind}.fits",
            "thumbnail_type": kind,
        }
        for kind in KINDS
    ]


def _properties(folder: LocusFolder, alert_id: str) -> dict[str, Any]:
    payloads = read_payloads(folder, folder.locus_of_alert[alert_id])
    for alert in from_json(payloads.alerts)["data"]:
        if alert["id"] == alert_id:
            properties: dict[str, Any] = alert["properties"]
            return properties
    raise HTTPException(404, f"alert {shortened(alert_id)!r} is no longer in its file")
