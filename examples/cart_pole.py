"""Learn to balance a pole on a cart, twice: by values (DQN) and by a policy (REINFORCE with a baseline).

The cart-pole is written out below: four numbers, pushed to the left or to the right fifty times a second; it is lost
when the pole leans by more than 12 degrees or the cart leaves the track, and an episode ends after 200 steps.

This is a TensorFlow script: with `import tensorflow as tf` in the place of the two lines below it runs on TensorFlow.

    python examples/cart_pole.py
    python examples/cart_pole.py --small
"""

import argparse
import collections

import numpy as np

import autodiff_core as tf

tf.keras.use_keras()

LONGEST = 200


class CartPole:
    """Place and speed of the cart, angle and speed of the pole, by Euler's method."""

    GRAVITY, CART, POLE, HALF_LENGTH, PUSH, SECONDS = 9.8, 1.0, 0.1, 0.5, 10.0, 0.02

    def __init__(self, seed):
        self.random = np.random.default_rng(seed)

    def reset(self):
        self.state = self.random.uniform(-0.05, 0.05, 4)
        self.steps = 0
        return self.state.astype(np.float32)

    def step(self, action):
        _, speed, angle, turn = self.state
        push = self.PUSH if action == 1 else -self.PUSH
        mass = self.CART + self.POLE
        sine, cosine = np.sin(angle), np.cos(angle)
        common = (push + self.POLE * self.HALF_LENGTH * turn**2 * sine) / mass
        turning = (self.GRAVITY * sine - cosine * common) / (
            self.HALF_LENGTH * (4.0 / 3.0 - self.POLE * cosine**2 / mass)
        )
        speeding = common - self.POLE * self.HALF_LENGTH * turning * cosine / mass
        self.state = self.state + self.SECONDS * np.array([speed, speeding, turn, turning])
        self.steps += 1
        lost = abs(self.state[0]) > 2.4 or abs(self.state[2]) > np.radians(12)
        return self.state.astype(np.float32), 1.0, bool(lost), self.steps >= LONGEST


def balanced(choose, episodes, seed):
    """How many steps the pole stays up, on average."""
    world = CartPole(seed)
    lengths = []
    for _ in range(episodes):
        state, over = world.reset(), False
        while not over:
            state, _, lost, late = world.step(choose(state))
            over = lost or late
        lengths.append(world.steps)
    return np.mean(lengths)


# Values: what will come of each action, learnt from what is remembered.


class Memory:
    def __init__(self, size, seed):
        self.steps = collections.deque(maxlen=size)
        self.random = np.random.default_rng(seed)

    def add(self, *step):
        self.steps.append(step)

    def sample(self, count):
        chosen = [self.steps[index] for index in self.random.integers(len(self.steps), size=count)]
        states, actions, rewards, later, lost = zip(*chosen)
        return (
            np.stack(states),
            np.array(actions, np.int32),
            np.array(rewards, np.float32),
            np.stack(later),
            np.array(lost, np.float32),
        )


class DQN:
    def __init__(self, discount=0.99):
        self.discount = discount
        self.values = tf.keras.Sequential(
            [
                tf.keras.Input((4,)),
                tf.keras.layers.Dense(64, activation="relu", kernel_initializer="he_uniform"),
                tf.keras.layers.Dense(64, activation="relu", kernel_initializer="he_uniform"),
                tf.keras.layers.Dense(2),
            ]
        )
        self.target = tf.keras.models.clone_model(self.values)
        self.target.set_weights(self.values.get_weights())
        self.optimizer = tf.keras.optimizers.Adam(1e-3)
        self.huber = tf.keras.losses.Huber()

    @tf.function
    def best(self, states):
        return tf.argmax(self.values(states), axis=1)

    def choose(self, state):
        return int(self.best(tf.constant(state[None]))[0])

    @tf.function
    def learn(self, states, actions, rewards, later, lost):
        # Which action is best the network says, what it is worth its older copy (double DQN).
        chosen = tf.argmax(self.values(later), axis=1)
        worth = tf.reduce_sum(self.target(later) * tf.one_hot(chosen, 2), axis=1)
        wanted = tf.stop_gradient(rewards + self.discount * (1.0 - lost) * worth)
        with tf.GradientTape() as tape:
            said = tf.reduce_sum(self.values(states) * tf.one_hot(actions, 2), axis=1)
            loss = self.huber(wanted[:, None], said[:, None])
        gradients = tape.gradient(loss, self.values.trainable_variables)
        gradients, _ = tf.clip_by_global_norm(gradients, 10.0)
        self.optimizer.apply_gradients(zip(gradients, self.values.trainable_variables))
        for old, new in zip(self.target.trainable_variables, self.values.trainable_variables):
            old.assign(old + 0.01 * (new - old))
        return loss


