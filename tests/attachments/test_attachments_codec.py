import base64

import pytest

from streamdeid.attachments.codec import Encoding, encoding_named, unwrap, wrap
from streamdeid.errors import ScanError, TransformError

RAW = b"a made-up report about nobody, long enough for several lines of base64 text, that is all"
DIGITS = base64.b64encode(RAW).decode()


def lines(width: int, gap: str) -> str:
    return gap.join(DIGITS[at : at + width] for at in range(0, len(DIGITS), width))


@pytest.mark.parametrize(
    "content",
    [DIGITS, lines(76, "\r\n"), lines(20, "\n") + "\n", " " + DIGITS, DIGITS.rstrip("="), lines(64, " ")],
)
def test_base64_unedited_is_the_identical_text(content: str) -> None:
    wrapped = unwrap(content, Encoding.BASE64)
    assert wrapped.raw == RAW
    assert wrap(wrapped, wrapped.raw) is content


def test_changed_base64_keeps_line_length_breaks_and_end() -> None:
    wrapped = unwrap("\n" + lines(20, "\r\n") + "\r\n", Encoding.BASE64)
    changed = wrap(wrapped, RAW.replace(b"nobody", b"somebody else"))
    assert changed.startswith("\n")
    assert changed.endswith("\r\n")
    *full, last = changed.strip().split("\r\n")
    assert {len(line) for line in full} == {20}
    assert 0 < len(last) <= 20
    assert unwrap(changed, Encoding.BASE64).raw == RAW.replace(b"nobody", b"somebody else")


def test_changed_base64_keeps_alphabet_and_missing_padding() -> None:
    url_safe = base64.urlsafe_b64encode(b"\xfb\xff\xfe?").decode().rstrip("=")
    assert wrap(unwrap(url_safe, Encoding.BASE64), b"\xfb\xff\xfe\xff") == "-__-_w"


def test_hex_keeps_case() -> None:
    assert wrap(unwrap("4A6F", Encoding.HEX), b"Jo\xff") == "4A6FFF"
    assert wrap(unwrap("4a6f", Encoding.HEX), b"Jo\xff") == "4a6fff"


@pytest.mark.parametrize("content", ["QQ=Q", "Q", "QQ==QUI=", "Q*==", "Jo\xe9"])
def test_not_base64(content: str) -> None:
    with pytest.raises(ScanError, match=r"attachment\.unreadable"):
        unwrap(content, Encoding.BASE64)


def test_not_hexadecimal() -> None:
    with pytest.raises(ScanError, match=r"attachment\.unreadable"):
        unwrap("4A6", Encoding.HEX)


def test_plain_text_is_utf8_whatever_the_type_says() -> None:
    wrapped = unwrap("Zoë", Encoding.PLAIN, "text/html; charset=iso-8859-1")
    assert (wrapped.raw, wrapped.charset) == ("Zoë".encode(), "utf-8")
    assert wrap(wrapped, "Zoë Doe".encode()) == "Zoë Doe"
    with pytest.raises(TransformError):
        wrap(wrapped, b"\xff")


def test_declared_charset() -> None:
    assert unwrap("QQ==", Encoding.BASE64, 'text/plain; Charset="ISO-8859-15"').charset == "ISO-8859-15"


def test_utf16_is_scanned_as_utf8_and_written_back() -> None:
    content = base64.b64encode("Jo Doe".encode("utf-16")).decode()
    wrapped = unwrap(content, Encoding.BASE64)
    assert wrapped.raw == b"\xef\xbb\xbfJo Doe"
    changed = wrap(wrapped, b"\xef\xbb\xbfAl Roe")
    assert base64.b64decode(changed).decode("utf-16") == "Al Roe"


def test_encodings_of_table_0299() -> None:
    assert [encoding_named(name) for name in ("A", "", "Hex", "BASE64")] == [
        Encoding.PLAIN,
        Encoding.PLAIN,
        Encoding.HEX,
        Encoding.BASE64,
    ]
    with pytest.raises(ScanError):
        encoding_named("zip")
