"""Why a policy does what it does with a place or a label."""

from __future__ import annotations

import re
from typing import Final

from streamdeid.cli.explain_detection import concerns, drawn_from, readers
from streamdeid.cli.explain_places import fhir_place, hl7_places, meant
from streamdeid.cli.explain_types import going_before, type_format, type_lineages
from streamdeid.cli.explanation import Conditional, Explanation, Typed
from streamdeid.errors import QuarantineError, UsageError
from streamdeid.formats import fhir_variants, hl7_path, hl7_variants
from streamdeid.formats.fhir_selectors import Route, routes_of
from streamdeid.formats.variants import with_variant
from streamdeid.policy import rule_forms
from streamdeid.policy.policy import Operator, PathRule, Policy, Rule
from streamdeid.policy.rulebook import Rulebook, chosen
from streamdeid.policy_files.known_names import doubt, unlike_label
from streamdeid.types import Format, Place

_FHIR_PATH = re.compile(r"[A-Z]\w*(?:\.\w+(?:\[(?:\d+|x)\])?)+")
_LABEL = re.compile(r"(?:NAME|DATE|AGE|ID|CONTACT|LOCATION|PROFESSION)(?:/[A-Z_]+)?")
_SECTIONS: Final = {Format.HL7V2: ("hl7v2", "rules"), Format.FHIR: ("fhir", "rules")}
_INDEX = re.compile(r"\[\d+\]")


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
        places = hl7_places(policy, hl7.segment, hl7.numbers, datatype)
        return [_explained(policy, Format.HL7V2, place) for place in places]
    if _FHIR_PATH.fullmatch(path):
        return [_explained(policy, Format.FHIR, fhir_place(policy, _INDEX.sub("", path)))]
    if path[:1].isupper() and rule_forms.is_expression(path):
        return [_expression(policy, path)]
    what = "is no path such as PID-5.1 or Patient.name.family, no type such as XPN.1, and no label such as NAME/FAMILY"
    raise UsageError(f"{path} {what}{meant(Format.HL7V2, path) or meant(Format.FHIR, path)}")


def _refuse_unknown(policy: Policy, segment: str, path: str) -> None:
    odd = doubt(Format.HL7V2, segment, policy.hl7v2.segments)
    if odd is not None and odd.certain:
        raise UsageError(f"{path}: no segment {segment}{meant(Format.HL7V2, path)}")


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
    place = fhir_place(policy, name)
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
