"""``/api/alerts``: the Alerts API of the Rubin Science Platform, for the alerts of the sandbox.

Parameters, formats, statuses and columns are those of Rubin's documentation (rsp.lsst.io and
SQR-114); errors are plain text. Packets in Avro, the default there, are left out.
"""

import asyncio
import re
import secrets
from base64 import b64encode
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any, NamedTuple

from pydantic_core import to_json
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from antares_helpers.errors import BadDataError
from antares_sandbox.api.alert_fits import IMAGES, images_fits, packet_fits
from antares_sandbox.api.thumbnails import image_file
from antares_sandbox.cutouts import Source, read_source
from antares_sandbox.responses import json_response, shortened
from antares_sandbox.store import LocusStore
from antares_sandbox.store.alert_packet import alert_packet
from antares_sandbox.store.alert_schema import avro_schema
from antares_sandbox.store.format import LocusFile

__all__ = ["alerts_routes"]

_PATH = "/api/alerts"
_ID = re.compile(r"(?:LSST-AP-DS-)?(\d{1,19})", re.ASCII)
_FORMATS = ("fits", "application/fits", "json", "application/json")
_CACHED_FILES, _CACHED_PACKETS = 8, 64

_Answer = Callable[[int, str | None], Response]
_Endpoint = Callable[[Request], Awaitable[Response]]


class _Packet(NamedTuple):
    """The record of an alert, and the source that its images show, if it has a flux."""

    record: dict[str, Any]
    source: Source | None


def alerts_routes(store: LocusStore, token: str) -> list[Route]:
    """Return the routes of the Alerts API.

    Parameters
    ----------
    store : LocusStore
        The loci.
    token : str
        The token that requests must send as ``Authorization: Bearer <token>``.

    Returns
    -------
    list of starlette.routing.Route
        The routes.
    """
    packets = _Packets(store)
    return [
        Route(_PATH, _endpoint(packets.packet, ("ID", "RESPONSEFORMAT"), token)),
        Route(f"{_PATH}/cutouts", _endpoint(packets.cutouts, ("ID",), token)),
        Route(f"{_PATH}/schema", _endpoint(packets.schema, ("ID",), token)),
    ]


class _Packets:
    """The packets of the alerts of the loci; those that were requested last stay in memory."""

    def __init__(self, store: LocusStore) -> None:
        self._store = store
        self._file = lru_cache(_CACHED_FILES)(self._read)
        self._packet = lru_cache(_CACHED_PACKETS)(self._make_packet)
        self._fits = lru_cache(_CACHED_PACKETS)(self._make_fits)

    def packet(self, number: int, form: str | None) -> Response:
        record, source = self._packet(number)
        if form is None:
            reason = "the sandbox has no packets in Avro: add RESPONSEFORMAT=fits or json"
            raise HTTPException(501, reason)
        if form.endswith("fits"):
            return _fits_response(self._fits(number), f"alert-{number}.fits")
        images = {
            name: source and image_file(source, kind, "fits") for name, kind in IMAGES.values()
        }
        encoded = {name: image and b64encode(image).decode() for name, image in images.items()}
        return json_response(to_json({**record, **encoded}, inf_nan_mode="null"))

    def cutouts(self, number: int, _form: str | None) -> Response:
        return _fits_response(images_fits(self._packet(number).source), f"cutouts-{number}.fits")

    def schema(self, number: int, _form: str | None) -> Response:
        self._packet(number)
        return json_response(to_json(avro_schema()))

    def _make_packet(self, number: int) -> _Packet:
        alert_id = f"lsst:{number}"
        locus_id = self._store.locus_of(alert_id)
        if locus_id is None:
            raise HTTPException(404, f"No data found for alert ID {number}")
        file = self._file(locus_id)
        for alert in file["locus"]["alerts"]:
            if alert["id"] == alert_id:
                record = alert_packet(file, alert)
                signed = {"lsst_diaSource_psfFlux": record["diaSource"]["psfFlux"]}
                properties = {**alert["properties"], **signed}
                host = file["locus"]["old_properties"]
                return _Packet(record, read_source(alert_id, properties, host))
        raise HTTPException(404, f"alert {number} is no longer in its file")

    def _read(self, locus_id: str) -> LocusFile:
        try:
            return self._store.read(locus_id)
        except BadDataError as error:
            raise HTTPException(500, str(error)) from error

    def _make_fits(self, number: int) -> bytes:
        return packet_fits(*self._packet(number))


def _endpoint(answer: _Answer, allowed: tuple[str, ...], token: str) -> _Endpoint:
    async def respond(request: Request) -> Response:
        try:
            _authorize(request, token)
            number, form = _parameters(request, allowed)
            # Others get their responses meanwhile.
            return await asyncio.to_thread(answer, number, form)
        except HTTPException as error:
            return PlainTextResponse(error.detail, error.status_code, error.headers)

    return respond


def _authorize(request: Request, token: str) -> None:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    is_right = secrets.compare_digest(given.strip().encode(), token.encode())
    if scheme.lower() != "bearer" or not is_right:
        # The token itself is in no message.
        reason = "Authentication required: send the header Authorization: Bearer <token>"
        raise HTTPException(401, reason, {"WWW-Authenticate": 'Bearer realm="sandbox"'})


def _parameters(request: Request, allowed: tuple[str, ...]) -> tuple[int, str | None]:
    given = request.query_params
    for name in given:
        if name not in allowed:
            raise HTTPException(400, f"Invalid parameter {shortened(name)!r}")
    identity, form = given.get("ID"), given.get("RESPONSEFORMAT")
    if identity is None:
        raise HTTPException(422, "The parameter ID is missing")
    matched = _ID.fullmatch(identity)
    if matched is None:
        raise HTTPException(400, f"Invalid alert ID format in {shortened(identity)!r}")
    if form is not None and form not in _FORMATS:
        known = ", ".join(_FORMATS)
        raise HTTPException(415, f"Invalid response format {shortened(form)!r}; known are {known}")
    return int(matched[1]), form


def _fits_response(content: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, headers=headers, media_type="application/fits")
