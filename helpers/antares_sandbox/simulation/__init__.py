"""Simulated loci, made by seeded generators."""

from antares_sandbox.simulation.grav_wave import GW_CENTRE_DEG, GW_EVENT_ID
from antares_sandbox.simulation.large import LARGE_ID, simulate_large
from antares_sandbox.simulation.loci import simulate_loci
from antares_sandbox.simulation.locus import make_locus_file
from antares_sandbox.simulation.transients import TUTORIAL_ID
from antares_sandbox.simulation.writing import locus_text, write_locus_files

__all__ = [
    "GW_CENTRE_DEG",
    "GW_EVENT_ID",
    "LARGE_ID",
    "TUTORIAL_ID",
    "locus_text",
    "make_locus_file",
    "simulate_large",
    "simulate_loci",
    "write_locus_files",
]
