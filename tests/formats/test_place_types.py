import pytest

from streamdeid.formats.place_types import value_types
from streamdeid.types import Format


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("PID-7", "DT DTM TS"),
        ("DTM", "DTM"),
        ("NM", "NM"),
        ("CX(MR).1", "ST"),
        ("XPN.2", "ST"),
        ("OBX-1", "SI"),
        *((name, "") for name in ("PID-5", "XPN", "OBX-5", "OBX-5.1", "varies", "undefined-field", "ZZZ-1", "")),
    ],
)
def test_hl7(name: str, expected: str) -> None:
    assert value_types(Format.HL7V2, name) == set(expected.split())


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("date", "date"),
        ("Patient.birthDate", "date"),
        ("HumanName.family", "string"),
        ("Patient.contact.gender", "code"),
        ("Patient.contact.name.family", "string"),
        ("Age(mo).value", "decimal"),
        ("Resource.id", "id"),
        ("Patient.multipleBirth[x]", "boolean integer"),
        *(
            (name, "")
            for name in ("Patient.name", "Observation.value[x]", "Extension(http://a.example/b)", "Nothing.x")
        ),
    ],
)
def test_fhir(name: str, expected: str) -> None:
    assert value_types(Format.FHIR, name) == set(expected.split())


def test_text_has_no_datatypes() -> None:
    assert value_types(Format.TEXT, "html.text") == frozenset()
