"""Which messages, or texts, are read together: few enough that none has to wait long."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

_Item = TypeVar("_Item")


def together(items: Iterable[_Item], size: Callable[[_Item], int], most: int, enough: int) -> Iterator[list[_Item]]:
    """The items in order, in lists of at most `most`; a list ends with the item that makes its sizes `enough`."""
    window: list[_Item] = []
    total = 0
    for item in items:
        window.append(item)
        total += size(item)
        if len(window) == most or total >= enough:
            yield window
            window, total = [], 0
    if window:
        yield window
