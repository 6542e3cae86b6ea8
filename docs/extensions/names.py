"""Names in the text lead to the reference: `tf.grad` on a page is a link to what is said of it."""

from __future__ import annotations

import re

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.nodes import make_refnode

# A name of ours, alone or called.
NAME = re.compile(r"(tf(?:\.[A-Za-z_]\w*)+)(?:\(.*\))?")


def _link(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    objects = app.env.domains.python_domain.objects
    for literal in list(doctree.findall(nodes.literal)):
        found = NAME.fullmatch(literal.astext())
        target = found and objects.get(found[1])
        if target and not isinstance(literal.parent, (nodes.reference, nodes.title)):
            link = make_refnode(app.builder, docname, target.docname, target.node_id, literal.deepcopy(), found[1])
            literal.parent.replace(literal, link)


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("doctree-resolved", _link)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
