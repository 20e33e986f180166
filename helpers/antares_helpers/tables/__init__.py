"""Put the light curves of many loci into tables, files and the forms of other tools."""
