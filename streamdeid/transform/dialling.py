"""The codes that telephone numbers begin with: of countries (ITU-T E.164), and of areas of the United States."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

from streamdeid.transform import lexicon

#: Country codes of two digits; those that begin with 1 or 7 have one, all others three.
_OF_TWO: Final = frozenset(
    f"{first}{last}"
    for first, lasts in {
        2: "07",
        3: "0123469",
        4: "013456789",
        5: "12345678",
        6: "0123456",
        8: "1246",
        9: "0123458",
    }.items()
    for last in lasts
)
#: What is dialled before the code of another country: in most, and in North America.
_PREFIXES: Final = ("00", "011")
_SHORTEST: Final = 7
_DIALLED: Final = "#"


def country_code(digits: str, *, is_international: bool) -> str:
    """The digits up to the end of the country code; empty for a number without one. `is_international`: a plus sign
    stands before them, so that they begin with it."""
    prefix = "" if is_international else next((one for one in _PREFIXES if digits.startswith(one)), None)
    if prefix is None or len(digits) - len(prefix) < _SHORTEST:
        return ""
    rest = digits[len(prefix) :]
    length = 1 if rest[0] in "17" else 2 if rest[:2] in _OF_TWO else 3
    return "" if rest[0] == "0" else prefix + rest[:length]


def dialled(area: str, local: str) -> str:
    """The ten digits of a number of North America whose area code and local number are stated apart, with a sign before
    them that tells them from anything else; empty where they are none."""
    digits = re.sub(r"\D", "", area, flags=re.A), re.sub(r"\D", "", local, flags=re.A)
    return f"{_DIALLED}{digits[0]}{digits[1]}" if tuple(map(len, digits)) == (3, 7) else ""


def whole_of(text: str) -> str:
    """The inverse of `dialled`; empty for any other text."""
    return text[1:] if text.startswith(_DIALLED) else ""


def area_codes_near(code: str) -> Sequence[str]:
    """The area codes that serve the same area as this one, itself among them; all for one that is not known."""
    return _overlays().get(code) or ((code,) if code in lexicon.STATE_OF_AREA_CODE else lexicon.AREA_CODES)


def area_codes_in_state(code: str) -> Sequence[str]:
    """The area codes of the state of this one; all for one that is not known."""
    state = lexicon.STATE_OF_AREA_CODE.get(code) or next(
        (lexicon.STATE_OF_AREA_CODE[one] for one in _overlays().get(code, ()) if one in lexicon.STATE_OF_AREA_CODE), ""
    )
    return lexicon.area_codes_of(state)


@cache
def _overlays() -> Mapping[str, Sequence[str]]:
    """Area code -> those that serve its area, without the newest ones where there are others."""
    found: dict[str, Sequence[str]] = {}
    for line in lexicon.read_lines("area_code_overlays.txt"):
        codes = tuple(line.split(" "))
        usual = tuple(code for code in codes if code in lexicon.STATE_OF_AREA_CODE) or codes
        found.update(dict.fromkeys(codes, usual))
    return found
