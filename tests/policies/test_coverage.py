"""The shipped policies have a rule for every place that HL7 v2.1 to v2.8.2 and FHIR STU3 to R5 define.

The standards' tables are walked here by means of hl7apy and fhir.resources alone, not of the scanners, so that a gap
in those cannot hide one in a policy. Only of FHIR STU3 and R5, whose models take long to load, the tables are used that
the scanners use; they have a test of their own.
"""

import importlib
import pkgutil
import re
import typing
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from fhir.resources import R4B
from fhir_core.fhirabstractmodel import FHIRAbstractModel

from streamdeid import attachments
from streamdeid.attachments import cda, cda_types, html_names, xml_nodes
from streamdeid.attachments.xml_nodes import ElementTraits, Node
from streamdeid.formats import text as text_format
from streamdeid.formats.fhir_tables import PRIMITIVES, load
from streamdeid.formats.generate_fhir_tables import models_folder
from streamdeid.policy import Operator, Policy, Rule, Rulebook, Scope
from streamdeid.types import UNDEFINED, Format, Place

POLICIES = Path(__file__).parents[2] / "config" / "policies"
NAMES = ("expert_determination", "keep_all")
VERSIONS = ("2.1", "2.2", "2.3", "2.3.1", "2.4", "2.5", "2.5.1", "2.6", "2.7", "2.8", "2.8.1", "2.8.2")
FAMILIES = ("NAME", "DATE", "AGE", "ID", "CONTACT", "LOCATION", "PROFESSION")


@cache
def policy(name: str) -> Policy:
    return Policy.model_validate(yaml.load(text(name), Loader=yaml.CSafeLoader))


@cache
def rulebook(name: str) -> Rulebook:
    return Rulebook(policy(name))


def text(name: str) -> str:
    return (POLICIES / f"{name}.yaml").read_text(encoding="utf-8")


def unnamed(name: str, format: Format, places: Iterable[Place]) -> list[str]:
    return sorted({place.path for place in places if rulebook(name).named(format, place) is None})


# --- HL7 v2 ---------------------------------------------------------------------------------------------------------


@cache
def hl7_places(version: str) -> tuple[Place, ...]:
    return tuple(walk_version(version))


def walk_version(version: str) -> Iterator[Place]:
    """Every field, component and subcomponent of a version that has a datatype there, OBX-5 with every one. Fields
    that are withdrawn, or that v2.1 leaves open (CM), have the datatype that another version gives them."""
    elements = importlib.import_module(f"hl7apy.v{version.replace('.', '_')}").ELEMENTS
    parts: dict[str, dict[int, str]] = {}
    for composite, components in elements["Datatypes_Structs"].items():
        parts[composite] = {number_of(name): datatype_of(definition) for name, definition, *_ in components}
    fields = [("-".join(name.rsplit("_", 1)), datatype_of(field)) for name, field in elements["Field"].items()]
    for field, datatype in (*fields, *(("OBX-5", composite) for composite in parts)):
        for place in in_field(field, datatype, parts):
            if place.lineage[-1].upper() not in ("WD", "CM"):
                yield place


def datatype_of(definition: tuple[Any, ...]) -> str:
    return (definition[2] or "WD").removesuffix("_SIMPLE")


def number_of(name: str) -> int:
    return int(name.rpartition("_")[2])


def in_field(field: str, datatype: str, parts: dict[str, dict[int, str]]) -> Iterator[Place]:
    if datatype not in parts:
        yield Place(field, (field, datatype))
    for number, part in parts.get(datatype, {}).items():
        component, name = f"{field}.{number}", f"{datatype}.{number}"
        if part not in parts:
            yield Place(component, (component, field, name, datatype, part))
        for below, inner in parts.get(part, {}).items():
            path, names = f"{component}.{below}", first_parts(inner, parts)
            yield Place(path, (path, component, field, f"{name}.{below}", name, f"{part}.{below}", part, *names))


def first_parts(datatype: str, parts: dict[str, dict[int, str]]) -> tuple[str, ...]:
    """The names below a subcomponent: ER7 has no fourth level, so the first part stands for all."""
    if datatype not in parts:
        return (datatype,)
    return (f"{datatype}.1", datatype, *first_parts(parts[datatype][1], parts))


def hl7_rule(place: Place) -> Rule:
    return rulebook("expert_determination").rule(Format.HL7V2, place)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("version", VERSIONS)
