"""Fetch loci and cutouts from ANTARES, and store loci in files."""
