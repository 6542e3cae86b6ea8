"""Sobol's sequence, of SciPy's."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _core
from .._core import Tensor


def sobol_sample(dim: int, num_results: int, skip: int = 0, dtype: Any = np.float32, name: str | None = None) -> Tensor:
    """Points of Sobol's sequence, which fill the unit cube evenly.

    Parameters
    ----------
    dim : int
        The dimensions of the cube.
    num_results : int
        How many points.
    skip : int
        How many to leave out first. The zeroth, the origin, is never given.
    dtype : dtype
        A float dtype.

    Returns
    -------
    Tensor
        Of shape (num_results, dim).

    Raises
    ------
    ImportError
        Without SciPy: it is the extra `scipy`.
    ValueError
        For numbers that are not positive, or a skip below zero.

    Notes
    -----
    https://www.tensorflow.org/api_docs/python/tf/math/sobol_sample. Direction numbers of S. Joe and F. Y. Kuo (2008).

    Examples
    --------
    >>> tf.math.sobol_sample(2, 3).numpy().tolist()
    [[0.5, 0.5], [0.75, 0.25], [0.25, 0.75]]
    """
    if dim < 1 or num_results < 1 or skip < 0:
        raise ValueError(
            f"sobol_sample: dim {dim} and num_results {num_results} must be positive, and skip {skip} not negative"
        )
    try:
        from scipy.stats import qmc
    except ImportError as error:
        raise ImportError(
            'sobol_sample is SciPy\'s, which is not installed: pip install "autodiff-core[scipy]"'
        ) from error
    engine = qmc.Sobol(_core.integer(dim), scramble=False)
    engine.fast_forward(_core.integer(skip) + 1)
    return _core.to_tensor(engine.random(_core.integer(num_results)).astype(dtype))
