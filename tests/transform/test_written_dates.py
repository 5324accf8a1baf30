import re
from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from streamdeid.transform.written_dates import shift_written

DAYS = st.dates(date(1950, 1, 1), date(2049, 12, 31))
SHIFTS = st.integers(-700, -31)


def shifted(day, days):
    return day + timedelta(days)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3/5/24", "11/26/23"),
        ("03-05-2024", "11-26-2023"),
        ("3.5.2024", "11.26.2023"),
        ("31/12/2023", "22/09/2023"),
        ("98/03/05", "97/11/25"),
        ("2024-03-05", "2023-11-26"),
        ("2024/03/05", "2023/11/26"),
        ("2024-03-05T10:15:00Z", "2023-11-26T10:15:00Z"),
        ("2024-03-05 10:15", "2023-11-26 10:15"),
        ("20240305", "20231126"),
        ("20240305101500", "20231126101500"),
        ("03052024", "11262023"),
        ("030524", "112623"),
        ("March 5, 2024", "November 26, 2023"),
        ("MARCH 5TH, 2024", "NOVEMBER 26TH, 2023"),
        ("march 5", "november 25"),
        ("5th of March 2024", "26th of November 2023"),
        ("1st of June 2024", "22nd of February 2024"),
        ("05MAR2024", "26NOV2023"),
        ("12Jan2021", "04Oct2020"),
        ("05-May-2024", "26-Jan-2024"),
        ("5 May 2024", "26 Jan 2024"),
        ("May 5, 2024", "January 26, 2024"),
        ("2024-Mar-05", "2023-Nov-26"),
        ("Sept. 5, 2023", "May. 28, 2023"),
        ("Dec 14, 2023", "Sep 5, 2023"),
        ("Sept 14, 2023", "Jun 6, 2023"),
        ("Mon 5 Mar", "Sat 25 Nov"),
        ("Monday, March 4, 2024", "Saturday, November 25, 2023"),
        ("March 5th, 2024 (Tuesday)", "November 26th, 2023 (Sunday)"),
        ("Tues 3/5", "Sun 11/26"),
        ("3/5", "11/25"),
        ("2/29", "11/21"),
        ("Mar 2024", "Dec 2023"),
        ("January of 2020", "October of 2019"),
        ("10/2023", "07/2023"),
        ("3/98", "12/97"),
        ("Mar '98", "Dec '97"),
        ("March", "December"),
        ("Tuesday", "Sunday"),
        ("Thursdays", "Tuesdays"),
        ("summer 2014", "spring 2014"),
        ("Winter 2023", "Fall 2022"),
        ("autumn of 2019", "summer of 2019"),
        ("3/5-3/8/24", "11/26-11/29/23"),
        ("03/05/24 - 03/08/24", "11/26/23 - 11/29/23"),
        ("March 5-8, 2024", "November 26-29, 2023"),
        ("March 5 and 8, 2024", "November 26 and 29, 2023"),
        ("June 5th-9th, 2024", "February 26th-March 1st, 2024"),
        ("5-12 June 2024", "26 February-4 March 2024"),
        ("4 to 6 March 2024", "25 to 27 November 2023"),
        ("from the 4th to the 6th of March 2024", "from the 25th to the 27th of November 2023"),
        ("4th and 6th of March 2024", "25th and 27th of November 2023"),
        ("March 4th to the 6th, 2024", "November 25th to the 27th, 2023"),
        ("12 until 16 June 2024", "4 until 8 March 2024"),
        ("between 4 and 6/3/2024", "between 25 and 27/11/2023"),
        ("14-16/03/2024", "05-07/12/2023"),
        ("the fifth of March 2024", "the twenty-sixth of November 2023"),
        ("March twenty first, 2024", "December twelfth, 2023"),
        ("TWENTY FIRST OF MARCH", "ELEVENTH OF DECEMBER"),
        ("28 December to 2 January 2024", "19 September to 24 September 2023"),
        ("Jan 5 - Feb 3, 2024", "Sep 27 - Oct 26, 2023"),
        ("between 3/5/24 and 4/6/24", "between 11/26/23 and 12/28/23"),
        ("week of March 5, 2024", "week of November 26, 2023"),
        ("3/5/2024 at 10:15 am", "11/26/2023 at 10:15 am"),
        ("MAR 05 2024 1015 hrs", "NOV 26 2023 1015 hrs"),
        ("3 weeks before 3/5/2024", "3 weeks before 11/26/2023"),
    ],
)
def test_each_form_is_written_back_in_its_own_form(text, expected):
    assert shift_written(text, -100) == expected


@pytest.mark.parametrize(
    "text", ["2024", "'98", "1998-2001", "1990s", "the 90s", "yesterday", "at 10:15 am", "2 weeks ago", ""]
)
def test_what_stays(text):
    assert shift_written(text, -100) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Labor Day", "a holiday"), ("on Christmas Eve 2023", "on a holiday 2023"), ("the 4th of July", "a holiday")],
)
def test_holidays(text, expected):
    assert shift_written(text, -100) == expected


