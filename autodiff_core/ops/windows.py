"""Convolutions and pooling over one, two or three dimensions, as users call them: channels behind or before space.

What is computed are the rows of filters.py, and the places of windows' largest elements. Two linear rows beside them
take windows out of an array, a copy of each element for every window it is in, and add them up where they came from.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import _core
from .._core import Tensor
from . import forms
from .elementwise import divide
from .filters import convolved, convolved_operand
from .forms import Kind
from .kinks import Kink
from .linalg import matmul
from .picking import chosen, places_of
from .shaping import _sizes, pad, reshape, transpose
from .table import Case, linear
from .window_geometry import (
    EACH,
    PADS,
    add_windows,
    flat_windows,
    out_sizes,
    padded_shape,
    take_windows,
    windows_shape,
)


def _windows(x: Any, sizes: Sequence[int], steps: Sequence[int], gaps: Sequence[int]) -> Any:
    """Of shape (batch, *places, *sizes, channels)."""
    return _core.linear(_WINDOWS, x, (tuple(x.shape), tuple(sizes), tuple(steps), tuple(gaps)))


def _of_examples(name: str) -> Any:
    """The examples' batches as one."""

    def apply(attributes: Any, operands: Sequence[Any], flags: Sequence[bool], n: int) -> Any:
        x, (shape, *rest) = operands[0], attributes
        batch, *inner = x.shape[1:]
        y = _core.linear(_core.op_named(name), reshape(x, (n * batch, *inner)), ((n * shape[0], *shape[1:]), *rest))
        return reshape(y, (n, batch, *y.shape[1:]))

    return apply


_GEOMETRY = forms.parts(forms.shape, EACH, EACH, EACH)


def _windows_kind(attributes: Any, x: Kind) -> Kind:
    forms.fits(x, attributes[0])
    return Kind(x.dtype, windows_shape(*attributes))


def _whole_kind(attributes: Any, g: Kind) -> Kind:
    if g.shape != windows_shape(*attributes):
        raise ValueError(f"windows of {attributes[0]} have another shape than {g.shape}")
    return Kind(g.dtype, attributes[0])


_WINDOWS, _UNWINDOWS = linear(
    "windows",
    take_windows,
    "unwindows",
    add_windows,
    function=_windows,
    doc="Windows of an array, that may overlap.",
    selects="forward",
    examples=(_of_examples("windows"), _of_examples("unwindows")),
    cases=(
        Case(lambda x: _windows(x, (2,), (1,), (1,)), ((1, 4, 2),)),
        Case(lambda x: _windows(x, (2, 3), (2, 1), (1, 2)), ((2, 4, 6, 1),)),
    ),
    form=_GEOMETRY,
    gives=(_windows_kind, _whole_kind),
)


