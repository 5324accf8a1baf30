import pytest

from streamdeid.errors import ScanError
from streamdeid.formats.sniff import HEAD, sniff
from streamdeid.types import Format

MSH = rb"MSH|^~\&|DEMO"


@pytest.mark.parametrize(
    "raw",
    [
        MSH,
        b"\x0b" + MSH,
        b"\xef\xbb\xbf" + MSH,
        b"\r\n\r\n" + MSH,
        b"\xff\xfe" + MSH.decode().encode("utf-16-le"),
        b"\xfe\xff" + MSH.decode().encode("utf-16-be"),
        rb"FHS|^~\&|DEMO",
        rb"BHS|^~\&|DEMO",
        b"MSH#!@$%#DEMO",
    ],
)
def test_a_header_segment_is_hl7v2_whatever_the_file_is_called(raw: bytes) -> None:
    assert sniff(raw, "note.txt") is Format.HL7V2
    assert sniff(raw, "x.json") is Format.HL7V2


@pytest.mark.parametrize(
    "raw", [b'{"resourceType"', b' {\n "id"', b"{}", b"[{", b"[]", b'\xef\xbb\xbf{"a"', b"[", b"{", b"[[1]]"]
)
def test_an_object_or_array_is_fhir_whatever_the_file_is_called(raw: bytes) -> None:
    assert sniff(raw, "note.txt") is Format.FHIR
    assert sniff(raw) is Format.FHIR


@pytest.mark.parametrize(
    ("name", "format"),
    [
        ("a.txt", Format.TEXT),
        ("A.TXT", Format.TEXT),
        ("a.hl7", Format.HL7V2),
        ("deep/a.er7", Format.HL7V2),
        ("a.ndjson", Format.FHIR),
        ("a.json", Format.FHIR),
    ],
)
def test_the_name_says_what_the_bytes_do_not(name: str, format: Format) -> None:
    assert sniff(b"[Mr. Demo came in]", name) is format


@pytest.mark.parametrize("name", ["", "a.pdf", "a", "txt"])
def test_neither_bytes_nor_name_say(name: str) -> None:
    with pytest.raises(ScanError, match=r"message\.unknown_format"):
        sniff(b"Mr. Demo came in", name)


@pytest.mark.parametrize("name", ["a.txt", "a", ""])
def test_a_text_that_holds_hl7_is_hl7(name: str) -> None:
    assert sniff(b"// made up\r\n" + MSH, name) is Format.HL7V2


def test_a_text_that_holds_fhir_is_no_text() -> None:
    with pytest.raises(ScanError):
        sniff(b'export\n{"resourceType": "Patient"}', "a.txt")


def test_a_word_that_begins_like_a_segment_is_a_text() -> None:
    assert sniff(b"MSH was founded in 1971. MSH| is how a message starts.", "a.txt") is Format.TEXT


def test_only_the_head_is_looked_at() -> None:
    assert sniff(MSH + b"x" * 10 * HEAD) is Format.HL7V2
