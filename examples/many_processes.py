"""Handwritten digits on several processes: `mpiexec -n 2 python examples/many_processes.py`.

Each rank has its share of every batch. The gradient is summed over all ranks inside of the recorded step, so that every
rank takes the same step; on one rank, without mpiexec, the script does the same. `--small` trains for an instant.
"""

import sys

import numpy as np
from sklearn.datasets import load_digits

import autodiff_core as tf

EPOCHS = 2 if "--small" in sys.argv else 20
BATCH = 128

strategy = tf.distribute.MPIStrategy()

images, labels = load_digits(return_X_y=True)
images = (images / 16).astype(np.float32)
labels = labels.astype(np.int32)
train, test = slice(0, 1500), slice(1500, None)

# All ranks see one order of the rows; each takes its rows of every batch.
batches = tf.data.Dataset.from_tensor_slices((images[train], labels[train])).shuffle(1500)
batches = strategy.experimental_distribute_dataset(batches.batch(BATCH, drop_remainder=True))

with strategy.scope():  # where it ends, all ranks have the first one's variables
    layers = [(64, 64), (64, 10)]
    weights = [tf.Variable(tf.random.normal(shape, stddev=shape[0] ** -0.5)) for shape in layers]
    biases = [tf.Variable(tf.zeros(shape[1])) for shape in layers]
    optimizer = tf.keras.optimizers.Adam(3e-3)
variables = weights + biases


def logits(x):
    hidden = tf.nn.relu(x @ weights[0] + biases[0])
    return hidden @ weights[1] + biases[1]


@tf.function
def step(x, y):
    with tf.GradientTape() as tape:
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits(x))
        loss = tf.reduce_sum(losses) / BATCH  # of the whole batch: the ranks' losses add up to its mean
    gradients = strategy.gradient(tape, loss, variables)  # summed over all ranks, while the sweep goes on
    optimizer.apply_gradients(zip(gradients, variables))
    return strategy.reduce("SUM", loss)


for _ in range(EPOCHS):
    losses = [float(strategy.run(step, args=(x, y))) for x, y in batches]

strategy.check_identical(variables, "variables")
x, y = strategy.experimental_distribute_dataset((images[test], labels[test]))
right = tf.cast(tf.equal(tf.argmax(logits(x), axis=1), y), tf.float32)
accuracy = strategy.reduce("MEAN", right, axis=0)
if strategy.replica_id_in_sync_group == 0:
    print(f"{strategy.num_replicas_in_sync} ranks: loss {np.mean(losses):.3f}, test accuracy {float(accuracy):.3f}")
