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
NAME_LISTS = [lexicon.FAMILY, lexicon.GIVEN["F"], lexicon.GIVEN["M"], lexicon.given_names("U", "")]
CULTURES = set(lexicon.FAMILIES) - {""}


def test_there_are_enough():
    assert len(lexicon.FAMILY) >= 2000
    assert all(len(names) >= 500 for names in lexicon.GIVEN.values())
    assert len(lexicon.STREETS) >= 1000


@pytest.mark.parametrize("culture", sorted(CULTURES))
def test_there_are_enough_of_every_culture(culture):
    assert len(lexicon.FAMILIES[culture]) >= 100
    assert all(len(lexicon.given_names(sex, culture)) >= 40 for sex in "FM")
    either = set(lexicon.given_names("U", culture))
    sexes = {*lexicon.given_names("F", culture), *lexicon.given_names("M", culture)}
    assert either == sexes or (len(either) >= 50 and not either & {*lexicon.GIVEN_EITHER, *lexicon.FAMILY})


@pytest.mark.parametrize("letter", lexicon.INITIALS)
def test_there_are_english_names_for_every_letter(letter):
    lists = [lexicon.given_names("F", "english", letter), lexicon.given_names("M", "english", letter)]
    for names in [*lists, lexicon.given_names("U", "", letter), lexicon.family_names("", letter)]:
        assert len(names) >= 3
        assert all(name.startswith(letter) for name in names)


def test_a_list_without_a_letter_gives_all_its_names():
    assert lexicon.family_names("south_asian", "F") == lexicon.FAMILIES["south_asian"]


@pytest.mark.parametrize("names", NAME_LISTS)
def test_false_names_are_plain_capitalised_distinct_and_sorted(names):
    assert all(re.fullmatch(r"[A-Z][a-z]{2,9}", name) for name in names)
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


def test_every_culture_that_is_known_has_false_names():
    assert set(lexicon.known_families().values()) == CULTURES
    assert {known.culture for known in lexicon.known_given().values()} <= CULTURES | {""}


@pytest.mark.parametrize(
    ("name", "sex"),
    [("john", "M"), ("mary", "F"), ("jane", "F"), ("william", "M"), ("aoife", "F"), ("zzyzxelda", "F"), ("zzyzx", "U")],
)
def test_sexes(name, sex):
    assert lexicon.sex_of(name) == sex


def test_pick_never_gives_the_value_itself():
    prf = Prf(b"a made-up secret for tests")
    words = ("Alpha", "Beta", "Gamma", "Beta Gamma")
    for scope in map(str, range(50)):
        for word in words[:3]:
            assert word not in lexicon.pick(prf, scope, "x", word.lower(), words).split()
        assert lexicon.pick(prf, scope, "x", "beta gamma", words) == "Alpha"


def test_area_codes_have_states():
    assert lexicon.STATE_OF_AREA_CODE["617"] == "MA"
    assert set(lexicon.STATE_OF_AREA_CODE.values()) <= set(lexicon.STATES.values())
    assert "617" in lexicon.area_codes_of("MA")
    assert lexicon.area_codes_of("") == lexicon.AREA_CODES
