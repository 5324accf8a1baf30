"""Telephone, fax and pager numbers: 45 CFR 164.514(b)(2)(i)(D), (E)."""

from __future__ import annotations

import re

from streamdeid.detect.rules import checks
from streamdeid.detect.rules.context import before, measured, word_before
from streamdeid.detect.rules.fold import Folded
from streamdeid.detect.rules.rule import Row, rules


def _digits(match: re.Match[str]) -> str:
    """The digits, without those of an extension."""
    return re.sub(r"[^0-9]", "", re.split(r"x|ext|,", match["v"], maxsplit=1)[0])


def _north_american(match: re.Match[str], folded: Folded) -> float:
    """Ten digits in groups of 3, 3, 4; less where area or exchange is none of the plan's, for those are made up too."""
    if before(_FAX, folded.lower, match.start("v")):
        return 0.0
    return 1.0 if checks.nanp(_digits(match)[-10:]) else 0.8


def _local(match: re.Match[str], folded: Folded) -> float:
    """Seven digits: 555-1234, unless it is a range of amounts or of years."""
    low, high = match["v"][:3], match["v"][4:8]
    if measured(folded.lower, match.end()) or low[0] in "01":
        return 0.0
    if word_before(folded.lower, match.start()) in (
        "icd",
        "cpt",
        "code",
        "normal",
        "range",
        "from",
        "between",
        "of",
        "about",
        "to",
    ):
        return 0.0
    return 0.6 if high.endswith("00") and low.endswith(("00", "50")) else 1.0


def _british(match: re.Match[str], folded: Folded) -> float:
    """0 and nine or ten digits, in two to four groups (Ofcom's national numbering plan)."""
    digits = _digits(match)
    return 1.0 if digits[:1] == "0" and len(digits) in (10, 11) and digits[1] in "12356789" else 0.0


def _international(match: re.Match[str], folded: Folded) -> float:
    return 1.0 if 8 <= len(_digits(match)) <= 15 else 0.0


def _said(match: re.Match[str], folded: Folded) -> float:
    """After a word for telephone: seven to fifteen digits."""
    count = len(_digits(match))
    if not 7 <= count <= 15 or measured(folded.lower, match.end()) or _NUMBERS.search(match["v"]):
        return 0.0
    return 1.0 if count >= 10 else 0.9


def _few_digits(match: re.Match[str], folded: Folded) -> float:
    return 0.0 if measured(folded.lower, match.end()) or _PART.match(folded.lower, match.end()) else 1.0


_FAX = re.compile(r"(?<![a-z])(?:fax|facsimile|f)(?![a-z])[^0-9]{0,20}$")
#: A date, or decimals: no telephone number.
_NUMBERS = re.compile(r"^[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{2,4}$|[0-9]\.[0-9]{1,2}(?![0-9])")
_PART = re.compile(r"[/.:-][0-9]")
_EXT = r"(?:,? ?(?:(?:ext(?:ension)?\.?|extn\.?)[ :#]{0,2}[0-9]{1,6}|x\.?[ :#]{0,2}[0-9]{2,6}))?"
_NUMBER = rf"(?:\((?![0-9]{{3,5}}\)))?(?P<v>\+?\(?[0-9](?:(?!\. )[ ().\u00b7/-]{{0,3}}[0-9]){{6,17}}{_EXT})(?![0-9])"
_SAY_WORDS = (
    "phone phones telephone telephones ph tel cell cellular cellphone mob mobile call called calling "
    "contact contacted reach reached pager beeper page paged pgr home work office voice voicemail direct "
    "hotline helpline line dial whatsapp text texted sms =p: =t: =c: =h: =w:"
)
_SAY = (
    r"(?:(?:tele)?phones?|ph|tel|cell(?:ular|phone)?|mob(?:ile)?|call(?:ed|ing)?|contact(?:ed)?|reach(?:ed)?"
    r"|pager|beeper"
    r"|paged?|pgr|home|work|office|voice ?mail|direct|(?:hot|help)?line|dial|whatsapp|text(?:ed)?|sms|(?<!"
    r"[a-z/])[ptchw](?=:))"
)
_LINK = (
    r"[.:#=, )-]{0,3}(?:(?:numbers?|num|nos?\.?|#|is|was|at|on|to|me|her|him|us|them|back|phone|line|home|work|office"
    r"|mobile|cell|the|directly|our|my)[.:#=, )-]{1,3}){0,4}"
)

