import random

import pytest

from streamdeid.training.values import Values
from streamdeid.training.values.people import FORMS, spelled
from streamdeid.training.values.pieces import plain


@pytest.fixture(scope="module")
def values() -> Values:
    return Values(None, held_out=False)


def words(text: str) -> str:
    return "".join(char for char in text.upper().casefold() if char.isalpha())


def test_the_parts_of_a_person_agree(values):
    rng = random.Random(1)
    agreeing = 0
    for _ in range(300):
        scope = values.text(rng)
        full, given, family = (scope.fill(f"patient.{form}")[0].text for form in ("full", "given", "family"))
        backwards = scope.fill("patient.reversed")[0].text
        letters = scope.fill("patient.initials")[0].text
        assert letters[0].casefold() == given[0].casefold()
        agreeing += (
            words(given)[:1] in words(full) and words(family) in words(full) and words(family) in words(backwards)
        )
    assert agreeing > 280  # the rest are slips of the fingers


def test_people_of_other_slots_are_others(values):
    rng = random.Random(2)
    scopes = [values.text(rng) for _ in range(100)]
    same = sum(words(s.fill("doctor.full")[0].text) == words(s.fill("doctor2.full")[0].text) for s in scopes)
    assert same < 3


def test_relatives_mostly_share_the_family_name(values):
    rng = random.Random(3)
    scopes = [values.text(rng) for _ in range(300)]
    shared = sum(words(s.fill("relative.family")[0].text) == words(s.fill("patient.family")[0].text) for s in scopes)
    assert 150 < shared < 260


def test_numbers_of_a_person_stay(values):
    scope = values.text(random.Random(4))
    for slot in ("mrn", "ssn", "nhs", "account", "policy"):
        assert scope.fill(slot) == scope.fill(slot)


def test_spelled_names_give_the_letters_of_a_name(values):
    rng = random.Random(5)
    for _ in range(200):
        person = values.origins.person(rng)
        said = spelled(rng, person)
        if " as in " in said or " for " in said or " like " in said or "double" in said:
            continue
        assert words(said) in (words(plain(person.given)), words(plain(person.family)))


@pytest.mark.parametrize("form", sorted(FORMS))
def test_no_form_is_empty(form, values):
    rng = random.Random(6)
    for _ in range(300):
        text = FORMS[form](rng, values.origins.person(rng))
        assert text.strip() == text
        assert text
