import pytest

from streamdeid.transform.whereabouts import Whereabouts, of_part, state_code, whereabouts

CITY, STATE, ZIP = "LOCATION/CITY", "LOCATION/STATE", "LOCATION/ZIP"
COUNTRY = "LOCATION/COUNTRY"


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([(CITY, "Boston")], ("MA", "021", "boston")),
        ([(CITY, "BOSTON"), (STATE, "MA"), (ZIP, "02215-1234")], ("MA", "022", "boston")),
        ([(CITY, "Springfield")], ("MO", "658", "springfield")),
        ([(CITY, "Springfield"), (STATE, "Illinois")], ("IL", "627", "springfield")),
        ([(CITY, "Nonesuch"), (STATE, "OH"), (ZIP, "43920")], ("OH", "439", "nonesuch")),
        ([(CITY, "Nonesuch")], ("", "", "nonesuch")),
        ([(ZIP, "43920")], ("OH", "439", "43920")),
        ([(ZIP, "03601")], ("NH", "", "03601")),  # fewer than 20,000 people
        ([(CITY, "Nonesuch"), (STATE, "OH"), (ZIP, "02115")], ("OH", "", "nonesuch")),  # not a ZIP code of Ohio
        ([(CITY, "Toronto"), (STATE, "ON"), (ZIP, "K1A 0B6")], ("ON", "", "toronto")),
        ([(CITY, "Toronto"), (ZIP, "M5V 2T6")], ("ON", "", "toronto")),
        ([(CITY, "London"), (ZIP, "SW1A 2AA")], ("@GB", "AA", "london")),
        ([(CITY, "Berlin"), (STATE, "DE"), (ZIP, "10115"), (COUNTRY, "DEU")], ("@DE", "", "berlin")),
        ([(CITY, "Berlin"), (STATE, "DE")], ("@DE", "", "berlin")),  # there is none in Delaware
        ([(CITY, "Dover"), (STATE, "DE")], ("DE", "199", "dover")),
        ([(CITY, "Paris"), (COUNTRY, "France")], ("@FR", "", "paris")),
        ([(CITY, "Paris")], ("TX", "754", "paris")),
        ([(CITY, "Boston"), (STATE, "MA"), (ZIP, "02115"), (COUNTRY, "USA")], ("MA", "021", "boston")),
        ([(CITY, "A|B")], ("", "", "a b")),
        ([], ("", "", "")),
    ],
)
def test_where_an_address_is(parts, expected):
    where = whereabouts(parts)
    assert where == expected
    assert Whereabouts.decode(where.encode()) == where


def test_a_part_that_tells_as_much_itself_needs_nothing_else():
    address = ((CITY, "Boston"), (STATE, "MA"), (ZIP, "02115"))
    assert of_part(CITY, "Boston", address) == ""
    assert of_part(ZIP, "02115", address) == "MA|021|boston"


def test_any_other_text_is_nowhere():
    assert Whereabouts.decode("jdoe") is None


@pytest.mark.parametrize(
    ("text", "code"), [("MA", "MA"), ("ma", "MA"), ("Massachusetts", "MA"), ("D.C.", "DC"), ("Bavaria", "")]
)
def test_states(text, code):
    assert state_code(text) == code
