import pytest
from handwritten import OID, er7, released

from streamdeid.build import build_deidentifier, load_policy
from streamdeid.message.astray import is_astray

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
