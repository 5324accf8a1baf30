"""One patient's false identity, in whole messages: names in all forms, an address of one real place, the e-mail of the
false name, dates that keep ages true."""

import datetime as dt
import json
import random
import re
import time
from itertools import count

import pytest
from handwritten import OID, bundle, day, er7, observation, oru, patient, released, rows, value

from streamdeid.build import load_policy
from streamdeid.detect.rules.detector import RuleDetector
from streamdeid.engine import Deidentifier, Sources
from streamdeid.transform.lexicon import STATE_OF_AREA_CODE
from streamdeid.transform.localities import towns_of
from streamdeid.types import Format

#: City, state, ZIP code and area code of one place each.
PLACES = [
    ("Boston", "MA", "02115", "617"),
    ("Amherst", "MA", "01002", "413"),
    ("Springfield", "OH", "45503", "937"),
    ("Nonesuch Falls", "OH", "43920", "330"),
    ("Boise", "ID", "83702", "208"),
    ("Portland", "ME", "04101", "207"),
]


def pid(
    number: int = 1,
    name: str = "Doemann^Johanna^Quilla",
    place: tuple[str, str, str, str] = PLACES[0],
    born: str = "19610214",
    mail: str = "",
) -> str:
    city, state, code, area = place
    contact = f"({area}) 555-0143^PRN^PH" + (f"~^NET^Internet^{mail}" if mail else "")
    home = f"12 Nonesuch Lane^^{city}^{state}^{code}^USA"
    return f"PID|1||{7000 + number}^^^MADEUP&{OID}&ISO^MR||{name}||{born}|F|||{home}||{contact}"


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place[0])
def test_an_address_becomes_one_of_one_real_place(deidentifier: Deidentifier, place: tuple[str, str, str, str]) -> None:
    city, state, code, _ = place
    for number in range(5):
        content = oru(f"She lives in {city}, {state} {code}.", pid=pid(number, place=place))
        clean = released(deidentifier, content)
        new = value(clean, "PID-11").split("^")
        assert new[3] == state
        town = next(town for town in towns_of(state) if town.city == new[2] and new[4] in town.zips)
        assert new[4] != code
        assert rows(clean) == [f"She lives in {town.city}, {state} {new[4]}."]
        assert STATE_OF_AREA_CODE[value(clean, "PID-13.1")[1:4]] == state


def test_both_formats_give_the_same_place(deidentifier: Deidentifier) -> None:
    vault: dict[str, bytes] = {}
    city, state, code, _ = PLACES[3]
    address = [{"city": city, "state": state, "postalCode": code}]
    hl7 = released(deidentifier, er7("ADT^A01", "EVN|A01|20240305", pid(place=PLACES[3])), vault=vault)
    resource = bundle(patient("7001", address=address), observation(valueString=f"Seen in {city}."))
    fhir = json.loads(released(deidentifier, resource, Format.FHIR, vault, 2))["entry"]
    new = value(hl7, "PID-11").split("^")
    assert fhir[0]["resource"]["address"] == [{"city": new[2], "state": state, "postalCode": new[4]}]
    assert fhir[1]["resource"]["valueString"] == f"Seen in {new[2]}."


def test_a_later_report_without_the_address_names_the_same_town(deidentifier: Deidentifier) -> None:
    vault: dict[str, bytes] = {}
    first = released(deidentifier, er7("ADT^A01", "EVN|A01|20240305", pid(place=PLACES[3])), vault=vault)
    without = f"PID|1||7001^^^MADEUP&{OID}&ISO^MR"
    later = released(deidentifier, oru("Home to Nonesuch Falls tomorrow.", pid=without), vault=vault, sequence=2)
    assert rows(later) == [f"Home to {value(first, 'PID-11.3')} tomorrow."]


@pytest.mark.parametrize("mail", ["johanna.doemann@made.example", "jdoemann61@made.example", "doemann@made.example"])
def test_an_e_mail_address_is_of_the_false_name(deidentifier: Deidentifier, mail: str) -> None:
    clean = released(deidentifier, oru(f"Write to {mail} or call.", pid=pid(mail=mail)))
    name = f"{value(clean, 'PID-5.2')}.{value(clean, 'PID-5.1')}".lower()
    new = value(clean, "PID-13").split("^")
    assert f"~^NET^Internet^{name}" in released(deidentifier, oru("x", pid=pid(mail=mail))).decode()
    assert re.fullmatch(rf"Write to {name}\d+@example\.(?:com|net|org) or call\.", rows(clean)[0])
    assert new


FORMS = [
    "{g} {f}",
    "{f}, {g}",
    "{f}, {g} {m}.",
    "{g} {m}. {f}",
    "Mrs. {f}'s",
    "Ms. {f}",
    "{G} {F}",
    "{F}, {G}",
    "{i}. {f}",
]


