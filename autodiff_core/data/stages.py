"""The stages of pipelines: sources of elements, and what takes another stage's and passes on its own.

A stage says of which form its handles are, how many there are, what elements are like, and iterates: each time anew.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .. import _core, nest
from ..programs.shapes import eval_shape
from ..programs.tensor_spec import TensorSpec
from ..tensor_shape import TensorShape
from . import INFINITE_CARDINALITY as INFINITE
from . import UNKNOWN_CARDINALITY as UNKNOWN
from .forms import FINISHED, Form, Numbers, Rows, Zipped
from .padding import Padding, shapes_for
from .prefetching import Prefetched
from .structures import alone, finished, leaves_of, spec_of, stacked, up_to

__all__ = ["Stage"]


class Stage:
    """What all of them have."""

    form: Form = FINISHED

    def handles(self) -> Iterator[Any]:
        """The handles of all elements, anew."""
        raise NotImplementedError

    def count(self) -> int:
        """How many there are, as far as that is known without iterating."""
        return UNKNOWN

    def spec(self) -> Any:
        """The specs of an element's tensors, in its structure."""
        raise NotImplementedError

    def elements(self) -> Iterator[Any]:
        """All elements, anew."""
        return map(self.form.element, self.handles())


# ------------------------------------------------------------------------------------------------------------- sources


class Slices(Stage):
    """The rows of tensors."""

    def __init__(self, tensors: Any) -> None:
        leaves = leaves_of(tensors)
        if not leaves:
            raise ValueError("from_tensor_slices: the structure has no tensors in it")
        for leaf in leaves:
            if not leaf.ndim:
                raise ValueError(
                    "Unbatching a tensor is only supported for rank >= 1: from_tensor_slices takes tensors apart along "
                    "their first axis, and a scalar has none"
                )
        lengths = [leaf.shape[0] for leaf in leaves]
        if min(lengths) != max(lengths):
            raise ValueError(f"Dimensions {lengths} are not compatible: all tensors must have as many rows")
        self._tensors, self._count = tensors, int(lengths[0])
        self.form = Rows(tensors)

    def handles(self) -> Iterator[Any]:
        return iter(range(self._count))

    def count(self) -> int:
        return self._count

    def spec(self) -> Any:
        return nest.map_structure(_row, spec_of(self._tensors))


def _row(one: TensorSpec) -> TensorSpec:
    """The spec of a tensor's rows."""
    if one.shape is not None and not len(one.shape):
        raise ValueError("Unbatching a tensor is only supported for rank >= 1, and the elements have scalars")
    return TensorSpec(None if one.shape is None else tuple(one.shape)[1:], one.dtype)


class One(Stage):
    """One element."""

    def __init__(self, element: Any) -> None:
        self._element = element

    def handles(self) -> Iterator[Any]:
        return iter((self._element,))

    def count(self) -> int:
        return 1

    def spec(self) -> Any:
        return spec_of(self._element)


class Range(Stage):
    """Numbers at equal steps."""

    def __init__(self, numbers: range, dtype: Any) -> None:
        self._numbers, self._dtype = numbers, dtype
        self.form = Numbers(dtype)

    def handles(self) -> Iterator[Any]:
        return iter(self._numbers)

    def count(self) -> int:
        return len(self._numbers)

    def spec(self) -> Any:
        return TensorSpec((), self._dtype)


class Counter(Stage):
    """Numbers without end."""

    form = Numbers(np.int64)

    def __init__(self, start: int) -> None:
        self._start = start

    def handles(self) -> Iterator[Any]:
        return itertools.count(self._start)

    def count(self) -> int:
        return INFINITE

    def spec(self) -> Any:
        return TensorSpec((), np.int64)


