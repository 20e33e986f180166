import sys

from antares_client import search

try:
    tags = sorted(search.get_available_tags())
except Exception as error:
    sys.exit(f"The request to ANTARES failed: {error!r}")

rubin = [tag for tag in tags if "lsst" in tag.lower() or "rubin" in tag.lower()]
print(f"ANTARES has {len(tags)} tags; {len(rubin)} mention LSST or Rubin:")
print("\n".join(rubin) or "none of them")
