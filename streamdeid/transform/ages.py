"""Ages: 90 and more become one class (45 CFR 164.514(b)(2)(i)(C)); below, they stay as they are."""

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
_UNITS: Final = (("mo", 12), ("w", 52), ("d", 365), ("h", 8766))


def generalise_age(text: str, numeric: bool = False) -> str:
    """An age as it is written, with 90+ for an age of 90 and more years; in a `numeric` field, 90.

    "92-year-old" becomes "90+ year-old", "ninety-two years old" becomes "90+ years old", "in her 90s" stays.
    """
    if numeric:
        return "90" if _number(text) > _OLDEST else text
    return _NUMBER.sub(_generalised, text)


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
