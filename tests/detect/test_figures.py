import pytest

from streamdeid.detect.figures import is_measured
from streamdeid.types import Span


def measured(text: str, covered: str, label: str = "DATE") -> bool:
    start = text.index(covered)
    return is_measured(Span(start, start + len(covered), label, 0.9, "ner.own"), text)


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        ("Epworth 17/24. Told not to drive", "17"),
        ("Epworth 17/24. Told not to drive", "17/24"),
        ("VENIPUNCTURE   -30.00", "30.00"),
        ("WEIGHT 61.20 today", "61"),
        ("seen at 06:25 by", "06:25"),
        ("taken 19:56:04", "19:56:04"),
        ("gave 4.5 mg of it", "4.5"),
        ("paid £3.11 for it", "3.11"),
        ("SpO2 11/12% on air", "11/12"),
        ("proned 0/8 so far", "0/8"),
        ("review in 8/52 please", "8/52"),
        ("well at 12/40 gestation", "12/40"),
    ],
)
def test_measured_figures_are_no_dates(text: str, covered: str) -> None:
    assert measured(text, covered)


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        ("seen 3/14 by", "3/14"),
        ("seen 14/3 by", "14/3"),
        ("seen 14.3. by", "14.3."),
        ("since 3/98 or so", "3/98"),
        ("in the season 1976/77", "1976"),
        ("seen 11/1998", "11/1998"),
        ("died 1998", "1998"),
        ("seen 2/30/2021", "2/30/2021"),
        ("seen 45.13.2021", "45.13.2021"),
        ("on the 3", "3"),
        ("on 3 May", "3 May"),
        ("the 17/24th", "17/24"),
        ("lot A17/24", "17/24"),
    ],
)
def test_what_may_be_a_date_stays(text: str, covered: str) -> None:
    assert not measured(text, covered)


@pytest.mark.parametrize(
    ("text", "covered", "label", "expected"),
    [
        ("the earth is 6000 years old", "6000", "AGE", True),
        ("aged 104, well", "104", "AGE", False),
        ("a well yo man", "yo", "AGE", True),
        ("forty years old", "years old", "AGE", True),
        ("forty years old", "forty", "AGE", False),
        ("BP 118/64 lying", "64", "CONTACT", True),
        ("call 555-0143", "555-0143", "CONTACT", False),
        ("charge 1,165.00 due", "1,165.00", "ID", True),
        ("rotator cuff M75.121 left", "M75.121", "ID", True),
        ("MRN 175121", "175121", "ID", False),
        ("Ward 17/24", "17/24", "LOCATION", False),
    ],
)
def test_other_labels(text: str, covered: str, label: str, expected: bool) -> None:
    assert measured(text, covered, label) is expected


@pytest.mark.parametrize("label", ["DATE", "AGE", "ID", "CONTACT"])
@pytest.mark.parametrize("text", ["1" * 9_000, f"{'1' * 4_500}/{'1' * 4_500}", "1," * 4_500, "1" * 41])
def test_endless_figures_are_left_to_others(label: str, text: str) -> None:
    for start in (0, 2, len(text) - 2):
        assert not is_measured(Span(start, start + 1, label, 0.9, "ner.own"), text)
    assert not is_measured(Span(0, len(text), label, 0.9, "ner.own"), text)


@pytest.mark.parametrize(("text", "covered"), [("Glucose 1.100 g/L.", "g/L"), ("8 mmol/L", "mmol/L")])
def test_units_after_figures_are_nobodys_initials(text: str, covered: str) -> None:
    assert measured(text, covered, "NAME/DOCTOR")


def test_initials_that_look_like_a_unit_stay() -> None:
    assert not measured("signed g/L", "g/L", "NAME/DOCTOR")
