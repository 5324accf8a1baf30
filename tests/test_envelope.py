import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamdeid.envelope import OVERHEAD, PATTERNS, Position, QuarantineKey, decode, encode, schema
from streamdeid.errors import SettingsError, UsageError

KEY = QuarantineKey(bytes(range(32)))
HEADERS = encode(
    {
        "source": Position("raw.hl7v2", "0000000a", 3, 17),
        "code": "message.timeout",
        "path": "PID-5",
        "key-id": KEY.id,
    }
)
NONCE = bytes(12)


@given(st.binary(max_size=200))
def test_an_envelope_opens_to_what_was_sealed(content: bytes) -> None:
    sealed = KEY.seal(content, HEADERS, NONCE)
    assert len(sealed) == len(content) + OVERHEAD
    assert KEY.open(sealed, HEADERS) == content


def test_the_original_cannot_be_read_without_the_key() -> None:
    sealed = KEY.seal(b"PID|1||Madeupfamily", HEADERS, NONCE)
    assert b"Madeup" not in sealed
    other = QuarantineKey(bytes(32))
    with pytest.raises(SettingsError, match="another key"):
        other.open(sealed, HEADERS)
    relabelled = encode(decode(HEADERS) | {"key-id": other.id})
    with pytest.raises(UsageError, match="altered"):
        other.open(sealed, relabelled)


@pytest.mark.parametrize("name", ["source", "code", "path"])
def test_headers_cannot_be_altered(name: str) -> None:
    sealed = KEY.seal(b"x", HEADERS, NONCE)
    altered = tuple((key, value + b"1" if key == name else value) for key, value in HEADERS)
    with pytest.raises(UsageError, match="altered"):
        KEY.open(sealed, altered)


def test_headers_that_others_add_do_no_harm() -> None:
    assert KEY.open(KEY.seal(b"x", HEADERS, NONCE), (*HEADERS, ("mirrored-by", b"z"))) == b"x"


@pytest.mark.parametrize("value", [b"", b"SDQ1", b"MSH|^~\\&|", b"SDQ1" + bytes(40)])
def test_anything_else_is_no_envelope(value: bytes) -> None:
    with pytest.raises(UsageError):
        KEY.open(value, HEADERS)


def test_the_keys_id_does_not_give_it_away() -> None:
    assert KEY.id not in KEY.material.hex()
    assert KEY.id != QuarantineKey(bytes(32)).id


def test_positions_are_written_and_read() -> None:
    position = Position("raw.hl7v2", "0000000a", 3, 17)
    assert str(position) == "raw.hl7v2@0000000a/3/17"
    assert Position.parse(str(position)) == position
    for text in ("", "raw/3/17", "raw@0000000a/x/17", "raw@0000000a/3"):
        with pytest.raises(UsageError):
            Position.parse(text)


def test_only_known_headers_of_a_known_form_are_read() -> None:
    given = [
        ("attempt", b"2"),
        ("code", b"Madeupfamily"),
        ("name", b"Madeupfamily"),
        ("path", None),
        ("source", b"\xff"),
    ]
    assert decode(given) == {"attempt": "2"}
    assert decode(None) == {}


def test_headers_hold_printable_characters_only() -> None:
    assert dict(encode({"path": "PID-5\n\u00e9"})) == {"path": b"PID-5??"}


def test_the_schema_in_the_repository_is_the_one_of_the_code() -> None:
    file = Path(__file__).parents[1] / "schemas/envelope.schema.json"
    assert json.loads(file.read_text(encoding="utf-8")) == schema()
    assert {name for record in schema()["properties"].values() for name in record["properties"]} == set(PATTERNS)
