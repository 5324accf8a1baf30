"""How fast lists are loaded and texts are searched for what is in them. Times are of the processor."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from streamdeid.bench.notes import made_up
from streamdeid.detect.dictionary import Dictionary
from streamdeid.detect.fuzzy import FuzzyDictionary, Tolerance

_SEED = 17
_BEGINNINGS = ("b", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "w", "st", "br", "ch", "sch")
_VOWELS = ("a", "e", "i", "o", "u", "ei", "au")
_ENDS = ("n", "r", "ng", "ck", "mann", "s", "l", "son", "dorf")
#: Fuzzy lists are for what people are called and where they are, and so are smaller.
_FUZZY_TERMS = 100_000
_TEXTS, _ROUNDS = 400, 5


class DictionaryFigure(NamedTuple):
    """What one list took. `seconds` are those of loading it; `found` is how many of its terms the texts have."""

    name: str
    terms: int
    seconds: float
    mb_per_second: float
    found: int


def measure(terms: int) -> list[DictionaryFigure]:
    """A list of so many made-up names, and smaller ones that may be misspelt, over notes about made-up patients in
    which one of the names stands now and then."""
    names = _names(terms)
    some = names[:_FUZZY_TERMS]
    texts = _texts(names)
    return [
        _figure("as listed", names, texts, lambda listed: Dictionary([listed]).find),
        _figure("fuzzy: 1", some, texts, lambda listed: FuzzyDictionary(listed, Tolerance(1)).find),
        _figure(
            "fuzzy: [transliteration, ocr]",
            some,
            texts,
            lambda listed: FuzzyDictionary(listed, Tolerance(0, ("transliteration", "ocr"))).find,
        ),
    ]


def _figure(
    name: str,
    listed: Sequence[str],
    texts: Sequence[str],
    load: Callable[[Sequence[str]], Callable[[str], Sequence[object]]],
) -> DictionaryFigure:
    start = time.process_time()
    find = load(listed)
    seconds = time.process_time() - start
    found, best = 0, float("inf")
    for _ in range(_ROUNDS):
        start = time.process_time()
        found = sum(len(find(text)) for text in texts)
        best = min(best, time.process_time() - start)
    return DictionaryFigure(name, len(listed), seconds, sum(map(len, texts)) / best / 1e6, found)


def _names(count: int) -> list[str]:
    draw = random.Random(_SEED)  # noqa: S311 - made-up names, not keys
    names: dict[str, None] = {}
    while len(names) < count:
        names[" ".join(_name(draw) for _ in range(draw.choice((1, 2, 2, 3))))] = None
    return list(names)


def _name(draw: random.Random) -> str:
    syllables = (draw.choice(_BEGINNINGS) + draw.choice(_VOWELS) for _ in range(draw.choice((2, 3))))
    return ("".join(syllables) + draw.choice(_ENDS)).capitalize()


def _texts(names: Sequence[str]) -> list[str]:
    draw = random.Random(_SEED)  # noqa: S311 - as above
    notes = made_up()
    return [f"{draw.choice(notes)}\nSeen by {draw.choice(names)}.\n{draw.choice(notes)}" for _ in range(_TEXTS)]