class _Plan:
    """How windows lie on an operand: sizes, steps and gaps along the space, what is padded, where the channels are."""

    def __init__(
        self,
        function: str,
        dims: int,
        shape: Sequence[int],
        sizes: Sequence[int],
        strides: Any,
        padding: Any,
        dilations: Any,
        data_format: str | None,
    ) -> None:
        letters = {1: "W", 2: "HW", 3: "DHW"}[dims]
        layout = f"N{letters}C" if data_format is None else data_format
        if layout not in (f"N{letters}C", f"NC{letters}"):
            raise ValueError(f"{function}: data_format {data_format!r} is neither 'N{letters}C' nor 'NC{letters}'")
        if len(shape) != dims + 2:
            raise ValueError(
                f"{function}: the operand must have {dims + 2} dimensions ({layout}), not shape {tuple(shape)}"
            )
        self.first = layout[1] == "C"
        self.dims = dims
        self.sizes = tuple(sizes)
        self.steps = self.along(function, "strides", strides)
        self.gaps = self.along(function, "dilations", dilations)
        space = shape[2:] if self.first else shape[1:-1]
        spans = [(k - 1) * gap + 1 for k, gap in zip(self.sizes, self.gaps, strict=True)]
        if isinstance(padding, str):
            if padding.upper() not in ("SAME", "VALID"):
                raise ValueError(f"{function}: padding {padding!r} is neither 'SAME' nor 'VALID'")
            self.pads = [(0, 0)] * dims
            if padding.upper() == "SAME":
                totals = [
                    max((-(-n // step) - 1) * step + span - n, 0)
                    for n, step, span in zip(space, self.steps, spans, strict=True)
                ]
                self.pads = [(total // 2, total - total // 2) for total in totals]
        else:
            pairs = [(_core.integer(a), _core.integer(b)) for a, b in padding]
            if len(pairs) != dims + 2:
                raise ValueError(f"{function}: explicit padding needs a pair for each of {dims + 2} dimensions")
            self.pads = pairs[2:] if self.first else pairs[1:-1]
        self.padded = tuple(n + a + b for n, (a, b) in zip(space, self.pads, strict=True))
        if any(n < span for n, span in zip(self.padded, spans, strict=True)):
            raise ValueError(f"{function}: windows of {tuple(spans)} elements do not fit into {self.padded}")

    def along(self, function: str, what: str, value: Any) -> tuple[int, ...]:
        """A number for each dimension of the space: TensorFlow takes one, one each, or two more."""
        numbers = _sizes(1 if value is None else value)
        if len(numbers) == self.dims + 2:
            numbers = numbers[2:] if self.first else numbers[1:-1]
        numbers = numbers * self.dims if len(numbers) == 1 else numbers
        if len(numbers) != self.dims or min(numbers) < 1:
            raise ValueError(f"{function}: {what}={value!r} must be positive, one for each of {self.dims} dimensions")
        return numbers

    def last(self, x: Any) -> Any:
        """With the channels behind."""
        return transpose(x, [0, *range(2, self.dims + 2), 1]) if self.first else x

    def back(self, x: Any) -> Any:
        """As they were."""
        return transpose(x, [0, self.dims + 1, *range(1, self.dims + 1)]) if self.first else x

    def windows(self, x: Any) -> Any:
        """The windows of an operand whose channels are behind, padded with zeros."""
        widths = [(0, 0), *self.pads, (0, 0)]
        padded = pad(x, widths) if any(a or b for a, b in self.pads) else x
        return _windows(padded, self.sizes, self.steps, self.gaps)

    def attributes(self, groups: int) -> tuple[Any, ...]:
        """Of the rows of filters.py."""
        space = [n - a - b for n, (a, b) in zip(self.padded, self.pads, strict=True)]
        return tuple(space), self.sizes, tuple(self.pads), self.steps, self.gaps, groups

    def counts(self) -> np.ndarray:
        """How many elements of each window are not padded, in an array that broadcasts to the windows'."""
        if not any(a or b for a, b in self.pads):
            return np.array(_product(*self.sizes))
        space = self.attributes(1)[0]
        ones = np.pad(np.ones((1, *space, 1)), [(0, 0), *self.pads, (0, 0)])
        taken = take_windows(ones, (ones.shape, self.sizes, self.steps, self.gaps))
        return np.asarray(taken.sum(axis=tuple(range(self.dims + 1, 2 * self.dims + 1))))

    @property
    def is_plain(self) -> bool:
        """Whether windows are single elements, each one of the operand's."""
        return set(self.sizes) == set(self.steps) == {1} and not any(a or b for a, b in self.pads)


def _product(*sizes: int) -> int:
    return int(np.prod(sizes, dtype=np.intp))


def _convolved(
    function: str, dims: int, x: Any, filters: Any, strides: Any, padding: Any, data_format: Any, dilations: Any
) -> Any:
    images, weights = _operands(function, x, filters)
    if weights.ndim != dims + 2:
        raise ValueError(f"{function}: filters must have {dims + 2} dimensions, not shape {tuple(weights.shape)}")
    plan = _Plan(function, dims, images.shape, weights.shape[:dims], strides, padding, dilations, data_format)
    images = plan.last(images)
    channels = images.shape[-1]
    into, out = weights.shape[dims:]
    if into == 0 or channels % into or out % (channels // into):
        raise ValueError(
            f"{function}: {channels} channels of the operand do not fit filters of shape {tuple(weights.shape)}"
        )
    groups = channels // into
    if plan.is_plain and groups == 1:
        rows = reshape(images, (_product(*images.shape[:-1]), channels))
        return plan.back(reshape(matmul(rows, reshape(weights, (into, out))), (*images.shape[:-1], out)))
    return plan.back(convolved(images, weights, plan.attributes(groups)))


def _operands(function: str, x: Any, filters: Any) -> tuple[Any, Any]:
    images, weights = _core.operands(x, filters)
    if not _core.is_floating(images.dtype) or not _core.is_floating(weights.dtype):
        raise TypeError(f"{function}: takes floats, not {images.dtype} and {weights.dtype}; cast first")
    if images.dtype == weights.dtype:
        return images, weights
    dtype = np.result_type(images.dtype, weights.dtype)
    return _core.to_dtype(images, dtype), _core.to_dtype(weights, dtype)


def _convolved_back(
    function: str,
    dims: int,
    x: Any,
    filters: Any,
    output_shape: Any,
    strides: Any,
    padding: Any,
    data_format: Any,
    dilations: Any,
) -> Any:
    """The transpose of a convolution from the output's shape to the operand's."""
    images, weights = _operands(function, x, filters)
    shape = _sizes(output_shape)
    if weights.ndim != dims + 2:
        raise ValueError(f"{function}: filters must have {dims + 2} dimensions, not shape {tuple(weights.shape)}")
    plan = _Plan(function, dims, shape, weights.shape[:dims], strides, padding, dilations, data_format)
    images = plan.last(images)
    out, into = weights.shape[dims:]
    batch = shape[0]
    places = (batch, *out_sizes(((batch, *plan.padded, out), plan.sizes, plan.steps, plan.gaps)))
    if tuple(images.shape) != (*places, into) or (shape[1] if plan.first else shape[-1]) != out:
        raise ValueError(
            f"{function}: an operand of shape {np.shape(x)} and filters of shape {tuple(weights.shape)} "
            f"do not give output_shape {shape}"
        )
    return plan.back(convolved_operand(images, weights, plan.attributes(1)))


def _pooled(
    function: str, largest: bool, dims: int, x: Any, ksize: Any, strides: Any, padding: Any, data_format: Any
) -> Any:
    if largest:
        return max_pooled(function, dims, x, ksize, strides, padding, data_format)[0]
    images, plan = _pooling(function, dims, x, ksize, strides, padding, data_format)
    wide = _core.widened(images)
    ones = np.ones((*plan.sizes, 1, images.shape[-1]), wide.dtype)
    sums = convolved(wide, ones, plan.attributes(images.shape[-1]))
    means = divide(sums, _core.to_tensor(plan.counts().astype(wide.dtype)))
    return plan.back(_core.narrowed(means, images))


def _pooling(
    function: str, dims: int, x: Any, ksize: Any, strides: Any, padding: Any, data_format: Any
) -> tuple[Any, Any]:
    """The operand with its channels behind, and how windows lie on it."""
    images = _core.operand(x)
    if not _core.is_floating(images.dtype):
        raise TypeError(f"{function}: takes floats, not {images.dtype}; cast first")
    plan = _Plan(function, dims, images.shape, (1,) * dims, 1, "VALID", 1, data_format)
    sizes = plan.along(function, "ksize", ksize)
    plan = _Plan(function, dims, images.shape, sizes, strides, padding, 1, data_format)
    return plan.last(images), plan


def max_pooled(
    function: str, dims: int, x: Any, ksize: Any, strides: Any, padding: Any, data_format: Any
) -> tuple[Any, Any]:
    """The largest elements, and their numbers in the operand with its channels behind.

    The first of equal elements has the gradient, as in TensorFlow.
    """
    images, plan = _pooling(function, dims, x, ksize, strides, padding, data_format)
    places = _LARGEST([images], (tuple(plan.pads), plan.sizes, plan.steps, plan.gaps))
    return plan.back(chosen(images, places)), plan.back(places)


def _largest(attributes: Any, images: np.ndarray) -> np.ndarray:
    """The numbers of the largest elements of windows; 0 where a window is all padded."""
    pads, *geometry = attributes
    dims = len(pads)
    width = [(0, 0), *pads, (0, 0)]
    values = np.pad(images, width, constant_values=-np.inf)
    numbers = np.pad(np.arange(images.size).reshape(images.shape), width, constant_values=-1)
    taken, places = (flat_windows(take_windows(a, (a.shape, *geometry)), dims) for a in (values, numbers))
    best = taken.argmax(axis=-2)[..., None, :]
    found = np.take_along_axis(places, best, axis=-2)[..., 0, :]
    if found.min(initial=0) < 0:  # padding beside nothing but -inf: the first that is none
        real = np.take_along_axis(places, (places >= 0).argmax(axis=-2)[..., None, :], axis=-2)[..., 0, :]
        found = np.where(found < 0, np.maximum(real, 0), found)
    return found


def _largest_kind(attributes: Any, images: Kind) -> Kind:
    pads, sizes, *rest = attributes
    forms.dims(images, len(pads) + 2, len(pads) + 2)
    whole = windows_shape(padded_shape(pads, images), sizes, *rest)
    return Kind(np.intp, (*whole[: len(pads) + 1], whole[-1]))


def _is_tied(y: Any, attributes: Any, images: np.ndarray) -> Any:
    pads, *geometry = attributes
    values = np.pad(images, [(0, 0), *pads, (0, 0)], constant_values=-np.inf)
    taken = flat_windows(take_windows(values, (values.shape, *geometry)), len(pads))
    largest = taken.max(axis=-2)
    return (np.count_nonzero(taken == largest[..., None, :], axis=-2) > 1) & np.isfinite(largest)


_LARGEST = places_of(
    "largest_of_windows",
    _largest,
    form=forms.parts(PADS, EACH, EACH, EACH),
    gives=_largest_kind,
    kernel_in_c="largest_of_windows",
    kinks=(Kink("a tie", _is_tied, "of equal elements the first has the gradient"),),
)


def depthwise_conv2d(
    input: Any,
    filter: Any,
    strides: Any,
    padding: Any,
    data_format: str | None = None,
    dilations: Any = None,
    name: str | None = None,
) -> Tensor:
    """Convolution over two dimensions, each channel by filters of its own.

    Parameters
    ----------
    input : array_like
        Of shape (batch, height, width, channels), or as `data_format` says.
    filter : array_like
        Of shape (height, width, channels, multiplier).
    strides : sequence of int
        The steps between windows, for all four dimensions.
    padding : {"SAME", "VALID"} or sequence of pairs of int
        What is padded with zeros: as much as is needed, nothing, or so much before and behind each dimension.
    data_format : {"NHWC", "NCHW"}, optional
        Where the channels are.
    dilations : int or sequence of int, optional
        The steps between elements of a window.

    Returns
    -------
    Tensor
        With channels * multiplier channels.

    Raises
    ------
    ValueError
        Where the shapes do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/depthwise_conv2d

    Examples
    --------
    >>> tf.nn.depthwise_conv2d(tf.ones((1, 3, 3, 2)), tf.ones((2, 2, 2, 1)), [1, 1, 1, 1], "VALID").shape
    TensorShape([1, 2, 2, 2])
    """
    images, weights = _operands("depthwise_conv2d", input, filter)
    if weights.ndim != 4:
        raise ValueError(f"depthwise_conv2d: filters must have 4 dimensions, not shape {tuple(weights.shape)}")
    plan = _Plan("depthwise_conv2d", 2, images.shape, weights.shape[:2], strides, padding, dilations, data_format)
    images = plan.last(images)
    if images.shape[-1] != weights.shape[2]:
        raise ValueError(
            f"depthwise_conv2d: {images.shape[-1]} channels of the operand do not fit filters of shape "
            f"{tuple(weights.shape)}"
        )
    channels, times = weights.shape[2:]
    filters = reshape(weights, (*plan.sizes, 1, channels * times))
    return plan.back(convolved(images, filters, plan.attributes(channels)))


def separable_conv2d(
    input: Any,
    depthwise_filter: Any,
    pointwise_filter: Any,
    strides: Any,
    padding: Any,
    data_format: str | None = None,
    dilations: Any = None,
    name: str | None = None,
) -> Tensor:
    """Convolution of each channel by filters of its own, then of all channels at each place.

    Parameters
    ----------
    input : array_like
        Of shape (batch, height, width, channels), or as `data_format` says.
    depthwise_filter : array_like
        Of shape (height, width, channels, multiplier).
    pointwise_filter : array_like
        Of shape (1, 1, channels * multiplier, out).
    strides, padding, data_format, dilations : object
        As in `depthwise_conv2d`.

    Returns
    -------
    Tensor
        With `out` channels.

    Raises
    ------
    ValueError
        Where the shapes do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/separable_conv2d

    Examples
    --------
    >>> x, d, p = tf.ones((1, 3, 3, 2)), tf.ones((2, 2, 2, 1)), tf.ones((1, 1, 2, 5))
    >>> tf.nn.separable_conv2d(x, d, p, [1, 1, 1, 1], "VALID").shape
    TensorShape([1, 2, 2, 5])
    """
    apart = depthwise_conv2d(input, depthwise_filter, strides, padding, data_format, dilations)
    return _convolved("separable_conv2d", 2, apart, pointwise_filter, 1, "VALID", data_format, 1)


_SPACE = {1: "width", 2: "height, width", 3: "depth, height, width"}
_LAYOUT = {1: ("NWC", "NCW"), 2: ("NHWC", "NCHW"), 3: ("NDHWC", "NCDHW")}
_WORD = {1: "one dimension", 2: "two dimensions", 3: "three dimensions"}
_COMMON = """strides : int or sequence of int
        The steps between windows.
    padding : {{"SAME", "VALID"}} or sequence of pairs of int
        What is padded{zeros}: as much as is needed, nothing, or so much before and behind each dimension.
    data_format : {{"{last}", "{first}"}}, optional
        Where the channels are."""
_TAIL = """
    Raises
    ------
    TypeError
        For operands that are not floats.
    ValueError
        Where the shapes do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/{name}. {note}

    Examples
    --------
    >>> {example}.shape
    TensorShape({shape})
    """
_CONV = """Convolution over {word}, without turning the filters round.

    Parameters
    ----------
    input : array_like
        Of shape (batch, {space}, channels), or as `data_format` says.
    filters : array_like
        Of shape ({space}, channels, out).
    {common}
    dilations : int or sequence of int, optional
        The steps between elements of a window.

    Returns
    -------
    Tensor
        With `out` channels.
"""
_CONV_TRANSPOSE = """The transpose of a convolution over {word}: each element spread over a window, and added up.

    Parameters
    ----------
    input : array_like
        Of shape (batch, {space}, channels), or as `data_format` says.
    filters : array_like
        Of shape ({space}, out, channels).
    output_shape : sequence of int
        The result's shape.
    {common}
    dilations : int or sequence of int, optional
        The steps between elements of a window.

    Returns
    -------
    Tensor
        Of shape `output_shape`.
"""
_POOL = """{what} of each window, over {word}.

    Parameters
    ----------
    input : array_like
        Of shape (batch, {space}, channels), or as `data_format` says.
    ksize : int or sequence of int
        The windows' sizes.
    {common}

    Returns
    -------
    Tensor
        With the operand's channels.
"""


def _documented(function: Any, name: str, dims: int, text: str, example: str, shape: list[int], **words: str) -> Any:
    last, first = _LAYOUT[dims]
    common = _COMMON.format(zeros=words.pop("zeros", " with zeros"), last=last, first=first)
    if name in ("conv1d",):
        common = common.replace("strides :", "stride :")
    note = words.pop("note", "")
    body = text.format(word=_WORD[dims], space=_SPACE[dims], common=common, **words)
    function.__doc__ = body + _TAIL.format(name=name, note=note, example=example, shape=shape).replace(". \n", "\n")
    function.__name__ = function.__qualname__ = name
    return function


def _conv(dims: int) -> Any:
    name = f"conv{dims}d"

    def convolution(
        input: Any,
        filters: Any,
        strides: Any,
        padding: Any,
        data_format: str | None = None,
        dilations: Any = None,
        name: str | None = None,
    ) -> Tensor:
        return _convolved(f"conv{dims}d", dims, input, filters, strides, padding, data_format, dilations)

    def convolution_of_one(
        input: Any,
        filters: Any,
        stride: Any,
        padding: Any,
        data_format: str | None = None,
        dilations: Any = None,
        name: str | None = None,
    ) -> Tensor:
        return _convolved("conv1d", 1, input, filters, stride, padding, data_format, dilations)

    space, size = ", ".join("5" * dims), ", ".join("2" * dims)
    return _documented(
        convolution_of_one if dims == 1 else convolution,
        name,
        dims,
        _CONV,
        f'tf.nn.{name}(tf.ones((1, {space}, 3)), tf.ones(({size}, 3, 4)), 2, "VALID")',
        [1, *[2] * dims, 4],
    )


def _conv_transpose(dims: int) -> Any:
    name = f"conv{dims}d_transpose"

    def transposed(
        input: Any,
        filters: Any,
        output_shape: Any,
        strides: Any,
        padding: Any = "SAME",
        data_format: str | None = None,
        dilations: Any = None,
        name: str | None = None,
    ) -> Tensor:
        return _convolved_back(
            f"conv{dims}d_transpose", dims, input, filters, output_shape, strides, padding, data_format, dilations
        )

    space, size, out = (", ".join(str(n) * dims) for n in (2, 3, 4))
    return _documented(
        transposed,
        name,
        dims,
        _CONV_TRANSPOSE,
        f"tf.nn.{name}(tf.ones((1, {space}, 3)), tf.ones(({size}, 1, 3)), (1, {out}, 1), 2)",
        [1, *[4] * dims, 1],
    )


def _pool(largest: bool, dims: int) -> Any:
    kind = "max" if largest else "avg"
    name = f"{kind}_pool{dims}d"

    def pooled(
        input: Any, ksize: Any, strides: Any, padding: Any, data_format: str | None = None, name: str | None = None
    ) -> Tensor:
        return _pooled(f"{kind}_pool{dims}d", largest, dims, input, ksize, strides, padding, data_format)

    space = ", ".join("5" * dims)
    return _documented(
        pooled,
        name,
        dims,
        _POOL,
        f'tf.nn.{name}(tf.ones((1, {space}, 3)), 2, 2, "SAME")',
        [1, *[3] * dims, 3],
        what="The largest element" if largest else "The mean",
        zeros=" (and does not count)",
        note="Of equal elements, the first has the gradient." if largest else "",
    )


conv1d, conv2d, conv3d = (_conv(dims) for dims in (1, 2, 3))
conv1d_transpose, conv2d_transpose, conv3d_transpose = (_conv_transpose(dims) for dims in (1, 2, 3))
max_pool1d, max_pool2d, max_pool3d = (_pool(True, dims) for dims in (1, 2, 3))
avg_pool1d, avg_pool2d, avg_pool3d = (_pool(False, dims) for dims in (1, 2, 3))


def convolution(
    input: Any,
    filters: Any,
    strides: Any = None,
    padding: Any = "VALID",
    data_format: str | None = None,
    dilations: Any = None,
    name: str | None = None,
) -> Tensor:
    """Convolution over as many dimensions as the filters say, one to three.

    Parameters
    ----------
    input : array_like
        Of shape (batch, *space, channels), or as `data_format` says.
    filters : array_like
        Of shape (*space, channels, out).
    strides, padding, data_format, dilations : object
        As in `conv2d`.

    Returns
    -------
    Tensor
        With `out` channels.

    Raises
    ------
    ValueError
        Where the shapes do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/convolution

    Examples
    --------
    >>> tf.nn.convolution(tf.ones((1, 5, 3)), tf.ones((2, 3, 4))).shape
    TensorShape([1, 4, 4])
    """
    dims = _core.operand(filters).ndim - 2
    if dims not in (1, 2, 3):
        raise ValueError(f"convolution: filters must have 3 to 5 dimensions, not shape {np.shape(filters)}")
    return _convolved("convolution", dims, input, filters, strides, padding, data_format, dilations)


def max_pool(
    input: Any, ksize: Any, strides: Any, padding: Any, data_format: str | None = None, name: str | None = None
) -> Tensor:
    """The largest element of each window, over one to three dimensions.

    Parameters
    ----------
    input : array_like
        Of shape (batch, *space, channels), or as `data_format` says.
    ksize, strides, padding, data_format : object
        As in `max_pool2d`.

    Returns
    -------
    Tensor
        With the operand's channels.

    Raises
    ------
    ValueError
        Where the shapes do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/max_pool

    Examples
    --------
    >>> tf.nn.max_pool(tf.ones((1, 4, 3)), 2, 2, "SAME").shape
    TensorShape([1, 2, 3])
    """
    return _pooled("max_pool", True, _space("max_pool", input), input, ksize, strides, padding, data_format)


def avg_pool(
    input: Any, ksize: Any, strides: Any, padding: Any, data_format: str | None = None, name: str | None = None
) -> Tensor:
    """The mean of each window, over one to three dimensions.

    Parameters
    ----------
    input : array_like
        Of shape (batch, *space, channels), or as `data_format` says.
    ksize, strides, padding, data_format : object
        As in `avg_pool2d`.

    Returns
    -------
    Tensor
        With the operand's channels.

    Raises
    ------
    ValueError
        Where the shapes do not fit.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/nn/avg_pool

    Examples
    --------
    >>> tf.nn.avg_pool(tf.ones((1, 4, 3)), 2, 2, "SAME").shape
    TensorShape([1, 2, 3])
    """
    return _pooled("avg_pool", False, _space("avg_pool", input), input, ksize, strides, padding, data_format)


def _space(function: str, x: Any) -> int:
    dims = _core.operand(x).ndim - 2
    if dims not in (1, 2, 3):
        raise ValueError(f"{function}: the operand must have 3 to 5 dimensions, not shape {np.shape(x)}")
    return dims
