"""What is drawn at random: the generators, and the row that asks them.

There is one generator for the calls without a seed, and one for each seed that a call names.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import _core
from .._core import Tensor
from . import c_loops, forms
from .draws import drawn, sampled
from .forms import Kind

_global_seed: int | None = None
# By the seed of the call; None for the calls without one. Made on demand: importing numpy.random takes a while.
_generators: dict[int | None, np.random.Generator] = {}


def start_anew(seed: int | None) -> None:
    """Start all generators anew, from a seed."""
    global _global_seed
    _global_seed = seed
    _generators.clear()


def seeds_of(seed: int | None, *more: int) -> np.random.SeedSequence:
    """What a generator for a call's seed, and whatever else tells it apart, begins with."""
    seeds = [number for number in (_global_seed, seed) if number is not None]
    # A global seed alone must not draw what the same number as a call's seed does.
    key = () if _global_seed is None or seed is not None else (0,)
    return np.random.SeedSequence([*seeds, *more] or None, spawn_key=key)


def generator_of(seed: int | None) -> np.random.Generator:
    """Give the generator of the calls with this seed, or of those without one."""
    seed = _core.as_index(seed)
    generator = _generators.get(seed)
    if generator is None:
        # (Of two threads that are the first to ask, both have the same one.)
        generator = _generators.setdefault(seed, np.random.Generator(np.random.PCG64(seeds_of(seed))))
    return generator


def _standard_normal(generator: np.random.Generator, shape: Sequence[int], dtype: np.dtype[Any]) -> np.ndarray:
    """Draw at the precision of the dtype, or the nearest that NumPy draws at."""
    drawn = np.float64 if dtype == np.float64 else np.float32
    return np.asarray(generator.standard_normal(shape, drawn)).astype(dtype, copy=False)


def _kernel(attributes: Any, *bounds: np.ndarray) -> np.ndarray:
    return np.asarray(sampled(attributes, lambda: _sample(attributes, *bounds)))


def _sample(attributes: Any, *bounds: np.ndarray) -> np.ndarray:
    """What a draw gives. Integers may have bounds for operands, with so many axes of examples
    before as the attribute for the first of them says."""
    kind, seed, sizes, dtype, first, second = attributes
    generator = generator_of(seed)
    if bounds:
        first, second = (
            bound.reshape(bound.shape[:first] + (1,) * (len(sizes) - bound.ndim) + bound.shape[first:])
            for bound in bounds
        )
    if kind == "integers":
        return np.asarray(generator.integers(first, second, sizes, dtype))
    if kind == "permutation":
        return generator.permutation(sizes[0])
    if kind == "uniform":
        drawn = generator.random(sizes, np.float64 if dtype == np.float64 else np.float32)
        sample = np.asarray(drawn).astype(dtype, copy=False)
    else:
        sample = _standard_normal(generator, sizes, dtype)
        outside = np.abs(sample) > 2
        while kind == "truncated_normal" and outside.any():
            sample[outside] = _standard_normal(generator, (int(outside.sum()),), dtype)
            outside = np.abs(sample) > 2
    if first is not None:
        sample *= dtype.type(first)
        sample += dtype.type(second)
    return sample


def _drawn_for_each(attributes: Any, n: int) -> Any:
    """A draw of numbers for n examples."""
    kind, seed, sizes, dtype, first, second = attributes
    if kind == "integers" and second is None:
        first += 1
    return None if kind == "permutation" else (kind, seed, (n, *sizes), dtype, first, second)


# A record like any other, so that a program draws anew each time that it runs.
_SIZES = forms.Form("a shape", lambda sizes: type(sizes) in (tuple, list) and forms.shape.fits(tuple(sizes)))
_BOUND = forms.maybe(forms.numbers)
_DRAWN = forms.parts(
    forms.text("integers", "permutation", "uniform", "normal", "truncated_normal"),
    forms.maybe(forms.count),
    _SIZES,
    forms.dtype("iuf"),
    _BOUND,
    _BOUND,
)


def _drawn_kind(attributes: Any, *bounds: Kind) -> Kind:
    """Nothing is drawn to find out."""
    kind, _, sizes, dtype, first, second = attributes
    if bounds:
        forms.integers(*bounds)
        if kind != "integers" or len(bounds) != 2 or second is not None or not forms.count.fits(first):
            raise ValueError("random has two bounds of integers for operands, or none")
        if any(first > bound.ndim or bound.ndim > len(sizes) for bound in bounds):
            raise ValueError(f"bounds of shapes {bounds[0].shape} and {bounds[1].shape} do not fit {tuple(sizes)}")
    if (dtype.kind == "f") != (kind not in ("integers", "permutation")):
        raise ValueError(f"{kind} random numbers of dtype {dtype}")
    if kind == "permutation":
        return Kind(np.int64, sizes[:1])
    return Kind(dtype, sizes)


DRAW = _core.register_general(
    "random",
    _kernel,
    None,
    None,
    False,
    False,
    draws=True,
    batched=_drawn_for_each,
    form=_DRAWN,
    gives=_drawn_kind,
    c=c_loops.RANDOM,
)


def draw(
    kind: str, seed: int | None, sizes: Sequence[int], dtype: Any, first: Any = None, second: Any = None
) -> Tensor:
    """A sample of a kind, from the generator of a seed."""
    attributes = (kind, seed, sizes, dtype, first, second)
    return drawn(attributes, lambda: _core.general(DRAW, (), attributes))


def fresh_seed(seed: int | None) -> Tensor:
    """Two numbers for what is a function of its seed, drawn anew each time."""
    bounds = np.iinfo(np.int64)
    return draw("integers", seed, (2,), np.dtype(np.int64), np.asarray(bounds.min), np.asarray(bounds.max))


def state() -> dict[int | None, Any]:
    """Where all generators stand."""
    return {seed: generator.bit_generator.state for seed, generator in _generators.copy().items()}


def restore(states: dict[int | None, Any]) -> None:
    """Put all generators back to where they stood; those made since go."""
    for seed, generator in _generators.copy().items():
        if seed in states:
            generator.bit_generator.state = states[seed]
        else:
            _generators.pop(seed, None)


_core.install_random(state, restore)
