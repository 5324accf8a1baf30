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
    "text",
    [
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
