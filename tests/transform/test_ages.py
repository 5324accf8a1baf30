import pytest

from streamdeid.transform.ages import generalise_age


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
