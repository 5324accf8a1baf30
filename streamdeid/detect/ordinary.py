"""Names that are also words, and words that name nobody."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from streamdeid.detect.known_text import fold


@cache
def _ordinary_words() -> frozenset[str]:
    text = files("streamdeid.detect").joinpath("ordinary_words.txt").read_text(encoding="utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())


def is_ordinary(word: str) -> bool:
    """Whether `word`, in any case, is a name or a place that texts use as a plain word as well (Will, May, Brown,
    Bath), or a person's name that medicine uses for something else (Parkinson): it identifies only with evidence
    beside it. The words are in ``ordinary_words.txt``."""
    return fold(word) in _ordinary_words()
