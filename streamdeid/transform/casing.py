"""Writing a replacement the way the original is written."""

from __future__ import annotations

import unicodedata


def like(mention: str, replacement: str) -> str:
    """`replacement` in capitals or small letters where all of `mention` is."""
    if mention.isupper():
        return replacement.upper() if len(mention) > 1 or len(replacement) == 1 else replacement
    return replacement.lower() if mention.islower() else replacement


def folded(text: str) -> str:
    """Letters and digits alone, lower-cased and without accents: what spellings of one name share."""
    if text.isascii() and text.isalnum():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if char.isalnum())
