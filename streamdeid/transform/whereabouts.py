"""Where an address is, from its parts: what all false parts of it are chosen by, so that they are of one real place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from streamdeid.transform import lexicon
from streamdeid.transform.abroad import beginning, region_of
from streamdeid.transform.localities import city_area, state_of_area

#: Three-digit ZIP areas of 20,000 people or fewer (HHS guidance on de-identification, Census 2000).
SMALL_ZIP_AREAS: Final = frozenset(
    "036 059 063 102 203 556 692 790 821 823 830 831 878 879 884 890 893".split()  # noqa: SIM905 - to be read as a list
)
ZIP: Final = re.compile(r"(?P<area>\d{3})(?P<rest>\d\d)(?P<more>-?\d{4})?", re.A)
STATES: Final[Mapping[str, str]] = lexicon.STATES
_SEPARATOR: Final = "|"


class Whereabouts(NamedTuple):
    """State and ZIP3 area, or the region and `beginning` of `abroad`, empty where they are not known; `key` tells this
    address from others there: the city, or else the postal code."""

    state: str
    area: str
    key: str

    def encode(self) -> str:
        """As text."""
        return _SEPARATOR.join(self)

    @classmethod
    def decode(cls, text: str) -> Whereabouts | None:
        """The inverse of `encode`; None for any other text."""
        parts = text.split(_SEPARATOR)
        return cls(*parts) if len(parts) == len(cls._fields) else None


def whereabouts(parts: Iterable[tuple[str, str]]) -> Whereabouts:
    """Where an address is, by the labels and values of its parts, one or more of them. The state is the one that is
    stated; without one, that of the ZIP code, or of the largest city of the name. Of a ZIP code of another state than
    the stated one nothing is taken."""
    stated = dict(parts).get
    city, state, code = (stated(label, "") for label in ("LOCATION/CITY", "LOCATION/STATE", "LOCATION/ZIP"))
    return located(city, state, code, stated("LOCATION/COUNTRY", ""))


def located(city: str, named: str, code: str, country: str = "") -> Whereabouts:
    """As `whereabouts`, by city, state, ZIP code and country; what is not stated is empty."""
    city = " ".join(city.casefold().replace(_SEPARATOR, " ").split())
    code = code.strip()
    region = region_of(city, state_code(named), code, country)
    if region:
        return Whereabouts(region, beginning(region, code), city or code.upper().replace(_SEPARATOR, " "))
    if ZIP.fullmatch(code) is None:
        code = ""
    area, home = code[:3], state_of_area(code[:3])
    state = state_code(named) if named.strip() else home
    if home != state:
        area = ""
    if city and not area:
        found = city_area(city, state)
        state, area = (found.state, found.area) if found else (state, "")
    return Whereabouts(state, "" if area in SMALL_ZIP_AREAS else area, city or code[:5])


@lru_cache(maxsize=4096)
def of_parts(parts: tuple[tuple[str, str], ...]) -> Whereabouts:
    """`whereabouts`, remembered."""
    return whereabouts(parts)


@lru_cache(maxsize=4096)
def of_part(label: str, text: str, parts: tuple[tuple[str, str], ...]) -> str:
    """What a part of an address has to know of the others, encoded; empty where it tells as much by itself."""
    whole = of_parts(parts)
    return "" if whole == whereabouts(((label, text),)) else whole.encode()


def state_code(text: str) -> str:
    """The code of a state or province that is spelled out, or is a code; empty for anything else."""
    plain = text.strip().replace(".", "")
    if plain.isascii() and plain.isalpha() and len(plain) <= 3:
        return plain.upper()
    return STATES.get(" ".join(plain.casefold().split()), "")
