"""Contexts and structures around the compiled tape."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias, overload

from . import _core
from .nest import Rebuild, assert_same_structure, flatten_for_tape
from .readable import Readable
from .tensors.creation import zeros_like
from .tensors.indexed_slices import IndexedSlices, tangents_by_rows, targets_by_rows

if TYPE_CHECKING:
    from typing import Protocol, TypeVar

    from .reading.costs import Memory, Profile
    from .reading.kinks import KinkFound
    from .reading.why import Reasons, Why
    from .variable import Variable

    Key = TypeVar("Key")
    Source = TypeVar("Source", bound=_core.Operand)

    class NamedTuple(Protocol):
        """Its gradients have its names."""

        def _asdict(self) -> dict[str, Any]: ...


# A gradient is a tensor; or IndexedSlices, or None, which a reader of the code knows, and a type checker does not.
if TYPE_CHECKING:

    class _TensorOrSlices(_core.Tensor):
        indices: _core.Tensor
        values: _core.Tensor
        dense_shape: _core.Tensor | None

    Gradient: TypeAlias = _TensorOrSlices | Any
else:
    Gradient = _core.Tensor


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


# (an enum's attribute costs a look-up on every call of gradient)
_NONE = UnconnectedGradients.NONE
_ZERO = UnconnectedGradients.ZERO


class Tape(Readable, _core.Tape):
    """What records, and gives gradients and products with vectors; `GradientTape` has the whole matrices, too."""

    __slots__ = ()

    def __repr__(self) -> str:
        state, count = _core.tape_state(self)
        told = "has let go of its records" if state == "released" else f"{count} record{'s' * (count != 1)}, {state}"
        return f"<{type(self).__name__}: {told}>"

    def __str__(self) -> str:
        from .reading.table import printed

        return printed(self)

    def __reduce__(self) -> Any:
        raise not_pickled(self)

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

    def kinks(self) -> list[KinkFound]:
        """Where what was recorded sits on points without a derivative: ties in a maximum, abs, relu and sqrt at 0.

        Returns
        -------
        list of KinkFound
            Named tuples: the record, which kind of point, at how many elements, and what the derivative gives there.

        Raises
        ------
        RuntimeError
            Where the tape has let go of its records.

        Notes
        -----
        Values that the tape has not kept are computed again; where that cannot be done nothing is said. A tape with
        `trace=True` knows all values, and tells also of what has no derivative: floor and its like at jumps,
        comparisons of equals, ties among what `top_k` and pooling choose from.

        Examples
        --------
        >>> x = tf.Variable([0.0, 2.0, 2.0])
        >>> with tf.GradientTape() as tape:
        ...     y = tf.reduce_max(x) + tf.reduce_sum(tf.sqrt(x))
        >>> for kink in tape.kinks():
        ...     print(kink)
        %1 reduce_max: a tie at 1 of 1; those that tie share the gradient evenly
        %2 sqrt: 0 at 1 of 3; the slope is infinite; zero where the cotangent is zero
        """
        from .reading.kinks import kinks_of

        return kinks_of(self)

    def memory(self) -> Memory:
        """The bytes that the records keep for their derivatives: by operation, by line, and which keep most.

        Returns
        -------
        Memory
            To be printed. An array that several records keep counts once, at the first of them.

        Raises
        ------
        RuntimeError
            Where the tape has let go of its records.

        Examples
        --------
        >>> x = tf.Variable(np.ones(1000))
        >>> with tf.GradientTape() as tape:
        ...     y = tf.exp(x) * x
        >>> tape.memory().bytes, tape.memory().by_op()
        (16000, {'variable': 8000, 'exp': 8000})
        """
        from .reading.costs import memory_of

        return memory_of(self)

    def profile(self, target: Any) -> Profile:
        """The seconds and bytes that the records take, forwards and in a sweep from a target.

        Parameters
        ----------
        target : Tensor, Variable or structure of them
            What would be differentiated.

        Returns
        -------
        Profile
            To be printed: the slowest records and the largest ones. `to_chrome` writes a file for trace viewers.

        Raises
        ------
        RuntimeError
            Where the tape has let go of its records.
        TypeError
            Where a target is neither tensor nor variable.

        Notes
        -----
        Every record is run once more, by itself, so that rules which a gradient runs together count one by one.

        Examples
        --------
        >>> x = tf.Variable(np.ones(1000))
        >>> with tf.GradientTape() as tape:
        ...     y = tf.reduce_sum(tf.exp(x))
        >>> sorted(tape.profile(y).by_op())
        ['exp', 'sum']
        """
        from .reading.costs import profile_of_tape

        return profile_of_tape(self, flatten_sources(target)[0])

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

    def record_here(self) -> AbstractContextManager[None]:
        """Let this thread record for a tape that another thread has entered.

        A tape that hears all threads, `GradientTape(threads=True)`, sees by itself to what is given to a
        `ThreadPoolExecutor`, a `ThreadPool` or a `Thread` by its thread, or by one that records for it. Other ways to
        have something done in a thread are told by this context, there.

        Returns
        -------
        context manager
            What is computed within it is on this tape, from when it is used in the tape's thread. It is for one thread
            at a time, and is not to be held across an `await`, where another task of the thread may record, too.

        Raises
        ------
        ValueError
            Where the tape is not recording, or records what its own thread computes only.
        RuntimeError
            On entering the context, where a tape of the thread's own records, or where it has been entered already; on
            leaving it in another thread.

        Examples
        --------
        >>> from concurrent.futures import ThreadPoolExecutor
        >>> x = tf.Variable(3.0)
        >>> done = []
        >>> def work(tape):
        ...     with tape.record_here():
        ...         done.append(x ** 2)
        >>> with tf.GradientTape(threads=True) as tape:
        ...     with ThreadPoolExecutor() as pool:
        ...         pool.submit(work, tape).result()
        ...     y = 10.0 * done[0]
        >>> tape.gradient(y, x)
        <Tensor: shape=(), dtype=float32, numpy=60.0>
        """
        return _core.Task(_core.hearing_of(self))

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

    def why(self, target: Any, source: Any) -> Why | Reasons:
        """Why the gradient of a target with respect to a source is None, or zero: in words, with what to write instead.

        Parameters
        ----------
        target : Tensor, Variable or structure of them
            What would be differentiated.
        source : Tensor, Variable or structure of them
            With respect to what.

        Returns
        -------
        Why or Reasons
            To be printed. A `Why` has `cause`, a word or two, and `line`, where in the code it is, if that is known: a
            tape that is made with trace=True knows it. For a structure of sources a sequence with one for each.

        Raises
        ------
        RuntimeError
            Where the tape has let go of its records: one that is not persistent does so when its gradient is taken.
            (One that is traced keeps the answers for what was None.)
        TypeError
            Where target or source is neither tensor nor variable.

        Notes
        -----
        Nothing is recorded or used up: `gradient` can be asked afterwards. Where there is a gradient, it says so, and
        its norm.

        Examples
        --------
        >>> x = tf.Variable(3.0, trainable=False)
        >>> with tf.GradientTape() as tape:
        ...     y = x ** 2
        >>> tape.why(y, x).cause
        'not trainable'
        >>> print(tape.why(y, x).advice)
        Write `tape.watch(x)` at the beginning of the block, before x is used; or make it trainable.
        """
        from .reading.why import why

        return why(self, flatten_sources(target)[0], flatten_sources(source)[0])

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


def _tell(tape: Any, targets: list[Any], sources: list[Any], results: list[Any]) -> None:
    from .reading.missing import tell

    tell(tape, targets, sources, results)


_core.install_missing(_tell)


def _open_doors(entered: bool) -> None:
    from .handing_over import close_doors, open_doors

    (open_doors if entered else close_doors)()


_core.install_tasks(_open_doors)


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
    if isinstance(unconnected_gradients, UnconnectedGradients):
        return unconnected_gradients is _ZERO
    try:
        return UnconnectedGradients(unconnected_gradients) is _ZERO
    except ValueError:
        raise ValueError(
            f"Unknown value for unconnected_gradients: {unconnected_gradients!r}; it is 'none' or 'zero'"
        ) from None


# Objects that wrap a tensor or a variable, Keras' variables and users' own, are asked by `__tf_tensor__`. As an operand
# such an object is asked whenever it is used, by the core. As a source of a tape it has to say what was followed: the
# variable that it reads, or the tensor that it gives each time.


def not_pickled(tape: _core.Tape) -> TypeError:
    """Why a tape cannot be sent to another process, or copied, and what can be."""
    records = "; or the records as values, .to_records()" if isinstance(tape, Readable) else ""
    return TypeError(
        f"a {type(tape).__name__} is not pickled, and not copied: what it has recorded lies in this process. Send the "
        f"function, which is recorded there; or what it is recorded as, tf.Program.from_function(f, ...), and the "
        f"program's .gradient(){records}"
    )


def is_wrapper(value: Any) -> bool:
    """Whether something wraps a tensor."""
    return not isinstance(value, _core.Operand) and hasattr(type(value), "__tf_tensor__")


def inner(value: Any) -> Any:
    """The variable or tensor that a wrapper stands for on a tape; anything else as it is."""
    if not is_wrapper(value):
        return value
    with _core.Untraced(), _core.Tape() as probe:
        first = _core.wrapped(value)
    if first is None:
        return value
    read = probe.seen_variables()
    if isinstance(first, _core.VariableCore):
        return first
    if len(read) == 1 and read[0].shape == first.shape:
        return read[0]
    own = getattr(value, "value", None)  # a variable that is not trainable is read without notice
    if isinstance(own, _core.VariableCore):
        return own
    with _core.Untraced():
        again = _core.wrapped(value)
    if again is not first:
        raise TypeError(
            f"{type(value).__name__}.__tf_tensor__ makes a new tensor each time, which no tape can have followed: let "
            f"it give the same one, or name the variable or tensor behind it"
        )
    return first


def flatten_sources(structure: Any) -> tuple[list[Any], Rebuild]:
    """`flatten_for_tape`, with what is wrapped in the place of its wrappers."""
    leaves, rebuild = flatten_for_tape(structure, True)
    if _core.all_operands(leaves):
        return leaves, rebuild
    return [leaf if isinstance(leaf, _core.Operand) else inner(leaf) for leaf in leaves], rebuild
