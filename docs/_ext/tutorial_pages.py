"""Give each tutorial its tags, from gallery/tags.toml, and its launch button where there is one."""

from pathlib import PurePosixPath
from typing import Any

from site_address import binder_url
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

__all__ = ["setup", "slug", "tags_of"]


def tags_of(table: dict[str, Any], name: str) -> list[str]:
    """Return the tags of a tutorial, given by its name such as 04_handle_negative_fluxes."""
    tags: list[str] = table["pages"].get(name, [])
    if not tags or not set(tags) <= set(table["tags"]):
        raise ExtensionError(f"gallery/tags.toml gives no tags, or unknown ones, to {name}: {tags}")
    return tags


def slug(tag: str) -> str:
    """Return a tag as it stands in an address."""
    return tag.lower().replace(" ", "-")


def _describe(
    app: Sphinx, pagename: str, _template: str, context: dict[str, Any], _doctree: Any
) -> None:
    name = PurePosixPath(pagename).name
    if not pagename.startswith("tutorials/") or name == "index":
        return
    index = context["pathto"]("tutorials/index")
    context["tutorial"] = {
        "tags": [
            (tag, f"{index}#tag={slug(tag)}") for tag in tags_of(app.config.tutorial_tags, name)
        ],
        "binder": binder_url(f"{pagename.removeprefix('tutorials/')}.ipynb"),
    }


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.add_config_value("tutorial_tags", {"tags": [], "pages": {}}, "html", dict)
    app.connect("html-page-context", _describe)
    return {"version": "1", "parallel_read_safe": True}
