"""The three answers that a locus file gives, encoded."""

from pathlib import Path
from typing import Any, NamedTuple

from pydantic_core import to_json

from antares_sandbox.errors import LocusFileError
from antares_sandbox.format import read_locus_file
from antares_sandbox.wire import alerts_data, catalog_matches_data, locus_data

__all__ = ["Bodies", "read_bodies"]


class Bodies(NamedTuple):
    """The JSON of ``loci/{id}``, ``loci/{id}/alerts`` and ``loci/{id}/catalog-matches``."""

    locus: bytes
    alerts: bytes
    catalog_matches: bytes

    @property
    def size(self) -> int:
        """Bytes in all."""
        return sum(map(len, self))


def read_bodies(path: Path) -> tuple[str, Bodies]:
    """Read a locus file and encode its answers.

    Parameters
    ----------
    path : pathlib.Path
        The locus file.

    Returns
    -------
    tuple of str and Bodies
        The locus ID and the answers.

    Raises
    ------
    LocusFileError
        Where the file can't be read, is not a locus file or contradicts itself.
    """
    file = read_locus_file(path)
    try:
        bodies = Bodies(
            locus=_encode(locus_data(file)),
            alerts=_encode(alerts_data(file)),
            catalog_matches=_encode(catalog_matches_data(file)),
        )
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise LocusFileError(f"{path} can't be served: {error!r}") from error
    return file["locus"]["id"], bodies


def _encode(data: dict[str, Any] | list[dict[str, Any]]) -> bytes:
    return to_json({"data": data}, inf_nan_mode="constants")
