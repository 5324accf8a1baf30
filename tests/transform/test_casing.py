import pytest

from streamdeid.transform.casing import folded, like


@pytest.mark.parametrize(
    ("mention", "new", "expected"),
    [
        ("DOE", "Kallas", "KALLAS"),
        ("doe", "Kallas", "kallas"),
        ("Doe", "Kallas", "Kallas"),
        ("McDoe", "Kallas", "Kallas"),
        ("J", "K", "K"),
        ("j", "K", "k"),
        ("D", "Kallas", "Kallas"),
    ],
)
def test_like(mention, new, expected):
    assert like(mention, new) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Müller", "muller"),
        ("O'Brien", "obrien"),
        ("O\u2019BRIEN", "obrien"),
        ("mu\u0308ller", "muller"),
        ("Strauß", "strauss"),
    ],
)
def test_folded(text, expected):
    assert folded(text) == expected
