"""The documentation's site: how pages are read, and what is held against what was built. (`make docs` builds it.)"""

import functools
import re
from pathlib import Path

import numpy as np
import pytest

import autodiff_core as tf
import offline  # (docs/extensions/)
import pages
import plain_docstrings
import reference

PAGE = """# A page

Some words.

```python
x = 1
```

Between.

<!-- no-run -->
```python
raise ValueError
```

    indented = "```python"

```python
y = x + 1
assert y == 2
```
"""


def test_a_page_and_its_notebook_run_the_same_code():
    cells = [source for kind, source, _ in pages.cells(PAGE) if kind == "code"]
    assert cells == ["x = 1", "y = x + 1\nassert y == 2"]
    assert [line for line in pages.script(PAGE).splitlines() if line] == "\n".join(cells).splitlines()
    assert "raise ValueError" in list(pages.cells(PAGE))[2].source  # what does not run is shown


def test_lines_of_a_script_and_of_a_notebook_are_those_of_the_page():
    lines = PAGE.splitlines()
    for number, line in enumerate(pages.script(PAGE).splitlines()):
        assert not line or line == lines[number]
    for _, source, number in pages.cells(PAGE):
        assert lines[number] == source.splitlines()[0]


@pytest.mark.parametrize(("text", "shown"), [(PAGE, False), (f"# A page\n\n<!-- outputs -->\n{PAGE}", True)])
def test_a_comment_says_that_the_site_runs_a_page(text, shown):
    assert pages.shows_outputs(text) is shown


@pytest.mark.parametrize(
    "page",
    [
        '<script src="https://cdn.example/mathjax.js"></script>',
        '<script src="//cdn.example/mathjax.js"></script>',
        '<link rel="stylesheet" href="https://fonts.example/css">',
        '<link rel="preconnect" href="https://fonts.example">',
        '<img alt="" src="http://example/badge.svg">',
        "<img srcset='https://example/badge.png 2x'>",
        '<iframe src="https://example/video"></iframe>',
        "<style>@import 'https://fonts.example/css';</style>",
        '<p style="background: url(https://example/picture.png)">',
        '<svg><image xlink:href="https://example/picture.png"/></svg>',
    ],
)
def test_a_page_that_fetches_something_is_found(page):
    assert len(offline.fetched(f"<html><body>{page}</body></html>")) == 1


@pytest.mark.parametrize(
    "page",
    [
        '<a href="https://numpy.org">NumPy</a>',
        '<script src="_static/documentation_options.js"></script>',
        '<link rel="canonical" href="https://example/page.html">',
        '<img src="data:image/png;base64,AAAA">',
        "<p>https://example</p>",
        '<svg xmlns="http://www.w3.org/2000/svg"><use href="#svg-moon"></use></svg>',
    ],
)
def test_what_is_followed_by_hand_or_comes_with_the_page_is_not_fetched(page):
    assert offline.fetched(page) == []


def test_a_style_sheet_that_fetches_a_font_is_found():
    assert offline.fetched_by_styles("@font-face { src: url('https://fonts.example/a.woff2') }")
    assert not offline.fetched_by_styles("@font-face { src: url('../fonts/a.woff2') }")


@pytest.fixture(scope="module")
def written():
    return dict(reference.pages())


@pytest.mark.parametrize("namespace", reference.namespaces())
def test_every_public_name_of_a_namespace_has_its_place_in_the_reference(namespace, written):
    found = reference.namespaces()
    named = reference.entries(found)
    here = f"tf.{namespace}".rstrip(".")
    for name in found[namespace].__all__:
        path = f"{namespace}.{name}".lstrip(".")
        if reference.rows_of(namespace):
            assert path in found or f".. py:data:: {name}\n" in written[here], path
            continue
        thing = getattr(found[namespace], name)
        if own := [one for one, module in found.items() if module is thing]:  # a page of its own
            assert f":doc:`tf.{own[0]}`" in written[here if namespace else "index"], path
            continue
        home, _, described = f"tf.{named[path].name}".rpartition(".")
        assert f":py:obj:`{name} <{home}.{described}>`" in written[here], path
        if named[path].is_class:
            assert f".. autoclass:: {home}::{described}\n" in written[f"{home}.{described}"]
        else:
            directives = (f".. autofunction:: {home}::{described}\n", f".. py:data:: {described}\n")
            assert any(one in written[home] for one in directives), path


def test_namespaces_are_found_by_themselves():
    assert {"", "math", "linalg", "nn", "keras.layers", "scipy.special", "autograd.misc.optimizers"} <= set(
        reference.namespaces()
    )


