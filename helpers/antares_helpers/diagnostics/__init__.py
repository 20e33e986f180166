"""Tell what is wrong with an environment, before anything is fetched."""
