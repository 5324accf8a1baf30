"""Which values a written path means."""

import json

import pytest

from streamdeid.build import load_policy
from streamdeid.message.scan import scan
from streamdeid.policy_check.places import covers, values
from streamdeid.types import Format

ER7 = (
    b"MSH|^~\\&|A|B|C|D|20240305||ORU^R01|1|T|2.5.1\rPID|1||1^^^A^MR~2^^^B^SS||Doe^Jo\r"
    b"OBX|1|ST|1||one\rOBX|2|ST|1||two\r"
)
FHIR = json.dumps(
    {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [
            {"resource": {"resourceType": "Patient", "name": [{"given": ["A", "B"]}, {"given": ["C"]}]}},
            {"resource": {"resourceType": "Patient", "name": [{"given": ["D"]}]}},
        ],
    }
).encode()


def at(path: str, content: bytes, format: Format) -> list[str]:
    return [
        value.text for value in values(scan(content, format, load_policy("keep_all")).document) if value.is_at(path)
    ]


@pytest.mark.parametrize(
    ("path", "texts"),
    [
        ("PID-5", ["Doe", "Jo"]),
        ("PID", ["1", "1", "A", "MR", "2", "B", "SS", "Doe", "Jo"]),
        ("PID-5.1", ["Doe"]),
        ("PID-5-1-1", ["Doe"]),
        ("PID-5.1.2", []),
        ("PID-3.1", ["1", "2"]),
        ("PID-3[1].1", ["1"]),
        ("PID-3(2)-1", ["2"]),
        ("PID(1)-3(*)-5", ["MR", "SS"]),
        ("PID(2)-3", []),
        ("OBX-5", ["one", "two"]),
        ("OBX(*)-5", ["one", "two"]),
        ("OBX[2]-5", ["two"]),
        ("OBX(2)-5-1", ["two"]),
        ("OBX-50", []),
    ],
)
def test_hl7v2_values(path: str, texts: list[str]) -> None:
    assert at(path, ER7, Format.HL7V2) == texts


@pytest.mark.parametrize(
    ("path", "texts"),
    [
        ("Patient.name.given", ["A", "B", "C", "D"]),
        ("Patient.name", ["A", "B", "C", "D"]),
        ("Patient.name[1].given", ["C"]),
        ("Patient.name.given[1]", ["B"]),
        ("Patient.name[0].given[0]", ["A", "D"]),
        ("Bundle.entry[1].resource.name[0].given[0]", ["D"]),
        ("Bundle.entry[0].resource.name", ["A", "B", "C"]),
        ("Bundle.entry.resource.name[*].given[1]", ["B"]),
        ("Bundle.type", ["collection"]),
        ("Patient.na", []),
        ("Bundle.entry[3]", []),
    ],
)
def test_fhir_values(path: str, texts: list[str]) -> None:
    assert at(path, FHIR, Format.FHIR) == texts


def test_text() -> None:
    assert at("text", b"hello", Format.TEXT) == ["hello"]


def test_paths_of_quarantine_are_met_exactly_or_from_around() -> None:
    assert covers("ZPI-1", "ZPI-1")
    assert covers("ZPI", "ZPI-1.2")
    assert covers("byte 17", "byte 17")
    assert covers("Patient.name", "Patient.name[3].family")
    assert not covers("Patient.name[1]", "Patient.name[3].family")
    assert not covers("PID-3", "")
    assert not covers("ZPI-1", "ZPI-2")
    assert not covers("PID-3.1", "PV1-3.1")
