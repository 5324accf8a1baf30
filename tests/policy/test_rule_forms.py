"""Short and long forms of rules, and rules that no value could follow."""

from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from streamdeid.build import parse_policy
from streamdeid.errors import PolicyError
from streamdeid.policy.policy import Operator, Rule, Scope, policy_schema
from streamdeid.policy.rule_forms import shown


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("mask NAME", {"operator": "mask", "label": "NAME"}),
        ("mask characters", {"operator": "mask", "form": "characters"}),
        (
            "mask CONTACT/PHONE character=# count=4 from_end=true",
            {"operator": "mask", "label": "CONTACT/PHONE", "character": "#", "count": 4, "from_end": True},
        ),
        ("hash ID/MRN base64 length=16 scope=entity", {"operator": "hash", "label": "ID/MRN", "encoding": "base64",
                                                        "length": 16, "scope": "entity"}),
        ("hash length=16 ID/MRN", {"operator": "hash", "label": "ID/MRN", "length": 16}),
        ("generalise AGE age step=5", {"operator": "generalise", "label": "AGE", "to": "age", "step": 5}),
        ("generalise AGE age ranges=[1, 4, 12]", {"operator": "generalise", "label": "AGE", "to": "age",
                                                  "ranges": [1, 4, 12]}),
        ("substitute 'John Doe'", {"operator": "substitute", "with": "John Doe"}),
        ("substitute with=''", {"operator": "substitute", "with": ""}),
        ("perturb 20% round_to=1", {"operator": "perturb", "with": "20%", "round_to": 1}),
        ("shift DATE day_first=yes", {"operator": "shift", "label": "DATE", "day_first": True}),
    ],
)  # fmt: skip
def test_short_and_long_forms_mean_the_same(short: str, long: dict[str, Any]) -> None:
    rule = Rule.model_validate(short)
    assert rule == Rule.model_validate(long)
    assert Rule.model_validate(shown(rule.operator, rule.label, rule.strategy)).strategy == rule.strategy
    assert Rule.model_validate(rule.model_dump(mode="json", by_alias=True, exclude_defaults=True)) == rule
    assert Rule.model_validate(rule.model_dump(mode="json", by_alias=True)) == rule


def test_a_mapping_is_strict_and_words_are_read_as_what_they_should_be() -> None:
    assert Rule.model_validate("mask NAME count=4").strategy.model_dump()["count"] == 4
    with pytest.raises(ValidationError, match="count: Input should be a valid integer"):
        Rule.model_validate({"operator": "mask", "label": "NAME", "count": "4"})
    assert Rule.model_validate("hash ID scope=entity").scope is Scope.ENTITY


@pytest.mark.parametrize(
    ("rule", "complaint"),
    [
        ("mask NAME count=4 extra=1", "mask takes no extra"),
        ("keep NAME DATE", "label|does not take"),
        ("mask NAME count=four", "count"),
        ("mask NAME 'open", "closing quotation"),
        ("", "operator"),
        ({"operator": "recode"}, "recode needs cases"),
        ("zip3 LOCATION/ZIP 999999", "zip3 cannot be done with '999999'"),
        ("surrogate genderAwareness=true", "surrogate takes no genderAwareness"),
    ],
)
def test_what_cannot_be_read_is_refused(rule: object, complaint: str) -> None:
    with pytest.raises(ValidationError, match=f"(?i){complaint}"):
        Rule.model_validate(rule)


@pytest.mark.parametrize(
    ("section", "name", "rule", "complaint"),
    [
        ("hl7v2", "DTM", "mask DATE", "a value of type DTM cannot hold it"),
        ("hl7v2", "PID-7", "mask DATE/BIRTH characters", "a value of type DT cannot hold it"),
        ("hl7v2", "NM", "hash ID", "a value of type NM cannot hold it"),
        ("hl7v2", "SI", "encrypt ID", "a value of type SI cannot hold it"),
        ("hl7v2", "NM", "format_preserving ID/OTHER", "a value of type NM cannot hold it"),
        ("hl7v2", "PID-7", "format_preserving DATE/BIRTH", "a value of type DT cannot hold it"),
        ("hl7v2", "CX.1", "format_preserving", "format_preserving needs a label"),
        ("hl7v2", "PID-7", "generalise range step=5", "a value of type DT cannot hold it"),
        ("hl7v2", "NM", "generalise DATE month", "a value of type NM cannot hold it"),
        ("hl7v2", "XPN.1", "generalise NAME/FAMILY year", "year is for DATE, not for NAME/FAMILY"),
        ("hl7v2", "XPN.1", "shift NAME/FAMILY", "only dates can be shifted"),
        ("hl7v2", "XPN.1", "hash", "hash needs a label"),
        ("fhir", "date", "mask DATE", "a value of type date cannot hold it"),
        ("fhir", "Patient.birthDate", "encrypt DATE/BIRTH", "a value of type date cannot hold it"),
        ("fhir", "positiveInt", "format_preserving ID/OTHER", "a value of type positiveInt cannot hold it"),
        ("fhir", "Resource.id", "hash ID/RESOURCE", "a value of type id cannot hold it"),
        ("fhir", "Patient.gender", "mask NAME", "a value of type code cannot hold it"),
        ("fhir", "xhtml", "mask NAME", "a value of type xhtml cannot hold it"),
        ("labels", "NAME", "perturb 5", "there is no noise for NAME"),
        ("labels", "NAME", "omit", "cannot be left out: use remove"),
        ("labels", "ID", "generalise age", "age is for AGE, not for ID"),
    ],
)
def test_what_no_value_could_follow_is_refused_with_its_name(
    section: str, name: str, rule: str, complaint: str
) -> None:
    with pytest.raises(PolicyError) as refused:
        policy_with(section, name, rule)
    assert complaint in str(refused.value)
    assert name in str(refused.value)


@pytest.mark.parametrize(
    ("section", "name", "rule"),
    [
        ("hl7v2", "OBX-5", "mask NAME"),  # only a message tells its type
        ("hl7v2", "PID-7", "generalise DATE/BIRTH month"),
        ("hl7v2", "NM", "generalise range step=5"),
        ("fhir", "Observation.value[x]", "encrypt ID"),
        ("fhir", "decimal", "omit"),
        ("labels", "AGE", "perturb 5"),
    ],
)
def test_what_some_value_could_follow_is_not(section: str, name: str, rule: str) -> None:
    policy_with(section, name, rule)


def policy_with(section: str, name: str, rule: str) -> None:
    content: dict[str, Any] = {"name": "small", "hl7v2": {"rules": {}}, "fhir": {"rules": {}}, "labels": {}}
    (content[section] if section == "labels" else content[section]["rules"])[name] = rule
    parse_policy(yaml.safe_dump(content), "small")


def test_the_schema_has_every_operator_with_its_parameters() -> None:
    short, *mappings = policy_schema()["$defs"]["Rule"]["anyOf"]
    assert short["type"] == "string"
    by_name = {one["properties"]["operator"]["const"]: one for one in mappings}
    assert by_name.keys() == set(Operator)
    assert {"character", "count", "label"} <= by_name["mask"]["properties"].keys()
    assert by_name["recode"]["required"] == ["operator", "cases"]
