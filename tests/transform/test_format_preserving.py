"""Encryption within the format of a value: shapes, the way back, and what is refused."""

import re
import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from streamdeid.errors import TransformError
from streamdeid.transform import format_preserving
from streamdeid.transform.format_preserving import FormatPreserving, decrypt, encrypt, format_key
from streamdeid.transform.operators import Request, Subject, Transformer
from streamdeid.transform.prf import Prf
from streamdeid.types import Entity, Format

PRF = Prf(b"a made-up secret for tests")
KEY = format_key(PRF)
TEXTS = st.text(st.sampled_from("abzABZ0189 -/.^é߸😀\n\u0661"), min_size=6, max_size=40)
KNOWN = [
    ("40017765", "ID/MRN", "98830755"),
    ("40017765", "ID/SSN", "40727337"),
    ("MR-40017765-b", "ID/MRN", "QW-77646622-y"),
    ("Doemann", "NAME/FAMILY", "Omhbyrx"),
    ("DOEMANN", "NAME/FAMILY", "OMHBYRX"),
    ("000000", "ID/OTHER", "436862"),
    ("(614) 555-0143", "CONTACT/PHONE", "(540) 371-2966"),
    ("Dömann-X77é", "NAME", "Uöodak-R33é"),
]


def shape(text: str) -> str:
    for letters, sign in ((string.digits, "9"), (string.ascii_uppercase, "A"), (string.ascii_lowercase, "a")):
        text = re.sub(f"[{letters}]", sign, text)
    return text


def size(text: str) -> int:
    product = 1
    for char in text:
        product *= 10 if char in string.digits else 26 if char in string.ascii_letters else 1
    return product


def replaced(text: str, label: str = "ID/MRN", datatype: str = "ST", format: Format = Format.HL7V2) -> str | None:
    request = Request(Entity(label, text), Subject("p", 0), text, datatype, format)
    return Transformer(PRF).replace(FormatPreserving(), request)


@pytest.mark.parametrize(("text", "label", "expected"), KNOWN)
def test_what_was_made_once_is_made_for_ever(text: str, label: str, expected: str) -> None:
    assert encrypt(text, KEY, label) == expected == replaced(text, label)


@given(TEXTS, st.sampled_from(["ID/MRN", "NAME"]))
def test_the_shape_stays_and_the_way_back_is_exact(text: str, label: str) -> None:
    assume(size(text) >= 1_000_000)
    new = encrypt(text, KEY, label)
    assert shape(new) == shape(text)
    assert decrypt(new, KEY, label) == text
    assert encrypt(decrypt(text, KEY, label), KEY, label) == text


@given(st.lists(st.from_regex(r"[A-Z][0-9]{5}", fullmatch=True), min_size=2, max_size=20, unique=True))
def test_distinct_values_stay_distinct(texts: list[str]) -> None:
    assert len({encrypt(text, KEY, "ID/MRN") for text in texts}) == len(texts)


@given(st.from_regex(r"[0-9]{12}", fullmatch=True))
def test_label_and_key_change_what_is_made(text: str) -> None:
    made = {encrypt(text, KEY, "ID/MRN"), encrypt(text, KEY, "ID/SSN"), encrypt(text, KEY[::-1], "ID/MRN")}
    assert len(made) == 3


@given(TEXTS | st.text(max_size=8))
def test_what_few_values_share_the_shape_of_is_refused(text: str) -> None:
    if not any(map(str.isalnum, text)):
        assert replaced(text) is None
        assert encrypt(text, KEY, "ID") == text == decrypt(text, KEY, "ID")
    elif size(text) < 1_000_000:
        for way in (encrypt, decrypt):
            with pytest.raises(ValueError, match="fewer than"):
                way(text, KEY, "ID")
        with pytest.raises(TransformError, match=r"transform\.unreadable"):
            replaced(text)
    else:
        assert replaced(text) not in (None, text)


@pytest.mark.parametrize(("text", "is_enough"), [("99999", False), ("999999", True), ("Anna", False), ("Annas", True)])
def test_six_digits_or_five_letters_are_enough(text: str, is_enough: bool) -> None:
    assert (size(text) >= format_preserving.SMALLEST_DOMAIN) == is_enough
    if is_enough:
        assert decrypt(replaced(text) or "", KEY, "ID/MRN") == text


def test_what_would_stand_for_itself_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(format_preserving, "encrypt", lambda text, key, label: text)
    with pytest.raises(TransformError, match=r"transform\.unreadable"):
        replaced("40017765")


@pytest.mark.parametrize(
    ("datatype", "format"),
    [("NM", Format.HL7V2), ("DTM", Format.HL7V2), ("integer", Format.FHIR), ("date", Format.FHIR), ("id", Format.FHIR)],
)
def test_numbers_and_dates_are_refused(datatype: str, format: Format) -> None:
    assert FormatPreserving().unfit_type(format, datatype)
    with pytest.raises(TransformError, match=r"transform\.unreadable"):
        replaced("40017765", datatype=datatype, format=format)


def test_tokens_secret_is_the_deployments_own_where_all_else_is_random() -> None:
    request = Request(Entity("ID/MRN", "40017765"), Subject("p", 0), "40017765", "ST", Format.HL7V2)
    transformer = Transformer(Prf(b"seeds of a made-up vault"), PRF)
    assert transformer.replace(FormatPreserving(), request) == "98830755"
