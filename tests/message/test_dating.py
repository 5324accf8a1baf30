"""Dates in text that have no year lie near to the day of the message."""

import datetime as dt
import json

import pytest
from handwritten import bundle, observation, oru, patient, released, rows

from streamdeid.build import build_deidentifier, load_policy
from streamdeid.engine import Deidentifier
from streamdeid.types import Format

TEXT = "Seen on 3/8/2024. Appointment on 3/15."


@pytest.fixture(scope="module")
def engine() -> Deidentifier:
    return build_deidentifier(load_policy().model_copy(update={"models": ()}), b"a made-up secret of this module")


def days_between(text: str) -> int:
    """How many days after the date in the first sentence that in the second is."""
    first, second = text.removeprefix("Seen on ").removesuffix(".").split(". Appointment on ")
    month, day, year = map(int, first.split("/"))
    seen, (later_month, later_day) = dt.date(year, month, day), map(int, second.split("/"))
    return min((dt.date(year + more, later_month, later_day) - seen).days % 366 for more in (0, 1))


def test_intervals_hold_in_a_message_of_hl7_v2(engine: Deidentifier) -> None:
    assert days_between(rows(released(engine, oru(TEXT)))[0]) == 7


def test_intervals_hold_in_a_resource(engine: Deidentifier) -> None:
    content = bundle(patient(), observation(effectiveDateTime="2024-03-08", note=[{"text": TEXT}]))
    clean = json.loads(released(engine, content, Format.FHIR))
    assert days_between(clean["entry"][1]["resource"]["note"][0]["text"]) == 7


def test_intervals_hold_in_plain_text(engine: Deidentifier) -> None:
    assert days_between(released(engine, TEXT.encode(), Format.TEXT).decode()) == 7


def test_a_weekday_agrees_with_the_day_beside_it(engine: Deidentifier) -> None:
    weekday, day = rows(released(engine, oru("Seen on Friday, March 8")))[0].removeprefix("Seen on ").split(", ")
    both = [dt.datetime.strptime(f"{day} {year}", "%B %d %Y").date() for year in (2023, 2024)]
    (new,) = [made for made in both if dt.date(2023, 3, 8) <= made < dt.date(2024, 3, 8)]
    assert f"{new:%A}" == weekday


def test_the_year_of_birth_moves_with_the_date(engine: Deidentifier) -> None:
    content = oru("Born in 1961, operated in 2001.")
    clean = released(engine, content)
    born = clean.decode().split("PID|")[1].split("|")[6][:4]
    assert rows(clean) == [f"Born in {born}, operated in 2001."]
