"""Findings in a text that depend on each other, in whole messages by the rules alone."""

import re

import pytest
from handwritten import OID, oru, released, rows, value

from streamdeid.engine import Deidentifier
from streamdeid.message.neighbours import together
from streamdeid.transform.abroad import towns_abroad
from streamdeid.transform.localities import towns_of
from streamdeid.types import Span

PID = (
    f"PID|1||40017765^^^MADEUP&{OID}&ISO^MR||Doemann^Johanna||19610214|F|||12 Nonesuch Lane^^Amherst^MA^01002^USA||"
    "(413) 555-0143^PRN^PH~^PRN^CP^^1^413^5550143~none"
)


def spans(text: str, *found: tuple[str, str]) -> list[Span]:
    return [Span(text.index(one), text.index(one) + len(one), label, 0.9, "test") for one, label in found]


def test_a_country_with_a_town_is_an_address() -> None:
    text = "Born in Paris, France, not in Spain."
    first, last = together(
        text, spans(text, ("Paris, France", "LOCATION/COUNTRY"), ("Spain", "LOCATION/COUNTRY")), 0, ()
    )
    assert (first.label, last.label) == ("LOCATION/ADDRESS", "LOCATION/COUNTRY")


def test_towns_in_a_row_are_not_of_one_place() -> None:
    text = "Seen in Amherst, Springfield"
    found = spans(text, ("Amherst", "LOCATION/CITY"), ("Springfield", "LOCATION/CITY"))
    assert together(text, found, 0, ()) == found


@pytest.mark.parametrize("local", ["jdoemann", "jdoemann61", "johannadoemann", "johanna.doemann", "doemannj"])
def test_an_email_in_a_text_is_of_the_false_name(deidentifier: Deidentifier, local: str) -> None:
    clean = released(deidentifier, oru(f"Mail {local}@made.example today.", pid=PID))
    name = f"{value(clean, 'PID-5.2')}.{value(clean, 'PID-5.1')}".lower()
    assert re.fullmatch(rf"Mail {name}\d{{4}}@example\.(com|net|org) today\.", rows(clean)[0])


@pytest.mark.parametrize("text", ["She lives in {}, {} {} now.", "Home: 9 Imaginary Road, {}, {} {}"])
def test_town_and_zip_code_in_a_text_are_of_one_place(deidentifier: Deidentifier, text: str) -> None:
    row = rows(released(deidentifier, oru(text.format("Springfield", "IL", "62701"), pid=PID)))[0]
    found = re.search(r"([A-Z][\w ]+), IL (\d{5})", row.removeprefix("She lives in "))
    assert found is not None
    assert any(town.city == found[1].strip() and found[2] in town.zips for town in towns_of("IL"))


def test_a_town_of_a_province_stays_there(deidentifier: Deidentifier) -> None:
    row = rows(released(deidentifier, oru("Home: PO Box 12, Toronto, ON M5V 2T6", pid=PID)))[0]
    found = re.fullmatch(r"Home: PO Box \d\d, ([\w ]+), ON ([A-Z]\d)[A-Z] \d[A-Z]\d", row)
    assert found is not None
    assert (found[1], (found[2],)) in {(town.city, town.zips) for town in towns_abroad("ON")} - {("Toronto", ("M5",))}


def test_the_components_of_a_number_agree_with_the_number(deidentifier: Deidentifier) -> None:
    clean = released(deidentifier, oru("Seen.", pid=PID)).decode()
    (segment,) = (one for one in clean.split("\r") if one.startswith("PID"))
    whole, parts, none = segment.split("|")[13].split("~")
    area, local = parts.split("^")[5:7]
    assert whole == f"({area}) {local[:3]}-{local[3:]}^PRN^PH" != "(413) 555-0143^PRN^PH"
    assert none == "none"
