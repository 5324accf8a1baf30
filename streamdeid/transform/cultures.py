"""Which culture a name is of, and its false name: of the same culture and sex, where they are known."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from streamdeid.transform import lexicon

_EASTERN: Final = "eastern"
#: The first word of the Unicode names of letters -> the culture of those who write with them.
_SCRIPTS: Final = {
    "CJK": "east_asian",
    "HIRAGANA": "east_asian",
    "KATAKANA": "east_asian",
    "HANGUL": "east_asian",
    "ARABIC": "arabic",
    "CYRILLIC": _EASTERN,
    "DEVANAGARI": "south_asian",
    "BENGALI": "south_asian",
    "TAMIL": "south_asian",
    "TELUGU": "south_asian",
    "GUJARATI": "south_asian",
    "GURMUKHI": "south_asian",
}
#: Endings of the family names of women in Slavic languages and of men's; the first that fits.
_WOMANS: Final = ((re.compile(r"(.*(?:ov|ev|in))a"), r"\1"), (re.compile(r"(.*(?:sk|ck))a(?:ya)?"), r"\1i"))
#: Every name that an ending of women fits ends with one of these.
_WOMANS_ENDS: Final = ("ova", "eva", "ina", "ska", "cka", "aya")
_MANS: Final = ((re.compile(r"(.*(?:ov|ev|in))"), r"\1a"), (re.compile(r"(.*(?:sk|ck))[iy]"), r"\1a"))


def family_culture(name: str) -> str:
    """The culture of a family name, lower-cased and without accents; empty where it is not known."""
    known = lexicon.known_families()
    return known.get(name) or (known.get(mans_form(name)) if name.endswith(_WOMANS_ENDS) else "") or by_script(name)


def given_culture(name: str) -> str:
    """The culture of a given name, lower-cased and without accents; empty where it is not known."""
    known = lexicon.known_given().get(name)
    return known.culture if known is not None else by_script(name)


def mans_form(name: str) -> str:
    """The form for men of a Slavic family name (lower-cased) in the form for women: that of her father and brothers."""
    return _changed(name, _WOMANS)


def womans_form(name: str) -> str:
    """The form for women of a Slavic family name, where it has one of its own."""
    return _changed(name, _MANS)


def is_womans_form(name: str, culture: str) -> bool:
    """Whether a family name (lower-cased) is in a form for women."""
    return culture == _EASTERN and mans_form(name) != name


def _changed(name: str, endings: tuple[tuple[re.Pattern[str], str], ...]) -> str:
    for pattern, new in endings:
        if pattern.fullmatch(name):
            return pattern.sub(new, name)
    return name


def is_one_letter(name: str) -> bool:
    """Whether a name is an initial: a single character of Chinese or Japanese is a whole name."""
    return len(name) == 1 and by_script(name) != "east_asian"


def by_script(name: str) -> str:
    """The culture that the letters of a name tell; empty for Latin ones."""
    if not name or name.isascii():
        return ""
    return _SCRIPTS.get(unicodedata.name(name[0], "").partition(" ")[0], "")
