import json

import pytest

from streamdeid.errors import ScanError
from streamdeid.formats.json_text import decode, escape


@pytest.mark.parametrize(
    ("between", "text"),
    [
        (b"plain", "plain"),
        ("Zoë".encode(), "Zoë"),
        (rb"a\"b\\c\/d\n\u00e9", 'a"b\\c/d\né'),
        (rb"\ud83d\ude00", "😀"),
        ("é\\u00e9".encode(), "éé"),
        (rb"\u0000", "\0"),
    ],
)
def test_decode(between, text):
    assert decode(between.decode("latin-1"), 0) == text


@pytest.mark.parametrize(
    ("between", "code", "path"),
    [
        (rb"\ud800", "json.surrogate", "byte 7"),
        (rb"\ude00\ud83d", "json.surrogate", "byte 7"),
        (b"ab\xff", "charset.undecodable", "byte 9"),
        (b"\xed\xa0\x80", "charset.undecodable", "byte 7"),
    ],
)
def test_decode_refuses(between, code, path):
    with pytest.raises(ScanError) as caught:
        decode(between.decode("latin-1"), 7)
    assert (caught.value.code, caught.value.path) == (code, path)


@pytest.mark.parametrize("text", ["", "plain", 'q"\\/\n\0', "é😀"])
@pytest.mark.parametrize("ascii_only", [True, False])
def test_escape_is_read_back(text, ascii_only):
    between = escape(text, ascii_only=ascii_only)
    assert json.loads(b'"' + between + b'"') == text
    assert between.isascii() == (ascii_only or text.isascii())


def test_escape_refuses_half_a_pair():
    with pytest.raises(UnicodeEncodeError):
        escape("\ud800", ascii_only=True)