def test_every_hl7_place_has_a_rule(name: str, version: str) -> None:
    assert unnamed(name, Format.HL7V2, hl7_places(version)) == []


#: Fields that identify a patient, a relative or a provider (45 CFR 164.514(b)(2)(i)), and of these datatypes the
#: components that are codes: authorities, types, table values.
IDENTIFYING = re.compile(
    r"(PID-(2|3|4|5|6|7|9|11|13|14|18|19|20|21|23)|NK1-(2|4|5|6|37)|GT1-(2|3|4|5|6|7|12|19)|MRG-[1-7]"
    r"|IN1-(16|19|36|49)|IN2-(2|6|8|10)|PV1-(5|7|8|9|17|19|50|52))(\.|$)"
)
CODES = re.compile(
    r"(CX|CK|CM_PAT_ID)\.(3|4|5|12)|CK_ACCOUNT_NO\.[34]|CM_PAT_ID_0192\.[345]|(XCN|CN)\.(8|9|10|12|13|15|18|25)"
    r"|XPN\.(7|8|11)|XAD\.(6|7|11|16|17|18|21)|AD\.[67]|XTN\.(2|3|5|18)|TS\.2|HD\.3|EI\.[234]"
)


@pytest.mark.parametrize("version", VERSIONS)
def test_nothing_but_codes_survives_in_identifying_fields(version: str) -> None:
    survivors = [
        place.path
        for place in hl7_places(version)
        if IDENTIFYING.match(place.path)
        and hl7_rule(place).operator in (Operator.KEEP, Operator.DETECT)
        and not any(CODES.fullmatch(name) for name in place.lineage)
    ]
    assert survivors == []


#: Names that no table of v2.8.2 or before has: varying and later fields, and variants of places.
LATER = re.compile(r"varies|QPD-\d+|RDT-\d+|OBX-3[1-3]|SFT|(CX|XCN|PPN|XON)\([A-Z]+\)\.\d+|OBX-5\(age\)")


def test_every_hl7_rule_speaks_of_something() -> None:
    known = {name for version in VERSIONS for place in hl7_places(version) for name in place.lineage}
    rules = policy("expert_determination").hl7v2.rules
    assert {name for name in rules if name not in known and not LATER.fullmatch(name)} == {"undefined-component"}


@pytest.mark.parametrize(
    ("path", "datatypes", "expected"),
    [
        ("PID-5.1.1", ("PID-5.1", "PID-5", "XPN.1.1", "XPN.1", "FN.1", "FN", "ST"), "surrogate NAME/FAMILY"),
        ("PID-3.4.1", ("PID-3.4", "PID-3", "CX.4.1", "CX.4", "HD.1", "HD", "IS"), "keep"),
        ("PID-3.5", ("PID-3", "CX.5", "CX", "ID"), "keep"),
        ("PID-7", ("DTM",), "shift DATE/BIRTH"),
        ("PID-7.2", ("PID-7", "TS.2", "TS", "ID"), "keep"),
        ("PID-19", ("ST",), "remove ID/SSN"),
        ("EVN-5", ("ID",), "surrogate ID/OTHER"),
        ("EVN-5.3", ("EVN-5", "XCN.3", "XCN", "ST"), "surrogate NAME/GIVEN"),
        ("MSH-21.1", ("MSH-21", "EI.1", "EI", "ST"), "keep"),
        ("OBX-5", ("ST",), "detect"),
        ("OBX-5", ("NM",), "keep"),
        ("OBX-5.5", ("OBX-5", "ED.5", "ED", "TX"), "document"),
        ("OBX-3.1", ("OBX-3", "CWE.1", "CWE", "ST"), "keep"),
        ("OBX-3.2", ("OBX-3", "CWE.2", "CWE", "ST"), "detect"),
    ],
)
def test_a_place_has_this_rule(path: str, datatypes: tuple[str, ...], expected: str) -> None:
    rule = hl7_rule(Place(path, (path, *datatypes)))
    assert " ".join(filter(None, (rule.operator, rule.label))) == expected


def test_numbers_that_cross_messages_do_not_depend_on_the_patient() -> None:
    """MRG-1 of a merge has to become what PID-3 became, MSA-2 what MSH-10 became."""
    rules = policy("expert_determination").hl7v2.rules
    assert rules["MRG-1.1"] == rules["PID-3.1"]
    assert rules["MSA-2"] == rules["MSH-10"]
    surrogates = [rule for rule in rules.values() if rule.operator is Operator.SURROGATE]
    assert {rule.scope for rule in surrogates if (rule.label or "").startswith("ID/")} == {Scope.ENTITY}


