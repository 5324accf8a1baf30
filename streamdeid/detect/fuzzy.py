"""Lists of words and phrases found where they are misspelt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from streamdeid.detect.near_words import NearWords
from streamdeid.detect.ordinary import is_ordinary
from streamdeid.detect.phrases import is_gap, word_pattern, words_in, words_of
from streamdeid.detect.rules.fold import Folded, fold
from streamdeid.detect.rules.words import COMMON
from streamdeid.detect.spellings import SPELLINGS
from streamdeid.types import Span

_REMEMBERED = 50_000
#: Of what is misspelt, and what is taken off for each edit.
_SCORE, _PER_EDIT = 1.0, 0.1
#: Of what is only spelt in another way.
_SPELT = 0.9


class Tolerance(NamedTuple):
    """How much a finding may differ from what is listed: letters in all (`edits`), and which ways to spell count as
    the same (`spellings.SPELLINGS`). Phrases of fewer letters than `shortest` have to be as listed; two edits take
    twice as many."""

    edits: int
    spellings: Sequence[str] = ()
    shortest: int = 6

    def allows(self, edits: int, letters: int) -> bool:
        """Whether a phrase of so many letters may differ in so many."""
        return edits <= self.edits and letters >= self.shortest * max(1, edits)


class Near(NamedTuple):
    """What is nearly a listed phrase, at `start` to `end` of a text."""

    start: int
    end: int
    edits: int


class _State(NamedTuple):
    """A part of a phrase that has been read: where in the tree of phrases, and what was wrong up to there."""

    node: int
    edits: int
    same: bool


class FuzzyDictionary:
    """Finds phrases as whole words, in any case, which differ from what is listed in what `tolerance` says, and in
    something; not where another phrase stands as it is listed. A phrase of one word has to be written with a capital,
    and may be no everyday word."""

    def __init__(self, phrases: Iterable[str], tolerance: Tolerance) -> None:
        self._tolerance = tolerance
        self._next: dict[tuple[int, str], int] = {}
        self._letters: dict[int, int] = {}
        for phrase in phrases:
            self._add(words_of(phrase))
        spellings = [SPELLINGS[name] for name in tolerance.spellings]
        words = frozenset(word for _, word in self._next)
        self._near = NearWords(words, tolerance.edits, 2 * tolerance.shortest, spellings).near
        self._begin = lru_cache(maxsize=_REMEMBERED)(self._beginnings)

    def _add(self, words: Sequence[str]) -> None:
        letters = sum(map(len, words))
        if letters < self._tolerance.shortest:
            return
        node = 0
        for word in words:
            node = self._next.setdefault((node, word), len(self._next) + 1)
        self._letters[node] = letters

    def find(self, text: str) -> list[Near]:
        """What is nearly a phrase, in order; start and end are string indices."""
        folded = fold(text)
        words = words_in(folded.lower)
        begun = [(first, states) for first, states in enumerate(map(self._begin, words)) if states]
        if not begun:
            return []
        reached: dict[tuple[int, int], int | None] = {}
        for first, states in begun:
            for last, edits in self._follow(first, states, words):
                reached[first, last] = _less(edits, reached.get((first, last), edits))
        near = [(*place, edits) for place, edits in reached.items() if edits is not None]
        return self._placed(text, folded, near) if near else []

    def _beginnings(self, word: str) -> tuple[_State, ...]:
        return tuple(self._on(_State(0, 0, same=True), word))

    def _on(self, state: _State, word: str) -> Iterator[_State]:
        for other, edits in self._near(word):
            node = self._next.get((state.node, other))
            if node is not None and state.edits + edits <= self._tolerance.edits:
                yield _State(node, state.edits + edits, state.same and word == other)

    def _follow(self, first: int, states: Iterable[_State], words: Sequence[str]) -> Iterator[tuple[int, int | None]]:
        """The last words of phrases that begin with the first, and their edits; None: as it is listed."""
        last = first
        while states:
            for state in states:
                letters = self._letters.get(state.node)
                if letters and (state.same or self._tolerance.allows(state.edits, letters)):
                    yield last, None if state.same else state.edits
            last += 1
            if last == len(words):
                return
            states = [after for state in states for after in self._on(state, words[last])]

    def _placed(self, text: str, folded: Folded, reached: Iterable[tuple[int, int, int]]) -> list[Near]:
        lower = folded.lower
        places = [match.span() for match in word_pattern(lower).finditer(lower)]
        found = []
        for first, last, edits in reached:
            if not all(is_gap(lower[places[word][1] : places[word + 1][0]]) for word in range(first, last)):
                continue
            start, end = folded.extent(places[first][0], places[last][1])
            if first < last or _may_be_a_name(text[start:end]):
                found.append(Near(start, end, edits))
        return sorted(found)


def _less(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else min(one, other)


def _may_be_a_name(word: str) -> bool:
    return word[:1].isupper() and word.lower() not in COMMON and not is_ordinary(word)


class FuzzyDetector:
    """Finds what nearly stands in lists of identifiers. Each of `lists` has a name for `Span.by`, a label, its phrases
    and how much may differ."""

    def __init__(self, lists: Sequence[tuple[str, str, Iterable[str], Tolerance]]) -> None:
        self._lists = [(by, label, FuzzyDictionary(phrases, tolerance)) for by, label, phrases, tolerance in lists]

    def __call__(self, text: str) -> list[Span]:
        """The findings in `text`, which may overlap; scores are below those of what is listed as it stands."""
        return [
            Span(near.start, near.end, label, min(_SPELT, _SCORE - _PER_EDIT * near.edits), by)
            for by, label, dictionary in self._lists
            for near in dictionary.find(text)
        ]
