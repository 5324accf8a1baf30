import pytest

from streamdeid.errors import PolicyError
from streamdeid.importing.configuration import read_configuration


def test_json_and_yaml_say_the_same() -> None:
    as_json = '{"fhirVersion": "R4", "fhirPathRules": [{"path": "Patient.name", "method": "redact"}]}'
    as_yaml = "fhirVersion: R4\nfhirPathRules:\n  - path: Patient.name\n    method: redact\n"
    assert (
        read_configuration(as_json, "f")
        == read_configuration(as_yaml, "f")
        == read_configuration(f"\ufeff{as_json}", "f")
    )


def test_json_with_trailing_commas_is_read() -> None:
    assert (
        len(
            read_configuration('{"fhirPathRules": [{"path": "Patient.name", "method": "redact"},],}', "f").fhirPathRules
        )
        == 1
    )


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "f: file"),
        ("fhirPathRules: [", "f, line"),
        ("fhirVersion: R4", "f: fhirPathRules: Field required"),
        ("fhirPathRules: [x]", r"f: fhirPathRules\.0"),
        ("fhirPathRules: []\nrules: []", "f: rules: Extra"),
        ("fhirPathRules: []\nfhirPathRules: []", "twice"),
        ('{"fhirPathRules": [], "fhirPathRules": []}', "twice"),
        ("fhirPathRules: []\nparameters: {colour: red}", r"f: parameters\.colour"),
        ("fhirPathRules: []\nparameters: {enablePartialDatesForRedact: yess}", r"enablePartialDatesForRedact"),
        (
            "fhirPathRules: []\nparameters: {restrictedZipCodeTabulationAreas: [036]}",
            r"restrictedZipCodeTabulationAreas\.0",
        ),
        (
            "fhirPathRules: []\nparameters: {restrictedZipCodeTabulationAreas: [x]}",
            r"restrictedZipCodeTabulationAreas\.0",
        ),
    ],
)
def test_faults_are_told_with_file_and_place(text: str, complaint: str) -> None:
    with pytest.raises(PolicyError, match=complaint):
        read_configuration(text, "f")


def test_keys_stay_secret() -> None:
    text = "fhirPathRules: []\nparameters: {cryptoHashKey: sesame, dateShiftKey: 17, encryptKey: sesame}"
    with pytest.raises(PolicyError) as fault:
        read_configuration(text, "f")
    assert "sesame" not in str(fault.value)
    configuration = read_configuration(text.replace("17", "sesame"), "f")
    assert "sesame" not in repr(configuration)
