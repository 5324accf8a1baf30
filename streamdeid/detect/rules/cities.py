"""Cities,
counties and states: 45 CFR 164.514(b)(2)(i)(B). The cue is what stands after or before a name; large cities
are found on their own, with less certainty."""

from __future__ import annotations

import re

from streamdeid.detect.rules.fold import Folded
from streamdeid.detect.rules.places import STATE, state_before
from streamdeid.detect.rules.rule import Extent, Walk, walks
from streamdeid.detect.rules.walk import Word, one_case, words_after, words_before
from streamdeid.detect.rules.words import CITIES, COMMON, EPONYMS, GIVEN, word_set

#: State codes that are degrees or words of a note too: without a zip code they need a city of the list before
#: them.
_DEGREES = word_set("md pa ms ma do ot pt or in me ok hi id la al co pe on ab de pr nb ns mi mt sc sd nd va ct")
_STREETS = word_set(
    "street st avenue ave road rd drive dr lane ln court ct boulevard blvd way place pl terrace circle "
    "parkway pkwy highway square trail close crescent apt suite unit floor box hospital clinic center university"
)
_PREFIXES = word_set(
    "new san santa los las el la fort ft port mount mt saint st north south east west lake palm grand cape "
    "salt overland de"
)
_NO_CITY_WORDS = word_set("in of from at to the and near dr mr mrs ms live lives")
_NOT_THE_CITY = re.compile(
    r"[ -]{1,2}(?:heart|scale|score|criteria|classification|consensus|protocol|virus|fever|syndrome|disease"
    r"|keratoprosthesis|brace"
    r"|sign|test|agar|coma|grade|equation|method|needle|catheter|medium|staging|system|intensity|position"
    r"|naming|cognitive|bowel|prep|scientific|sci\b|splint|external|fixation|valve|stent|ii|type"
    r"|general|mercy|university|blue|b\b(?!\.)|(?:collar|shunt|sump|triage|chart|questionnaire|syncope|cement|hemi"
    r"|mini-cog)\b)|'s? (?:disease|sign|test)"
)
#: What classifications, scores and things that are called after a city are followed by.
_OF_SCORES = {
    city: re.compile(rf"(?:{following})(?![a-z])")
    for city, following in {
        "aberdeen": r" varicose",
        "atlanta": r":? (?:mild|mod(?:erate)?|severe)",
        "barcelona": r" [a-d]",
        "berlin": r":? (?:mild|mod(?:erate)?|severe)",
        "boston": r" [0-3]-[0-3]-[0-3]| bowel",
        "bristol": r" stool| (?:type )?[1-7](?: x ?[0-9])?(?=[ .,;)]|$)",
        "copenhagen": r" (?:planks?|adduct[a-z]*|burnout)",
        "dallas": r" (?:lymphocytic|fibrosis|myocarditis)",
        "denver": r" (?:drain|developmental)",
        "edinburgh": r" (?:postnatal|handedness|claudication)",
        "exeter": r" (?:stem|hip|trauma|cemented|v40|\((?:the )?stem)",
        "geneva": r" (?:convention|score|lens)",
        "los angeles": r" (?:grade )?[a-d]",
        "manchester": r" (?:cat(?:egory)? [1-5]|short splint)",
        "miami": r" j",
        "milwaukee": r" (?:shoulder|brace)",
        "montreal": r" [abel][0-9][a-z0-9]*",
        "nottingham": r" (?:[3-9] )?grade",
        "ottawa": r" (?:sah |ankle |knee |foot )?(?:rules?|positive|negative|ankle|knee)",
        "oxford": r" (?:unicompartmental|knee|hip|shoulder|handicap|uka|hfnc|[tlp]ac[is]|pocs|m[01] ?e[01])",
        "paris": r" (?:0-)?i[ips]?[abc]?(?: [0-9]+ mm)?",
        "philadelphia": r" (?:chromosome|positive|negative)",
        "prague": r" c[0-9]+ ?m[0-9]+",
        "rome": r" (?:ii|iii|iv)",
        "seattle": r" (?:biops(?:y|ies)|bx|protocol|angina|heart)",
        "sheffield": r" (?:table|frax)",
        "tokyo": r" guidelines?",
        "vancouver": r" (?:type [abc]|[abc](?:l|g|[123]))",
        "worcester": r"(?:shire)? sauce",
    }.items()
}
#: One or two letters, which may be a word as well.
_STAGE = re.compile(r" (?:grade )?([a-z]{1,2})")
_STATE = re.compile(rf"{STATE}(?![a-z])")
_COUNTRIES = word_set(
    "america argentina australia austria bangladesh belgium brazil canada chile china colombia cuba denmark "
    "egypt england ethiopia europe finland france germany ghana greece guatemala haiti honduras hungary "
    "india indonesia iran iraq ireland israel italy jamaica japan jordan kenya korea kuwait lebanon mexico "
    "morocco nepal netherlands nicaragua nigeria norway pakistan panama peru philippines poland portugal "
    "romania russia scotland singapore somalia spain sudan sweden switzerland syria taiwan thailand turkey "
    "ukraine us usa uk vietnam wales africa asia"
) | {
    "el salvador",
    "south africa",
    "south korea",
    "costa rica",
    "dominican republic",
    "new zealand",
    "saudi arabia",
    "united states",
}
_MOST_WORDS = 3
_ZIPS_OF_IDAHO = "83"


