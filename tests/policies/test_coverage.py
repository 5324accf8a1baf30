"""The shipped policies have a rule for every place that HL7 v2.1 to v2.8.2 define, and agree with themselves.

The standard's tables are walked here by means of hl7apy alone, not of the scanners, so that a gap in those cannot hide
one in a policy.
"""

import importlib
import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
import yaml
from shipped import NAMES, policy, rulebook, text, unnamed

from streamdeid.policy.policy import Operator, Rule, Scope
from streamdeid.types import UNDEFINED, Format, Place

VERSIONS = ("2.1", "2.2", "2.3", "2.3.1", "2.4", "2.5", "2.5.1", "2.6", "2.7", "2.8", "2.8.1", "2.8.2")
FAMILIES = ("NAME", "DATE", "AGE", "ID", "CONTACT", "LOCATION", "PROFESSION")


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