def test_what_has_several_names_is_described_once_where_it_belongs():
    named = reference.entries(reference.namespaces())
    assert named["sin"] is named["math.sin"]
    assert named["sin"].name == "math.sin"
    assert named["vmap"].names == ["vectorize", "vmap"]


def test_a_docstring_is_plain_text_but_for_its_backticks():
    text = "a * b of `x` and |y|, after `other` and\n``z``, for name_.\n\n>>> 2 * 3\n6\n\nx ** `a b`"
    said = plain_docstrings.as_rst(text, plain=frozenset(["x"]))
    assert said == (
        "a \\* b of ``x`` and \\|y\\|, after `other` and\n``z``, for name\\_.\n\n>>> 2 * 3\n6\n\nx \\*\\* ``a b``"
    )


DOCS = Path(__file__).resolve().parents[1] / "docs"
ROW = re.compile(r"^\| (.+?) \| (.+?) \|(.*)\|$", re.MULTILINE)
NAME = re.compile(r"\b(tf|np)((?:\.\w+)+)")


def names_to_come_to(page):
    """Ours and NumPy's names in the tables of a page for users of another library."""
    tables = re.search(r"^## Names$(.*?)^## ", (DOCS / page).read_text(), re.MULTILINE | re.DOTALL)
    cells = [cell for row in ROW.findall(tables[1])[2:] for cell in row[1:]]
    return sorted({found[0] + found[1] for cell in cells for found in NAME.findall(cell)})


@pytest.mark.parametrize("page", ["tensorflow.md", "pytorch.md", "jax.md", "autograd.md"])
def test_the_names_that_users_of_other_libraries_are_sent_to_are_there(page):
    names = names_to_come_to(page)
    assert len(names) > 10
    for name in names:
        library, *path = name.split(".")
        functools.reduce(getattr, path, {"tf": tf, "np": np}[library])


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: str(page.relative_to(DOCS)))
def test_the_notebook_of_each_page_runs_what_the_page_runs(page):
    text = page.read_text()
    code = [source for kind, source, _ in pages.cells(text) if kind == "code"]
    assert "\n".join(code).split("\n") == "".join(block.code for block in pages.blocks(text)).removesuffix("\n").split(
        "\n"
    )
    whole = [source if kind == "markdown" else f"```python\n{source}\n```" for kind, source, _ in pages.cells(text)]
    assert "".join(text.split()) == "".join("".join(whole).split())  # and says what the page says


def test_a_solution_that_is_folded_is_folded_in_a_notebook():
    fold = "<details>\n<summary>Solution</summary>\n\n"
    made = list(
        pages.folded(
            pages.cells(
                f"**1.** Why?\n\n{fold}Since.\n\n```python\nx = 1\n```\n\nSo.\n\n</details>\n\n**2.** Who?\n\n"
                f"{fold}This.\n\n```python\ny = 2\n```\n\n</details>\n\nEnd.\n\n```python\nz = 3\n```\n"
            )
        )
    )
    assert [(kind, source) for kind, source, _ in made] == [
        ("markdown", f"**1.** Why?\n\n{fold}Since.\n\n</details>"),
        ("hidden", "x = 1"),
        ("markdown", f"{fold}So.\n\n</details>\n\n**2.** Who?\n\n{fold}This.\n\n</details>"),
        ("hidden", "y = 2"),
        ("markdown", "End."),
        ("code", "z = 3"),
    ]


@pytest.mark.parametrize("page", sorted((DOCS / "course").glob("*.md")), ids=lambda page: page.stem)
def test_no_fold_goes_from_one_cell_to_another(page):
    for cell in pages.folded(pages.cells(page.read_text())):
        assert cell.source.count("<details>") == cell.source.count("</details>")


def test_what_another_library_says_is_quoted():
    said = plain_docstrings.as_rst("The `kind` of ``x``, *any* :ref:", quoted=True)
    assert said == "The ``kind`` of ``x``, \\*any\\* \\:ref\\:"


def test_every_page_is_in_the_navigation():
    listed = {DOCS / "index.md"}
    for page in DOCS.rglob("*.md"):
        for tree in re.findall(r"^```{toctree}\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL):
            names = [line for line in tree.split() if not line.startswith(":")]
            listed |= {page.parent / f"{name}.md" for name in names}
    assert set(DOCS.rglob("*.md")) - listed == set()


def test_the_readme_names_files_that_are_there():
    for name in re.findall(r"`((?:docs/|examples/)[^`]*|[A-Z]+\.md)`", (DOCS.parent / "README.md").read_text()):
        assert (DOCS.parent / name).exists(), name
