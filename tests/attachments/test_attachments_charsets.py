import pytest

from streamdeid.attachments import plain
from streamdeid.attachments.charsets import resolve
from streamdeid.errors import ScanError


@pytest.mark.parametrize(
    ("raw", "declared", "codec"),
    [
        (b"Jo", [], "utf-8"),
        (b"Jo", ["windows-1251"], "cp1251"),
        (b"Jo", ["no such set"], "utf-8"),
        ("Zoë".encode(), ["iso-8859-1"], "utf-8"),
        ("Zoë".encode("cp1252"), [], "cp1252"),
        ("Zoë".encode("cp1252"), ["utf-8", ""], None),
        ("Zoë".encode("cp1252"), ["", "iso-8859-2"], "iso8859-2"),
        (b"\x93Jo\x94", ["latin1"], "cp1252"),
        (b"\x81Jo", ["latin1"], "iso8859-1"),
        (b"\x81Jo", [], None),
        ("山田".encode("shift_jis"), ["Shift_JIS"], "cp932"),
        (b"\xff\xfeJ\x00", ["utf-16"], None),
        (b"\x1b$B;3ED", ["iso-2022-jp"], None),
    ],
)
def test_resolve(raw: bytes, declared: list[str], codec: str | None) -> None:
    if codec is None:
        with pytest.raises(ScanError):
            resolve(raw, *declared)
    else:
        assert resolve(raw, *declared) == codec


def test_plain_text_in_its_own_set() -> None:
    document = plain.scan("Zoë Doe\n".encode("cp1252"))
    (leaf,) = document.leaves
    assert leaf.text == "Zoë Doe\n"
    assert document.locate(leaf, 4, 7) == (4, 7)
    assert document.encode(leaf, "Chloë") == b"Chlo\xeb"


def test_plain_text_without_words_has_no_leaf() -> None:
    assert plain.scan(b"\xef\xbb\xbf \r\n").leaves == []
    with pytest.raises(ScanError):
        plain.scan(b"Jo\0hn")
