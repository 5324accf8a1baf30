"""Which elements the types of FHIR have: read from one JSON file for each release.

The files are written by `generate_fhir_tables`. R4 (4.0.1) and R4B (4.3.0) differ in a few research and product
resources only, and messages do not say which of the two they are; so both names stand for R4B with all that it
dropped from R4. STU3 is 3.0.2, R5 is 5.0.0.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

#: The primitive types (FHIR R4 datatypes, section 2.24.0.1; R5 adds integer64).
PRIMITIVES = frozenset(
    ("base64Binary", "boolean", "canonical", "code", "date", "dateTime", "decimal", "id", "instant", "integer")
) | {"integer64", "markdown", "oid", "positiveInt", "string", "time", "unsignedInt", "uri", "url", "uuid", "xhtml"}
#: Those that JSON writes as a number; integer64 is a string (R5 datatypes, section 2.1.28.0.1), though not with all.
NUMBERS = frozenset(("decimal", "integer", "positiveInt", "unsignedInt"))
#: The type of a place where any resource may stand.
ANY_RESOURCE = "Resource"

#: The table files that together define a release; where both define an element, the first one's stands.
RELEASES = {"R4B": ("R4B", "R4"), "R5": ("R5",), "STU3": ("STU3",)}
ALIASES = {"R4": "R4B"}


@dataclass(frozen=True, slots=True)
class ElementDefinition:
    """One element of a type: `name` as in JSON (``valueString``), `type` (``string``, ``HumanName``,
    ``Patient.contact``), whether it `repeats`, the `choice` it belongs to (``value[x]``) or empty, the type
    that it was inherited from (`owner`), and whether it is `mandatory` (of a choice: one of its elements)."""

    name: str
    type: str
    repeats: bool
    choice: str
    owner: str
    mandatory: bool = False


@dataclass(frozen=True, slots=True)
class TypeDefinition:
    """A complex type, a resource, or a backbone element (named by its path), with inherited elements."""

    name: str
    elements: Mapping[str, ElementDefinition]


@dataclass(frozen=True, slots=True)
class Tables:
    """A release of FHIR: its resource names, and all its types by name."""

    release: str
    resources: frozenset[str]
    types: Mapping[str, TypeDefinition]


@cache
def load(release: str = "R4B") -> Tables:
    """The tables of a release.

    Raises:
        ValueError: no such release; the message names those there are.
    """
    release = ALIASES.get(release, release)
    if release not in RELEASES:
        raise ValueError(f"no tables for FHIR {release}; there are {', '.join((*RELEASES, *ALIASES))}")
    bases: dict[str, str] = {}
    own: dict[str, dict[str, ElementDefinition]] = {}
    resources: set[str] = set()
    for part in reversed(RELEASES[release]):
        table = json.loads(table_file(part).read_text(encoding="utf-8"))
        resources.update(table["resources"])
        for name, definition in table["types"].items():
            bases[name] = definition["base"]
            own.setdefault(name, {}).update(_expanded(name, definition["elements"]))
    types = {name: TypeDefinition(name, _with_inherited(name, bases, own)) for name in own}
    return Tables(release, frozenset(resources), types)


def table_file(release: str) -> Path:
    """The file that holds the table of a release."""
    return Path(__file__).with_name(f"fhir_{release.lower()}.json")


def _expanded(owner: str, elements: dict[str, str]) -> Iterator[tuple[str, ElementDefinition]]:
    for name, marked in elements.items():
        types, is_mandatory = marked.rstrip("!"), marked.endswith("!")
        stem = name.removesuffix("[x]")
        if stem == name:
            yield name, ElementDefinition(name, types.rstrip("*"), types.endswith("*"), "", owner, is_mandatory)
            continue
        for type_name in types.split("|"):
            concrete = stem + type_name[0].upper() + type_name[1:]
            yield concrete, ElementDefinition(concrete, type_name, False, name, owner, is_mandatory)


def _with_inherited(
    name: str, bases: dict[str, str], own: dict[str, dict[str, ElementDefinition]]
) -> dict[str, ElementDefinition]:
    elements: dict[str, ElementDefinition] = {}
    while name in own:
        elements = own[name] | elements
        name = bases[name]
    return elements
