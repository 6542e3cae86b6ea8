"""Press handwritten digits into two numbers, and draw them from there (a variational autoencoder).

An encoder says for each digit where it lies in a plane and how surely so; a decoder draws from a place in the plane.
The loss is how badly the drawing matches, and how far the places are from a Gaussian.

This is a TensorFlow script: with `import tensorflow as tf` in the place of the two lines below it runs on TensorFlow.

    python examples/vae.py --out pictures
    python examples/vae.py --small
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits
from sklearn.neighbors import KNeighborsClassifier

import autodiff_core as tf

tf.keras.use_keras()

layers = tf.keras.layers

PLACES = 2


class Sampling(layers.Layer):
    """A draw around the mean, made of one that has no parameters, so that a gradient passes."""

    def call(self, inputs):
        mean, log_variance = inputs
        noise = tf.random.normal(tf.shape(mean))
        return mean + tf.exp(0.5 * log_variance) * noise


def make_encoder():
    images = tf.keras.Input((8, 8, 1))
    x = layers.Conv2D(16, 3, strides=2, padding="same", activation="relu")(images)
    x = layers.Conv2D(32, 3, padding="same", activation="relu")(x)
    x = layers.Flatten()(x)
    x = layers.Dense(64, activation="relu", kernel_regularizer=tf.keras.regularizers.L2(1e-4))(x)
    mean = layers.Dense(PLACES, name="mean")(x)
    log_variance = layers.Dense(PLACES, name="log_variance")(x)
    place = Sampling()([mean, log_variance])
    return tf.keras.Model(images, [mean, log_variance, place], name="encoder")


def make_decoder():
    places = tf.keras.Input((PLACES,))
    x = layers.Dense(64, activation="relu")(places)
    x = layers.Dense(4 * 4 * 16, activation="relu")(x)
    x = layers.Reshape((4, 4, 16))(x)
    x = layers.Conv2DTranspose(16, 3, strides=2, padding="same", activation="relu")(x)
    logits = layers.Conv2D(1, 3, padding="same")(x)
    return tf.keras.Model(places, logits, name="decoder")


class VAE(tf.keras.Model):
    def __init__(self, encoder, decoder, **options):
        super().__init__(**options)
        self.encoder = encoder
        self.decoder = decoder
        self.share = self.add_weight(shape=(), initializer="ones", trainable=False, name="share")
        self.total = tf.keras.metrics.Mean(name="loss")
        self.drawing = tf.keras.metrics.Mean(name="drawing_loss")
        self.spread = tf.keras.metrics.Mean(name="spread_loss")

    @property
    def metrics(self):
        return [self.total, self.drawing, self.spread]

    def call(self, images):
        mean, _, _ = self.encoder(images)
        return tf.sigmoid(self.decoder(mean))

    def losses_of(self, images, training):
        mean, log_variance, place = self.encoder(images, training=training)
        logits = self.decoder(place, training=training)
        wrong = tf.nn.sigmoid_cross_entropy_with_logits(labels=images, logits=logits)
        drawing = tf.reduce_mean(tf.reduce_sum(wrong, axis=(1, 2, 3)))
        spread = -0.5 * (1.0 + log_variance - tf.square(mean) - tf.exp(log_variance))
        spread = tf.reduce_mean(tf.reduce_sum(spread, axis=1))
        share = self.share if training else 1.0
        return drawing + share * spread + tf.add_n(self.encoder.losses), drawing, spread

    def train_step(self, images):
        with tf.GradientTape() as tape:
            total, drawing, spread = self.losses_of(images, training=True)
        gradients = tape.gradient(total, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights))
        return self.note(total, drawing, spread)

    def test_step(self, images):
        return self.note(*self.losses_of(images, training=False))

    def note(self, total, drawing, spread):
        self.total.update_state(total)
        self.drawing.update_state(drawing)
        self.spread.update_state(spread)
        return {metric.name: metric.result() for metric in self.metrics}


class Widen(tf.keras.callbacks.Callback):
    """Lets the spread count little at first: else the encoder may learn to put all digits into the same place."""

    def on_epoch_begin(self, epoch, logs=None):
        self.model.share.assign(min(1.0, (epoch + 1) / 15))


def save_pictures(model, places, labels, folder):
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(6, 5), layout="constrained")
    picture = axes.scatter(places[:, 0], places[:, 1], c=labels, cmap="tab10", s=8)
    figure.colorbar(picture, ticks=range(10))
    axes.set(title="where the encoder puts the digits")
    figure.savefig(folder / "vae_places.png", dpi=120)
    plt.close(figure)

    across = np.linspace(-2.0, 2.0, 15, dtype="float32")
    grid = np.stack(np.meshgrid(across, across[::-1]), axis=-1).reshape(-1, 2)
    drawn = tf.sigmoid(model.decoder(grid)).numpy().reshape(15, 15, 8, 8)
    figure, axes = plt.subplots(figsize=(6, 6), layout="constrained")
    axes.imshow(drawn.transpose(0, 2, 1, 3).reshape(120, 120), cmap="gray_r")
    axes.axis("off")
    figure.savefig(folder / "vae_digits.png", dpi=120)
    plt.close(figure)


def main():
    options = argparse.ArgumentParser(description="Train a variational autoencoder on digits.")
    options.add_argument("--small", action="store_true", help="a few steps on a few digits")
    options.add_argument("--epochs", type=int, default=None, help="how often to go through the digits")
    options.add_argument("--out", type=Path, default=None, help="a folder for pictures")
    arguments = options.parse_args()
    epochs = arguments.epochs or (2 if arguments.small else 60)

    tf.keras.utils.set_random_seed(0)
    digits, labels = load_digits(return_X_y=True)
    images = (digits.reshape(-1, 8, 8, 1) / 16).astype("float32")
    if arguments.small:
        images, labels = images[:400], labels[:400]
    held = len(images) // 5
    train = tf.data.Dataset.from_tensor_slices(images[held:]).cache().shuffle(2000).batch(64).prefetch(2)
    test = tf.data.Dataset.from_tensor_slices(images[:held]).batch(64)

    model = VAE(make_encoder(), make_decoder())
    model(images[:1])
    model.encoder.summary()
    model.decoder.summary()
    model.compile(optimizer=tf.keras.optimizers.Adam(3e-3, clipnorm=10.0))
    with tempfile.TemporaryDirectory() as folder:
        best = str(Path(folder) / "best.weights.h5")
        callbacks = [
            Widen(),
            tf.keras.callbacks.EarlyStopping("val_loss", patience=15, mode="min", restore_best_weights=True),
            tf.keras.callbacks.ReduceLROnPlateau("val_loss", factor=0.5, patience=6, mode="min"),
            tf.keras.callbacks.ModelCheckpoint(
                best, monitor="val_loss", mode="min", save_best_only=True, save_weights_only=True
            ),
        ]
        history = model.fit(train, validation_data=test, epochs=epochs, callbacks=callbacks, verbose=2)
        model.load_weights(best)
    for epoch, (loss, of_test) in enumerate(zip(history.history["loss"], history.history["val_loss"])):
        print(f"epoch {epoch + 1}: loss {loss:.5f}, of held-out digits {of_test:.5f}")

    places = model.encoder.predict(images, verbose=0)[0]
    neighbours = KNeighborsClassifier(9).fit(places[held:], labels[held:])
    drawn = model.predict(images[:held], verbose=0)
    print(f"squared error of a pixel that is drawn again: {np.mean((drawn - images[:held]) ** 2):.4f}")
    print(
        f"of {held} held-out digits, neighbours in the plane are of the same kind: "
        f"{neighbours.score(places[:held], labels[:held]):.0%}"
    )
    if arguments.out is not None:
        arguments.out.mkdir(parents=True, exist_ok=True)
        save_pictures(model, places, labels, arguments.out)


if __name__ == "__main__":
    main()