class Generated(Stage):
    """What a Python iterable gives, each time made anew."""

    def __init__(self, generator: Callable[..., Any], args: tuple[Any, ...], signature: Any) -> None:
        self._generator, self._args, self._signature = generator, args, signature
        self._specs, self._rebuild = nest.flatten_for_tape(signature)

    def handles(self) -> Iterator[Any]:
        for value in self._generator(*self._args):
            yield self._rebuild([self._tensor(k, leaf) for k, leaf in enumerate(self._leaves(value))])

    def _leaves(self, value: Any) -> list[Any]:
        try:
            return up_to(self._signature, value)
        except (TypeError, ValueError, KeyError) as error:
            raise TypeError(
                f"`generator` yielded an element that did not match the expected structure. The expected structure was "
                f"{self._signature}, but the yielded element was {value!r}"
            ) from error

    def _tensor(self, k: int, value: Any) -> _core.Tensor:
        spec = self._specs[k]
        value = alone(value, "from_generator") if isinstance(value, _core.Operand) else value
        try:
            if isinstance(value, _core.Operand):
                array = _core.value_array(value)
                array = array if array.dtype == spec.dtype else array.astype(spec.dtype)
            else:
                array = np.array(value, spec.dtype)
        except (TypeError, ValueError, OverflowError) as error:
            raise TypeError(
                f"`generator` yielded an element that could not be converted to the expected type. The expected type "
                f"was {spec.dtype.name}, but the yielded element was {value!r}"
            ) from error
        if not TensorShape(spec.shape).is_compatible_with(array.shape):
            raise TypeError(
                f"`generator` yielded an element of shape {array.shape} where an element of shape "
                f"{TensorShape(spec.shape)} was expected"
            )
        return _core.adopt(array)

    def spec(self) -> Any:
        return self._signature


class Zip(Stage):
    """Elements of several stages at once, as far as the shortest goes."""

    def __init__(self, stages: list[Stage], rebuild: Callable[[list[Any]], Any]) -> None:
        self._stages, self._rebuild = stages, rebuild
        self.form = Zipped([stage.form for stage in stages], rebuild)

    def handles(self) -> Iterator[Any]:
        return zip(*[stage.handles() for stage in self._stages], strict=False)

    def count(self) -> int:
        counts = [count for stage in self._stages if (count := stage.count()) != INFINITE]
        if not counts:
            return INFINITE
        return UNKNOWN if UNKNOWN in counts else min(counts)

    def spec(self) -> Any:
        return self._rebuild([stage.spec() for stage in self._stages])


# ---------------------------------------------------------------------------------------------- what chooses and orders


class Choosing(Stage):
    """What passes its source's handles on."""

    def __init__(self, source: Stage) -> None:
        self._source = source
        self.form = source.form

    def spec(self) -> Any:
        return self._source.spec()

    def count(self) -> int:
        return self._source.count()


class Take(Choosing):
    """The first ones."""

    def __init__(self, source: Stage, count: int) -> None:
        super().__init__(source)
        self._count = count

    def handles(self) -> Iterator[Any]:
        return self._source.handles() if self._count < 0 else itertools.islice(self._source.handles(), self._count)

    def count(self) -> int:
        known = self._source.count()
        if self._count < 0 or known == UNKNOWN:
            return known
        return self._count if known == INFINITE else min(known, self._count)


class Skip(Choosing):
    """All but the first ones."""

    def __init__(self, source: Stage, count: int) -> None:
        super().__init__(source)
        self._count = count

    def handles(self) -> Iterator[Any]:
        return iter(()) if self._count < 0 else itertools.islice(self._source.handles(), self._count, None)

    def count(self) -> int:
        known = self._source.count()
        if self._count < 0:
            return known if known == UNKNOWN else 0
        return known if known < 0 else max(known - self._count, 0)


class Shard(Choosing):
    """Every so manieth."""

    def __init__(self, source: Stage, shards: int, index: int) -> None:
        super().__init__(source)
        self._shards, self._index = shards, index

    def handles(self) -> Iterator[Any]:
        return itertools.islice(self._source.handles(), self._index, None, self._shards)

    def count(self) -> int:
        known = self._source.count()
        return known if known < 0 else max(known - self._index + self._shards - 1, 0) // self._shards


