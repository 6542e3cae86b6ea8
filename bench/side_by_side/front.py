"""The part of README.md that the driver owns: what a library takes to begin, and the standings drawn with letters.

Letters, since a picture from a file does not show on the page of a package index.
"""

import math
from collections.abc import Iterable

from .page import digits, table
from .peers import OURS, PEERS
from .problems import Problem
from .results import Results
from .standing import fastest

START = "<!-- from here on `make bench-peers` writes -->"
END = "<!-- up to here -->"
LETTERS = {"autograd": "a", "casadi": "C", "jax": "J", "mygrad": "M", "torch": "P", "tensorflow": "T"}
SHOWN = {
    "chain": "1,000 operations on one number",
    "tiny_network": "network 8x3x4x1",
    "network": "network 64x784x128x10",
    "rosenbrock_hvp": "Hessian of 100 numbers, times a vector",
    "mlp_epoch": "digits, dense network: an epoch",
    "cnn": "digits, convolutional network",
    "lstm_layer": "LSTM of 64, 50 steps",
    "transformer": "block of a transformer, d=64",
    "gp": "Gaussian process, n=500",
    "hmc": "Hamiltonian Monte Carlo",
    "lorenz_vectors": "differential equation, vectors of 3",
    "monte_carlo": "Asian option, 100,000 paths",
    "k_means_gradient": "k-means, 10,000 points",
}
"""What is drawn, in words that fit."""
LEFT, DECADES, COLUMNS = 0.5, 4, 10
"""What the first column stands for, how many powers of ten there are, and columns for each."""
WIDTH = max(map(len, SHOWN.values()))


def column(ratio: float) -> int:
    at = round(math.log10(ratio / LEFT) * COLUMNS)
    return min(max(at, 0), DECADES * COLUMNS)


def line(title: str, marks: Iterable[tuple[str, float]]) -> str:
    """Each mark where its ratio is; where two would be at the same place, the second stands beside it."""
    places = {column(1.0): "|"}
    for mark, ratio in sorted(marks, key=lambda pair: pair[1]):
        at = column(ratio)
        while at in places:
            at += 1
        places[at] = mark
    drawn = "".join(places.get(k, " ") for k in range(max(places) + 1))
    return f"{title:{WIDTH}} {drawn}".rstrip()


def scale() -> str:
    ticks = {column(10.0**power): f"{10**power:,}x" for power in range(DECADES)}
    text = ""
    for at, tick in ticks.items():
        text = text.ljust(at - len(tick) // 2) + tick
    return f"{'':{WIDTH}} {text}"


def chart(results: Results, problems: list[Problem]) -> str:
    """Each peer's best time over our best."""
    lines = [scale()]
    known = {problem.name for problem in problems} & set(results.figures)
    for name in (name for name in SHOWN if name in known):
        figures = results.figures[name]
        best = {
            library: figures[key].microseconds
            for library in {library for library, _ in results.titles}
            if (key := fastest(figures, (own for own in results.titles if own[0] == library))) is not None
        }
        if OURS in best:
            marks = [(LETTERS[peer], taken / best[OURS]) for peer, taken in best.items() if peer in LETTERS]
            lines.append(line(SHOWN[name], marks))
    return "\n".join(lines)


def row(results: Results, library: str, title: str, begun: tuple[float, float, float]) -> list[str]:
    def microseconds(problem: str, unit: float) -> str:
        figures = results.figures.get(problem, {})
        key = fastest(figures, (own for own in results.titles if own[0] == library))
        return digits(figures[key].microseconds / unit) if key else ""

    megabytes, _, first = begun
    times_ = [microseconds("square", 1.0), microseconds("chain", 1.0), microseconds("mlp_epoch", 1e3)]
    return [title, digits(megabytes), digits(first), *times_]


def section(results: Results, problems: list[Problem], begun: dict[str, tuple[float, float, float]]) -> str:
    """`begun` is what `beginning.measured` gives."""
    titles = {OURS: "autodiff_core"} | {peer.name: peer.title for peer in PEERS}
    head = [
        "",
        "installed with what it needs, MB",
        "import and a first gradient, ms",
        "gradient of `x**2`, us",
        "of 1,000 operations, us",
        "digits, an epoch, ms",
    ]
    rows = [row(results, library, titles[library], found) for library, found in begun.items()]
    legend = ", ".join(f"{letter} {titles[name]}" for name, letter in LETTERS.items())

    return f"""{table(head, rows)}

Each at its best, compiled or not, one thread. And the time of others over ours, for value and derivatives: right of the
line they are slower ({legend}).

```text
{chart(results, problems)}
```
"""


def put(readme: str, written: str) -> str:
    """The file with the section between its markers."""
    before, start, rest = readme.partition(START)
    _, end, after = rest.partition(END)
    if not start or not end:
        raise ValueError(f"README.md must have {START!r}, and {END!r} after it")
    return f"{before}{START}\n\n{written.strip()}\n\n{END}{after}"
