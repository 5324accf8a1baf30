"""Identifiers as numbers: every place of a shape is a digit of a mixed radix."""

from __future__ import annotations

import re
import string
import unicodedata
from functools import lru_cache
from math import prod
from typing import Final

#: What may stand at a place of a shape: 9 a digit, A a letter, H a hexadecimal digit, N a digit but not zero,
#: P the first digit of a National Provider Identifier, V a letter of a vehicle identification number.
ALPHABETS: Final = {
    "9": string.digits,
    "A": string.ascii_uppercase,
    "H": "0123456789ABCDEF",
    "N": "123456789",
    "P": "12",
    "V": "ABCDEFGHJKLMNPRSTUVWXYZ",
}
_INDICES: Final = {place: {char: index for index, char in enumerate(alphabet)} for place, alphabet in ALPHABETS.items()}
_SHAPE_OF: Final = str.maketrans({**dict.fromkeys(string.digits, "9"), **dict.fromkeys(string.ascii_uppercase, "A")})
_NOT_PLAIN: Final = re.compile(r"[^0-9A-Z]")


#: Digits in a row are read as one number, anything else place by place.
_RUN: Final = re.compile("9+|.")


class _Run:
    """Places of a shape that are read together: from `start` to `end`, with `size` strings. `index` is None for
    digits."""

    __slots__ = ("alphabet", "end", "index", "size", "start")

    def __init__(self, start: int, end: int, places: str) -> None:
        self.start, self.end = start, end
        self.alphabet = ALPHABETS[places[0]]
        self.index = None if places[0] == "9" else _INDICES[places]
        self.size = len(self.alphabet) ** len(places)


class Shape:
    """The strings of one shape, numbered from 0 up to `size`."""

    __slots__ = ("_is_decimal", "_is_hexadecimal", "_length", "_runs", "size")

    def __init__(self, shape: str) -> None:
        self._runs = [_Run(found.start(), found.end(), found[0]) for found in _RUN.finditer(shape)]
        self._is_decimal = set(shape) == {"9"}
        self._is_hexadecimal = set(shape) == {"H"}
        self._length = len(shape)
        self.size = prod(run.size for run in self._runs)

    def number(self, text: str) -> int:
        """The number of a string of this shape."""
        if self._is_decimal:
            return int(text)
        if self._is_hexadecimal:
            return int(text, 16)
        number = 0
        for run in self._runs:
            part = text[run.start : run.end]
            number = number * run.size + (int(part) if run.index is None else run.index[part])
        return number

    def text(self, number: int) -> str:
        """The string that has this number."""
        if self._is_decimal:
            return f"{number:0{self._length}d}"
        if self._is_hexadecimal:
            return f"{number:0{self._length}X}"
        parts = []
        for run in reversed(self._runs):
            number, index = divmod(number, run.size)
            parts.append(f"{index:0{run.end - run.start}d}" if run.index is None else run.alphabet[index])
        parts.reverse()
        return "".join(parts)


def canonical(text: str) -> str:
    """Letters and digits alone, upper-cased and in ASCII: what punctuation variants of an identifier share.

    One character for each letter or digit of `text`. Letters of other alphabets are counted round to A to Z, so only
    ASCII identifiers are sure to stay distinct.
    """
    if text.isascii():
        upper = text.upper()
        return upper if upper.isalnum() else _NOT_PLAIN.sub("", upper)
    return "".join(_plain(char) for char in text if char.isalnum())


def shape_of(text: str) -> str:
    """The shape of a canonical identifier, of digits and letters."""
    return "9" * len(text) if text.isdecimal() and text.isascii() else text.translate(_SHAPE_OF)


def render(text: str, replacement: str) -> str:
    """`text` with the canonical `replacement` for its letters and digits: punctuation and case stay."""
    if text.isascii() and text.isalnum() and (len(text) == len(replacement)) and text == text.upper():
        return replacement
    chars = iter(replacement)
    return "".join(_cased(next(chars), char) if char.isalnum() else char for char in text)


def _cased(new: str, old: str) -> str:
    return new.lower() if old.islower() else new


@lru_cache(maxsize=1024)
def _plain(char: str) -> str:
    for part in unicodedata.normalize("NFKD", char).upper():
        if part.isascii() and part.isalnum():
            return part
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    return string.ascii_uppercase[ord(char) % 26]
