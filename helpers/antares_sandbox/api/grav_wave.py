"""``grav_wave_notice``: the notices of gravitational-wave events."""

from datetime import UTC, datetime

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from antares_sandbox.grav_wave import GW_EVENT_ID, Notice, simulated_notices
from antares_sandbox.responses import data_response, shortened

__all__ = ["grav_wave_routes"]

_MAX_IDS = 1000


def grav_wave_routes() -> list[Route]:
    """Return the routes to the notices of the simulated event."""
    return [
        Route("/v2/grav_wave_notice/latest", _latest_of_several),
        Route("/v2/grav_wave_notice/{gracedb_id}/latest", _latest),
        Route("/v2/grav_wave_notice/{gracedb_id}/{notice_datetime}", _at),
    ]


async def _latest_of_several(request: Request) -> Response:
    """Respond with the latest notice of each known event."""
    ids = request.query_params.getlist("ids")
    if not 0 < len(ids) <= _MAX_IDS:
        raise HTTPException(400, f"give from 1 to {_MAX_IDS} ids, such as ?ids=S1&ids=S2")
    found = [_notices_of(gracedb_id) for gracedb_id in dict.fromkeys(ids)]
    return data_response([notices[-1].data() for notices in found if notices])


async def _latest(request: Request) -> Response:
    return data_response(_known(request)[-1].data())


async def _at(request: Request) -> Response:
    notices, given = _known(request), request.path_params["notice_datetime"]
    wanted = _parse_time(given)
    for notice in notices:
        if notice.notice_datetime == wanted:
            return data_response(notice.data())
    times = ", ".join(notice.notice_datetime.isoformat() for notice in notices)
    raise HTTPException(404, f"no notice of {shortened(given)}; there are notices of {times}")


def _known(request: Request) -> tuple[Notice, ...]:
    gracedb_id = request.path_params["gracedb_id"]
    notices = _notices_of(gracedb_id)
    if not notices:
        raise HTTPException(404, f"the sandbox has no event {shortened(gracedb_id)!r}")
    return notices


def _notices_of(gracedb_id: str) -> tuple[Notice, ...]:
    """Return the notices of an event, the latest last."""
    return simulated_notices() if gracedb_id == GW_EVENT_ID else ()


def _parse_time(given: str) -> datetime:
    """Return a time in UTC, without its zone."""
    try:
        time = datetime.fromisoformat(given)
        return time.astimezone(UTC).replace(tzinfo=None) if time.tzinfo else time
    except (ValueError, OverflowError):
        detail = f"expected an ISO time such as 2026-08-15T04:24:12, not {shortened(given)!r}"
        raise HTTPException(400, detail) from None
