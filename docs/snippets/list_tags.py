from antares_client import search

tags = sorted(search.get_available_tags())
rubin = [tag for tag in tags if "lsst" in tag.lower() or "rubin" in tag.lower()]
print(f"ANTARES has {len(tags)} tags; {len(rubin)} mention LSST or Rubin:")
print("\n".join(rubin) or "none of them")
