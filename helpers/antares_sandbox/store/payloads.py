"""The JSON of the responses about a locus, encoded once."""

from pathlib import Path
from typing import Any, NamedTuple

from antares_helpers.errors import BadDataError
from antares_sandbox.responses import encode
from antares_sandbox.store.format import LocusFile
from antares_sandbox.store.wire import alerts_data, catalog_matches_data, locus_data

__all__ = ["Payloads", "make_payloads"]


class Payloads(NamedTuple):
    """The JSON of ``loci/{id}``, ``loci/{id}/alerts`` and ``loci/{id}/catalog-matches``."""

    locus: bytes
    alerts: bytes
    catalog_matches: bytes

    @property
    def size(self) -> int:
        """Bytes in all."""
        return sum(map(len, self))


def make_payloads(path: Path, file: LocusFile) -> Payloads:
    """Encode the responses about a locus.

    Parameters
    ----------
    path : pathlib.Path
        The file, named in the error.
    file : LocusFile
        Its content.

    Returns
    -------
    Payloads
        The responses.

    Raises
    ------
    BadDataError
        If no response can be made from the file.
    """
    try:
        return Payloads(
            locus=_encode(locus_data(file)),
            alerts=_encode(alerts_data(file)),
            catalog_matches=_encode(catalog_matches_data(file)),
        )
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise BadDataError(f"{path} can't be served: {error!r}.") from error


def _encode(data: dict[str, Any] | list[dict[str, Any]]) -> bytes:
    return encode({"data": data})
