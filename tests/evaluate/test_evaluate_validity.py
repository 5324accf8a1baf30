import pytest
from handwritten import adt, bundle, er7, observation, oru, patient, released

from streamdeid.engine import Deidentifier
from streamdeid.evaluate.pairing import Pair
from streamdeid.evaluate.validity import broken
from streamdeid.types import Format


def fault(before: bytes, after: bytes | None, format: Format = Format.HL7V2) -> str:
    return broken(Pair("a", 0, format, before, after))


def changed(content: bytes, old: str, new: str) -> bytes:
    assert old.encode() in content
    return content.replace(old.encode(), new.encode())


BUNDLE = bundle(patient(), observation())


def test_what_the_engine_releases_is_valid(deidentifier: Deidentifier) -> None:
    for message in (adt("A01"), oru("Report.")):
        assert fault(message, released(deidentifier, message)) == ""
    assert fault(BUNDLE, released(deidentifier, BUNDLE, Format.FHIR), Format.FHIR) == ""


@pytest.mark.parametrize(
    ("old", "new", "hint"),
    [
        ("PID|1", "PV1|1", "another structure"),
        ("EVN|A01", "ZZZ|A01", "another structure"),
        ("ADT^A01", "ADT^A08", ""),
        ("|2.5.1", "|9.9", "no longer parses"),
    ],
)
def test_hl7_that_lost_its_structure_is_seen(old: str, new: str, hint: str) -> None:
    message = adt("A01")
    assert hint in fault(message, changed(message, old, new))


def test_hl7_that_was_never_valid_cannot_be_broken() -> None:
    message = er7("ADT^A01", version="9.9")
    assert fault(message, message) == ""
    assert fault(message, b"nothing") == ""


@pytest.mark.parametrize(
    ("old", "new"), [('"1961-02-14"', '"[removed]"'), ('"status": "final"', '"status": ""'), ('"Bundle"', '"Nothing"')]
)
def test_fhir_that_is_no_longer_accepted_is_seen(old: str, new: str) -> None:
    assert fault(BUNDLE, changed(BUNDLE, old, new), Format.FHIR) == "fhir.resources no longer accepts it"
    assert fault(BUNDLE, BUNDLE[:-1], Format.FHIR) == "fhir.resources no longer accepts it"


def test_fhir_that_was_never_valid_cannot_be_broken() -> None:
    invalid = bundle(patient(birthDate="unknown"))
    assert fault(invalid, invalid, Format.FHIR) == ""


def test_references_that_resolved_have_to_go_on_doing_so() -> None:
    assert fault(BUNDLE, changed(BUNDLE, "Patient/p1", "Patient/p2"), Format.FHIR) == ""
    lost = changed(BUNDLE, '"reference": "Patient/p1"', '"reference": "Patient/p2"')
    assert fault(BUNDLE, lost, Format.FHIR) == "1 references no longer resolve"
    assert fault(lost, changed(lost, "Patient/p2", "Patient/p3"), Format.FHIR) == ""


def test_a_reference_to_a_version_or_to_what_is_contained_resolves() -> None:
    versioned = bundle(patient(), observation("Patient/p1/_history/2"), observation("#inside"))
    assert fault(BUNDLE, versioned, Format.FHIR) == ""


def test_what_was_quarantined_or_is_text_is_not_judged() -> None:
    assert fault(adt("A01"), None) == ""
    assert fault(b"text", b"other", Format.TEXT) == ""
