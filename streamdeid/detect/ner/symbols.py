"""Pictures and symbols beside words, which a tokenizer takes for a part of them and then knows neither."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

#: Pictures and symbols, enclosing marks, figures that count nothing by themselves (footnotes, list numbers), and what
#: is no character at all: not assigned, for private use, half of a surrogate pair (Unicode, table 4-4). Currency signs
#: stay: what stands beside one is an amount.
_SYMBOLS: Final = frozenset({"So", "Sk", "Sm", "Me", "No", "Cn", "Co", "Cs"})
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")


def is_symbol(character: str) -> bool:
    """Whether this is none of a word; the signs of ASCII, such as the + of a telephone number, may be."""
    return character > "\x7f" and unicodedata.category(character) in _SYMBOLS


def without_symbols(text: str) -> str:
    """`text` with a blank for each of its symbols, so that all else stays where it is."""
    return text if text.isascii() else _NOT_ASCII.sub(_blanked, text)


def _blanked(run: re.Match[str]) -> str:
    return "".join([" " if is_symbol(character) else character for character in run[0]])
