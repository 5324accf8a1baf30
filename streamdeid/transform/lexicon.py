"""The word lists that false names and streets are drawn from, read once: small ones on import, large ones when they are
first asked for. The lists of towns are in `localities`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

from streamdeid.transform.prf import Prf

#: For names of which it is not known what they are: those of most people in the United States.
_USUAL: Final = ("english",)
#: Cultures of whose names one that does not tell the sex gets an English one for either sex.
_EITHER_IN: Final = frozenset({"", "english", "european"})
#: Letters that false names begin with: those for which the large lists have many.
INITIALS: Final = "ABCDFGHKLMNPRSTW"
_FEWEST: Final = 3


def read_lines(name: str) -> tuple[str, ...]:
    """The lines of a list, without the header that names its source."""
    text = (files("streamdeid.transform") / "lexicon" / name).read_text(encoding="ascii")
    return tuple(line for line in text.splitlines() if not line.startswith("#"))


def _by_kind(name: str) -> Mapping[str, frozenset[str]]:
    kinds: dict[str, set[str]] = defaultdict(set)
    for line in read_lines(name):
        kind, word = line.split("\t")
        kinds[kind].add(word)
    return {kind: frozenset(words) for kind, words in kinds.items()}


def _by_culture(name: str) -> Mapping[str, tuple[str, ...]]:
    cultures: dict[str, list[str]] = defaultdict(list)
    for line in read_lines(name):
        culture, word = line.split("\t")
        cultures[culture].append(word)
    return {culture: tuple(words) for culture, words in cultures.items()}


def _joined(lists: Mapping[str, Sequence[str]], cultures: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted(word for culture in cultures for word in lists.get(culture, ())))


class KnownGiven(NamedTuple):
    """What is known of a given name: F, M or U for either, and the culture, empty where that is not known."""

    sex: str
    culture: str


_FAMILIES: Final = _by_culture("family.txt")
_GIVEN: Final = {"F": _by_culture("given_female.txt"), "M": _by_culture("given_male.txt")}
#: All false family names; and those of a culture. Under "" are those for names that nothing is known of.
FAMILY: Final = _joined(_FAMILIES, tuple(_FAMILIES))
FAMILIES: Final[Mapping[str, tuple[str, ...]]] = {**_FAMILIES, "": _joined(_FAMILIES, _USUAL)}
#: All false given names by sex, and those of either, for a name whose sex is not known.
GIVEN: Final = {sex: _joined(lists, tuple(lists)) for sex, lists in _GIVEN.items()}
GIVEN_EITHER: Final = tuple(sorted(GIVEN["F"] + GIVEN["M"]))
_NEUTRAL: Final = read_lines("given_either.txt")
#: Titles, suffixes, degrees, particles and connectors, by kind.
NAME_WORDS: Final = _by_kind("name_words.txt")
STREETS: Final = read_lines("streets.txt")
PROFESSIONS: Final = read_lines("professions.txt")
#: Telephone area codes of the United States and their states: 555-0100 to 555-0199 in each are numbers for fiction.
STATE_OF_AREA_CODE: Final = dict(line.split("\t") for line in read_lines("area_codes.txt"))
AREA_CODES: Final = tuple(STATE_OF_AREA_CODE)
#: Names of FHIR resource types.
RESOURCE_TYPES: Final = frozenset(read_lines("resource_types.txt"))

#: State or province, lower-cased -> its code.
STATES: Final = dict(line.split("\t") for line in read_lines("states.txt"))
_PLACE_WORDS: Final = _by_kind("place_words.txt")
STREET_WORDS: Final = _PLACE_WORDS["street"]
LEADING_STREET_WORDS: Final = _PLACE_WORDS["leading-street"]
DIRECTIONS: Final = _PLACE_WORDS["direction"]
UNIT_WORDS: Final = _PLACE_WORDS["unit"]
INSTITUTION_HEADS: Final = _PLACE_WORDS["institution-head"]
INSTITUTION_WORDS: Final = _PLACE_WORDS["institution"]
COUNTRIES: Final = _PLACE_WORDS["country"]


@cache
def given_names(sex: str, culture: str, letter: str = "") -> Sequence[str]:
    """The false given names for a sex (F, M, U) and a culture, empty for one that is not known; of these, if there are
    some, those that begin with a letter. For a name that men and women have they are such names, so that they agree
    with any sex that is stated."""
    if sex == "U" and culture in _EITHER_IN:
        return _beginning(_NEUTRAL, letter)
    sexes = ("F", "M") if sex == "U" else (sex,)
    cultures = (culture,) if culture else _USUAL
    return _beginning(tuple(sorted(name for one in sexes for name in _joined(_GIVEN[one], cultures))), letter)


@cache
def family_names(culture: str, letter: str = "") -> Sequence[str]:
    """The false family names for a culture, empty for one that is not known; of these, if there are some, those that
    begin with a letter."""
    return _beginning(FAMILIES[culture], letter)


def _beginning(names: Sequence[str], letter: str) -> Sequence[str]:
    fitting = tuple(name for name in names if name.startswith(letter))
    return fitting if len(fitting) >= _FEWEST else names


@cache
def known_given() -> Mapping[str, KnownGiven]:
    """Known given names, lower-cased and without accents."""
    rows = (line.split("\t") for line in read_lines("given_sex.txt"))
    return {name: KnownGiven(sex, culture) for name, sex, culture in rows}


@cache
def known_families() -> Mapping[str, str]:
    """Known family names, lower-cased and without accents, and their culture."""
    return dict(line.split("\t") for line in read_lines("family_culture.txt"))


@cache
def _sex_endings() -> Mapping[str, str]:
    return dict(line.split("\t") for line in read_lines("sex_endings.txt"))


def sex_of(name: str) -> str:
    """F, M or U: the sex that a given name, lower-cased and without accents, is given to, or that its ending tells."""
    known = known_given().get(name)
    if known is not None:
        return known.sex
    endings, rest = _sex_endings().get, name[1:]
    return endings(rest[-3:]) or endings(rest[-2:]) or endings(rest[-1:]) or "U"


@cache
def area_codes_of(state: str) -> Sequence[str]:
    """The area codes of a state; all where there are none."""
    return tuple(code for code, one in STATE_OF_AREA_CODE.items() if one == state) or AREA_CODES


def pick(prf: Prf, scope: str, purpose: str, value: str, words: Sequence[str]) -> str:
    """The name that stands for `value` (lower-cased) in `scope`: one that shares no word with it, so never West Fargo
    for Fargo. `words` are many."""
    index = int.from_bytes(prf.digest(scope, purpose, value)[:16], "big") % len(words)  # `Prf.number`, in place
    word = words[index]
    if word.isalpha() and word.casefold() != value and " " not in value:
        return word
    own = set(value.split())
    for step in range(len(words)):
        word = words[(index + step) % len(words)]
        if own.isdisjoint(word.casefold().split()):
            return word
    raise ValueError("every name in the list shares a word with the value")
