import pytest

from streamdeid.errors import ScanError, TransformError, UsageError
from streamdeid.formats.charset import BOM, python_codec, resolve, to_scannable

UTF8 = "José".encode()
LATIN1 = "José".encode("latin-1")


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("", "ascii"),
        ("ASCII", "ascii"),
        ("8859/1", "iso8859-1"),
        ("ISO-8859-15", "iso8859-15"),
        ("UNICODE UTF-8", "utf-8"),
        ("utf8", "utf-8"),
        ("UNICODE UTF-16", "utf-8"),
        ("windows-1252", "cp1252"),
        ("GB 18030-2000", None),
        ("ISO IR87", None),
        ("BIG-5", None),
        ("8859/12", None),
        ("44", None),
    ],
)
def test_names_of_table_0211(name: str, codec: str | None) -> None:
    assert python_codec(name) == codec
    assert codec is None or "x".encode(codec) == b"x"


@pytest.mark.parametrize(
    ("declared", "raw", "codec"),
    [
        ("", b"x", "ascii"),
        ("8859/1", b"x", "iso8859-1"),
        ("", UTF8, "utf-8"),
        ("ASCII", UTF8, "utf-8"),
        ("8859/1", UTF8, "iso8859-1"),
        ("8859/1", BOM + UTF8, "utf-8"),
        ("8859/1", BOM + LATIN1, "iso8859-1"),
        ("UNICODE UTF-8", LATIN1, "utf-8"),  # the scanner names the place
        ("unknown", b"x", "ascii"),
        ("BIG-5", b"x", "ascii"),
    ],
)
def test_the_codec_of_a_message(declared: str, raw: bytes, codec: str) -> None:
    assert resolve(declared, raw) == codec


@pytest.mark.parametrize(
    ("declared", "raw"), [("unknown", UTF8), ("BIG-5", b"\xa4\x40"), ("ISO IR87", b"\x1b$B0l"), ("x", b"\x0e")]
)
def test_unsupported_sets(declared: str, raw: bytes) -> None:
    with pytest.raises(ScanError, match=r"charset\.unsupported at MSH-18"):
        resolve(declared, raw)


def test_the_fallback_serves_messages_that_declare_nothing_and_are_not_utf8() -> None:
    assert resolve("", LATIN1, "8859/1") == "iso8859-1"
    assert resolve("ASCII", LATIN1, "windows-1252") == "cp1252"
    assert resolve("", UTF8, "8859/1") == "utf-8"
    assert resolve("", LATIN1) == "ascii"
    with pytest.raises(UsageError):
        resolve("", LATIN1, "BIG-5")


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("mark", ["\ufeff", ""])
def test_utf16_comes_back_as_it_went_in(codec: str, mark: str) -> None:
    raw = (mark + "MSH|^~\\&|José 𝒟\r").encode(codec)
    scannable, transcoder = to_scannable(raw)
    assert scannable == BOM + "MSH|^~\\&|José 𝒟\r".encode()
    assert transcoder is not None
    assert transcoder.restore(scannable) == raw
    assert transcoder.restore(scannable.replace("é".encode(), b"ef")) == raw.replace(
        "é".encode(codec), "ef".encode(codec)
    )
    with pytest.raises(TransformError):
        transcoder.restore(scannable + b"\xe9")


def test_other_bytes_are_scanned_as_they_are() -> None:
    assert to_scannable(b"MSH|") == (b"MSH|", None)


@pytest.mark.parametrize("raw", [b"\xff\xfeM", b"\xff\xfe\x00\xd8", b"M\0S\0H\0|"])
def test_broken_utf16(raw: bytes) -> None:
    with pytest.raises(ScanError, match=r"charset\.undecodable"):
        to_scannable(raw)
