"""How many threads a library's process uses: an environment that all of them read, set before they start."""

import os

KEY = "OMP_NUM_THREADS"


def environment(count: int) -> dict[str, str]:
    keys = (KEY, "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "AUTODIFF_NUM_THREADS", "NPROC")  # the last one is XLA's
    return dict.fromkeys(keys, str(count)) | {
        "XLA_FLAGS": f"--xla_cpu_multi_thread_eigen={str(count > 1).lower()}",
        "CUDA_VISIBLE_DEVICES": "",
        "JAX_PLATFORMS": "cpu",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }


def threads() -> int:
    """Of this process, for libraries that have to be told."""
    return int(os.environ.get(KEY, "1"))
