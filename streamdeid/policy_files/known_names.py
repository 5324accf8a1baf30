"""The names that a policy may speak of, and what somebody meant who wrote another one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Final, NamedTuple

from streamdeid.formats import hl7_tables
from streamdeid.formats.fhir_tables import PRIMITIVES, RELEASES, Tables, load
from streamdeid.policy_files.including import suggestion
from streamdeid.types import UNDEFINED, Format

#: The labels that detectors give and fields state. A policy may use finer ones of its own below the families.
LABELS: Final = tuple(
    f"{family}/{fine}".rstrip("/")
    for family, names in {
        "NAME": " FAMILY GIVEN FULL PREFIX SUFFIX DEGREE USER PATIENT DOCTOR RELATIVE OTHER",
        "DATE": " BIRTH",
        "AGE": "",
        "ID": " MRN SSN ACCOUNT PLAN LICENSE NPI VEHICLE DEVICE RESOURCE MESSAGE OTHER",
        "CONTACT": " PHONE FAX EMAIL URL IP ANY",
        "LOCATION": " STREET CITY COUNTY STATE ZIP COUNTRY ADDRESS HOSPITAL ORGANIZATION ROOM GEO",
        "PROFESSION": "",
    }.items()
    for fine in names.split(" ")
)
_VARIANT: Final = re.compile(r"\([^)]*\)")
_HL7: Final = re.compile(r"(?:([A-Z][A-Z0-9]{2})-(\d+)|([A-Z][A-Z_0-9]*))((?:\.\d+)*)")
_GENERAL: Final = frozenset((*UNDEFINED, hl7_tables.VARIES))


class Doubt(NamedTuple):
    """What is odd about a name. `certain`: nothing has this name, so the rule would never be used; otherwise only a
    message with something of its sender's own has it."""

    why: str
    certain: bool


def doubt(format: Format, name: str, declared: Mapping[str, Mapping[int, str]]) -> Doubt | None:
    """What is odd about the name of a rule; None where the standards have it, or `declared` as the policy declares
    segments. Names in documents are not looked at."""
    if name in _GENERAL or format is Format.TEXT:
        return None
    plain = _VARIANT.sub("", name)
    return _hl7(plain, declared) if format is Format.HL7V2 else _fhir(plain)


def unlike_label(label: str) -> str:
    """What may have been meant by a label that nothing gives; empty for one that is known or like none."""
    return "" if label in LABELS else suggestion(label, LABELS, 0.8)


def _hl7(name: str, declared: Mapping[str, Mapping[int, str]]) -> Doubt | None:
    parts = _HL7.fullmatch(name)
    if parts is None:
        near = name.replace("-", ".").partition(".")
        written = f"{near[0].upper()}-{near[2]}" if near[0].upper() in hl7_tables.all_segments() else ""
        return Doubt("no name of HL7 v2" + (f"; did you mean {written}?" if written else ""), certain=True)
    segment, field, datatype, rest = parts.groups()
    components = [int(number) for number in rest.split(".")[1:]]
    if segment is None:
        return _datatype(datatype, components, set(declared))
    if segment in declared or segment.startswith("Z"):
        return None
    if segment not in hl7_tables.all_segments():
        return Doubt(f"no segment {segment}{_other(segment, hl7_tables.all_segments(), name)}", certain=True)
    types = {hl7_tables.field_datatype(version, segment, int(field)) for version in hl7_tables.VERSIONS} - {None}
    if not types:
        return Doubt(f"no version of HL7 v2 defines {segment}-{field}", certain=False)
    return _components([str(kind) for kind in types], components, name)


def _datatype(name: str, components: list[int], declared: set[str]) -> Doubt | None:
    segments = hl7_tables.all_segments() | declared
    whole = ".".join((name, *map(str, components)))
    plain = name.removesuffix("_SIMPLE")  # hl7apy's mark for a datatype whose components have no parts
    if plain in hl7_tables.all_datatypes():
        return _components([plain], components, whole)
    if not components and (name in segments or re.fullmatch("Z[A-Z0-9]{2}", name)):
        return None
    if components and name in segments:
        return Doubt(f"{name} is a segment; did you mean {name}-{whole.partition('.')[2]}?", certain=True)
    return Doubt(f"no datatype {name}{_other(name, hl7_tables.all_datatypes(), whole)}", certain=True)


