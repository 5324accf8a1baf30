import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamdeid.detect.ner.symbols import is_symbol, without_symbols


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("+1 614 <b>", "+1 614 <b>"),
        ("❤Tamara❤", " Tamara "),
        ("☐Tamara ☑Odile", " Tamara  Odile"),
        ("👍🏽Tamara🇫🇷", "  Tamara  "),
        ("Tamara® Doemann™²", "Tamara  Doemann  "),
        ("98.6°F ±1", "98.6 F  1"),
        ("Tamara\ud83d", "Tamara "),
        ("Tamara\ue000\u0378", "Tamara  "),
        ("50€, “Łódź”, 田中さん", "50€, “Łódź”, 田中さん"),
    ],
)
def test_symbols_are_blanks_and_nothing_else_is(text: str, shown: str) -> None:
    assert without_symbols(text) == shown


@given(st.text())
def test_all_else_stays_where_it_is(text: str) -> None:
    shown = without_symbols(text)
    assert len(shown) == len(text)
    assert all(a == b or (is_symbol(a) and b == " ") for a, b in zip(text, shown, strict=True))