# --- FHIR -----------------------------------------------------------------------------------------------------------


@cache
def fhir_models() -> dict[str, type[Any]]:
    models = {}
    for module in pkgutil.iter_modules(R4B.__path__):
        if not module.ispkg and module.name != "fhirtypes":
            found = vars(importlib.import_module(f"fhir.resources.R4B.{module.name}"))
            models.update({name: model for name, model in found.items() if _is_model(model)})
    return models


def _is_model(thing: Any) -> bool:
    return (
        isinstance(thing, type) and issubclass(thing, FHIRAbstractModel) and thing.__module__.startswith(R4B.__name__)
    )


def type_names(annotation: Any) -> Iterator[str]:
    """The FHIR types in an annotation: ``HumanName`` of ``Optional[List[abc.HumanNameType]]``, ``code`` of
    ``Annotated[str, Code()]``."""
    arguments = typing.get_args(annotation)
    if typing.get_origin(annotation) is typing.Annotated:
        name = type(arguments[-1]).__name__.removesuffix("Version")
        yield name[0].lower() + name[1:]
    elif arguments:
        for argument in arguments:
            yield from type_names(argument)
    elif annotation is bool:
        yield "boolean"
    elif annotation is not type(None):
        yield annotation.__name__.removesuffix("Type")


def fhir_elements() -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Type, element, type of the element, and what fhir.resources adds about it, for every element of every type."""
    for name, model in fhir_models().items():
        for field, definition in model.model_fields.items():
            if not field.endswith("__ext") and field != "fhir_comments":
                for type_name in type_names(definition.annotation):
                    yield name, definition.alias or field, type_name, definition.json_schema_extra or {}


def fhir_places() -> Iterator[Place]:
    for owner, element, type_name, _ in fhir_elements():
        if type_name not in fhir_models() and type_name != "FHIRPrimitiveExtension":
            path = f"{owner}.{element}"
            yield Place(path, (path, type_name))


RELEASES = ("R4", "STU3", "R5")


def table_places(release: str) -> Iterator[Place]:
    """Every element of a primitive type, of every type of a release, with the names that a policy may count on."""
    for owner, definition in load(release).types.items():
        for name, element in definition.elements.items():
            if element.type in PRIMITIVES:
                path = f"{owner}.{name}"
                yield Place(path, tuple(dict.fromkeys((path, f"{element.owner}.{name}", element.type))))


@pytest.mark.parametrize("name", NAMES)
def test_every_fhir_element_has_a_rule(name: str) -> None:
    assert unnamed(name, Format.FHIR, fhir_places()) == []


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("release", RELEASES)
def test_every_element_of_a_release_has_a_rule(name: str, release: str) -> None:
    assert unnamed(name, Format.FHIR, table_places(release)) == []


#: What a lineage may begin with besides paths: what stands beside a value.
VARIANTS = {"Identifier(SS).value", "Age(mo).value", "Quantity(a).value", "canonical(#)"}


def test_every_fhir_rule_speaks_of_something() -> None:
    rules = [n for n in policy("expert_determination").fhir.rules if not n.startswith("Extension(")]
    assert set(rules) >= VARIANTS
    assert [n for n in rules if n not in VARIANTS and not any(speaks(n, release) for release in RELEASES)] == []


def speaks(name: str, release: str) -> bool:
    """Whether a path leads to an element of the release, or a primitive type is meant."""
    types = load(release).types
    current, *elements = name.split(".")
    for element in elements:
        found = types[current].elements.get(element) if current in types else None
        if found is None:
            return False
        current = found.type
    return current in PRIMITIVES


def test_what_identifies_in_fhir_is_replaced() -> None:
    rules = policy("expert_determination").fhir.rules
    parts = (
        "HumanName.family HumanName.given HumanName.text Address.line Address.city Address.district Address.postalCode"
        " Address.text ContactPoint.value Identifier.value Patient.birthDate Resource.id Reference.display xhtml"
        " base64Binary Organization.name Location.name Extension.valueString Coverage.subscriberId"
    )
    assert {part for part in parts.split() if rules[part].operator in (Operator.KEEP, Operator.DETECT)} == set()


#: Types for whose values a marker can stand; properties can never be empty (FHIR R4 2.6.2).
REMOVABLE = {"string", "markdown", "xhtml", "base64Binary", "uri", "url", "canonical", "oid", "uuid"}


def test_nothing_is_removed_in_fhir_that_a_marker_cannot_stand_for() -> None:
    removed = [
        place
        for place in fhir_places()
        if rulebook("expert_determination").rule(Format.FHIR, place).operator is Operator.REMOVE
    ]
    assert removed
    assert {place.lineage[-1] for place in removed} <= REMOVABLE


PERSONS = {"Patient", "Practitioner", "PractitionerRole", "RelatedPerson", "Person", "Group"}
PLACES = {"Organization", "HealthcareService", "Location"}


def test_a_display_is_only_kept_as_text_where_nobody_can_be_meant() -> None:
    """Rules for the display of a reference agree with what the element can refer to."""
    rules = policy("expert_determination").fhir.rules
    checked = 0
    for name, element, targets in references():
        rule = rules.get(f"{name}.{element}.display")
        if rule is not None:
            checked += 1
            assert targets, f"{name}.{element}"
            if rule.operator is Operator.DETECT:
                assert not targets & (PERSONS | PLACES | {"Resource", "CareTeam"}), f"{name}.{element}"
            else:
                assert targets <= (PERSONS if rule.label == "NAME/FULL" else PLACES), f"{name}.{element}"
    assert checked == sum(name.endswith(".display") and name.count(".") > 1 for name in rules)


MODEL = re.compile(r"^class (\w+)\(", re.M)
TARGETS = re.compile(r'alias="(\w+)"(?:(?!alias=").)*?"enum_reference_types": \[([^\]]*)\]', re.S)


@pytest.mark.parametrize("release", ["STU3", "R5"])
def test_a_display_that_is_read_as_text_means_nobody_in_other_releases_either(release: str) -> None:
    rules = policy("expert_determination").fhir.rules
    paths = {"".join(part[0].upper() + part[1:] for part in name.split(".")): name for name in load(release).types}
    checked = 0
    for file in models_folder(release).glob("*.py"):
        _, *classes = MODEL.split(file.read_text(encoding="utf-8"))
        for name, body in zip(classes[::2], classes[1::2], strict=True):
            for element, targets in TARGETS.findall(body):
                for display in (f"{element}.display", f"{element}.reference.display"):
                    rule = rules.get(f"{paths.get(name)}.{display}")
                    if rule is not None and rule.operator is Operator.DETECT:
                        checked += 1
                        assert not set(re.findall(r"\w+", targets)) & {*PERSONS, *PLACES, "CareTeam"}, name
    assert checked > 10


def references() -> Iterator[tuple[str, str, set[str]]]:
    """Path of the type (``Encounter.participant``), element, and names of the types that may be referred to."""
    paths: dict[str, str] = {name: name for name in fhir_models()}
    backbones = [(owner, element, name) for owner, element, name, _ in fhir_elements() if name in paths]
    for _ in range(6):  # backbone elements stand inside one another
        for owner, element, name in backbones:
            if name == owner + element[0].upper() + element[1:]:
                paths[name] = f"{paths[owner]}.{element}"
    for owner, element, name, extra in fhir_elements():
        if name == "Reference":
            yield paths[owner], element, set(extra.get("enum_reference_types", ()))


# --- Documents inside messages --------------------------------------------------------------------------------------


@cache
def document_places() -> tuple[Place, ...]:
    """Every place that a scanner of attachments names, and those that it makes of names that it knows."""
    modules = [importlib.import_module(found.name) for found in pkgutil.iter_modules(attachments.__path__, PREFIX)]
    things = [thing for module in modules for thing in vars(module).values()]
    listed = (each for thing in things if isinstance(thing, Mapping) for each in thing.values())
    nodes = (each for thing in things if isinstance(thing, xml_nodes.AnyNode) for each in xml_places(thing))
    made = (*html_places(), *cda_places(), *nodes, text_format.PLACE)
    return tuple(dict.fromkeys((*(each for each in (*things, *listed) if isinstance(each, Place)), *made)))


PREFIX = f"{attachments.__name__}."


def html_places() -> Iterator[Place]:
    for name in (*html_names._GROUPS, "data-x"):
        yield from (html_names.attribute(name), html_names.embedded(name))
    yield from map(html_names.meta, (*html_names._METAS, "x"))


def xml_places(node: Node) -> Iterator[Place]:
    yield node.text
    yield from (node.attribute(name, "") for name in (*cda_types.ATTRIBUTES, "xmlns", "x"))


def cda_places() -> Iterator[Place]:
    """The places of every element of CDA below the root, of parts of a value, of every datatype, and of narrative."""
    root = cda._root(ElementTraits("ClinicalDocument", "", False))
    children = {name: root.child(ElementTraits(name, "", False)) for name in (*cda_types.ELEMENTS, "x")}
    parts = (*cda_types._NAME_PARTS, *cda_types._ADDRESS_PARTS, *cda_types._BOUNDS)
    organization = children["representedOrganization"].child(ElementTraits("name", "", False))
    person = children["patient"].child(ElementTraits("name", "", False))
    for holder in (children["name"], children["addr"], children["effectiveTime"], organization, person):
        yield from xml_places(holder)
        for part in parts:
            yield from xml_places(holder.child(ElementTraits(part, "", False)))
    for child in children.values():
        yield from xml_places(child)
    for datatype in cda_types._XSI:
        yield from xml_places(root.child(ElementTraits("value", datatype, False)))
    yield from xml_places(root.child(ElementTraits("text", "", True)))
    role = children["recordTarget"].child(ElementTraits("patientRole", "", False))
    yield from xml_places(role.child(ElementTraits("id", "", False)))
    yield from xml_places(children["section"].child(ElementTraits("text", "", False)))


def opens_documents(given: Policy) -> bool:
    places = (*given.hl7v2.rules.values(), *given.fhir.rules.values())
    return any(rule.operator in (Operator.DOCUMENT, Operator.DETECT) for rule in places)


def test_documents_have_many_places() -> None:
    families = {place.path.partition(".")[0] for place in document_places()}
    assert families == {"text", "html", "rtf", "xml", "cda"}
    assert len(document_places()) > 1000


@pytest.mark.parametrize("name", NAMES)
def test_every_place_of_a_document_has_a_rule_if_only_by_its_last_name(name: str) -> None:
    """keep_all opens no document; should it ever, its rules have to be as complete."""
    assert opens_documents(policy(name)) == (name != "keep_all")
    places = document_places() if opens_documents(policy(name)) else (text_format.PLACE,)
    last = {Place(place.lineage[-1], place.lineage[-1:]) for place in places}
    assert unnamed(name, Format.TEXT, last) == []


def test_every_rule_for_documents_speaks_of_something() -> None:
    known = {name for place in document_places() for name in place.lineage}
    assert [name for name in policy("expert_determination").documents.rules if name not in known] == []


# --- Both -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_every_label_has_a_rule(name: str) -> None:
    given = policy(name)
    used = {rule.label for rule in (*given.hl7v2.rules.values(), *given.fhir.rules.values()) if rule.label}
    for label in {*FAMILIES, *used}:
        assert rulebook(name).label_rule(label).operator in Operator


def test_a_field_and_a_sentence_key_a_surrogate_alike() -> None:
    given = policy("expert_determination")
    book = rulebook("expert_determination")
    differing = {
        name
        for name, rule in (*given.hl7v2.rules.items(), *given.fhir.rules.items())
        if rule.operator is Operator.SURROGATE and rule.scope != book.label_rule(rule.label or "").scope
    }
    assert differing == set()


@pytest.mark.parametrize("name", NAMES)
def test_no_key_stands_twice(name: str) -> None:
    """YAML readers let the last of two equal keys win in silence."""

    def keys(node: yaml.Node | None, path: str = "") -> Iterator[str]:
        for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
            yield f"{path}/{key.value}"
            yield from keys(value, f"{path}/{key.value}")

    every = sorted(keys(yaml.compose(text(name), Loader=yaml.CSafeLoader)))
    assert [key for key, following in pairwise(every) if key == following] == []


def test_what_no_standard_defines_is_left_to_quarantine() -> None:
    given = policy("expert_determination")
    assert set(UNDEFINED) & {*given.hl7v2.rules, *given.fhir.rules} == {"undefined-component"}
    assert given.hl7v2.rules["undefined-component"].operator is Operator.REMOVE


def test_keep_all_changes_nothing() -> None:
    given = policy("keep_all")
    assert given.keeps_everything
    assert set(UNDEFINED) <= {*given.hl7v2.rules, *given.fhir.rules}
    assert {rule.operator for rule in (*given.hl7v2.rules.values(), *given.documents.rules.values())} == {Operator.KEEP}
