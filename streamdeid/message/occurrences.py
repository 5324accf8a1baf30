"""Where a value stands in bytes, as a whole word, and in which leaf."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator

from streamdeid.types import Document, Leaf

_MEASURES = frozenset({"NM", "SI", "SN", "decimal", "integer", "positiveInt", "unsignedInt"})
#: So many words are sought one by one as fast.
_FEW = 32
#: What `_joined` takes for one word.
_WORD = re.compile(rb"[0-9A-Za-z\x80-\xff]++")
_TELLING = re.compile(r"[\w-]{5,}")


def occurrences(text: bytes, word: bytes) -> Iterator[int]:
    """The positions of `word` in `text` where neither end is inside a longer word, or a URL goes on with a path."""
    is_url = b"://" in word
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        if not (_joined(text, at) or _joined(text, end) or (is_url and text[end : end + 1] == b"/")):
            yield at
        at = text.find(word, end)


def possible(text: bytes, words: Collection[bytes]) -> list[bytes]:
    """Those of `words` that may occur in `text`: a quick look, for there may be thousands."""
    if len(words) < _FEW:
        return list(words)
    found = set(_WORD.findall(text))
    return [word for word in words if (first := _WORD.search(word)) is None or first.group() in found]


def _joined(text: bytes, position: int) -> bool:
    """Whether the bytes before and after `position` belong to one word; bytes beyond ASCII are parts of letters."""
    if not 0 < position < len(text):
        return False
    before, after = text[position - 1 : position], text[position : position + 1]
    return (before.isalnum() or before > b"\x7f") and (after.isalnum() or after > b"\x7f")


def is_telling(value: str) -> bool:
    """Whether a value is so particular that even a code must not equal it: five or more characters, four of them
    digits, and no others than letters, digits, hyphens and underscores."""
    return sum(map(value.count, "0123456789")) >= 4 and _TELLING.fullmatch(value) is not None


def is_measure(leaf: Leaf) -> bool:
    """Whether a leaf is a number by its datatype, which may equal an identifier by chance."""
    return leaf.place.lineage[-1] in _MEASURES


class LeafFinder:
    """Finds the leaf at a byte of a document."""

    def __init__(self, document: Document) -> None:
        self._leaves = document.leaves
        self._starts: list[int] = []

    def at(self, position: int) -> Leaf | None:
        """The leaf that holds the byte; None where it is structure."""
        if not self._starts:
            self._starts = [leaf.start for leaf in self._leaves]
        index = bisect_right(self._starts, position) - 1
        leaf = self._leaves[index] if index >= 0 else None
        return leaf if leaf is not None and position < leaf.end else None
