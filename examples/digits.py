"""Train a two-layer network on 1,797 handwritten digits, and look at what it got wrong.

The digits are the 8x8 images that scikit-learn ships. Two thirds of them train the network; the other third says how
good it is. Where Keras is installed its `fit` does that on this library's engine, with its bar of progress; else a loop
does, which is written out below, with a gradient tape, dense layers and Adam. Three pictures are saved: loss and
accuracy; the mistakes, each with the probabilities that the network gave; and, drawn through a tape of its own, sigmoid
and its derivative.

    python examples/digits.py --out pictures
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
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
        'Install them with: pip install "autodiff-core[demo]"'
    ) from error

try:
    tf.keras.use_keras()
    HAS_KERAS = True
except ImportError:
    HAS_KERAS = False

BATCH = 64
SHOWN = 12  # mistakes


def main() -> None:
    options = argparse.ArgumentParser(description="Train a network on handwritten digits.")
    options.add_argument("--out", type=Path, default=Path("pictures"), help="the folder for the pictures")
    options.add_argument("--epochs", type=int, default=None, help="how often to go through the training digits (40)")
    options.add_argument("--small", action="store_true", help="few times")
    arguments = options.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    epochs = arguments.epochs or (5 if arguments.small else 40)

    images, labels = load_digits(return_X_y=True)
    images = (images / 16).astype(np.float32)
    train_x, test_x, train_y, test_y = train_test_split(
        images, labels, test_size=1 / 3, random_state=0, stratify=labels
    )

    tf.random.set_seed(0)
    model = tf.keras.Sequential([tf.keras.layers.Dense(128, activation="relu"), tf.keras.layers.Dense(10)])
    begun = time.perf_counter()
    history = (fit if HAS_KERAS else loop)(model, train_x, train_y, test_x, test_y, epochs)
    seconds = time.perf_counter() - begun

    scores = tf.convert_to_tensor(model(test_x))
    print(f"trained    by {'Keras' if HAS_KERAS else 'a loop with a gradient tape'}, {seconds:.1f} s")
    print(f"loss       {history['loss'][-1]:.4f} (mean of the last epoch)")
    print(f"accuracy   {history['val_accuracy'][-1]:.2%} of {len(test_y)} digits that it has not seen")

    pictures = [arguments.out / name for name in ("training.png", "mistakes.png", "gradients.png")]
    draw_training(history, pictures[0])
    draw_mistakes(test_x, test_y, tf.nn.softmax(scores).numpy(), pictures[1])
    draw_gradients(pictures[2])
    print(f"pictures   {', '.join(map(str, pictures))}")


def fit(
    model: tf.keras.Model, images: np.ndarray, labels: np.ndarray, test_x: np.ndarray, test_y: np.ndarray, epochs: int
) -> dict[str, list[float]]:
    """Train the model by Keras, and give what it says of every epoch."""
    tf.keras.utils.set_random_seed(0)
    model.compile(
        optimizer=tf.keras.optimizers.Adam(learning_rate=0.003),
        loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model.fit(images, labels, batch_size=BATCH, epochs=epochs, validation_data=(test_x, test_y)).history


def loop(
    model: tf.keras.Model, images: np.ndarray, labels: np.ndarray, test_x: np.ndarray, test_y: np.ndarray, epochs: int
) -> dict[str, list[float]]:
    """Do the same by a tape."""
    loss_of = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    optimizer = tf.keras.optimizers.Adam(learning_rate=0.003)
    shuffled = np.random.default_rng(0)
    history = defaultdict(list)
    with tqdm(total=epochs * -(-len(images) // BATCH), unit="step") as progress:
        for _ in range(epochs):
            order = shuffled.permutation(len(images))
            losses, right = [], 0
            for start in range(0, len(images), BATCH):
                rows = order[start : start + BATCH]
                x, y = tf.constant(images[rows]), tf.constant(labels[rows])
                with tf.GradientTape() as tape:
                    scores = model(x)
                    loss = loss_of(y, scores)
                variables = model.trainable_variables
                gradients = tape.gradient(loss, variables)
                optimizer.apply_gradients(zip(gradients, variables, strict=True))
                losses.append(float(loss))
                right += np.sum(np.argmax(scores.numpy(), axis=1) == labels[rows])
                progress.update()
            scores = model(test_x)
            history["loss"].append(float(np.mean(losses)))
            history["accuracy"].append(right / len(images))
            history["val_loss"].append(float(loss_of(test_y, scores)))
            history["val_accuracy"].append(float(np.mean(np.argmax(scores.numpy(), axis=1) == test_y)))
            progress.set_postfix(loss=f"{losses[-1]:.4f}")
    return history


def draw_training(history: dict[str, list[float]], path: Path) -> None:
    """Draw loss and accuracy, each of the digits that train the network and of those held out."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    figure.suptitle("Training on handwritten digits")
    epochs = np.arange(1, len(history["loss"]) + 1)
    for axes, name, title in ((left, "loss", "cross-entropy"), (right, "accuracy", "accuracy")):
        axes.plot(epochs, history[name], label="trained on")
        axes.plot(epochs, history[f"val_{name}"], label="held out")
        axes.set(xlabel="epoch", ylabel=title)
        axes.legend()
    left.set_yscale("log")
    figure.savefig(path, dpi=120)
    plt.close(figure)


def draw_mistakes(images: np.ndarray, labels: np.ndarray, chances: np.ndarray, path: Path) -> None:
    """Draw digits that were read wrongly, the surest first, each above what the network took it for."""
    said = chances.argmax(axis=1)
    wrong = np.flatnonzero(said != labels)
    shown = wrong[np.argsort(-chances[wrong].max(axis=1))][:SHOWN]
    columns = 6
    rows = max(1, -(-len(shown) // columns))
    figure, grid = plt.subplots(
        2 * rows, columns, figsize=(1.8 * columns, 3.1 * rows + 0.5), height_ratios=[3, 2] * rows, layout="constrained"
    )
    figure.suptitle(f"{len(wrong)} of {len(labels)} held-out digits were read wrongly, these the most surely")
    for axes in grid.flat:
        axes.axis("off")
    for place, index in enumerate(shown):
        row, column = divmod(place, columns)
        image, bars = grid[2 * row, column], grid[2 * row + 1, column]
        image.imshow(images[index].reshape(8, 8), cmap="gray_r")
        image.set_title(f"{labels[index]}, read as {said[index]}", fontsize=9)
        colors = ["tab:green" if digit == labels[index] else "tab:red" for digit in range(10)]
        bars.bar(range(10), chances[index], color=colors)
        bars.axis("on")
        bars.set(ylim=(0, 1), xticks=range(10), yticks=[0, 1])
        bars.tick_params(labelsize=7)
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
