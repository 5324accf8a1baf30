import itertools
import json

import pytest
from fhir.resources.R4B.bundle import Bundle

from streamdeid.demo.generate import MadeUp, bundle, messages, narrative_result, patients, plain_result
from streamdeid.demo.people import npi
from streamdeid.errors import QUARANTINE_CODES
from streamdeid.types import Format

PEOPLE = patients(7, 6)


def first(count: int, **how: int) -> list[MadeUp]:
    return list(itertools.islice(messages(PEOPLE, 7, **how), count))


def test_equal_seeds_give_equal_messages_and_others_do_not() -> None:
    assert first(60) == first(60)
    assert patients(7, 6) == PEOPLE
    assert patients(7, 3) == PEOPLE[:3]
    assert not {patient.mrn for patient in patients(8, 6)} & {patient.mrn for patient in PEOPLE}


def test_patients_are_different_people_whom_nobody_is() -> None:
    people = patients(7, 50)
    for number in ("mrn", "ssn", "visit", "account", "member"):
        assert len({getattr(patient, number) for patient in people}) == len(people)
    for patient in people:
        assert patient.person.phone[3:8] == "55501"
        assert patient.ssn.startswith("9")
        assert len(patient.ssn) == 9
        assert patient.email.endswith("@example.org")
        assert patient.email.isascii()
        assert 10 <= patient.age <= 94
    assert any(patient.age > 89 for patient in people)
    assert any(not patient.person.family.isascii() for patient in people)


def test_npi_has_the_check_digit_of_the_published_example() -> None:
    assert npi(23456789) == "1234567893"


def test_every_kind_of_message_is_there_for_every_patient() -> None:
    seen = {(message.patient, message.kind) for message in first(36, broken_one_in=0)}
    kinds = {"ADT^A01", "ADT^A08", "ORU^R01", "MDM^T02", "Bundle"}
    assert seen == set(itertools.product(range(6), kinds))


def test_hl7v2_messages_say_that_they_are_made_up() -> None:
    for message in first(36, broken_one_in=0):
        if message.format is Format.HL7V2:
            segments = message.content.decode().rstrip("\r").split("\r")
            header = segments[0].split("|")
            assert header[:6] == ["MSH", "^~\\&", "DEMO", "MADE UP HOSPITAL", "STREAMDEID", "DEMO"]
            assert header[8].startswith(message.kind)
            assert (header[9].encode(), header[10], header[11]) == (message.key, "T", "2.5.1")
            assert all(segment[3] == "|" for segment in segments)


def test_bundles_are_valid_fhir_and_say_that_they_are_made_up() -> None:
    for message in first(36, broken_one_in=0):
        if message.format is Format.FHIR:
            parsed = Bundle.model_validate_json(message.content)
            assert all(entry.resource.meta.tag[0].code == "HTEST" for entry in parsed.entry)
            urls = {entry.fullUrl for entry in parsed.entry}
            assert {reference.decode() for reference in _references(message.content)} <= urls


def _references(content: bytes) -> set[bytes]:
    return {part.split(b'"')[0] for part in content.split(b'"reference":"')[1:]}


def test_reports_name_the_patient_the_family_and_the_doctor() -> None:
    texts = [
        message.content.decode() for message in first(72, broken_one_in=0) if message.kind in ("ORU^R01", "MDM^T02")
    ]
    reports = [text for text in texts if "|TX|" in text]
    assert len(reports) == 24
    for text in reports:
        pid = next(line for line in text.split("\r") if line.startswith("PID"))
        family, given, *_ = pid.split("|")[5].split("^")
        narrative = [line.split("|")[5] for line in text.split("\r") if line.startswith("OBX")]
        assert any(family in line or given in line for line in narrative)
        assert any("Dr." in line or "MD" in line for line in narrative)
    together = "\n".join(reports)
    assert "Mr." in together
    assert "Mrs." in together


def test_broken_messages_are_as_frequent_as_asked_and_of_every_kind() -> None:
    broken = [message for message in first(240, broken_one_in=10) if message.broken]
    assert len(broken) == 24
    codes = {message.broken for message in broken}
    assert codes >= {"er7.header", "identity.missing", "er7.unknown_segment"}
    assert codes <= set(QUARANTINE_CODES)
    assert not any(message.broken for message in first(240, broken_one_in=0))


def test_the_plain_result_has_twelve_segments_and_no_narrative() -> None:
    segments = plain_result(PEOPLE[0]).decode().rstrip("\r").split("\r")
    assert len(segments) == 12
    assert {segment.split("|")[2] for segment in segments if segment.startswith("OBX")} == {"NM"}
    assert b"|TX|" in narrative_result(PEOPLE[0])


@pytest.mark.parametrize("size", [20_000, 500_000])
def test_a_bundle_is_as_large_as_asked(size: int) -> None:
    content = bundle(PEOPLE[0], size)
    assert size <= len(content) < size + 1000
    assert json.loads(content)["resourceType"] == "Bundle"
