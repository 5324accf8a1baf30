"""The operators that make numbers, postal codes and years coarser."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamdeid.errors import TransformError
from streamdeid.transform.operators import Subject, Transformer
from streamdeid.transform.prf import Prf
from streamdeid.types import Entity, Format

TRANSFORMER = Transformer(Prf(b"a made-up secret for tests"))


def apply(operator: str, text: str, datatype: str, given: str | None = None, scope: str = "p") -> str | None:
    return TRANSFORMER.apply(
        operator,
        Entity("DATE", text),
        subject=Subject(scope, -100),
        mention=text,
        datatype=datatype,
        format=Format.FHIR,
        parameters={} if given is None else {"with": given},
    )


@pytest.mark.parametrize(
    ("text", "areas", "expected"),
    [
        ("43999", None, "43900"),
        ("43999-1234", None, "43900-0000"),
        ("03601", "036 059", "00000"),
        ("05912-1234", "036 059", "00000-0000"),
        ("10115", "036 059", "10100"),
        ("43900", None, None),
        ("SW1A 1AA", None, "SW1A 0AA"),
    ],
)
def test_three_digits_of_a_postal_code_stay_but_for_some_areas(text: str, areas: str, expected: str | None) -> None:
    assert apply("zip3", text, "string", areas) == expected


@pytest.mark.parametrize(
    ("text", "datatype", "expected"),
    [
        ("1961-02-14", "date", "1961"),
        ("1921-02-14", "date", "1937"),
        ("1921", "dateTime", "1937"),
        ("1921-02-14T10:00:00Z", "instant", "1937-01-01T00:00:00Z"),
    ],
)
def test_years_before_the_first_that_is_told_become_it(text: str, datatype: str, expected: str) -> None:
    assert apply("year", text, datatype, "1937") == expected


@given(st.decimals(-10_000, 10_000, places=2), st.integers(0, 50))
def test_noise_stays_within_half_the_span(number: Decimal, span: int) -> None:
    new = Decimal(apply("perturb", str(number), "decimal", f"{span} 3") or number)
    assert abs(new - number) <= Decimal(span) / 2


@given(st.integers(0, 10_000))
def test_proportional_noise_stays_within_half_the_share_and_numbers_in_their_type(number: int) -> None:
    new = Decimal(apply("perturb", str(number), "unsignedInt", "20% 5") or number)
    assert new == int(new)
    assert new >= 0
    assert abs(new - number) <= number * Decimal("0.1") + 1


def test_noise_belongs_to_patient_and_value() -> None:
    noisy = apply("perturb", "100", "decimal", "50 6")
    assert noisy == apply("perturb", "100", "decimal", "50 6")
    assert (
        len({noisy, apply("perturb", "100", "decimal", "50 6", "q"), apply("perturb", "101", "decimal", "50 6")}) == 3
    )


def test_decimals_are_two_unless_told_and_positive_numbers_stay_positive() -> None:
    assert len((apply("perturb", "37.5", "decimal", "10") or "").partition(".")[2]) == 2
    assert {apply("perturb", str(number), "positiveInt", "99999") for number in range(1, 30)} > {"1"}


@pytest.mark.parametrize(("text", "datatype"), [("5", "code"), ("1e400", "decimal"), ("x", "NM")])
def test_noise_on_what_is_no_plain_number_is_refused(text: str, datatype: str) -> None:
    with pytest.raises(TransformError, match="unreadable"):
        apply("perturb", text, datatype, "5")