def _city_words(folded: Folded, position: int) -> list[Word]:
    """The words before `position` that can be one city's name: up to three, in capitals like the nearest."""
    taken: list[Word] = []
    for word in words_before(folded.text, position, _MOST_WORDS):
        street = word.plain in _STREETS and not (taken and word.plain in _PREFIXES)
        fits = word.text[0].isupper() or word.plain in _PREFIXES or not taken
        everyday = bool(taken) and word.plain in COMMON and word.plain not in _PREFIXES and not word.capital
        if street or everyday or not fits or word.plain in _NO_CITY_WORDS:
            break
        taken.append(word)
    return taken[::-1]


def _known_end(words: list[Word]) -> list[Word]:
    """The end of `words` that is a city of the list, or nothing."""
    for first in range(len(words)):
        if " ".join(word.plain for word in words[first:]) in CITIES:
            return words[first:]
    return []


def _everyday(words: list[Word]) -> bool:
    return any(word.plain in COMMON and word.plain not in _PREFIXES for word in words)


def _city_before_state(match: re.Match[str], folded: Folded) -> Extent | None:
    """Springfield in "Springfield, IL"; but MD after a name is a degree, and "in" after a comma is no Indiana."""
    words = _city_words(folded, match.start())
    known = _known_end(words)
    written = folded.text[match.start("state") : match.end("state")]
    if not words or (len(written) == 2 and not written.isupper()) or not words[-1].text[0].isupper():
        return None
    if known:
        return Extent(known[0].start, known[-1].end, 1.0)
    if match["state"] in _DEGREES or not words[-1].capital or _everyday(words) or words[-1].text.endswith("."):
        return None
    if len(words) > 1 and words[0].plain in GIVEN and words[0].plain not in _PREFIXES:
        words = words[1:]
    return Extent(words[0].start, words[-1].end, 0.8)


def _state_after_city(match: re.Match[str], folded: Folded) -> Extent | None:
    city = _city_before_state(match, folded)
    return Extent(match.start("state"), match.end("state"), city.share) if city else None


def _city_before_zip(match: re.Match[str], folded: Folded) -> Extent | None:
    """Springfield in "Springfield, IL 62704" and in "springfield il 62704"."""
    state = state_before(folded, match.start())
    if state is None:
        return None
    end = state.start()
    while end and folded.text[end - 1] in ", \n" and state.start() - end < 3:
        end -= 1
    words = _city_words(folded, end)
    words = _known_end(words) or ([] if _everyday(words[-1:]) else words)
    if not words:
        return None
    return Extent(words[0].start, words[-1].end, 1.0 if words[0].text[0].isupper() else 0.8)


def _state_before_zip(match: re.Match[str], folded: Folded) -> Extent | None:
    state = state_before(folded, match.start())
    if state is None or (state["state"] == "id" and not match[0].startswith(_ZIPS_OF_IDAHO)):
        return None  # an ID
    return Extent(state.start("state"), state.end("state"), 1.0)


def _lives_in(match: re.Match[str], folded: Folded) -> Extent | None:
    """Words in capitals after "lives in", no everyday word among them."""
    taken: list[Word] = []
    for word in words_after(folded.text, match.end(), _MOST_WORDS):
        if not word.text[0].isupper() or (word.shouted and word.plain in COMMON):
            break
        taken.append(word)
        if word.text.endswith(".") and word.plain not in ("st", "mt", "ft"):
            break
    name = " ".join(word.plain for word in taken)
    known = name in CITIES
    if (
        not taken
        or name in _COUNTRIES
        or _STATE.fullmatch(name)
        or (not known and (_everyday(taken) or any(word.plain in EPONYMS for word in taken)))
    ):
        return None
    return Extent(taken[0].start, taken[-1].bare_end, 1.0 if known else 0.75)


