"""What Sphinx is told: `make docs` builds the site, docs/extensions/ holds what is ours in that."""

from __future__ import annotations

import sys
from pathlib import Path

import autodiff_core

sys.path[:0] = [str(Path(__file__).parent / "extensions"), str(Path(__file__).parent)]

project = "autodiff_core"
author = "The autodiff_core developers"
copyright = author
version = release = autodiff_core.__version__

extensions = [
    "sphinx.ext.autodoc",
    "numpydoc",
    "myst_nb",
    "sphinx_design",
    # docs/extensions
    "mathml",
    "names",
    "notebooks",
    "offline",
    "plain_docstrings",
    "reference",
]
exclude_patterns = ["extensions", "_static", "_templates"]
templates_path = ["_templates"]
source_suffix = {".md": "myst-nb", ".rst": "restructuredtext"}

# Pages are read by pages.notebook, which says what is run; one that raises ends the build.
nb_custom_formats = {".md": "pages.notebook"}
nb_execution_raise_on_error = True
nb_execution_in_temp = True
nb_execution_timeout = 120
nb_merge_streams = True

myst_enable_extensions = ["amsmath", "colon_fence", "dollarmath"]
myst_heading_anchors = 4
html_math_renderer = "mathml"
default_role = "py:obj"  # `name` in a docstring is a link where that is a public name
nitpicky = True
nitpick_ignore_regex = [("py:obj", r"(?!tf\.).*")]

numpydoc_show_class_members = False
autodoc_typehints = "none"
autodoc_member_order = "alphabetical"
toc_object_entries_show_parents = "hide"

html_theme = "furo"
pygments_dark_style = "github-dark"
html_title = "autodiff_core"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_domain_indices = False
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
