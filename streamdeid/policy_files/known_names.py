"""The names that a policy may speak of, and what somebody meant who wrote another one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final, NamedTuple

from streamdeid.formats import fhir_variants, hl7_path, hl7_tables, hl7_variants
from streamdeid.formats.fhir_selectors import Route, routes_of, targets
from streamdeid.formats.fhir_tables import PRIMITIVES, RELEASES, Tables, load
from streamdeid.formats.variants import is_variant
from streamdeid.likeness import alike, asked, suggestion
from streamdeid.policy.rule_forms import is_expression
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
#: As `_HL7`, with numbers as names of places have them.
_WRITTEN: Final = re.compile(r"[A-Z][A-Z0-9]{2}-(?:0|[1-9]\d*)(?:\.[1-9]\d*){0,2}")
_VARIANTS: Final = {Format.HL7V2: hl7_variants.VARIANTS, Format.FHIR: fhir_variants.VARIANTS}
_GENERAL: Final = frozenset((*UNDEFINED, hl7_tables.VARIES))


class Doubt(NamedTuple):
    """What is odd about a name: `what`, and names that may be `meant`. `certain`: nothing has this name, so the rule
    would never be used; otherwise only a message with something of its sender's own has it."""

    what: str
    certain: bool
    meant: tuple[str, ...] = ()

    @property
    def why(self) -> str:
        """Both, for people."""
        return f"{self.what}{asked(self.meant)}"


def doubt(format: Format, name: str, declared: Mapping[str, Mapping[int, str]]) -> Doubt | None:
    """What is odd about the name of a rule; None where the standards have it, or `declared` as the policy declares
    segments. Names in documents are not looked at."""
    if name in _GENERAL or format is Format.TEXT:
        return None
    if format is Format.FHIR and is_expression(name):  # a policy with one is not valid
        return None
    if is_variant(name) and name not in _VARIANTS[format]:
        written = _written(name) if format is Format.HL7V2 else ""
        meant = (written,) if written else alike(name, _VARIANTS[format])
        return Doubt("no values are told apart by this name", certain=True, meant=meant)
    plain = _VARIANT.sub("", name)
    return _hl7(plain, declared) if format is Format.HL7V2 else _fhir(plain)


def declared_segments(content: Any) -> dict[str, Mapping[int, str]]:
    """What the content of a policy, valid or not, declares of segments."""
    section = content.get("hl7v2") if isinstance(content, Mapping) else None
    segments = section.get("segments") if isinstance(section, Mapping) else None
    if not isinstance(segments, Mapping):
        return {}
    return {str(name): fields for name, fields in segments.items() if isinstance(fields, Mapping)}


def doubt_of_path(path: str) -> Iterator[Doubt]:
    """What is odd about a FHIRPath: each of its routes that leads to nothing in any release, so that its rule would
    never be used. Nothing for one that cannot be read."""
    try:
        routes = routes_of(path)
    except ValueError:
        return
    for route in routes:
        if not any(_leads(route, load(release)) for release in RELEASES):
            steps = [step for step in route.steps if step.kind != "where"]
            name = ".".join((route.resource, *(step.name for step in steps)))
            by_name = _fhir(name) if route.resource and all(step.kind == "child" for step in steps) else None
            yield by_name or Doubt("it leads to nothing in any release of FHIR", certain=False)


def _leads(route: Route, tables: Tables) -> bool:
    try:
        return bool(targets(route, tables))
    except ValueError:
        return False


def unlike_label(label: str) -> str:
    """What may have been meant by a label that nothing gives; empty for one that is known or like none."""
    return "" if label in LABELS else suggestion(label, LABELS, 0.8)


