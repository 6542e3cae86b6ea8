"""A loss and its derivatives as programs: recorded here, on two rows that are repeated, and sent as bytes of files.

A program's inputs are params, a direction if it is a product with the Hessian, the rows of a part, and what else the
loss reads that can change: variables, and arrays that somebody can write to. It assigns nothing. Workers need the
package, and none of the modules that the loss is from.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Sequence
from typing import Any

import numpy as np

from .. import _core, nest
from ..derivatives.transforms import scalar_result, strict_tape
from ..programs.differentiable import optimised
from ..programs.encoding import ProgramFileError, to_bytes
from ..programs.layout import Layout, Place
from ..programs.program import Program
from ..programs.surroundings import names_around
from ..tape import inner
from ..tensors.indexed_slices import dense
from .parts import Data
from .strategy import ReduceOp
from .together import is_looked_at

__all__ = ["Loss", "Params", "key_of", "refuse_followed"]

_MOST_PROGRAMS = 64
"""Of a loss, by numbers of rows, that are kept: more than parts of any one data have."""


class Params:
    """What a loss is differentiated by: its leaves, and the way back to their structure.

    Attributes
    ----------
    who : str
        The method that is called.
    leaves : list of Variable or Tensor
        As they were given, numbers and arrays as tensors.
    """

    def __init__(self, who: str, params: Any) -> None:
        self.who = who
        given, self.rebuild = nest.flatten_for_tape(params, True)
        if not given:
            raise ValueError(f"{who}: params are empty: there is nothing to differentiate by")
        self.structure = nest.structure_key(params, True)
        self.leaves = [_core.operand(inner(leaf)) for leaf in given]
        for leaf in self.leaves:
            if not _core.is_differentiable(leaf.dtype) or leaf.dtype.kind == "c":
                raise TypeError(
                    f"{who}: params hold a value of dtype {leaf.dtype} and shape {tuple(leaf.shape)}; they are real "
                    f"floating-point numbers: write 1.0 for 1, or astype(float)"
                )

    @property
    def arrays(self) -> list[np.ndarray]:
        """Their values now."""
        return [_core.seen(leaf) for leaf in self.leaves]

    def direction(self, vector: Any) -> list[np.ndarray]:
        """A vector in the params' structure, leaf by leaf."""
        given = nest.flatten_for_tape(vector, True)[0]
        if nest.structure_key(vector, True) != self.structure:
            raise ValueError(
                f"{self.who}: the vector must have the params' structure, with shapes "
                f"{[tuple(leaf.shape) for leaf in self.leaves]}: {vector!r}"
            )
        arrays = [_core.seen(_core.detached(_core.operand(inner(leaf)))) for leaf in given]
        for array, leaf in zip(arrays, self.leaves, strict=True):
            if array.shape != tuple(leaf.shape):
                raise ValueError(
                    f"{self.who}: the vector has an array of shape {array.shape} where the params have one of shape "
                    f"{tuple(leaf.shape)}"
                )
        return [array.astype(leaf.dtype, copy=False) for array, leaf in zip(arrays, self.leaves, strict=True)]

    def like(self, arrays: Sequence[np.ndarray]) -> Any:
        """What workers gave for each leaf, as tensors of the leaves' dtypes, in the params' structure."""
        found = zip(arrays, self.leaves, strict=True)
        return self.rebuild([_core.to_tensor(array.astype(leaf.dtype)) for array, leaf in found])

    @property
    def key(self) -> tuple[Any, ...]:
        """What a program depends on: the structure, shapes and dtypes, and which variables there are."""
        kinds = tuple((tuple(leaf.shape), leaf.dtype) for leaf in self.leaves)
        return self.structure, kinds, tuple(id(x) if isinstance(x, _core.VariableCore) else 0 for x in self.leaves)


def refuse_followed(params: Params) -> None:
    """Say so where somebody listens, who would hear nothing of what workers compute."""
    if _core.is_tracing():
        raise RuntimeError(
            f"{params.who}: in a recorded function it would run once, when that is recorded; call it outside, and the "
            f"function with what it gives"
        )
    if _core.listening(list(params.leaves)):
        raise TypeError(
            f"{params.who}: a tape follows the params, and records nothing of what workers compute: call it outside of "
            f"the tape; it gives the derivative itself"
        )


