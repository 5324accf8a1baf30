"""Lists of words and phrases found in a text in one pass, however many there are.

A million phrases in an automaton (Aho and Corasick, 1975) take more than half a gigabyte and load for a quarter of a
minute, and reading a text is a walk through all of that memory. Phrases are whole words, and few words begin one: so a
look at each word tells nearly always that there is nothing to be found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import compress, count
from typing import Final, NamedTuple, TypeAlias

from streamdeid.detect.phrases import is_gap, spaced, word_pattern, words_in
from streamdeid.detect.rules.fold import fold
from streamdeid.types import Span

#: Phrases that are folded at once.
_BLOCK: Final = 50_000
#: Where there are fewer than one phrase in so many words, they are looked for one by one.
_FEW: Final = 8
_REMEMBERED: Final = 20_000
_BETWEEN: Final = re.compile(r"[^a-z0-9\n]+")


class Listed(NamedTuple):
    """A phrase of list number `number` at `start` to `end` of a text."""

    start: int
    end: int
    number: int


#: A phrase: its first word by number, of how many words it is, and the lists that have it.
_Hit: TypeAlias = tuple[int, int, tuple[int, ...]]


class _Remembered(dict[str, tuple[int, ...] | None]):
    """What a large mapping has for the words of late. Texts use few words again and again, and these are found faster
    among few."""

    def __init__(self, all_words: Mapping[str, tuple[int, ...]]) -> None:
        super().__init__()
        self._all = all_words

    def __missing__(self, word: str) -> tuple[int, ...] | None:
        if len(self) >= _REMEMBERED:
            self.clear()
        found = self[word] = self._all.get(word)
        return found


class Dictionary:
    """Finds phrases as whole words, in any case, whatever they are drawn with (`rules.fold`), with any blanks and at
    most one mark between their words. `lists` are told apart by their number."""

    def __init__(self, lists: Iterable[Iterable[str]]) -> None:
        #: The lists that have a phrase; the numbers of words of the phrases that begin with a word.
        self._lists: dict[str, tuple[int, ...]] = {}
        self._counts: dict[str, tuple[int, ...]] = {}
        for number, phrases in enumerate(lists):
            self._add(_in_words(list(phrases)), number)
        counts = self._counts
        self._begins = counts.get if len(counts) <= _REMEMBERED else _Remembered(counts).__getitem__

    def _add(self, phrases: Iterable[str], number: int) -> None:
        lists, counts, only = self._lists, self._counts, _shared(number)
        for phrase in filter(None, phrases):
            before = lists.setdefault(phrase, only)
            if before is not only and number not in before:
                lists[phrase] = _shared(*before, number)
            first, blank, rest = phrase.partition(" ")
            words = rest.count(" ") + 2 if blank else 1
            known = counts.get(first)
            if known is None or words not in known:
                counts[first] = _shared(*(known or ()), words)

    def __len__(self) -> int:
        """How many phrases there are."""
        return len(self._lists)

    def find(self, text: str) -> list[Listed]:
        """All phrases in `text`, those within others too, in order; start and end are string indices."""
        if not self._lists:
            return []
        folded = fold(text)
        lower = folded.lower
        plain = spaced(lower) if lower.isascii() else ""
        words = plain.split() or words_in(lower)
        hits = self._hits(words)
        is_few = plain and len(hits) * _FEW <= len(words)
        places = _few(lower, plain, words, hits) if is_few else _many(lower, hits)
        found = [
            Listed(*folded.extent(*place), number)
            for place, (_, _, lists) in zip(places, hits, strict=True)
            if place is not None
            for number in lists
        ]
        return sorted(found) if len(found) > 1 else found

    def _hits(self, words: list[str]) -> list[_Hit]:
        """The phrases that the words of a text are, whatever is between them, in order."""
        lists_of, total, hits = self._lists.get, len(words), []
        counts_of = list(map(self._begins, words))
        for first in compress(count(), counts_of):
            for length in counts_of[first] or ():
                last = first + length
                if last <= total and (lists := lists_of(" ".join(words[first:last]) if length > 1 else words[first])):
                    hits.append((first, length, lists))
        return hits


def _many(lower: str, hits: Sequence[_Hit]) -> Iterator[tuple[int, int] | None]:
    """Where phrases begin and end, by looking at all words; None where there is more than a gap within one."""
    places = [match.span() for match in word_pattern(lower).finditer(lower)] if hits else []
    for first, length, _ in hits:
        within = range(first, first + length - 1)
        is_one = all(is_gap(lower[places[word][1] : places[word + 1][0]]) for word in within)
        yield (places[first][0], places[first + length - 1][1]) if is_one else None


def _few(lower: str, plain: str, words: Sequence[str], hits: Sequence[_Hit]) -> Iterator[tuple[int, int] | None]:
    """The same by looking for the first word of each phrase. `plain` is `lower`, in ASCII, with blanks between its
    `words`; `hits` are in order."""
    plain = f" {plain} "
    seen = start = 0  # the words from number `seen` on stand from `start` on
    for first, length, _ in hits:
        word, at = f" {words[first]} ", start
        for _ in range(words[seen : first + 1].count(words[first])):
            start = plain.index(word, at)
            at = start + 1  # the blank after it may be the one before the next
        seen = first
        yield _whole(lower, words[first : first + length], start)


def _whole(lower: str, words: Sequence[str], start: int) -> tuple[int, int] | None:
    """Where a phrase that begins at `start` has its ends; None where there is more than a gap between its words."""
    end = start + len(words[0])
    for word in words[1:]:
        at = lower.index(word, end)
        if not is_gap(lower[end:at]):
            return None
        end = at + len(word)
    return start, end


def _in_words(phrases: Sequence[str]) -> Iterator[str]:
    """The words of each phrase with a blank between, folded many at once: there may be a million."""
    for first in range(0, len(phrases), _BLOCK):
        some = phrases[first : first + _BLOCK]
        lower = fold("\n".join(some)).lower
        if lower.count("\n") != len(some) - 1:  # there are line ends in phrases
            lower = fold("\n".join(" ".join(phrase.split()) for phrase in some)).lower
        if lower.isascii():
            yield from map(str.strip, _BETWEEN.sub(" ", lower).split("\n"))
        else:
            yield from (" ".join(words_in(line)) for line in lower.split("\n"))


@lru_cache(maxsize=4096)
def _shared(*numbers: int) -> tuple[int, ...]:
    """One object for equal ones: there are few different ones."""
    return tuple(sorted(numbers))


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
