"""`scipy.stats`: densities and distribution functions, by SciPy's names and arguments.

Each distribution is an object with methods, as in SciPy. A continuous one has `pdf`, `logpdf`, `cdf`, `logcdf`, `sf`
and `logsf` of (x, shapes..., loc, scale), a discrete one `pmf` and `logpmf` in place of the first two, of (k,
shapes..., loc); that of Dirichlet has densities alone. All parameters have gradients, but for the shapes of `t` and
`beta` in distribution functions, and distribution functions of several variables: asking for one is a LookupError.

>>> sample = np.array([1.0, 2.0, 4.0])
>>> tf.grad(lambda mean: tf.reduce_sum(tf.scipy.stats.norm.logpdf(sample, mean, 2.0)))(np.float64(2.0))
np.float64(0.25)
"""

from __future__ import annotations

import math as _m
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import _core
from .._core import Tensor, detached
from ..ops.elementwise import equal, exp, floor, log, log1p, logical_and, sqrt, square, xlog1py, xlogy
from ..ops.gamma_orders import igamma as gammainc
from ..ops.gamma_orders import igammac as gammaincc
from ..ops.indexing import where
from ..ops.matrices import diagonal, matrices, of_one_dtype
from ..ops.reductions import reduce_any, reduce_sum
from ..ops.shaping import concat, expand_dims, reshape, squeeze
from ..ops.special import betainc, betaln, gammaln, lbeta, log_ndtr, ndtr, stdtr
from ..ops.triangular import triangular_solve

__all__ = ["beta", "chi2", "dirichlet", "gamma", "multivariate_normal", "norm", "poisson", "t"]
__dir__ = __all__.copy


def _logarithm(probability: Any, of_rest: Any) -> Any:
    """The logarithm of a probability, where that of the rest is known, too: exact where either is small."""
    small = probability < 0.5
    return where(small, log(where(small, probability, 1.0)), log1p(-where(small, 0.0, of_rest)))


_HALF_LOG_TAU = 0.5 * _m.log(2.0 * _m.pi)


class _Distribution:
    """What continuous and discrete distributions share: a support, and functions within it."""

    shapes: tuple[str, ...] = ()
    cdf: Callable[..., Tensor]
    sf: Callable[..., Tensor]

    def _split(self, op: str, x: Any, arguments: tuple[Any, ...], given: dict[str, Any], last: dict[str, Any]) -> Any:
        """x, shapes, and loc (and scale), from arguments by place and by name."""
        names = (*self.shapes, *last)
        if len(arguments) > len(names) or set(given) - set(names[len(arguments) :]):
            raise TypeError(f"{type(self).__name__[1:]}.{op} takes x, {', '.join(names)}")
        values = {**last, **dict(zip(names, arguments, strict=False)), **given}
        missing = [name for name in self.shapes if name not in values]
        if missing:
            raise TypeError(f"{type(self).__name__[1:]}.{op} misses {', '.join(missing)}")
        return of_one_dtype(x, *[values[name] for name in names])

    def _inside(self, x: Any, *shapes: Any) -> Any:
        """Where there is a density, and a place that is inside, for what is computed where it is not used."""
        return np.ones(tuple(x.shape), bool), 0.0

    def _distributed(self, x: Any, *shapes: Any) -> Any:
        """The probability of what is at most x, inside the support."""
        raise NotImplementedError

    def _surviving(self, x: Any, *shapes: Any) -> Any:
        """The probability of what is above x, inside the support."""
        raise NotImplementedError

    def _below(self, x: Any, *shapes: Any) -> Any:
        """Where x is below the support."""
        return np.zeros(tuple(x.shape), bool)

    def _probability(self, z: Any, shapes: Any, upper: bool) -> Any:
        inside, middle = self._inside(z, *shapes)
        value = (self._surviving if upper else self._distributed)(where(inside, z, middle), *shapes)
        outside = where(self._below(z, *shapes), float(upper), float(not upper))
        return where(inside, value, outside)

    def logcdf(self, *args: Any, **kwargs: Any) -> Tensor:
        """Logarithm of `cdf`, of the same arguments."""
        return _logarithm(self.cdf(*args, **kwargs), self.sf(*args, **kwargs))

    def logsf(self, *args: Any, **kwargs: Any) -> Tensor:
        """Logarithm of `sf`, of the same arguments."""
        return _logarithm(self.sf(*args, **kwargs), self.cdf(*args, **kwargs))


