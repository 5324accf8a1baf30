from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamdeid.transform.dates import days_for, shift_fhir, shift_hl7, year_of_fhir, year_of_hl7
from streamdeid.transform.prf import Prf

PRF = Prf(b"a made-up secret for tests")
DAYS = st.dates(date(1800, 1, 1), date(2200, 12, 31))
SHIFTS = st.integers(-4000, -1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20240305", "20231126"),
        ("20240305101500.1234-0500", "20231126101500.1234-0500"),
        ("202403051015", "202311261015"),
        ("20240305-0500", "20231126-0500"),
        ("202403", "202312"),
        ("2024", "2024"),
        ("20240300", "20231200"),
        ("20240000", "20240000"),
        ("00000000", "00000000"),
        ("20240229", "20231121"),
    ],
)
def test_shift_hl7(text, expected):
    assert shift_hl7(text, -100) == expected


@pytest.mark.parametrize(
    "text", ["", "19001350", "20230229", "00010000x", "2024-03-05", "2024030599", "6175551234", "00000305", "unknown"]
)
def test_what_is_no_hl7_date(text):
    assert shift_hl7(text, -100) is None
    assert year_of_hl7(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-03-05", "2023-11-26"),
        ("2024-03-05T10:15:00.123+01:00", "2023-11-26T10:15:00.123+01:00"),
        ("2024-03-05T10:15:00Z", "2023-11-26T10:15:00Z"),
        ("2024-03", "2023-12"),
        ("2024", "2024"),
    ],
)
def test_shift_fhir(text, expected):
    assert shift_fhir(text, -100) == expected


@pytest.mark.parametrize("text", ["2024-13-01", "2024-02-30", "20240305", "2024-3-5", "2024-03-05T", ""])
def test_what_is_no_fhir_date(text):
    assert shift_fhir(text, -100) is None
    assert year_of_fhir(text) is None


@given(DAYS, DAYS, SHIFTS)
def test_intervals_are_exact_in_both_formats(first, second, days):
    shifted = [date.fromisoformat(shift_fhir(day.isoformat(), days)) for day in (first, second)]
    assert shifted[1] - shifted[0] == second - first
    assert shifted[0] == first + timedelta(days)
    assert shift_hl7(first.strftime("%Y%m%d"), days) == shifted[0].strftime("%Y%m%d")


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), SHIFTS)
def test_a_month_always_moves(day, days):
    old = day.strftime("%Y-%m")
    new = shift_fhir(old, days)
    assert new < old
    assert len(new) == 7


def test_years():
    assert year_of_hl7("20240305101500") == "2024"
    assert year_of_fhir("2024-03") == "2024"


def test_the_limits_of_the_calendar():
    assert shift_hl7("00010101", -100) is None
    assert shift_hl7("99991231", -100) == "99990922"


def test_days_for_a_patient():
    shifts = [days_for(PRF, f"patient {number}") for number in range(2000)]
    assert min(shifts) >= -365
    assert max(shifts) <= -31
    assert len(set(shifts)) > 320
    assert days_for(PRF, "p", 5, 5) == -5
    assert days_for(PRF, "p") == days_for(PRF, "p")


def test_no_shift_changes_nothing():
    assert shift_hl7("202403", 0) == "202403"
    assert shift_fhir("2024-03", 0) == "2024-03"
