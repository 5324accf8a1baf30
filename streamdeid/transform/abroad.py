"""Addresses outside of the United States: which country or province one is in, and the large towns there.

A region is the code of a province of Canada, or of a country (ISO 3166-1 alpha-2) after `COUNTRY`, so that DE is
Delaware and @DE is Germany.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from typing import Final

from streamdeid.transform.lexicon import read_lines
from streamdeid.transform.localities import Locality, city_area
from streamdeid.transform.shapes import shape_of

#: What the region begins with that is a country.
COUNTRY: Final = "@"
_HOME: Final = frozenset({"", "US", "PR"})
_CANADA: Final = f"{COUNTRY}CA"
_BRITISH: Final = re.compile(r"[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}", re.A | re.I)
#: The postcode area of a British postcode.
_LETTERS: Final = re.compile(r"[A-Z]{1,2}(?=\d)", re.A)
_CANADIAN: Final = re.compile(r"[A-Z]\d[A-Z][\s-]?\d[A-Z]\d", re.A | re.I)
#: The provinces by the first letter of their postal codes; X is that of two territories.
_BY_LETTER: Final = {
    **dict.fromkeys("KLMNP", "ON"),
    **dict.fromkeys("GHJ", "QC"),
    **{"A": "NL", "B": "NS", "C": "PE", "E": "NB", "R": "MB", "S": "SK", "T": "AB", "V": "BC", "Y": "YT"},
}


@cache
def towns_abroad(region: str, shape: str = "") -> tuple[Locality, ...]:
    """The towns of a region, with how their postal codes begin for `zips`; all of Canada for Canada. With a `shape` of
    `beginning`, those alone whose codes begin so."""
    if shape:
        return tuple(town for town in towns_abroad(region) if shape_of(town.zips[0]) == shape)
    if region == _CANADA:
        return tuple(town for towns in _regions().values() for town in towns if not town.state.startswith(COUNTRY))
    return _regions().get(region, ())


def region_of(city: str, state: str, code: str, country: str) -> str:
    """The region of an address, by the city (lower-cased), the code of the state, the postal code and the country as
    they are stated, or empty; empty for the United States, and where nothing tells."""
    nation = _nations().get(_plain(country), "")
    if not nation:
        nation = _told_by(city, state, code.strip())
    if nation in _HOME:
        return ""
    if nation != "CA":
        return f"{COUNTRY}{nation}"
    by_letter = _BY_LETTER.get(code.strip()[:1].upper(), "")
    return next((one for one in (state, by_letter) if one in _regions()), _CANADA)


def beginning(region: str, code: str) -> str:
    """The shape of what tells the town in a British postcode, which has one letter or two; empty where all postal codes
    begin alike."""
    found = _LETTERS.match(code.strip().upper()) if region == f"{COUNTRY}GB" else None
    return shape_of(found[0]) if found else ""


def is_country(text: str) -> bool:
    """Whether a text is the name of a country that addresses are told apart by, or its code in capitals."""
    plain = text.strip(" .,")
    return _plain(text) in _nations() and (len(plain) > 2 or plain in ("US", "UK"))


def _told_by(city: str, state: str, code: str) -> str:
    """The country that an address without one means: that of its city, where the state is the code of a country
    instead; of its province; of the form of its postal code; of a city that the United States have none of."""
    towns = _countries_of_towns().get(city, ())
    if state in towns and city_area(city, state) is None:
        return state
    if state in _regions():
        return "CA"
    if not state or state in ("UK", "GB"):
        if _BRITISH.fullmatch(code):
            return "GB"
        if _CANADIAN.fullmatch(code):
            return "CA"
    if state == "UK":
        return "GB"
    return towns[0] if towns and not state and not code and city_area(city) is None else ""


def _plain(text: str) -> str:
    return " ".join(text.strip(" .,").casefold().split())


@cache
def _regions() -> Mapping[str, tuple[Locality, ...]]:
    found: dict[str, list[Locality]] = defaultdict(list)
    for line in read_lines("towns_abroad.txt"):
        region, city, begins = line.split("\t")
        found[region].append(Locality(city, region, "", (begins,)))
    return {region: tuple(towns) for region, towns in found.items()}


@cache
def _countries_of_towns() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for region, towns in _regions().items():
        for town in towns:
            found[town.city.casefold()].append(region.removeprefix(COUNTRY) if region.startswith(COUNTRY) else "CA")
    return {city: tuple(countries) for city, countries in found.items()}


@cache
def _nations() -> Mapping[str, str]:
    return {_plain(name): code for name, code in (line.split("\t") for line in read_lines("countries.txt"))}
