"""How ``make docs`` builds these pages. https://www.sphinx-doc.org, https://myst-parser.readthedocs.io"""

project = "Báo Tỉnh"
copyright = "the authors of Báo Tỉnh, MIT licence"  # noqa: A001 - Sphinx's name
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
myst_heading_anchors = 4
html_theme = "alabaster"
language = "en"
