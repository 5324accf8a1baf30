"""Who each resource of a FHIR message is about."""

import json
from typing import Any

import pytest
from handwritten import MRN, OID, bundle, observation, patient

from streamdeid.errors import IdentityError
from streamdeid.formats import fhir
from streamdeid.identity import NO_PATIENT, Identification, Identifying
from streamdeid.policy.policy import IdentityRules
from streamdeid.transform.prf import Prf

IDENTIFYING = Identifying(Prf(b"a made-up secret"), IdentityRules())
OTHER = "70028831"
URLS = ("urn:uuid:00000000-0000-4000-8000-000000000001", "urn:uuid:00000000-0000-4000-8000-000000000002")


def identify(content: bytes | dict[str, Any]) -> Identification:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return IDENTIFYING(fhir.scan(raw))


def key(mrn: str = MRN) -> str:
    return identify(patient(mrn)).patients[0]


def owner(content: bytes, unit: int = -1) -> str:
    found = identify(content)
    return found.patients[found.owners[unit]]


@pytest.mark.parametrize(
    "reference",
    [
        URLS[1],
        "Patient/p2",
        "Patient/p2/_history/3",
        "http://madeup.example/fhir/Patient/p2",
        "http://madeup.example/fhir/Patient/p2/_history/1",
    ],
)
@pytest.mark.parametrize("element", ["subject", "patient"])
def test_a_resource_belongs_to_the_patient_that_it_refers_to(reference: str, element: str) -> None:
    referring = observation(reference)
    if element == "patient":
        referring = {"resourceType": "AllergyIntolerance", "patient": {"reference": reference}}
    content = bundle(patient(), patient(OTHER, id="p2"), referring, urls=(*URLS, "urn:uuid:3"))
    assert owner(content) == key(OTHER)


def test_a_reference_by_absolute_full_url() -> None:
    content = bundle(patient(), patient(OTHER, id="p2"), observation("http://madeup.example/fhir/Patient/p2"))
    assert owner(content) == key(OTHER)


def test_order_does_not_matter() -> None:
    content = bundle(observation("Patient/p2"), patient(), patient(OTHER, id="p2"))
    assert owner(content, 1) == key(OTHER)


def test_a_contained_patient_is_the_subject_of_who_contains_it() -> None:
    contained = patient(OTHER, id="me")
    content = bundle(patient(), observation("#me", contained=[contained]))
    assert owner(content, 2) == key(OTHER)


def test_contained_ids_mean_something_within_their_own_resource_alone() -> None:
    one, two = (
        observation("#me", contained=[patient(MRN, id="me")]),
        observation("#me", contained=[patient(OTHER, id="me")]),
    )
    found = identify(bundle(one, two, urls=URLS))
    owners = [found.patients[owner] for owner in found.owners]
    assert owners[1:] == [key(MRN), key(MRN), key(OTHER), key(OTHER)]


def test_a_contained_resource_belongs_to_whom_the_one_around_it_is_about() -> None:
    inner = {"resourceType": "Practitioner", "id": "doc", "name": [{"family": "Madeup"}]}
    content = bundle(patient(), patient(OTHER, id="p2"), observation("Patient/p2", contained=[inner]))
    assert owner(content, 4) == key(OTHER)


def test_who_refers_to_nobody_belongs_to_the_first_patient() -> None:
    organization = {"resourceType": "Organization", "name": "Made Up Hospital"}
    found = identify(bundle(organization, patient(), patient(OTHER, id="p2")))
    assert found.patients == (key(), key(OTHER))
    assert list(found.owners) == [0, 0, 0, 1]
    assert found.stating == {2, 3}


def test_a_practitioner_is_no_subject() -> None:
    group = observation("Group/p2")
    found = identify(bundle(patient(), patient(OTHER, id="p2"), group))
    assert found.owners[-1] == 0


def test_a_message_without_a_patient_is_about_nobody() -> None:
    assert identify({"resourceType": "Organization", "name": "Made Up"}).patients == (NO_PATIENT,)


def test_a_patient_elsewhere_is_known_by_the_id_of_the_reference() -> None:
    alone = identify(observation("Patient/p9")).patients
    assert alone == identify(observation("http://madeup.example/fhir/Patient/p9/_history/2")).patients
    assert alone == identify(patient(id="p9", identifier=[])).patients
    assert alone != identify(observation("Patient/p8")).patients
    assert alone != (NO_PATIENT,)


def test_a_patient_without_an_identifier_is_known_by_id_and_then_by_demographics() -> None:
    by_id = identify({"resourceType": "Patient", "id": "p9"}).patients
    assert by_id != identify({"resourceType": "Patient", "id": "p8"}).patients
    nameless = {"resourceType": "Patient", "birthDate": "1961-02-14", "name": [{"family": "Doemann"}]}
    assert identify(nameless).patients not in (by_id, (NO_PATIENT,))


def test_a_patient_with_nothing_that_names_them_is_missing() -> None:
    with pytest.raises(IdentityError, match=r"^identity\.missing at Patient\.identifier$"):
        identify({"resourceType": "Patient", "gender": "female"})


def identifier(value: str, code: str = "", **parts: Any) -> dict[str, Any]:
    kind = {"type": {"coding": [{"code": code}]}} if code else {}
    return {"system": f"urn:oid:{OID}", "value": value, **kind, **parts}


