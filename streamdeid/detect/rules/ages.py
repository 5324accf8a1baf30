"""Ages: 45 CFR 164.514(b)(2)(i)(C) wants those over 89 gone; all are found,
and what is done is for the policy to say.

A span is the number alone ("45" of "45-year-old", "90s" of "in his 90s"), so that what replaces it fits in
its sentence.
"""

from __future__ import annotations

import re

from streamdeid.detect.rules.context import before, word_before
from streamdeid.detect.rules.fold import Folded
from streamdeid.detect.rules.rule import Row, rules
from streamdeid.detect.rules.words import word_set

#: After these F is for French, a third of a millimetre.
_GAUGED = word_set("radial femoral brachial ulnar sheath guide foley catheter stent pigtail introducer drain")


def _lifetime(match: re.Match[str], folded: Folded) -> float:
    """Up to 130 years; months, weeks and days as many as there may be."""
    digits = re.match(r"[0-9]{1,3}", match["v"])
    return 1.0 if digits is None or int(digits[0]) <= 130 else 0.0


def _before_person(match: re.Match[str], folded: Folded) -> float:
    """ "para 3 female" counts births."""
    return 0.0 if word_before(folded.lower, match.start()) in _COUNTS else _lifetime(match, folded)


def _sexed(match: re.Match[str], folded: Folded) -> float:
    """84M is an age where a person follows, not a concentration; its letter is a capital. A radial 6F is a size."""
    written = folded.text[match.end("v") : match.end()].strip(" /")
    if word_before(folded.lower, match.start()) in _GAUGED:
        return 0.0
    return _lifetime(match, folded) if written.isupper() and int(match["v"]) > 0 else 0.0


def _of_somebody(match: re.Match[str], folded: Folded) -> float:
    """ "in his 90s", "her late eighties": somebody's, and no heart rate's."""
    return 1.0 if before(_SOMEBODYS, folded.lower, match.start()) else 0.0


_COUNTS = word_set("para gravida stage p g sab tab ab type grade class level and or the hour day x")
_SOMEBODYS = re.compile(
    r"(?<![a-z])(?:his|her|their|my)(?:(?: or her)? (?:early|mid|late|upper|lower|middle))?(?: to late)?[ -]$"
)
_TENS = r"(?:twenty|thirty|forty|fourty|fifty|sixty|seventy|eighty|ninety)"
_ONES = r"(?:one|two|three|four|five|six|seven|eight|nine)"
_SPELLED = (
    rf"(?:{_TENS}(?:[ -]{_ONES})?|(?:a |one )?hundred(?: and)?(?: {_ONES})?|{_ONES}|ten|eleven|twelve"
    rf"|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen)"
)
_SPELLED_WORDS = (
    "twenty thirty forty fourty fifty sixty seventy eighty ninety hundred one two three four five six seven "
    "eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
)
_UNIT = r"(?:years?|yrs?|months?|mos?|weeks?|wks?|days?|hours?)"
_NUMBER = r"(?<![a-z.,/$])(?P<v>[0-9]{1,3}(?:[. -]{1,2}?[1-3]/[2-4]|\.[0-9])?)"
_PERSON = r"(?:male|female|man|woman|boy|girl|lady|gentleman)"
_SEX = rf"(?:m|f|{_PERSON}|gentlemen|[wbha][mf]|[rl]h[mf])"
_IS = r"(?: (?:is|was|of|about|approximately|around|over|under|in years))?"
_HERE = (
    r"(?= (?:with|w/|who|here|presents?|presenting|presented|s/p|h/o|hx|c/o|admitted|found|in|status|from|pt"
    r"|patient|seen|p/w|brought|is|was|has)(?![a-z])|[,:;])"
)

