from antares_helpers import find_loci

loci = find_loci(tag="young_rubin_transients", limit=5)
print(loci.table["locus_id", "ra", "dec", "newest_mjd"])
