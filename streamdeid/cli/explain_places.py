"""The places in messages that a path means that somebody has typed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import count, takewhile
from typing import Any

from streamdeid.errors import QuarantineError, UsageError
from streamdeid.formats import fhir, fhir_tables, fhir_version, hl7_tables
from streamdeid.formats.hl7_places import definitions_for
from streamdeid.likeness import asked
from streamdeid.policy.policy import Policy
from streamdeid.policy_files.known_names import doubt
from streamdeid.types import Format, Place

_HL7_VERSION = "2.8.2"


def meant(format: Format, path: str) -> str:
    """``; did you mean ...?``, or nothing."""
    found = doubt(format, path, {})
    return asked(found.meant) if found else ""


def hl7_places(policy: Policy, segment: str, numbers: Sequence[int], datatype: str) -> list[Place]:
    """The places of a field, of a component or of a subcomponent: those of its components, where a field has some.
    `datatype` is what the message would say where it decides."""
    definitions = definitions_for(policy.hl7v2.segments)

    def place(key: int | tuple[int, int, int]) -> Place:
        return definitions.place(_HL7_VERSION, segment, key, datatype)

    field, *parts = numbers
    if not parts:
        components = _components(_field_datatype(policy, segment, field, datatype))
        return [place((field, component, 1)) for component in components] or [place(field)]
    component, subcomponent = (*parts, 1)[:2]
    return [place((field, component, subcomponent))]


def _field_datatype(policy: Policy, segment: str, field: int, datatype: str) -> str:
    declared = policy.hl7v2.segments.get(segment, {}).get(field)
    return declared or datatype or hl7_tables.field_datatype(_HL7_VERSION, segment, field) or ""


def _components(datatype: str) -> list[int]:
    """The numbers of a composite's components; none of a primitive."""
    if not hl7_tables.is_composite(datatype):
        return []
    return list(takewhile(lambda number: hl7_tables.component_datatype(_HL7_VERSION, datatype, number), count(1)))


def fhir_place(policy: Policy, path: str) -> Place:
    """The place of the path in the first release that has it, of those that messages are read as.

    Raises:
        UsageError: none has it, or it leads to something that has parts.
    """
    faults: list[UsageError] = []
    for release in fhir_version.candidates(b"", policy.fhir.version):
        try:
            return _place_in(release, path)
        except UsageError as fault:
            faults.append(fault)
    raise faults[0]


def _place_in(release: str, path: str) -> Place:
    """The place of the path, as a scan of the smallest message that has it finds it."""
    tables = fhir_tables.load(release)
    resource, *names = path.split(".")
    if resource not in tables.resources:
        hint = meant(Format.FHIR, path)
        raise UsageError(f"{path} does not start with a resource type of FHIR {release}{hint}")
    message = {"resourceType": resource, **_member(tables, resource, names, path)}
    try:
        leaves = fhir.scan(json.dumps(message).encode(), version=release).leaves
    except QuarantineError as reason:
        raise UsageError(f"{path} cannot be read as FHIR {release}: {reason}") from None
    place: Place = leaves[-1].place
    return place


def _member(tables: fhir_tables.Tables, type_name: str, names: list[str], path: str) -> dict[str, Any]:
    """The JSON member, and those in it, that lead from a type to the last of `names`."""
    name, *rest = names
    definition = tables.types[type_name].elements.get(name)
    if definition is None:
        elements = tables.types[type_name].elements.values()
        choices = [each.name for each in elements if each.choice and name in (each.choice, each.choice[:-3])]
        hint = f"; it is one of {', '.join(choices)}" if choices else ""
        raise UsageError(f"FHIR has no {name} in {type_name}{hint or meant(Format.FHIR, path)}")
    value: Any
    if rest:
        if definition.type not in tables.types:
            raise UsageError(f"{name} in {type_name} is a {definition.type}, which has no {rest[0]}")
        value = _member(tables, definition.type, rest, path)
    else:
        value = _value(tables, definition.type, path)
    return {name: [value] if definition.repeats else value}


def _value(tables: fhir_tables.Tables, type_name: str, path: str) -> Any:
    if type_name in fhir_tables.NUMBERS:
        return 1
    if type_name == "boolean":
        return True
    if type_name in fhir_tables.PRIMITIVES:
        return "x"
    elements = ", ".join(sorted(tables.types[type_name].elements)) if type_name in tables.types else "any resource"
    raise UsageError(f"{path} is a {type_name}, which has parts: {elements}")
