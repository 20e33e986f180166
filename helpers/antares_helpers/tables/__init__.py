"""The light curves of many loci as one table, and the files that hold it."""
