"""Text as the known-patient detector reads it: folded, cut into words, every word with its place.

Folding makes what looks or sounds alike equal: case, diacritics, full-width and look-alike letters, kinds of dash,
apostrophe and blank; characters without width vanish. Plain ASCII, the usual case, keeps its offsets; other text
carries the points from which folded and original offsets run apart.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property, lru_cache
from itertools import accumulate
from operator import itemgetter
from typing import NamedTuple

from streamdeid.types import Entity

#: Stands between texts that are read as one; a word of its own that equals no form.
BREAK = "\x1e"
_JOIN = f" {BREAK} "
_MANY_STRANGE = 24  # above this many distinct characters one pass by table beats a replacement for each
_WIDEST_GAP = 24  # blanks between the words of one name: a line end and an indent

_ODD = {
    **dict.fromkeys("‘’‚‛ʼʹʻ′´＇`", "'"),  # noqa: RUF001
    **dict.fromkeys("−⁃", "-"),  # noqa: RUF001
    **{"ß": "ss", "ẞ": "ss", "æ": "ae", "Æ": "ae", "œ": "oe", "Œ": "oe", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l"},
    **{"đ": "d", "Đ": "d", "ð": "d", "Ð": "d", "þ": "th", "Þ": "th", "ı": "i", "İ": "i", "ħ": "h", "Ħ": "h"},  # noqa: RUF001
}
# Cyrillic and Greek letters (case-folded) that print like a Latin letter in one case or the other.
_ALIKE = dict(
    zip(
        "авеёкмнорстухіїјѕԁһԛԝαβεζικνορτυχ",
        "abeekmhopctyxiijsdhqwabeziknoptyx",
        strict=True,
    )
)


@lru_cache(maxsize=8192)
def fold_character(character: str) -> str:
    """One character folded: lower-case base letters, ``-``, ``'``, a blank, or nothing at all."""
    if character < "\x80":
        return character.lower()
    if character in _ODD:
        return _ODD[character]
    category = unicodedata.category(character)
    if category in ("Mn", "Me", "Cf"):
        return ""
    if category == "Pd":
        return "-"
    if character.isdigit():
        return str(unicodedata.digit(character))
    bare = unicodedata.normalize("NFKD", character) if unicodedata.decomposition(character) else character
    folded = "".join(_fold_bare(c) for c in bare.casefold())
    return folded if folded.strip() else " "


def _fold_bare(character: str) -> str:
    if character < "\x80":
        return character
    if unicodedata.category(character) in ("Mn", "Me"):
        return ""
    character = _ALIKE.get(character, _ODD.get(character, character))
    return character if character.lower() == character and (character.isalnum() or len(character) > 1) else " "


def fold(text: str) -> str:
    """`text` folded, without its offsets: the form in which values and text are compared."""
    return text.lower() if text.isascii() else _fold_strange(text)[0]


def _fold_strange(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Folded text, and how its offsets go back: from each folded offset, the original one, both counting on alike
    until the next. Empty where no character changed its width."""
    table = {c: fold_character(c) for c in set(text) if c > "\x7f"}
    odd = "".join(c for c, f in table.items() if len(f) != 1)
    anchors = _anchors(text, odd, table) if odd else []
    if len(table) > _MANY_STRANGE:
        text = text.translate({ord(c): f for c, f in table.items()})
    else:
        for character, replacement in table.items():
            text = text.replace(character, replacement)
    return text.lower(), anchors


def _anchors(text: str, odd: str, table: dict[str, str]) -> list[tuple[int, int]]:
    anchors = [(0, 0)]
    shift = 0
    for match in re.finditer(f"[{re.escape(odd)}]", text):
        at, width = match.start(), len(table[match.group()])
        anchors.extend((at + shift + k, at) for k in range(1, width))
        shift += width - 1
        anchors.append((at + 1 + shift, at + 1))
    return anchors


def word_set(text: str) -> frozenset[str]:
    """The words of a list written as a text."""
    return frozenset(text.split())


_SPACED = str.maketrans({chr(c): chr(c).lower() if chr(c).isalnum() or chr(c) == BREAK else " " for c in range(128)})


def words_of(value: str) -> list[str]:
    """The folded words of a value: ``O'Neil-Smith`` is o, neil, smith."""
    return fold(value).translate(_SPACED).replace(BREAK, " ").split()


class Hit(NamedTuple):
    """A form found: tokens `first` to `last`, folded characters `start` to `end`. `need` says what else it takes
    (`known_name_forms`); 0 is nothing."""

    first: int
    last: int
    start: int
    end: int
    entity: Entity
    score: float
    need: int = 0


class Words:
    """One text or more, read as one: `tokens` are the pieces between single blanks once all punctuation is blank, so
    that some are empty and every offset follows from the lengths."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.bounds = [0, *accumulate(map(len(_JOIN).__add__, map(len, texts)))]
        self.raw = _JOIN.join(texts) if len(texts) != 1 else texts[0]
        if self.raw.count(BREAK) != len(texts) - 1:
            self.raw = _JOIN.join(t.replace(BREAK, "\x1f") for t in texts)
        self.folded, self._anchors = (self.raw, []) if self.raw.isascii() else _fold_strange(self.raw)
        self.tokens = self.folded.translate(_SPACED).split(" ")

    @cached_property
    def _ends(self) -> list[int]:
        return list(accumulate(map(len, self.tokens)))

    def start(self, i: int) -> int:
        """Where token `i` begins in the folded text."""
        return self._ends[i - 1] + i if i else 0

    def end(self, i: int) -> int:
        """Where token `i` ends in the folded text."""
        return self._ends[i] + i

    def next(self, i: int) -> int:
        """The next token that is not empty, or -1 if there is none near in the same text."""
        tokens = self.tokens
        for j in range(i + 1, min(i + 1 + _WIDEST_GAP, len(tokens))):
            if tokens[j]:
                return -1 if tokens[j] == BREAK else j
        return -1

    def previous(self, i: int) -> int:
        """The token before that is not empty, or -1 if there is none near in the same text."""
        tokens = self.tokens
        for j in range(i - 1, max(i - 1 - _WIDEST_GAP, -1), -1):
            if tokens[j]:
                return -1 if tokens[j] == BREAK else j
        return -1

    def word(self, i: int) -> str:
        """Token `i`, folded; empty for -1."""
        return "" if i < 0 else self.tokens[i]

    def gap(self, i: int, j: int) -> str:
        """What stands between tokens `i` and `j`, punctuation and all."""
        return self.folded[self.end(i) : self.start(j)]

    def place(self, folded_offset: int) -> int:
        """The offset in the original text."""
        if not self._anchors:
            return folded_offset
        folded, original = self._anchors[bisect_right(self._anchors, folded_offset, key=itemgetter(0)) - 1]
        return original + folded_offset - folded

    def written(self, start: int, end: int) -> str:
        """The original characters of a folded range."""
        return self.raw[self.place(start) : self.place(end)]

    def cased(self, i: int) -> str:
        """Token `i` as it is written."""
        return self.written(self.start(i), self.end(i))

    def text_at(self, offset: int) -> int:
        """Which of the texts an original offset lies in."""
        return bisect_right(self.bounds, offset) - 1

    def is_flat(self, i: int) -> bool:
        """Whether capitals say nothing around token `i`: the text there is all in one case."""
        here = self.place(self.start(i))
        text = self.text_at(here)
        low, high = self.bounds[text], self.bounds[text + 1] - len(_JOIN)
        near = self.raw[max(low, here - 80) : min(high, here + 80)]
        return near == near.upper() or near == near.lower()
