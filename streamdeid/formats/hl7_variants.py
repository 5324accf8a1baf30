"""Places in HL7 v2 messages that depend on what stands beside the value.

The lineage of such a leaf has one more name, right before the one that it is a variant of, so that a policy can treat
it apart; a path goes before both:

- ``CX(SS).1`` the number of an identifier of a type, here a social security number; so ``XCN(NPI).1``. The type is that
  of HL7 table 0203 in CX.5, XCN.13, PPN.13, XON.7, or what the assigning authority gives out;
- ``OBX-5(age)`` a result that is an age in years, by OBX-3 (LOINC, or its text).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, MutableSequence, Sequence
from dataclasses import replace
from functools import lru_cache
from operator import attrgetter
from typing import Final

from streamdeid.formats.hl7_places import Er7Place
from streamdeid.formats.variants import has_variant, with_variant
from streamdeid.types import Leaf, Place

#: Datatype -> components: the number, its type, its authority; as policies name the number's place.
_IDENTIFIERS: Final = {"CX": (1, 5, 4), "XCN": (1, 13, 9), "PPN": (1, 13, 9), "XON": (10, 7, 6)}
#: Codes of table 0203, and authorities (HL7 OID registry), whose numbers are treated apart -> the name of their type.
_TYPES: Final = {
    **{code: code for code in ("SS", "DL", "NPI", "AN", "MR")},
    **{"SSN": "SS", "SSA": "SS", "USSSA": "SS", "2.16.840.1.113883.4.1": "SS"},
    "2.16.840.1.113883.4.6": "NPI",
}
#: Component of a check digit -> components of its number and of the scheme (HL7 table 0061).
_CHECKED: Final = {
    **dict.fromkeys(("CX.2", "CK.2", "CM_PAT_ID.2", "CM_PAT_ID_0192.2", "CK_ACCOUNT_NO.2"), (1, 3)),
    **dict.fromkeys(("XCN.11", "PPN.11"), (1, 12)),
    "XON.4": (3, 5),
}
#: LOINC codes, and names of local ones, whose answer is the patient's age in years.
_AGE_CODES: Final = frozenset({"30525-0", "21612-7", "29553-5", "21611-9", "63900-5", "age"})
_AGE_TEXT: Final = re.compile(r"(?:(?:patient|current)(?:'s)? )?age(?:[ ,:(-]+(?:in )?(?:years|yrs)\)?)?", re.I)
_YEARS: Final = re.compile(r"a|a_[jgt]|y|yrs?|years?|", re.I)
_BARE_AGE: Final = re.compile(r"\s*\d{1,3}\s*(?:y|yo|yrs?|years?)?\.?(?: old)?\s*", re.I)
_AGE: Final = "OBX-5(age)"
_OBX_CODES: Final = frozenset({1, 2, 4, 5})
#: All these names.
VARIANTS: Final = (
    _AGE,
    *(f"{name}({kind}).{parts[0]}" for name, parts in _IDENTIFIERS.items() for kind in dict.fromkeys(_TYPES.values())),
)
#: Senders that invent fields may not fill the memory.
_MOST_ROLES: Final = 65_536
_start: Final = attrgetter("start")


def refine(leaves: MutableSequence[Leaf]) -> None:
    """Gives the leaves whose place depends on others their own place."""
    if len(_roles) > _MOST_ROLES:
        _roles.clear()
    for index, leaf in enumerate(leaves):
        role = _roles[leaf.place]
        if not role:
            continue
        if role == "OBX-3":
            if _names_age(leaf.text):
                _mark_age(leaves, index)
        elif kind := _TYPES.get(leaf.text.strip().upper()):
            _mark_identifier(leaves, index, role, kind)


def variants(place: Place) -> tuple[str, ...]:
    """The names that a value at this place may have besides, by what stands beside it."""
    if not isinstance(place, Er7Place) or has_variant(place.lineage):
        return ()
    if place.segment == "OBX" and place.field == 5:
        return (_AGE,)
    number = _IDENTIFIERS.get(place.datatype, (0,))[0]
    if place.component != number:
        return ()
    return tuple(f"{place.datatype}({kind}).{number}" for kind in dict.fromkeys(_TYPES.values()))


def checked_number(leaves: Sequence[Leaf], check: Leaf) -> tuple[Leaf, str] | None:
    """For the leaf of a check digit: the leaf of its number, and the scheme; None where there is no number."""
    components = next((_CHECKED[name] for name in check.place.lineage if name in _CHECKED), None)
    if components is None:
        return None
    parts = {
        leaf.place.component: leaf
        for leaf in _beside(leaves, bisect_left(leaves, check.start, key=_start))
        if isinstance(leaf.place, Er7Place) and leaf.place.subcomponent == 1
    }
    number, scheme = (parts.get(component) for component in components)
    return None if number is None else (number, "" if scheme is None else scheme.text)


class _Roles(dict[Place, str]):
    """What a value at a place can say about another: ``CX``, the datatype whose number's type or authority it is;
    ``OBX-3``; or nothing. Every leaf of every message is looked up here."""

    def __missing__(self, place: Place) -> str:
        role = self[place] = _role(place) if isinstance(place, Er7Place) else ""
        return role


_roles: Final = _Roles()


def _role(place: Er7Place) -> str:
    if place.segment == "OBX" and place.field == 3:
        return "OBX-3" if place.component in _OBX_CODES else ""
    parts = _IDENTIFIERS.get(place.datatype)
    return place.datatype if parts is not None and place.component in parts[1:] and place.subcomponent < 3 else ""


@lru_cache(maxsize=4096)
def _names_age(text: str) -> bool:
    return text.casefold() in _AGE_CODES or _AGE_TEXT.fullmatch(text) is not None


@lru_cache(maxsize=65_536)
def _variant(place: Er7Place, name: str) -> Er7Place:
    return replace(place, lineage=with_variant(place.lineage, name))


def _beside(leaves: Sequence[Leaf], index: int) -> Iterator[Leaf]:
    """The leaves of the repetition in which the leaf of this index stands, itself as well."""
    holder = leaves[index].holder
    first = index
    while first and leaves[first - 1].holder == holder:
        first -= 1
    while first < len(leaves) and leaves[first].holder == holder:
        yield leaves[first]
        first += 1


def _mark_identifier(leaves: MutableSequence[Leaf], index: int, datatype: str, kind: str) -> None:
    number, holder = _IDENTIFIERS[datatype][0], leaves[index].holder
    step = -1 if datatype != "XON" else 1
    at = index + step
    while 0 <= at < len(leaves) and leaves[at].holder == holder:
        place = leaves[at].place
        if isinstance(place, Er7Place) and place.component == number and not has_variant(place.lineage):
            leaves[at] = leaves[at]._replace(place=_variant(place, f"{datatype}({kind}).{number}"))
        at += step


def _mark_age(leaves: MutableSequence[Leaf], index: int) -> None:
    """OBX-5 of the segment in which the leaf of this index stands, if OBX-6 does not say that it is no years."""
    unit = leaves[index].unit
    values: list[int] = []
    for at in range(index + 1, len(leaves)):
        leaf = leaves[at]
        if leaf.unit != unit or not isinstance(leaf.place, Er7Place):
            break
        if leaf.place.field == 5 and _is_age(leaf):
            values.append(at)
        elif leaf.place.field == 6 and not _YEARS.fullmatch(leaf.text.strip()):
            return
        elif leaf.place.field == 6:
            break
    for at in values:
        place = leaves[at].place
        if isinstance(place, Er7Place) and not has_variant(place.lineage):
            leaves[at] = leaves[at]._replace(place=_variant(place, _AGE))


def _is_age(leaf: Leaf) -> bool:
    return leaf.place.lineage[-1] == "NM" or _BARE_AGE.fullmatch(leaf.text) is not None
