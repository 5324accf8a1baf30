import re

import pytest

from streamdeid.transform.identifiers import Identifiers
from streamdeid.transform.names import Names
from streamdeid.transform.prf import Prf
from streamdeid.transform.references import References

PRF = Prf(b"a made-up secret for tests")
IDENTIFIERS = Identifiers(PRF)
UUID = "550e8400-e29b-41d4-a716-446655440000"


@pytest.fixture(scope="module")
def rewrite():
    references = References(PRF, IDENTIFIERS, Names(PRF, IDENTIFIERS))
    return lambda text: references.rewrite("p", -100, text)


def new_id(text):
    return IDENTIFIERS.surrogate("", text)


@pytest.mark.parametrize("id_", ["123", "example", "a.b-C", UUID, "2.16.840.1.113883.19.5"])
def test_the_id_is_that_of_the_resource(rewrite, id_):
    assert rewrite(id_) == new_id(id_)
    assert rewrite(f"Patient/{id_}") == f"Patient/{new_id(id_)}"
    assert rewrite(f"Patient/{id_}/_history/2") == f"Patient/{new_id(id_)}/_history/2"
    assert rewrite(f"#{id_}") == f"#{new_id(id_)}"
    assert rewrite(f"https://host.test/fhir/Patient/{id_}").endswith(f".example.org/fhir/Patient/{new_id(id_)}")


def test_urns(rewrite):
    assert rewrite(f"urn:uuid:{UUID}") == f"urn:uuid:{new_id(UUID)}"
    assert rewrite("urn:oid:2.16.840.1.113883.19.5") == "urn:oid:" + new_id("2.16.840.1.113883.19.5")


def test_servers_stay_apart_and_the_same(rewrite):
    one, two = rewrite("https://one.test/fhir/Patient/1"), rewrite("https://two.test/fhir/Patient/1")
    assert one != two
    assert "one.test" not in one
    assert rewrite("https://one.test/fhir/Observation/1").split("/Observation")[0] == one.split("/Patient")[0]


def test_conditional_references(rewrite):
    new = new_id("12345")
    assert rewrite("Patient?identifier=http://acme.test/mrn|12345") == f"Patient?identifier=http://acme.test/mrn|{new}"
    assert rewrite("identifier=http%3A%2F%2Facme.test%2Fmrn%7C12345") == f"identifier=http://acme.test/mrn|{new}"
    assert rewrite("Observation?subject=Patient/12345&code=1234-5") == f"Observation?subject=Patient/{new}&code=1234-5"


def test_searches_by_name_and_date(rewrite):
    family = Names(PRF, IDENTIFIERS).family("p", "Doe")
    assert (
        rewrite("Patient?family:exact=Doe&birthdate=ge1970-01-05")
        == f"Patient?family:exact={family}&birthdate=ge1969-09-27"
    )


def test_a_social_security_number_in_a_search(rewrite):
    new = rewrite("Patient?identifier=http://hl7.org/fhir/sid/us-ssn|123-45-6789")
    assert new.rpartition("|")[2] == IDENTIFIERS.social_security("123-45-6789")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("?identifier=urn:x|12345", "?identifier=urn:x|{}"),
        ("identifier=12345", "identifier={}"),
        ("Patient?identifier:of-type=http://terminology.hl7.org/CodeSystem/v2-0203|MR|12345", None),
        ("/Patient/12345", "/Patient/{}"),
        ("Patient/12345/Observation?code=1234-5", "Patient/{}/Observation?code=1234-5"),
        ("Patient/12345/*", "Patient/{}/*"),
        ("Patient/12345/Observation/_search?code=1234-5", "Patient/{}/Observation/_search?code=1234-5"),
        ("Observation/_search?subject:Patient=12345", "Observation/_search?subject:Patient={}"),
        (
            "Patient?_has:Observation:patient:code=1234-5&_id=12345",
            "Patient?_has:Observation:patient:code=1234-5&_id={}",
        ),
        ("Observation?patient=12345&_profile=http://x.org/p&_count=10", None),
        ("ReferralRequest/12345", "ReferralRequest/{}"),
        ("InventoryReport/12345/_history/2", "InventoryReport/{}/_history/2"),
        ("_search?patient=12345", "_search?patient={}"),
        ("Binary/12345#12345", "Binary/{}#{}"),
    ],
)
def test_requests_and_searches(rewrite, text, expected):
    assert rewrite(text) == (expected or text.replace("12345", "{}")).replace("{}", new_id("12345"))


@pytest.mark.parametrize(
    "text",
    [
        "Patient?name=Jo%20Doe&birthdate=1970-01-05",
        "Observation?subject:Patient.name:exact=Jo%20Doe",
        "Observation?patient.family=Doe&patient.birthdate=1970-01-05",
        "Patient?address=12%20Doe%20Street&telecom=614-555-0143",
        "Observation?code:text=Doe",
        "Patient?_content=Doe&_text=Doe&_filter=name%20eq%20Doe",
        "https://host.test/fhir/Patient?family=Doe&birthdate=1970-01-05,1970-01-05",
    ],
)
def test_nothing_of_a_person_is_left_in_a_search(rewrite, text):
    new = rewrite(text)
    for word in ("Doe", "Jo%20", "1970-01-05", "614-555-0143", "12%20", "host.test"):
        assert word not in new
    assert re.split(r"[=&]", new)[::2][1:] == re.split(r"[=&]", text)[::2][1:]  # the parameters' names


def test_a_typed_chain_finds_the_name(rewrite):
    assert rewrite("Observation?subject:Patient.family=Doe").endswith(Names(PRF, IDENTIFIERS).family("p", "Doe"))


@pytest.mark.parametrize(
    "system",
    [
        "http://hl7.org/fhir/sid/us-ssn",
        "urn:oid:2.16.840.1.113883.4.1",
        "http://acme.test/ssn",
        "http://terminology.hl7.org/CodeSystem/v2-0203|SS",
    ],
)
def test_systems_of_social_security_numbers(rewrite, system):
    new = rewrite(f"Patient?identifier={system}|900-11-0001")
    assert new == f"Patient?identifier={system}|{IDENTIFIERS.social_security('900-11-0001')}"


@pytest.mark.parametrize(
    "text",
    [
        "metadata",
        "$process-message",
        "_history",
        "/",
        "Patient/$match",
        "Observation/_search",
        "Observation?code=1234-5&_sort=-date&_count=5",
        "Observation",
        "http://hl7.org/fhir/StructureDefinition/Patient",
        "http://hl7.org/fhir/sid/us-npi",
        "http://loinc.org",
        "#",
        "urn:ietf:rfc:3986",
    ],
)
def test_what_holds_no_id(rewrite, text):
    assert rewrite(text) is None


@pytest.mark.parametrize(
    "text",
    ["https://host.test/records/12345", "https://host.test/fhir?_getpages=abc-123", "some text", "Patient/J Doe"],
)
def test_what_has_no_known_form_does_not_survive(rewrite, text):
    new = rewrite(text)
    for word in ("host", "12345", "abc", "123", "some", "text", "Doe"):
        assert word not in new


def test_a_type_reference_to_a_server(rewrite):
    assert re.fullmatch(r"https://[0-9a-f]{12}\.example\.org/fhir/Patient", rewrite("https://host.test/fhir/Patient"))


def test_operations_stay(rewrite):
    assert rewrite("Patient/123/$everything") == f"Patient/{new_id('123')}/$everything"
