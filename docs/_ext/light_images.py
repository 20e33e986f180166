"""Show figures as lossless WebP, with their sizes: smaller files, and nothing moves as they load.

The PNG files stay, for previews and for readers: a tap on a figure opens it at its full size.
"""

import os
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup, Tag
from PIL import Image
from sphinx.application import Sphinx

__all__ = ["setup"]

_shown: set[Path] = set()
_DOUBLE = "_2_00x.png"
_SMALL = 500
"""Pixels up to which an image has no larger version to open."""
_PIXELS = re.compile(r'<svg[^>]*?viewBox="[-\d.]+ [-\d.]+ ([\d.]+) ([\d.]+)"', re.DOTALL)


def _lighten(
    app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: Any
) -> None:
    """Lighten the images of a page; all but the first load when they are about to be seen."""
    if "<img" not in context.get("body", ""):
        return
    soup = BeautifulSoup(context["body"], "html.parser")
    sources = {name: Path(app.srcdir, path) for path, (_, name) in app.env.images.items()}
    folder = Path(app.outdir, "_images")
    for number, image in enumerate(soup.select("img[src*='_images/']")):
        name = Path(str(image["src"])).name
        source = sources.get(name, folder / name)
        _set_size(image, source)
        if number or "only-dark" in image.get_attribute_list("class"):
            image["loading"] = "lazy"
        elif image.get("loading") != "lazy":
            image["fetchpriority"] = "high"  # most often the largest of the first screen
        if source.suffix == ".png":
            _offer_both_sizes(image, source)
            _name_widths(image)
            _open_at_full_size(soup, image)
            names = {name, *re.findall(r"[^/\s]+\.png", str(image.get("srcset", "")))}
            _shown.update(source.with_name(each) for each in names)
    for image in soup.select("img[src*='_images/']"):
        for key in {"src", "srcset"} & image.attrs.keys():
            image[key] = str(image[key]).replace(".png", ".webp")
    context["body"] = str(soup)


def _set_size(image: Tag, source: Path) -> None:
    if "width" in image.attrs and "height" in image.attrs:
        return
    size = _size(source, source.stat().st_mtime_ns)
    if size and not {"width", "height"} & image.attrs.keys():
        factor = 2 if source.name.endswith(_DOUBLE) else 1
        image["width"], image["height"] = (str(pixels // factor) for pixels in size)


@lru_cache(maxsize=500)
def _size(source: Path, _changed: int) -> tuple[int, int] | None:
    if source.suffix == ".svg":
        found = _PIXELS.search(source.read_text(encoding="utf-8"))
        return (round(float(found[1])), round(float(found[2]))) if found else None
    with Image.open(source) as opened:
        width, height = opened.size
        return width, height


def _offer_both_sizes(image: Tag, source: Path) -> None:
    """Let a screen that needs only half of the pixels load only these."""
    single = source.with_name(source.name.replace(_DOUBLE, ".png"))
    if source.name.endswith(_DOUBLE) and "srcset" not in image.attrs and single.exists():
        address = str(image["src"])
        image["src"] = address.replace(_DOUBLE, ".png")
        image["srcset"] = f"{image['src']}, {address} 2x"


def _name_widths(image: Tag) -> None:
    """Name both sizes by their widths: a figure that fills a telephone needs the smaller one."""
    if image.get("srcset") and str(image.get("width", "")).isdigit():
        width = int(str(image["width"]))
        image["srcset"] = f"{image['src']} {width}w, {_double(image)} {2 * width}w"
        image["sizes"] = f"(max-width: {width}px) 92vw, {width}px"


def _double(image: Tag) -> str:
    return str(image["srcset"]).split(",")[-1].split()[0]


def _open_at_full_size(soup: BeautifulSoup, image: Tag) -> None:
    is_decoration = not image.get("alt")  # such as the picture of a card, itself a link
    if is_decoration or image.find_parent("a") or int(str(image.get("width", "0"))) <= _SMALL:
        return
    largest = _double(image) if "srcset" in image.attrs else str(image["src"])
    link = soup.new_tag("a", attrs={"class": "full-size", "href": largest})
    link["title"] = "Open at full size"
    dark = image.find_next_sibling()
    image.wrap(link)
    if dark and dark.name == "img" and "only-dark" in dark.get_attribute_list("class"):
        link.append(dark)  # one of the two is shown


def _convert_all(app: Sphinx, error: Exception | None) -> None:
    """Write the images of the pages that were written, several at a time."""
    if error is None and _shown:
        cache, folder = Path(app.doctreedir, "webp"), Path(app.outdir, "_images")
        for each in (cache, folder):
            each.mkdir(parents=True, exist_ok=True)
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(lambda source: _convert(source, folder, cache), _shown))
    _shown.clear()


def _convert(source: Path, folder: Path, cache: Path) -> None:
    """Write an image as WebP, from the cache if it holds the same pixels."""
    content = source.read_bytes()
    cached = cache / f"{sha256(content).hexdigest()}.webp"
    if not cached.exists():
        with Image.open(source) as opened:
            image = opened.convert("RGBA" if opened.has_transparency_data else "RGB")
        image.save(part := cached.with_suffix(f".{source.stem}"), "webp", lossless=True, quality=75)
        part.replace(cached)
    shutil.copyfile(cached, folder / source.with_suffix(".webp").name)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension, to run once all images are on the page."""
    app.connect("html-page-context", _lighten, priority=970)
    app.connect("build-finished", _convert_all, priority=850)
    return {"version": "1", "parallel_read_safe": True}
