"""Teach a generator to draw handwritten digits, by a critic whose slope is held at one (WGAN-GP).

The critic's score of real images is to be far above that of drawn ones, but its gradient with respect to an image
between the two is to have length one: a gradient within the loss, whose gradient is taken in turn. Both networks are
trained by one `train_step`. At the end a classifier that knows the real digits says which of them are drawn.

This is a TensorFlow script: with `import tensorflow as tf` in the place of the two lines below it runs on TensorFlow.

    python examples/wgan_gp.py --out pictures
    python examples/wgan_gp.py --small
"""

import argparse
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

import autodiff_core as tf

tf.keras.use_keras()

layers = tf.keras.layers

NOISE = 24
BATCH = 64


def make_generator():
    return tf.keras.Sequential(
        [
            tf.keras.Input((NOISE,)),
            layers.Dense(4 * 4 * 32, use_bias=False),
            layers.BatchNormalization(),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Reshape((4, 4, 32)),
            layers.Conv2DTranspose(16, 3, strides=2, padding="same", use_bias=False),
            layers.BatchNormalization(),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Conv2D(1, 3, padding="same", activation="tanh"),
        ],
        name="generator",
    )


def make_critic():
    images = tf.keras.Input((8, 8, 1))
    x = layers.Conv2D(32, 3, strides=2, padding="same")(images)
    x = layers.LeakyReLU(negative_slope=0.2)(x)
    x = layers.Conv2D(64, 3, strides=2, padding="same")(x)
    x = layers.LeakyReLU(negative_slope=0.2)(x)
    x = layers.Flatten()(x)
    x = layers.Dropout(0.1)(x)
    return tf.keras.Model(images, layers.Dense(1)(x), name="critic")


class WGAN(tf.keras.Model):
    def __init__(self, critic, generator, critic_steps=3, penalty_weight=10.0):
        super().__init__()
        self.critic = critic
        self.generator = generator
        self.critic_steps = critic_steps
        self.penalty_weight = penalty_weight
        self.critic_loss = tf.keras.metrics.Mean(name="critic_loss")
        self.generator_loss = tf.keras.metrics.Mean(name="generator_loss")
        self.slope = tf.keras.metrics.Mean(name="slope")

    def compile(self, critic_optimizer, generator_optimizer):
        super().compile()
        self.critic_optimizer = critic_optimizer
        self.generator_optimizer = generator_optimizer

    @property
    def metrics(self):
        return [self.critic_loss, self.generator_loss, self.slope]

    def call(self, noise, training=False):
        return self.generator(noise, training=training)

    def gradient_penalty(self, real, drawn):
        mixture = tf.random.uniform([tf.shape(real)[0], 1, 1, 1])
        between = real + mixture * (drawn - real)
        with tf.GradientTape() as tape:
            tape.watch(between)
            scores = self.critic(between, training=True)
        gradients = tape.gradient(scores, between)
        lengths = tf.sqrt(tf.reduce_sum(tf.square(gradients), axis=[1, 2, 3]) + 1e-12)
        self.slope.update_state(lengths)
        return tf.reduce_mean((lengths - 1.0) ** 2)

    def train_step(self, real):
        count = tf.shape(real)[0]
        for _ in range(self.critic_steps):
            noise = tf.random.normal([count, NOISE])
            with tf.GradientTape() as tape:
                drawn = self.generator(noise, training=True)
                real_scores = self.critic(real, training=True)
                drawn_scores = self.critic(drawn, training=True)
                loss = tf.reduce_mean(drawn_scores) - tf.reduce_mean(real_scores)
                loss += self.penalty_weight * self.gradient_penalty(real, drawn)
            gradients = tape.gradient(loss, self.critic.trainable_variables)
            self.critic_optimizer.apply_gradients(zip(gradients, self.critic.trainable_variables))
            self.critic_loss.update_state(loss)

        noise = tf.random.normal([count, NOISE])
        with tf.GradientTape() as tape:
            loss = -tf.reduce_mean(self.critic(self.generator(noise, training=True), training=True))
        gradients = tape.gradient(loss, self.generator.trainable_variables)
        self.generator_optimizer.apply_gradients(zip(gradients, self.generator.trainable_variables))
        self.generator_loss.update_state(loss)
        return {metric.name: metric.result() for metric in self.metrics}


