"""All patients here are made up."""

import json

import pytest

from streamdeid.formats.fhir import scan


def first_names(resource, ending, release="R4B"):
    """The first name in the lineage of each leaf whose path ends so."""
    document = scan(json.dumps(resource).encode(), release)
    return [leaf.place.lineage[0] for leaf in document.leaves if document.path(leaf).endswith(ending)]


def identified(**identifier):
    return first_names({"resourceType": "Patient", "identifier": [identifier]}, ".value")


@pytest.mark.parametrize(
    "identifier",
    [
        {"value": "900-11-0001", "type": {"coding": [{"code": "SS"}]}},
        {"type": {"coding": [{"code": "SS"}]}, "value": "900-11-0001"},
        {"value": "900-11-0001", "system": "http://hl7.org/fhir/sid/us-ssn"},
        {"system": "urn:oid:2.16.840.1.113883.4.1", "value": "900-11-0001"},
        {"system": "http://acme.test/ssn", "value": "900-11-0001"},
    ],
)
def test_a_social_security_number_by_type_or_system(identifier):
    assert identified(**identifier) == ["Identifier(SS).value"]


@pytest.mark.parametrize(
    "identifier",
    [
        {"value": "12345", "type": {"coding": [{"code": "MR"}]}},
        {"value": "12345", "system": "http://acme.test/session"},
        {"value": "12345", "type": {"coding": [{"code": "MR"}, {"code": "SS"}]}},
        {"value": "SS"},
    ],
)
def test_another_identifier(identifier):
    assert identified(**identifier) == ["Patient.identifier.value"]


def test_an_identifier_of_somebody_else_in_the_same_message():
    numbers = [{"value": "1", "type": {"coding": [{"code": "SS"}]}}, {"value": "2"}]
    places = first_names({"resourceType": "Patient", "identifier": numbers}, ".value")
    assert places == ["Identifier(SS).value", "Patient.identifier.value"]
    entries = [{"resource": {"resourceType": "Patient", "identifier": [one]}} for one in reversed(numbers)]
    places = first_names({"resourceType": "Bundle", "entry": entries}, ".value")
    assert places == ["Patient.identifier.value", "Identifier(SS).value"]


def test_the_other_names_and_the_path_stay():
    raw = b'{"resourceType":"Patient","identifier":[{"value":"1","type":{"coding":[{"code":"SS"}]}}]}'
    one, two = scan(raw), scan(raw)
    place = one.leaves[1].place
    assert place.lineage == ("Identifier(SS).value", "Patient.identifier.value", "Identifier.value", "string")
    assert place.path == "Patient.identifier.value"
    assert place is two.leaves[1].place
    assert one.path(one.leaves[1]) == "Patient.identifier[0].value"


@pytest.mark.parametrize(
    ("age", "name"),
    [
        ({"value": 95, "code": "a"}, "Condition.onsetAge.value"),
        ({"value": 95}, "Condition.onsetAge.value"),
        ({"value": 95, "unit": "fortnights"}, "Condition.onsetAge.value"),
        ({"value": 95, "code": "mo"}, "Age(mo).value"),
        ({"unit": "months", "value": 95}, "Age(mo).value"),
        ({"value": 1079, "code": "mo", "unit": "Monate"}, "Age(mo).value"),
        ({"value": 1080, "code": "mo"}, "Condition.onsetAge.value"),
        ({"value": 400, "code": "wk"}, "Age(mo).value"),
        ({"value": 400, "code": "d"}, "Age(mo).value"),
        ({"value": 4e9, "code": "d"}, "Condition.onsetAge.value"),
        ({"value": 95, "unit": "hours"}, "Age(mo).value"),
        ({"value": 1081, "code": "min"}, "Age(mo).value"),
    ],
)
def test_ages_by_their_unit(age, name):
    assert first_names({"resourceType": "Condition", "onsetAge": age}, ".value") == [name]


@pytest.mark.parametrize("unit", [{"code": "a"}, {"unit": "years"}, {"unit": "yr"}, {"code": "a", "unit": "Jahre"}])
def test_a_quantity_in_years(unit):
    resource = {"resourceType": "Observation", "valueQuantity": {"value": 95, **unit}}
    assert first_names(resource, "Quantity.value") == ["Quantity(a).value"]


@pytest.mark.parametrize("unit", [{}, {"code": "mg"}, {"unit": "yards"}, {"code": "mo", "unit": "years"}])
def test_a_quantity_in_other_units(unit):
    resource = {"resourceType": "Observation", "valueQuantity": {"value": 95, **unit}}
    assert first_names(resource, "Quantity.value") == ["Observation.valueQuantity.value"]


def test_a_canonical_that_means_a_contained_resource():
    items = [{"linkId": "1", "answerValueSet": "#vs"}, {"linkId": "2", "answerValueSet": "http://x.org/vs"}]
    names = first_names({"resourceType": "Questionnaire", "item": items}, ".answerValueSet")
    assert names == ["canonical(#)", "Questionnaire.item.answerValueSet"]
