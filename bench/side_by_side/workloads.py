"""The whole workloads, by name, at the sizes that are measured: with one thread, and with two.

Each is made when it is asked for, because some of their data is large.
"""

from collections.abc import Callable, Collection
from dataclasses import replace
from functools import partial

from . import fits, keras_models, networks, processes
from .problems import Problem, k_means_problem, mixture_problem


def k_means() -> Problem:
    title = "k-means, 10,000 points, D=16, k=100"
    return replace(k_means_problem(10_000, 16, 100), name="k_means_gradient", title=title, kind="gradient")


def mixture() -> Problem:
    title = "Gaussian mixture, 1,000 points, D=32, K=50"
    return replace(mixture_problem(1_000, 32, 50), name="mixture_large", title=title)


PLAIN: dict[str, Callable[[], Problem]] = {
    "mlp_epoch": partial(networks.mlp_epoch_problem, networks.IMAGES, 32, 128),
    "cnn": partial(networks.cnn_problem, networks.IMAGES),
    "cnn_epoch": partial(networks.cnn_epoch_problem, networks.IMAGES, 32),
    "lstm_layer": partial(networks.recurrent_problem, 50, 16, 64),
    "transformer": partial(networks.transformer_problem, 8, 32, 64),
    "gp": partial(fits.gaussian_process_problem, 500),
    "logistic_gradient": partial(fits.logistic_problem, "gradient", 10_000, 2_000),
    "hmc": partial(processes.leapfrog_problem, 1_000, 20),
    "lorenz_scalars": partial(processes.lorenz_problem, "scalars", 500),
    "lorenz_vectors": partial(processes.lorenz_problem, "vectors", 500),
    "ode": partial(processes.reaction_problem, 1_000, 10),
    "hmm": partial(processes.hidden_markov_problem, 600, 10, 20),
    "monte_carlo": partial(processes.asian_option_problem, 100_000, 50),
    "residuals": partial(fits.residuals_problem, 500, 16),
    "logistic_hessian": partial(fits.logistic_problem, "hessian", 2_000, 200),
    "logsumexp": partial(fits.log_of_sum_problem, 640_000),
    "k_means_gradient": k_means,
    "mixture_large": mixture,
    "least_squares": partial(fits.squares_problem, 4_096, 128),
}

FITS: dict[str, Callable[[], Problem]] = {
    "keras_mlp": keras_models.mlp_problem,
    "keras_cnn": keras_models.cnn_problem,
    "keras_lstm": keras_models.lstm_problem,
    "keras_transformer": keras_models.transformer_problem,
}
"""What Keras trains, on libraries that it can stand on."""

WORKLOADS = PLAIN | FITS


def workloads(names: Collection[str] = ()) -> list[Problem]:
    """Those of these names; all of them by default."""
    return [make() for name, make in WORKLOADS.items() if not names or name in names]
