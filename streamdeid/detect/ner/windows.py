"""Cuts a text of any length into windows that a model can take, so that every token is seen with what is around it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

#: Where tokens begin, or end, in their text.
Places = NDArray[np.int32]

_LINE_ENDS = "\n\r\v\f\x85\u2028\u2029"
_SENTENCE_ENDS = ".!?:;"
#: How good a place for a window to begin a token is.
_INSIDE_WORD, _WORD, _SENTENCE, _LINE = range(4)


class Window(NamedTuple):
    """The model is shown the tokens `start` to `end`; what it says of `first` to `last` is taken. The latter of all
    windows of a text are the text's tokens, each once, in order."""

    start: int
    end: int
    first: int
    last: int


def windows(text: str, starts: Places, size: int, overlap: int) -> Iterator[Window]:
    """Windows of at most `size` tokens over a text whose tokens begin at the characters `starts`.

    Two neighbours share at least `overlap` tokens and at most twice as many, so that a window can begin with a line, a
    sentence or at least a word. Each token is taken from the window in which it is further from the edge.

    Raises:
        ValueError: there is room for nothing but overlap.
    """
    if size < 1 or overlap < 0 or 4 * overlap > size:
        raise ValueError(f"windows of {size} tokens cannot overlap by {overlap}")
    count, start, first = len(starts), 0, 0
    while start + size < count:
        end = start + size
        following = _best_start(text, starts, max(end - 2 * overlap, start + 1), end - overlap)
        last = (following + end + 1) // 2
        yield Window(start, end, first, last)
        start, first = following, last
    if count:
        yield Window(start, count, first, count)


def sections(text: str, longest: int) -> Iterator[tuple[int, int]]:
    """The text in pieces of at most `longest` characters, cut after a line end, else before a blank, else anywhere:
    tokenising them one by one needs memory for one of them, and gives the tokens of the whole."""
    start = 0
    while len(text) - start > longest:
        limit = start + longest
        cut = text.rfind("\n", start, limit) + 1
        if not cut:
            cut = max(text.rfind(" ", start + 1, limit), start)
        cut = cut if cut > start else limit
        yield start, cut
        start = cut
    yield start, len(text)


def _best_start(text: str, starts: Places, earliest: int, latest: int) -> int:
    """The token, not after `latest`, that is best to begin with; the last one of several."""
    best, rank = latest, -1
    for token in range(latest, earliest - 1, -1):
        here = _rank(text, starts[token])
        if here > rank:
            best, rank = token, here
        if rank == _LINE:
            break
    return best


def _rank(text: str, start: int) -> int:
    at = start - 1
    while at >= 0 and text[at].isspace():
        if text[at] in _LINE_ENDS:
            return _LINE
        at -= 1
    if at == start - 1:
        return _INSIDE_WORD
    return _SENTENCE if at >= 0 and text[at] in _SENTENCE_ENDS else _WORD
