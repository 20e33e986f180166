"""The public addresses of the site and of its repository, as far as they are known.

They are in one place, ``[project.urls]`` of pyproject.toml, as Documentation and Repository.
Read the Docs gives the address of each version in READTHEDOCS_CANONICAL_URL, and that of the
repository in READTHEDOCS_GIT_CLONE_URL; both go first.
"""

import os
import re
from importlib.metadata import metadata

__all__ = ["binder_url", "edit_url", "issues_url", "site_url"]

_HOSTS = {"github.com": "gh", "gitlab.com": "gl"}


def site_url() -> str:
    """Return the address of the site, ending with a slash; empty where it is not known."""
    url = os.environ.get("READTHEDOCS_CANONICAL_URL") or _project_url("Documentation")
    return url and url.rstrip("/") + "/"


def binder_url(notebook: str) -> str:
    """Return the address which opens a notebook on Binder; empty where no repository is known."""
    found = re.fullmatch(r"https://([^/]+)/([^/]+)/([^/]+)", _repository())
    if not found or found[1] not in _HOSTS:
        return ""
    owner, name = found[2], found[3]
    if _HOSTS[found[1]] == "gl":
        return f"https://mybinder.org/v2/gl/{owner}%2F{name}/HEAD?labpath=notebooks/{notebook}"
    return f"https://mybinder.org/v2/gh/{owner}/{name}/HEAD?labpath=notebooks/{notebook}"


def issues_url() -> str:
    """Return the address for reporting a problem; empty if no repository is known."""
    repository = _repository()
    between = "/-" if repository.startswith("https://gitlab.com/") else ""
    return repository and f"{repository}{between}/issues"


def edit_url(path: str) -> str:
    """Return the address for editing a file; empty if the repository or its kind is not known."""
    repository = _repository()
    if repository.startswith("https://github.com/"):
        return f"{repository}/edit/main/{path}"
    return (
        f"{repository}/-/edit/main/{path}" if repository.startswith("https://gitlab.com/") else ""
    )


def _repository() -> str:
    url = os.environ.get("READTHEDOCS_GIT_CLONE_URL") or _project_url("Repository")
    return url.rstrip("/").removesuffix(".git") if url.startswith("https://") else ""


def _project_url(label: str) -> str:
    for entry in metadata("antares-helpers").get_all("Project-URL") or []:
        name, _, url = entry.partition(", ")
        if name.lower() == label.lower():
            return url
    return ""
