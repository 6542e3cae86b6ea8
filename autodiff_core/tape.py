"""GradientTape: contexts and structures around the compiled tape."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, overload

from . import _core
from .creation import zeros_like
from .derivatives import jacobians
from .indexed_slices import IndexedSlices, tangents_by_rows, targets_by_rows
from .nest import assert_same_structure, flatten_for_tape
from .tensor_protocol import flatten_sources, is_wrapper

if TYPE_CHECKING:
    from typing import Protocol, TypeAlias, TypeVar

    import scipy.sparse

    from .variable import Variable

    # A gradient is a tensor; or None, or IndexedSlices, which a reader of the code knows, and a type checker does not.
    Gradient: TypeAlias = _core.Tensor | Any
    Key = TypeVar("Key")
    Source = TypeVar("Source", bound=_core.Operand)

    class NamedTuple(Protocol):
        """Its gradients have its names."""

        def _asdict(self) -> dict[str, Any]: ...


class UnconnectedGradients(enum.Enum):
    """What a gradient is where the target does not depend on the source: None, or zeros.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/UnconnectedGradients

    Examples
    --------
    >>> tf.UnconnectedGradients("zero") is tf.UnconnectedGradients.ZERO
    True
    """

    NONE = "none"
    ZERO = "zero"


_NONE = UnconnectedGradients.NONE  # an enum's attribute costs a look-up on every call of gradient


class GradientTape(_core.Tape):
    """Record operations, to differentiate them.

    Trainable variables are watched as they are read; tensors are watched by `watch`. All operations on what is watched
    are recorded, whatever Python does around them.

    Parameters
    ----------
    persistent : bool
        Whether `gradient` may be called more than once. What is recorded is then kept until the tape is deleted.
    watch_accessed_variables : bool
        Whether trainable variables are watched by themselves.

    Notes
    -----
    After TensorFlow's, https://www.tensorflow.org/api_docs/python/tf/GradientTape. Tapes nest: an inner tape's gradient
    is recorded by the outer one. Tapes of different threads do not see each other.

    Examples
    --------
    >>> x = tf.Variable(3.0)
    >>> with tf.GradientTape() as tape:
    ...     y = x ** 2
    >>> tape.gradient(y, x)
    <Tensor: shape=(), dtype=float32, numpy=6.0>
    """

    __slots__ = ()

    def watch(self, tensor: Any) -> None:
        """Follow tensors, variables, or nested structures of them, from here on.

        Parameters
        ----------
        tensor : Tensor, Variable or structure of them
            Of float dtypes; an integer has no gradient, which a warning says.

        Raises
        ------
        ValueError
            Where the tape is not recording.
        TypeError
            For anything else.

        Examples
        --------
        >>> x = tf.constant(3.0)
        >>> with tf.GradientTape() as tape:
        ...     tape.watch(x)
        ...     y = x ** 3
        >>> tape.gradient(y, x)
        <Tensor: shape=(), dtype=float32, numpy=27.0>
        """
        leaves = [tensor] if isinstance(tensor, _core.Operand) else flatten_sources(tensor)[0]
        for leaf in leaves:
            if not isinstance(leaf, _core.Operand):
                raise TypeError(
                    f"watch takes tensors and variables, not {type(leaf).__name__}; "
                    f"make a tensor first: x = constant(...)"
                )
        self.check_recording()
        for leaf in leaves:
            if _core.is_differentiable(leaf.dtype):
                self.watch_operand(leaf)
            else:
                _core.warn_caller(
                    f"watch: a tensor of dtype {leaf.dtype} has no gradient; it will be None. Cast before watching: "
                    f"x = tf.cast(x, tf.float32)"
                )

    def watched_variables(self) -> tuple[Variable, ...]:
        """The variables that the tape watches, in the order of their creation.

        Returns
        -------
        tuple of Variable
            Also after `gradient`.

        Examples
        --------
        >>> x = tf.Variable(3.0, name="x")
        >>> with tf.GradientTape() as tape:
        ...     y = x ** 2
        >>> [v.name for v in tape.watched_variables()]
        ['x:0']
        """
        return tuple(sorted(self.seen_variables(), key=lambda variable: variable.serial))

    @contextmanager
    def stop_recording(self) -> Iterator[None]:
        """Pause this tape inside a `with` block.

        Raises
        ------
        ValueError
            Where the tape is not recording.

        Examples
        --------
        >>> x = tf.Variable(3.0)
        >>> with tf.GradientTape() as tape:
        ...     y = x ** 2
        ...     with tape.stop_recording():
        ...         z = y * 10.0
        >>> print(tape.gradient(z, x))
        None
        """
        self.pause()
        try:
            yield
        finally:
            self.resume()

    def reset(self) -> None:
        """Forget everything recorded and watched so far, and go on recording.

        Raises
        ------
        ValueError
            Where the tape is not recording.

        Examples
        --------
        >>> x = tf.Variable(3.0)
        >>> with tf.GradientTape() as tape:
        ...     y = x ** 2
        ...     tape.reset()
        ...     z = x ** 3
        >>> tape.gradient(z, x)
        <Tensor: shape=(), dtype=float32, numpy=27.0>
        """
        self.start_over()

    @overload
    def gradient(
        self,
        target: Any,
        sources: _core.Operand,
        output_gradients: Any = ...,
        unconnected_gradients: UnconnectedGradients | str = ...,
    ) -> Gradient: ...
    @overload
    def gradient(
        self,
        target: Any,
        sources: list[Source],
        output_gradients: Any = ...,
        unconnected_gradients: UnconnectedGradients | str = ...,
    ) -> list[Gradient]: ...
    @overload
    def gradient(
        self,
        target: Any,
        sources: dict[Key, Source],
        output_gradients: Any = ...,
        unconnected_gradients: UnconnectedGradients | str = ...,
    ) -> dict[Key, Gradient]: ...
    @overload
    def gradient(
        self,
        target: Any,
        sources: NamedTuple,
        output_gradients: Any = ...,
        unconnected_gradients: UnconnectedGradients | str = ...,
    ) -> Any: ...
    @overload
    def gradient(
        self,
        target: Any,
        sources: tuple[Source, ...],
        output_gradients: Any = ...,
        unconnected_gradients: UnconnectedGradients | str = ...,
    ) -> tuple[Gradient, ...]: ...
    @overload
    def gradient(
        self,
        target: Any,
        sources: Any,
        output_gradients: Any = ...,
        unconnected_gradients: UnconnectedGradients | str = ...,
    ) -> Any: ...
    def gradient(
        self,
        target: Any,
        sources: Any,
        output_gradients: Any = None,
        unconnected_gradients: UnconnectedGradients | str = _NONE,
    ) -> Any:
        """The derivative of the sum of targets with respect to each source.

        Parameters
        ----------
        target : Tensor, Variable or structure of them
            What to differentiate; several, or several elements, are summed.
        sources : Tensor, Variable or structure of them
            Watched tensors and variables, or anything computed from them on this tape.
        output_gradients : structure of array_like, optional
            A weight for each element of each target, in the targets' structure; None for ones.
        unconnected_gradients : UnconnectedGradients or {"none", "zero"}
            What to give where a target does not depend on a source.

        Returns
        -------
        structure of Tensor, IndexedSlices or None
            In the structure of the sources, of the sources' shapes and dtypes. `IndexedSlices` for a variable that the
            target depends on through rows looked up by `gather`, and in no other way.

        Raises
        ------
        RuntimeError
            Where the tape has nothing recorded, or not any more: without `persistent`, one call is all.
        TypeError
            Where a source or target is neither tensor nor variable, a target of None included.
        ValueError
            Where `output_gradients` does not have the targets' structure and shapes.
        LookupError
            Where an op on the way has no derivative.

        Examples
        --------
        >>> x = tf.Variable([1., 2.])
        >>> with tf.GradientTape() as tape:
        ...     y = x ** 2
        >>> tape.gradient(y, {"x": x})
        {'x': <Tensor: shape=(2,), dtype=float32, numpy=array([2., 4.], dtype=float32)>}
        """
        if output_gradients is None and unconnected_gradients is _NONE:
            result = _core.tape_gradient_flat(self, target, sources)
            if result is not NotImplemented:
                return result
        zero = zeros_wanted(unconnected_gradients)
        targets, _ = flatten_sources(target)
        leaves, rebuild = flatten_sources(sources)
        seeds = None
        if output_gradients is not None:
            seeds = alike("output_gradients", "target", target, targets, output_gradients)
        if any(isinstance(leaf, IndexedSlices) for leaf in targets):
            targets, seeds = targets_by_rows(targets, seeds)
        return rebuild(_core.tape_gradient(self, targets, leaves, seeds, zero))

    def jacobian(
        self,
        target: Any,
        sources: Any,
        unconnected_gradients: UnconnectedGradients | str = UnconnectedGradients.NONE,
        parallel_iterations: int | None = None,
        experimental_use_pfor: bool = True,
        chunk_size: int | None = None,
        mode: str = "auto",
    ) -> Any:
        """The derivative of each element of a target with respect to each element of each source.

        All rows are swept together: cotangents have a leading axis, so Python does not loop over them. Where the
        sources have fewer elements than the target, columns are: forward mode.

        Parameters
        ----------
        target : Tensor or Variable
            What to differentiate.
        sources : Tensor, Variable or structure of them
            Watched tensors and variables, or anything computed from them on this tape.
        unconnected_gradients : UnconnectedGradients or {"none", "zero"}
            What to give where the target does not depend on a source.
        parallel_iterations, experimental_use_pfor : object
            Accepted for TensorFlow's sake; without effect.
        chunk_size : int, optional
            How many elements of the target (in forward mode, of a source) one sweep takes together: less memory, more
            sweeps. By default so many that an adjoint of the largest source or of the target takes at most about 64 MB.
        mode : {"auto", "forward", "reverse"}
            Which way to sweep. Unless it is said, the one that takes fewer elements together; but reverse where a
            function with a `custom_gradient` was recorded, which need not have a meaning in forward mode.

        Returns
        -------
        structure of Tensor or None
            In the structure of the sources, of shapes target.shape + source.shape.

        Raises
        ------
        RuntimeError
            Where the tape has nothing recorded, or not any more.
        TypeError
            Where the target or a source is neither tensor nor variable.
        MemoryError
            Where the result would not fit in memory, before anything is computed.

        Notes
        -----
        https://www.tensorflow.org/api_docs/python/tf/GradientTape#jacobian

        Examples
        --------
        >>> x = tf.constant([1., 2.])
        >>> with tf.GradientTape() as tape:
        ...     tape.watch(x)
        ...     y = x * x[0]
        >>> tape.jacobian(y, x)
        <Tensor: shape=(2, 2), dtype=float32, numpy=
        array([[2., 0.],
               [2., 1.]], dtype=float32)>
        """
        zero = zeros_wanted(unconnected_gradients)
        leaves, rebuild = flatten_sources(sources)
        if isinstance(target, IndexedSlices):
            raise TypeError(
                "jacobian: the target is an IndexedSlices; make a tensor of it where the tape records: "
                "convert_to_tensor(slices)"
            )
        return rebuild(jacobians.jacobian(self, target, leaves, zero, chunk_size, mode))

    def batch_jacobian(
        self,
        target: Any,
        source: Any,
        unconnected_gradients: UnconnectedGradients | str = UnconnectedGradients.NONE,
        parallel_iterations: int | None = None,
        experimental_use_pfor: bool = True,
    ) -> _core.Tensor:
        """The Jacobian of each example of a batch, where an example of the target depends on its own source only.

        Parameters
        ----------
        target : Tensor or Variable
            Of shape (batch, ...), of two axes at least.
        source : Tensor or Variable
            Of shape (batch, ...), of two axes at least.
        unconnected_gradients : UnconnectedGradients or {"none", "zero"}
            Accepted; unconnected is zeros in either case, as in TensorFlow.
        parallel_iterations, experimental_use_pfor : object
            Accepted for TensorFlow's sake; without effect.

        Returns
        -------
        Tensor
            Of shape (batch,) + target.shape[1:] + source.shape[1:]. Where examples mix, as in a batch normalisation,
            the contributions of all examples of the target to one of the source are summed.

        Raises
        ------
        ValueError
            Where the two have not the same number of examples, or one has fewer than two axes.

        Notes
        -----
        https://www.tensorflow.org/api_docs/python/tf/GradientTape#batch_jacobian

        Examples
        --------
        >>> x = tf.constant([[1., 2.], [3., 4.]])
        >>> with tf.GradientTape() as tape:
        ...     tape.watch(x)
        ...     y = x * x
        >>> tape.batch_jacobian(y, x).shape
        TensorShape([2, 2, 2])
        """
        zeros_wanted(unconnected_gradients)
        return jacobians.batch_jacobian(self, target, source)

    def hessian(
        self,
        target: Any,
        sources: Any,
        unconnected_gradients: UnconnectedGradients | str = UnconnectedGradients.ZERO,
        chunk_size: int | None = None,
    ) -> Any:
        """The second derivatives of a scalar target, from the one recording.

        The gradient is appended to what the tape holds and swept in its turn: nothing is computed twice, and no second
        tape is needed.

        Parameters
        ----------
        target : Tensor or Variable
            A scalar.
        sources : Tensor, Variable or structure of them
            Watched tensors and variables.
        unconnected_gradients : UnconnectedGradients or {"none", "zero"}
            What to give where there is no second derivative, as for a linear function; zeros unless asked for None.
        chunk_size : int, optional
            How many rows one sweep takes together.

        Returns
        -------
        Tensor, or structure of structures of them
            For one source a tensor of shape source.shape + source.shape. For a structure, in each of its places a
            structure: the blocks of shapes first.shape + second.shape.

        Raises
        ------
        RuntimeError
            Where the tape has nothing recorded, or not any more.
        ValueError
            Where the target is not a scalar.
        MemoryError
            Where the result would not fit in memory, before anything is computed.

        Notes
        -----
        TensorFlow has no such method: there it takes two nested tapes, which work here too.

        Examples
        --------
        >>> x = tf.constant([1., 2.])
        >>> with tf.GradientTape() as tape:
        ...     tape.watch(x)
        ...     y = tf.reduce_sum(x ** 3) + x[0] * x[1]
        >>> tape.hessian(y, x)
        <Tensor: shape=(2, 2), dtype=float32, numpy=
        array([[ 6.,  1.],
               [ 1., 12.]], dtype=float32)>
        """
        zero = zeros_wanted(unconnected_gradients)
        leaves, rebuild = flatten_sources(sources)
        return rebuild([rebuild(row) for row in jacobians.hessian(self, target, leaves, zero, chunk_size)])

    def hvp(
        self,
        target: Any,
        sources: Any,
        vector: Any,
        unconnected_gradients: UnconnectedGradients | str = UnconnectedGradients.ZERO,
    ) -> Any:
        """The Hessian of a scalar target times a vector, from the one recording and without the Hessian.

        Parameters
        ----------
        target : Tensor or Variable
            A scalar.
        sources : Tensor, Variable or structure of them
            Watched tensors and variables.
        vector : structure of array_like
            In the structure of the sources, of their shapes.
        unconnected_gradients : UnconnectedGradients or {"none", "zero"}
            What to give where there is no second derivative; zeros unless asked for None.

        Returns
        -------
        structure of Tensor
            The product, in the structure of the sources.

        Raises
        ------
        RuntimeError
            Where the tape has nothing recorded, or not any more.
        ValueError
            Where the target is not a scalar, or the vector has not the sources' structure and shapes.

        Notes
        -----
        B. A. Pearlmutter, Fast exact multiplication by the Hessian, Neural Computation 6 (1994).

        Examples
        --------
        >>> x = tf.constant([1., 2.])
        >>> with tf.GradientTape() as tape:
        ...     tape.watch(x)
        ...     y = tf.reduce_sum(x ** 3)
        >>> tape.hvp(y, x, [1., 1.])
        <Tensor: shape=(2,), dtype=float32, numpy=array([ 6., 12.], dtype=float32)>
        """
        zero = zeros_wanted(unconnected_gradients)
        if isinstance(sources, _core.Operand) and isinstance(vector, _core.Tensor):
            # The usual call, without the flattening of structures.
            (product,) = _core.tape_hvp(self, target, [sources], [vector])
            if product is None:
                return zeros_like(sources) if zero else None
            return _core.to_tensor(product) if isinstance(product, IndexedSlices) else product
        leaves, rebuild = flatten_sources(sources)
        products = _core.tape_hvp(self, target, leaves, alike("vector", "source", sources, leaves, vector))
        products = [_core.to_tensor(p) if isinstance(p, IndexedSlices) else p for p in products]
        return rebuild(filled(products, leaves) if zero else products)

    def jvp(
        self,
        target: Any,
        sources: Any,
        tangents: Any,
        unconnected_gradients: UnconnectedGradients | str = _NONE,
    ) -> Any:
        """How targets change as the sources move along tangents: the Jacobian times a vector, in forward mode.

        Parameters
        ----------
        target : Tensor, Variable or structure of them
            What to differentiate.
        sources : Tensor, Variable or structure of them
            Watched tensors and variables, or anything computed from them on this tape.
        tangents : structure of array_like
            In the structure of the sources, of their shapes.
        unconnected_gradients : UnconnectedGradients or {"none", "zero"}
            What to give where a target does not depend on a source.

        Returns
        -------
        structure of Tensor or None
            In the structure of the targets, of their shapes.

        Raises
        ------
        RuntimeError
            Where the tape has nothing recorded, or not any more.
        ValueError
            Where the tangents have not the sources' structure and shapes.

        See Also
        --------
        autodiff.ForwardAccumulator : TensorFlow's way of asking the same.

        Examples
        --------
        >>> x = tf.constant([1., 2.])
        >>> with tf.GradientTape() as tape:
        ...     tape.watch(x)
        ...     y = x * x[0]
        >>> tape.jvp(y, x, [1., 0.])
        <Tensor: shape=(2,), dtype=float32, numpy=array([2., 2.], dtype=float32)>
        """
        zero = zeros_wanted(unconnected_gradients)
        targets, rebuild = flatten_sources(target)
        leaves, _ = flatten_sources(sources)
        job = (leaves, alike("tangents", "source", sources, leaves, tangents), 0)

        def pushed(values: list[Any]) -> list[Any]:
            (results,) = _core.tape_pushforward(self, values, [job])
            return filled(results, values) if zero else results

        return rebuild(tangents_by_rows(targets, pushed))

    def sparse_jacobian(self, target: Any, source: Any) -> scipy.sparse.csr_array:
        """The derivative of each element of a target with respect to each element of a source, as a sparse matrix.

        Parameters
        ----------
        target : Tensor or Variable
            What to differentiate.
        source : Tensor or Variable
            What is watched, or anything computed from it on this tape.

        Returns
        -------
        scipy.sparse.csr_array
            Of shape (target.size, source.size), elements counted in C order. It has an entry wherever the recorded
            operations let the one depend on the other, and none where the target is unconnected.

        Raises
        ------
        ImportError
            Where SciPy is not installed.
        RuntimeError
            Where the tape has nothing recorded, or not any more.
        TypeError
            Where the target or the source is neither tensor nor variable, or not of a float dtype.

        Notes
        -----
        How it is done, and by whom first, is told at the function `sparse_jacobian`. The matrix is not recorded.

        Examples
        --------
        >>> x = tf.constant([1., 2., 3.])
        >>> with tf.GradientTape() as tape:
        ...     tape.watch(x)
        ...     y = x[1:] - x[:-1]
        >>> tape.sparse_jacobian(y, x).toarray()
        array([[-1.,  1.,  0.],
               [ 0., -1.,  1.]], dtype=float32)
        """
        from .derivatives import compression  # loaded when first used

        return compression.jacobian(self, target, source)

    def sparse_hessian(self, target: Any, source: Any) -> scipy.sparse.csr_array:
        """The second derivatives of a scalar target with respect to a source, as a sparse matrix.

        Parameters
        ----------
        target : Tensor or Variable
            A scalar.
        source : Tensor or Variable
            What is watched.

        Returns
        -------
        scipy.sparse.csr_array
            Of shape (source.size, source.size), elements counted in C order. It has an entry wherever the operations
            of the gradient let one element of it depend on one of the source.

        Raises
        ------
        ImportError
            Where SciPy is not installed.
        RuntimeError
            Where the tape has nothing recorded, or not any more.
        TypeError
            Where the target or the source is neither tensor nor variable, or not of a float dtype.
        ValueError
            Where the target is not a scalar.

        Notes
        -----
        The gradient is appended to what the tape holds, as for `hessian`, and has its sparse Jacobian taken.

        Examples
        --------
        >>> x = tf.constant([1., 2., 3.])
        >>> with tf.GradientTape() as tape:
        ...     tape.watch(x)
        ...     y = tf.reduce_sum(x[1:] * x[:-1] ** 2)
        >>> tape.sparse_hessian(y, x).toarray()
        array([[4., 2., 0.],
               [2., 6., 4.],
               [0., 4., 0.]], dtype=float32)
        """
        from .derivatives import compression  # loaded when first used

        return compression.hessian(self, target, source)


def filled(results: list[Any], like: list[Any]) -> list[Any]:
    """Zeros in place of None."""
    return [zeros_like(x) if result is None else result for result, x in zip(results, like, strict=True)]


def alike(what: str, whose: str, structure: Any, leaves: list[Any], values: Any) -> list[Any]:
    """Flatten what must have another structure; for a single tensor a number, list or array stands for itself."""
    if isinstance(structure, (_core.Operand, IndexedSlices)) or is_wrapper(structure):
        if isinstance(values, (list, tuple)) and len(values) == 1 and len(leaves[0].shape) == 0:
            return list(values)
        return [values]
    try:
        if isinstance(structure, (list, tuple)) and isinstance(values, (list, tuple)):
            assert_same_structure(list(structure), list(values))
        else:
            assert_same_structure(structure, values)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{what} must have the structure of the {whose}: {error}") from error
    flat, _ = flatten_for_tape(values)
    if len(flat) != len(leaves):
        raise ValueError(
            f"{what} has {len(flat)} entries for {len(leaves)} {whose}s; it must have the {whose}s' structure"
        )
    return flat


def zeros_wanted(unconnected_gradients: UnconnectedGradients | str) -> bool:
    if unconnected_gradients is UnconnectedGradients.NONE:
        return False
    try:
        return UnconnectedGradients(unconnected_gradients) is UnconnectedGradients.ZERO
    except ValueError:
        raise ValueError(
            f"Unknown value for unconnected_gradients: {unconnected_gradients!r}; it is 'none' or 'zero'"
        ) from None
