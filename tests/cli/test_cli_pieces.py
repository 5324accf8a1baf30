import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamdeid.cli.pieces import Piece, pieces
from streamdeid.errors import ScanError
from streamdeid.formats import er7_split, fhir_split
from streamdeid.types import Format

SHREDS = [
    b"MSH|^~\\&|A",
    b"PID|1||DOE",
    b"\r",
    b"\n",
    b"\r\n",
    b"\x0b",
    b"\x1c",
    b"BHS|x",
    b"BTS|1",
    b"junk",
    b" ",
    b"MS",
    b"H|",
]
FILES = st.lists(st.sampled_from(SHREDS), min_size=1, max_size=40).map(b"".join)


def all_of(raw: bytes, format: Format = Format.HL7V2, **sizes: int) -> list[Piece]:
    split = er7_split.split if format is Format.HL7V2 else fhir_split.split
    return list(pieces(io.BytesIO(raw), format, split, **sizes))


@given(FILES, st.integers(1, 60))
@settings(max_examples=500)
def test_blocks_of_any_size_give_the_pieces_of_the_whole(raw: bytes, block: int) -> None:
    whole = all_of(raw)
    assert all_of(raw, block=block) == whole
    if whole != [Piece(b"", b"")]:
        assert b"".join(piece.before + piece.content + piece.after for piece in whole) == raw


@pytest.mark.parametrize("separator", [b"", b"\n", b"\n\n", b"\x1c\r\x0b"])
def test_messages_of_a_long_file_come_one_by_one(separator: bytes) -> None:
    messages = [b"MSH|^~\\&|%d\rPID|1\r" % number for number in range(200)]
    raw = (b"\x0b" if b"\x0b" in separator else b"") + separator.join(messages)
    found = all_of(raw, block=256)
    assert [piece.content.strip() for piece in found] == [message.strip() for message in messages]


@given(st.lists(st.sampled_from([b'{"a":1}', b"{}", b"[1]"]), min_size=1), st.sampled_from([b"\n", b"\r\n", b"\n\n"]))
def test_lines_of_json_are_read_one_by_one(lines: list[bytes], separator: bytes) -> None:
    raw = separator.join(lines) + b"\n"
    read = all_of(raw, Format.FHIR, block=12)
    if len(raw) >= 12:
        assert [piece.content for piece in read] == lines
    assert b"".join(piece.before + piece.content + piece.after for piece in read) == raw


def test_json_over_several_lines_is_read_as_a_whole() -> None:
    one = b'{\n "a": [\n  1\n ]\n}'
    expected = [Piece(b"", one), Piece(b"\n", one), Piece(b"\n", one, b"\n")]
    assert all_of(b"\n".join([one] * 3) + b"\n", Format.FHIR, block=8) == expected


@pytest.mark.parametrize("raw", [b"", b"\r\n", b"\x0b\x1c\r"])
def test_a_file_without_messages_gives_an_empty_one(raw: bytes) -> None:
    assert all_of(raw) == [Piece(b"", b"")]


def test_what_a_splitter_passes_over_is_not_lost() -> None:
    found = pieces(io.BytesIO(b"MSH|a\rMSH|b\rjunk"), Format.HL7V2, lambda raw: [(0, 5), (6, 11)])
    assert next(found).content == b"MSH|a"
    with pytest.raises(ScanError, match=r"message\.unknown_format at message 2"):
        next(found)


@pytest.mark.parametrize("format", [Format.HL7V2, Format.FHIR])
def test_a_message_too_large_to_hold_is_refused_after_what_came_before_it(format: Format) -> None:
    small = b"MSH|a\rMSH|b\r" if format is Format.HL7V2 else b""
    found = pieces(io.BytesIO(small + b"MSH|" + b"x" * 5000), format, er7_split.split, block=10, largest=1000)
    if small:
        assert next(found).content == b"MSH|a\r"
    with pytest.raises(ScanError, match=r"message\.too_large"):
        next(found)
