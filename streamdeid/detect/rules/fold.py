"""A plain copy of a text for patterns to match on: what looks like an ASCII character is one.

Full-width and other styled digits and letters, accents, look-alike Cyrillic and Greek letters, Unicode
spaces, dashes and quotes are folded one to one; characters that show nothing (zero-width, soft hyphen,
direction marks) and combining marks are left out, and an index leads back.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import NamedTuple

#: Stands for a character that is left out of the plain copy; itself one of them.
_NOTHING = "\u200b"
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\ufe58\ufe63\uff0d"
_SINGLE_QUOTES = "\u2018\u2019\u201a\u201b\u02bc\u02b9\u2032\u00b4\uff07"
_DOUBLE_QUOTES = "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb\uff02"
_LETTERS = {
    "\xdf": "s",
    "\xf8": "o",
    "\xd8": "O",
    "\u0142": "l",
    "\u0141": "L",
    "\u0111": "d",
    "\u0110": "D",
    "\xe6": "a",
    "\xc6": "A",
    "\u0153": "o",
    "\u0152": "O",
}
_LETTERS |= {
    "\xf0": "d",
    "\xd0": "D",
    "\xfe": "t",
    "\xde": "T",
    "\u0131": "i",
    "\u0127": "h",
    "\u0126": "H",
    "\u2044": "/",
    "\u2215": "/",
    "\u2024": ".",
}
#: Cyrillic and Greek letters that are drawn like Latin ones, and those.
_ALIKE = (
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u0423\u0406\u0408\u0405"
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0501\u04bb\u051b\u051d\u0391"
    "\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03bf\u03bd\u03f2"
)
_LIKE = "ABEKMHOPCTXYIJSaeopcyxijsdhqwABEZHIKMNOPTYXovc"


#: Where characters stand that look like others.
_STYLED = ((0x80, 0x3100), (0xA980, 0xABFF), (0xF900, 0x10000), (0x1D400, 0x1D800), (0x1F100, 0x1F200))


_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")


class Folded(NamedTuple):
    """The plain copy, the same in lower case,
    and where its characters stand in the text (None: at the same index).
    `origin` has one entry more than the copy has characters."""

    text: str
    lower: str
    origin: list[int] | None

    def extent(self, start: int, end: int) -> tuple[int, int]:
        """Where `text[start:end]` stands in the original, left-out characters within or right after it included."""
        if self.origin is None:
            return start, end
        return self.origin[start], self.origin[end]


def fold(text: str) -> Folded:
    """The plain copy of `text`."""
    if text.isascii():
        plain = _breaks(text)
        return Folded(plain, plain.lower(), None)
    plain = _breaks(_NOT_ASCII.sub(lambda run: run[0].translate(_table()), text))
    origin = None
    if _NOTHING in plain:
        origin = [index for index, character in enumerate(plain) if character != _NOTHING]
        origin.append(len(text))
        plain = plain.replace(_NOTHING, "")
    return Folded(plain, _lower(plain), origin)


def _breaks(text: str) -> str:
    """Every tab a space, every line end a newline, length kept."""
    if "\r" in text:
        text = text.replace("\r\n", " \n").replace("\r", "\n")
    return text.replace("\t", " ") if "\t" in text else text


def _lower(plain: str) -> str:
    lower = plain.lower()
    if len(lower) == len(plain):
        return lower
    # Some capitals become two characters in lower case: those keep their case, so that indices agree.
    return "".join(low if len(low := character.lower()) == 1 else character for character in plain)


@cache
def _table() -> dict[int, str]:
    """Code point to ASCII character, or to `_NOTHING`, for all code points where the two differ."""
    table: dict[int, str] = {}
    for first, last in _STYLED:
        for code in range(first, last):
            plain = _plain(chr(code))
            if plain is not None:
                table[code] = plain
    for alike, letter in zip(_ALIKE, _LIKE, strict=True):
        table[ord(alike)] = letter
    table.update((code, _NOTHING) for code in range(0xE0000, 0xE01F0))
    return table


def _plain(character: str) -> str | None:
    category = unicodedata.category(character)
    if category in ("Cf", "Mn") or character == "\u115f":
        return _NOTHING
    if category in ("Zs", "Zl", "Zp") or character == "\x85":
        return " " if category == "Zs" else "\n"
    for group, plain in ((_DASHES, "-"), (_SINGLE_QUOTES, "'"), (_DOUBLE_QUOTES, '"')):
        if character in group:
            return plain
    if character in _LETTERS:
        return _LETTERS[character]
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if unicodedata.decomposition(character).startswith(("<super>", "<sub>")):
        return None  # m² is not m2
    base = unicodedata.normalize("NFKD", character)[:1]
    whole = unicodedata.normalize("NFKC", character)
    if (
        base.isascii()
        and base.isalnum()
        and all(unicodedata.combining(c) for c in unicodedata.normalize("NFKD", character)[1:])
    ):
        return base
    return whole if len(whole) == 1 and whole.isascii() and whole != character else None
