import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamdeid.errors import SettingsError
from streamdeid.transform.prf import Prf

SECRET = b"a made-up secret for tests"


def test_is_hmac_under_a_subkey_of_the_purpose():
    root = hmac.digest(b"streamdeid surrogates 1", SECRET, "sha256")
    subkey = hmac.digest(root, b"name/family\x01", "sha256")
    expected = hmac.new(subkey, b"\x00\x00\x00\x01pdoe", hashlib.sha256).digest()
    assert Prf(SECRET).digest("p", "name/family", "doe") == expected


def test_scope_and_value_cannot_be_confused():
    prf = Prf(SECRET)
    assert prf.digest("ab", "x", "c") != prf.digest("a", "x", "bc")
    assert prf.digest("", "x", "abc") != prf.digest("abc", "x", "")


def test_everything_counts():
    prf = Prf(SECRET)
    digests = {
        prf.digest("p", "a", "doe"),
        prf.digest("p", "b", "doe"),
        prf.digest("q", "a", "doe"),
        prf.digest("p", "a", "Doe"),
        Prf(SECRET + b"!").digest("p", "a", "doe"),
    }
    assert len(digests) == 5


def test_number_is_below_its_bound():
    prf = Prf(SECRET)
    numbers = {prf.number("", "x", str(value), 7) for value in range(300)}
    assert numbers == set(range(7))


def test_a_short_secret_is_refused():
    with pytest.raises(SettingsError):
        Prf(b"short")


def test_does_not_show_its_secret():
    assert "made-up" not in repr(Prf(SECRET))


def test_lone_surrogates_are_digested():
    assert len(Prf(SECRET).digest("\ud800", "x", "\udfff")) == 32


@given(st.lists(st.tuples(st.sampled_from(["", "p", "Pöschl", "\ud800"]), st.text()), max_size=6))
def test_what_was_digested_before_does_not_count(asked):
    prf = Prf(SECRET)
    assert [prf.digest(scope, "x", value) for scope, value in asked] == [
        Prf(SECRET).digest(scope, "x", value) for scope, value in asked
    ]
