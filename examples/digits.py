"""Train a two-layer network on 1,797 handwritten digits, and look at what it got wrong.

The digits are the 8x8 images that scikit-learn ships. Two thirds of them train the network, with a gradient tape,
dense layers and Adam; the other third says how good it is. Three pictures are saved: the loss, the mistakes, and, drawn
through a tape of its own, sigmoid and its derivative.

    python examples/digits.py --out pictures
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

import autodiff_core as tf

try:
    import matplotlib

    matplotlib.use("Agg")  # Draws to files: there may be no screen.
    from matplotlib import pyplot as plt
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split
    from tqdm import tqdm
except ImportError as error:
    raise SystemExit(
        f"This example also needs scikit-learn, matplotlib and tqdm ({error}).\n"
        "Install them with: pip install autodiff-core[demo]"
    ) from error

BATCH = 64


def main() -> None:
    options = argparse.ArgumentParser(description="Train a network on handwritten digits.")
    options.add_argument("--out", type=Path, default=Path("pictures"), help="the folder for the pictures")
    options.add_argument("--epochs", type=int, default=40, help="how often to go through the training digits")
    arguments = options.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)

    images, labels = load_digits(return_X_y=True)
    images = (images / 16).astype(np.float32)
    train_x, test_x, train_y, test_y = train_test_split(
        images, labels, test_size=1 / 3, random_state=0, stratify=labels
    )

    tf.random.set_seed(0)
    model = tf.keras.Sequential([tf.keras.layers.Dense(128, activation="relu"), tf.keras.layers.Dense(10)])
    losses, seconds = train(model, train_x, train_y, arguments.epochs)

    scores = model(test_x)
    accuracy = float(tf.keras.metrics.accuracy(test_y, scores))
    print(f"loss       {np.mean(losses[-len(losses) // arguments.epochs :]):.4f} (mean of the last epoch)")
    print(f"accuracy   {accuracy:.2%} of {len(test_y)} digits that it has not seen")
    print(f"time       {np.median(seconds) * 1e6:.0f} us a step of {BATCH} digits, {len(seconds)} steps")

    draw_loss(losses, arguments.epochs, arguments.out / "loss.png")
    draw_mistakes(test_x, test_y, scores, arguments.out / "mistakes.png")
    draw_gradients(arguments.out / "gradients.png")
    print(
        f"pictures   {', '.join(str(arguments.out / name) for name in ('loss.png', 'mistakes.png', 'gradients.png'))}"
    )


def train(
    model: tf.keras.Model, images: np.ndarray, labels: np.ndarray, epochs: int
) -> tuple[list[float], list[float]]:
    """Train the model, and give the loss and the time of every step."""
    loss_of = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    optimizer = tf.keras.optimizers.Adam(learning_rate=0.003)
    shuffled = np.random.default_rng(0)
    losses: list[float] = []
    seconds: list[float] = []
    with tqdm(total=epochs * -(-len(images) // BATCH), unit="step") as progress:
        for _ in range(epochs):
            order = shuffled.permutation(len(images))
            for start in range(0, len(images), BATCH):
                rows = order[start : start + BATCH]
                x, y = tf.constant(images[rows]), tf.constant(labels[rows])
                begun = time.perf_counter()
                with tf.GradientTape() as tape:
                    loss = loss_of(y, model(x))
                variables = model.trainable_variables
                gradients = tape.gradient(loss, variables)
                optimizer.apply_gradients(zip(gradients, variables, strict=True))
                seconds.append(time.perf_counter() - begun)
                losses.append(float(loss))
                progress.update()
            progress.set_postfix(loss=f"{losses[-1]:.4f}")
    return losses, seconds


def draw_loss(losses: list[float], epochs: int, path: Path) -> None:
    means = np.asarray(losses).reshape(epochs, -1).mean(axis=1)
    figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
    axes.semilogy(np.linspace(0, epochs, len(losses)), losses, color="tab:blue", alpha=0.3, label="each step")
    axes.semilogy(np.arange(epochs) + 0.5, means, color="tab:blue", label="mean of an epoch")
    axes.set(title="Training on handwritten digits", xlabel="epoch", ylabel="cross-entropy")
    axes.legend()
    figure.savefig(path, dpi=120)
    plt.close(figure)


def draw_mistakes(images: np.ndarray, labels: np.ndarray, scores: tf.Tensor, path: Path) -> None:
    said = np.argmax(scores.numpy(), axis=1)
    wrong = np.flatnonzero(said != labels)
    columns = 6
    rows = max(1, -(-len(wrong) // columns))
    figure, grid = plt.subplots(rows, columns, figsize=(1.6 * columns, 1.9 * rows + 0.5), layout="constrained")
    figure.suptitle(f"{len(wrong)} of {len(labels)} held-out digits were read wrongly")
    for axes in grid.flat:
        axes.axis("off")
    for axes, index in zip(grid.flat, wrong, strict=False):
        axes.imshow(images[index].reshape(8, 8), cmap="gray_r")
        axes.set_title(f"{labels[index]}, read as {said[index]}", fontsize=9)
    figure.savefig(path, dpi=120)
    plt.close(figure)


def draw_gradients(path: Path) -> None:
    """Draw sigmoid and its derivative, which one tape gives at all points at once: they don't depend on each other."""
    x = tf.linspace(-10.0, 10.0, 201)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.nn.sigmoid(x)
    dy_dx = tape.gradient(y, x)
    figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
    axes.plot(x.numpy(), y.numpy(), label="sigmoid(x)")
    axes.plot(x.numpy(), dy_dx.numpy(), label="its derivative")
    axes.set(title="A function, and its derivative from a tape", xlabel="x")
    axes.legend()
    figure.savefig(path, dpi=120)
    plt.close(figure)


if __name__ == "__main__":
    main()
