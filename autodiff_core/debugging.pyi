"""`debugging`: checks of tensors, under TensorFlow's names."""

# Written by `python docs/make_stubs.py`; a test sees to it that it is up to date.

from typing import Any
from .tensorflow.debugging import Assert as Assert
from .tensorflow.debugging import assert_all_finite as assert_all_finite
from .tensorflow.debugging import assert_integer as assert_integer
from .tensorflow.debugging import assert_near as assert_near
from .tensorflow.debugging import assert_proper_iterable as assert_proper_iterable
from .tensorflow.debugging import assert_rank as assert_rank
from .tensorflow.debugging import assert_rank_at_least as assert_rank_at_least
from .tensorflow.debugging import assert_rank_in as assert_rank_in
from .tensorflow.debugging import assert_same_float_dtype as assert_same_float_dtype
from .tensorflow.debugging import assert_scalar as assert_scalar
from .tensorflow.debugging import assert_shapes as assert_shapes
from .tensorflow.debugging import assert_type as assert_type
from .tensorflow.debugging import check_numerics as check_numerics
from .tensorflow.debugging import disable_check_numerics as disable_check_numerics
from .tensorflow.debugging import enable_check_numerics as enable_check_numerics
from .tensorflow.debugging import is_numeric_tensor as is_numeric_tensor

def assert_equal(
    x: Any, y: Any, message: str | None = None, summarize: int | None = None, name: str | None = None
) -> None:
    """Raise an error unless x == y, element by element, by the rules of broadcasting.

    Parameters
    ----------
    x, y : array_like
        Of any numeric dtype.
    message : str, optional
        How the error begins.
    summarize : int, optional
        How many elements the error shows; 3 by default, all for -1.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Raises
    ------
    InvalidArgumentError
        Where it does not hold.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/debugging/assert_equal

    Examples
    --------
    >>> tf.debugging.assert_equal([1., 2.], [1., 2.])
    """

def assert_greater(
    x: Any, y: Any, message: str | None = None, summarize: int | None = None, name: str | None = None
) -> None:
    """Raise an error unless x > y, element by element, by the rules of broadcasting.

    Parameters
    ----------
    x, y : array_like
        Of any numeric dtype.
    message : str, optional
        How the error begins.
    summarize : int, optional
        How many elements the error shows; 3 by default, all for -1.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Raises
    ------
    InvalidArgumentError
        Where it does not hold.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/debugging/assert_greater

    Examples
    --------
    >>> tf.debugging.assert_greater([1., 2.], [0., 1.])
    """

def assert_greater_equal(
    x: Any, y: Any, message: str | None = None, summarize: int | None = None, name: str | None = None
) -> None:
    """Raise an error unless x >= y, element by element, by the rules of broadcasting.

    Parameters
    ----------
    x, y : array_like
        Of any numeric dtype.
    message : str, optional
        How the error begins.
    summarize : int, optional
        How many elements the error shows; 3 by default, all for -1.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Raises
    ------
    InvalidArgumentError
        Where it does not hold.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/debugging/assert_greater_equal

    Examples
    --------
    >>> tf.debugging.assert_greater_equal([1., 2.], [1., 0.])
    """

def assert_less(
    x: Any, y: Any, message: str | None = None, summarize: int | None = None, name: str | None = None
) -> None:
    """Raise an error unless x < y, element by element, by the rules of broadcasting.

    Parameters
    ----------
    x, y : array_like
        Of any numeric dtype.
    message : str, optional
        How the error begins.
    summarize : int, optional
        How many elements the error shows; 3 by default, all for -1.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Raises
    ------
    InvalidArgumentError
        Where it does not hold.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/debugging/assert_less

    Examples
    --------
    >>> tf.debugging.assert_less([1., 2.], [2., 3.])
    """

def assert_less_equal(
    x: Any, y: Any, message: str | None = None, summarize: int | None = None, name: str | None = None
) -> None:
    """Raise an error unless x <= y, element by element, by the rules of broadcasting.

    Parameters
    ----------
    x, y : array_like
        Of any numeric dtype.
    message : str, optional
        How the error begins.
    summarize : int, optional
        How many elements the error shows; 3 by default, all for -1.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Raises
    ------
    InvalidArgumentError
        Where it does not hold.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/debugging/assert_less_equal

    Examples
    --------
    >>> tf.debugging.assert_less_equal([1., 2.], [1., 3.])
    """

def assert_negative(x: Any, message: str | None = None, summarize: int | None = None, name: str | None = None) -> None:
    """Raise an error unless x < 0 everywhere.

    Parameters
    ----------
    x : array_like
        Of any numeric dtype.
    message : str, optional
        How the error begins.
    summarize : int, optional
        How many elements the error shows; 3 by default, all for -1.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Raises
    ------
    InvalidArgumentError
        Where it does not hold.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/debugging/assert_negative

    Examples
    --------
    >>> tf.debugging.assert_negative([-1., -2.])
    """

def assert_non_negative(
    x: Any, message: str | None = None, summarize: int | None = None, name: str | None = None
) -> None:
    """Raise an error unless x >= 0 everywhere.

    Parameters
    ----------
    x : array_like
        Of any numeric dtype.
    message : str, optional
        How the error begins.
    summarize : int, optional
        How many elements the error shows; 3 by default, all for -1.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Raises
    ------
    InvalidArgumentError
        Where it does not hold.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/debugging/assert_non_negative

    Examples
    --------
    >>> tf.debugging.assert_non_negative([0., 2.])
    """

def assert_non_positive(
    x: Any, message: str | None = None, summarize: int | None = None, name: str | None = None
) -> None:
    """Raise an error unless x <= 0 everywhere.

    Parameters
    ----------
    x : array_like
        Of any numeric dtype.
    message : str, optional
        How the error begins.
    summarize : int, optional
        How many elements the error shows; 3 by default, all for -1.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Raises
    ------
    InvalidArgumentError
        Where it does not hold.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/debugging/assert_non_positive

    Examples
    --------
    >>> tf.debugging.assert_non_positive([0., -2.])
    """

def assert_none_equal(
    x: Any, y: Any, summarize: int | None = None, message: str | None = None, name: str | None = None
) -> None:
    """Raise an error unless x != y, element by element, by the rules of broadcasting.

    Parameters
    ----------
    x, y : array_like
        Of any numeric dtype.
    message : str, optional
        How the error begins.
    summarize : int, optional
        How many elements the error shows; 3 by default, all for -1.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Raises
    ------
    InvalidArgumentError
        Where it does not hold.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/debugging/assert_none_equal

    Examples
    --------
    >>> tf.debugging.assert_none_equal([1., 2.], [2., 3.])
    """

def assert_positive(x: Any, message: str | None = None, summarize: int | None = None, name: str | None = None) -> None:
    """Raise an error unless x > 0 everywhere.

    Parameters
    ----------
    x : array_like
        Of any numeric dtype.
    message : str, optional
        How the error begins.
    summarize : int, optional
        How many elements the error shows; 3 by default, all for -1.
    name : str, optional
        Accepted for TensorFlow's sake; without effect.

    Raises
    ------
    InvalidArgumentError
        Where it does not hold.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/debugging/assert_positive

    Examples
    --------
    >>> tf.debugging.assert_positive([1., 2.])
    """