def _components(types: Sequence[str], numbers: list[int], name: str) -> Doubt | None:
    found = set(types)
    for number in numbers:
        if found & {hl7_tables.VARIES} or not any(map(hl7_tables.is_composite, found)):
            return None
        pairs = [(version, kind) for version in hl7_tables.VERSIONS for kind in found]
        below = {hl7_tables.component_datatype(version, kind, number) for version, kind in pairs}
        found = {kind for kind in below if kind is not None}
        if not found:
            return Doubt(f"no version of HL7 v2 defines {name}", certain=False)
    return None


def _other(name: str, known: frozenset[str], whole: str) -> str:
    """What `whole` would be with another name in the place of this one: of the same letters, or a similar one."""
    turned = [one for one in sorted(known) if sorted(one) == sorted(name)]
    hint = f"; did you mean {' or '.join(turned[:2])}?" if turned else suggestion(name, sorted(known), 0.5)
    return _swapped(hint, lambda one: whole.replace(name, one, 1))


def _swapped(hint: str, whole: Callable[[str], str]) -> str:
    if not hint:
        return ""
    names = hint.removeprefix("; did you mean ").removesuffix("?").split(" or ")
    return f"; did you mean {' or '.join(map(whole, names))}?"


def _fhir(name: str) -> Doubt | None:
    names = name.split(".")
    # What is meant by another name is looked for only where no release has it: that takes long.
    if name in PRIMITIVES or any(_is_in(load(release), names) for release in RELEASES):
        return None
    doubts = [_in_release(load(release), names) for release in RELEASES]
    return next((one for one in doubts if one and "did you mean" in one.why), doubts[0])


def _is_in(tables: Tables, names: list[str]) -> bool:
    start = next((n for n in range(len(names), 0, -1) if ".".join(names[:n]) in tables.types), 0)
    found = {".".join(names[:start])} if start else set[str]()
    for name in names[start:]:
        found = {element for kind in found for element in _types(tables, kind, name)}
    return bool(found)


def _in_release(tables: Tables, names: list[str]) -> Doubt | None:
    start = next((n for n in range(len(names), 0, -1) if ".".join(names[:n]) in tables.types), 0)
    if not start:
        if len(names) == 1:
            hint = suggestion(names[0], [*sorted(PRIMITIVES), *sorted(tables.types)])
        else:
            hint = _swapped(suggestion(names[0], sorted(tables.types)), lambda one: ".".join((one, *names[1:])))
        return Doubt(f"FHIR has no type {names[0]}{hint}", certain=True)
    found = {".".join(names[:start])}
    for at in range(start, len(names)):
        known = sorted(_elements(tables, found))
        below = {element for kind in found for element in _types(tables, kind, names[at])}
        if not below:
            whole = ".".join(names[:at])
            hint = suggestion(names[at], known)
            hint = _swapped(hint, lambda one, at=at: ".".join((*names[:at], one, *names[at + 1 :])))  # type: ignore[misc]
            # Unlike any other name, it may be an element that a sender has made up.
            return Doubt(f"FHIR has no {names[at]} in {whole}{hint}", certain=bool(hint))
        found = below
    return None


def _types(tables: Tables, kind: str, name: str) -> Iterator[str]:
    elements = tables.types[kind].elements.values() if kind in tables.types else ()
    return (one.type for one in elements if name in (one.name, one.choice))


@cache
def _names_of(release: str, kind: str) -> frozenset[str]:
    types = load(release).types
    elements = types[kind].elements.values() if kind in types else ()
    return frozenset(name for one in elements for name in (one.name, one.choice) if name)


def _elements(tables: Tables, kinds: set[str]) -> set[str]:
    return {name for kind in kinds for name in _names_of(tables.release, kind)}
