import pytest

from streamdeid.detect.known import KnownDetector
from streamdeid.detect.known_dates import Day, day_of
from streamdeid.types import Entity

WRITTEN = [
    "03/14/1957",
    "3/14/57",
    "14/3/1957",
    "14.03.57",
    "14 March 1957",
    "March 14, 1957",
    "Mar 14 1957",
    "March 14th, 1957",
    "14th of March, 1957",
    "14-MAR-1957",
    "14-Mar-57",
    "1957-03-14",
    "19570314",
    "03141957",
    "14MAR1957",
]


@pytest.mark.parametrize(
    "value", ["19570314", "19570314000000", "195703140830-0500", "1957-03-14", "1957-03-14T08:30:00Z"]
)
@pytest.mark.parametrize("written", WRITTEN)
def test_every_way_to_write_the_day(value, written):
    entity = Entity("DATE/BIRTH", value)
    text = f"DOB: {written}."
    (span,) = KnownDetector([entity])(text)
    assert (text[span.start : span.end], span.label, span.entity) == (written, "DATE/BIRTH", entity)


@pytest.mark.parametrize(
    "text", ["03/15/1957", "1957", "in March 1957", "3 14 57", "1 3/14/58", "14 May 1957", "3/14-57"]
)
def test_other_days_are_left(text):
    assert KnownDetector([Entity("DATE/BIRTH", "19570314")])(text) == []


@pytest.mark.parametrize(
    "cue", ["born ", "Born in ", "b. ", "(b. ", "DOB: ", "YOB ", "year of birth: ", "born in the year ", "birth year "]
)
def test_the_year_alone_where_it_is_said_to_be_that_of_the_birth(cue):
    entity = Entity("DATE/BIRTH", "19570314")
    (span,) = KnownDetector([entity])(f"{cue}1957, and seen in 1957")
    assert (span.start, span.end, span.entity) == (len(cue), len(cue) + 4, entity)


def test_a_year_of_birth_is_no_part_of_another_number():
    assert KnownDetector([Entity("DATE/BIRTH", "19570314")])("born 1957-65 and airborne 1957") == []


def test_a_time_behind_the_day_is_no_part_of_it():
    text = "1957-03-14T08:30:00"
    (span,) = KnownDetector([Entity("DATE/BIRTH", "19570314")])(text)
    assert text[span.start : span.end] == "1957-03-14"


@pytest.mark.parametrize("value", ["", "1957", "195703", "1957-03", "19571314", "00000000", "0.5", "19570332"])
def test_values_without_a_day(value):
    assert day_of(value) is None
    assert KnownDetector([Entity("DATE/BIRTH", value)])(f"{value} 1957 195703") == []


def test_day_of():
    assert day_of("19570314083000.1234+0100") == Day("1957", 3, 14)