def test_every_form_of_a_name_in_a_report_is_that_of_the_field(deidentifier: Deidentifier) -> None:
    true = _words("Johanna", "Quilla", "Doemann")
    clean = released(deidentifier, oru(*(f"Seen by us: {form.format(**true)}, today." for form in FORMS), pid=pid()))
    family, given, middle = (value(clean, f"PID-5.{number}") for number in (1, 2, 3))
    false = _words(given, middle, family)
    assert rows(clean) == [f"Seen by us: {form.format(**false)}, today." for form in FORMS]


def _words(given: str, middle: str, family: str) -> dict[str, str]:
    return {"g": given, "f": family, "m": middle[0], "i": given[0], "G": given.upper(), "F": family.upper()}


def test_relatives_share_the_family_name_and_a_doctor_is_the_same_in_all_messages(deidentifier: Deidentifier) -> None:
    kin = "NK1|1|Doemann^Kunibert|SPO^Spouse"
    doctor = "PV1|1|I|||||1730000017^Feldscher^Ida^^^Dr.^MD"
    clean = released(deidentifier, er7("ADT^A01", "EVN|A01|20240305", pid(), kin, doctor))
    again = released(
        deidentifier, oru("Seen by Dr. Feldscher; Dr. Ida Feldscher, MD, signs.", pid=f"{pid()}\r{doctor}")
    )
    assert value(clean, "NK1-2.1") == value(clean, "PID-5.1")
    assert value(clean, "NK1-2.2") != value(clean, "PID-5.2")
    family, given = value(clean, "PV1-7.2"), value(clean, "PV1-7.3")
    assert value(clean, "PV1-7").split("^")[5:] == ["Dr.", "MD"]
    assert rows(again) == [f"Seen by Dr. {family}; Dr. {given} {family}, MD, signs."]


def _age(born: dt.date, on: dt.date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def test_a_stated_age_is_the_one_that_the_shifted_dates_tell(deidentifier: Deidentifier) -> None:
    draw = random.Random(4)
    for number in range(60):
        seen = dt.date(2024, 3, 4)
        born = seen - dt.timedelta(draw.randrange(2, 32_000))
        age = _age(born, seen)
        text = f"A {age} year old woman, born {born:%m/%d/%Y}, seen {seen:%B} {seen.day}, {seen.year}."
        clean = released(deidentifier, oru(text, pid=pid(number, born=f"{born:%Y%m%d}")))
        new_born, new_seen = day(value(clean, "PID-7")), day(value(clean, "OBX-14"))
        assert new_seen - new_born == seen - born
        told = "90+" if age > 89 else str(age)
        written = f"{new_born:%m/%d/%Y}, seen {new_seen:%B} {new_seen.day}, {new_seen.year}."
        assert rows(clean) == [f"A {told} year old woman, born {written}"]
        # By as many days, but over other 29ths of February: on a birthday and the days beside it, a year more or less.
        birthday = (seen - dt.date(seen.year, born.month, min(born.day, 28))).days % 365
        assert _age(new_born, new_seen) == age or birthday < 4 or birthday > 361


@pytest.mark.parametrize(
    ("written", "pattern"),
    [
        ("03/04/2024", r"\d\d/\d\d/202[34]"),
        ("3/4/24", r"\d{1,2}/\d{1,2}/2[34]"),
        ("March 4th, 2024", r"[A-Z][a-z]+ \d{1,2}(?:st|nd|rd|th), 202[34]"),
        ("04MAR2024", r"\d\d[A-Z]{3}202[34]"),
        ("2024-03-04", r"202[34]-\d\d-\d\d"),
    ],
)
def test_a_date_in_narrative_stays_in_its_form(deidentifier: Deidentifier, written: str, pattern: str) -> None:
    (row,) = rows(released(deidentifier, oru(f"Seen on {written} again.", pid=pid())))
    assert re.fullmatch(rf"Seen on {pattern} again\.", row)
    assert written not in row


@pytest.mark.parametrize("written", ["02/31/2024", "February 30, 2024", "31 Feb 2024"])
def test_an_impossible_date_is_masked(deidentifier: Deidentifier, written: str) -> None:
    assert rows(released(deidentifier, oru(f"Seen on {written} again.", pid=pid()))) == ["Seen on <DATE> again."]


def test_weekdays_stay_where_the_policy_wants_it() -> None:
    dates = load_policy().dates.model_copy(update={"keep_weekday": True})
    numbers = count(1)
    sources = Sources(time.monotonic, lambda size: next(numbers).to_bytes(size, "big"))
    policy = load_policy().model_copy(update={"dates": dates})
    engine = Deidentifier(policy, b"a made-up secret, for tests alone", [RuleDetector()], sources)
    shifts = set()
    for number in range(30):
        clean = released(engine, oru("Seen on Monday, March 4, 2024.", pid=pid(number)))
        new = day(value(clean, "OBX-14"))
        shifts.add((dt.date(2024, 3, 4) - new).days)
        assert rows(clean) == [f"Seen on Monday, {new:%B} {new.day}, {new.year}."]
    assert all(31 <= shift <= 365 and shift % 7 == 0 for shift in shifts)
    assert len(shifts) > 10
