"""The public addresses of the site and of its repository, as far as they are known.

They stand in one place, ``[project.urls]`` of pyproject.toml, as Documentation and Repository.
Read the Docs gives the address of each version in READTHEDOCS_CANONICAL_URL, which goes first.
"""

import os
import re
from importlib.metadata import metadata

__all__ = ["binder_url", "site_url"]

_HOSTS = {"github.com": "gh", "gitlab.com": "gl"}


def site_url() -> str:
    """Return the address of the site, ending with a slash; empty where it is not known."""
    url = os.environ.get("READTHEDOCS_CANONICAL_URL") or _project_url("Documentation")
    return url and url.rstrip("/") + "/"


def binder_url(notebook: str) -> str:
    """Return the address which opens a notebook on Binder; empty where no repository is known."""
    found = re.fullmatch(r"https://([^/]+)/([^/]+)/([^/]+?)(\.git)?/?", _project_url("Repository"))
    if not found or found[1] not in _HOSTS:
        return ""
    owner, name = found[2], found[3]
    if _HOSTS[found[1]] == "gl":
        return f"https://mybinder.org/v2/gl/{owner}%2F{name}/HEAD?labpath=notebooks/{notebook}"
    return f"https://mybinder.org/v2/gh/{owner}/{name}/HEAD?labpath=notebooks/{notebook}"


def _project_url(label: str) -> str:
    for entry in metadata("antares-helpers").get_all("Project-URL") or []:
        name, _, url = entry.partition(", ")
        if name.lower() == label.lower():
            return url
    return ""
