import pytest

from streamdeid.errors import TransformError
from streamdeid.policy.policy import Rule
from streamdeid.transform.operators import Request, Subject, Transformer
from streamdeid.transform.prf import Prf
from streamdeid.types import Entity, Format

TRANSFORMER = Transformer(Prf(b"a made-up secret for tests"))


def masked(rule: str, text: str, datatype: str = "ST", format: Format = Format.HL7V2, number: int = 0) -> str | None:
    given = Rule.model_validate(f"mask NAME/FAMILY {rule}".strip())
    request = Request(Entity("NAME/FAMILY", text), Subject("p", -100), text, datatype, format, number)
    return TRANSFORMER.replace(given.strategy, request)


@pytest.mark.parametrize(
    ("rule", "text", "expected"),
    [
        ("", "Doe", "<NAME>"),
        ("label", "Doe", "<NAME>"),
        ("fine=true", "Doe", "<NAME/FAMILY>"),
        ("numbered=true", "Doe", "<NAME7>"),
        ("characters", "Jane Doe-Roe", "**** ***-***"),
        ("character=X", "Jane Doe", "XXXX XXX"),
        ("characters keep_separators=false", "J. Doe", "******"),
        ("count=4", "(614) 555-0143", "(***) *55-0143"),
        ("count=4 from_end=true", "(614) 555-0143", "(614) 555-****"),
        ("count=99", "Doe", "***"),
        ("fixed", "Jane van der Doe", "**** **** **** ****"),
        ("fixed length=2 character=x", "Jane  Doe", "xx  xx"),
        ("characters", "e\u0301", "**"),
        ("characters", "\U0001d49c\U0001d4b7", "**"),
    ],
)
def test_forms(rule: str, text: str, expected: str) -> None:
    assert masked(rule, text, number=7) == expected


@pytest.mark.parametrize("rule", ["characters", "fixed", "count=3"])
@pytest.mark.parametrize("text", ["", " ", '""', "-"])
def test_what_says_nothing_stays(rule: str, text: str) -> None:
    assert masked(rule, text) is None


@pytest.mark.parametrize("rule", ["", "characters", "fixed"])
def test_a_value_of_a_type_that_holds_no_text_goes_or_is_refused(rule: str) -> None:
    assert masked(rule, "20240305", "DTM") == ""
    assert masked(rule, "120", "NM") == ""
    with pytest.raises(TransformError):
        masked(rule, "2024-03-05", "date", Format.FHIR)
    assert masked(rule, "Doe", "xhtml", Format.FHIR) == "[NAME]"


@pytest.mark.parametrize(
    ("rule", "complaint"),
    [
        ("mask NAME character=xx", "character"),
        ("mask NAME character=' '", "character"),
        ("mask NAME fixed count=2", "several forms"),
        ("mask NAME label length=2", "several forms"),
        ("mask NAME length=0", "length"),
        ("mask NAME stars", "form: Input should be"),
        ("mask NAME label characters", "mask does not take characters"),
        ("mask NAME colour=red", "mask takes no colour"),
    ],
)
def test_parameters_are_checked(rule: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Rule.model_validate(rule)
