"""Extract light curves from loci, with every alert accounted for."""
