"""The datatypes that a value can have at the places that a name in a policy stands for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from streamdeid.formats import hl7_tables
from streamdeid.formats.fhir_tables import PRIMITIVES, RELEASES, Tables, load
from streamdeid.types import Format

_VARIANT: Final = re.compile(r"\([^)]*\)")
_HL7: Final = re.compile(r"(?:([A-Z][A-Z0-9]{2})-(\d+)|([A-Z][A-Z_0-9]*))((?:\.\d+)*)")
#: Composites that are a date with something about it: what stands in them is a date.
_DATES: Final = frozenset({"TS"})


@lru_cache(maxsize=4096)
def value_types(format: Format, name: str) -> frozenset[str]:
    """The datatypes of the values that ``PID-7``, ``XPN.1``, ``DTM``, ``Patient.birthDate`` or ``Quantity.value``
    names, in all versions of its standard. Empty where only a message tells, or where the values have several kinds."""
    if format is Format.TEXT:
        return frozenset()
    plain = _VARIANT.sub("", name)
    found = set(_hl7(plain) if format is Format.HL7V2 else _fhir(plain))
    return frozenset() if "" in found else frozenset(found)


def _hl7(name: str) -> Iterator[str]:
    """One for each version; empty for a composite, and for one that only OBX-2 tells."""
    parts = _HL7.fullmatch(name)
    if parts is None:
        return
    segment, field, datatype, rest = parts.groups()
    components = [int(number) for number in rest.split(".")[1:]]
    for version in hl7_tables.VERSIONS:
        found = hl7_tables.field_datatype(version, segment, int(field)) if segment else datatype
        for number in components:
            if found is None or found in _DATES:
                break
            found = hl7_tables.component_datatype(version, found, number)
        if found is not None:
            is_composite = hl7_tables.is_composite(found) and found not in _DATES
            yield "" if is_composite or found == hl7_tables.VARIES else found


def _fhir(name: str) -> Iterator[str]:
    """One for each release, or for each type of a choice; empty for a type with elements."""
    if name in PRIMITIVES:
        yield name
        return
    for release in RELEASES:
        yield from _in_release(load(release), name.split("."))


def _in_release(tables: Tables, names: list[str]) -> Iterator[str]:
    start = next((n for n in range(len(names), 0, -1) if ".".join(names[:n]) in tables.types), 0)
    found = {".".join(names[:start])}
    for name in names[start:]:
        elements = [one for kind in found if kind in tables.types for one in tables.types[kind].elements.values()]
        found = {one.type for one in elements if name in (one.name, one.choice)}
    if start:
        yield from (kind if kind in PRIMITIVES else "" for kind in found)
