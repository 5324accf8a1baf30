"""Which elements the types of FHIR have: read from one JSON file for each release.

The files are written by `generate_fhir_tables`. R4 (4.0.1) and R4B (4.3.0) differ in a few research and product
resources only, and messages do not say which of the two they are; so both names stand for R4B with all that it
dropped from R4. STU3 is 3.0.2, R5 is 5.0.0.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

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
    files = [json.loads(table_file(part).read_text(encoding="utf-8")) for part in reversed(RELEASES[release])]
    resources = frozenset(name for table in files for name in table["resources"])
    return Tables(release, resources, _Types([table["types"] for table in files]))


class _Types(Mapping[str, TypeDefinition]):
    """The types of a release by name, from what its files say of them, the last one first. Each is put together when
    it is asked for: there are tens of thousands of elements, and messages and policies are about few."""

    def __init__(self, files: Sequence[Mapping[str, Any]]) -> None:
        self._files = files
        self._names = dict.fromkeys(name for types in files for name in types)
        self._made: dict[str, TypeDefinition] = {}
        self._own: dict[str, dict[str, ElementDefinition]] = {}

    def __getitem__(self, name: str) -> TypeDefinition:
        made = self._made.get(name)
        if made is None:
            if name not in self._names:
                raise KeyError(name)
            made = self._made[name] = TypeDefinition(name, self._with_inherited(name))
        return made

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def _with_inherited(self, name: str) -> dict[str, ElementDefinition]:
        elements: dict[str, ElementDefinition] = {}
        while name in self._names:
            elements = self._elements(name) | elements
            name = next(types[name]["base"] for types in reversed(self._files) if name in types)
        return elements

    def _elements(self, name: str) -> dict[str, ElementDefinition]:
        """Those that are the type's own."""
        own = self._own.get(name)
        if own is None:
            own = self._own[name] = {}
            for types in self._files:
                own.update(_expanded(name, types[name]["elements"]) if name in types else ())
        return own


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
