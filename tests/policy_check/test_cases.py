"""Files of cases, and what is wrong with them."""

import json
from pathlib import Path

import pytest

from streamdeid.errors import PolicyError
from streamdeid.policy_check.cases import case_schema, read_cases
from streamdeid.types import Format

SCHEMA = Path(__file__).parents[2] / "schemas" / "policy_test.schema.json"
ONE = """\
cases:
  - name: one
    message: hello
"""


def test_a_message_is_text_or_fhir_as_yaml_and_says_its_format() -> None:
    text = """\
cases:
  - {name: er7, message: "MSH|^~\\\\&|A"}
  - {name: json, message: '{"resourceType": "Patient"}'}
  - name: yaml
    message: {resourceType: Patient, birthDate: 1957-11-22}
  - {name: text, message: Seen.}
  - {name: said, message: Seen., format: fhir}
"""
    cases = read_cases(text, "x_test.yaml").cases
    assert [case.kind for case in cases] == [Format.HL7V2, Format.FHIR, Format.FHIR, Format.TEXT, Format.FHIR]
    assert json.loads(cases[2].content) == {"resourceType": "Patient", "birthDate": "1957-11-22"}
    assert cases[3].content == b"Seen."


@pytest.mark.parametrize(
    ("expect", "quarantined"),
    [
        ("{}", False),
        ("{outcome: released}", False),
        ("{outcome: quarantined}", True),
        ("{code: er7.header}", True),
        ("{path: PID-3}", True),
        ("{paths: {PID-3: quarantined}}", True),
        ("{contains: [a]}", False),
    ],
)
def test_what_is_expected_says_whether_the_message_may_leave(expect: str, quarantined: bool) -> None:
    assert read_cases(f"{ONE}    expect: {expect}\n", "x").cases[0].expect.is_quarantined is quarantined


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "x, line 1: cases: Input should be"),
        ("cases: []", "x, line 1: cases: Tuple should have at least 1 item"),
        ("cases: [", "not valid YAML"),
        (ONE + "    expct: {}\n", "x, line 4: cases.0.expct: Extra inputs are not permitted; did you mean expect?"),
        (
            ONE + "    expect: {code: er7.heder}\n",
            "x, line 4: cases.0.expect.code: there is no code er7.heder; did you mean er7.header",
        ),
        (
            ONE + "    expect:\n      paths: {PID-5: chnged}\n",
            "x, line 5: cases.0.expect.paths: PID-5: cannot expect 'chnged'; there are changed,",
        ),
        (ONE + "    expect: {paths: {PID-5: 'matches ('}}\n", "matches: no regular expression"),
        (ONE + "    expect: {paths: {PID-5: equals}}\n", "cannot expect 'equals'"),
        (ONE + "    expect: {paths: {PID-5: kept all}}\n", "cannot expect 'kept all'"),
        (ONE + "    expect: {outcome: released, code: er7.header}\n", "has no output of which"),
        (ONE + "    expect: {outcome: quarantined, lacks: [a]}\n", "has no output of which"),
        (ONE + "    expect: {paths: {A: quarantined, B: kept}}\n", "has no output of which"),
        (ONE + ONE.removeprefix("cases:\n"), "x, line 1: cases: two cases are called 'one'"),
        ("cases: [{name: a}]", "x, line 1: cases.0.message: Field required"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line(text: str, complaint: str) -> None:
    with pytest.raises(PolicyError) as refusal:
        read_cases(text, "x")
    assert complaint in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (ONE + "    expct: {}\n", "x, line 4: cases.0.expct: Extra inputs are not permitted; did you mean expect?"),
        (ONE + "    expect: {path: [PID-5]}\n", "x, line 4: cases.0.expect.path: Input should be a valid string"),
        ("descripton: a\n" + ONE, "x, line 1: descripton: Extra inputs are not permitted; did you mean description?"),
    ],
)
def test_one_slip_is_one_line(text: str, complaint: str) -> None:
    with pytest.raises(PolicyError) as refusal:
        read_cases(text, "x")
    assert str(refusal.value) == complaint


def test_a_message_is_not_quoted() -> None:
    with pytest.raises(PolicyError) as refusal:
        read_cases("cases: [{name: a, message: [Testcase, Tamara]}]", "x")
    assert "Testcase" not in str(refusal.value)


def test_the_published_schema_is_the_models() -> None:
    assert json.loads(SCHEMA.read_text()) == case_schema()
