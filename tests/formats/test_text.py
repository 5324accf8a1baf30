import pytest

from streamdeid.errors import ScanError, TransformError
from streamdeid.formats.splice import splice
from streamdeid.formats.text import scan
from streamdeid.types import Edit, Format

LETTER = "\ufeffPatient: Zoë Müller\r\n\tSeen 2020-01-02.\n"


def test_one_leaf_after_the_byte_order_mark():
    document = scan(LETTER.encode())
    (leaf,) = document.leaves
    assert leaf.text == LETTER[1:]
    assert document.raw[leaf.start : leaf.end].decode() == leaf.text
    assert (leaf.place.path, leaf.place.lineage) == ("text", ("text",))
    assert document.format is Format.TEXT
    assert document.path(leaf) == "text"


def test_locate_counts_bytes():
    document = scan(LETTER.encode())
    (leaf,) = document.leaves
    start = leaf.text.index("Müller")
    first, last = document.locate(leaf, start, start + 6)
    edit = Edit(first, last, document.encode(leaf, "Öz"))
    assert splice(document.raw, [edit]).decode() == LETTER.replace("Müller", "Öz")


def test_locate_refuses_what_is_outside():
    document = scan(b"abc")
    with pytest.raises(ValueError, match="characters"):
        document.locate(document.leaves[0], 2, 4)


def test_the_passage_is_the_leaf():
    document = scan(b"abc")
    (passage,) = document.passages(document.leaves)
    ((start, end, leaf),) = passage.parts
    assert (passage.text, passage.text[start:end], leaf) == ("abc", leaf.text, document.leaves[0])


@pytest.mark.parametrize(
    ("raw", "code", "path"),
    [
        (b"", "message.empty", ""),
        (b"\xef\xbb\xbf \r\n", "message.empty", ""),
        (b"J\xe4ger", "charset.undecodable", "byte 1"),
        ("Jäger".encode("utf-16"), "charset.unsupported", "byte 3"),
        ("Doe".encode("utf-16-le"), "charset.unsupported", "byte 1"),
    ],
)
def test_what_cannot_be_read_is_refused(raw, code, path):
    with pytest.raises(ScanError) as caught:
        scan(raw)
    assert (caught.value.code, caught.value.path) == (code, path)


def test_half_a_surrogate_pair_cannot_be_written():
    document = scan(b"abc")
    with pytest.raises(TransformError) as caught:
        document.encode(document.leaves[0], "\ud800")
    assert caught.value.code == "transform.unencodable"
