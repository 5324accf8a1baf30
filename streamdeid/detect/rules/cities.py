"""Cities, counties and states: 45 CFR 164.514(b)(2)(i)(B). The cue is what stands after or before a name; cities of a
list are found on their own, with less certainty."""

from __future__ import annotations

import re

from streamdeid.detect.rules.fold import Folded
from streamdeid.detect.rules.places import STATE
from streamdeid.detect.rules.rule import Extent, Row, Walk, rules, walks
from streamdeid.detect.rules.walk import Word, words_after, words_before
from streamdeid.detect.rules.words import CITIES, COMMON, EPONYMS, GIVEN

#: State codes that are degrees or words of a note too: without a zip code they need a city of the list before them.
_DEGREES = frozenset("md pa ms ma do ot pt or in me ok hi id la al co pe on ab de pr nb ns mi mt sc sd nd va ct".split())
_STREETS = frozenset(
    "street st avenue ave road rd drive dr lane ln court ct boulevard blvd way place pl terrace circle parkway pkwy highway square trail close "
    "crescent apt suite unit floor box hospital clinic center university".split()
)
_PREFIXES = frozenset("new san santa los las el la fort ft port mount mt saint st north south east west lake palm grand cape salt overland de".split())
_NO_CITY = re.compile(
    r"[ -]{1,2}(?:heart|scale|score|criteria|classification|consensus|protocol|virus|fever|syndrome|disease|keratoprosthesis|brace|sign|test|agar|"
    r"coma|grade|equation|method|needle|catheter|medium|staging|system|intensity|position|naming|cognitive|bowel|prep|scientific|general|mercy|"
    r"university|blue|b\b)|'s? (?:disease|sign|test)"
)
_STATE_NAME = re.compile(STATE)


def _city_words(folded: Folded, position: int) -> list[Word]:
    """The words before `position` that can be one city's name: up to three, in capitals like the nearest."""
    taken: list[Word] = []
    for word in words_before(folded.text, position, 3):
        fits = word.text[0].isupper() or word.plain in _PREFIXES or not taken
        street = word.plain in _STREETS and not (taken and word.plain in _PREFIXES)
        if not fits or street or word.plain in ("in", "of", "from", "at", "to", "the", "and", "near", "dr", "mr", "mrs", "ms", "live", "lives"):
            break
        if taken and word.shouted and word.plain not in _PREFIXES and word.plain in COMMON:
            break
        taken.append(word)
    return taken[::-1]


def _longest_known(words: list[Word]) -> list[Word]:
    """The end of `words` that is a city of the list, or nothing."""
    for first in range(len(words)):
        if " ".join(word.plain if word.plain != "st" else "st." for word in words[first:]) in CITIES:
            return words[first:]
    return []


def _city_before_state(match: re.Match[str], folded: Folded) -> Extent | None:
    """Springfield in "Springfield, IL 62704"; but MD after a name is a degree."""
    words = _city_words(folded, match.start())
    known = _longest_known(words)
    code = match["state"]
    written = folded.text[match.start("state") : match.end("state")]
    if not words or (len(code) == 2 and not written.isupper() and not match["zip"]):
        return None
    if match["zip"] or known:
        words = known or [word for word in words if word.plain not in COMMON or len(words) == 1 or word.plain in _PREFIXES] and words
        return Extent(words[0].start, words[-1].end, 1.0 if written[0].isupper() else 0.8)
    if not match["comma"] or code in _DEGREES or not words[-1].capital or any(word.plain in COMMON and word.plain not in _PREFIXES for word in words):
        return None
    if len(words) > 1 and words[0].plain in GIVEN and words[0].plain not in _PREFIXES:
        words = words[1:]
    return Extent(words[0].start, words[-1].end, 0.8)


def _state_after_city(match: re.Match[str], folded: Folded) -> Extent | None:
    city = _city_before_state(match, folded)
    return Extent(match.start("state"), match.end("state"), city.share) if city else None


def _lives_in(match: re.Match[str], folded: Folded) -> Extent | None:
    """Words in capitals after "lives in", no everyday word among them."""
    taken: list[Word] = []
    for word in words_after(folded.text, match.end(), 3):
        if not word.text[0].isupper() or (word.shouted and word.plain in COMMON):
            break
        taken.append(word)
        if word.text.endswith(".") and word.plain not in ("st", "mt", "ft"):
            break
    known = bool(taken) and " ".join(word.plain for word in taken) in CITIES
    if not taken or (not known and any(word.plain in COMMON and word.plain not in _PREFIXES for word in taken)):
        return None
    stop = taken[-1].text.endswith(".")
    return Extent(taken[0].start, taken[-1].end - stop, 1.0 if known else 0.75)


