import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamdeid.formats import checkdigits
from streamdeid.transform.casing import folded
from streamdeid.transform.identifiers import KEYED, stand_in
from streamdeid.transform.prf import Prf
from streamdeid.transform.shapes import canonical, shape_of
from streamdeid.transform.sharing import shared
from streamdeid.transform.surrogates import Surrogates
from streamdeid.types import Entity

SURROGATES = Surrogates(Prf(b"a made-up secret"))
ONE, OTHER = f"{KEYED}one", f"{KEYED}other"
#: Values of a label that all get the same.
ALIKE = {
    "NAME/FAMILY": ["Madeup", "O'Fabled-Nonesuch", "Doe"],
    "NAME/GIVEN": ["John", "Jane", "Mary Quilla"],
    "NAME/FULL": ["John Madeup", "Madeup, Jane Q.", "Fabled"],
    "NAME/DOCTOR": ["Nemoson", "A. Nullberg"],
    "ID/MRN": ["40017765", "12345678"],
    "ID/SSN": ["900-11-0001", "912-22-0002"],
    "ID/NPI": ["1234567893", "1679576722"],
    "ID/OTHER": ["6f1d2c3b-1a2b-4c3d-8e4f-001122334455", "ffffffff-ffff-4fff-8fff-ffffffffffff"],
    "ID/DEVICE": ["2.999.12.3456", "2.999.98.7654"],
    "NAME/USER": ["jdoe1", "abcd9"],
    "CONTACT/PHONE": ["(614) 555-0143", "(310) 555-0199"],
    "CONTACT/EMAIL": ["john@madeup.example", "j.f@nonesuch.example"],
    "CONTACT/URL": ["https://madeup.example/x", "https://nonesuch.example"],
    "CONTACT/IP": ["10.1.2.3", "192.168.0.7"],
    "LOCATION/STREET": ["12 Nonesuch Lane", "Fabled Road 7"],
    "LOCATION/CITY": ["Columbus", "Fabledorf"],
    "LOCATION/COUNTY": ["Fabled County", "Nowhere"],
    "LOCATION/ADDRESS": ["12 Nonesuch Lane, Fabledorf, OH 43999", "7 Road, Nowhere"],
    "LOCATION/HOSPITAL": ["Fabled Hospital", "Nowhere Clinic"],
    "LOCATION/ZIP": ["43999-1234", "43911-0001"],
    "LOCATION/ROOM": ["Room 201", "Room 345"],
    "LOCATION": ["Columbus", "Fabledorf"],
    "PROFESSION": ["plumber", "nurse"],
}


def told(label: str, text: str, scope: str = ONE, value: str = "") -> str:
    return shared(SURROGATES, scope, Entity(label, value or text), text) or ""


@pytest.mark.parametrize("label", ALIKE)
def test_all_of_a_label_get_the_same_and_another_one_elsewhere(label: str) -> None:
    (new,) = {told(label, text) for text in ALIKE[label]}
    (elsewhere,) = {told(label, text, OTHER) for text in ALIKE[label]}
    assert new
    assert new != elsewhere
    assert new not in ALIKE[label]


def test_parts_of_a_name_are_those_of_the_whole() -> None:
    whole = told("NAME/FULL", "John Madeup")
    assert whole == f"{told('NAME/GIVEN', 'Jane')} {told('NAME/FAMILY', 'Doe')}"
    assert told("NAME/GIVEN", "Q") == whole[0]
    assert told("NAME/FULL", "Dr. John Madeup") == f"Dr. {whole}"
    assert told("NAME/FULL", "Madeup's") == f"{whole}'s"
    assert told("NAME/FULL", "JOHN MADEUP") == whole.upper()


def test_a_mention_of_a_number_is_what_stands_for_the_number() -> None:
    new = told("ID/MRN", "00040017765")
    assert told("ID/MRN", "000400-177-65", value="00040017765") == f"{new[:6]}-{new[6:9]}-{new[9:]}"
    assert told("ID/MRN", "7765", value="00040017765") == new[-4:]
    assert told("ID/MRN", "00040017765", value="40017765") == f"000{told('ID/MRN', '40017765')}"


@pytest.mark.parametrize(
    ("label", "text"),
    [("LOCATION/STATE", "OH"), ("NAME/PREFIX", "Dr."), ("LOCATION/COUNTRY", "USA"), ("LOCATION", "Ohio")],
)
def test_what_is_not_keyed_stays_what_it_is(label: str, text: str) -> None:
    assert told(label, text) == told(label, text, OTHER) == (SURROGATES.replace(ONE, Entity(label, text), text) or "")


@given(st.text(alphabet="0123456789ABCDEFabcxyz-./ ", min_size=1, max_size=24))
def test_what_stands_for_an_identifier_has_its_form_and_stands_for_itself(text: str) -> None:
    standing = stand_in(text)
    assert stand_in(standing) == standing
    assert len(standing) == len(text)
    assert re.sub("[0-9A-Za-z]", "", standing) == re.sub("[0-9A-Za-z]", "", text)


@given(st.from_regex(r"[0-9]{9,19}", fullmatch=True))
def test_check_digits_stay_what_they_were(text: str) -> None:
    standing = stand_in(text)
    assert shape_of(canonical(standing)) == shape_of(canonical(text))
    if len(text) == 10:
        assert checkdigits.is_npi(standing) == checkdigits.is_npi(text)
    if len(text) >= 13:
        assert checkdigits.is_luhn(standing) == checkdigits.is_luhn(text)


@given(
    st.sampled_from(["NAME/GIVEN", "NAME/FAMILY", "ID/MRN", "LOCATION/CITY", "CONTACT/PHONE"]), st.integers(0, 10**6)
)
def test_nothing_stands_for_itself(label: str, number: int) -> None:
    scope = f"{KEYED}{number}"
    kind = {"ID/MRN": "7", "CONTACT/PHONE": "(614) 555-0143"}.get(label, "Madeup")
    new = told(label, kind, scope)
    assert folded(told(label, new, scope)) != folded(new)


def test_a_valid_vehicle_number_stays_valid() -> None:
    assert checkdigits.is_vin(told("ID/VEHICLE", "1HGCM82633A004352"))
    assert not checkdigits.is_vin(told("ID/VEHICLE", "1HGCM82633A004353"))
