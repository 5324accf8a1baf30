"""The shipped policies have a rule for every element of FHIR STU3 to R5, and for every place of documents in messages.

The definitions of R4B are walked here by means of fhir.resources alone, not of the scanners, so that a gap in those
cannot hide one in a policy. Only of STU3 and R5, whose models take long to load, the tables are used that the scanners
use; they have a test of their own.
"""

import importlib
import pkgutil
import re
import typing
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest
from fhir.resources import R4B
from fhir_core.fhirabstractmodel import FHIRAbstractModel
from shipped import NAMES, policy, rulebook, unnamed

from streamdeid import attachments
from streamdeid.attachments import cda, cda_types, html_names, xml_nodes
from streamdeid.attachments.xml_nodes import ElementTraits, Node
from streamdeid.formats import text as text_format
from streamdeid.formats.fhir_tables import PRIMITIVES, load
from streamdeid.formats.generate_fhir_tables import models_folder
from streamdeid.policy.policy import Operator, Policy
from streamdeid.types import Format, Place


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