class _Continuous(_Distribution):
    def _density(self, x: Any, *shapes: Any) -> Any:
        """The density's logarithm, inside the support."""
        raise NotImplementedError

    def _standard(self, op: str, x: Any, arguments: tuple[Any, ...], given: dict[str, Any]) -> Any:
        """(x - loc) / scale, the shapes, and the scale."""
        x, *shapes, loc, scale = self._split(op, x, arguments, given, {"loc": 0.0, "scale": 1.0})
        return (x - loc) / scale, shapes, scale

    def logpdf(self, x: Any, *args: Any, **kwargs: Any) -> Tensor:
        """Logarithm of the density at x."""
        z, shapes, scale = self._standard("logpdf", x, args, kwargs)
        inside, middle = self._inside(z, *shapes)
        return where(inside, self._density(where(inside, z, middle), *shapes) - log(scale), -np.inf)

    def pdf(self, x: Any, *args: Any, **kwargs: Any) -> Tensor:
        """Density at x."""
        return exp(self.logpdf(x, *args, **kwargs))

    def cdf(self, x: Any, *args: Any, **kwargs: Any) -> Tensor:
        """Probability of what is at most x."""
        z, shapes, _ = self._standard("cdf", x, args, kwargs)
        return self._probability(z, shapes, False)

    def sf(self, x: Any, *args: Any, **kwargs: Any) -> Tensor:
        """Probability of what is above x: 1 - cdf, without cancellation."""
        z, shapes, _ = self._standard("sf", x, args, kwargs)
        return self._probability(z, shapes, True)


class _norm(_Continuous):
    """The normal distribution, of mean `loc` and standard deviation `scale`."""

    def _density(self, x: Any, *shapes: Any) -> Any:
        return -0.5 * square(x) - _HALF_LOG_TAU

    def _distributed(self, x: Any, *shapes: Any) -> Any:
        return ndtr(x)

    def _surviving(self, x: Any, *shapes: Any) -> Any:
        return ndtr(-x)

    def logcdf(self, x: Any, *args: Any, **kwargs: Any) -> Tensor:
        return log_ndtr(self._standard("logcdf", x, args, kwargs)[0])

    def logsf(self, x: Any, *args: Any, **kwargs: Any) -> Tensor:
        return log_ndtr(-self._standard("logsf", x, args, kwargs)[0])


class _t(_Continuous):
    """Student's t distribution, with `df` degrees of freedom."""

    shapes = ("df",)

    def _density(self, x: Any, *shapes: Any) -> Any:
        (df,) = shapes
        return -0.5 * (df + 1.0) * log1p(square(x) / df) - 0.5 * log(df) - betaln(0.5 * df, _core.operand_like(0.5, df))

    def _distributed(self, x: Any, *shapes: Any) -> Any:
        return stdtr(shapes[0], x)

    def _surviving(self, x: Any, *shapes: Any) -> Any:
        return stdtr(shapes[0], -x)


class _beta(_Continuous):
    """The beta distribution, of shapes `a` and `b`, on the interval from 0 to 1."""

    shapes = ("a", "b")

    def _inside(self, x: Any, *shapes: Any) -> Any:
        return logical_and(x >= 0.0, x <= 1.0), 0.5

    def _below(self, x: Any, *shapes: Any) -> Any:
        return x < 0.0

    def _density(self, x: Any, *shapes: Any) -> Any:
        a, b = shapes
        return xlog1py(b - 1.0, -x) + xlogy(a - 1.0, x) - betaln(a, b)

    def _distributed(self, x: Any, *shapes: Any) -> Any:
        return betainc(*shapes, x)

    def _surviving(self, x: Any, *shapes: Any) -> Any:
        a, b = shapes
        return betainc(b, a, 1.0 - x)


class _gamma(_Continuous):
    """The gamma distribution, of shape `a`: its mean is `a * scale`."""

    shapes = ("a",)

    def _inside(self, x: Any, *shapes: Any) -> Any:
        return x >= 0.0, 1.0

    def _below(self, x: Any, *shapes: Any) -> Any:
        return x < 0.0

    def _density(self, x: Any, *shapes: Any) -> Any:
        (a,) = shapes
        return xlogy(a - 1.0, x) - x - gammaln(a)

    def _distributed(self, x: Any, *shapes: Any) -> Any:
        return gammainc(shapes[0], x)

    def _surviving(self, x: Any, *shapes: Any) -> Any:
        return gammaincc(shapes[0], x)


