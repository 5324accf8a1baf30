import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamdeid.transform.shapes import ALPHABETS, Shape, canonical, render, shape_of


@given(shape=st.text(alphabet=sorted(ALPHABETS), min_size=1, max_size=12), data=st.data())
def test_numbers_the_strings_of_a_shape(shape, data):
    numbering = Shape(shape)
    number = data.draw(st.integers(0, numbering.size - 1))
    text = numbering.text(number)
    assert numbering.number(text) == number
    assert all(char in ALPHABETS[place] for char, place in zip(text, shape, strict=True))


@pytest.mark.parametrize("shape", ["99", "A", "9N", "PV", "HH"])
def test_every_string_has_its_own_number(shape):
    numbering = Shape(shape)
    assert len({numbering.text(number) for number in range(numbering.size)}) == numbering.size


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("123-45-6789", "123456789"),
        ("mrn 00a", "MRN00A"),
        ("-", ""),
        ("é1", "E1"),
        ("１２", "12"),
        ("٣", "3"),
        ("a_b", "AB"),
    ],
)
def test_canonical(text, expected):
    assert canonical(text) == expected


@given(st.text(max_size=20))
def test_canonical_has_one_ascii_character_for_each_letter_or_digit(text):
    plain = canonical(text)
    assert len(plain) == sum(char.isalnum() for char in text)
    assert plain == "" or (plain.isascii() and plain.isalnum() and plain == plain.upper())


def test_render_keeps_punctuation_and_case():
    assert render("ab-12.C", "XY98Z") == "xy-98.Z"
    assert render("AB12", "XY98") == "XY98"


def test_shape_of():
    assert shape_of("MRN00123") == "AAA99999"
