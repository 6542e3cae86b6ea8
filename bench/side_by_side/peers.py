"""The libraries that are measured: what pip installs for each, and the interpreter that it needs.

Each has an environment of its own in `.peers/`, so that none decides which NumPy another gets, and a file of programs
with its name in this folder. Ours runs with the interpreter that runs the driver.
"""

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parents[2] / ".peers"
OURS = "ours"
KERAS = "keras>=3.14,<3.16"
"""On the libraries that it can stand on."""


@dataclass(frozen=True)
class Peer:
    name: str
    """Of the file with its programs, and of the folder of its environment."""
    title: str
    requirements: tuple[str, ...]
    oldest_python: tuple[int, int] = (3, 11)
    seconds: int = 900
    """How long its installation may take."""

    @property
    def python(self) -> Path:
        return FOLDER / self.name / "bin" / "python"

    @property
    def installed(self) -> Path:
        """Where the requirements are written down that its environment was made with."""
        return FOLDER / self.name / "requirements.txt"

    @property
    def problem(self) -> Path:
        """Where it is written down why there is no such environment."""
        return FOLDER / f"{self.name}.problem"


# The largest one last: whatever goes wrong with it, the others are there.
PEERS = (
    Peer("casadi", "CasADi", ("casadi", "numpy")),
    Peer("xad", "XAD", ("xad", "numpy")),
    Peer("autograd", "autograd", ("autograd", "scipy")),
    Peer("mygrad", "MyGrad", ("mygrad",)),
    Peer("advect", "advect", ("advect[scipy]",), oldest_python=(3, 12)),
    Peer("jax", "JAX", ("jax", "optax", KERAS)),
    Peer("torch", "PyTorch", ("torch", "numpy", KERAS), seconds=1800),
    Peer("tensorflow", "TensorFlow", ("tensorflow-cpu", KERAS), seconds=1200),
)
