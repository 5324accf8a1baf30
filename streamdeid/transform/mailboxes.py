"""Whose name the local part of an e-mail address is made of."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from streamdeid.transform import lexicon
from streamdeid.transform.casing import folded
from streamdeid.transform.name_parts import FAMILY, name_tokens

_WORDS: Final = re.compile(r"[^\W\d_]+")
#: Shorter names are found in the letters of any word.
_SHORTEST: Final = 3


def named(local: str) -> str:
    """Given and family name, lower-cased with a blank between, that a local part (lower-cased) is made of: john.doe,
    doe_john; of j.doe the family name alone. Empty where it tells no name by itself."""
    first, _, last = local.partition(".")
    if not (first.isalpha() and last.isalpha()):
        words = _WORDS.findall(local)
        if len(words) == 1:
            return _run_together(words[0])
        if len(words) != 2:
            return ""
        first, last = words
    if len(first) > 1 and len(last) > 1:
        known = lexicon.known_given()
        return f"{last} {first}" if last in known and first not in known else f"{first} {last}"
    longest = max(first, last, key=len)
    return f" {longest}" if len(longest) >= _SHORTEST else ""


def _run_together(word: str) -> str:
    """As `named`, of a given and a family name without anything between them: emilysmith, smithemily."""
    givens, families = lexicon.known_given(), lexicon.known_families()
    for cut in range(len(word) - _SHORTEST, _SHORTEST - 1, -1):
        first, last = word[:cut], word[cut:]
        if first in givens and last in families:
            return f"{first} {last}"
        if last in givens and first in families:
            return f"{last} {first}"
    return ""


def owner_of(address: str, names: Iterable[tuple[str, str]]) -> str:
    """As `named`, for an address that tells less by itself than together with the names (label and value) of those
    whose it may be: jdoe, doejohn, j.doe. Empty where it tells as much itself, or is nobody's of them."""
    local = address.partition("@")[0].lower().removeprefix("mailto:").strip()
    alone = named(local)
    if alone and not alone.startswith(" ") and len(_WORDS.findall(local)) > 1:
        return ""
    letters = folded("".join(_WORDS.findall(local)))
    words = [
        (token.part, folded(token.text)) for label, value in names for token in name_tokens(label, value) if token.text
    ]
    givens = [word for part, word in words if part != FAMILY and len(word) > 1]
    for part, family in words:
        if part == FAMILY and len(family) >= _SHORTEST and family in letters:
            rest = letters.replace(family, "", 1)
            return f"{_given(rest, givens)} {family}"
    given = next((word for word in givens if len(word) >= _SHORTEST and word in letters), "")
    return f"{given} " if given else ""


def _given(rest: str, givens: Iterable[str]) -> str:
    """The given name that is left beside the family name, whole or by its first letter; the first where nothing is."""
    return next((word for word in givens if not rest or word in rest or word.startswith(rest[:1])), "")
