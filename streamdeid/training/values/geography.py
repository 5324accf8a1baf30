"""Towns, counties, states, countries, postal codes, streets and whole addresses."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Mapping
from typing import Final

from streamdeid.training.values.lists import Lists, Town, faker_values, lexicon
from streamdeid.training.values.numbers import digits, filled, unit_number
from streamdeid.training.values.origins import Origins
from streamdeid.training.values.pieces import Piece, Share, pick

_TOWN_LOCALES: Final = (
    *("de_DE", "it_IT", "nl_NL", "nl_BE", "pl_PL", "cs_CZ", "ro_RO", "fi_FI", "da_DK", "en_IN", "de_AT", "de_CH"),
    *("hr_HR", "sk_SK", "id_ID", "sv_SE", "pt_PT", "hu_HU", "ru_RU", "uk_UA", "el_GR", "hy_AM", "ka_GE", "sl_SI"),
)
_STREET_LOCALES: Final = ("da_DK", "cs_CZ", "sk_SK", "hr_HR", "sl_SI", "pl_PL", "el_GR")
_DIRECTIONS: Final = ("N", "S", "E", "W", "N.", "S.", "E.", "W.", "North", "South", "East", "West", "NW", "SE")
_WORDS: Final = lexicon("places")
_FORMS_OF_UNIT: Final = _WORDS["unit"]
_FORMS_OF_FLAT: Final = _WORDS["flat"]
_WITH_KIND: Final = re.compile(r".*(?:Route|Road|Highway|Loop|FM|1960) ?\d|Avenue |Broadway|Camino|El |Via |Paseo ")
_HOUSE_LETTERS: Final = ("", "", "", "", "", "a", "A", "b")
_NATIONS: Final = ("England", "UK", "United Kingdom", "U.K.", "Great Britain", "Scotland", "Wales")


def uk_postcode(rng: random.Random) -> str:
    """A postcode of the United Kingdom."""
    area = pick(rng, _WORDS["postcode.area"])
    district = str(1 + int(rng.random() * 28)) if rng.random() < 0.9 else f"1{pick(rng, 'AEHNPVWXY')}"
    text = f"{area}{district}{pick(rng, (' ', ' ', ' ', ' ', ''))}{int(rng.random() * 10)}{filled(rng, '??')}"
    return text.lower() if rng.random() < 0.05 else text


class Geography:
    """Draws places of one share."""

    def __init__(self, lists: Lists, share: Share, origins: Origins) -> None:
        words = _WORDS
        self._origins = origins
        self._states = [tuple(pair.split(", ")) for pair in words["state"]]
        self._state_names: Mapping[str, str] = {short: name for name, short in self._states}
        self._other_states = words["state.other"]
        self._countries = words["country"]
        self._counties = share.of(words["county"])
        self._us_counties = share.of((*words["county.us"], *lists.counties()))
        self._towns = self._american(share, words["city.us"], lists.towns())
        self._uk = share.of(words["city.uk"])
        foreign = [town for locale in _TOWN_LOCALES for town in faker_values("address", locale, "cities", "city_names")]
        self._foreign = share.of(foreign)
        self._world = share.of(words["city.world"])
        self._listed_cities = share.of(lists.cities()) or self._uk
        self._starts, self._ends = share.of(words["city.start"]), share.of(words["city.end"])
        self._us_streets, self._uk_streets = share.of(words["street.us"]), share.of(words["street.uk"])
        self._us_kinds, self._uk_kinds = words["street.kind.us"], words["street.kind.uk"]
        found = [
            street
            for locale in _STREET_LOCALES
            for street in faker_values("address", locale, "streets", "street_names")
        ]
        self._foreign_streets = share.of((*words["street.foreign"], *found))
        self._listed_streets = share.of(lists.streets())
        self._houses = share.of(words["house"])
        self._places, self._place_kinds = share.of(words["place"]), words["place.kind"]

    def _american(self, share: Share, own: Iterable[str], listed: Iterable[Town]) -> tuple[Town, ...]:
        towns = [
            Town(city, state, self._state_names[state], "", "") for city, _, state in (t.rpartition(", ") for t in own)
        ]
        # Repeated, so that well-known towns stay in sight among the many small ones.
        every = towns * 8 + list(listed)
        allowed = set(share.of(town.city for town in every))
        return tuple(town for town in every if town.city in allowed)

    def city(self, rng: random.Random) -> str:
        """A town of any country, or one that does not exist."""
        chance = rng.random()
        if chance < 0.42:
            return _shown(rng, pick(rng, self._towns).city)
        if chance < 0.6:
            return _shown(rng, pick(rng, self._uk))
        if chance < 0.7:
            return _shown(rng, pick(rng, self._listed_cities))
        if chance < 0.82:
            return pick(rng, self._world)
        return pick(rng, self._foreign) if chance < 0.9 else self._invented(rng)

    def _invented(self, rng: random.Random) -> str:
        town = pick(rng, self._starts) + pick(rng, self._ends)
        prefix = pick(
            rng, ("", "", "", "", "Lake ", "Port ", "Mount ", "New ", "North ", "East ", "Fort ", "Upper ", "Great ")
        )
        return (
            prefix
            + town
            + pick(rng, ("", "", "", "", "", " Springs", " Falls", " Heights", "-on-Sea", " Beach", " City"))
        )

    def county(self, rng: random.Random) -> str:
        """A county, of the United States mostly with the word County."""
        if rng.random() < 0.4:
            return pick(rng, self._counties)
        return pick(rng, self._us_counties) + pick(rng, (" County", " County", " County", " county", " Co.", ""))

    def state(self, rng: random.Random) -> str:
        """A state or province, in full or abbreviated."""
        if rng.random() < 0.2:
            return pick(rng, self._other_states)
        return pick(rng, self._states)[0 if rng.random() < 0.6 else 1]

    def country(self, rng: random.Random) -> list[Piece]:
        """A country; an article is no part of it."""
        name = pick(rng, self._countries)
        if name.startswith("the "):
            return [Piece("the ", ""), Piece(name[4:], "COUNTRY")]
        return [Piece(name, "COUNTRY")]

    def zip(self, rng: random.Random) -> str:
        """A postal code, half of them of the United States."""
        chance = rng.random()
        if chance < 0.55:
            return self._zip(rng, "")
        return uk_postcode(rng) if chance < 0.85 else filled(rng, pick(rng, _WORDS["postcode"]))

    def _zip(self, rng: random.Random, known: str) -> str:
        return (known or digits(rng, 5)) + (f"-{digits(rng, 4)}" if rng.random() < 0.12 else "")

    def place(self, rng: random.Random) -> list[Piece]:
        """A park, quarter, landmark or road by its name; an article is no part of it."""
        chance = rng.random()
        name = pick(rng, self._places)
        if chance > 0.75:
            name = f"{self.city(rng)} {pick(rng, self._place_kinds)}"
        elif chance > 0.55:
            name = f"{self._origins.family(rng)} {pick(rng, self._place_kinds)}"
        elif chance > 0.35:
            name = f"{pick(rng, self._uk_streets)} {pick(rng, self._place_kinds)}"
        elif chance > 0.28:
            name = self._road(rng)
        if name.startswith("the "):
            return [Piece("the ", ""), Piece(name[4:], "PLACE")]
        return [Piece(name, "PLACE")]

    def street(self, rng: random.Random) -> str:
        """House number and street of any country, often with a flat."""
        chance = rng.random()
        if chance < 0.5:
            return self._american_street(rng)
        return self._british_street(rng) if chance < 0.85 else self._foreign_street(rng)

    def _road(self, rng: random.Random) -> str:
        if rng.random() < 0.5:
            return self._american_road(rng)
        return f"{pick(rng, self._uk_streets)} {pick(rng, self._uk_kinds)}"

    def _american_road(self, rng: random.Random) -> str:
        name = pick(rng, self._us_streets) if rng.random() < 0.6 else self._origins.family(rng)
        return name if _WITH_KIND.match(name) else f"{name} {pick(rng, self._us_kinds)}"

    def _american_street(self, rng: random.Random) -> str:
        chance = rng.random()
        if chance < 0.08:
            return pick(rng, _WORDS["box"]).format(1 + int(rng.random() * 9999))
        listed = chance < 0.55 and self._listed_streets
        road = pick(rng, listed) if listed else self._american_road(rng)
        if rng.random() < 0.15:
            road = f"{pick(rng, _DIRECTIONS)} {road}"
        text = f"{self._house_number(rng)} {road}"
        if rng.random() < 0.2:
            text += f"{pick(rng, (', ', ', ', ' '))}{pick(rng, _WORDS['unit']).format(unit_number(rng))}"
        return _shown(rng, text)

    def _house_number(self, rng: random.Random) -> str:
        number = str(1 + int(rng.random() ** 2 * 19999))
        return number + pick(rng, ("", "", "", "", "", "", "", "", " 1/2", "B", "-A", "-12"))

    def _british_street(self, rng: random.Random) -> str:
        name = pick(rng, self._uk_streets) if rng.random() < 0.65 else self._origins.family(rng)
        road = f"{name} {pick(rng, self._uk_kinds)}"
        chance = rng.random()
        if chance < 0.12:
            return f"{pick(rng, self._houses)}, {road}"
        number = 1 + int(rng.random() ** 2 * 300)
        text = f"{number}{pick(rng, _HOUSE_LETTERS)}{pick(rng, (' ', ' ', ', '))}{road}"
        return f"{pick(rng, _WORDS['flat']).format(unit_number(rng))}, {text}" if chance > 0.82 else _shown(rng, text)

    def _foreign_street(self, rng: random.Random) -> str:
        road, number = pick(rng, self._foreign_streets), unit_number(rng)
        return pick(
            rng, (f"{road} {number}", f"{road} {number}", f"{number} {road}", f"{number}, {road}", f"{road}, {number}")
        )

    def address(self, rng: random.Random) -> list[Piece]:
        """A whole address, down to the country or only to the town."""
        chance = rng.random()
        if chance < 0.52:
            pieces = self._american_address(rng)
        elif chance < 0.86:
            pieces = self._british_address(rng)
        else:
            pieces = self._foreign_address(rng)
        if rng.random() < 0.02:
            name = f"{self._origins.given(rng)} {self._origins.family(rng)}"
            return [
                Piece(pick(rng, ("c/o ", "C/O ", "c/o Mrs ", "C/o ")), ""),
                Piece(name, "NAME"),
                Piece(", ", ""),
                *pieces,
            ]
        return pieces

    def _american_address(self, rng: random.Random) -> list[Piece]:
        town = pick(rng, self._towns)
        state = town.state_name if rng.random() < 0.18 else town.state
        comma = _separator(rng)
        pieces = [Piece(self._american_street(rng), "STREET"), Piece(comma, ""), Piece(_shown(rng, town.city), "CITY")]
        if rng.random() < 0.03 and town.county:
            pieces += [Piece(", ", ""), Piece(f"{town.county} County", "COUNTY")]
        chance = rng.random()
        if chance < 0.92:
            pieces += [Piece(pick(rng, (", ", ", ", ", ", " ")), ""), Piece(state, "STATE")]
        if chance < 0.82:
            pieces += [Piece(pick(rng, (" ", " ", " ", "  ", ", ")), ""), Piece(self._zip(rng, town.zip), "ZIP")]
        if chance < 0.05:
            pieces += [Piece(comma, ""), Piece(pick(rng, ("USA", "US", "United States", "U.S.A.")), "COUNTRY")]
        return pieces

    def _british_address(self, rng: random.Random) -> list[Piece]:
        comma = _separator(rng)
        city = _shown(rng, pick(rng, self._uk))
        pieces = [Piece(self._british_street(rng), "STREET"), Piece(comma, "")]
        if rng.random() < 0.2:
            pieces += [Piece(self._invented(rng), "CITY"), Piece(comma, "")]
        pieces.append(Piece(city, "CITY"))
        chance = rng.random()
        if chance < 0.25:
            pieces += [Piece(comma, ""), Piece(pick(rng, self._counties), "COUNTY")]
        if chance < 0.85:
            pieces += [Piece(pick(rng, (comma, " ")), ""), Piece(uk_postcode(rng), "ZIP")]
        if chance > 0.96:
            pieces += [Piece(comma, ""), Piece(pick(rng, _NATIONS), "COUNTRY")]
        return pieces

    def _foreign_address(self, rng: random.Random) -> list[Piece]:
        comma = _separator(rng)
        city = pick(rng, self._foreign if rng.random() < 0.6 else self._world)
        code = filled(rng, pick(rng, _WORDS["postcode"]))
        pieces = [Piece(self._foreign_street(rng), "STREET"), Piece(comma, "")]
        if rng.random() < 0.6:
            pieces += [Piece(code, "ZIP"), Piece(" ", ""), Piece(city, "CITY")]
        else:
            pieces += [Piece(city, "CITY"), Piece(pick(rng, (" ", ", ", " - ")), ""), Piece(code, "ZIP")]
        if rng.random() < 0.3:
            pieces += [Piece(comma, ""), *self.country(rng)]
        return pieces


def _separator(rng: random.Random) -> str:
    return pick(rng, (*(", ",) * 24, " ", " ", "  ", ",", "\n", " | ", "; "))


def _shown(rng: random.Random, name: str) -> str:
    """`name` as it comes from a keyboard."""
    chance = rng.random()
    if chance < 0.04:
        return name.upper()
    return name.lower() if chance < 0.05 else name
