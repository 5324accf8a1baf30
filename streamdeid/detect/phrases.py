"""Words and phrases of lists, in the one form in which they and texts are compared."""

from __future__ import annotations

import re

from streamdeid.detect.rules.fold import fold

# Thai, Lao, Khmer, Burmese, Han and kana are written without blanks: each character counts as a word.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u31ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_ASCII_WORD = re.compile(r"[a-z0-9]+")
_WORD = re.compile(rf"(?:(?![{_UNSPACED}])[^\W_])+|[{_UNSPACED}]")
_SPACED = {code: low if _ASCII_WORD.match(low := chr(code).lower()) else " " for code in range(128)}
_GAP = re.compile(r"[ \n]{0,24}[.,'&/_-]?[ \n]{0,24}")


def word_pattern(lower: str) -> re.Pattern[str]:
    """What a word is in a folded text in lower case (`rules.fold.Folded.lower`)."""
    return _ASCII_WORD if lower.isascii() else _WORD


def words_of(text: str) -> list[str]:
    """The folded words of a text: ``St. Mary's`` is st, mary, s."""
    return words_in(fold(text).lower)


def words_in(lower: str) -> list[str]:
    """The words of a text that is folded and in lower case."""
    return spaced(lower).split() if lower.isascii() else _WORD.findall(lower)


def spaced(text: str) -> str:
    """A text in ASCII, in lower case, with a blank for each character that is of no word."""
    return text.translate(_SPACED)


def is_gap(between: str) -> bool:
    """Whether the words before and after may belong to one phrase: blanks, a line end, one mark."""
    return _GAP.fullmatch(between) is not None
