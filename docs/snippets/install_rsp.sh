pip install --user --no-deps antares-client antares-devkit astropy-healpix tenacity tqdm
pip install --user --no-deps .
