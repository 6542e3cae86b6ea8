"""Why somebody else is first: what profiles and the peers' manuals say of problems that ours loses, by their names.

What nobody has looked into is not here, and the page says so.
"""

REASONS = {
    "square": "CasADi's compiled function is called on numbers; a replay of ours is a call of `tf.function`, which "
    "looks for the variant that suits what it is given.",
    "rosenbrock_hessian": "CasADi's matrix is sparse, three diagonals; ours is the whole one, zeros and all.",
    "banded": "CasADi's matrix is sparse, two diagonals; ours is the whole one, zeros and all.",
    "cnn": "TensorFlow's convolutions are oneDNN's, whose code is made for the processor at hand while it runs; ours "
    "are compiled ahead.",
    "logistic_gradient": "Two products of 160 MB of data with a vector, which wait for memory and little else.",
    "k_means": "XLA joins distances and their least to one loop; ours makes the distances, then looks for the least.",
    "k_means_gradient": "XLA joins distances and their least to one loop; ours makes the distances, then looks for the "
    "least.",
}
