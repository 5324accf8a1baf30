"""What stands before and after a number, and what that makes of it."""

from __future__ import annotations

import re

_UNITS = (
    r"(?:m?c?g|mgs?|ug|gm|gms|grams?|kgs?|kilograms?|milligrams?|micrograms?|ml|mls|cc|ccs|l|liters?|litres?|dl|fl|"
    r"cm|cms|mm|km|m|centimeters?|millimeters?|meters?|inch|inches|feet|foot|ft|miles?|lbs?|pounds?|oz|ounces?|"
    r"units?|u|iu|meq|mmol|mol|mmhg|torr|percent|hours?|hrs?|hr|minutes?|mins?|min|seconds?|secs?|msec|ms|"
    r"tabs?|tablets?|caps?|capsules?|pills?|puffs?|drops?|gtts?|sprays?|patch|teaspoons?|tsp|tbsp|calories|kcal|cal|"
    r"beats?|bpm|times|x|fr|french|gauge|ga|degrees?|deg|steps?|cells?|k|cgy|gy|rads?|joules?|volts?|watts?|hz|ma|"
    r"strength|pain|scale|power|motor|reflex(?:es)?|murmurs?|systolic|diastolic|lymph|nodes?|cores?|bilaterally|"
    r"vicryl|nylon|prolene|silk|chromic|monocryl|pds|ethibond|ethilon|sutures?|screws?|"
    r"ppd|packs?|doses?|cups?|bottles?|cigarettes?|beers?|drinks?|visits?|of a|of an)"
)
_AFTER = re.compile(rf"(?:[ -]{{0,2}}{_UNITS}(?![a-z])|[ ]?[%°^]|[ ]?x10)")
_DOSE_AFTER = re.compile(
    r"[ -]{0,2}(?:m?c?g|ug|kgs?|ml|cc|[cm]m|units?|iu|meq|mmhg|percent|tabs?|tablets?)(?![a-z])|[ ]?%"
)
_WORD_BEFORE = re.compile(r"([a-z]{1,20})[^a-z0-9]{0,3}$")


def measured(text: str, end: int) -> bool:
    """Whether a unit of measure follows: then the number is no identifier. `text` is in lower case."""
    return _AFTER.match(text, end) is not None


def dosed(text: str, end: int) -> bool:
    """Whether a unit follows that nothing but an amount has: 5/10/15 mg. `text` is in lower case."""
    return _DOSE_AFTER.match(text, end) is not None


def word_before(text: str, start: int) -> str:
    """The word that ends within three characters before `start`, or nothing."""
    found = _WORD_BEFORE.search(text, max(0, start - 24), start)
    return found[1] if found else ""


def before(pattern: re.Pattern[str], text: str, start: int) -> re.Match[str] | None:
    """Where `pattern`, which has to end with ``$``, is found in the 40 characters before `start`."""
    return pattern.search(text, max(0, start - 40), start)
