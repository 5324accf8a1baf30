"""Ages: 90 and more become one class (45 CFR 164.514(b)(2)(i)(C)); below, they stay as they are, or become bands."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_OLDEST: Final = 89
_NUMBER: Final = re.compile(
    r"(?<![\d.,])(?P<digits>\d{1,4})(?:\.\d+)?(?P<plural>'?s\b)?(?P<hyphen>-(?=y))?"
    r"(?P<unit>\s*-?\s*(?:months?|mos?|weeks?|wks?|days?|hours?|hrs?)\b)?"
    r"|\b(?P<words>ninety(?:[\s-]+(?:one|two|three|four|five|six|seven|eight|nine)\b)?"
    r"|(?:one|a)\s+hundred(?:\s+and)?(?:[\s-]+(?:one|two|three|four|five|six|seven|eight|nine|ten)\b)?)"
    r"(?P<words_hyphen>-(?=y))?",
    re.I,
)
_ONES: Final = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS: Final = (
    *("ten", "eleven", "twelve", "thirteen", "fourteen"),
    *("fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS: Final = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
#: Numbers in words; a decade is called by the first age of it.
_WORDS: Final = {
    **{word: number for number, word in enumerate([*_ONES, *_TEENS], 1)},
    **{word: 10 * number for number, word in enumerate(_TENS, 2)},
    **{word.replace("y", "ies"): 10 * number for number, word in enumerate(_TENS, 2)},
    "fourty": 40,
}
#: `_NUMBER`, and numbers below ninety in words.
_ANY_NUMBER: Final = re.compile(
    rf"{_NUMBER.pattern}|\b(?P<spelled>(?:{'|'.join(_TENS)}|fourty)(?:[\s-]+(?:{'|'.join(_ONES)})\b)?"
    rf"|{'|'.join((*_TEENS, *_ONES))}|(?P<decade>{'|'.join(word.replace('y', 'ies') for word in _TENS)}))\b"
    r"(?P<spelled_hyphen>-(?=y))?(?P<spelled_unit>\s*-?\s*(?:months?|mos?|weeks?|wks?|days?|hours?|hrs?)\b)?",
    re.I,
)
_UNITS: Final = (("mo", 12), ("w", 52), ("d", 365), ("h", 8766))


def generalise_age(text: str, numeric: bool = False) -> str:
    """An age as it is written, with 90+ for an age of 90 and more years; in a `numeric` field, 90.

    "92-year-old" becomes "90+ year-old", "ninety-two years old" becomes "90+ years old", "in her 90s" stays.
    """
    if numeric:
        return "90" if _number(text) > _OLDEST else text
    return _NUMBER.sub(_generalised, text)


def first_year_told(message_year: int) -> int:
    """The earliest year that may be told in a message of that year: what was longer ago tells an age above 89 (45 CFR
    164.514(b)(2)(i)(C)), and becomes this year, as ages above 89 become 90."""
    return message_year - _OLDEST - 1


class Bands(NamedTuple):
    """Bands of ages: all of `step` years, or those that begin with the ages `starts`, the lowest first, and with 0.
    From 90 on there is one band, whatever they say."""

    step: int = 10
    starts: tuple[int, ...] = ()

    def of(self, years: int) -> tuple[int, int]:
        """The first and last age of the band that an age lies in; of all from 90 on, 90 twice."""
        if years > _OLDEST:
            return _OLDEST + 1, _OLDEST + 1
        if not self.starts:
            low = max(years, 0) // self.step * self.step
            return low, min(low + self.step - 1, _OLDEST)
        low = max((start for start in self.starts if start <= years), default=0)
        return low, min(start - 1 for start in (*self.starts, _OLDEST + 1) if start > years)


def banded_ages(text: str, bands: Bands) -> str:
    """The ages in `text` as bands: "63-year-old" becomes "60-69 year-old", "sixty-three" "60-69", "18 months"
    "0-9 years". Empty where there is no age in it that can be read."""
    if not _ANY_NUMBER.search(text):
        return ""
    return _ANY_NUMBER.sub(lambda found: _banded(found, bands), text)


def _banded(found: re.Match[str], bands: Bands) -> str:
    tail = " " if found["hyphen"] or found["words_hyphen"] or found["spelled_hyphen"] else ""
    if found["words"]:
        return "90+" + tail
    unit = (found["unit"] or found["spelled_unit"] or "").strip(" -").lower()
    number = int(found["digits"]) if found["digits"] else _in_words(found["spelled"])
    years = number // next((each for start, each in _UNITS if unit.startswith(start) and unit), 1)
    low, high = bands.of(years)
    if found["plural"] or found["decade"]:
        high = bands.of(years + 9)[1]
    band = "90+" if low > _OLDEST else f"{low}+" if high > _OLDEST else str(low) if low == high else f"{low}-{high}"
    return band + tail + (" years" if unit else "")


def _in_words(text: str) -> int:
    return sum(_WORDS[word] for word in re.split(r"[\s-]+", text.lower()))


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _generalised(found: re.Match[str]) -> str:
    if found["words"]:
        return "90+" + (" " if found["words_hyphen"] else "")
    if int(found["digits"]) <= _limit(found["unit"]):
        return found[0]
    if found["plural"]:
        return found[0] if int(found["digits"]) == 90 else "90+"
    return "90+" + (" " if found["hyphen"] else "") + (" years" if found["unit"] else "")


def _limit(unit: str | None) -> int:
    """The highest number of this unit that is still less than 90 years."""
    if not unit:
        return _OLDEST
    name = unit.strip(" -").lower()
    return next(per_year * 90 - 1 for start, per_year in _UNITS if name.startswith(start))
