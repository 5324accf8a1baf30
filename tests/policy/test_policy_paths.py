"""Paths of a policy come before its rules by name, in their order, and fail closed."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from streamdeid.errors import UncoveredError
from streamdeid.formats import fhir
from streamdeid.policy.policy import Operator, Policy, Rule
from streamdeid.policy.rulebook import Rulebook
from streamdeid.types import Format, Leaf

PATIENT = {
    "resourceType": "Patient",
    "name": [{"use": "usual", "family": "Doemann", "period": {"start": "2001-02-03"}}],
    "telecom": [{"use": "home", "value": "a"}, {"use": "work", "value": "b"}],
}
DOCUMENT = fhir.scan(json.dumps(PATIENT).encode())


def leaf(path: str) -> Leaf:
    return next(one for one in DOCUMENT.leaves if DOCUMENT.path(one) == path)


def policy(*paths: dict[str, Any], **methods: dict[str, Any]) -> Policy:
    rules = {"string": "detect", "code": "keep", "dateTime": "shift DATE"}
    content = {"name": "small", "hl7v2": {"rules": {}}, "labels": {}}
    return Policy.model_validate(content | {"fhir": {"rules": rules, "paths": paths, "methods": methods}})


def operator(book: Rulebook, path: str) -> Operator:
    return book.rule(Format.FHIR, leaf(path).place).operator


def test_the_first_path_decides_and_others_go_by_name() -> None:
    book = Rulebook(
        policy({"path": "nodesByType('Period')", "rule": "keep"}, {"path": "Patient.name", "rule": "remove"})
    )
    assert operator(book, "Patient.name[0].period.start") is Operator.KEEP
    assert operator(book, "Patient.name[0].family") is Operator.REMOVE
    assert operator(book, "Patient.telecom[0].value") is Operator.DETECT


def test_a_method_decides_by_lineage_and_leaves_the_rest_to_the_rules() -> None:
    method = {"HumanName.family": "remove NAME/FAMILY", "string": "keep", "code": "quarantine"}
    book = Rulebook(policy({"path": "Patient.name", "method": "m"}, {"path": "Patient", "rule": "keep"}, m=method))
    assert book.rule(Format.FHIR, leaf("Patient.name[0].family").place).label == "NAME/FAMILY"
    assert operator(book, "Patient.name[0].period.start") is Operator.SHIFT
    with pytest.raises(UncoveredError, match=r"policy\.refused at Patient\.name\.use"):
        operator(book, "Patient.name[0].use")


def test_values_that_meet_a_criterion_are_exceptions() -> None:
    book = Rulebook(
        policy({"path": "Patient.telecom.where(use='home')", "rule": {"operator": "substitute", "with": "x"}})
    )
    home, use = leaf("Patient.telecom[0].value"), leaf("Patient.telecom[0].use")
    found = book.exceptions(DOCUMENT)
    assert found == dict.fromkeys((home.start, use.start), Rule.model_validate({"operator": "substitute", "with": "x"}))
    assert operator(book, "Patient.telecom[0].value") is Operator.DETECT


def test_an_exception_that_is_quarantined_raises() -> None:
    book = Rulebook(policy({"path": "Patient.telecom.where(use='home')", "rule": "quarantine"}))
    with pytest.raises(UncoveredError, match=r"policy\.refused"):
        book.exceptions(DOCUMENT)


def test_without_paths_there_are_no_exceptions() -> None:
    assert Rulebook(policy()).exceptions(DOCUMENT) == {}


@pytest.mark.parametrize(
    ("path", "complaint"),
    [
        ({"path": "Patient.name"}, "either a rule or a method"),
        ({"path": "Patient.name", "rule": "keep", "method": "m"}, "either a rule or a method"),
        ({"path": "Patient.name", "method": "absent"}, "there is no method absent"),
        ({"path": "Patient.name[0]", "rule": "keep"}, r"Patient\.name\[0\]: "),
        ({"path": "Patient.name", "rule": "surrogate"}, "needs a label"),
    ],
)
def test_a_wrong_path_is_refused_and_named(path: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        policy(path, m={"string": "keep"})


@pytest.mark.parametrize(
    ("rule", "complaint"),
    [
        ({"operator": "perturb"}, "perturb needs with"),
        ({"operator": "perturb", "with": "much"}, "cannot be done with"),
        ({"operator": "year", "label": "DATE", "with": "19"}, "cannot be done with"),
        ({"operator": "zip3", "label": "LOCATION/ZIP", "with": "A1"}, "cannot be done with"),
        ("perturb AGE", "perturb needs with"),
    ],
)
def test_what_operators_are_done_with_is_checked(rule: object, complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        Rule.model_validate(rule)


def test_a_policy_whose_paths_change_something_does_not_keep_everything() -> None:
    content = {"name": "small", "hl7v2": {"rules": {}}, "labels": {}}
    fhir_rules: dict[str, Any] = {"rules": {"string": "keep"}}
    assert Policy.model_validate(content | {"fhir": fhir_rules}).keeps_everything
    changing = fhir_rules | {"paths": [{"path": "Patient.name", "rule": "remove"}]}
    assert not Policy.model_validate(content | {"fhir": changing}).keeps_everything