class Repeat(Choosing):
    """All of them several times, or without end."""

    def __init__(self, source: Stage, count: int) -> None:
        super().__init__(source)
        self._count = count

    def handles(self) -> Iterator[Any]:
        for _ in itertools.count() if self._count < 0 else range(self._count):
            empty = True
            for handle in self._source.handles():
                empty = False
                yield handle
            if empty:
                return

    def count(self) -> int:
        known = self._source.count()
        if self._count < 0:
            return 0 if known == 0 else INFINITE
        return known * self._count if known >= 0 else (0 if self._count == 0 else known)


class Shuffle(Choosing):
    """Always a random one of the next so many."""

    def __init__(self, source: Stage, size: int | None, seeds: list[int], anew: bool) -> None:
        super().__init__(source)
        self._size, self.seeds = size, seeds
        self._anew, self._rounds = anew, 0

    def handles(self) -> Iterator[Any]:
        # (By whoever asks for an iterator, not when its first element is asked for, perhaps by another thread.)
        number = self._rounds
        self._rounds += self._anew
        return self._shuffled([*self.seeds, number])

    def _shuffled(self, seeds: list[int]) -> Iterator[Any]:
        generator = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seeds)))
        source = self._source.handles()
        buffer = list(source if self._size is None else itertools.islice(source, self._size))
        if self._size is not None and len(buffer) == self._size:
            yield from _exchanged(buffer, source, generator)
        for place in generator.permutation(len(buffer)).tolist():
            yield buffer[place]


def shuffles_in(stage: Stage) -> list[Shuffle]:
    """The stages that shuffle, of one and all that it reads."""
    found = [stage] if isinstance(stage, Shuffle) else []
    for part in vars(stage).values():
        for source in part if isinstance(part, (list, tuple)) else [part]:
            if isinstance(source, Stage):
                found += shuffles_in(source)
    return found


def _exchanged(buffer: list[Any], source: Iterator[Any], generator: np.random.Generator) -> Iterator[Any]:
    """Elements of a full buffer, for each of which one of the source's comes in, to its end."""
    size = len(buffer)
    while incoming := list(itertools.islice(source, 256)):
        for place, handle in zip(generator.integers(size, size=len(incoming)).tolist(), incoming, strict=True):
            given, buffer[place] = buffer[place], handle
            yield given


class Cache(Choosing):
    """Kept when it has been iterated over once, to the end."""

    def __init__(self, source: Stage) -> None:
        super().__init__(source)
        self._kept: list[Any] | None = None

    def handles(self) -> Iterator[Any]:
        return self._keeping() if self._kept is None else iter(self._kept)

    def _keeping(self) -> Iterator[Any]:
        kept = []
        for handle in self._source.handles():
            kept.append(handle)
            yield handle
        self._kept = kept


class Prefetch(Choosing):
    """Made by a thread, a few elements ahead."""

    def __init__(self, source: Stage, size: int) -> None:
        super().__init__(source)
        self._size = size

    def handles(self) -> Iterator[Any]:
        handles = self._source.handles()
        # (Of another thread `grad` would hear nothing, and could not say so where elements depend on its arguments.)
        return handles if _core.is_strict() else Prefetched(handles, self._size)


class Filter(Choosing):
    """Those for which a function is true."""

    def __init__(self, source: Stage, predicate: Callable[..., Any]) -> None:
        super().__init__(source)
        self._predicate = predicate

    def handles(self) -> Iterator[Any]:
        element = self.form.element
        for handle in self._source.handles():
            if _truth(called(self._predicate, element(handle))):
                yield handle

    def count(self) -> int:
        return UNKNOWN


