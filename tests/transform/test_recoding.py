from typing import Any

import pytest

from streamdeid.errors import TransformError
from streamdeid.policy.policy import Rule
from streamdeid.transform.operators import OMITTED, Request, Subject, Transformer
from streamdeid.transform.prf import Prf
from streamdeid.types import Entity, Format

TRANSFORMER = Transformer(Prf(b"a made-up secret for tests"))


def recoded(cases: dict[str, str], text: str, datatype: str = "ST", otherwise: str = "keep", **more: Any) -> str | None:
    rule = Rule.model_validate({"operator": "recode", "cases": cases, "otherwise": otherwise})
    format = more.get("format", Format.HL7V2)
    return TRANSFORMER.replace(rule.strategy, Request(Entity("ID", text), Subject("p", 0), text, datatype, format))


def test_the_first_case_that_is_met_decides() -> None:
    cases = {"$this >= 0 and $this < 20": "20", "$this < 40": "40", "$this < 10": "10"}
    assert [recoded(cases, text, "NM") for text in ("7", "20", "39.9", "40")] == ["20", "40", "40", None]
    assert recoded(cases, "7", "ST") == "20"
    assert recoded(cases, "seven", "NM") is None


def test_what_meets_no_case() -> None:
    never = {"false": "1"}
    assert recoded(never, "x", otherwise="remove") == ""
    assert recoded(never, "x", "string", "remove", format=Format.FHIR) == "[removed]"
    assert recoded(never, "x", otherwise="omit") is OMITTED
    assert recoded(never, "x", otherwise="mask") == "<ID>"
    assert recoded({"true": "$this.substring(9)"}, "x", otherwise="mask") == "<ID>"
    with pytest.raises(TransformError):
        recoded(never, "5", "decimal", "remove", format=Format.FHIR)


def test_booleans() -> None:
    assert recoded({"$this = true": "false"}, "true", "boolean", format=Format.FHIR) == "false"
    assert recoded({"$this": "false"}, "true", "boolean", format=Format.FHIR) == "false"


def test_a_value_that_the_type_cannot_hold_is_refused() -> None:
    with pytest.raises(TransformError):
        recoded({"true": "'many'"}, "5", "decimal", format=Format.FHIR)


@pytest.mark.parametrize(
    ("cases", "complaint"),
    [
        ({}, "at least 1"),
        ({"$this >": "1"}, "case \\$this >"),
        ({"true": "name"}, "only \\$this can be asked about"),
        ({"$this.matches('x')": "1"}, "matches\\(\\) is not supported"),
        ({"$this is string": "1"}, "is is not supported"),
    ],
)
def test_cases_are_read_when_the_policy_is_loaded(cases: dict[str, str], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Rule.model_validate({"operator": "recode", "cases": cases})
