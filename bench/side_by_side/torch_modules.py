"""PyTorch's programs for the networks that its users write with `torch.nn`, in the layouts of its layers."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import nn

from .problems import Arrays, Problem
from .program import LEARNING_RATE, SMALL_EPSILON, Program

Turned = Callable[[Any], Any]


def fill(parameters: list[Any], arrays: list[np.ndarray]) -> None:
    with torch.no_grad():
        for parameter, array in zip(parameters, arrays, strict=True):
            parameter.copy_(torch.from_numpy(array))


def dense(x: np.ndarray) -> np.ndarray:
    """A kernel of TensorFlow's dense layer as one of `nn.Linear`, or back."""
    return np.ascontiguousarray(x.T)


def gradient(loss: Callable[[], Any], parameters: list[Any], back: list[Turned]) -> Program:
    """The value, then the gradients, which `back` brings into the problem's layouts."""

    def call() -> Any:
        for parameter in parameters:
            parameter.grad = None
        value = loss()
        value.backward()
        return value, *(parameter.grad for parameter in parameters)

    def read(results: Any) -> list[np.ndarray]:
        value, *gradients = (result.detach().numpy() for result in results)
        return [value, *(turn(array) for turn, array in zip(back, gradients, strict=True))]

    return Program(call, read)


def same(x: np.ndarray) -> np.ndarray:
    return x


Made = tuple[Any, list[np.ndarray], list[Turned]]
"""A model, its parameters' start in its layouts, and what brings each back."""


def mlp_model(arguments: Arrays) -> Made:
    w1, b1, w2, b2 = arguments
    model = nn.Sequential(nn.Linear(*w1.shape), nn.ReLU(), nn.Linear(*w2.shape))
    return model, [dense(w1), b1, dense(w2), b2], [dense, same, dense, same]


def cnn_model(arguments: Arrays) -> Made:
    k1, b1, k2, b2, w, b3 = arguments
    first, second = (nn.Conv2d(*kernel.shape[2:], 3, padding="same") for kernel in (k1, k2))
    model = nn.Sequential(
        *(first, nn.ReLU(), nn.MaxPool2d(2), second, nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(*w.shape)),
    )
    channels = k2.shape[-1]
    side = int((w.shape[0] // channels) ** 0.5)

    def apart(w: np.ndarray) -> np.ndarray:
        """Rows by height, width and channel as columns by channel, height and width."""
        return dense(w.reshape(side, side, channels, -1).transpose(2, 0, 1, 3).reshape(w.shape))

    def together(w: np.ndarray) -> np.ndarray:
        return w.T.reshape(channels, side, side, -1).transpose(1, 2, 0, 3).reshape(w.shape[::-1])

    def kernel_back(kernel: np.ndarray) -> np.ndarray:
        return kernel.transpose(2, 3, 1, 0)

    start = [k1.transpose(3, 2, 0, 1), b1, k2.transpose(3, 2, 0, 1), b2, apart(w), b3]
    return model, start, [kernel_back, same, kernel_back, same, together, same]


def epoch(made: Made, images: Any, labels: Any) -> Program:
    model, start, back = made
    parameters = list(model.parameters())
    batches = list(zip(images, labels, strict=True))
    loss_of = nn.CrossEntropyLoss()

    def call() -> Any:
        fill(parameters, start)
        optimizer = torch.optim.Adam(parameters, lr=LEARNING_RATE, eps=SMALL_EPSILON, fused=True)
        for x, y in batches:
            optimizer.zero_grad()
            loss_of(model(x), y).backward()
            optimizer.step()
        return parameters

    def read(results: Any) -> list[np.ndarray]:
        arrays = (result.detach().numpy() for result in results)
        return [turn(array).copy() for turn, array in zip(back, arrays, strict=True)]

    return Program(call, read)


def mlp_epoch(problem: Problem) -> Program:
    return epoch(mlp_model(problem.arguments), *map(torch.from_numpy, problem.constants))


def cnn_epoch(problem: Problem) -> Program:
    images, labels = map(torch.from_numpy, problem.constants)
    return epoch(cnn_model(problem.arguments), channels_first(images), labels)


def channels_first(images: Any) -> Any:
    return images.movedim(-1, -3).contiguous()


def cnn(problem: Problem) -> Program:
    model, start, back = cnn_model(problem.arguments)
    fill(list(model.parameters()), start)
    images, labels = map(torch.from_numpy, problem.constants)
    images = channels_first(images)
    loss_of = nn.CrossEntropyLoss()
    return gradient(lambda: loss_of(model(images), labels), list(model.parameters()), back)


def lstm(problem: Problem) -> Program:
    to_gates, of_hidden, bias = problem.arguments
    sequence, target = map(torch.from_numpy, problem.constants)
    layer = nn.LSTM(*of_hidden.shape[:1] * 2)
    fill(list(layer.parameters()), [dense(to_gates), dense(of_hidden), bias, np.zeros_like(bias)])

    def loss() -> Any:
        _, (hidden, _) = layer(sequence)
        return nn.functional.mse_loss(hidden[0], target)

    return gradient(loss, list(layer.parameters())[:3], [dense, dense, same])


PROGRAMS: dict[str, Callable[[Problem], Program]] = {
    "mlp_epoch": mlp_epoch,
    "cnn": cnn,
    "cnn_epoch": cnn_epoch,
    "lstm_layer": lstm,
}
"""By the names of problems."""
