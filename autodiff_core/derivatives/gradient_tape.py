"""GradientTape: a tape that gives whole matrices of derivatives, too."""

from __future__ import annotations

from types import FunctionType
from typing import TYPE_CHECKING, Any

from .. import _core
from ..tape import Tape, UnconnectedGradients, flatten_sources, zeros_wanted
from ..tensors.indexed_slices import IndexedSlices
from . import jacobians

if TYPE_CHECKING:
    import scipy.sparse


class GradientTape(Tape):
    """Record operations, to differentiate them.

    Trainable variables are watched as they are read; tensors are watched by `watch`. All operations on what is watched
    are recorded, whatever Python does around them.

    Parameters
    ----------
    persistent : bool
        Whether `gradient` may be called more than once. What is recorded is then kept until the tape is deleted.
    watch_accessed_variables : bool
        Whether trainable variables are watched by themselves.
    trace : bool, optional
        Whether everything is heard, also what the tape does not follow, with the lines of code that it comes from.
        Results are the same; recording takes up to four times as long, and keeps all that operations are given. Unless
        it is said, the environment variable AUTODIFF_TRACE=1 says so for all tapes.
    check_numerics : bool
        Whether an operation that gives a NaN or an infinity while the tape is open, and a gradient of the tape's that
        has one, is a `tf.errors.InvalidArgumentError`, which names the operation; see
        `tf.debugging.enable_check_numerics`. It is traced then, unless `trace` is False, so that lines are known.
    memory : str or int, optional
        How much memory the tape and its gradients may take, as "200MB", "1.5GiB" or a number of bytes: of what it
        keeps, arrays beyond that are written to a file without a name, in the folder of `tempfile.gettempdir()`, and
        read from there when the gradient comes to them. Gradients are the same to the last bit.
    threads : bool
        Whether the tape hears other threads, too: what this one gives to a `ThreadPoolExecutor`, a `ThreadPool` or a
        `Thread` while the tape records, and what that gives to others; other tapes that record in this thread meanwhile
        hear it, too. Wait for results before the block is left: what
        threads compute afterwards is not recorded. Results are the same, and gradients are to the last bit, whichever
        thread comes first. For other ways to use threads there is `record_here`.

    Raises
    ------
    TypeError
        Where `memory` is neither a text nor an integer.
    ValueError
        Where it is no amount of memory; while recording, where it is too little for a single step. Where `trace` or
        `memory`, which are for one thread, are given beside `threads`.
    RuntimeError
        On entering it with `threads` where a tape with a trace is open, in a `tf.function`, or in a thread that another
        such tape hears.

    Notes
    -----
    After TensorFlow's, https://www.tensorflow.org/api_docs/python/tf/GradientTape. Tapes nest: an inner tape's gradient
    is recorded by the outer one. Tapes of different threads do not see each other. While a tape with `threads` is open,
    `ThreadPoolExecutor.submit`, `Thread.start` and what `ThreadPool` is given work by are wrapped, to tell whether the
    thread that calls them has such a tape; what they are given is called as it is where it has none.

    Examples
    --------
    >>> x = tf.Variable(3.0)
    >>> with tf.GradientTape() as tape:
    ...     y = x ** 2
    >>> tape.gradient(y, x)
    <Tensor: shape=(), dtype=float32, numpy=6.0>
    """

    __slots__ = ()

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
        from . import compression  # loaded when first used

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
        from . import compression  # loaded when first used

        return compression.hessian(self, target, source)


# What Python says of a call that is wrong names the class that users know; and pickle finds the methods there.
for _inherited in vars(Tape).values():
    if isinstance(_inherited, FunctionType):
        _inherited.__qualname__ = f"{GradientTape.__name__}.{_inherited.__name__}"
        _inherited.__module__ = GradientTape.__module__
