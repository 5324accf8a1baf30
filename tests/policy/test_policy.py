"""A policy is strict, fails closed, and means the same whatever its file looked like."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from streamdeid.errors import UncoveredError
from streamdeid.policy.policy import Operator, Policy, Rule, Scope, policy_schema
from streamdeid.policy.rulebook import Rulebook
from streamdeid.types import Format, Place

SCHEMA = Path(__file__).parents[2] / "schemas" / "policy.schema.json"


def policy(**changes: Any) -> Policy:
    content: dict[str, Any] = {
        "name": "small",
        "hl7v2": {"rules": {"PID-5": "surrogate NAME/FULL", "ST": "detect", "PID-12": "quarantine"}},
        "fhir": {"rules": {"HumanName.family": "surrogate NAME/FAMILY"}},
        "labels": {"NAME": "surrogate", "NAME/DOCTOR": "keep"},
    }
    return Policy.model_validate(content | changes)


def test_short_and_long_forms_of_a_rule_mean_the_same() -> None:
    short = Rule.model_validate("surrogate NAME/FAMILY")
    assert short == Rule.model_validate({"operator": "surrogate", "label": "NAME/FAMILY"})
    assert (short.operator, short.label, short.scope) == (Operator.SURROGATE, "NAME/FAMILY", Scope.PATIENT)


@pytest.mark.parametrize(
    ("rule", "complaint"),
    [
        ("erase", "erase"),
        ("surrogate PERSON", "PERSON"),
        ({"operator": "keep", "colour": "red"}, "colour"),
        ("substitute", "substitute needs with"),
        ({"operator": "keep", "with": "x"}, "keep takes no with"),
        ("detect NAME", "takes no label"),
        ({"operator": "keep", "scope": "everybody"}, "scope"),
    ],
)
def test_a_wrong_rule_is_refused_and_named(rule: object, complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        Rule.model_validate(rule)


def test_a_place_rule_that_makes_surrogates_needs_a_label() -> None:
    with pytest.raises(ValidationError, match="PID-5: surrogate needs a label"):
        policy(hl7v2={"rules": {"PID-5": "surrogate"}})


def test_unknown_keys_and_reversed_dates_are_refused() -> None:
    with pytest.raises(ValidationError, match="extra"):
        policy(extra=1)
    with pytest.raises(ValidationError, match="min_days is greater"):
        policy(dates={"min_days": 30, "max_days": 3})


def test_the_most_specific_name_of_a_lineage_wins() -> None:
    book = Rulebook(policy())
    place = Place("PID-5.1", ("PID-5.1", "PID-5", "XPN.1", "ST"))
    assert book.rule(Format.HL7V2, place).operator is Operator.SURROGATE
    assert book.named(Format.HL7V2, place) == "PID-5"
    other = Place("OBX-5", ("OBX-5", "ST"))
    assert book.rule(Format.HL7V2, other).operator is Operator.DETECT
    assert book.rule(Format.HL7V2, other) is book.rule(Format.HL7V2, other)


@pytest.mark.parametrize(
    ("format", "lineage", "code"),
    [
        (Format.HL7V2, ("PID-7", "TS"), "policy.unnamed"),
        (Format.HL7V2, ("ZPI-1", "ZPI", "undefined-segment"), "er7.unknown_segment"),
        (Format.HL7V2, ("PID-12", "IS"), "policy.refused"),
        (Format.FHIR, ("Patient.x", "undefined-element"), "fhir.element"),
        (Format.FHIR, ("ST",), "policy.unnamed"),
    ],
)
def test_what_the_policy_does_not_name_is_a_reason_for_quarantine(
    format: Format, lineage: tuple[str, ...], code: str
) -> None:
    with pytest.raises(UncoveredError) as refusal:
        Rulebook(policy()).rule(format, Place(lineage[0], lineage))
    assert (refusal.value.code, refusal.value.path) == (code, lineage[0])


def test_a_label_falls_back_to_its_family_and_never_to_keep() -> None:
    book = Rulebook(policy())
    assert book.label_rule("NAME/PATIENT").operator is Operator.SURROGATE
    assert book.label_rule("NAME/DOCTOR").operator is Operator.KEEP
    with pytest.raises(UncoveredError, match=r"policy\.unnamed at label ID/MRN"):
        book.label_rule("ID/MRN")


def test_equal_content_has_an_equal_digest() -> None:
    assert policy().digest == policy(dates={"max_days": 365, "min_days": 31}).digest
    assert policy().digest != policy(dates={"max_days": 364}).digest


def test_only_a_policy_that_changes_nothing_keeps_everything() -> None:
    assert not policy().keeps_everything
    keep = {"hl7v2": {"rules": {"ST": "detect"}}, "fhir": {"rules": {"string": "keep"}}, "labels": {"NAME": "keep"}}
    assert policy(**keep).keeps_everything
    assert not policy(**(keep | {"labels": {"NAME": "surrogate"}})).keeps_everything


def test_the_published_schema_is_the_models() -> None:
    assert json.loads(SCHEMA.read_text()) == policy_schema()