def _county(match: re.Match[str], folded: Folded) -> Extent | None:
    taken = [word for word in words_before(folded.text, match.start(), 2) if word.text[0].isupper() and word.plain not in COMMON]
    if not taken or not folded.text[match.start()].isupper():
        return None
    return Extent(taken[-1].start, match.end(), 1.0)


def _county_of(match: re.Match[str], folded: Folded) -> Extent | None:
    word = next(words_after(folded.text, match.end(), 1), None)
    if word is None or not word.text[0].isupper() or word.plain in COMMON:
        return None
    return Extent(word.start, word.end - word.text.endswith("."), 1.0)


def _known_city(match: re.Match[str], folded: Folded) -> float:
    """A city of the list, with a capital, and no scale or test that is called after it."""
    if not folded.text[match.start()].isupper() or _NO_CITY.match(folded.lower, match.end()):
        return 0.0
    return 1.0 if " " in match[0] or match[0] not in EPONYMS | GIVEN else 0.7


def _alternatives(names: frozenset[str]) -> str:
    """One pattern for all names, longest first, branching on the first letter: a plain list of 400 is slow."""
    longest_first = sorted(names, key=lambda name: (-len(name), name))
    letters = sorted({name[0] for name in names})
    return "|".join(
        f"{letter}(?:{'|'.join(re.escape(name[1:]) for name in longest_first if name[0] == letter)})" for letter in letters
    )


_ZIP = r"(?P<zip>,?[ \n]{1,3}[0-9]{5}(?:-[0-9]{4})?(?![0-9]))"
_CITY = _alternatives(CITIES)
_CITY_WORDS = " ".join(sorted({city.split()[-1].split("-")[0].strip(".") for city in CITIES} | {"c"}))
_LIVES = (
    r"(?<![a-z])(?:liv(?:es?|ed|ing)|resid(?:es?|ed|ing)|resident|mov(?:ed|ing|es) (?:back )?(?:here )?(?:from|to)|grew up|raised|born|native|hometown|travell?(?:ed|s|ing)?(?: back)? (?:from|to)|"
    r"trip|flew|drove|vacation(?:ed|ing)?|retired|returned|transferred|hails)(?: (?:in|of|from|to|is|near|at|outside|around))?(?: (?:the )?(?:city|town|village) of)? {1,2}"
)

_ROWS: tuple[Row, ...] = (
    ("known", "LOCATION/CITY", 0.6, _CITY_WORDS, rf"(?<![a-z'-])(?:{_CITY})(?![a-z-])", _known_city),
)  # fmt: skip
_WALKS: tuple[Walk, ...] = (
    ("city-state", "LOCATION/CITY", 0.92, ",", rf"(?P<comma>,)[ \n]{{1,2}}(?P<state>{STATE})(?![a-z]){_ZIP}?", _city_before_state),
    ("city-state-zip", "LOCATION/CITY", 0.92, "#5", rf"(?P<comma>)[ ](?P<state>{STATE})(?![a-z]){_ZIP}", _city_before_state),
    ("state", "LOCATION/STATE", 0.9, ",", rf"(?P<comma>,)[ \n]{{1,2}}(?P<state>{STATE})(?![a-z]){_ZIP}?", _state_after_city),
    ("state-zip", "LOCATION/STATE", 0.9, "#5", rf"(?P<comma>)[ ](?P<state>{STATE})(?![a-z]){_ZIP}", _state_after_city),
    ("lives-in", "LOCATION/CITY", 0.75,
     "lives live lived living resides reside resided residing resident moved moving moves grew raised born native hometown travel travelled traveled travels traveling travelling trip flew "
     "drove vacation vacationed vacationing retired returned transferred hails", _LIVES, _lives_in),
    ("county", "LOCATION/COUNTY", 0.85, "county counties parish borough", r"(?<![a-z])(?:county|counties|parish|borough)(?![a-z])", _county),
    ("county-of", "LOCATION/COUNTY", 0.85, "county co", r"(?<![a-z])(?:county(?: of)?|co\.) ", _county_of),
)  # fmt: skip

RULES = rules("cities", _ROWS) + walks("cities", _WALKS)
