"""Names of other scripts in Latin letters, roughly as passports spell them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_FIRST_OTHER: Final = 0x370
#: Latin letters with marks for Vietnamese stand above the other scripts.
_MARKED: Final = range(0x1E00, 0x1F00)
_QUOTES: Final = "\u2019\u2013"


def latin(name: str, letters: Mapping[str, str]) -> str:
    """`name` in Latin letters, or "" if it is of a script that `letters` (small letters and digraphs) lacks."""
    if name.isascii() or all(map(_is_latin, name)):
        return name
    for digraph in letters:
        if len(digraph) > 1:
            name = name.replace(digraph, letters[digraph])
    spelled = "".join(_letter(char, letters) for char in name)
    if not all(map(_is_latin, spelled)):
        return ""
    return spelled if any(char.isupper() for char in spelled) else spelled.title()


def _is_latin(char: str) -> bool:
    return ord(char) < _FIRST_OTHER or ord(char) in _MARKED or char in _QUOTES


def _letter(char: str, letters: Mapping[str, str]) -> str:
    low = char.lower()
    spelled = letters.get(low, char)
    return spelled if low == char else spelled.capitalize()
