"""An ANTARES on your own machine: serves locus files to the unmodified antares-client."""

from antares_sandbox.errors import LocusFileError, SandboxError
from antares_sandbox.folder import BUNDLED
from antares_sandbox.server import Sandbox
from antares_sandbox.simulation import (
    LARGE_ID,
    TUTORIAL_ID,
    locus_text,
    simulate_large,
    simulate_loci,
    write_locus_files,
)

__all__ = [
    "BUNDLED",
    "LARGE_ID",
    "TUTORIAL_ID",
    "LocusFileError",
    "Sandbox",
    "SandboxError",
    "locus_text",
    "simulate_large",
    "simulate_loci",
    "write_locus_files",
]
