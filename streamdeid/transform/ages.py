"""Ages: 90 and more become one class (45 CFR 164.514(b)(2)(i)(C)); below, they stay as they are, or become bands."""

from __future__ import annotations

import re
from typing import Final

_OLDEST: Final = 89
_NUMBER: Final = re.compile(
    r"(?<![\d.,])(?P<digits>\d{1,4})(?:\.\d+)?(?P<plural>'?s\b)?(?P<hyphen>-(?=y))?"
    r"(?P<unit>\s*-?\s*(?:months?|mos?|weeks?|wks?|days?|hours?|hrs?)\b)?"
    r"|\b(?P<words>ninety(?:[\s-]+(?:one|two|three|four|five|six|seven|eight|nine)\b)?"
    r"|(?:one|a)\s+hundred(?:\s+and)?(?:[\s-]+(?:one|two|three|four|five|six|seven|eight|nine|ten)\b)?)"
    r"(?P<words_hyphen>-(?=y))?",
    re.I,
)
#: Numbers in words, below ninety.
_SPELLED: Final = re.compile(
    r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twent(?:y|ies)|thirt(?:y|ies)"
    r"|fort(?:y|ies)|fift(?:y|ies)|sixt(?:y|ies)|sevent(?:y|ies)|eight(?:y|ies)|nineties)\b",
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


def age_band(years: int, step: int) -> tuple[int, int]:
    """The first and last age of the band of `step` years that an age lies in; of all from 90 on, 90 twice."""
    if years > _OLDEST:
        return _OLDEST + 1, _OLDEST + 1
    low = max(years, 0) // step * step
    return low, min(low + step - 1, _OLDEST)


def banded_ages(text: str, step: int) -> str:
    """The ages in `text` as bands of `step` years: "63-year-old" becomes "60-69 year-old", "18 months" "0-9 years".
    Empty where there is no age in it that can be read, or one in words below ninety."""
    if not _NUMBER.search(text) or _SPELLED.search(_NUMBER.sub("", text)):
        return ""
    return _NUMBER.sub(lambda found: _banded(found, step), text)


def _banded(found: re.Match[str], step: int) -> str:
    tail = " " if found["hyphen"] or found["words_hyphen"] else ""
    if found["words"]:
        return "90+" + tail
    unit = (found["unit"] or "").strip(" -").lower()
    years = int(found["digits"]) // next((each for start, each in _UNITS if unit.startswith(start) and unit), 1)
    low, high = age_band(years, step)
    if found["plural"]:
        high = age_band(years + 9, step)[1]
    band = "90+" if low > _OLDEST else f"{low}+" if high > _OLDEST else str(low) if low == high else f"{low}-{high}"
    return band + tail + (" years" if unit else "")


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
