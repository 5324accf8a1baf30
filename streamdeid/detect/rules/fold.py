"""A plain copy of a text for patterns to match on: what looks like an ASCII character is one.

Full-width and other styled digits and letters, accents, letters of other scripts that look alike, Unicode
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
#: Letters that are drawn like Latin ones (Unicode technical standard 39, confusables): Latin to Cyrillic, Greek,
#: Armenian, Cherokee, Lisu, and small capitals. A Latin letter that stands for several has them in one string.
_ALIKE = {
    "A": "\u0410\u0391\u13aa\ua4ee\u1d00",
    "B": "\u0412\u0392\u13f4\ua4d0\u0299",
    "C": "\u0421\u03f9\u13df\ua4da\u1d04",
    "D": "\u13a0\ua4d3\u1d05",
    "E": "\u0415\u0395\u13ac\ua4f0\u1d07",
    "F": "\u0492\u03dc\ua4dd\ua730",
    "G": "\u050c\u13c0\ua4d6\u0262",
    "H": "\u041d\u04a2\u04a4\u0397\u13bb\ua4e7\u029c",
    "I": "\u0406\u04c0\u0399\ua4f2\u026a",
    "J": "\u0408\u037f\u13ab\ua4d9\u1d0a",
    "K": "\u041a\u049a\u049c\u039a\u13e6\ua4d7\u1d0b",
    "L": "\u053c\u13de\ua4e1\u029f",
    "M": "\u041c\u039c\u03fa\u13b7\ua4df\u1d0d",
    "N": "\u039d\ua4e0\u0274",
    "O": "\u041e\u039f\u0555\ua4f3\u1d0f",
    "P": "\u0420\u03a1\u13e2\ua4d1\u1d18",
    "Q": "\u051a\ua7af",
    "R": "\u13a1\ua4e3\u0280",
    "S": "\u0405\u054f\u13da\ua4e2\ua731",
    "T": "\u0422\u04ac\u03a4\u13a2\ua4d4\u1d1b",
    "U": "\u054d\ua4f4\u1d1c",
    "V": "\u0474\u13d9\ua4e6\u1d20",
    "W": "\u051c\u0460\u13b3\ua4ea\u1d21",
    "X": "\u0425\u04b2\u04fe\u03a7\ua4eb",
    "Y": "\u0423\u04ae\u04b0\u03a5\u03d2\ua4ec\u028f",
    "Z": "\u0396\u13c3\ua4dc\u1d22",
    "a": "\u0430\u03b1\u0251",
    "b": "\u0432\u044c\u042c\u0253",
    "c": "\u0441\u04ab\u03f2",
    "d": "\u0501\u0257",
    "e": "\u0435\u0454\u03b5\u025b",
    "f": "\u0493\u0192",
    "g": "\u0581\u0261",
    "h": "\u043d\u04bb\u04a3\u0570\u13c2",
    "i": "\u0456\u03b9\u0269\u0268",
    "j": "\u0458\u03f3",
    "k": "\u043a\u049b\u049d\u03ba\u0138",
    "l": "\u04cf\u026b\u019a",
    "m": "\u043c\u0271",
    "n": "\u043f\u03b7\u0578\u014b",
    "o": "\u043e\u03bf\u03c3\u0585\u0254",
    "p": "\u0440\u03c1",
    "q": "\u051b\u0566",
    "r": "\u0433\u027e",
    "s": "\u0455\u0282",
    "t": "\u0442\u04ad\u03c4",
    "u": "\u03c5\u057d\u028b",
    "v": "\u0475\u03bd",
    "w": "\u051d\u0461\u03c9\u026f",
    "x": "\u0445\u04b3\u04ff\u03c7",
    "y": "\u0443\u04af\u04b1\u03b3",
    "z": "\u0290\u01b6",
}
_LIKE = {alike: letter for letter, several in _ALIKE.items() for alike in several}
#: Letters in a filled circle or square, from A; unlike the hollow ones they have no decomposition.
_FILLED = (0x1F150, 0x1F170)
#: Hangul letters that show nothing; those that take up room all the same are blanks, and so is the empty Braille cell.
_FILLERS = "\u115f\u1160"
_WIDE_FILLERS = "\u3164\uffa0\u2800"
#: A number in a circle before a word is that of an item in a list, and no part of the word.
_CIRCLED = "\u2460-\u249b\u24ea-\u24ff\u2776-\u2793"
_ITEM = re.compile(rf"[{_CIRCLED}](?=[^\W\d_{_CIRCLED}])")
_BULLET = "\u2022"

#: Where characters stand that look like others.
_STYLED = ((0x80, 0x3200), (0xA490, 0xAC00), (0xF900, 0x10000), (0x1D400, 0x1D800), (0x1F100, 0x1F200))
#: Tags and what goes with them (Unicode, Default_Ignorable_Code_Point), assigned or not.
_TAGS = range(0xE0000, 0xE1000)


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
    plain = _breaks(_NOT_ASCII.sub(lambda run: run[0].translate(_table()), _ITEM.sub(_BULLET, text)))
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
    for first in _FILLED:
        table.update((first + number, chr(ord("A") + number)) for number in range(26))
    table.update((code, _NOTHING) for code in _TAGS)
    return table


def _plain(character: str) -> str | None:
    category = unicodedata.category(character)
    if category in ("Cf", "Mn") or character in _FILLERS:
        return _NOTHING
    if category in ("Zs", "Zl", "Zp") or character in _WIDE_FILLERS or character == "\x85":
        return "\n" if category in ("Zl", "Zp", "Cc") else " "
    for group, plain in ((_DASHES, "-"), (_SINGLE_QUOTES, "'"), (_DOUBLE_QUOTES, '"')):
        if character in group:
            return plain
    if character in _LETTERS:
        return _LETTERS[character]
    if category == "Nd":
        return str(unicodedata.decimal(character))
    return _letter(character, category)


def _letter(character: str, category: str) -> str | None:
    """The one ASCII character that this is a style of, or drawn like; a letter in brackets is that letter."""
    if character in _LIKE:
        return _LIKE[character]
    if category != "Lm" and unicodedata.decomposition(character).startswith(("<super>", "<sub>")):
        return None  # m² is not m2
    bare = unicodedata.normalize("NFKD", character)
    base = _LIKE.get(bare[0], bare[0])
    if base.isascii() and base.isalnum() and all(map(unicodedata.combining, bare[1:])):
        return base
    whole = unicodedata.normalize("NFKC", character)
    if category == "So" and len(whole) == len("(a)") and whole[0] == "(" and whole[1].isascii():
        return whole[1] if whole[1].isalpha() else None
    return whole if len(whole) == 1 and whole.isascii() and whole != character else None
