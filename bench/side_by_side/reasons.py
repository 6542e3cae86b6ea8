"""Why somebody else is first: what profiles and the peers' manuals say of problems that ours loses, by their names.

What nobody has looked into is not here, and the page says so.
"""

REASONS = {
    "chain": "Both interpret a thousand operations one after the other. With `jit_compile=True`, which this row leaves "
    "out as it does CasADi's generated C, ours are native code.",
    "mixture": "Two products of matrices, and some ten elementwise arrays of 25 x 1,000 x 10 around them; XLA writes "
    "fewer of these to memory.",
    "residuals": "Fifty tangents go through each operation, in arrays of 50 x 500 x 16, block by block; XLA makes one "
    "loop of what is elementwise and the sum behind it.",
    "logsumexp": "Ours computes the exponentials twice, for the value and for the derivative, and keeps none; XLA "
    "keeps those of the value.",
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
