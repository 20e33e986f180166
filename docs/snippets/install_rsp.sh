pip install --user --no-deps antares-client antares-devkit astropy-healpix tenacity .
pip install --user --no-deps bson confluent-kafka starlette uvicorn
