"""Lists of words and phrases found in a text in one pass, however many there are (Aho and Corasick, 1975)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

import ahocorasick

from streamdeid.detect.phrases import is_gap, word_pattern
from streamdeid.detect.rules.fold import fold
from streamdeid.types import Span


class Listed(NamedTuple):
    """A phrase of list number `number` at `start` to `end` of a text."""

    start: int
    end: int
    number: int


class _Kind(NamedTuple):
    """What all phrases of so many words in the same lists have in common."""

    words: int
    lists: tuple[int, ...]


class Dictionary:
    """Finds phrases as whole words, in any case, whatever they are drawn with (`rules.fold`), with any blanks and at
    most one mark between their words. `lists` are told apart by their number."""

    def __init__(self, lists: Iterable[Iterable[str]]) -> None:
        self._automaton = ahocorasick.Automaton(ahocorasick.STORE_INTS)
        self._kinds: list[_Kind] = []
        numbers: dict[_Kind, int] = {}
        for number, phrases in enumerate(lists):
            for words in _in_words(phrases):
                self._add(words, number, numbers)
        if self._kinds:
            self._automaton.make_automaton()

    def _add(self, words: list[str], number: int, numbers: dict[_Kind, int]) -> None:
        if not words:
            return
        key = f" {' '.join(words)} "  # the blanks make sure of whole words
        known = self._automaton.get(key, -1)
        others = self._kinds[known].lists if known >= 0 else ()
        if number in others:
            return
        kind = _Kind(len(words), (*others, number))
        at = numbers.setdefault(kind, len(numbers))
        if at == len(self._kinds):
            self._kinds.append(kind)
        self._automaton.add_word(key, at)

    def __len__(self) -> int:
        return len(self._automaton)

    def find(self, text: str) -> Iterator[Listed]:
        """All phrases in `text`, those within others too; start and end are string indices."""
        if not self._kinds:
            return
        folded = fold(text)
        lower = folded.lower
        pattern = word_pattern(lower)
        words = pattern.findall(lower)
        hits = list(self._automaton.iter(f" {' '.join(words)} "))
        if not hits:
            return
        places = [match.span() for match in pattern.finditer(lower)]
        word_at = {end: word for word, end in enumerate(accumulate(len(word) + 1 for word in words))}
        for end, at in hits:
            kind, last = self._kinds[at], word_at[end]
            first = last - kind.words + 1
            if all(is_gap(lower[places[word][1] : places[word + 1][0]]) for word in range(first, last)):
                extent = folded.extent(places[first][0], places[last][1])
                for number in kind.lists:
                    yield Listed(*extent, number)


def _in_words(phrases: Iterable[str]) -> Iterator[list[str]]:
    """The words of each phrase, folded all at once: there may be a million."""
    lower = fold("\n".join(" ".join(phrase.split()) for phrase in phrases)).lower
    pattern = word_pattern(lower)
    return map(pattern.findall, lower.split("\n"))


class ListDetector:
    """Finds what stands in lists of identifiers. Each of `lists` has a name for `Span.by`, a label and its phrases."""

    def __init__(self, lists: Sequence[tuple[str, str, Iterable[str]]]) -> None:
        self._meanings = [(label, by) for by, label, _ in lists]
        self._dictionary = Dictionary(phrases for _, _, phrases in lists)

    def __call__(self, text: str) -> list[Span]:
        """The findings in `text`, which may overlap; every score is 1."""
        found = []
        for start, end, number in self._dictionary.find(text):
            label, by = self._meanings[number]
            found.append(Span(start, end, label, 1.0, by))
        return found