class TakeWhile(Filter):
    """The first ones, while a function of them is true."""

    def handles(self) -> Iterator[Any]:
        element = self.form.element
        for handle in self._source.handles():
            if not _truth(called(self._predicate, element(handle))):
                return
            yield handle


def _truth(answer: Any) -> bool:
    """What a predicate says."""
    value = _core.value_array(answer) if isinstance(answer, _core.Operand) else np.asarray(answer)
    if value.dtype != np.bool_ or value.shape:
        raise ValueError(
            f"Invalid `predicate`. `predicate` must return a `tf.bool` scalar tensor, but it gave one of dtype "
            f"{value.dtype.name} and shape {value.shape}"
        )
    return bool(value)


class Concatenate(Stage):
    """One's elements, then another's; of one that is such already, all of its and then another's."""

    def __init__(self, first: Stage, second: Stage) -> None:
        self._stages: tuple[Stage, ...] = (*(first._stages if isinstance(first, Concatenate) else (first,)), second)
        self._same = all(stage.form is second.form for stage in self._stages)
        self.form = second.form if self._same else FINISHED

    def handles(self) -> Iterator[Any]:
        for stage in self._stages:
            yield from stage.handles() if self._same else stage.elements()

    def count(self) -> int:
        counts = [stage.count() for stage in self._stages]
        if INFINITE in counts:
            return INFINITE
        return UNKNOWN if UNKNOWN in counts else sum(counts)

    def spec(self) -> Any:
        specs = [stage.spec() for stage in self._stages]
        return functools.reduce(functools.partial(nest.map_structure, _common), specs)


def _common(first: TensorSpec, second: TensorSpec) -> TensorSpec:
    """What holds of both."""
    if first.dtype != second.dtype:
        raise TypeError(f"Two datasets to concatenate have different types {first.dtype} and {second.dtype}")
    shape = TensorShape(first.shape).most_specific_compatible_shape(second.shape)
    return TensorSpec(None if shape.rank is None else shape, first.dtype)


# --------------------------------------------------------------------------------------------------------- what makes


class Map(Stage):
    """What a function makes of each."""

    def __init__(self, source: Stage, function: Callable[..., Any]) -> None:
        self._source, self._function = source, function
        self._spec: Any = None

    def handles(self) -> Iterator[Any]:
        element = self._source.form.element
        for handle in self._source.handles():
            yield made(self._function, element(handle))

    def count(self) -> int:
        return self._source.count()

    def spec(self) -> Any:
        if self._spec is None:
            self._spec = spec_of_made(self._source, lambda element: spec_of(made(self._function, element)))
        return self._spec


def called(function: Callable[..., Any], element: Any) -> Any:
    """A function's result for an element, whose parts are its arguments where it is a tuple."""
    return function(*element) if type(element) is tuple else function(element)


def made(function: Callable[..., Any], element: Any) -> Any:
    """The same as an element. A list is a tuple: likely of results that do not stack."""
    result = called(function, element)
    if type(result) is _core.Tensor:
        return alone(result, "map")
    return finished(tuple(result) if isinstance(result, list) else result, "map")


def spec_of_made(source: Stage, spec_for: Callable[[Any], Any]) -> Any:
    """What is made of elements that are like a stage's, found out by shapes alone.

    Where the function asks for values, it is called with zeros and with ones, and with two and three in the places of
    open sizes: what differs then is open. Where that is refused, the stage's first element says it.
    """
    listening = _core.suspend()
    try:
        spec = source.spec()
        with contextlib.suppress(Exception):
            return eval_shape(spec_for, spec)
        try:
            with np.errstate(all="ignore"):
                found = [spec_for(_filled(spec, value, size)) for value, size in ((0, 2), (1, 3))]
                return nest.map_structure(_common, *found)
        except Exception:
            for element in source.elements():
                return spec_for(element)
            raise
    finally:
        _core.resume(listening)