class _chi2(_gamma):
    """The chi-squared distribution, with `df` degrees of freedom."""

    shapes = ("df",)

    def _density(self, x: Any, *shapes: Any) -> Any:
        return super()._density(0.5 * x, 0.5 * shapes[0]) - _m.log(2.0)

    def _distributed(self, x: Any, *shapes: Any) -> Any:
        return super()._distributed(0.5 * x, 0.5 * shapes[0])

    def _surviving(self, x: Any, *shapes: Any) -> Any:
        return super()._surviving(0.5 * x, 0.5 * shapes[0])


class _poisson(_Distribution):
    """The Poisson distribution, of mean `mu`."""

    shapes = ("mu",)

    def _inside(self, x: Any, *shapes: Any) -> Any:
        return x >= 0.0, 0.0

    def _below(self, x: Any, *shapes: Any) -> Any:
        return x < 0.0

    def _distributed(self, x: Any, *shapes: Any) -> Any:
        return gammaincc(floor(x) + 1.0, shapes[0])

    def _surviving(self, x: Any, *shapes: Any) -> Any:
        return gammainc(floor(x) + 1.0, shapes[0])

    def logpmf(self, k: Any, *args: Any, **kwargs: Any) -> Tensor:
        """Logarithm of the probability of k."""
        x, mu, loc = self._split("logpmf", k, args, kwargs, {"loc": 0.0})
        x = x - loc
        inside = logical_and(x >= 0.0, equal(x, floor(x)))
        counts = where(inside, x, 0.0)
        return where(inside, xlogy(counts, mu) - gammaln(counts + 1.0) - mu, -np.inf)

    def pmf(self, k: Any, *args: Any, **kwargs: Any) -> Tensor:
        """Probability of k."""
        return exp(self.logpmf(k, *args, **kwargs))

    def cdf(self, k: Any, *args: Any, **kwargs: Any) -> Tensor:
        """Probability of what is at most k."""
        x, mu, loc = self._split("cdf", k, args, kwargs, {"loc": 0.0})
        return self._probability(x - loc, [mu], False)

    def sf(self, k: Any, *args: Any, **kwargs: Any) -> Tensor:
        """Probability of what is above k."""
        x, mu, loc = self._split("sf", k, args, kwargs, {"loc": 0.0})
        return self._probability(x - loc, [mu], True)


class _dirichlet:
    """The Dirichlet distribution, of concentrations `alpha`, of vectors that add up to 1."""

    def logpdf(self, x: Any, alpha: Any) -> Tensor:
        """Logarithm of the density at x of shape (n, ...), or without its last row, for alpha of shape (n,)."""
        point, weights = of_one_dtype(x, alpha)
        n, rows = int(weights.shape[0]), int(point.shape[0]) if len(point.shape) else 0
        if len(weights.shape) != 1 or rows not in (n, n - 1):
            raise ValueError(
                f"dirichlet: x has as many rows as alpha elements, or one less; the shapes are {tuple(point.shape)} "
                f"and {tuple(weights.shape)}"
            )
        if rows == n - 1:
            point = concat([point, expand_dims(1.0 - reduce_sum(point, 0), 0)], 0)
        if bool(reduce_any(abs(reduce_sum(point, 0) - 1.0) > 1e-6)) or bool(reduce_any(point < 0.0)):
            raise ValueError("dirichlet: the rows of x are not negative, and add up to 1")
        beside = reshape(weights, (n,) + (1,) * (len(point.shape) - 1))
        return reduce_sum(xlogy(beside - 1.0, point), 0) - lbeta(weights)

    def pdf(self, x: Any, alpha: Any) -> Tensor:
        """Density at x."""
        return exp(self.logpdf(x, alpha))


