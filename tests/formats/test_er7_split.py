import pytest
from growth import is_linear

from streamdeid.formats.er7_split import split

A = b"MSH|^~\\&|A\rPID|1\r"
B = b"MSH#!@$%#B\nPID#1\n"
FHS, BHS, BTS, FTS = b"FHS|^~\\&|A\r", b"BHS|^~\\&|A\r", b"BTS|2\r", b"FTS|1\r"


def pieces(raw: bytes) -> list[bytes]:
    found = split(raw)
    position = 0
    for start, end in found:
        assert position <= start < end
        assert not raw[position:start].strip(b" \t\r\n\x0b\x1c")
        position = end
    assert not raw[position:].strip(b" \t\r\n\x0b\x1c")
    return [raw[start:end] for start, end in found]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (A, [A]),
        (A.rstrip(), [A.rstrip()]),
        (A + B + A, [A, B, A]),
        (A + b"\n\r\n" + B + b"\n\n", [A + b"\n", B]),
        (b"\x0b" + A + b"\x1c\r\x0b" + B + b"\x1c\r", [A, B]),
        (b"\x0b" + A[:-1] + b"\x1c\r\n\x0b" + A + b"\x1c", [A[:-1], A]),
        (b"\x0b" + A + B + b"\x1c\r", [A, B]),
        (FHS + BHS + A + A + BTS + FTS, [FHS, BHS, A, A, BTS, FTS]),
        (b"\xef\xbb\xbf" + A + b"\xef\xbb\xbf" + A, [b"\xef\xbb\xbf" + A, b"\xef\xbb\xbf" + A]),
        (b"  " + A + b"\t" + A, [A, A]),
        (b"junk\r" + A, [b"junk\r", A]),
        (A + b"junk\r" + A, [A + b"junk\r", A]),
        (b"\x0b" + A + b"\x1c\rjunk\r\x0b" + A + b"\x1c\r", [A, b"junk\r", A]),
        (b"\x0bjunk\x1c\r" + A, [b"junk", A]),
        (A + b"\r\r", [A]),
        (b"no message\n\nat all\n", [b"no message\n\nat all\n"]),
        (b"", []),
        (b" \r\n\x0b\x1c\r", []),
        (b"MSH\r" + A, [b"MSH\r", A]),
        (b"MSH exam\r" + A, [b"MSH exam\r", A]),
    ],
)
def test_pieces(raw: bytes, expected: list[bytes]) -> None:
    assert pieces(raw) == expected


def test_blank_lines_inside_a_message_do_not_cut_it() -> None:
    spaced = A.replace(b"\r", b"\r\n\r\n")
    text = b"MSH|^~\\&|A\rOBX|1|TX|x||first\n\nsecond\n\nlast"
    assert pieces(spaced + text) == [spaced[:-2], text]


def test_frame_bytes_inside_a_line_are_content() -> None:
    message = b"MSH|^~\\&|A\rNTE|1||a\x0bb\x1cc\r"
    assert pieces(message + A) == [message, A]


def test_remarks_between_messages_are_pieces_of_their_own() -> None:
    remark = b"// next\n/* and\n\nmore */\n"
    assert pieces(B + b"\n" + remark + b"\n" + B) == [B, remark, B]
    assert pieces(B + b"\n// last") == [B, b"// last"]
    with_segment = b"// looks like a remark\nPID|2\n"
    assert pieces(B + b"\n" + with_segment + B) == [B + b"\n" + with_segment, B]
    framed = b"\x0b" + B + b"\n// text\n\x1c\r"
    assert pieces(framed) == [framed[1:-2]]


def test_utf16_is_one_piece() -> None:
    for raw in (A.decode().encode("utf-16"), (A + A).decode().encode("utf-16-be")):
        assert pieces(raw) == [raw]


@pytest.mark.parametrize(
    "unit",
    [
        A + b"OBX|1|TX|x||text\r" * 8 + b"\r\n",
        b"\x0b" + A + b"\x1c\r",
        b"x\r\r",
        b"\x0b",
        b"\x1c\r",
        b"// x\r\r",
        b" \r",
    ],
)
def test_the_time_is_linear(unit: bytes) -> None:
    assert is_linear(split, lambda size: unit * (size // len(unit)), 20_000)
