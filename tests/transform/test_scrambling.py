import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamdeid.transform.identifiers import Identifiers
from streamdeid.transform.prf import Prf
from streamdeid.transform.scrambling import Scrambler

PRF = Prf(b"a made-up secret for tests")
SCRAMBLED = Scrambler(PRF, Identifiers(PRF))
TEXTS = st.from_regex(r"[A-Za-z0-9 -]{1,20}", fullmatch=True)


def shape(text):
    return ["9" if char.isdigit() else "A" if char.isupper() else "a" if char.islower() else char for char in text]


@settings(deadline=None)
@given(TEXTS, st.sampled_from(["p", "q"]))
def test_the_shape_stays_and_the_text_does_not(text, scope):
    new = SCRAMBLED(scope, text)
    assert shape(new) == shape(text)
    assert new != text or not any(map(str.isalnum, text))
    assert new == SCRAMBLED(scope, text)


@pytest.mark.parametrize("texts", [[f"{n}" for n in range(10)], [f"{n:02d}" for n in range(100)], list("ABCXYZ")])
def test_short_ones_stay_apart(texts):
    assert len({SCRAMBLED("p", text) for text in texts}) == len(texts)


def test_all_of_a_long_text_changes():
    text = "A" * 40
    assert sum(old == new for old, new in zip(text, SCRAMBLED("p", text), strict=True)) < 12
    assert SCRAMBLED("p", "12345") != SCRAMBLED("q", "12345")
