import re

import pytest

from streamdeid.transform.abroad import towns_abroad
from streamdeid.transform.addresses import Addresses, holds_more, is_wider_than_town
from streamdeid.transform.identifiers import Identifiers
from streamdeid.transform.places import Places
from streamdeid.transform.prf import Prf

PRF = Prf(b"a made-up secret for tests")


@pytest.fixture(scope="module")
def addresses():
    identifiers = Identifiers(PRF)
    return Addresses(PRF, identifiers, Places(PRF, identifiers))


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("123 Main St", r"[1-9]\d\d [A-Z][a-z]+ St"),
        ("123 MAIN ST APT 4B", r"[1-9]\d\d [A-Z]+ ST APT \d[A-Z]"),
        ("123 N. Main Street, Apt 4", r"[1-9]\d\d N\. [A-Z][a-z]+ Street, Apt \d"),
        ("1000 Doctor John Doe Jr Blvd", r"\d{4} [A-Z][a-z]+ Blvd"),
        ("12 Rue de la Paix", r"\d\d Rue [A-Z][a-z]+"),
        ("PO Box 123", r"PO Box \d{3}"),
        ("P.O. BOX 77", r"P\.O\. BOX \d\d"),
        ("Broadway", r"[A-Z][a-z]+"),
        ("5 5th Ave", r"\d \d(st|nd|rd|th) Ave"),
        ("Suite 300", r"Suite \d{3}"),
        ("c/o John Doe", r"[A-Z][a-z]+"),
    ],
)
def test_a_street_line_keeps_its_form(addresses, text, pattern):
    new = addresses.street("p", text)
    assert re.fullmatch(pattern, new)
    assert new != text


def test_the_parts_of_a_line_agree(addresses):
    number, name = addresses.street("p", "123 Main St").split(" ", 1)
    assert addresses.street("p", "123") == number
    assert addresses.street("p", "MAIN ST") == name.upper()


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("123 Main St, Springfield, IL 62701", r"\d{3} [A-Z][a-z]+ St, [\w ]+, IL 6\d{4}"),
        ("123 Main St\nSpringfield, Illinois 62701-1234\nUSA", r"\d{3} \w+ St\n[\w ]+, IL 6\d{4}-\d{4}\nUSA"),
        ("Boston, MA", r"[\w ]+, MA"),
        ("12 High Street, London SW1A 1AA", r"\d\d \w+ Street, [\w ]+ [A-Z]{2}\d[A-Z] \d[A-Z]{2}"),
        (
            "Nowhere General Hospital, 55 Fruit St, Boston MA 02114",
            r"\w+ General Hospital, \d\d \w+ St, [\w ]+ MA 021\d\d",
        ),
        ("123 Main St", r"\d{3} \w+ St"),
    ],
)
def test_an_address_is_replaced_part_by_part(addresses, text, pattern):
    new = addresses.whole("p", text)
    assert re.fullmatch(pattern, new)
    for word in ("Main", "Springfield", "Boston", "London", "Fruit", "Nowhere", "62701", "02114"):
        assert word not in new


def test_an_address_and_its_parts_agree(addresses):
    street = addresses.street("p", "123 Main St")
    assert addresses.whole("p", "123 Main St, Springfield, IL 62701").startswith(street + ", ")


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("564 SPRING ST", "SPRING"),
        ("100 Park Avenue", "Park"),
        ("12 South St", "South"),
        ("45 Bay Street", "Bay"),
        ("3 Valley House", "Valley"),
        ("9 Park", "Park"),
        ("1 Court Square", "Court"),
    ],
)
def test_a_street_that_is_named_after_a_kind_of_street(addresses, text, gone):
    new = addresses.street("p", text)
    assert gone not in new
    assert new.split()[-1] == (text.split()[-1] if gone != "Park" or "Avenue" in text else new.split()[-1])


@pytest.mark.parametrize("text", ["--", "#", " , ;\n", "_"])
def test_what_has_neither_words_nor_numbers_stays(addresses, text):
    assert addresses.street("p", text) == addresses.whole("p", text) == text


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("5 John North Doe Ave", r"\d [A-Z][a-z]+ Ave"),
        ("John 5 Doe Ave", r"[A-Z][a-z]+ \d Ave"),
        ("5 Main St Apt C", r"\d [A-Z][a-z]+ St Apt [A-Z]"),
    ],
)
def test_a_name_of_several_words_becomes_one_word(addresses, text, pattern):
    assert re.fullmatch(pattern, addresses.street("p", text))


@pytest.mark.parametrize("between", [", ", " ", ",", "\n", " ,\t", "," * 20 + " "])
@pytest.mark.parametrize("code", ["43001", "43001-1234"])
def test_what_stands_before_state_and_code_stays(addresses, between, code):
    plain = addresses.whole("p", f"12 Main St, Nonesuch Falls, OH {code}")
    assert plain.startswith(addresses.street("p", "12 Main St") + ", ")
    written = addresses.whole("p", f"12 Main St, Nonesuch Falls,{between}Ohio{between}{code}")
    town, new = plain.split(", ")[1], plain.split()[-1]
    assert written == f"{addresses.street('p', '12 Main St')}, {town},{between}OH{between}{new}"


def test_a_number_that_goes_round_among_leading_zeros_ends(addresses, monkeypatch):
    circle = {"405": "012", "012": "087", "087": "012"}
    monkeypatch.setattr(addresses, "_scrambled", lambda _, text: circle[text])
    assert addresses.street("p", "405").startswith("1")


def test_what_stands_behind_a_postal_code_is_the_town(addresses):
    new = addresses.whole("p", "Hauptstr. 5, 10115 Berlin, Germany")
    assert "Berlin" not in new
    assert new.endswith(", Germany")


def test_a_country_at_the_end_is_no_town(addresses):
    new = addresses.whole("p", "12 High Street, London, UK")
    town = new.split(", ")[1]
    assert new.endswith(f"Street, {town}, UK")
    assert town in {one.city for one in towns_abroad("@GB")} - {"London"}


@pytest.mark.parametrize("text", ["RR 2 Box 15", "HC 68 Box 23A", "PSC 802 Box 74"])
def test_a_route_keeps_its_words(addresses, text):
    new = addresses.street("p", text)
    assert new != text
    assert re.sub(r"\d+[A-Z]?", "0", new) == re.sub(r"\d+[A-Z]?", "0", text)


def test_a_name_beside_a_box_goes(addresses):
    assert "Nonesuch" not in addresses.street("p", "Nonesuch Farm, PO Box 12")
    assert re.fullmatch(r"PO Box \d\d", addresses.street("p", "PO Box 12"))


@pytest.mark.parametrize("text", ["Holland, MI 49423", "9 Imaginary Road, Mexico, MO 65265"])
def test_a_town_that_is_called_like_a_country_goes(addresses, text):
    assert not {"Holland", "Mexico"} & set(re.findall(r"\w+", addresses.whole("p", text)))


@pytest.mark.parametrize(("text", "expected"), [("Massachusetts", True), ("Germany", True), ("Holland", False)])
def test_states_and_countries_are_no_towns(text, expected):
    assert is_wider_than_town(text) == expected


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("COUNTRY", "Paris, France", True),
        ("COUNTRY", "United Kingdom", False),
        ("CITY", "Berlin DE", True),
        ("CITY", "New York", False),
        ("ZIP", "MA 01002", True),
        ("ZIP", "SW1A 2AA", False),
    ],
)
def test_a_part_may_hold_more_than_its_label_says(kind, text, expected):
    assert holds_more(kind, text) == expected
