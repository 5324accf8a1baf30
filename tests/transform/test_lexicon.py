import re

import pytest

from streamdeid.transform import lexicon
from streamdeid.transform.prf import Prf

#: Frequent names, words, places and eponyms that a false name must not be.
UNWANTED = {
    *("smith", "johnson", "williams", "brown", "jones", "garcia", "miller", "davis", "martinez", "wilson", "taylor"),
    *("james", "mary", "john", "robert", "patricia", "jennifer", "michael", "elizabeth", "maria", "anna"),
    *("parkinson", "crohn", "foley", "hodgkin", "cushing", "murphy", "hoffmann", "kocher", "babinski"),
    *("young", "white", "black", "hill", "march", "paris", "florence", "london"),
}
NAME_LISTS = [lexicon.FAMILY, lexicon.GIVEN["F"], lexicon.GIVEN["M"]]


def test_there_are_enough():
    assert len(lexicon.FAMILY) >= 2000
    assert all(len(names) >= 500 for names in lexicon.GIVEN.values())
    assert len(lexicon.STREETS) >= 1000
    assert len(lexicon.CITIES) == 51


@pytest.mark.parametrize("names", NAME_LISTS)
def test_false_names_are_plain_capitalised_distinct_and_sorted(names):
    assert all(re.fullmatch(r"[A-Z][a-z]{3,9}", name) for name in names)
    assert list(names) == sorted(set(names))


@pytest.mark.parametrize("names", NAME_LISTS)
def test_false_names_are_no_frequent_names_words_places_or_eponyms(names):
    lowered = {name.lower() for name in names}
    assert not lowered & UNWANTED
    faker = pytest.importorskip("faker.providers.person.en_US").Provider
    frequent = {*faker.last_names, *faker.first_names_female, *faker.first_names_male}
    assert not lowered & {name.lower() for name in frequent}


def test_family_and_given_names_are_apart():
    assert not set(lexicon.FAMILY) & set(lexicon.GIVEN_EITHER)
    assert not set(lexicon.GIVEN["F"]) & set(lexicon.GIVEN["M"])


@pytest.mark.parametrize(
    ("name", "sex"), [("john", "M"), ("mary", "F"), ("jane", "F"), ("william", "M"), ("aoife", "F")]
)
def test_sexes(name, sex):
    assert lexicon.SEX[name] == sex


def test_pick_never_gives_the_value_itself():
    prf = Prf(b"a made-up secret for tests")
    words = ("Alpha", "Beta", "Gamma")
    for scope in map(str, range(50)):
        for word in words:
            assert lexicon.pick(prf, scope, "x", word.lower(), words) != word


def test_a_town_has_a_state():
    assert lexicon.STATE_OF_CITY["boston"] == "MA"
    assert all(len(state) == 2 and len(cities) > 2 for state, cities in lexicon.CITIES.items() if state != "DC")