def train_by_values(episodes, small):
    agent, memory, world = DQN(), Memory(20000, seed=1), CartPole(seed=2)
    random = np.random.default_rng(3)
    mean_loss = tf.keras.metrics.Mean()
    lengths = collections.deque(maxlen=20)
    total = learnt = 0
    for episode in range(episodes):
        state, over = world.reset(), False
        while not over:
            epsilon = max(0.02, 1.0 - total / 2000)
            action = int(random.integers(2)) if random.random() < epsilon else agent.choose(state)
            later, _, lost, late = world.step(action)
            # To be lost costs one: values stay small, whatever the length of an episode.
            memory.add(state, action, -1.0 if lost else 0.0, later, lost)
            state, over = later, lost or late
            total += 1
            if len(memory.steps) >= 64:
                loss = agent.learn(*(tf.constant(part) for part in memory.sample(64)))
                mean_loss.update_state(loss)
                learnt += 1
                if learnt <= 5:
                    print(f"dqn step {learnt}: loss {float(loss):.6f}")
        lengths.append(world.steps)
        if (episode + 1) % 20 == 0:
            print(f"dqn episode {episode + 1}: {np.mean(lengths):.1f} steps, loss {float(mean_loss.result()):.5f}")
            mean_loss.reset_state()
        if len(lengths) == 20 and np.mean(lengths) > 0.95 * LONGEST:
            break
    return balanced(agent.choose, 3 if small else 20, seed=4)


# A policy: how likely each action is; those that went better than expected become likelier.


class Policy(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden = tf.keras.layers.Dense(64, activation="tanh")
        self.logits = tf.keras.layers.Dense(2)
        self.value = tf.keras.layers.Dense(1)

    def call(self, states):
        x = self.hidden(states)
        return self.logits(x), tf.squeeze(self.value(x), axis=-1)

    def choose(self, state):
        logits, _ = self(tf.constant(state[None]))
        return int(tf.argmax(logits, axis=-1)[0])


def play(policy, world):
    """One episode: states, the actions that were drawn, and what came of each."""
    states, actions, rewards = [], [], []
    state, over = world.reset(), False
    while not over:
        logits, _ = policy(tf.constant(state[None]))
        action = int(tf.random.categorical(logits, 1)[0, 0])
        states.append(state)
        actions.append(action)
        state, reward, lost, late = world.step(action)
        rewards.append(reward)
        over = lost or late
    returns, after = [], 0.0
    for reward in reversed(rewards):
        after = reward + 0.99 * after
        returns.append(after)
    return np.stack(states), np.array(actions, np.int32), np.array(returns[::-1], np.float32)


def train_by_policy(rounds, small):
    policy, world = Policy(), CartPole(seed=5)
    policy(tf.zeros([1, 4]))
    policy.summary()
    optimizer = tf.keras.optimizers.Adam(1e-2)

    @tf.function(reduce_retracing=True)
    def learn(states, actions, returns):
        with tf.GradientTape() as tape:
            logits, values = policy(states)
            surprise = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=actions, logits=logits)
            better = tf.stop_gradient(returns - values)
            better = (better - tf.reduce_mean(better)) / (tf.math.reduce_std(better) + 1e-6)
            chances = tf.nn.softmax(logits)
            entropy = -tf.reduce_mean(tf.reduce_sum(chances * tf.nn.log_softmax(logits), axis=1))
            loss = tf.reduce_mean(surprise * better) + 1e-3 * tf.reduce_mean((returns - values) ** 2) - 0.01 * entropy
        gradients = tape.gradient(loss, policy.trainable_variables)
        optimizer.apply_gradients(zip(gradients, policy.trainable_variables))
        return loss

    lengths = collections.deque(maxlen=20)
    for number in range(rounds):
        episodes = [play(policy, world) for _ in range(1 if small else 4)]
        loss = learn(*(tf.constant(np.concatenate(parts)) for parts in zip(*episodes)))
        lengths.extend(len(states) for states, _, _ in episodes)
        if number < 5 or (number + 1) % 10 == 0:
            print(f"reinforce round {number + 1}: {np.mean(lengths):.1f} steps, loss {float(loss):.6f}")
        if len(lengths) == 20 and np.mean(lengths) > 0.95 * LONGEST:
            break
    return balanced(policy.choose, 3 if small else 20, seed=4)


def main():
    options = argparse.ArgumentParser(description="Balance a pole on a cart.")
    options.add_argument("--small", action="store_true", help="a few episodes")
    arguments = options.parse_args()

    tf.keras.utils.set_random_seed(0)
    random = np.random.default_rng(0)
    print(f"pushed at random, the pole stays up for {balanced(lambda _: random.integers(2), 20, seed=4):.0f} steps")
    by_values = train_by_values(5 if arguments.small else 200, arguments.small)
    print(f"by values it stays up for {by_values:.0f} steps of {LONGEST}")
    by_policy = train_by_policy(4 if arguments.small else 150, arguments.small)
    print(f"by a policy it stays up for {by_policy:.0f} steps of {LONGEST}")


if __name__ == "__main__":
    main()
