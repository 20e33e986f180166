"""``alerts/{id}/thumbnails`` and the images that it lists, as PNG or FITS files."""

import io
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from pydantic_core import from_json
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from antares_sandbox.api.loci import read_payloads
from antares_sandbox.cutouts import FORMATS, KINDS, Format, Kind, Source, draw_cutout, read_source
from antares_sandbox.responses import data_response, own_address, shortened
from antares_sandbox.store import LocusStore

__all__ = ["image_file", "image_header", "thumbnail_routes"]

_NO_SUCH_KEY = (
    "<?xml version='1.0' encoding='UTF-8'?><Error><Code>NoSuchKey</Code>"
    "<Message>The specified key does not exist.</Message></Error>"
)
"""What the cloud store of ZTF's images responds if there is no such image."""

_SIMULATED = "made from the fluxes of the alert, not observed"
_LINEAR_SIGMAS = 3.0
_SIGMA_OF_MAD = 1.4826
_CACHE_SIZE = 256


def thumbnail_routes(store: LocusStore, form: Format = "png") -> list[Route]:
    """Return the routes to the images of alerts; an alert without a flux has none.

    Parameters
    ----------
    store : LocusStore
        The loci.
    form : {"png", "fits"}, optional
        The format in which Rubin's images are listed; each can be requested in both.

    Returns
    -------
    list of starlette.routing.Route
        The routes.
    """
    images = _Images(store, form)
    return [
        Route("/v2/alerts/{alert_id}/thumbnails", images.listed),
        Route("/v2/alerts/{alert_id}/thumbnails/{kind}.{form}", images.one),
    ]


class _Images:
    """The images of the alerts of a folder."""

    def __init__(self, store: LocusStore, form: Format) -> None:
        self._store = store
        self._form = form
        self._read = lru_cache(_CACHE_SIZE)(self._read_source)

    async def listed(self, request: Request) -> Response:
        source = self._source(request)
        base = f"{own_address(request)}/v2/alerts"
        return data_response([] if source is None else _listed(source, base, self._form))

    async def one(self, request: Request) -> Response:
        source, (name, form) = self._source(request), _wanted(request)
        for kind in KINDS:
            if source is not None and name == kind and form in _formats(source):
                return Response(image_file(source, kind, form), media_type=f"image/{form}")
        if request.path_params["alert_id"].startswith("ztf"):
            return Response(_NO_SUCH_KEY, 404, media_type="application/xml")
        raise HTTPException(404, f"this alert has no image {shortened(f'{name}.{form}')!r}")

    def _source(self, request: Request) -> Source | None:
        """Return the source of an alert, or None if there is no such alert or it has no flux."""
        alert_id = request.path_params["alert_id"]
        return self._read(alert_id)

    def _read_source(self, alert_id: str) -> Source | None:
        locus_id = self._store.locus_of(alert_id)
        if locus_id is None:
            return None
        payloads = read_payloads(self._store, locus_id)
        locus = from_json(payloads.locus)["data"]
        properties = {**locus["internal_properties"], **locus["user_properties"]}
        for alert in from_json(payloads.alerts)["data"]:
            if alert["id"] == alert_id:
                return read_source(alert_id, alert["properties"], properties)
        raise HTTPException(404, f"alert {shortened(alert_id)!r} is no longer in its file")


def _wanted(request: Request) -> tuple[str, Any]:
    return request.path_params["kind"], request.path_params["form"]


def _formats(source: Source) -> tuple[Format, ...]:
    return FORMATS[:1] if source.is_ztf else FORMATS


def _listed(source: Source, base: str, form: Format) -> list[dict[str, Any]]:
    name, form = quote(source.alert_id, safe=":"), form if form in _formats(source) else "png"
    return [
        {
            "id": f"{source.alert_id}_{kind}.{form}",
            "filemime": f"image/{form}",
            "src": f"{base}/{name}/thumbnails/{kind}.{form}",
            "thumbnail_type": kind,
        }
        for kind in KINDS
    ]


@lru_cache(_CACHE_SIZE)
def image_file(source: Source, kind: Kind, form: Format) -> bytes:
    """Return an image as a file."""
    file, image = io.BytesIO(), draw_cutout(source, kind)
    (_write_png if form == "png" else _write_fits)(file, image, source, kind)
    return file.getvalue()


def _write_fits(file: io.BytesIO, image: Any, source: Source, kind: Kind) -> None:
    """Write an image in nJy."""
    # Imported here, because astropy is slow to import, and most sandboxes serve no image.
    from astropy.io import fits

    hdu = fits.PrimaryHDU(image.astype("float32"))
    hdu.header.update(image_header(source, kind))
    hdu.writeto(file)


def _write_png(file: io.BytesIO, image: Any, _source: Source, kind: Kind) -> None:
    """Write 8 bits of gray, each image stretched by itself: without a unit or a scale."""
    # matplotlib requires it; imported here for the reason above.
    from PIL import Image, PngImagePlugin

    text = PngImagePlugin.PngInfo()
    text.add_text("IMAGE", kind)
    text.add_text("SIMULATE", _SIMULATED)
    Image.fromarray(_stretched(image)[::-1]).save(file, "PNG", pnginfo=text)


def _stretched(image: Any) -> Any:
    """Return shades from 0 to 255: linear within the noise, logarithmic beyond."""
    import numpy as np

    middle = np.median(image)
    noise = _SIGMA_OF_MAD * np.median(np.abs(image - middle)) or 1.0
    shades = np.arcsinh((image - middle) / (_LINEAR_SIGMAS * noise))
    low, high = shades.min(), shades.max()
    return np.round(255 * (shades - low) / (high - low or 1.0)).astype("uint8")


def image_header(source: Source, kind: Kind) -> dict[str, Any]:
    """Return the header of a FITS image: values, or values with comments."""
    center, step = (source.camera.pixels + 1) / 2, source.camera.scale / 3600
    return {
        "BUNIT": "nJy",
        "IMAGE": (kind, "template, science or difference"),
        "ALERTID": source.alert_id[:60].encode("ascii", "replace").decode(),
        "SIMULATE": (True, _SIMULATED),
        "CTYPE1": "RA---TAN",
        "CTYPE2": "DEC--TAN",
        "CRPIX1": center,
        "CRPIX2": center,
        "CRVAL1": source.ra,
        "CRVAL2": source.dec,
        "CDELT1": -step,
        "CDELT2": step,
        "RADESYS": "ICRS",
    }
