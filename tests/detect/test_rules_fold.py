import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamdeid.detect.rules.fold import fold


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("plain text", "plain text"),
        ("a\tb", "a b"),
        ("a\r\nb\rc", "a \nb\nc"),
        ("Dr.\u00a0Smith", "Dr. Smith"),
        ("５５５－１２３４", "555-1234"),
        ("2024\u20112013", "2024-2013"),
        ("\u201cO\u2019Brien\u201d", '"O\'Brien"'),
        ("José Núñez", "Jose Nunez"),
        ("Jose\u0301", "Jose"),
        ("1\u200b2\ufeff3\u00ad4", "1234"),
        ("\u0421\u043cith", "Cmith"),
        ("Ѕm\u0456th", "Smith"),
        ("٠٣/٠٥/٢٠٢٤", "03/05/2024"),
        ("𝐉𝐨𝐡𝐧 𝟙𝟚", "John 12"),
        ("m² H₂O", "m² H₂O"),
        ("Łódź Straße", "Lodz Strase"),
        ("😀 x", "😀 x"),
        ("Tαmαrα Κώστα", "Tamara Kwota"),
        ("Тамara ё", "Tamara e"),
        ("ᴊᴏʜɴ ʲᵒʰⁿ 🅹🅾🅷🅽 🄹🄾🄷🄽", "JOHN john JOHN JOHN"),
        ("5 μg β-blocker", "5 μg β-blocker"),
        ("a\u3164b\uffa0c\u2800d", "a b c d"),
        ("1\u115f2\u11603\U000e00414", "1234"),
        ("①Tamara ❷Odile ⑥①④", "\u2022Tamara \u2022Odile 614"),
    ],
)
def test_what_looks_like_ascii_is_ascii(text: str, plain: str) -> None:
    assert fold(text).text == plain


def test_extent_leads_back_and_takes_what_shows_nothing_along() -> None:
    text = "x 1\u200b2\u200b3\u0301 y"
    folded = fold(text)
    start = folded.text.index("123")
    assert folded.extent(start, start + 3) == (2, 8)
    assert text[2:8] == "1\u200b2\u200b3\u0301"


@given(st.text())
def test_lengths_agree_and_extents_are_in_order(text: str) -> None:
    folded = fold(text)
    assert len(folded.text) == len(folded.lower)
    if folded.origin is None:
        assert len(folded.text) == len(text)
    else:
        assert len(folded.origin) == len(folded.text) + 1
        assert folded.origin == sorted(set(folded.origin))
        assert folded.origin[-1] == len(text)


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_ascii_keeps_its_indices(text: str) -> None:
    folded = fold(text)
    assert folded.origin is None
    assert all(a == b or (a in "\t\r" and b in " \n") for a, b in zip(text, folded.text, strict=True))
