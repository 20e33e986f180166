"""An ANTARES on your own machine: serves locus files to the unmodified antares-client."""

import sys

try:
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
except ModuleNotFoundError as error:
    package = str(error.name).partition(".")[0]
    if package not in ("starlette", "uvicorn"):
        raise
    reason = f"the sandbox needs {package}: run pip install '.[sandbox]' in the clone"
    if sys.argv[0] == "-m":  # python -m antares_sandbox: one line, and no traceback
        sys.exit(f"antares_sandbox: {reason}")
    raise ModuleNotFoundError(reason, name=error.name) from None

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
