import calendar
import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamdeid.transform.plain_dates import shift_plain
from streamdeid.transform.written_dates import _shift_any

DAYS = st.dates(dt.date(1900, 1, 1), dt.date(2199, 12, 31))
FORMS = [
    *("{m}/{d}/{y}", "{m:02d}/{d:02d}/{y}", "{d}-{m}-{y}", "{d:02d}.{m:02d}.{y}", "{m}/{d:02d}/{y}"),
    *("{month} {d}, {y}", "{month} {d:02d}, {y}", "{mon} {d}, {y}", "{MON} {d}, {y}", "{small} {d}, {y}"),
]


@pytest.mark.parametrize("day_first", [False, True])
@settings(deadline=None)
@given(day=DAYS, form=st.sampled_from(FORMS), days=st.integers(-400, -1))
def test_it_writes_what_the_reader_of_all_forms_writes(day_first, day, form, days):
    month, short = calendar.month_name[day.month], calendar.month_abbr[day.month]
    text = form.format(
        m=day.month, d=day.day, y=day.year, month=month, mon=short, MON=short.upper(), small=month.lower()
    )
    new = shift_plain(text, days, day_first)
    assert new is not None
    assert new == _shift_any(text, days, day_first)


@pytest.mark.parametrize(
    "text",
    ["02/31/2024", "February 30, 2024", "Smarch 1, 2024", "3/5/24", "March 5", "3/5/2024 10:00", "13/13/2024", ""],
)
def test_others_are_left_to_that(text):
    assert shift_plain(text, -100, False) is None
