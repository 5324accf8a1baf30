"""Names of types and of their parts, as rules have them: ``XPN.10``, ``CX.4.1``, ``CX(SS).1``, ``HumanName.family``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from streamdeid.errors import UsageError
from streamdeid.formats import hl7_tables
from streamdeid.formats.fhir_tables import PRIMITIVES, RELEASES, load
from streamdeid.formats.lineages import lineages
from streamdeid.formats.variants import is_variant, plain_name
from streamdeid.policy.policy import Policy, Rule
from streamdeid.policy_files.known_names import doubt
from streamdeid.types import Format

_HL7: Final = re.compile(r"([A-Z][A-Z_0-9]*)(?:\.\d+)*")


def type_format(policy: Policy, name: str) -> Format | None:
    """The format whose type, or part of a type, has this name; None for places of messages, and for what is neither."""
    plain = plain_name(name)
    found = _HL7.fullmatch(plain)
    segments = hl7_tables.all_segments() | policy.hl7v2.segments.keys()
    if found and found[1] in hl7_tables.all_datatypes() and found[1] not in segments:
        return Format.HL7V2
    head = plain.partition(".")[0]
    tables = [load(release) for release in RELEASES]
    if head in PRIMITIVES or any(head in one.types and head not in one.resources for one in tables):
        return Format.FHIR
    return None


def type_lineages(format: Format, name: str) -> list[tuple[str, ...]]:
    """The names that a value of the type has, from this one on; several where its parts, or the versions, differ.

    Raises:
        UsageError: no version of the standard has it, or it is a type of FHIR with parts, which rules name.
    """
    odd = doubt(format, name, {})
    if odd is not None:
        raise UsageError(f"{name}: {odd.why}")
    types = [load(release).types for release in RELEASES] if format is Format.FHIR else []
    for elements in (known[name].elements for known in types if name in known and name not in PRIMITIVES):
        if not name.startswith("Extension"):
            raise UsageError(f"{name} has parts: {', '.join(sorted(elements))}")
    return sorted(lineages(format, name, {}))


def going_before(policy: Policy, format: Format, name: str) -> tuple[str, ...]:
    """The names with a rule in the policy that go before this one, each for some of its values."""
    rules: Mapping[str, Rule] = policy.hl7v2.rules if format is Format.HL7V2 else policy.fhir.rules
    declared = policy.hl7v2.segments if format is Format.HL7V2 else {}
    if is_variant(name):  # what gives way to types does so here
        rules = {one: rule for one, rule in rules.items() if not (rule.unless_typed or is_variant(one))}
        name = plain_name(name)
    return tuple(one for one in rules if one != name and any(_before(one, name, lineages(format, one, declared))))


def _before(one: str, name: str, found: Iterable[tuple[str, ...]]) -> Iterator[bool]:
    return (name in lineage and one in lineage[: lineage.index(name)] for lineage in found)
