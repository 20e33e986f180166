"""The locus files that a sandbox serves."""
