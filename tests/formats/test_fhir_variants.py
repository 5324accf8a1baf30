"""All patients here are made up."""

import json

import pytest

from streamdeid.formats.fhir import scan
from streamdeid.formats.fhir_variants import variants
from streamdeid.formats.variants import is_variant


def variant_names(resource, ending, release="R4B"):
    """Of each leaf whose path ends so the name that says what stands beside it; its path where none does."""
    document = scan(json.dumps(resource).encode(), release)
    places = [leaf.place for leaf in document.leaves if document.path(leaf).endswith(ending)]
    return [next(filter(is_variant, place.lineage), place.lineage[0]) for place in places]


def identified(**identifier):
    return variant_names({"resourceType": "Patient", "identifier": [identifier]}, ".value")


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
    places = variant_names({"resourceType": "Patient", "identifier": numbers}, ".value")
    assert places == ["Identifier(SS).value", "Patient.identifier.value"]
    entries = [{"resource": {"resourceType": "Patient", "identifier": [one]}} for one in reversed(numbers)]
    places = variant_names({"resourceType": "Bundle", "entry": entries}, ".value")
    assert places == ["Patient.identifier.value", "Identifier(SS).value"]


def test_the_other_names_and_the_path_stay():
    raw = b'{"resourceType":"Patient","identifier":[{"value":"1","type":{"coding":[{"code":"SS"}]}}]}'
    one, two = scan(raw), scan(raw)
    place = one.leaves[1].place
    assert place.lineage == ("Patient.identifier.value", "Identifier(SS).value", "Identifier.value", "string")
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
    assert variant_names({"resourceType": "Condition", "onsetAge": age}, ".value") == [name]


@pytest.mark.parametrize("unit", [{"code": "a"}, {"unit": "years"}, {"unit": "yr"}, {"code": "a", "unit": "Jahre"}])
def test_a_quantity_in_years(unit):
    resource = {"resourceType": "Observation", "valueQuantity": {"value": 95, **unit}}
    assert variant_names(resource, "Quantity.value") == ["Quantity(a).value"]


@pytest.mark.parametrize("unit", [{}, {"code": "mg"}, {"unit": "yards"}, {"code": "mo", "unit": "years"}])
def test_a_quantity_in_other_units(unit):
    resource = {"resourceType": "Observation", "valueQuantity": {"value": 95, **unit}}
    assert variant_names(resource, "Quantity.value") == ["Observation.valueQuantity.value"]


def test_a_canonical_that_means_a_contained_resource():
    items = [{"linkId": "1", "answerValueSet": "#vs"}, {"linkId": "2", "answerValueSet": "http://x.org/vs"}]
    names = variant_names({"resourceType": "Questionnaire", "item": items}, ".answerValueSet")
    assert names == ["canonical(#)", "Questionnaire.item.answerValueSet"]


@pytest.mark.parametrize(
    ("resource", "ending", "names"),
    [
        ({"resourceType": "Patient", "identifier": [{"value": "1"}]}, ".value", ("Identifier(SS).value",)),
        ({"resourceType": "Condition", "onsetAge": {"value": 1}}, ".value", ("Age(mo).value",)),
        ({"resourceType": "Observation", "valueQuantity": {"value": 1}}, ".value", ("Quantity(a).value",)),
        ({"resourceType": "Questionnaire", "derivedFrom": ["http://x.org/q"]}, ".derivedFrom[0]", ("canonical(#)",)),
        ({"resourceType": "Patient", "gender": "female"}, ".gender", ()),
    ],
)
def test_what_may_stand_at_a_place_can_be_asked_for(resource, ending, names):
    document = scan(json.dumps(resource).encode())
    (place,) = (leaf.place for leaf in document.leaves if document.path(leaf).endswith(ending))
    assert variants(place) == names


def test_an_extension_that_a_policy_names_by_its_url_goes_before_the_type():
    extension = {"url": "http://madeup.example/own", "valueIdentifier": {"value": "1", "system": "urn:x:ssn"}}
    document = scan(json.dumps({"resourceType": "Patient", "extension": [extension]}).encode())
    names = document.leaves[2].place.lineage
    at = names.index("Identifier(SS).value")
    assert "Extension(http://madeup.example/own)" in names[:at]
    assert names[at + 1] == "Identifier.value"
