"""How much memory something may take is read from texts and numbers, and what is neither is refused in words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autodiff_core.budgets import bytes_of


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ("200MB", 200_000_000),
        ("1.5GiB", 1_610_612_736),
        ("  2 kB ", 2000),
        ("3KiB", 3072),
        (".5 mb", 500_000),
        ("1TB", 10**12),
        ("7", 7),
        ("7B", 7),
        (4096, 4096),
        (np.int64(5), 5),
    ],
)
def test_an_amount_of_memory_is_a_text_or_a_number_of_bytes(size: Any, expected: int) -> None:
    assert bytes_of(size, "f(memory=)") == expected


@pytest.mark.parametrize("size", ["", "MB", "200 parsecs", "-5MB", "1e3MB", "2 M B", "200MBs"])
def test_a_text_that_is_no_amount_is_refused(size: str) -> None:
    with pytest.raises(ValueError, match=r"^f\(memory=\): .* is no amount of memory: write a number and a unit"):
        bytes_of(size, "f(memory=)")


@pytest.mark.parametrize("size", [0, -1, "0MB", "0.1B"])
def test_less_than_a_byte_is_refused(size: Any) -> None:
    with pytest.raises(ValueError, match=r"^f\(memory=\): an amount of memory is a byte at least, not"):
        bytes_of(size, "f(memory=)")


@pytest.mark.parametrize("size", [1 << 63, 10**30, "9999999999TB"])
def test_more_than_any_memory_is_refused(size: Any) -> None:
    with pytest.raises(ValueError, match=r"^f\(memory=\): .* is more than any memory has bytes"):
        bytes_of(size, "f(memory=)")


@pytest.mark.parametrize("size", [2.5, True, None, [1], np.float64(3.0)])
def test_what_is_neither_text_nor_integer_is_refused(size: Any) -> None:
    with pytest.raises(TypeError, match=r"^f\(memory=\): an amount of memory is a text such as"):
        bytes_of(size, "f(memory=)")