def _state_lived_in(match: re.Match[str], folded: Folded) -> Extent | None:
    state = _STATE.match(folded.lower, match.end())
    fits = state is not None and len(state[0]) > 2 and folded.text[state.start()].isupper()
    return Extent(state.start(), state.end(), 1.0) if state is not None and fits else None


def _county(match: re.Match[str], folded: Folded) -> Extent | None:
    """The name before "County"."""
    names = [
        word
        for word in words_before(folded.text, match.start(), 2)
        if word.text[0].isupper() and word.plain not in COMMON and not word.text.endswith(".")
    ]
    written = folded.text[match.start()].isupper()
    return Extent(names[-1].start, match.end(), 1.0) if names and written else None


def _county_of(match: re.Match[str], folded: Folded) -> Extent | None:
    word = next(words_after(folded.text, match.end(), 1), None)
    if word is None or not word.text[0].isupper() or word.plain in COMMON:
        return None
    return Extent(word.start, word.bare_end, 1.0)


def _known_city(match: re.Match[str], folded: Folded) -> Extent | None:
    """A city of the list, with a capital, and no scale or test that is called after it."""
    if not folded.text[match.start()].isupper():
        return None
    words = list(words_after(folded.text, match.start(), 4))
    for count in range(len(words), 0, -1):
        name = " ".join(word.plain for word in words[:count])
        if name in CITIES:
            last = words[count - 1]
            end = last.end - (len(last.text) - len(last.text.rstrip(".")))
            acronym = words[0].shouted and one_case(folded.text, match.start(), end) != "shout"
            if acronym or _NOT_THE_CITY.match(folded.lower, end) or _is_of_a_score(name, folded, end):
                return None
            return Extent(match.start(), end, 0.7 if name in EPONYMS or name in GIVEN else 1.0)
    return None


def _is_of_a_score(city: str, folded: Folded, end: int) -> bool:
    """Whether a score follows that is called after the city. Its stages are in capitals: "Paris is nice" has none."""
    match = _OF_SCORES[city].match(folded.lower, end) if city in _OF_SCORES else None
    if match is None:
        return False
    stage = _STAGE.fullmatch(match[0])
    return stage is None or folded.text[match.start() + stage.start(1)].isupper()


_CITY_WORDS = " ".join(sorted({re.split(r"[ .-]", city)[0] for city in CITIES}))
_LIVES_WORDS = (
    "live lives lived living reside resides resided residing resident move moved moves moving grew raised "
    "born native hometown travel traveled travelled travels traveling travelling trip flew drove vacation "
    "vacationed vacationing retired hails"
)
_LIVES = (
    r"(?:live|lives|lived|living|reside|resides|resided|residing|resident|move|moved|moves|moving|grew up"
    r"|raised|born|native|hometown"
    r"|travel|travell?ed|travels|travell?ing|trip|flew|drove|vacation|vacationed|vacationing|retired|hails)"
    r"(?: back| here| out| over){0,2}(?: (?:in|of|from|to|is|near|at|outside|around)){1,2}(?: (?:the )?"
    r"(?:city|town|village) of)? {1,2}"
)

# fmt: off
_WALKS: tuple[Walk, ...] = (
    ("known", "LOCATION/CITY", 0.6, _CITY_WORDS, r"[a-z]{2}", _known_city),
    ("before-state", "LOCATION/CITY", 0.92, "=,", rf",[ \n]{{1,2}}(?P<state>{STATE})(?![a-z])",
     _city_before_state),
    ("state", "LOCATION/STATE", 0.9, "=,", rf",[ \n]{{1,2}}(?P<state>{STATE})(?![a-z])", _state_after_city),
    ("before-zip", "LOCATION/CITY", 0.92, "5:", r"[0-9]{5}(?![0-9a-z])", _city_before_zip),
    ("state-zip", "LOCATION/STATE", 0.9, "5:", r"[0-9]{5}(?![0-9a-z])", _state_before_zip),
    ("lives-in", "LOCATION/CITY", 0.75, _LIVES_WORDS, _LIVES, _lives_in),
    ("lives-in-state", "LOCATION/STATE", 0.75, _LIVES_WORDS, _LIVES, _state_lived_in),
    ("county", "LOCATION/COUNTY", 0.85, "county counties parish borough", r"(?:county|counties|parish"
     r"|borough)", _county),
    ("county-of", "LOCATION/COUNTY", 0.85, "county", r"county of ", _county_of),
)
# fmt: on

RULES = walks("cities", _WALKS)
