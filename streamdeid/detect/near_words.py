"""Words that are nearly those of a vocabulary, found without looking at all of it.

A word with one edit (a letter wrong, missing or too many) cut in two has one half that is untouched, and one with two
edits cut in three has a third; so only words that share such a piece are compared. Two neighbours swapped count as one
edit where that is the only one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from rapidfuzz.distance import OSA

#: Texts repeat their words: so many are remembered.
_REMEMBERED = 50_000
#: Words with fewer letters have too many neighbours.
LEAST_LETTERS = 4


class NearWords:
    """The words of a vocabulary (folded, in lower case) that a word may stand for, each with its number of edits; 0 is
    the word itself, or another way to spell it. Words with digits are numbers: they have no edits."""

    def __init__(
        self, words: Collection[str], edits: int, long: int, spellings: Sequence[Callable[[str], str]]
    ) -> None:
        self._words = words
        self._edits = edits
        self._long = long
        self._spellings = spellings
        plain = [word for word in words if word.isalpha() and len(word) >= LEAST_LETTERS] if edits else []
        self._pieces = [_index(plain, 2)]
        if edits > 1:
            self._pieces.append(_index([word for word in plain if len(word) >= long], 3))
        self._spelt: list[dict[str, list[str]]] = [_grouped(words, spelling) for spelling in spellings]
        self.near = lru_cache(maxsize=_REMEMBERED)(self._near)

    def _near(self, word: str) -> tuple[tuple[str, int], ...]:
        found = {word: 0} if word in self._words else {}
        for spelling, spelt in zip(self._spellings, self._spelt, strict=True):
            found |= dict.fromkeys(spelt.get(spelling(word), ()), 0)
        if self._edits and word.isalpha() and len(word) >= LEAST_LETTERS - 1:
            for other in self._similar(word):
                most = 2 if self._edits > 1 and len(other) >= self._long else 1
                distance = OSA.distance(word, other, score_cutoff=most)
                if distance <= most and len(other) >= LEAST_LETTERS:
                    found.setdefault(other, distance)
        return tuple(sorted(found.items()))

    def _similar(self, word: str) -> set[str]:
        similar = {other for edits, pieces in enumerate(self._pieces, 1) for other in _sharing(word, pieces, edits)}
        swapped = (word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1))
        return similar.union(other for other in swapped if other in self._words and other.isalpha())


def _index(words: Iterable[str], pieces: int) -> list[dict[str, list[str]]]:
    """For each place of a piece the words that have it there."""
    index: list[dict[str, list[str]]] = [{} for _ in range(pieces)]
    for word in words:
        for place, (start, end) in enumerate(_cut(len(word), pieces)):
            index[place].setdefault(word[start:end], []).append(word)
    return index


def _sharing(word: str, index: list[dict[str, list[str]]], edits: int) -> Iterator[str]:
    """Words of about this length that have a piece in common with it, moved by so many letters at most."""
    for length in range(max(LEAST_LETTERS, len(word) - edits), len(word) + edits + 1):
        for place, (start, end) in enumerate(_cut(length, len(index))):
            for shift in _shifts(place, len(index), len(word) - length, edits):
                piece = word[start + shift : end + shift] if start + shift >= 0 else ""
                yield from (other for other in index[place].get(piece, ()) if len(other) == length)


def _shifts(place: int, pieces: int, longer: int, edits: int) -> Iterable[int]:
    """By how much a piece may have moved: the first has not, the last by as much as the word has grown."""
    if place == 0:
        return (0,)
    return (longer,) if place == pieces - 1 else range(-edits, edits + 1)


def _cut(length: int, pieces: int) -> list[tuple[int, int]]:
    cuts = [length * place // pieces for place in range(pieces + 1)]
    return list(pairwise(cuts))


def _grouped(words: Iterable[str], spelling: Callable[[str], str]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for word in words:
        grouped.setdefault(spelling(word), []).append(word)
    return grouped