def _filled(spec: Any, value: int, size: int) -> Any:
    """An element like a spec, full of one value, with a size in the places of open ones."""

    def tensor(one: TensorSpec) -> _core.Tensor:
        if one.shape is None:
            raise ValueError("any number of axes")
        return _core.adopt(np.full([size if n is None else n for n in one.shape], value, one.dtype))

    return nest.map_structure(tensor, spec)


class Batch(Stage):
    """Several of them as one."""

    _shapes: Any = None  # what components are filled up to: their own

    def __init__(self, source: Stage, size: int, drop_remainder: bool) -> None:
        self._source, self._size, self._drop = source, size, drop_remainder

    def handles(self) -> Iterator[Any]:
        source = self._source.handles()
        while handles := list(itertools.islice(source, self._size)):
            if self._drop and len(handles) < self._size:
                return
            yield self.joined(handles)

    def joined(self, handles: list[Any]) -> Any:
        return self._source.form.batch(handles)

    def count(self) -> int:
        known = self._source.count()
        return known if known < 0 else (known if self._drop else known + self._size - 1) // self._size

    def spec(self) -> Any:
        size = self._size if self._drop else None
        spec = self._source.spec()
        specs = [
            TensorSpec(None if shape is None else (size, *shape), one.dtype)
            for shape, one in zip(shapes_for(spec, self._shapes), nest.flatten(spec), strict=True)
        ]
        return nest.pack_sequence_as(spec, specs)


class PaddedBatch(Batch):
    """Several of them as one, filled up to one shape."""

    def __init__(self, source: Stage, size: int, drop_remainder: bool, shapes: Any, values: Any) -> None:
        super().__init__(source, size, drop_remainder)
        self._shapes, self._values = shapes, values

    def joined(self, handles: list[Any]) -> Any:
        elements = [self._source.form.element(handle) for handle in handles]
        return stacked(elements, "padded_batch", Padding(elements[0], self._shapes, self._values).joined)


class Unbatch(Stage):
    """The rows of each."""

    def __init__(self, source: Stage) -> None:
        self._source = source

    def handles(self) -> Iterator[Any]:
        for element in self._source.elements():
            yield from Slices(element).elements()

    def count(self) -> int:
        known = self._source.count()
        if known < 0:
            return known
        rows = [one.shape[0] for one in nest.flatten(self._source.spec()) if one.shape is not None and len(one.shape)]
        return next((known * size for size in rows if size), UNKNOWN)

    def spec(self) -> Any:
        return nest.map_structure(_row, self._source.spec())


class Interleave(Stage):
    """The elements of datasets that a function gives, of several by turns, so many of each."""

    def __init__(self, source: Stage, function: Callable[..., Any], at_once: int, each: int, what: str) -> None:
        self._source, self._function, self._at_once, self._each = source, function, at_once, each
        self._what = what
        self._spec: Any = None

    def _given(self, element: Any) -> Stage:
        given = called(self._function, element)
        stage = getattr(given, "_stage", None)
        if not isinstance(stage, Stage):
            raise TypeError(
                f"The `map_func` argument of {self._what} must return a `Dataset` object, but it gave "
                f"{type(given).__name__}"
            )
        return stage

    def handles(self) -> Iterator[Any]:
        source = self._source.elements()
        places: list[Iterator[Any] | None] = [None] * self._at_once
        more, k = True, 0
        while True:
            if places[k] is None and more:
                element = next(source, None)
                more = element is not None
                if more:
                    places[k] = self._given(element).elements()
            place = places[k]
            if place is not None:
                given = 0
                for element in itertools.islice(place, self._each):
                    given += 1
                    yield element
                if given < self._each:
                    places[k] = None
            elif not more and not any(places):
                return
            k = (k + 1) % self._at_once

    def spec(self) -> Any:
        if self._spec is None:
            self._spec = spec_of_made(self._source, lambda element: self._given(element).spec())
        return self._spec
