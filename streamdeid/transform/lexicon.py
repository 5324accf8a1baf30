"""The word lists that false names, streets and places are drawn from, read once on import."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Final

from streamdeid.transform.prf import Prf


def _lines(name: str) -> tuple[str, ...]:
    """The lines of a list, without the header that names its source."""
    text = (files("streamdeid.transform") / "lexicon" / name).read_text(encoding="ascii")
    return tuple(line for line in text.splitlines() if not line.startswith("#"))


def _cities() -> tuple[Mapping[str, Sequence[str]], Mapping[str, str]]:
    by_state: dict[str, list[str]] = defaultdict(list)
    states: dict[str, str] = {}
    for line in _lines("cities.txt"):
        state, city, *large = line.split("\t")
        states.setdefault(city.casefold(), state)
        if not large and city.casefold() not in SEX:
            by_state[state].append(city)
    return {state: tuple(cities) for state, cities in by_state.items()}, states


def _by_kind(name: str) -> Mapping[str, frozenset[str]]:
    kinds: dict[str, set[str]] = defaultdict(set)
    for line in _lines(name):
        kind, word = line.split("\t")
        kinds[kind].add(word)
    return {kind: frozenset(words) for kind, words in kinds.items()}


FAMILY: Final = _lines("family.txt")
GIVEN: Final = {"F": _lines("given_female.txt"), "M": _lines("given_male.txt")}
#: Given names of either sex, for a name whose sex is not known.
GIVEN_EITHER: Final = tuple(sorted(GIVEN["F"] + GIVEN["M"]))
#: Given name, lower-cased -> F, M or U.
SEX: Final = dict(line.split("\t") for line in _lines("given_sex.txt"))
#: Titles, suffixes, degrees, particles and connectors, by kind.
NAME_WORDS: Final = _by_kind("name_words.txt")
STREETS: Final = _lines("streets.txt")
PROFESSIONS: Final = _lines("professions.txt")
#: Telephone area codes of the United States: 555-0100 to 555-0199 in each are numbers for fiction.
AREA_CODES: Final = _lines("area_codes.txt")
#: Names of FHIR resource types.
RESOURCE_TYPES: Final = frozenset(_lines("resource_types.txt"))
#: Towns of less than 100,000 inhabitants by state code, without those that are given names too (a false Marion might
#: be somebody's middle name); and the state of the largest place of a name, lower-cased.
CITIES, STATE_OF_CITY = _cities()
ALL_CITIES: Final = tuple(sorted({city for cities in CITIES.values() for city in cities}))

#: State or province, lower-cased -> its code.
STATES: Final = dict(line.split("\t") for line in _lines("states.txt"))
_PLACE_WORDS: Final = _by_kind("place_words.txt")
STREET_WORDS: Final = _PLACE_WORDS["street"]
LEADING_STREET_WORDS: Final = _PLACE_WORDS["leading-street"]
DIRECTIONS: Final = _PLACE_WORDS["direction"]
UNIT_WORDS: Final = _PLACE_WORDS["unit"]
INSTITUTION_HEADS: Final = _PLACE_WORDS["institution-head"]
INSTITUTION_WORDS: Final = _PLACE_WORDS["institution"]
COUNTRIES: Final = _PLACE_WORDS["country"]


def pick(prf: Prf, scope: str, purpose: str, value: str, words: Sequence[str]) -> str:
    """The name that stands for `value` (lower-cased) in `scope`: one that shares no word with it, so never West Fargo
    for Fargo. `words` are many."""
    index = prf.number(scope, purpose, value, len(words))
    own = set(value.split())
    for step in range(len(words)):
        word = words[(index + step) % len(words)]
        if own.isdisjoint(word.casefold().split()):
            return word
    raise ValueError("every name in the list shares a word with the value")
