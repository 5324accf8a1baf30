from streamdeid.transform.coarse_dates import CalendarDate
from streamdeid.transform.found_dates import dates_of_written, years_of_written


def test_years():
    assert years_of_written("March 5, 2024") == "2024"
    assert years_of_written("3/5/98 - 3/8/24") == "1998 to 2024"
    assert years_of_written("March 5") is None


def test_dates_are_those_with_a_year_that_exist():
    assert dates_of_written("March 5, 2024 and May 2020") == [CalendarDate(2024, 3, 5), CalendarDate(2020, 5, 0)]
    assert dates_of_written("5 March") == []
    assert dates_of_written("31 February 2024") == []
    assert dates_of_written("29-31 February 2024") == []