# fmt: off
_ROWS: tuple[Row, ...] = (
    ("year-old", "AGE", 0.96, "1-3:_-.^ymwdh",
     rf"{_NUMBER}(?:[ -]{{0,2}}(?:to|or|-|and)[ -]{{1,2}}[0-9]{{1,3}})?[ \n-]{{0,3}}{_UNIT}\.?"
     rf"[ \n-]{{0,3}}old(?![a-z])",
     _lifetime),
    ("y-o", "AGE", 0.95, "1-3:_-.ymwd",
     rf"{_NUMBER}[ -]{{0,2}}(?:y\.?[ /]?o\.?|yrs?\.?[ /-]?o(?:ld)?|[mwd][./]o\.?|years? o(?:ld)?)(?![a-z])",
     _lifetime),
    ("y-o-sex", "AGE", 0.93, "1-3:_-.y",
     rf"{_NUMBER}[ -]{{0,2}}(?:y\.?o?\.?|yrs?\.?|years?)[ /-]{{0,2}}{_SEX}(?![a-z])", _lifetime),
    ("years-of-age", "AGE", 0.95, "1-3:_-ymwd", rf"{_NUMBER}[ -]{{0,2}}(?:{_UNIT}|y)\.? of age(?![a-z])",
     _lifetime),
    ("age", "AGE", 0.93, "age aged ages",
     rf"(?<!gestational )(?<!bone )(?:age[sd]?|age/sex|age at [a-z]{{3,12}}){_IS}[ :=,~<>(]{{1,4}}(?P<v>"
     rf"[0-9]{{1,3}})(?![0-9]|[./%-][0-9]|%)", _lifetime),
    ("age-range", "AGE", 0.85, "age aged ages",
     r"(?<!gestational )age[sd]? (?:of |from |between )?[0-9]{1,3} ?(?:-|to|and) ?(?P<v>[0-9]{1,3})(?!"
     r"[0-9%])", _lifetime),
    ("turned", "AGE", 0.75, "turned turning turns celebrated",
     r"(?:turn(?:ed|ing|s)|celebrated (?:his|her|their)) (?P<v>[0-9]{2,3})(?:th|st|nd|rd)?(?![0-9%]| ?"
     r"(?:degrees|mg|cm))",
     _lifetime),
    ("decade", "AGE", 0.85, "2-3:s'", r"(?P<v>(?:[2-9]0|1[01]0)'?s)(?![a-z0-9])", _of_somebody),
    ("decade-spelled", "AGE", 0.8, "twenties thirties forties fifties sixties seventies eighties nineties",
     r"[a-z]{7,9}", _of_somebody),
    ("sex-after", "AGE", 0.8, "1-3:_/mf", rf"(?<![a-z.,/$-])(?P<v>[0-9]{{1,3}}) ?(?:/ ?)?[mf](?!"
     rf"[a-z0-9/]){_HERE}", _sexed),
    ("person-after", "AGE", 0.75, "1-3:_",
     rf"(?<![a-z.,/$-])(?P<v>[0-9]{{1,3}}) (?:(?:white|black|caucasian|african[ -]american|hispanic"
     rf"|asian) )?{_PERSON}(?![a-z])",
     _before_person),
    ("spelled", "AGE", 0.93, _SPELLED_WORDS,
     rf"(?P<v>{_SPELLED})(?:[ -]and[ -]a[ -]half)?[ -]{{1,2}}{_UNIT}(?:[ -]{{1,2}}old|[ -]of[ -]age)(?![a-z])", None),
    ("age-spelled", "AGE", 0.85, "age aged", rf"(?:aged?|age of|age is|age was) (?P<v>{_SPELLED})(?![a-z])",
     None),
    ("died-at", "AGE", 0.7, "died passed deceased diagnosed",
     r"(?:died|passed away|deceased|diagnosed)(?: (?:from|of|with) [a-z ]{3,30}?)? at (?:age )?(?P<v>[0-9]{1,3})"
     r"(?![0-9:%]| ?(?:am|pm|a\.m|p\.m|hours|hrs|weeks))", _lifetime),
)
# fmt: on

RULES = rules("ages", _ROWS)
