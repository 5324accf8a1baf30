import re

import pytest

from streamdeid.transform.abroad import towns_abroad
from streamdeid.transform.identifiers import Identifiers
from streamdeid.transform.localities import towns_of
from streamdeid.transform.places import Places
from streamdeid.transform.prf import Prf
from streamdeid.transform.whereabouts import SMALL_ZIP_AREAS, whereabouts

PRF = Prf(b"a made-up secret for tests")


@pytest.fixture(scope="module")
def places():
    return Places(PRF, Identifiers(PRF))


def towns(state):
    return {town.city for town in towns_of(state)}


def test_a_town_becomes_another_of_its_state(places):
    assert places.city("p", "Boston") in towns("MA")
    assert places.city("p", "BOSTON") == places.city("p", "Boston").upper()
    assert places.city("p", "Nowhere at all") in towns("")


def test_a_town_never_becomes_itself(places):
    for state in ("WY", "VT", "DC"):
        for city in {*towns(state), "Washington"}:
            assert places.city("p", city) != city
            assert places.city("p", city, f"{state}||{city.lower()}") != city


ADDRESSES = [
    ("Boston", "MA", "02115"),
    ("Amherst", "Massachusetts", "01002"),
    ("Nonesuch", "OH", "43920"),
    ("Springfield", "IL", "62901"),
    ("Portland", "ME", "04330"),
]


@pytest.mark.parametrize(("city", "state", "code"), ADDRESSES)
@pytest.mark.parametrize("scope", ["p", "q", "r"])
def test_the_parts_of_an_address_are_of_one_real_place(places, scope, city, state, code):
    stated = [
        ("LOCATION/CITY", city),
        ("LOCATION/STATE", state),
        ("LOCATION/ZIP", code),
        ("LOCATION/COUNTY", "Nonesuch"),
    ]
    where = whereabouts(stated).encode()
    town = next(
        town
        for town in towns_of(places.state(state))
        if town.city == places.city(scope, city, where) and town.zips[0][:3] == code[:3]
    )
    assert places.zip(scope, code, where)[:3] == code[:3]
    assert places.county(scope, "Nonesuch", where) == town.county
    assert places.zip(scope, f"{code}-1234", where)[:5] == places.zip(scope, code, where)


def test_of_an_area_that_is_one_city_the_place_is_nearby(places):
    where = whereabouts([("LOCATION/CITY", "Chicago"), ("LOCATION/STATE", "IL"), ("LOCATION/ZIP", "60614")]).encode()
    town = next(town for town in towns_of("IL") if town.city == places.city("p", "Chicago", where))
    assert places.zip("p", "60614", where) in town.zips
    assert abs(int(town.zips[0][:3]) - 606) < 4
    assert places.zip("p", "60614")[:3] == "606"


def test_a_county_is_never_itself(places):
    for county in ("Hampden", "HAMPDEN"):
        for scope in map(str, range(40)):
            assert places.county(scope, county, "MA|010|nonesuch").lower() != "hampden"


@pytest.mark.parametrize("text", ["62701", "62701-1234", "627011234"])
def test_a_zip_code_stays_in_its_area(places, text):
    new = places.zip("p", text)
    assert new[:3] == "627"
    assert new[3:5] != "01"
    assert [char.isdigit() for char in new] == [char.isdigit() for char in text]
    assert new[:5] == places.zip("p", "62701")


def test_no_zip_code_stays_as_it_is(places):
    codes = [f"627{number:02d}" for number in range(100)]
    images = [places.zip("p", code) for code in codes]
    assert sorted(images) == codes
    assert all(old != new for old, new in zip(codes, images, strict=True))


@pytest.mark.parametrize("area", sorted(SMALL_ZIP_AREAS))
def test_areas_with_few_people_are_not_told(places, area):
    assert places.zip("p", f"{area}12") == "00000"
    assert places.zip("p", f"{area}12-3456") == "00000-0000"


