import json

import pytest
from handwritten import OID, er7, released

from streamdeid.build import build_deidentifier, load_policy
from streamdeid.message.astray import is_astray
from streamdeid.types import Format

_PID = f"PID|1||001^^^MADEUP&{OID}&ISO^MR||Doemann^Johanna"


@pytest.mark.parametrize(
    ("datatype", "text"),
    [
        ("NM", "Dr. Nemo said so"),
        ("NM", "123-45-6789"),
        ("NM", "3/4/2024"),
        ("SI", "Johanna Doemann"),
        ("TM", "after lunch"),
        ("ID", "Seen by Dr. Nemo"),
        ("NM", "nemo@example.org"),
    ],
)
def test_what_a_datatype_does_not_hold_is_read(datatype: str, text: str) -> None:
    assert is_astray(datatype, text)


@pytest.mark.parametrize(
    ("datatype", "text"),
    [
        ("NM", "-1.5"),
        ("NM", "> 100"),
        ("NM", "1.5-2.5"),
        ("NM", "NEGATIVE"),
        ("SI", "1"),
        ("TM", "103015.1234-0500"),
        ("TM", "10:30 am"),
        ("ID", "2.5.1"),
        ("ID", "ORU_R01"),
        ("ID", "en-US"),
        ("ID", "UNICODE_UTF-8"),
        ("ID", ""),
    ],
)
def test_what_it_holds_stays(datatype: str, text: str) -> None:
    assert not is_astray(datatype, text)


def test_remarks_in_numbers_and_codes_leave_without_who_they_are_about() -> None:
    policy = load_policy().model_copy(update={"models": ()})
    made = build_deidentifier(policy, b"a made-up secret")
    content = er7(
        "ORU^R01",
        _PID,
        "OBR|1|||8665-2^Glucose^LN",
        "OBX|1|NM|8665-2^Glucose^LN||told Dr. Roessner on 3/4/2024||||||F",
        "NTE|Johanna Doemann called|Seen by Dr. Roessner on 3/4/2024|x",
    )
    text = released(made, content).decode()
    assert "told Dr. " in text
    for leaked in ("Roessner", "Doemann", "Johanna", "3/4/2024"):
        assert leaked not in text


def test_who_names_the_place_means_it() -> None:
    policy = load_policy()
    rules = dict(policy.hl7v2.rules) | {"NTE-2": policy.hl7v2.rules["ID"]}
    kept = policy.model_copy(update={"models": (), "hl7v2": policy.hl7v2.model_copy(update={"rules": rules})})
    text = released(build_deidentifier(kept, b"a made-up secret"), er7("ORU^R01", _PID, "NTE|1|Dr. Roessner there|x"))
    assert b"Dr. Roessner there" in text


_REMARK = "ask Tamara Quillfeather on 614-555-0143"


@pytest.mark.parametrize("policy", ["expert_determination", "safe_harbor", "limited_data_set", "research_mask"])
def test_a_remark_in_a_fhir_code_or_uri_is_read(policy: str) -> None:
    patient = {
        "resourceType": "Patient",
        "id": "madeup",
        "meta": {"profile": [_REMARK]},
        "implicitRules": _REMARK,
        "extension": [
            {"url": _REMARK, "valueCode": _REMARK},
            {"url": "http://example.org/e", "valueTime": _REMARK},
        ],
        "identifier": [{"system": "http://example.org/mrn", "value": "001"}, {"system": _REMARK, "value": "002"}],
        "gender": _REMARK,
        "maritalStatus": {"coding": [{"system": _REMARK, "code": _REMARK}]},
    }
    made = build_deidentifier(load_policy(policy), b"a made-up secret")
    clean = released(made, json.dumps(patient).encode(), Format.FHIR)
    assert b"Quillfeather" not in clean
    assert b"555-0143" not in clean
    assert json.loads(clean)["identifier"][0]["system"] == "http://example.org/mrn"


def test_a_code_with_a_blank_is_no_remark() -> None:
    assert not is_astray("code", "A 1")
    assert not is_astray("uri", "urn:oid:2.16.840.1.113883")
    assert not is_astray("code", "mm[Hg]")
