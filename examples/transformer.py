"""Teach a small transformer to write, character by character, lines that it has to calculate.

The text is made by the script: lines such as `7+5=12` and `9-4=5`. The model reads 32 characters and says at each which
comes next. At the end it is given the left sides of sums, and writes the right sides.

This is a TensorFlow script: with `import tensorflow as tf` in the place of the two lines below it runs on TensorFlow.

    python examples/transformer.py
    python examples/transformer.py --small
"""

import argparse

import numpy as np

import autodiff_core as tf

tf.keras.use_keras()

layers = tf.keras.layers

ALPHABET = "\n0123456789+-="
LENGTH = 32
BATCH = 32


def write_lines(count, random):
    """Lines of sums and differences of numbers below 10."""
    lines = []
    for a, b in random.integers(0, 10, (count, 2)):
        lines.append(f"{a}+{b}={a + b}\n" if random.random() < 0.5 or a < b else f"{a}-{b}={a - b}\n")
    return "".join(lines)


def encode(text):
    return np.array([ALPHABET.index(character) for character in text], dtype="int32")


class TokenAndPosition(layers.Layer):
    def __init__(self, length, tokens, width):
        super().__init__()
        self.of_token = layers.Embedding(tokens, width)
        self.of_position = layers.Embedding(length, width)

    def call(self, tokens):
        positions = tf.range(0, tf.shape(tokens)[-1])
        return self.of_token(tokens) + self.of_position(positions)


class Block(layers.Layer):
    def __init__(self, width, heads, dropout=0.0):
        super().__init__()
        self.attention = layers.MultiHeadAttention(heads, width // heads, dropout=dropout)
        self.forward = tf.keras.Sequential(
            [layers.Dense(4 * width, activation="gelu"), layers.Dense(width), layers.Dropout(dropout)]
        )
        self.before_attention = layers.LayerNormalization(epsilon=1e-6)
        self.before_forward = layers.LayerNormalization(epsilon=1e-6)

    def call(self, x, training=False):
        normal = self.before_attention(x)
        x = x + self.attention(normal, normal, use_causal_mask=True, training=training)
        return x + self.forward(self.before_forward(x), training=training)


class WarmUp(tf.keras.optimizers.schedules.LearningRateSchedule):
    """Rises in a straight line, then falls with the root of the step."""

    def __init__(self, highest, steps):
        super().__init__()
        self.highest = highest
        self.steps = steps

    def __call__(self, step):
        step = tf.cast(step, tf.float32) + 1.0
        return self.highest * tf.minimum(step / self.steps, tf.sqrt(self.steps / step))

    def get_config(self):
        return {"highest": self.highest, "steps": self.steps}


def make_model(width, heads, blocks):
    tokens = tf.keras.Input((None,), dtype="int32")
    x = TokenAndPosition(LENGTH, len(ALPHABET), width)(tokens)
    for _ in range(blocks):
        x = Block(width, heads)(x)
    x = layers.LayerNormalization(epsilon=1e-6)(x)
    return tf.keras.Model(tokens, layers.Dense(len(ALPHABET))(x), name="writer")


def make_dataset(text):
    """Pieces of the text, and the same one character later."""
    pieces = tf.data.Dataset.from_tensor_slices(encode(text)).batch(LENGTH + 1, drop_remainder=True)
    pairs = pieces.map(lambda piece: (piece[:-1], piece[1:]), num_parallel_calls=tf.data.AUTOTUNE)
    return pairs.shuffle(2000).batch(BATCH, drop_remainder=True).prefetch(tf.data.AUTOTUNE)


def write(model, prompt, count, temperature=None):
    """Go on with a text: with the likeliest character, or with one that is drawn."""
    text = prompt
    for _ in range(count):
        scores = model(encode(text[-LENGTH:])[None], training=False)[:, -1]
        if temperature is None:
            character = tf.argmax(scores, axis=-1)
        else:
            character = tf.random.categorical(scores / temperature, num_samples=1)[:, 0]
        text += ALPHABET[int(character[0])]
    return text


class Sample(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if (epoch + 1) % 5 == 0:
            print(f"after {epoch + 1} epochs:", repr(write(self.model, "\n", 24, temperature=0.5)))


def main():
    options = argparse.ArgumentParser(description="Train a small transformer on sums.")
    options.add_argument("--small", action="store_true", help="a few steps on a short text")
    options.add_argument("--epochs", type=int, default=None, help="how often to go through the text")
    arguments = options.parse_args()
    epochs = arguments.epochs or (2 if arguments.small else 25)

    tf.keras.utils.set_random_seed(0)
    random = np.random.default_rng(0)
    train = make_dataset(write_lines(1000 if arguments.small else 10000, random))
    test = make_dataset(write_lines(300 if arguments.small else 1000, random))
    model = make_model(width=32 if arguments.small else 64, heads=4, blocks=1 if arguments.small else 2)
    model.summary()
    model.compile(
        optimizer=tf.keras.optimizers.AdamW(WarmUp(3e-3, 100), weight_decay=1e-4),
        loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=[tf.keras.metrics.SparseCategoricalAccuracy(name="accuracy")],
    )
    history = model.fit(train, validation_data=test, epochs=epochs, callbacks=[Sample()], verbose=2)
    for epoch, (loss, of_test) in enumerate(zip(history.history["loss"], history.history["val_loss"])):
        print(f"epoch {epoch + 1}: loss {loss:.5f}, of text that it has not read {of_test:.5f}")

    right = 0
    sums = [(a, b) for a in range(10) for b in range(10)][:: 10 if arguments.small else 1]
    for a, b in sums:
        written = write(model, f"\n1+1=2\n{a}+{b}=", 3)
        right += written.split("=")[-1].split("\n")[0] == str(a + b)
    print(f"sums that it writes rightly: {right} of {len(sums)}")


if __name__ == "__main__":
    main()
