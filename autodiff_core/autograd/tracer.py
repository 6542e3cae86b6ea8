"""What `autograd.tracer` has: boxes and primitives."""

from .boxes import (
    Box,
    Node,
    box_type_mappings,
    box_types,
    getval,
    isbox,
    new_box,
    notrace_primitive,
    notrace_primitives,
    register_notrace,
    trace_stack,
)
from .core import primitive

__all__ = [
    "Box",
    "Node",
    "box_type_mappings",
    "box_types",
    "getval",
    "isbox",
    "new_box",
    "notrace_primitive",
    "notrace_primitives",
    "primitive",
    "register_notrace",
    "trace_stack",
]
