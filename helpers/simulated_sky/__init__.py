"""The simulated loci of the sandbox, made by seeded generators."""

from simulated_sky.large import LARGE_ID, simulate_large
from simulated_sky.loci import simulate_loci, write_locus_files

__all__ = ["LARGE_ID", "simulate_large", "simulate_loci", "write_locus_files"]
