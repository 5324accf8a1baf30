"""Why a policy does what it does with a place or a label."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from itertools import count, takewhile
from typing import Any, Final, NamedTuple

from streamdeid.cli.explain_detection import Concern, concerns, drawn_from, readers
from streamdeid.cli.explain_types import going_before, type_format, type_lineages
from streamdeid.errors import QuarantineError, UsageError
from streamdeid.formats import fhir, fhir_tables, fhir_variants, fhir_version, hl7_path, hl7_tables, hl7_variants
from streamdeid.formats.fhir_selectors import Route, routes_of
from streamdeid.formats.hl7_places import definitions_for
from streamdeid.formats.variants import with_variant
from streamdeid.policy import rule_forms
from streamdeid.policy.keying import told
from streamdeid.policy.policy import Operator, PathRule, Policy, Rule
from streamdeid.policy.rulebook import Rulebook, chosen
from streamdeid.policy_files.including import Effective
from streamdeid.policy_files.known_names import doubt, unlike_label
from streamdeid.types import Format, Place

_HL7_VERSION = "2.8.2"
_FHIR_PATH = re.compile(r"[A-Z]\w*(?:\.\w+(?:\[(?:\d+|x)\])?)+")
_LABEL = re.compile(r"(?:NAME|DATE|AGE|ID|CONTACT|LOCATION|PROFESSION)(?:/[A-Z_]+)?")
#: Names that go before one of a type, as many as are told.
_SHOWN = 8
_SECTIONS: Final = {Format.HL7V2: ("hl7v2", "rules"), Format.FHIR: ("fhir", "rules")}
_INDEX = re.compile(r"\[\d+\]")


class Typed(NamedTuple):
    """What happens to a value of a type that has a rule of its own, `name`, such as ``CX(SS).1``: the rule that stands
    under `by`, which is that name or one that goes before it."""

    name: str
    rule: Rule | None
    by: str


class Conditional(NamedTuple):
    """What happens to a value that meets the criteria of `path`, entry `number` of ``fhir.paths``."""

    path: str
    number: int
    rule: Rule | None


class Explanation(NamedTuple):
    """What happens at `path`: the rule that stands under the name `by`, the first of `names` that the policy has one
    for. Without any, `rule` is None and the message is quarantined. `typed`: values that have a type; `concerns`: what
    the policy says of findings and of surrogates; `readers`: who reads a text; `section`: where in the policy the rule
    stands; `conditional`: paths that go before, for the values that they pick; `before`: where the path is the name of
    a type, the names that go before it; `remark`: what may be a slip of the pen."""

    path: str
    rule: Rule | None
    by: str
    names: tuple[str, ...]
    typed: tuple[Typed, ...] = ()
    concerns: tuple[Concern, ...] = ()
    readers: tuple[str, ...] = ()
    section: tuple[str | int, ...] = ()
    conditional: tuple[Conditional, ...] = ()
    before: tuple[str, ...] = ()
    remark: str = ""

    def lines(self, effective: Effective | None = None) -> Iterator[str]:
        """For people; with the files of the policy also where in them the rule stands."""
        yield f"{self.path}: {shown(self.rule)}"
        if self.remark:
            yield f"  remark: {self.remark}"
        if self.rule is None and not self.by:
            yield "  why: the policy names none of what it could be named by"
        else:
            yield f"  why: the policy names {self.by}{f' ({self.place(effective)})' if effective else ''}"
        yield f"  named by, in this order: {', '.join(self.names)}"
        for one in self.conditional:
            yield f"  before it, where it picks the value: fhir.paths.{one.number}, {one.path}: {shown(one.rule)}"
        if self.before:
            more = f" and {len(self.before) - _SHOWN} more" if len(self.before) > _SHOWN else ""
            yield f"  before it, where they are meant: {', '.join(self.before[:_SHOWN])}{more}"
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

    def place(self, effective: Effective) -> str:
        """File and line of the rule; empty where there is none."""
        return effective.place(self.section) if self.section else ""

    def told(self, effective: Effective | None = None) -> dict[str, Any]:
        """For JSON; a rule as in a policy file, and null for quarantine."""
        return {
            "path": self.path,
            "rule": _written(self.rule),
            "by": self.by or None,
            "names": list(self.names),
            "typed": [{"name": one.name, "rule": _written(one.rule), "by": one.by} for one in self.typed],
            "readers": list(self.readers),
            "concerns": [concern.told() for concern in self.concerns],
            "place": self.place(effective) or None if effective else None,
            "conditional": [{**one._asdict(), "rule": _written(one.rule)} for one in self.conditional],
            "before": list(self.before),
        }


def _written(rule: Rule | None) -> dict[str, Any] | None:
    return None if rule is None else rule.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def explain_path(policy: Policy, path: str, datatype: str = "") -> list[Explanation]:
    """What the policy does at an HL7 v2 path (``PID-5.1``, ``PID-5``, ``PID(2)-5-1``), a FHIR path
    (``Patient.name.family``, ``Patient.name.where(use='official').family``), with values of a type (``XPN.10``,
    ``HumanName.family``) or with a label (``NAME/FAMILY``). A field of HL7 v2 with components gives one explanation
    for each.

    `datatype` is what the message would say where it decides: OBX-2 for OBX-5.

    Raises:
        UsageError: this is none of them, or the standard has no such segment or element; says what may be meant.
    """
    if _LABEL.fullmatch(path):
        return [_label(policy, path)]
    format = type_format(policy, path)
    if format is not None:
        return _type(policy, format, path)
    hl7 = hl7_path.parse(path)
    if hl7:
        _refuse_unknown(policy, hl7.segment, path)
        places = _hl7_places(policy, hl7.segment, hl7.numbers, datatype)
        return [_explained(policy, Format.HL7V2, place) for place in places]
    if _FHIR_PATH.fullmatch(path):
        return [_explained(policy, Format.FHIR, _fhir_place(policy, _INDEX.sub("", path)))]
    if path[:1].isupper() and rule_forms.is_expression(path):
        return [_expression(policy, path)]
    what = "is no path such as PID-5.1 or Patient.name.family, no type such as XPN.1, and no label such as NAME/FAMILY"
    raise UsageError(f"{path} {what}{_meant(Format.HL7V2, path) or _meant(Format.FHIR, path)}")


def _meant(format: Format, path: str) -> str:
    """``; did you mean ...?``, or nothing."""
    found = doubt(format, path, {})
    name = found.why.partition("; did you mean ")[2] if found else ""
    return f"; did you mean {name}" if name else ""


def _refuse_unknown(policy: Policy, segment: str, path: str) -> None:
    odd = doubt(Format.HL7V2, segment, policy.hl7v2.segments)
    if odd is not None and odd.certain:
        raise UsageError(f"{path}: no segment {segment}{_meant(Format.HL7V2, path)}")


def _type(policy: Policy, format: Format, name: str) -> list[Explanation]:
    """One for each rule that values of the type may have."""
    rules = policy.hl7v2.rules if format is Format.HL7V2 else policy.fhir.rules
    before = going_before(policy, format, name)
    found: dict[str, Explanation] = {}
    for lineage in type_lineages(format, name):
        by = chosen(rules, lineage) or ""
        rule = _kept(policy, rules[by]) if by else None
        section = (*_SECTIONS[format], by) if by else ()
        found.setdefault(by, Explanation(name, rule, by, lineage, section=section, before=before))
    return list(found.values())


def _expression(policy: Policy, path: str) -> Explanation:
    """Of a FHIRPath with criteria: the rule that stands under it, or else what happens at the place it leads to."""
    try:
        routes = routes_of(path)
    except ValueError as fault:
        raise UsageError(f"{path}: {fault}") from None
    name = _plain(routes[0]) if len(routes) == 1 else ""
    if not name:
        raise UsageError(f"{path} may lead to many elements: ask for one, such as Patient.name.family")
    place = _fhir_place(policy, name)
    found = _explained(policy, Format.FHIR, place)
    for number, entry in enumerate(policy.fhir.paths):
        if routes_of(entry.path) == routes:
            before = tuple(one for one in found.conditional if one.number < number)
            rule, section = _of_entry(policy, entry, place), ("fhir", "paths", number)
            return found._replace(path=path, rule=rule, by=entry.path, section=section, conditional=before, typed=())
    return found


def _plain(route: Route) -> str:
    """The path to the element that a route leads to, whatever its criteria; empty where it may lead to several."""
    names = [route.resource]
    for step in route.steps:
        if step.kind == "child":
            names.append(step.name)
        elif step.kind == "of" and len(names) > 1:
            names[-1] += step.name[:1].upper() + step.name[1:]
        elif step.kind != "where":
            return ""
    return ".".join(names) if route.resource and len(names) > 1 else ""


def _of_entry(policy: Policy, entry: PathRule, place: Place) -> Rule | None:
    """What is done at a place with what this entry of ``fhir.paths`` picks."""
    rules = policy.fhir.rules if entry.method is None else policy.fhir.methods[entry.method]
    name = chosen(rules, place.lineage)
    if name is None and entry.method is not None:  # what a method does not name goes by the rules
        rules, name = policy.fhir.rules, chosen(policy.fhir.rules, place.lineage)
    rule = entry.rule or (rules[name] if name is not None else None)
    return None if rule is None else _kept(policy, rule)


def _kept(policy: Policy, rule: Rule) -> Rule | None:
    """The rule with what it is keyed on; None for one that quarantines."""
    return None if rule.operator is Operator.QUARANTINE else Rulebook(policy).keyed(rule)


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
    hint = "" if label in policy.labels else unlike_label(label)
    remark = f"nothing has the label {label}{hint}" if hint else ""
    section = ("labels", by) if by else ()
    return Explanation(label, rule, by, names, concerns=concerns(policy, label), section=section, remark=remark)


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
    section = _section(policy, format, path, by)
    conditional = _conditional(policy, place) if format is Format.FHIR else ()
    read_by = readers(policy) if reads else ()
    return Explanation(place.path, rule, by, place.lineage, typed, lists, read_by, section, conditional)


def _section(policy: Policy, format: Format, path: PathRule | None, by: str) -> tuple[str | int, ...]:
    if path is not None:
        return ("fhir", "paths", policy.fhir.paths.index(path))
    return (*_SECTIONS[format], by) if by else ()


def _conditional(policy: Policy, place: Place) -> tuple[Conditional, ...]:
    """The paths with a criterion that may pick a value at the place, in their order."""
    paths = policy.fhir.paths
    possible = policy.fhir.path_table().possible(place) if paths else ()
    return tuple(Conditional(one.path, paths.index(one), _of_entry(policy, one, place)) for one in possible)


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
        hint = _meant(Format.FHIR, path)
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
        raise UsageError(f"FHIR has no {name} in {type_name}{hint or _meant(Format.FHIR, path)}")
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
