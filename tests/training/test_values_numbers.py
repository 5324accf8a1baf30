import datetime as dt
import random
import re

import pytest

from streamdeid.training.values import spoken
from streamdeid.training.values.dates import Dates, ordinal
from streamdeid.training.values.lists import lexicon
from streamdeid.training.values.numbers import Numbers, dea, filled, luhn_total, nhs, npi
from streamdeid.training.values.transliterate import latin


def test_check_digits_hold():
    rng = random.Random(1)
    for _ in range(200):
        assert luhn_total("80840" + npi(rng)) % 10 == 0
        number = dea(rng)[2:]
        assert (sum(map(int, number[0:6:2])) + 2 * sum(map(int, number[1:6:2]))) % 10 == int(number[6])
    valid = 0
    for _ in range(500):
        digits = [int(char) for char in nhs(rng) if char.isdigit()]
        assert len(digits) == 10
        valid += (
            sum(weight * digit for weight, digit in zip(range(10, 1, -1), digits, strict=False)) % 11 == -digits[9] % 11
        )
    assert valid > 440


def test_patterns_are_filled_sign_by_sign():
    assert re.fullmatch(r"[1-9]\d-[A-Z]{2} [0-9a-f]{3} (19|20)\d\d \d\d\*", filled(random.Random(2), "%#-?? ^^^ @ &*"))


def test_no_sign_is_left():
    for held_out in (False, True):
        rng, numbers = random.Random(3), Numbers(held_out)
        for draw in numbers.kinds.values():
            assert not re.search(r"[?~^&@_%]|(?<!Rm)#", "".join(draw(rng) for _ in range(300)))


def test_held_out_shapes_are_not_for_training():
    shapes = lexicon("numbers")
    for kind in ("mrn", "ssn", "case", "id"):
        assert not set(shapes[kind]) & set(shapes[f"{kind}.held"])
    rng = random.Random(4)
    training = {Dates(held_out=False).forms["numeric"](rng, dt.date(2021, 3, 14))[0].text for _ in range(500)}
    held_out = {Dates(held_out=True).forms["numeric"](rng, dt.date(2021, 3, 14))[0].text for _ in range(500)}
    assert "2021.03.14" in held_out - training


@pytest.mark.parametrize(
    ("number", "said", "counted"),
    [(3, "three", "third"), (12, "twelve", "twelfth"), (21, "twenty one", "twenty first"), (30, "thirty", "thirtieth")],
)
def test_numbers_in_words(number, said, counted):
    assert spoken.cardinal(number) == said
    assert spoken.ordinal(number) == counted


def test_years_and_digits_in_words():
    said = {spoken.year_words(random.Random(seed), year) for seed in range(30) for year in (1982, 1905, 2004, 2021)}
    assert {"nineteen eighty two", "nineteen oh five", "two thousand and four", "twenty twenty one"} <= said
    digits = {spoken.digit_words(random.Random(seed), "07 55") for seed in range(60)}
    assert {"oh seven five five", "oh seven double five"} <= digits


def test_ordinals():
    assert [ordinal(day) for day in (1, 2, 3, 4, 11, 12, 13, 21, 22, 31)] == (
        ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd", "31st"]
    )


def test_other_scripts_in_latin_letters():
    letters = {"и": "i", "в": "v", "а": "a", "н": "n", "ου": "ou", "λ": "l"}
    assert latin("Иван", letters) == "Ivan"
    assert latin("Nguyễn", letters) == "Nguyễn"
    assert latin("佐藤", letters) == ""
    assert latin("λου", letters) == "Lou"
