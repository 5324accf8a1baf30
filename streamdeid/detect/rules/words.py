"""The word lists that lie beside this module."""

from __future__ import annotations

from pathlib import Path


def word_set(words: str) -> frozenset[str]:
    """The words of a string."""
    return frozenset(words.split())


def _lines(name: str) -> list[str]:
    text = Path(__file__).with_name(f"{name}.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if not line.startswith("#")]


#: Everyday and clinical words: no sign of a name, even with a capital.
COMMON = frozenset(word for line in _lines("common") for word in line.split())
#: People's names that stand for signs, diseases, scores and devices.
EPONYMS = frozenset(word for line in _lines("eponyms") for word in line.split())
GIVEN = frozenset(word for line in _lines("given") for word in line.split())
SURNAMES = frozenset(word for line in _lines("surnames") for word in line.split())
#: Names of large cities; some are of several words.
CITIES = frozenset(_lines("cities"))
