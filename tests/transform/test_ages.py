import pytest

from streamdeid.transform.ages import Bands, banded_ages, generalise_age


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("92-year-old", "90+ year-old"),
        ("92 y.o.", "90+ y.o."),
        ("92yo", "90+yo"),
        ("aged 90", "aged 90+"),
        ("101 F", "90+ F"),
        ("ninety-two years old", "90+ years old"),
        ("ninety-year-old", "90+ year-old"),
        ("one hundred and two years old", "90+ years old"),
        ("1100 months", "90+ years"),
        ("a 104 year old", "a 90+ year old"),
    ],
)
def test_ninety_and_more_are_one_class(text, expected):
    assert generalise_age(text) == expected


@pytest.mark.parametrize(
    "text",
    ["89", "45-year-old", "89.5", "100 months", "95 days old", "in her 90s", "in his 40s", "newborn", "forty-two"],
)
def test_others_stay(text):
    assert generalise_age(text) == text


@pytest.mark.parametrize(
    ("text", "expected"), [("92", "90"), ("90.0", "90"), ("89", "89"), ("89.9", "90"), ("", ""), ("x", "x")]
)
def test_numbers(text, expected):
    assert generalise_age(text, numeric=True) == expected


GROUPS = Bands(starts=(1, 4, 12, 20, 40, 60, 80))


@pytest.mark.parametrize(
    ("years", "group"),
    [(0, (0, 0)), (1, (1, 3)), (11, (4, 11)), (63, (60, 79)), (80, (80, 89)), (89, (80, 89)), (90, (90, 90))],
)
def test_groups_by_their_first_ages(years, group):
    assert GROUPS.of(years) == group


def test_above_89_there_is_one_group_whatever_is_given():
    assert [Bands(starts=(18, 65, 95, 100)).of(years) for years in (70, 96, 101)] == [(65, 89), (90, 90), (90, 90)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sixty-three", "60-69"),
        ("Sixty three years old", "60-69 years old"),
        ("sixty-three-year-old", "60-69 year-old"),
        ("seventeen", "10-19"),
        ("three", "0-9"),
        ("eighteen months", "0-9 years"),
        ("her late sixties", "her late 60-69"),
        ("his nineties", "his 90+"),
        ("ninety-one", "90+"),
        ("elderly", ""),
    ],
)
def test_spelled_ages_have_bands(text, expected):
    assert banded_ages(text, Bands()) == expected