def test_there_are_seventeen_small_areas():
    assert len(SMALL_ZIP_AREAS) == 17


@pytest.mark.parametrize("text", ["K1A 0B6", "SW1A 1AA", "1234 AB"])
def test_other_postal_codes_keep_their_shape(places, text):
    new = places.zip("p", text)
    assert new != text
    assert re.sub(r"[A-Z]", "A", re.sub(r"\d", "9", new)) == re.sub(r"[A-Z]", "A", re.sub(r"\d", "9", text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("MA", "MA"),
        ("NSW", "NSW"),
        ("Massachusetts", "MA"),
        ("NEW  YORK", "NY"),
        ("Ontario", "ON"),
        ("D.C.", "D.C."),
        ("Bavaria", ""),
    ],
)
def test_states(places, text, expected):
    assert places.state(text) == expected


@pytest.mark.parametrize(
    ("city", "state", "code", "country"),
    [
        ("Toronto", "ON", "M5V 2T6", ""),
        ("London", "", "SW1A 2AA", "GBR"),
        ("Manchester", "", "M1 1AE", "UK"),
        ("Berlin", "", "10115", "Germany"),
    ],
)
def test_an_address_abroad_stays_in_its_country(places, city, state, code, country):
    labels = ("LOCATION/CITY", "LOCATION/STATE", "LOCATION/ZIP", "LOCATION/COUNTRY")
    where = whereabouts(list(zip(labels, (city, state, code, country), strict=True)))
    new = places.city("p", city, where.encode())
    town = next(town for town in towns_abroad(where.state) if town.city == new)
    assert new != city
    assert places.zip("p", code, where.encode()).startswith(town.zips[0])
    assert len(places.zip("p", code, where.encode())) == len(code)


def test_a_county_keeps_the_word(places):
    assert re.fullmatch(r"[A-Z][a-z]+ County", places.county("p", "Cook County"))
    assert "Orleans" not in places.county("p", "Orleans Parish")
    assert re.fullmatch(r"\d{5}", places.county("p", "17031"))


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("Massachusetts General Hospital", r"[A-Z][a-z]+ General Hospital"),
        ("St. Mary's Hospital", r"[A-Z][a-z]+ Hospital"),
        ("UNIVERSITY OF NOWHERE HEALTH SYSTEM", r"[A-Z]+ HEALTH SYSTEM"),
        ("General Hospital", r"[A-Z][a-z]+ General Hospital"),
        ("Nowhere Diagnostics, Inc.", r"[A-Z][a-z]+ Diagnostics, Inc\."),
        ("SIMHOSP", r"[A-Z]{7}"),
        ("IBM_NOWHERE_LAB", r"[A-Z]{3}_[A-Z]{7}_[A-Z]{3}"),
        ("Nowhere_Lab", r"[A-Z][a-z]+_Lab"),
        ("2.16.840.1.113883.3", r"2\.16\.\d{3}\.\d\.\d{6}\.\d"),
        ("XYZ_HOSP1", r"[A-Z]{3}_[A-Z]{4}\d"),
        ("Acme", r"[A-Z][a-z]+"),
    ],
)
def test_institutions(places, text, pattern):
    new = places.institution("p", text)
    assert re.fullmatch(pattern, new)
    assert new != text


@pytest.mark.parametrize("text", ["Hospital", "clinic", "LAB"])
def test_a_kind_of_institution_alone_stays(places, text):
    assert places.institution("p", text) == text


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("Room 302", r"Room \d{3}"),
        ("302", r"\d{3}"),
        ("ICU-3", r"ICU-\d"),
        ("5 West", r"\d West"),
        ("ED", "ED"),
        ("Q7B", r"[A-Z]\d[A-Z]"),
    ],
)
def test_rooms(places, text, pattern):
    new = places.room("p", text)
    assert re.fullmatch(pattern, new)
    assert new != text or text == "ED"


def test_scopes_differ(places):
    assert places.institution("p", "Acme Clinic") != places.institution("q", "Acme Clinic")