def _hl7(name: str, declared: Mapping[str, Mapping[int, str]]) -> Doubt | None:
    parts = _HL7.fullmatch(name)
    if parts is None or (parts[1] and not _WRITTEN.fullmatch(name)):
        written = _written(name)
        return Doubt("no name of HL7 v2", certain=True, meant=(written,) if written else ())
    segment, field, datatype, rest = parts.groups()
    components = [int(number) for number in rest.split(".")[1:]]
    if segment is None:
        return _datatype(datatype, components, set(declared))
    if segment in declared or segment.startswith("Z"):
        return None
    if segment not in hl7_tables.all_segments():
        return Doubt(f"no segment {segment}", certain=True, meant=_other(segment, hl7_tables.all_segments(), name))
    types = {hl7_tables.field_datatype(version, segment, int(field)) for version in hl7_tables.VERSIONS} - {None}
    if not types:
        return Doubt(f"no version of HL7 v2 defines {segment}-{field}", certain=False)
    return _components([str(kind) for kind in types], components, name)


def _written(name: str) -> str:
    """The name of the place that a path of HL7 v2 leads to, as rules have it: without indices, since rules are for
    every repetition. Empty where it leads to none, or is that name already."""
    path = hl7_path.parse(name.upper())
    if path is None or path.segment not in hl7_tables.all_segments():
        return ""
    written = f"{path.segment}-{'.'.join(map(str, path.numbers))}"
    return written if written != name and _WRITTEN.fullmatch(written) else ""


def _datatype(name: str, components: list[int], declared: set[str]) -> Doubt | None:
    segments = hl7_tables.all_segments() | declared
    whole = ".".join((name, *map(str, components)))
    plain = name.removesuffix("_SIMPLE")  # hl7apy's mark for a datatype whose components have no parts
    if plain in hl7_tables.all_datatypes():
        return _components([plain], components, whole)
    if not components and (name in segments or re.fullmatch("Z[A-Z0-9]{2}", name)):
        return None
    if components and name in segments:
        return Doubt(f"{name} is a segment", certain=True, meant=(f"{name}-{whole.partition('.')[2]}",))
    return Doubt(f"no datatype {name}", certain=True, meant=_other(name, hl7_tables.all_datatypes(), whole))


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


def _other(name: str, known: frozenset[str], whole: str) -> tuple[str, ...]:
    """What `whole` would be with another name in the place of this one: of the same letters, or a similar one."""
    turned = [one for one in sorted(known) if sorted(one) == sorted(name)]
    return tuple(whole.replace(name, one, 1) for one in turned[:2] or alike(name, sorted(known), 0.5))


def _fhir(name: str) -> Doubt | None:
    names = name.split(".")
    if not all(names):
        return Doubt("no name of FHIR", certain=True)
    # What is meant by another name is looked for only where no release has it: that takes long.
    if name in PRIMITIVES or any(_is_in(load(release), names) for release in RELEASES):
        return None
    doubts = [_in_release(load(release), names) for release in RELEASES]
    return next((one for one in doubts if one and one.meant), doubts[0])


def _is_in(tables: Tables, names: list[str]) -> bool:
    start = next((n for n in range(len(names), 0, -1) if ".".join(names[:n]) in tables.types), 0)
    found = {".".join(names[:start])} if start else set[str]()
    for name in names[start:]:
        found = {element for kind in found for element in _types(tables, kind, name)}
    return bool(found)


def _in_release(tables: Tables, names: list[str]) -> Doubt | None:
    start = next((n for n in range(len(names), 0, -1) if ".".join(names[:n]) in tables.types), 0)
    if not start:
        primitives = () if len(names) > 1 else sorted(PRIMITIVES)
        types = alike(names[0], [*primitives, *sorted(tables.types)])
        meant = tuple(".".join((one, *names[1:])) for one in types)
        return Doubt(f"FHIR has no type {names[0]}", certain=True, meant=meant)
    found = {".".join(names[:start])}
    for at in range(start, len(names)):
        known = sorted(_elements(tables, found))
        below = {element for kind in found for element in _types(tables, kind, names[at])}
        if not below:
            meant = tuple(".".join((*names[:at], one, *names[at + 1 :])) for one in alike(names[at], known))
            # Unlike any other name, it may be an element that a sender has made up.
            return Doubt(f"FHIR has no {names[at]} in {'.'.join(names[:at])}", certain=bool(meant), meant=meant)
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
