import re

import pytest

from streamdeid.transform import lexicon
from streamdeid.transform.localities import city_area, codes_of_area, state_of_area, towns_near, towns_of
from streamdeid.transform.whereabouts import SMALL_ZIP_AREAS


def test_there_are_towns_in_every_state_and_none_is_called_like_a_person():
    states = {town.state for town in towns_of("")}
    assert len(states) == 50
    assert all(len(towns_of(state)) >= 10 for state in states)
    assert not {town.city.lower() for town in towns_of("")} & set(lexicon.known_given())


def test_every_town_has_a_county_and_zip_codes_of_its_area():
    for town in towns_of(""):
        assert town.county
        assert all(re.fullmatch(r"\d{5}", code) and code[:3] == town.zips[0][:3] for code in town.zips)
        assert town.zips[0][:3] not in SMALL_ZIP_AREAS


@pytest.mark.parametrize(("state", "area"), [("MA", "010"), ("IL", "606"), ("WY", "820"), ("DC", "200"), ("TX", "770")])
def test_there_are_a_few_towns_near_everywhere(state, area):
    towns = towns_near(state, area)
    assert len({town.city for town in towns}) >= 3
    assert state == "DC" or {town.state for town in towns} == {state}


def test_an_area_has_a_state_and_codes():
    assert state_of_area("010") == "MA"
    assert state_of_area("000") == ""
    assert "01002" in codes_of_area("010")
    assert codes_of_area("606") == ()


def test_the_largest_city_of_a_name():
    assert city_area("portland") == ("OR", "972")
    assert city_area("portland", "ME") == ("ME", "041")
    assert city_area("nonesuch") is None
