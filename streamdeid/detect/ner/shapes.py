"""What a model with an uncased vocabulary does not see of its tokens: their case, and what stands before them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

#: How many shape ids there are: one for tokens that are no text, and 8 shapes after each of 3 boundaries.
SHAPES = 25

_LINE_ENDS = "\n\r\v\f\x85\u2028\u2029"
_GLUED, _AFTER_BLANK, _AFTER_LINE_END = 0, 8, 16
_LOWER, _CAPITALIZED, _UPPER, _MIXED, _DIGITS, _LETTERS_AND_DIGITS, _PUNCTUATION, _OTHER = range(8)
_LONGEST_CACHED = 24


def shape_ids(text: str, offsets: Sequence[tuple[int, int]]) -> list[int]:
    """The input `shape_ids` of a model: a number below `SHAPES` for each token of `text`, whose characters `offsets`
    says.

    0 is a token that is no text, ``(0, 0)``. Else it is 1 + 8 x boundary + shape. Boundary: 0 right after another
    character, 1 after white space, 2 after white space with a line end in it, or where nothing but white space stands
    before. Shape: 0 lower case, 1 capitalized, 2 upper case (one capital by itself too), 3 mixed case, 4 digits,
    5 letters and digits, 6 punctuation and symbols, 7 anything else, such as letters that have no case.
    """
    ids = []
    before = -1
    for start, end in offsets:
        if end == 0:
            ids.append(0)
            continue
        boundary = _GLUED if start == before else _boundary(text, start)
        token = text[start:end]
        ids.append(1 + boundary + (_shape(token) if end - start <= _LONGEST_CACHED else _shape_of(token)))
        before = end
    return ids


def _boundary(text: str, start: int) -> int:
    at = start - 1
    while at >= 0 and text[at].isspace():
        if text[at] in _LINE_ENDS:
            return _AFTER_LINE_END
        at -= 1
    if at < 0:
        return _AFTER_LINE_END
    return _AFTER_BLANK if at < start - 1 else _GLUED


def _shape_of(token: str) -> int:
    if token.isalpha():
        return _case(token)
    if token.isdecimal():
        return _DIGITS
    if token.isalnum():
        return _LETTERS_AND_DIGITS
    if token and all(unicodedata.category(character)[0] in "PS" for character in token):
        return _PUNCTUATION
    return _OTHER


def _case(letters: str) -> int:
    if letters.islower():
        return _LOWER
    if letters.isupper():
        return _UPPER
    if letters[0].isupper() and letters[1:].islower():
        return _CAPITALIZED
    return _OTHER if letters.lower() == letters.upper() else _MIXED


_shape = lru_cache(maxsize=1 << 16)(_shape_of)