def test_types_rank_as_in_hl7_v2() -> None:
    ssn = identifier("900-11-0001", "SS", system="http://hl7.org/fhir/sid/us-ssn")
    numbers = [ssn, identifier("5", "PI"), identifier(MRN, "MR")]
    assert identify(patient(identifier=numbers)).patients == (key(),)
    assert identify(patient(identifier=numbers[::-1])).patients == (key(),)


def test_an_old_number_does_not_count() -> None:
    numbers = [identifier("1", "MR", use="old"), identifier(MRN, "MR")]
    assert identify(patient(identifier=numbers)).patients == (key(),)


def test_two_numbers_of_one_system_and_type_are_ambiguous() -> None:
    with pytest.raises(IdentityError) as refusal:
        identify(patient(identifier=[identifier("1", "MR"), identifier("2", "MR")]))
    assert refusal.value.code == "identity.ambiguous"
    assert refusal.value.path == "Patient.identifier[1].value"


@pytest.mark.parametrize(("type_", "prior"), [("replaced-by", MRN), ("replaces", OTHER)])
def test_a_link_says_who_goes_on_as_whom(type_: str, prior: str) -> None:
    link = [{"other": {"reference": "Patient/p2"}, "type": type_}]
    found = identify(bundle(patient(link=link), patient(OTHER, id="p2")))
    survivor = OTHER if prior == MRN else MRN
    assert found.merges == ((key(prior), key(survivor)),)


@pytest.mark.parametrize("type_", ["seealso", "refer"])
def test_a_link_of_another_type_merges_nobody(type_: str) -> None:
    link = [{"other": {"reference": "Patient/p2"}, "type": type_}]
    assert not identify(bundle(patient(link=link), patient(OTHER, id="p2"))).merges


def test_a_subject_that_is_named_by_its_identifier_is_that_patient() -> None:
    subject = {"identifier": identifier(MRN, "MR"), "display": "Doemann, Johanna"}
    assert identify(observation("", subject=subject)).patients == (key(),)


def test_a_subject_named_by_a_conditional_reference_is_that_patient() -> None:
    assert identify(observation(f"Patient?identifier=urn:oid:{OID}|{MRN}")).patients == (key(),)


def test_a_reference_that_resolves_goes_before_an_identifier_and_an_identifier_before_an_id() -> None:
    named = {"identifier": identifier(OTHER, "MR"), "reference": "Patient/p1"}
    assert owner(bundle(patient(), observation("", subject=named))) == key()
    assert identify(observation("", subject=named)).patients == (key(OTHER),)


def test_a_subject_named_by_a_social_security_number_alone_is_not_known() -> None:
    subject = {"identifier": identifier("900-11-0001", "SS", system="http://hl7.org/fhir/sid/us-ssn")}
    assert identify(observation("", subject=subject)).patients == (NO_PATIENT,)


def test_resources_of_parameters_are_not_contained() -> None:
    named = [
        {"name": "resource", "resource": patient(OTHER, id="p2")},
        {"name": "r", "resource": observation("Patient/p2")},
    ]
    found = identify({"resourceType": "Parameters", "parameter": named})
    assert found.patients == (key(OTHER),)


@pytest.mark.parametrize(
    "reference",
    [
        f"Patient?identifier=urn:oid:{OID}|{MRN}",
        f"Patient?identifier=urn%3Aoid%3A{OID}%7C{MRN}",
        f"Patient?active=true&identifier=urn:oid:{OID}|{MRN}",
        f"http://madeup.example/fhir/Patient?identifier=urn:oid:{OID}|{MRN}",
    ],
)
def test_a_conditional_reference_means_who_has_the_identifier(reference: str) -> None:
    assert identify(observation(reference)).patients == (key(),)


@pytest.mark.parametrize("reference", ["Patient?active=true", "Group?identifier=a|1", "Patient?identifier=a|", "?a=b"])
def test_a_conditional_reference_to_nobody(reference: str) -> None:
    assert identify(observation(reference)).patients == (NO_PATIENT,)


def test_parameters_hold_patients() -> None:
    parameter = [{"name": "a", "part": [{"name": "b", "resource": patient(OTHER)}]}]
    found = identify({"resourceType": "Parameters", "parameter": parameter})
    assert found.patients == (key(OTHER),)


def test_the_logical_id_is_another_name_of_a_patient_who_has_a_better_one() -> None:
    found = identify(bundle(patient(), patient(OTHER, id="p2"), observation("Patient/p2")))
    alone = [identify(observation(f"Patient/{logical}")).patients[0] for logical in ("p1", "p2")]
    assert found.aliases == tuple(zip(alone, (key(), key(OTHER)), strict=True))
    assert found.lessons == found.aliases


def test_who_has_a_logical_id_alone_has_no_other_name() -> None:
    assert identify({"resourceType": "Patient", "id": "p1"}).aliases == ()
    assert identify(observation("#me", contained=[patient(id="me")])).aliases == (), "that id means nothing elsewhere"
    assert identify(observation()).aliases == ()


def test_a_logical_id_of_several_patients_is_nobodys_name() -> None:
    third = patient("60000003", id="p1")
    assert (
        identify(bundle(patient(), patient(OTHER), third, patient(), urls=(*URLS, "urn:uuid:3", "urn:uuid:4"))).aliases
        == ()
    )
    assert len(identify(bundle(patient(), patient(), urls=URLS)).aliases) == 1
