"""An ANTARES on your own machine: serves locus files to the unmodified antares-client."""

from antares_sandbox.errors import LocusFileError, SandboxError
from antares_sandbox.folder import BUNDLED
from antares_sandbox.recording import compare_folder, record_loci
from antares_sandbox.server import Sandbox
from antares_sandbox.simulation import (
    GW_CENTRE_DEG,
    GW_EVENT_ID,
    LARGE_ID,
    TUTORIAL_ID,
    locus_text,
    simulate_large,
    simulate_loci,
    write_locus_files,
)

__all__ = [
    "BUNDLED",
    "GW_CENTRE_DEG",
    "GW_EVENT_ID",
    "LARGE_ID",
    "TUTORIAL_ID",
    "LocusFileError",
    "Sandbox",
    "SandboxError",
    "compare_folder",
    "locus_text",
    "record_loci",
    "simulate_large",
    "simulate_loci",
    "write_locus_files",
]
