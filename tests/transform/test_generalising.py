import pytest

from streamdeid.errors import TransformError
from streamdeid.policy.policy import Rule
from streamdeid.transform.operators import Request, Subject, Transformer
from streamdeid.transform.prf import Prf
from streamdeid.types import Entity, Format

TRANSFORMER = Transformer(Prf(b"a made-up secret for tests"))


def generalised(rule: str, text: str, datatype: str = "TX", format: Format = Format.HL7V2) -> str | None:
    given = Rule.model_validate(f"generalise {rule}")
    entity = Entity(given.label or "DATE", text)
    return TRANSFORMER.replace(given.strategy, Request(entity, Subject("p", -100), text, datatype, format))


@pytest.mark.parametrize(
    ("text", "month", "week", "year", "decade"),
    [
        ("March 5, 2024", "2024-03", "2024-W10", "2024", "2020s"),
        ("3/5/24", "2024-03", "2024-W10", "2024", "2020s"),
        ("Mon 5 Mar 2024", "2024-03", "2024-W10", "2024", "2020s"),
        ("202403051015", "2024-03", "2024-W10", "2024", "2020s"),
        ("2024-03-05T10:15:00Z", "2024-03", "2024-W10", "2024", "2020s"),
        ("December 31, 2024", "2024-12", "2025-W01", "2024", "2020s"),
        ("January 1, 2023", "2023-01", "2022-W52", "2023", "2020s"),
        ("March 2024", "2024-03", "2024-03", "2024", "2020s"),
        ("summer 1998", "1998", "1998", "1998", "1990s"),
        ("3/5/2024 to 4/9/2025", "2024-03 to 2025-04", "2024-W10 to 2025-W15", "2024 to 2025", "2020s"),
        ("March 5", *("<DATE>",) * 4),
        ("13/45/2000", *("<DATE>",) * 4),
        ("the other day, he said 4711", *("<DATE>",) * 4),
    ],
)
def test_dates_in_text(text: str, month: str, week: str, year: str, decade: str) -> None:
    spans = ("month", "week", "year", "decade")
    assert [generalised(f"DATE {span}", text) or text for span in spans] == [month, week, year, decade]


@pytest.mark.parametrize(
    ("datatype", "format", "text", "month", "week", "year", "decade"),
    [
        ("DTM", Format.HL7V2, "202403051015-0500", "202403", "20240304", "2024", "2020"),
        ("DT", Format.HL7V2, "20230101", "202301", "20221226", "2023", "2020"),
        ("DTM", Format.HL7V2, "202403", "202403", "202403", "2024", "2020"),
        ("TS", Format.HL7V2, "someday", "", "", "", ""),
        ("date", Format.FHIR, "2024-03-05", "2024-03", "2024-03-04", "2024", "2020"),
        ("dateTime", Format.FHIR, "2024-03-05T10:00:00Z", "2024-03", "2024-03-04", "2024", "2020"),
    ],
)
def test_dates_in_fields_become_the_first_one(
    datatype: str, format: Format, text: str, month: str, week: str, year: str, decade: str
) -> None:
    made = [generalised(f"DATE {span}", text, datatype, format) for span in ("month", "week", "year", "decade")]
    assert [text if one is None else one for one in made] == [month, week, year, decade]


def test_an_instant_becomes_the_first_one() -> None:
    made = [
        generalised(f"DATE {span}", "2024-03-05T10:00:00Z", "instant", Format.FHIR)
        for span in ("month", "week", "year", "decade")
    ]
    days = ["2024-03-01", "2024-03-04", "2024-01-01", "2020-01-01"]
    assert made == [f"{day}T00:00:00Z" for day in days]


def test_times_of_day_and_what_says_nothing_stay() -> None:
    assert generalised("DATE month", "1015", "TM") is None
    assert generalised("DATE month", '""', "DTM") is None
    assert generalised("DATE month", "", "DTM") is None
    with pytest.raises(TransformError):
        generalised("DATE month", "2024-02-30", "date", Format.FHIR)


