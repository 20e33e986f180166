"""The three answers that a locus file gives, encoded."""

from pathlib import Path
from typing import Any, NamedTuple

from antares_sandbox.errors import LocusFileError
from antares_sandbox.format import LocusFile, read_locus_file
from antares_sandbox.responses import encode
from antares_sandbox.wire import alerts_data, catalog_matches_data, locus_data

__all__ = ["Bodies", "make_bodies", "read_bodies"]


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
    return file["locus"]["id"], make_bodies(path, file)


def make_bodies(path: Path, file: LocusFile) -> Bodies:
    """Encode the answers of a locus file.

    Parameters
    ----------
    path : pathlib.Path
        Where the file was read: named in the error.
    file : LocusFile
        Its content.

    Returns
    -------
    Bodies
        The answers.

    Raises
    ------
    LocusFileError
        Where no answer can be made from the file.
    """
    try:
        return Bodies(
            locus=_encode(locus_data(file)),
            alerts=_encode(alerts_data(file)),
            catalog_matches=_encode(catalog_matches_data(file)),
        )
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise LocusFileError(f"{path} can't be served: {error!r}") from error


def _encode(data: dict[str, Any] | list[dict[str, Any]]) -> bytes:
    return encode({"data": data})
