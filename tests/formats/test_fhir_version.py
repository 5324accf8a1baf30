"""All resources here are made up."""

import json

import pytest

from streamdeid.errors import ScanError
from streamdeid.formats.fhir import scan
from streamdeid.formats.fhir_version import candidates, stated
from streamdeid.types import UNDEFINED


def dumped(**resource):
    return json.dumps(resource).encode()


@pytest.mark.parametrize(
    ("resource", "release"),
    [
        ({"resourceType": "CapabilityStatement", "fhirVersion": "4.0.1"}, "R4B"),
        ({"resourceType": "CapabilityStatement", "fhirVersion": "3.0.2"}, "STU3"),
        ({"resourceType": "StructureDefinition", "fhirVersion": "4.3.0-cibuild"}, "R4B"),
        ({"resourceType": "ImplementationGuide", "fhirVersion": ["5.0.0"]}, "R5"),
        ({"resourceType": "Binary", "contentType": "application/fhir+json; fhirVersion=3.0"}, "STU3"),
        (
            {"resourceType": "Media", "content": {"contentType": "application/fhir+json;charset=x;fhirVersion=5.0"}},
            "R5",
        ),
        ({"resourceType": "CapabilityStatement", "fhirVersion": "1.0.2"}, None),
        ({"resourceType": "CapabilityStatement", "fhirVersion": "unknown"}, None),
        ({"resourceType": "Basic", "code": {"text": 'says "fhirVersion": "3.0.2"'}}, None),
        ({"resourceType": "Patient", "meta": {"profile": ["http://x.org/StructureDefinition/p|5.0.0"]}}, None),
    ],
)
def test_what_a_resource_says_of_its_version(resource, release):
    assert stated(dumped(**resource)) == release


def test_two_versions_are_none():
    one = {"resourceType": "CapabilityStatement", "fhirVersion": "4.0.1"}
    two = {"resourceType": "CapabilityStatement", "fhirVersion": "3.0.1"}
    assert stated(json.dumps([one, two]).encode()) is None
    assert stated(json.dumps([one, one]).encode()) == "R4B"


def test_the_stated_version_goes_before_the_policy_s():
    says = dumped(resourceType="CapabilityStatement", fhirVersion="3.0.1")
    assert candidates(says, "R4") == ("STU3", "R4B")
    assert candidates(says, "auto") == ("STU3", "R4B", "R5")
    assert candidates(b"{}", "auto") == ("R4B", "R5", "STU3")
    assert candidates(b"{}", "R5") == ("R5",)


@pytest.mark.parametrize(
    ("resource", "release"),
    [
        ({"resourceType": "Patient", "active": True}, "R4B"),
        ({"resourceType": "Evidence", "exposureBackground": {"display": "x"}}, "R4B"),
        ({"resourceType": "Encounter", "actualPeriod": {"start": "2001"}}, "R5"),
        ({"resourceType": "MedicationRequest", "medication": {"concept": {"text": "x"}}}, "R5"),
        ({"resourceType": "InventoryReport", "status": "draft"}, "R5"),
        # In R4 a date; in R5 a point in time.
        ({"resourceType": "Basic", "code": {"text": "x"}, "created": "2024-03-05"}, "R4B"),
        ({"resourceType": "Basic", "code": {"text": "x"}, "created": "2024-03-05T09:15:00Z"}, "R5"),
        ({"resourceType": "Patient", "birthDate": "1961-02-14T00:00:00Z"}, "R4B"),
        ({"resourceType": "Patient", "animal": {"species": {"text": "x"}}}, "STU3"),
        ({"resourceType": "ReferralRequest", "status": "draft"}, "STU3"),
        ({"resourceType": "Coverage", "grouping": {"group": "x"}}, "STU3"),
        # Here R4 has an object or a string where the other release has an array, or a CodeableConcept.
        ({"resourceType": "Encounter", "class": [{"text": "x"}]}, "R5"),
        ({"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "DeviceUsage", "id": "a"}}]}, "R5"),
    ],
)
def test_auto_takes_the_first_release_that_defines_all(resource, release):
    document = scan(dumped(**resource), "auto")
    assert document.release == release
    assert not any(leaf.place.lineage[-1] in UNDEFINED for leaf in document.leaves)


def test_what_no_release_defines_is_read_as_r4():
    document = scan(dumped(resourceType="Patient", nickname="x"), "auto")
    assert document.release == "R4B"
    assert document.leaves[-1].place.lineage[-1] == "undefined-element"


def test_what_no_release_can_read_is_refused_as_by_r4():
    with pytest.raises(ScanError) as caught:
        scan(dumped(resourceType="Patient", name="x"), "auto")
    assert (caught.value.code, caught.value.path) == ("fhir.structure", "Patient.name (byte 37)")


def test_a_fixed_version_is_not_left_for_others():
    with pytest.raises(ScanError):
        scan(dumped(resourceType="ReferralRequest"), "R4B")
    assert scan(dumped(resourceType="ReferralRequest"), "STU3").release == "STU3"


def test_what_is_not_json_is_refused_at_once():
    with pytest.raises(ScanError) as caught:
        scan(b'{"resourceType":"Patient"', "auto")
    assert caught.value.code == "json.syntax"
