import sys

from antares_client import search

try:
    tags = sorted(search.get_available_tags())
except Exception as error:
    sys.exit(f"The request to ANTARES failed: {error!r}")

words = ("lsst", "rubin")
rubin = [tag for tag in tags if any(word in tag.lower() for word in words)]
print(f"ANTARES has {len(tags)} tags; {len(rubin)} mention LSST or Rubin:")
print("\n".join(rubin) or "none of them")
