"""What the file of a library gives: for a problem and a variant of the library, something to call again and again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Protocol

import numpy as np

from .problems import Problem

LEARNING_RATE = 1e-3
EPSILON = 1e-7
FIRST_STEP_EPSILON = EPSILON / (1 - 0.999) ** 0.5
"""TensorFlow adds epsilon to sqrt(v) before it corrects v's bias, others afterwards: the same in the first step."""
SMALL_EPSILON = 1e-20
"""Of several steps: small enough that it does not matter where it is added."""
NORM_EPSILON = 1e-5
"""Added to variances before what is normed is divided by their root."""


class Lacks(AttributeError):
    """A formula asks for what the library has not, or what nobody has written down for it."""


class Namespace(SimpleNamespace):
    """What formulas find of a library."""

    def __getattr__(self, name: str) -> Any:
        raise Lacks(name)


def arrays(results: Sequence[Any]) -> list[np.ndarray]:
    return [np.asarray(result) for result in results]


@dataclass(frozen=True)
class Program:
    """`call` does the work, and waits until it is done; `read` makes NumPy arrays of what it returns, untimed."""

    call: Callable[[], Any]
    read: Callable[[Any], list[np.ndarray]] = arrays
    first: Callable[[], Any] | None = None
    """What has to be done before it is ready, where that is less than a call."""


class Library(Protocol):
    """A file of programs. All of `prepare` and the first call, or what is `first`, is the time until it is ready."""

    VARIANTS: dict[str, str]
    """The variants' names on the page."""
    COMPILED: frozenset[str]
    """Those that record or compile first, and then replay."""

    def version(self) -> str: ...

    def prepare(self, problem: Problem, variant: str) -> Program | None:
        """None where the library has no such thing, or the variant does not suit the problem."""