# fmt: off
_ROWS: tuple[Row, ...] = (
    ("fax", "CONTACT/FAX", 0.97, "fax faxed facsimile =f:", rf"(?:fax(?:ed)?|facsimile|(?<![a-z/])f"
     rf"(?=:)){_LINK}{_NUMBER}", _said),
    ("said", "CONTACT/PHONE", 0.97, _SAY_WORDS, _SAY + _LINK + _NUMBER, _said),
    ("north-american", "CONTACT/PHONE", 0.94, "3:_-./)",
     rf"(?<![a-z])(?P<v>[0-9]{{3}}\)?[ ./-]{{1,3}}[0-9]{{3}}[ .-]{{1,3}}[0-9]{{4}}{_EXT})(?![0-9]|[-.][0-9])",
     _north_american),
    ("trunk", "CONTACT/PHONE", 0.95, "1:_-.(",
     rf"(?<![a-z])(?P<v>1[ .-]{{0,2}}\(?[0-9]{{3}}\)?[ ./-]{{0,3}}[0-9]{{3}}[ .-]{{1,3}}[0-9]{{4}}{_EXT})(?![0-9])",
     _north_american),
    ("parenthesis", "CONTACT/PHONE", 0.96, "=(",
     rf"(?P<v>\([0-9]{{3}}\)[ .-]{{0,2}}[0-9]{{3}}[ .-]{{0,2}}[0-9]{{4}}{_EXT})(?![0-9])", _north_american),
    ("joined", "CONTACT/PHONE", 0.8, "3:-", r"(?<![a-z])(?P<v>[0-9]{3}-[0-9]{7})(?![0-9]|[-.][0-9])",
     _north_american),
    ("local", "CONTACT/PHONE", 0.6, "3:-.",
     rf"(?<![a-z.$/#-])(?<![0-9)] )(?P<v>[0-9]{{3}}(?:-|\.(?=[0-9]{{4}}(?: ?x|$))){{1}}[0-9]{{4}}{_EXT})(?!"
     rf"[0-9a-z]|[-./,][0-9])", _local),
    ("international", "CONTACT/PHONE", 0.95, "=+",
     rf"(?<![0-9a-z])(?P<v>\+[0-9](?:[ ().-]{{0,3}}[0-9]){{7,16}}{_EXT})(?![0-9])", _international),
    ("dialled-abroad", "CONTACT/PHONE", 0.75, "2-5:_-",
     r"(?<![a-z.])(?P<v>00[1-9][0-9]{0,2}(?:[ -]{1,2}[0-9]{1,5}){2,6})(?![0-9]|[-.][0-9])", _international),
    ("pairs", "CONTACT/PHONE", 0.8, "2:_.-",
     r"(?<![a-z.,/-])(?P<v>0[1-9](?:[ .-][0-9]{2}){4})(?![0-9]|[-. ][0-9])", _international),
    ("british", "CONTACT/PHONE", 0.85, "3-5:_-) =(0",
     rf"(?<![a-z.,/-])(?P<v>\(?0[0-9]{{2,4}}\)?[ -]{{1,2}}[0-9]{{3,4}}[ -]?[0-9]{{3,4}}{_EXT})(?![0-9]|[-.]"
     rf"[0-9])", _british),
    ("british-mobile", "CONTACT/PHONE", 0.8, "5:_ 11:",
     r"(?<![a-z.,/-])(?P<v>07[0-9]{3} ?[0-9]{3} ?[0-9]{3})(?![0-9a-z]|[-.][0-9])", _british),
    ("vanity", "CONTACT/PHONE", 0.85, "3:- 1:-", r"(?P<v>(?:1-)?8(?:00|33|44|55|66|77|88)-[a-z]{3,7}(?:-"
     r"[a-z]{2,5})?)(?![a-z])", None),
    ("pager", "CONTACT/PHONE", 0.8, "pager beeper pgr pg bleep",
     r"(?:pager|beeper|pgr|pg|bleep)[.:#= -]{1,3}(?:(?:number|no\.?|id|is|#)[.:#= -]{1,3}){0,2}(?P<v>"
     r"[0-9]{3,6})(?![0-9])",
     _few_digits),
    ("extension", "CONTACT/PHONE", 0.7, "ext extension extn",
     r"(?:ext\.?|extension|extn\.?)[ :#]{1,3}(?P<v>[0-9]{3,6})(?![0-9%])", _few_digits),
)
# fmt: on

RULES = rules("phones", _ROWS)
