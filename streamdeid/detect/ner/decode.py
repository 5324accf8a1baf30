"""From a model's scores to spans."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from streamdeid.detect.ner.scheme import Scheme
from streamdeid.detect.ner.symbols import is_symbol
from streamdeid.detect.ner.windows import Places
from streamdeid.detect.rules.fold import Folded
from streamdeid.errors import DetectorError
from streamdeid.types import Span

#: Scores are rounded to so many decimals before anything is decided, so that the last bits, which depend on the
#: machine, do not decide.
_DECIMALS = 3
#: Scripts that are written without blanks: what stands together there is a sentence, not a word.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u31ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
_BRIDGE = 2
#: What is not part of a name that is in the genitive.
_POSSESSIVES = ("'s", "'S")


class Tokens(NamedTuple):
    """What a model says of a run of tokens, an array each: whether the token is of an identifier, the probability of
    that, which of `Scheme.names` it is, and whether it begins one."""

    positive: NDArray[np.bool_]
    score: NDArray[np.float64]
    name: NDArray[np.intp]
    begins: NDArray[np.bool_]

    def part(self, first: int, last: int) -> Tokens:
        """Those from `first` to `last`."""
        own = slice(first, last)
        return Tokens(self.positive[own], self.score[own], self.name[own], self.begins[own])


def read_logits(logits: NDArray[Any], scheme: Scheme, temperature: float) -> Tokens:
    """Sum up a model's scores, tokens x labels, before softmax. A token counts as of an identifier by the probability
    that it is of any; of which family, by the sums of theirs; of which label, by the sums within the family.

    Raises:
        DetectorError: a score is no number, so nothing is known about the token.
    """
    scaled = logits.astype(np.float64) / temperature
    scaled -= scaled.max(axis=1, keepdims=True)
    weights = np.exp(scaled)
    probabilities = weights / weights.sum(axis=1, keepdims=True)
    if np.isnan(probabilities).any():
        raise DetectorError("detector.failure", "scores that are no numbers")
    fine = np.round(probabilities @ scheme.fine, _DECIMALS)
    begin = np.round(probabilities @ scheme.begin, _DECIMALS)
    inside = np.round(probabilities @ scheme.inside, _DECIMALS)
    score = np.round(probabilities @ scheme.fine.sum(axis=1), _DECIMALS)
    family = np.round(begin + inside, _DECIMALS).argmax(axis=1)
    name = np.where(scheme.family == family[:, None], fine, -1.0).argmax(axis=1)
    rows = np.arange(len(score))
    return Tokens(score >= scheme.thresholds[name], score, name, begin[rows, family] > inside[rows, family])


def joined(parts: Sequence[Tokens]) -> Tokens:
    """Runs of tokens, one after the other."""
    return Tokens(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))


class _Word(NamedTuple):
    """A word, or a mark, of which a token is positive: its extent, and what its most certain token says."""

    start: int
    end: int
    family: int
    name: int
    score: float
    begins: bool


def decode(folded: Folded, starts: Places, ends: Places, tokens: Tokens, scheme: Scheme, by: str) -> list[Span]:
    """The identifiers in a text whose tokens stand at `starts` and `ends` of `folded.text`; in the text's own indices.

    A word is positive as a whole. Neighbouring words of one family are one identifier, unless the model begins another
    one; its label is that of most of its words, its score their mean.
    """
    text = folded.text
    spans = []
    for words in _entities(text, list(_words(text, starts, ends, tokens, scheme))):
        start, end = _trimmed(text, words[0].start, words[-1].end)
        if start == end:
            continue
        score = round(sum(word.score for word in words) / len(words), _DECIMALS)
        spans.append(Span(*folded.extent(start, end), scheme.names[_commonest(words)], score, by))
    return spans


def _words(text: str, starts: Places, ends: Places, tokens: Tokens, scheme: Scheme) -> Iterator[_Word]:
    word: _Word | None = None
    for token in np.flatnonzero(tokens.positive).tolist():
        start, end = int(starts[token]), int(ends[token])
        while start < end and text[start].isspace():
            start += 1
        if start >= end:
            continue
        name, score = int(tokens.name[token]), float(tokens.score[token])
        family = int(scheme.family[name])
        if word is not None and start < word.end:
            if score > word.score:
                word = word._replace(family=family, name=name, score=score)
            if end > word.end:
                word = word._replace(end=_word_end(text, end))
            continue
        if word is not None:
            yield word
        limit = word.end if word is not None else 0
        extent = _word_start(text, start, limit), _word_end(text, end)
        word = _Word(*extent, family, name, score, bool(tokens.begins[token]))
    if word is not None:
        yield word


def _in_word(text: str, at: int) -> bool:
    """Whether the characters before and at `at` belong to one word; an apostrophe between letters does."""
    if not 0 < at < len(text):
        return False
    before, after = text[at - 1], text[at]
    if before == "'":
        return at > 1 and text[at - 2].isalnum() and after.isalnum()
    if after == "'":
        return before.isalnum() and at + 1 < len(text) and text[at + 1].isalnum()
    return before.isalnum() and after.isalnum() and not (_UNSPACED.match(before) or _UNSPACED.match(after))


def _word_start(text: str, start: int, limit: int) -> int:
    while start > limit and _in_word(text, start):
        start -= 1
    return start


def _word_end(text: str, end: int) -> int:
    while _in_word(text, end):
        end += 1
    return end


def _entities(text: str, words: Sequence[_Word]) -> Iterator[list[_Word]]:
    entity: list[_Word] = []
    for word in words:
        if entity and not _goes_on(text, entity[-1], word):
            yield entity
            entity = []
        entity.append(word)
    if entity:
        yield entity


def _goes_on(text: str, before: _Word, word: _Word) -> bool:
    """Whether a word belongs to the identifier of the word before: nothing but blanks between, or, in a word such as
    555-0142, a mark or two that the model did not count."""
    if word.family != before.family or word.begins:
        return False
    between = text[before.end : word.start]
    return not between.strip() or (len(between) <= _BRIDGE and all(map(_is_mark, between)))


def _is_mark(character: str) -> bool:
    return unicodedata.category(character)[0] in "PS"


def _commonest(words: Sequence[_Word]) -> int:
    weights: dict[int, float] = {}
    for word in words:
        weights[word.name] = weights.get(word.name, 0.0) + word.score
    return max(weights, key=lambda name: (round(weights[name], _DECIMALS), -name))


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and _separates(text[start]):
        start += 1
    while end > start and _separates(text[end - 1]):
        end -= 1
    if text[start:end].endswith(_POSSESSIVES):
        end -= 2
    return start, end


def _separates(character: str) -> bool:
    return unicodedata.category(character)[0] in "ZPC" or is_symbol(character)
