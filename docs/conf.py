"""Build the site: the gallery is run, against the sandbox unless ANTARES_LIVE=1."""

import sys
from importlib.metadata import version as version_of
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "_ext"))

from built_on import built_on  # noqa: E402 - once the path to our extensions is known
from gallery_setup import GALLERY, IS_LIVE  # noqa: E402
from site_address import site_url  # noqa: E402

DATE = built_on(is_live=IS_LIVE)
LIVE = f"Verified live on {DATE}."
SIMULATED = f"Built on {DATE} from <strong>simulated data</strong>: no figure shows a real source."

project = "antares-helpers"
author = "The antares-helpers developers"
copyright = "2026, the antares-helpers developers"  # noqa: A001 - Sphinx's name for it
version = release = version_of("antares-helpers")

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.intersphinx",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "sphinx_design",
    "sphinx_gallery.gen_gallery",
    "band_table",
    "built_on",
    "captions",
    "changelog",
    "downloads",
    "field_guide",
    "contribute",
    "explorer",
    "explorer_links",
    "figure_themes",
    "finish_pages",
    "markdown_twins",
    "light_images",
    "light_styles",
    "notebook_downloads",
    "page_files",
    "property_tables",
    "quiet_theme",
    "sections",
    "previews",
    "search",
    "small_figures",
    "thumbnails",
    "task_strips",
    "tasks",
    "snippet_answers",
    "tutorial_pages",
]
default_role = "py:obj"
nitpicky = True
# Parameters stand in single backticks too, as numpydoc wants.
nitpick_ignore_regex = [("py:obj", "[a-z_]+")]
exclude_patterns = ["_build", "**/GALLERY_HEADER.rst", "tutorials/**/*.py", "tutorials/**/*.ipynb"]
templates_path = ["_templates"]
suppress_warnings = ["config.cache"]  # the gallery's settings hold functions

autosummary_generate = True
autodoc_typehints = "none"  # the docstrings give types, shapes and units
napoleon_google_docstring = False
napoleon_use_param = False
napoleon_use_rtype = False

# Written by hand and kept here, so that the site builds without a network.
intersphinx_mapping = {
    name: (url, str(HERE / "inventories" / f"{name}.inv"))
    for name, url in {
        "astropy": "https://docs.astropy.org/en/stable/",
        "matplotlib": "https://matplotlib.org/stable/",
        "numpy": "https://numpy.org/doc/stable/",
        "python": "https://docs.python.org/3/",
    }.items()
}

sphinx_gallery_conf = GALLERY
captions_suffix = "" if IS_LIVE else "Simulated data."

copybutton_prompt_text = r">>> |\.\.\. |\$ |In \[\d*\]: | {2,5}\.\.\.: "
copybutton_prompt_is_regexp = True
copybutton_copy_empty_lines = False  # those between outputs
copybutton_line_continuation_character = "\\"
copybutton_exclude = ".linenos, .go"
copybutton_selector = "div.highlight pre, .task-table :is(.code, .command)"

html_theme = "pydata_sphinx_theme"
html_title = "antares-helpers"
html_baseurl = site_url()
html_static_path = ["_static"]
html_css_files = ["site.css", "figure-themes.css", "markdown.css", "tasks.css"]
html_favicon = "_static/favicon.svg"
html_show_sourcelink = False
# Light without JavaScript: layout.html sets the mode of the reader.
html_context = {"default_mode": "light", "site_url": site_url()}
html_theme_options = {
    "announcement": LIVE if IS_LIVE else SIMULATED,
    "header_links_before_dropdown": 8,
    "navigation_with_keys": False,
    "search_bar_text": "Search this site",
    "article_header_end": ["tags"],
    "article_footer_items": ["run_it", "markdown", "contribute"],
    "secondary_sidebar_items": ["page-toc", "run_it", "markdown"],
    "show_prev_next": True,
    "footer_start": ["copyright"],
    "footer_end": ["theme-version"],
}
html_additional_pages = {"404": "404.html"}
_WITHOUT_SECTION = ("index", "snippets", "explorer", "search", "genindex", "py-modindex", "404")
html_sidebars = {page: [] for page in _WITHOUT_SECTION}
