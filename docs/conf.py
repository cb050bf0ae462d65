"""How Sphinx builds the documentation: ``make docs``."""

from importlib.metadata import version as distribution_version

project = "Workmanager"
author = "the Workmanager contributors"
project_copyright = "2026, the Workmanager contributors"
version = release = distribution_version("workmanager")
language = "en"

extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
myst_enable_extensions = ["colon_fence", "deflist", "fieldlist"]
#: Headings down to this level can be linked to: page.md#the-heading.
myst_heading_anchors = 3

html_theme = "furo"
html_title = f"Workmanager {release}"
html_show_sourcelink = False
