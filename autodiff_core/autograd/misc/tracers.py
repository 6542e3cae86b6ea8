"""What `autograd.misc.tracers` has: functions recorded once and replayed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...nest import map_structure
from ...programs.function import function
from ..boxes import holds_box, plain
from ..wrap_util import wraps

__all__ = ["const_graph"]


def const_graph(fun: Callable[..., Any], *args: Any, **kwargs: Any) -> Callable[..., Any]:
    """A function of which the first arguments are given, recorded at its first call and replayed from then on."""
    recorded = function(lambda *rest: fun(*args, *rest, **kwargs))

    def replayed(*rest: Any) -> Any:
        result = recorded(*rest)
        return result if holds_box(rest) else map_structure(plain, result)

    return wraps(fun)(replayed)
