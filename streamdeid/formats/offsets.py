"""Where the bytes of each character are, in text whose characters differ in width."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from typing import NamedTuple

#: One character in UTF-8 that is not ASCII.
UTF8 = re.compile(rb"[\xc2-\xf4][\x80-\xbf]++")


class WideCharacters(NamedTuple):
    """The characters that take more than one byte, by their index in the text, and how many extra bytes there are up
    to and with each."""

    indices: array[int]
    extras: array[int]

    def offset(self, index: int) -> int:
        """How many bytes stand before the character number `index`."""
        before = bisect_left(self.indices, index)
        return index + (self.extras[before - 1] if before else 0)


def wide_characters(raw: bytes, start: int, end: int, pattern: re.Pattern[bytes] = UTF8) -> WideCharacters:
    """Those among the bytes `start` to `end` of `raw`; `pattern` matches exactly one."""
    indices, extras = array("Q"), array("Q")
    extra = 0
    for character in pattern.finditer(raw, start, end):
        first, last = character.span()
        indices.append(first - start - extra)
        extra += last - first - 1
        extras.append(extra)
    return WideCharacters(indices, extras)
