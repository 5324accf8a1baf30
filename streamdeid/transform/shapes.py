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


class Shape:
    """The strings of one shape, numbered from 0 up to `size`."""

    __slots__ = ("_alphabets", "_indices", "_is_decimal", "_is_hexadecimal", "_length", "size")

    def __init__(self, shape: str) -> None:
        self._alphabets = [ALPHABETS[place] for place in shape]
        self._indices = [_INDICES[place] for place in shape]
        self._is_decimal = set(shape) == {"9"}
        self._is_hexadecimal = set(shape) == {"H"}
        self._length = len(shape)
        self.size = prod(map(len, self._alphabets))

    def number(self, text: str) -> int:
        """The number of a string of this shape."""
        if self._is_decimal:
            return int(text)
        if self._is_hexadecimal:
            return int(text, 16)
        number = 0
        for index, char in zip(self._indices, text, strict=True):
            number = number * len(index) + index[char]
        return number

    def text(self, number: int) -> str:
        """The string that has this number."""
        if self._is_decimal:
            return f"{number:0{self._length}d}"
        if self._is_hexadecimal:
            return f"{number:0{self._length}X}"
        chars = []
        for alphabet in reversed(self._alphabets):
            number, index = divmod(number, len(alphabet))
            chars.append(alphabet[index])
        return "".join(reversed(chars))


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
    return text.translate(_SHAPE_OF)


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
