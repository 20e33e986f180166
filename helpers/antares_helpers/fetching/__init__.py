"""Fetch loci and cutouts from ANTARES, and keep them in files."""