@pytest.mark.parametrize(
    "text",
    [
        "13/45/2000",
        "19001350",
        "Feb 29, 2023",
        "99/99/9999",
        "00/00/0000",
        "the 5th",
        "March fifth, twenty twenty-four",
        "February nineteen",
        "March five",
        "the fifth to the seventh of March",
        "the 4th, 5th and 6th of March",
        "March 45, 2024",
        "32 March 2024",
        "30 to 31 February 2024",
        "9999-99-99",
        "Christmas 12/25/2023",
        "6175551234",
        "3/5/24 and 42",
        "31 June",
    ],
)
def test_what_cannot_be_read(text):
    assert shift_written(text, -100) is None


LEAP_YEAR = date(2024, 3, 5).toordinal()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3/15", "12/6"),
        ("March 8", "November 29"),
        ("28 February", "20 November"),
        ("Tue 3/5", "Sun 11/26"),
        ("Mon 3/6", "Sat 11/26"),  # 2023
        ("Sun 3/5 and 3/15", "Fri 11/25 and 12/6"),  # 2023
        ("Wed 3/5 (made up)", "Mon 11/25 (made up)"),  # 2025
        ("12/20", "09/11"),
        ("3/15/2022", "12/5/2021"),
        ("3/15, 3/16/2022", "12/5, 12/6/2021"),
        ("March", "December"),
    ],
)
def test_a_date_without_a_year_is_of_the_one_it_is_nearest_in(text, expected):
    assert shift_written(text, -100, near=LEAP_YEAR) == expected


@given(day=st.dates(date(2020, 6, 1), date(2025, 6, 1)), apart=st.integers(-150, 150), days=SHIFTS)
def test_it_moves_as_far_as_the_date_that_it_is_near_to(day, apart, days):
    near = day + timedelta(apart)
    new = shift_written(f"{near:%b} {near.day}" if near.month != 5 else f"{near:%m/%d}", days, near=day.toordinal())
    expected = shifted(near, days)
    assert normal(new) in (normal(f"{expected:%b %d}"), normal(f"{expected:%m/%d}"), f"May {expected.day}")


def test_day_first():
    assert shift_written("3/5/2024", -100, True) == "24/1/2024"
    assert shift_written("3/13/2024", -100, True) == "12/4/2023"


def test_no_shift_changes_nothing():
    assert shift_written("13/45/2000", 0) == "13/45/2000"


FORMS = [
    "%m/%d/%Y",
    "%Y-%m-%d",
    "%d%b%Y",
    "%B %d, %Y",
    "%d %B %Y",
    "%d-%b-%Y",
    "%Y%m%d",
    "%m-%d-%y",
    "%Y-%b-%d",
    "%b %d, %Y",
]


@pytest.mark.parametrize("form", FORMS)
@given(day=DAYS, days=SHIFTS)
def test_the_new_date_is_so_many_days_away(form, day, days):
    assume(day.month != 5)  # May does not tell whether it is short
    new = shift_written(day.strftime(form), days)
    expected = shifted(day, days)
    assert normal(new) == normal(expected.strftime(form))


@pytest.mark.parametrize("form", ["%A, %B {d}, %Y", "%a {m}/{d}/%Y", "{d} %b %Y (%A)"])
@given(day=DAYS, days=SHIFTS)
def test_the_weekday_is_that_of_the_new_date(form, day, days):
    assume(day.month != 5)

    def written(value):
        return value.strftime(form.replace("{d}", str(value.day)).replace("{m}", str(value.month)))

    assert normal(shift_written(written(day), days)) == normal(written(shifted(day, days)))


@given(day=DAYS, other=DAYS, days=SHIFTS)
def test_ranges_keep_their_length(day, other, days):
    text = f"{day:%m/%d/%Y}-{other:%m/%d/%Y}"
    assert normal(shift_written(text, days)) == normal(f"{shifted(day, days):%m/%d/%Y}-{shifted(other, days):%m/%d/%Y}")


@given(st.text(alphabet="0123456789/-., marchMayJan'thof", max_size=20), SHIFTS)
def test_no_text_makes_it_fail(text, days):
    new = shift_written(text, days)
    assert new is None or isinstance(new, str)


def normal(text):
    """Without leading zeros, whose use the form does not always tell."""
    return re.sub(r"(?<!\d)0(?=\d(?!\d))", "", text)


def test_may_is_a_name_or_an_abbreviation():
    assert shift_written("05MAY2024", -100) == "26JAN2024"
    assert shift_written("5 May 2024", -100) == "26 Jan 2024"
    assert shift_written("May 5, 2024", -100) == "January 26, 2024"
