"""False streets, towns, postal codes and institutions.

What does not identify stays: the state's code, the country, the first three digits of a ZIP code where more than
20,000 people share them (45 CFR 164.514(b)(2)(i)(B)), the kind of street, unit or institution.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from streamdeid.transform import lexicon
from streamdeid.transform.casing import folded, like
from streamdeid.transform.identifiers import Identifiers
from streamdeid.transform.prf import Prf

#: Three-digit ZIP areas of 20,000 people or fewer (HHS guidance on de-identification, Census 2000).
SMALL_ZIP_AREAS: Final = frozenset(
    {
        "036",
        "059",
        "063",
        "102",
        "203",
        "556",
        "692",
        "790",
        "821",
        "823",
        "830",
        "831",
        "878",
        "879",
        "884",
        "890",
        "893",
    }
)
STATES: Final[Mapping[str, str]] = lexicon.STATES
_ZIP: Final = re.compile(r"(?P<area>\d{3})(?P<rest>\d\d)(?P<more>-?\d{4})?", re.A)
_CODE: Final = re.compile(r"[A-Z0-9_.-]{1,20}", re.A)
_WORD: Final = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")


class Places:
    """The surrogates of places under one secret, within a scope."""

    def __init__(self, prf: Prf, identifiers: Identifiers) -> None:
        self._prf = prf
        self._identifiers = identifiers

    def city(self, scope: str, text: str) -> str:
        """A town of the same state, where the name tells it; never the same name."""
        key = text.strip().casefold()
        state = lexicon.STATE_OF_CITY.get(key)
        towns = lexicon.CITIES.get(state or "", ())
        new = lexicon.pick(self._prf, scope, "place/city", key, towns if len(towns) > 1 else lexicon.ALL_CITIES)
        return like(text, new)

    def county(self, scope: str, text: str) -> str:
        """A false county; the word County or Parish stays."""
        head, tail = _kept_tail(text, _COUNTY_WORDS)
        if not any(map(str.isalpha, head)):
            return self.shape(scope, text)
        return like(head, lexicon.pick(self._prf, scope, "place/county", head.casefold(), lexicon.STREETS)) + tail

    def state(self, text: str) -> str:
        """A code of two or three letters; the code of a state or province that is spelled out; else nothing."""
        plain = text.strip().replace(".", "")
        if plain.isascii() and plain.isalpha() and len(plain) <= 3:
            return text
        return STATES.get(" ".join(plain.casefold().split()), "")

    def zip(self, scope: str, text: str) -> str:
        """A United States ZIP code in the same three-digit area, or 00000 where too few people share that; the postal
        code of another country gets other letters and digits."""
        found = _ZIP.fullmatch(text)
        if found is None:
            return self.shape(scope, text)
        more = found["more"] or ""
        if found["area"] in SMALL_ZIP_AREAS:
            return "00000" + re.sub(r"\d", "0", more)
        space = f"zip {found['area']}\n{scope}"
        rest = self._identifiers.surrogate(space, found["rest"])
        return f"{found['area']}{rest}{self._identifiers.surrogate(space, more) or ''}"

    def institution(self, scope: str, text: str) -> str:
        """A false name before the words that say what it is (Hospital, Clinic); letters for the letters of a code."""
        if text.casefold() in lexicon.INSTITUTION_WORDS:
            return text
        if _CODE.fullmatch(text) or not any(map(str.isalpha, text)):
            return self.shape(scope, text)
        head, tail = _kept_tail(text, lexicon.INSTITUTION_WORDS)
        if not any(map(str.isalnum, head)):
            head, tail = text, f" {text}"
        name = lexicon.pick(self._prf, scope, "place/institution", folded(head), lexicon.STREETS)
        return like(text, name) + tail

    def room(self, scope: str, text: str) -> str:
        """A room, bed or ward with other letters and digits; the word Room or Bed stays."""
        last = 0
        pieces: list[str] = []
        for word in _WORD.finditer(text):
            if word[0].casefold() in lexicon.UNIT_WORDS or word[0].casefold() in lexicon.DIRECTIONS:
                continue
            pieces += text[last : word.start()], self._room_word(scope, word[0])
            last = word.end()
        return "".join(pieces) + text[last:]

    def _room_word(self, scope: str, text: str) -> str:
        if len(text) < 4 or not text.isalpha() or text.isupper():
            return self.shape(scope, text)
        return like(text, lexicon.pick(self._prf, scope, "place/room", text.casefold(), lexicon.STREETS))

    def shape(self, scope: str, text: str) -> str:
        """Other letters for letters, other digits for digits."""
        return self._identifiers.surrogate(f"place\n{scope}", text) or text

    def is_institution(self, text: str) -> bool:
        """Whether a word in the text says that it names a hospital or another institution."""
        return any(word[0].casefold() in lexicon.INSTITUTION_HEADS for word in _WORD.finditer(text))


_COUNTY_WORDS: Final = frozenset({"county", "parish", "borough", "co"})


def _kept_tail(text: str, words: frozenset[str]) -> tuple[str, str]:
    """The text before its last run of kept words, and that run with the blank before it."""
    cut = len(text.rstrip())
    for word in reversed(list(_WORD.finditer(text))):
        between = text[word.end() : cut]
        if word[0].casefold() not in words or between.strip(" .,-&_"):
            break
        cut = word.start()
    head = text[:cut].rstrip(" ,-&_")
    return head, text[len(head) :]