def key_of(loss: Callable[..., Any], params: Params, data: Data, how: ReduceOp) -> Any:
    """What is recorded once for: the same derivative of the same loss, with the same numbers and strings around it, for
    params and rows alike."""
    around = _core.read_around(names_around(loss))[0]
    known = loss if isinstance(loss, Hashable) else _core.Same(loss)
    return params.who, known, around, params.key, data.key, how


class Loss:
    """A loss with a derivative, and the programs of them, by the number of rows.

    Which derivative, the method says that is called: the gradient (value_and_grad), a product with the Hessian (hvp),
    or the Hessian, block by block (hessian).

    Attributes
    ----------
    known : set of str
        The workers that have been sent its programs: whoever sends them writes that down.
    sent : dict
        By the number of rows, where Dask has the program: as well.
    dtype : dtype
        That of the value.
    bytes : int
        What the programs give, as float64.
    """

    def __init__(self, loss: Callable[..., Any], params: Params, data: Data, how: ReduceOp) -> None:
        self._loss, self._params, self._head, self.how = loss, params, data.head, how
        self._programs: dict[int, tuple[Program, list[Any]]] = {}
        self._contents: dict[int, tuple[bytes, str]] = {}
        self.known: set[str] = set()
        self.sent: dict[int, Any] = {}
        self.dtype = np.dtype(np.float64)
        count = sum(int(leaf.size) for leaf in params.leaves)
        self.bytes = 8 * (1 + (count**2 if params.who == "hessian" else count))
        self._has_one_row = max(data.rows) == 1
        self._evaluations = 0

    def content(self, rows: int) -> tuple[bytes, str]:
        """The bytes of the program for so many rows, and their digest."""
        if rows not in self._contents:
            try:
                content = to_bytes(self._program(rows)[0])
            except ProgramFileError as error:
                raise ProgramFileError(
                    f"{self._params.who}: the loss cannot be sent as a program: {error}. A function as it is goes by "
                    f"the strategy's run, and reduce adds up what it gives"
                ) from None
            self._contents[rows] = content, hashlib.sha256(content).hexdigest()
        return self._contents[rows]

    def reads(self, rows: int, arrays: Sequence[np.ndarray]) -> list[np.ndarray]:
        """What the program reads beside its arguments and data, as it is now."""
        found = []
        for read in self._program(rows)[1]:
            # (A variable among the params is assigned first; its value is of no account.)
            place = next((k for k, leaf in enumerate(self._params.leaves) if leaf is read), None)
            found.append(_core.seen(_core.detached(_core.present(read))) if place is None else arrays[place])
        return found

    def _program(self, rows: int) -> tuple[Program, list[Any]]:
        if rows not in self._programs:
            blocks = [np.resize(leaf, (rows, *leaf.shape[1:])) for leaf in nest.flatten(self._head)]
            with _core.Untraced():
                recorded = Program.from_function(self._recorded, *self._first_arguments(), *blocks)
            self._programs[rows] = _without_state(recorded)
            for oldest in list(self._programs)[:-_MOST_PROGRAMS]:
                for kept in (self._programs, self._contents, self.sent):
                    kept.pop(oldest, None)
        return self._programs[rows]

    def _first_arguments(self) -> list[np.ndarray]:
        """Params as they are now, and a direction, where that is one of the arguments."""
        arrays = self._params.arrays
        return arrays * 2 if self._params.who == "hvp" else arrays

    def _recorded(self, *arguments: Any) -> tuple[Any, ...]:
        """The value, and the derivative in its parts."""
        who, count = self._params.who, len(self._params.leaves)
        sources = []
        for leaf, tensor in zip(self._params.leaves, arguments[:count], strict=True):
            if isinstance(leaf, _core.VariableCore):
                leaf.assign(tensor)
            sources.append(leaf if isinstance(leaf, _core.VariableCore) else tensor)
        first = 2 * count if who == "hvp" else count
        data = nest.flatten_for_tape(self._head)[1](list(arguments[first:]))
        with strict_tape(persistent=True) as tape:
            tape.watch(sources)
            params = self._params.rebuild(list(sources))
            value = self._loss(params, *data) if isinstance(data, tuple) else self._loss(params, data)
            value = scalar_result(who, value)
        if not _core.is_differentiable(value.dtype) or value.dtype.kind == "c":
            raise TypeError(f"{who}: the loss is of {value.dtype}; it must be a real floating-point number")
        self.dtype = value.dtype
        found = tape.gradient(value, sources)
        if all(gradient is None for gradient in found):
            raise ValueError(
                f"{who}: as far as a tape can follow, the loss does not depend on the params: compute it of them, by "
                f"recorded operations"
            )
        if who == "hessian":
            return value, *(block for row in tape.hessian(value, sources) for block in row)
        if who == "hvp":
            found = tape.hvp(value, sources, list(arguments[count:first]))
        zeros = [np.zeros(leaf.shape, leaf.dtype) for leaf in self._params.leaves]
        return value, *(zero if g is None else dense(g) for g, zero in zip(found, zeros, strict=True))

    def check_rows(self, arrays: Sequence[np.ndarray]) -> None:
        """Hold the loss of two rows against those of each alone: it has to be their sum, or their mean.

        Before the first evaluation, the second, the fourth, the eighth ...: where params are zeros, as where most
        searches begin, a penalty on them is nothing yet.
        """
        number = self._evaluations + 1
        if not self._has_one_row and is_looked_at(number):
            self._check_rows(arrays)
        self._evaluations = number

    def _check_rows(self, arrays: Sequence[np.ndarray]) -> None:
        leaves = [leaf if len(leaf) > 1 else np.resize(leaf, (2, *leaf.shape[1:])) for leaf in nest.flatten(self._head)]
        with np.errstate(all="ignore"):
            both, first, second = (
                self._value_on([leaf[k:end] for leaf in leaves], arrays) for k, end in ((0, 2), (0, 1), (1, 2))
            )
        mean = self.how is ReduceOp.MEAN
        wanted = (first + second) * (0.5 if mean else 1.0)
        size = abs(both) + abs(first) + abs(second)
        if not np.isfinite(size) or abs(both - wanted) <= 8.0 * np.sqrt(_precision(self.dtype)) * size:
            return
        advice = (
            "a mean over rows (tf.reduce_mean) of what each row gives by itself"
            if mean
            else "a sum over rows (tf.reduce_sum) of what each row gives by itself; what does not depend on rows, a "
            'penalty on the params, is counted right with "MEAN" alone'
        )
        raise ValueError(
            f'{self._params.who}: with reduce_op "{self.how.value}" the loss of two rows is the '
            f"{'mean' if mean else 'sum'} of the losses of each alone. Of the first two rows of the data it is "
            f"{both:.6g}, of each alone {first:.6g} and {second:.6g}. It must be {advice}"
        )

    def _value_on(self, blocks: list[np.ndarray], arrays: Sequence[np.ndarray]) -> float:
        rows = len(blocks[0])
        program, _ = self._program(rows)
        return float(program(*arrays, *blocks, *self.reads(rows, arrays))[0])


def _without_state(program: Program) -> tuple[Program, list[Any]]:
    """The program as one that assigns nothing, and of which what can change is an input; and what that is."""
    recorded = program.core
    # (A tensor that was captured is a constant; `present` gives another one for an array that can be written to.)
    changing = [(node, read) for node, read in recorded.captures if _core.present(read) is not read]
    own = recorded.copy()
    own.set_ends(own.input_count, own.variables, own.outputs, own.assigned, changing, dict(own.places))
    closed, reads = _core.close_program(own)
    count = len(recorded.outputs)
    closed.set_ends(closed.input_count, [], closed.outputs[:count], [], [], dict(closed.places))
    made = optimised(closed, program.passes)
    arguments = Layout((tuple(Place(k) for k in range(made.input_count)), {}))
    return Program(made, arguments, Layout(tuple(Place(k) for k in range(count))), program.passes), reads


def _precision(dtype: Any) -> float:
    return float(np.finfo(dtype).eps) if dtype.kind == "f" else 2.0**-7