@pytest.mark.parametrize(
    ("text", "by_ten", "by_fifteen"),
    [
        ("63", "60-69", "60-74"),
        ("63-year-old", "60-69 year-old", "60-74 year-old"),
        ("18 months", "0-9 years", "0-14 years"),
        ("150 months old", "10-19 years old", "0-14 years old"),
        ("89", "80-89", "75-89"),
        ("90", "90+", "90+"),
        ("ninety-two years old", "90+ years old", "90+ years old"),
        ("60s", "60-69", "60-74"),
        ("90s", "90+", "90+"),
        ("forty-five", "40-49", "45-59"),
        ("in his sixties", "in his 60-69", "in his 60-74"),
        ("elderly", "<AGE>", "<AGE>"),
    ],
)
def test_bands_of_ages(text: str, by_ten: str, by_fifteen: str) -> None:
    assert generalised("AGE age", text) == by_ten
    assert generalised("AGE age step=15", text) == by_fifteen


def test_groups_of_ages() -> None:
    groups = "AGE age ranges=[1, 4, 12, 20, 40, 60, 80]"
    texts = ("63 y.o.", "five", "85", "93 y.o.")
    assert [generalised(groups, text) for text in texts] == ["60-79 y.o.", "4-11", "80-89", "90+ y.o."]
    assert generalised(groups, "63", "NM") == "60"


def test_ages_in_numbers_become_the_first_of_the_band() -> None:
    assert generalised("AGE age step=5", "63", "NM") == "60"
    assert generalised("AGE age", "63.5", "decimal", Format.FHIR) == "60"
    assert generalised("AGE age", "97", "NM") == "90"
    assert generalised("AGE age", "60", "NM") is None
    assert generalised("AGE age", "old", "NM") == ""


def test_ages_one_by_one_stay_up_to_89() -> None:
    assert generalised("AGE age step=1", "63 y.o.") is None
    assert generalised("AGE age step=1", "93 y.o.") == "90+ y.o."


@pytest.mark.parametrize(
    ("text", "expected"),
    [("43999-1234", "439"), ("43999", "439"), ("03601", "000"), ("20402", "000"), ("SW1A 1AA", "<LOCATION>")],
)
def test_three_digits_of_a_zip_code(text: str, expected: str) -> None:
    assert generalised("LOCATION/ZIP zip3", text) == expected


def test_areas_may_be_given() -> None:
    assert generalised("LOCATION/ZIP zip3 areas=43,036", "43999") == "000"
    assert generalised("LOCATION/ZIP zip3 areas=036", "20402") == "204"


@pytest.mark.parametrize(
    ("step", "text", "datatype", "expected"),
    [
        ("10", "127", "NM", "120"),
        ("10", "-3", "NM", "-10"),
        ("0.5", "37.8", "NM", "37.5"),
        ("10", "127", "ST", "120-129"),
        ("0.5", "37.8", "ST", "37.5-38.0"),
        ("10", "-3", "ST", "-10 to -1"),
        ("10", "many", "ST", "<DATE>"),
    ],
)
def test_ranges_of_numbers(step: str, text: str, datatype: str, expected: str) -> None:
    assert generalised(f"range step={step}", text, datatype) == expected


@pytest.mark.parametrize(
    ("rule", "complaint"),
    [
        ("generalise", "needs to"),
        ("generalise DATE century", "to: Input should be"),
        ("generalise range", "a range needs a step"),
        ("generalise DATE month step=3", "month takes no step"),
        ("generalise AGE age step=2.5", "whole number of years"),
        ("generalise AGE age areas=036", "age takes no areas"),
        ("generalise DATE month ranges=1,4", "month takes no ranges"),
        ("generalise AGE age step=5 ranges=1,4", "ranges or a step, not both"),
        ("generalise AGE age ranges=4,1", "lowest first"),
        ("generalise AGE age ranges=x", "cannot be done with ranges 'x'"),
        ("generalise LOCATION/ZIP zip3 areas=x", "cannot be done with areas 'x'"),
        ("generalise range step=0", "greater than 0"),
    ],
)
def test_parameters_are_checked(rule: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Rule.model_validate(rule)
