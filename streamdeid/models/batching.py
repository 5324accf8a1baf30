"""Rows of tokens put together to batches, such that no row's result depends on the others.

A row is always padded to the step at or above its own length, whatever else is in the batch, so its scores come from
the same sums in the same order. What a quantised model computes may still depend on all rows at once (one scale for a
whole tensor, found while it runs): such a model gets one row at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

STEPS = (*range(16, 257, 16), 320, 384, 448, 512, 768, 1024, 2048, 4096)


class Row(NamedTuple):
    """One window with its special tokens."""

    ids: NDArray[np.int32]
    shapes: NDArray[np.int32]


class Batch(NamedTuple):
    """Arrays of rows x tokens: ids, 1 where there is a token and 0 where there is padding, and shape ids."""

    ids: NDArray[np.int64]
    mask: NDArray[np.int64]
    shapes: NDArray[np.int64]


def padded_length(length: int, longest: int) -> int:
    """How many tokens a row of `length` is padded to, at most `longest`."""
    return min(next((step for step in STEPS if step >= length), length), longest)


def groups(lengths: Sequence[int], longest: int, budget: int) -> Iterator[tuple[int, list[int]]]:
    """Which rows go together, by their index, and the length that they are padded to: rows of one padded length, in
    order, such that a batch has at most `budget` tokens, or one row."""
    by_length: dict[int, list[int]] = {}
    for index, length in enumerate(lengths):
        by_length.setdefault(padded_length(length, longest), []).append(index)
    for padded, rows in sorted(by_length.items()):
        count = max(1, budget // padded)
        for first in range(0, len(rows), count):
            yield padded, rows[first : first + count]


def batch(rows: Sequence[Row], length: int, padding: int) -> Batch:
    """The rows, each padded to `length` with the token `padding`."""
    shape = (len(rows), length)
    made = Batch(np.full(shape, padding, np.int64), np.zeros(shape, np.int64), np.zeros(shape, np.int64))
    for number, row in enumerate(rows):
        count = len(row.ids)
        made.ids[number, :count] = row.ids
        made.mask[number, :count] = 1
        made.shapes[number, :count] = row.shapes
    return made
