"""The places that a rule's name stands for, each as a lineage: so that two policies can be compared where they act."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Final

from streamdeid.formats import hl7_tables
from streamdeid.formats.fhir_tables import PRIMITIVES, RELEASES, Tables, load
from streamdeid.formats.hl7_places import Declarations, Definitions
from streamdeid.formats.variants import is_variant, plain_name, with_variant
from streamdeid.types import Format

_HL7: Final = re.compile(r"(?:([A-Z][A-Z0-9]{2})-(\d+)|([A-Z][A-Z_0-9]*))((?:\.\d+){0,2})")
#: A segment that there is not, for datatypes by themselves.
_NOWHERE: Final = "ZZZ"
_VERSIONS: Final = ("2.8.2", "2.5.1", "2.3")
_MOST_PARTS: Final = 40


def lineages(format: Format, name: str, declared: Declarations) -> frozenset[tuple[str, ...]]:
    """The lineages of the places that a name stands for, from that name on where it is a datatype's. At least one:
    the name alone, where the tables do not say more."""
    plain = plain_name(name)
    found: Iterable[tuple[str, ...]] = ()
    if format is Format.HL7V2:
        found = _hl7(plain, declared)
    elif format is Format.FHIR:
        found = _fhir(plain)
    whole = {_as_variant(lineage, name) if plain != name else lineage for lineage in found}
    return frozenset(whole) or frozenset({(name, plain)})


def _as_variant(lineage: tuple[str, ...], name: str) -> tuple[str, ...]:
    return with_variant(lineage, name) if is_variant(name) else (name, *lineage)


def _hl7(name: str, declared: Declarations) -> Iterator[tuple[str, ...]]:
    parts = _HL7.fullmatch(name)
    if parts is None:
        return
    segment, field, datatype, rest = parts.groups()
    numbers = [int(number) for number in rest.split(".")[1:]]
    if segment is None:
        if datatype not in hl7_tables.all_datatypes():
            return
        segment, field, declared = _NOWHERE, "1", {_NOWHERE: {1: datatype}}
    definitions = Definitions(declared)
    for version in _VERSIONS:
        for key in _keys(definitions, version, (segment, int(field)), numbers):
            lineage = definitions.place(version, segment, key).lineage
            if name in lineage:
                yield lineage if segment != _NOWHERE else lineage[lineage.index(name) :]


def _keys(
    definitions: Definitions, version: str, at: tuple[str, int], numbers: list[int]
) -> Iterator[int | tuple[int, int, int]]:
    """The field itself, and what is in it as far as the tables go."""
    segment, field = at
    whole = definitions.place(version, segment, field)
    if not numbers:
        yield field
    components = numbers[:1] or _numbers(version, whole.datatype)
    for component in components:
        inner = hl7_tables.component_datatype(version, whole.datatype, component) or ""
        for subcomponent in numbers[1:] or _numbers(version, inner) or [1]:
            yield field, component, subcomponent


@lru_cache(maxsize=1024)
def _numbers(version: str, datatype: str) -> list[int]:
    if not hl7_tables.is_composite(datatype):
        return []
    numbers = range(1, _MOST_PARTS)
    return [number for number in numbers if hl7_tables.component_datatype(version, datatype, number)]


def _fhir(name: str) -> Iterator[tuple[str, ...]]:
    if name in PRIMITIVES:
        yield (name,)
        return
    for release in RELEASES:
        yield from _in_release(load(release), name.split("."))


def _in_release(tables: Tables, names: list[str]) -> Iterator[tuple[str, ...]]:
    """The name, the same by the type that the element is defined in, by its choice, and its datatype."""
    start = next((n for n in range(len(names), 0, -1) if ".".join(names[:n]) in tables.types), 0)
    if start == len(names):
        start -= 1
    owners = {".".join(names[:start])} & set(tables.types)
    for depth in range(start, len(names)):
        pairs = [(tables.types[kind], one) for kind in owners for one in tables.types[kind].elements.values()]
        fitting = [(kind, one) for kind, one in pairs if names[depth] in (one.name, one.choice)]
        if depth == len(names) - 1:
            for kind, one in fitting:
                general = [f"{kind.name}.{one.name}", *([f"{kind.name}.{one.choice}"] if one.choice else [])]
                lineage = (".".join(names), *general, f"{one.owner}.{one.name}", one.type)
                yield tuple(dict.fromkeys(lineage))
        owners = {one.type for _, one in fitting} & set(tables.types)


def first(rules: Mapping[str, object], lineage: Iterable[str]) -> str:
    """The most specific name of a lineage that has a rule; empty where none has."""
    return next((name for name in lineage if name in rules), "")
