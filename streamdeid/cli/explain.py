"""Why a policy does what it does with a place or a label."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from itertools import count, takewhile
from typing import Any, NamedTuple

from streamdeid.cli.explain_detection import Concern, concerns, drawn_from, readers
from streamdeid.errors import QuarantineError, UsageError
from streamdeid.formats import fhir, fhir_tables, fhir_variants, fhir_version, hl7_path, hl7_tables, hl7_variants
from streamdeid.formats.hl7_places import definitions_for
from streamdeid.formats.variants import with_variant
from streamdeid.policy import rule_forms
from streamdeid.policy.keying import told
from streamdeid.policy.policy import Operator, Policy, Rule
from streamdeid.policy.rulebook import Rulebook
from streamdeid.types import Format, Place

_HL7_VERSION = "2.8.2"
_FHIR_PATH = re.compile(r"[A-Z]\w*(?:\.\w+(?:\[(?:\d+|x)\])?)+")
_LABEL = re.compile(r"(?:NAME|DATE|AGE|ID|CONTACT|LOCATION|PROFESSION)(?:/[A-Z_]+)?")
_INDEX = re.compile(r"\[\d+\]")


class Typed(NamedTuple):
    """What happens to a value of a type that has a rule of its own, `name`, such as ``CX(SS).1``: the rule that stands
    under `by`, which is that name or one that goes before it."""

    name: str
    rule: Rule | None
    by: str


class Explanation(NamedTuple):
    """What happens at `path`: the rule that stands under the name `by`, the first of `names` that the policy has one
    for. Without any, `rule` is None and the message is quarantined. `typed`: values that have a type; `concerns`: what
    the policy says of findings and of surrogates; `readers`: who reads a text."""

    path: str
    rule: Rule | None
    by: str
    names: tuple[str, ...]
    typed: tuple[Typed, ...] = ()
    concerns: tuple[Concern, ...] = ()
    readers: tuple[str, ...] = ()

    def lines(self) -> Iterator[str]:
        """For people."""
        yield f"{self.path}: {shown(self.rule)}"
        if self.rule is None and not self.by:
            yield "  why: the policy names none of what it could be named by"
        else:
            yield f"  why: the policy names {self.by}"
        yield f"  named by, in this order: {', '.join(self.names)}"
        yield from self._types()
        if self.readers:
            yield f"  read by: {', '.join(self.readers)}; what they find goes by its label: policy explain NAME"
        yield from (f"  {concern.about}: {concern.text}" for concern in self.concerns)

    def _types(self) -> Iterator[str]:
        why = f"{self.by} is unless_typed" if self.rule and self.rule.unless_typed else f"it goes before {self.by}"
        for one in self.typed:
            if one.by == one.name:
                yield f"  if it is {one.name}: {shown(one.rule)}, because {why}"
        unused = [one.name for one in self.typed if one.by != one.name]
        if unused:
            yield f"  not used here: {', '.join(unused)}, because {self.by} goes before types, and is not unless_typed"

    def told(self) -> dict[str, Any]:
        """For JSON; a rule as in a policy file, and null for quarantine."""
        return {
            "path": self.path,
            "rule": _written(self.rule),
            "by": self.by or None,
            "names": list(self.names),
            "typed": [{"name": one.name, "rule": _written(one.rule), "by": one.by} for one in self.typed],
            "readers": list(self.readers),
            "concerns": [concern.told() for concern in self.concerns],
        }


def _written(rule: Rule | None) -> dict[str, Any] | None:
    return None if rule is None else rule.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def explain_path(policy: Policy, path: str, datatype: str = "") -> list[Explanation]:
    """What the policy does at an HL7 v2 path (``PID-5.1``, ``PID-5``, ``PID(2)-5-1``), a FHIR path
    (``Patient.name.family``) or with a label (``NAME/FAMILY``). A field of HL7 v2 with components gives one
    explanation for each.

    `datatype` is what the message would say where it decides: OBX-2 for OBX-5.

    Raises:
        UsageError: this is none of the three, or FHIR has no such element.
    """
    if _LABEL.fullmatch(path):
        return [_label(policy, path)]
    hl7 = hl7_path.parse(path)
    if hl7:
        places = _hl7_places(policy, hl7.segment, hl7.numbers, datatype)
        return [_explained(policy, Format.HL7V2, place) for place in places]
    if _FHIR_PATH.fullmatch(path):
        return [_explained(policy, Format.FHIR, _fhir_place(policy, _INDEX.sub("", path)))]
    raise UsageError(f"{path} is no path such as PID-5.1 or Patient.name.family, and no label such as NAME/FAMILY")


def shown(rule: Rule | None) -> str:
    """A rule in the words of a policy file."""
    if rule is None:
        return "quarantine"
    parts = [rule_forms.shown(rule.operator, rule.label, rule.strategy)]
    if rule.keyed_on is not None:
        parts.append(f"(keyed on {told(rule.keyed_on)})")
    elif rule.operator is Operator.SURROGATE:
        parts.append(f"(the same for {'one patient' if rule.scope == 'patient' else 'everybody'})")
    return " ".join(parts)


def _label(policy: Policy, label: str) -> Explanation:
    names = tuple(dict.fromkeys((label, label.partition("/")[0])))
    by = next((name for name in names if name in policy.labels), "")
    rule = Rulebook(policy).keyed(policy.labels[by], by) if by else None
    return Explanation(label, rule, by, names, concerns=concerns(policy, label))


def _explained(policy: Policy, format: Format, place: Place) -> Explanation:
    """In a message without a value that meets a criterion of one of the policy's paths."""
    book = Rulebook(policy)
    path, name = book.path(format, place), book.named(format, place)
    by = path.path if path else name or ""
    rule = _decided(book, format, place)
    known = hl7_variants.variants(place) if format is Format.HL7V2 else fhir_variants.variants(place)
    typed = tuple(_typed(policy, format, place, name, by if path else "") for name in known if book.has(format, name))
    label = (rule.label or "") if rule is not None and rule.operator is Operator.SURROGATE else ""
    lists = tuple(drawn_from(policy, label)) if label else ()
    reads = rule is not None and rule.operator is Operator.DETECT
    return Explanation(place.path, rule, by, place.lineage, typed, lists, readers(policy) if reads else ())


def _typed(policy: Policy, format: Format, place: Place, name: str, path: str) -> Typed:
    """What happens to a value at the place that has this name besides. `path` decides whatever it is, if not empty."""
    book = Rulebook(policy)
    variant = Place(place.path, with_variant(place.lineage, name))
    return Typed(name, _decided(book, format, variant), path or book.named(format, variant) or "")


def _decided(book: Rulebook, format: Format, place: Place) -> Rule | None:
    try:
        return book.rule(format, place)
    except QuarantineError:
        return None


def _hl7_places(policy: Policy, segment: str, numbers: Sequence[int], datatype: str) -> list[Place]:
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


def _fhir_place(policy: Policy, path: str) -> Place:
    """The place of the path in the first release that has it, of those that messages are read as."""
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
        raise UsageError(f"{path} does not start with a resource type of FHIR {release}")
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
        raise UsageError(f"FHIR has no {name} in {type_name}{hint}")
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