class Gallery(tf.keras.callbacks.Callback):
    """Draws from the same noise every few epochs, so that one sees digits come into being."""

    def __init__(self, noise, every, folder):
        super().__init__()
        self.noise = noise
        self.every = every
        self.folder = folder

    def on_epoch_end(self, epoch, logs=None):
        if (epoch + 1) % self.every == 0:
            images = self.model.generator(self.noise, training=False).numpy()
            save_picture(images, self.folder / f"wgan_gp_{epoch + 1:03d}.png")


def save_picture(images, path):
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    figure, grid = plt.subplots(4, 8, figsize=(8, 4), layout="constrained")
    for axes, image in zip(grid.flat, images):
        axes.imshow(image[..., 0], cmap="gray_r", vmin=-1, vmax=1)
        axes.axis("off")
    figure.savefig(path, dpi=120)
    plt.close(figure)


def main():
    options = argparse.ArgumentParser(description="Train a Wasserstein GAN with gradient penalty on digits.")
    options.add_argument("--small", action="store_true", help="a few steps on a few digits")
    options.add_argument("--epochs", type=int, default=None, help="how often to go through the digits")
    options.add_argument("--out", type=Path, default=None, help="a folder for pictures of drawn digits")
    arguments = options.parse_args()
    epochs = arguments.epochs or (2 if arguments.small else 80)

    tf.keras.utils.set_random_seed(0)
    digits, labels = load_digits(return_X_y=True)
    images = (digits.reshape(-1, 8, 8, 1) / 8 - 1).astype("float32")
    if arguments.small:
        images, labels = images[: 3 * BATCH], labels[: 3 * BATCH]
    dataset = tf.data.Dataset.from_tensor_slices(images).shuffle(len(images)).batch(BATCH, drop_remainder=True)

    model = WGAN(make_critic(), make_generator())
    model.compile(
        critic_optimizer=tf.keras.optimizers.Adam(3e-4, beta_1=0.5, beta_2=0.9),
        generator_optimizer=tf.keras.optimizers.Adam(3e-4, beta_1=0.5, beta_2=0.9),
    )
    model.critic.summary()
    model.generator.summary()

    callbacks = [tf.keras.callbacks.TerminateOnNaN()]
    if arguments.out is not None:
        arguments.out.mkdir(parents=True, exist_ok=True)
        callbacks.append(Gallery(tf.random.normal([32, NOISE]), max(epochs // 4, 1), arguments.out))
    history = model.fit(dataset, epochs=epochs, callbacks=callbacks, verbose=2)
    for epoch, (critic, generator) in enumerate(zip(history.history["critic_loss"], history.history["generator_loss"])):
        print(f"epoch {epoch + 1}: critic's loss {critic:.5f}, generator's loss {generator:.5f}")

    judge = LogisticRegression(max_iter=2000).fit(images.reshape(len(images), -1), labels)
    drawn = model.generator.predict(tf.random.normal([500, NOISE]), verbose=0).reshape(500, -1)
    sure = judge.predict_proba(drawn)
    kinds = np.bincount(sure.argmax(axis=1), minlength=10)
    print("of 500 drawn digits, read as 0 to 9:", *kinds)
    print(
        f"digits that are drawn: {np.sum(kinds > 5)} of 10; the judge is sure of {np.mean(sure.max(axis=1) > 0.9):.0%}"
    )
    print(f"mean pixel of real digits {images.mean():.3f}, of drawn ones {drawn.mean():.3f}")


if __name__ == "__main__":
    main()
