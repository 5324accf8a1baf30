"""False towns, counties, postal codes and institutions.

What does not identify stays: the state's code, the country, the first three digits of a ZIP code where more than
20,000 people share them (45 CFR 164.514(b)(2)(i)(B)), the kind of street, unit or institution.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from streamdeid.transform import lexicon
from streamdeid.transform.abroad import COUNTRY, beginning, towns_abroad
from streamdeid.transform.casing import folded, like
from streamdeid.transform.identifiers import Identifiers
from streamdeid.transform.localities import Locality, codes_of_area, state_of_area, towns_near, towns_of
from streamdeid.transform.own_lists import OwnLists
from streamdeid.transform.prf import Prf
from streamdeid.transform.scrambling import Scrambler
from streamdeid.transform.shapes import canonical, shape_of
from streamdeid.transform.whereabouts import SMALL_ZIP_AREAS, ZIP, Whereabouts, located, state_code, whereabouts

_CODE: Final = re.compile(r"[A-Z0-9_.-]{1,20}", re.A)
_WORD: Final = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")


class Places:
    """The surrogates of places under one secret, within a scope. Parts of one address become parts of one real place:
    a town in the same ZIP3 area, or near it where there are few, its county, and a ZIP code of its own."""

    def __init__(self, prf: Prf, identifiers: Identifiers, own: OwnLists = OwnLists()) -> None:  # noqa: B008 - frozen
        self._prf = prf
        self._scrambled = Scrambler(prf, identifiers)
        self._own = own
        self._has_own = bool(own)
        # The last address and its false town: the parts of one address are asked for one after another.
        self._last: tuple[str, Whereabouts, Locality] | None = None

    def city(self, scope: str, text: str, where: str = "") -> str:
        """A town of the same state and area, as far as the name or the rest of the address tells; never the same name.
        `where` are the encoded `Whereabouts` of the address, empty where the part tells as much itself."""
        return self.city_at(scope, text, _place("LOCATION/CITY", text, where))

    def city_at(self, scope: str, text: str, place: Whereabouts) -> str:
        """`city`, of an address that is known."""
        new = self._of_own(scope, "LOCATION/CITY", text, place.state)
        if new is None and place.state.startswith(COUNTRY) and not towns_abroad(place.state):
            return self.shape(scope, text)
        return like(text, new or self._locality(scope, place).city)

    def county(self, scope: str, text: str, where: str = "") -> str:
        """The county of the false town, where the address tells it, or another false one; the word County or Parish
        stays."""
        head, tail = _kept_tail(text, _COUNTY_WORDS)
        if not any(map(str.isalpha, head)):
            return self.shape(scope, text)
        place = _place("LOCATION/COUNTY", text, where)
        new = self._of_own(scope, "LOCATION/COUNTY", head, place.state)
        if new is None and place.state and not towns_abroad(place.state):
            new = self._locality(scope, place).county
        if new is None or folded(new) == folded(head):
            new = lexicon.pick(self._prf, scope, "place/county", head.casefold(), lexicon.STREETS)
        return like(head, new) + tail

    def state(self, text: str) -> str:
        """A code of two or three letters; the code of a state or province that is spelled out; else nothing."""
        code = state_code(text)
        return text if code == text.strip().replace(".", "").upper() else code

    def zip(self, scope: str, text: str, where: str = "") -> str:
        """A United States ZIP code of the false town, which is in the same three-digit area wherever that has a few
        towns, or of the area where no town is told; 00000 where too few people share the area. The postal code of
        another country gets other letters and digits."""
        return self.zip_at(scope, text, Whereabouts.decode(where) if where else None)

    def zip_at(self, scope: str, text: str, place: Whereabouts | None) -> str:
        """`zip`, of an address that is known."""
        found = ZIP.fullmatch(text)
        abroad = place or (located("", "", text) if found is None else None)
        if abroad is not None and (abroad.state.startswith(COUNTRY) or towns_abroad(abroad.state)):
            return self._code_abroad(scope, text, abroad)
        if found is None:
            return self.shape(scope, text)
        more = found["more"] or ""
        if found["area"] in SMALL_ZIP_AREAS:
            return "00000" + re.sub(r"\d", "0", more)
        plain = text[:5]
        new = self._of_own(scope, "LOCATION/ZIP", plain, place.state if place else state_of_area(found["area"]))
        if new is None:
            codes = codes_of_area(found["area"]) if place is None else self._locality(scope, place).zips
            new = self._code_of(codes, scope, found["area"], plain)
        return new + (self._scrambled(f"zip {found['area']}\n{scope}", more) if more else "")

    def _code_abroad(self, scope: str, text: str, place: Whereabouts) -> str:
        """A postal code of the shape of the true one that begins as those of the false town do, where that fits."""
        if not towns_abroad(place.state):
            return self.shape(scope, text)
        (begins,) = self._locality(scope, place).zips
        end = len(begins)
        if shape_of(canonical(text[:end])) != shape_of(begins) or beginning(place.state, text) != place.area:
            return self.shape(scope, text)
        return like(text, begins) + self.shape(scope, text[end:])

    def _code_of(self, codes: Sequence[str], scope: str, area: str, plain: str) -> str:
        """One of these ZIP codes, another than the true one; where there is none, any of its area."""
        first = self._prf.number(scope, "place/zip", plain, len(codes)) if len(codes) > 1 else 0
        for code in (*codes[first : first + 2], *codes[:2]):
            if code != plain:
                return code
        return area + self._scrambled(f"zip {area}\n{scope}", plain[3:])

    def _locality(self, scope: str, place: Whereabouts) -> Locality:
        """The false town of an address. Its name shares no word with the true one's."""
        last = self._last
        if last is None or last[1] != place or last[0] != scope:
            last = self._last = scope, place, self._town(scope, place)
        return last[2]

    def _town(self, scope: str, place: Whereabouts) -> Locality:
        abroad = towns_abroad(place.state, place.area)
        towns = abroad or (towns_near(place.state, place.area) if place.area else towns_of(place.state))
        number = self._prf.number(scope, "place/locality", place.encode(), len(towns))
        own = set(place.key.split())
        for step in range(len(towns)):
            town = towns[(number + step) % len(towns)]
            if own.isdisjoint(town.city.casefold().split()) and place.key not in town.zips:
                return town
        return towns[number]

    def _of_own(self, scope: str, label: str, text: str, region: str = "") -> str | None:
        """What the policy's pairs and lists have for a place."""
        if not self._has_own:
            return None
        paired = self._own.paired(label, text)
        return paired if paired is not None else self._own.pick(self._prf, scope, label, text, region=region)

    def institution(self, scope: str, text: str, label: str = "LOCATION/HOSPITAL") -> str:
        """A false name before the words that say what it is (Hospital, Clinic); letters for the letters of a code."""
        own = self._of_own(scope, label, text)
        if own is not None:
            return like(text, own) if text.isupper() else own
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
        return self._scrambled(scope, text)

    def is_institution(self, text: str) -> bool:
        """Whether a word in the text says that it names a hospital or another institution."""
        return not lexicon.INSTITUTION_HEADS.isdisjoint(map(str.casefold, _WORD.findall(text)))


def _place(label: str, text: str, where: str) -> Whereabouts:
    return (Whereabouts.decode(where) if where else None) or whereabouts(((label, text),))


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
