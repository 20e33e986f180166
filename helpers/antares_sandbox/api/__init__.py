"""The service's API v2 over a folder of locus files."""
