"""Places that depend on what stands beside the value: the type of an identifier, the unit of an age.

The lineage of such a leaf has one more name, right before the one that it is a variant of, so that a policy can treat
it apart; a path, and an extension by its URL, go before both:

- ``Identifier(SS).value`` a social security number, by the identifier's type (HL7 table 0203) or its system;
- ``Age(mo).value`` an age of less than 90 years in months, weeks, days, hours or minutes, whatever the unit;
- ``Quantity(a).value`` a quantity in years, which is an age more often than not (LOINC 30525-0);
- ``canonical(#)`` a canonical that means a contained resource by its id.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from streamdeid.formats.fhir_places import Catalogue
from streamdeid.formats.json_scan import Scan
from streamdeid.formats.variants import plain_name
from streamdeid.types import Leaf, Place

SOCIAL_SECURITY: Final = "Identifier(SS).value"
YOUNG_AGE: Final = "Age(mo).value"
YEARS: Final = "Quantity(a).value"
FRAGMENT: Final = "canonical(#)"

#: Bytes without which a message has none of these places: most messages are not looked at any further.
_MARKS: Final = (b'"SS"', b"ssn", b"SSN", b'113883.4.1"', b'"#', b'Age"', b'"a"', b"year", b"Year", b'"yr', b'"y"')
_SSN_SYSTEM: Final = re.compile(r"(?:.*[/:#_-])?ssn/?|urn:oid:2\.16\.840\.1\.113883\.4\.1", re.I | re.S)
_YEARS: Final = re.compile(r"a|a_[jgt]|y|yrs?|years?", re.I)
#: The first letters of a unit of less than a year, as UCUM or in words, and how many of it 90 years have.
_SHORT: Final = (("mo", 90 * 12), ("w", 90 * 52), ("d", 90 * 365), ("h", 90 * 8766), ("min", 90 * 525_960))
_ROLES: Final = (
    *("Identifier.value", "Identifier.system"),
    *("Age.value", "Quantity.value", "Quantity.code", "Quantity.unit", "canonical"),
)
_DECIDED: Final = ("Identifier.value", "Age.value", "Quantity.value", "canonical")
_TYPE_CODE: Final = ".type.coding.code"

#: All these names.
VARIANTS: Final = (SOCIAL_SECURITY, YOUNG_AGE, YEARS, FRAGMENT)


def variants(place: Place) -> tuple[str, ...]:
    """The names that a value at this place may have besides, by what stands beside it."""
    decides = next((role for role in _DECIDED if role in place.lineage), "")
    return tuple(name for name in VARIANTS if plain_name(name) == decides)


def refine(scan: Scan, raw: bytes, catalogue: Catalogue) -> None:
    """Gives the leaves of `scan` whose place depends on others their own place."""
    if any(mark in raw for mark in _MARKS):
        _Variants(scan, catalogue).replace()


class _Variants:
    """What stands beside what in one message: by the object that holds an identifier or a quantity."""

    def __init__(self, scan: Scan, catalogue: Catalogue) -> None:
        self._scan = scan
        self._catalogue = catalogue
        self._systems: dict[int, str] = {}
        self._types: dict[int, str] = {}
        self._units: dict[int, str] = {}

    def replace(self) -> None:
        """Puts new leaves where a place has a variant. Siblings may stand before or after a value: two rounds."""
        roles = _Roles()
        waiting: list[tuple[int, Callable[[Leaf], str]]] = []
        deciding = {
            "Identifier.value": self._of_identifier,
            "Age.value": self._of_age,
            "Quantity.value": self._of_quantity,
            "canonical": _of_canonical,
        }
        for index, leaf in enumerate(self._scan.leaves):
            role = roles[leaf.place]
            if role in deciding:
                waiting.append((index, deciding[role]))
            elif role:
                self._note(role, leaf)
        for index, decide in waiting:
            leaf = self._scan.leaves[index]
            name = decide(leaf)
            if name:
                self._scan.leaves[index] = leaf._replace(place=self._catalogue.variant(leaf.place, name))

    def _note(self, role: str, leaf: Leaf) -> None:
        holders = self._scan.holders
        if role == "Identifier.system":
            self._systems[leaf.holder] = leaf.text
        elif role == _TYPE_CODE:
            self._types.setdefault(holders[holders[leaf.holder].parent].parent, leaf.text)
        elif role == "Quantity.code" or leaf.holder not in self._units:
            self._units[leaf.holder] = leaf.text

    def _of_identifier(self, leaf: Leaf) -> str:
        system = self._systems.get(leaf.holder, "")
        is_ssn = self._types.get(leaf.holder) == "SS" or _SSN_SYSTEM.fullmatch(system) is not None
        return SOCIAL_SECURITY if is_ssn else ""

    def _of_age(self, leaf: Leaf) -> str:
        unit = self._units.get(leaf.holder, "").lower()
        limit = next((most for start, most in reversed(_SHORT) if unit.startswith(start)), None)
        return YOUNG_AGE if limit is not None and float(leaf.text) < limit else ""

    def _of_quantity(self, leaf: Leaf) -> str:
        return YEARS if _YEARS.fullmatch(self._units.get(leaf.holder, "")) else ""


class _Roles(dict[Place, str]):
    """What a place has to do with variants, for every place that is asked about."""

    def __missing__(self, place: Place) -> str:
        lineage = place.lineage
        role = next((role for role in _ROLES if role in lineage), "")
        if not role and place.path.endswith(_TYPE_CODE) and "Coding.code" in lineage:
            role = _TYPE_CODE
        self[place] = role
        return role


def _of_canonical(leaf: Leaf) -> str:
    return FRAGMENT if leaf.text.startswith("#") else ""
