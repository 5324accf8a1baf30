"""How the time of something grows with its input: a ratio of two sizes in one run, so that a slow machine, a busy one
and a traced one all give the same answer.
"""

import time
from collections.abc import Callable
from typing import TypeVar

_Input = TypeVar("_Input")

#: What takes less is not told apart from the clock's own steps and counts as so much, in seconds.
_LEAST = 0.001
_TRIES = 6


def is_linear(work: Callable[[_Input], object], make: Callable[[int], _Input], size: int, times: int = 8) -> bool:
    """Whether `work` on an input of `times` as much (`make(size * times)`) takes about `times` as long as on one of
    `size`, and not the square of it. The limit is half-way, by ratio. One try of several is enough: what else the
    machine does may stretch the large input's time, but work that is quadratic never gets below."""
    small, large = make(size), make(size * times)
    work(make(max(1, size // 8)))  # whatever is made once
    return any(
        _seconds(work, large) < times**1.5 * max(min(_seconds(work, small) for _ in range(2)), _LEAST)
        for _ in range(_TRIES)
    )


def _seconds(work: Callable[[_Input], object], content: _Input) -> float:
    """Of the processor's time, so that other processes do not count."""
    started = time.process_time()
    work(content)
    return time.process_time() - started