class _multivariate_normal:
    """The normal distribution of vectors, of mean `mean` and covariance `cov`."""

    def _parts(self, mean: Any, cov: Any, x: Any = None) -> tuple[Any, Any]:
        """Deviations from the mean, of shape (..., n), and the covariance as a matrix."""
        point, spread = of_one_dtype(0.0 if x is None else x, cov)
        if not len(point.shape):
            point = expand_dims(point, 0)
        offset = None if mean is None else _core.operand_like(mean, point)
        n = int(spread.shape[-1]) if len(spread.shape) else int(point.shape[-1])
        if not len(spread.shape) and x is None and offset is not None and len(offset.shape):
            n = int(offset.shape[-1])
        if len(spread.shape) < 2:
            spread = expand_dims(spread, -1) * np.eye(n, dtype=spread.dtype)
        if n == 1 and point.shape[-1] != 1:
            point = expand_dims(point, -1)
        deviation = point if offset is None else point - offset
        if tuple(spread.shape) != (n, n) or (deviation.shape[-1] != n and x is not None):
            raise ValueError(
                f"multivariate_normal: x of shape {tuple(point.shape)} and a covariance of shape {tuple(spread.shape)} "
                f"do not fit"
            )
        return deviation, matrices(spread, "multivariate_normal")

    def logpdf(self, x: Any, mean: Any = None, cov: Any = 1.0, allow_singular: bool = False) -> Tensor:
        """Logarithm of the density at x of shape (..., n), for a covariance of shape (n, n), (n,) or ().

        With `allow_singular` that of a singular covariance is the density within the subspace in which the distribution
        lies, and -inf outside; a derivative by such a covariance is a LookupError.
        """
        from ..ops.decompositions import cholesky
        from ..ops.multivariate import whitened

        deviation, spread = self._parts(mean, cov, x)
        n = int(spread.shape[-1])
        whole = whitened(spread) if allow_singular else None
        if whole is not None and bool(detached(whole)[n, 0] < float(n)):
            scaled = reduce_sum(expand_dims(deviation, -2) * whole[:n], -1)
            values = -0.5 * (reduce_sum(square(scaled), -1) + whole[n + 1, 0]) - whole[n, 0] * _HALF_LOG_TAU
            # What is left of a deviation, when what the covariance explains is taken away.
            within = reduce_sum(expand_dims(scaled, -1) * (whole[:n] @ spread), -2)
            outside = sqrt(reduce_sum(square(detached(deviation - within)), -1)) > 1e3 * np.finfo(spread.dtype).eps
            return where(outside, -np.inf, values)
        chol = cholesky(spread)
        scaled = squeeze(triangular_solve(chol, expand_dims(deviation, -1)), -1)
        return -0.5 * reduce_sum(square(scaled), -1) - reduce_sum(log(diagonal(chol)), -1) - n * _HALF_LOG_TAU

    def pdf(self, x: Any, mean: Any = None, cov: Any = 1.0, allow_singular: bool = False) -> Tensor:
        """Density at x."""
        return exp(self.logpdf(x, mean, cov, allow_singular))

    def entropy(self, mean: Any = None, cov: Any = 1.0) -> Tensor:
        """Entropy, in nats; of a singular covariance that within the subspace, without a derivative."""
        from ..ops.decompositions import cholesky
        from ..ops.multivariate import whitened

        _, spread = self._parts(mean, cov)
        n = int(spread.shape[-1])
        whole = whitened(spread)
        if bool(detached(whole)[n, 0] < float(n)):
            return 0.5 * whole[n + 1, 0] + whole[n, 0] * (_HALF_LOG_TAU + 0.5)
        return reduce_sum(log(diagonal(cholesky(spread))), -1) + n * (_HALF_LOG_TAU + 0.5)

    def cdf(
        self,
        x: Any,
        mean: Any = None,
        cov: Any = 1.0,
        allow_singular: bool = False,
        maxpts: int | None = None,
        abseps: float = 1e-5,
        releps: float = 1e-5,
    ) -> Tensor:
        """Probability of what is at most x in every component.

        Of one component it is exact and has derivatives. Of several it is integrated by SciPy, to the precision that is
        asked for, and asking for a derivative is a LookupError.
        """
        deviation, spread = self._parts(mean, cov, x)
        if int(spread.shape[-1]) == 1 and not allow_singular:
            return ndtr(squeeze(deviation, -1) / sqrt(spread[0, 0]))
        from ..ops.multivariate import box

        return box(deviation, spread, bool(allow_singular), maxpts, float(abseps), float(releps))

    def logcdf(
        self,
        x: Any,
        mean: Any = None,
        cov: Any = 1.0,
        allow_singular: bool = False,
        maxpts: int | None = None,
        abseps: float = 1e-5,
        releps: float = 1e-5,
    ) -> Tensor:
        """Logarithm of `cdf`."""
        deviation, spread = self._parts(mean, cov, x)
        if int(spread.shape[-1]) == 1 and not allow_singular:
            return log_ndtr(squeeze(deviation, -1) / sqrt(spread[0, 0]))
        return log(self.cdf(x, mean, cov, allow_singular, maxpts, abseps, releps))


norm = _norm()
t = _t()
beta = _beta()
gamma = _gamma()
chi2 = _chi2()
poisson = _poisson()
dirichlet = _dirichlet()
multivariate_normal = _multivariate_normal()
