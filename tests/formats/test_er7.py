import pytest

from streamdeid.errors import ScanError, TransformError, UsageError
from streamdeid.formats.er7 import Er7Document, scan
from streamdeid.formats.splice import splice
from streamdeid.types import Document, Edit, Format, Leaf

# A made-up patient.
MESSAGE = (
    b"MSH|^~\\&|LAB|DEMO|||20240102||ORU^R01^ORU_R01|1|P|2.5\r"
    b"PID|1||123^^^DEMO^MR~456^^^OTHER^PI||DOE^JANE^^^MRS\r"
    b"OBX|1|TX|A||one\r"
    b"OBX|2|TX|A||two & three~four\r"
)


def leaf(document: Er7Document, path: str, index: int = 0) -> Leaf:
    return [found for found in document.leaves if found.place.path == path][index]


def text_of(document: Er7Document, path: str) -> str:
    """The first value at a place, empty if there is none."""
    return next((found.text for found in document.leaves if found.place.path == path), "")


def with_charset(name: str, value: bytes) -> bytes:
    return b"MSH|^~\\&|LAB||||||ADT^A01|1|P|2.5|||||" + b"|" + name.encode() + b"\rPID|1||||" + value + b"^JANE\r"


def test_a_document() -> None:
    document: Document = scan(MESSAGE)
    assert document.format is Format.HL7V2
    assert document.raw is MESSAGE
    assert all(document.raw[found.start : found.end].decode() == found.text for found in document.leaves)


def test_what_the_header_says() -> None:
    document = scan(MESSAGE)
    assert document.message_type == ("ORU", "R01", "ORU_R01")
    assert (document.version, document.charset) == ("2.5", "ascii")
    assert [segment.name for segment in document.segments] == ["MSH", "PID", "OBX", "OBX"]
    assert [MESSAGE[segment.start : segment.end][:4] for segment in document.segments][1] == b"PID|"


def test_looking_up_values() -> None:
    document = scan(MESSAGE)
    assert document.units("OBX") == [2, 3]
    assert text_of(document, "PID-3.4.1") == "DEMO"
    assert text_of(document, "PID-8") == text_of(document, "PV1-2") == ""
    assert [[found.text for found in one] for one in document.fields(1, 3)] == [
        ["123", "DEMO", "MR"],
        ["456", "OTHER", "PI"],
    ]
    assert document.fields(1, 4) == []
    assert [found.text for found in document.unit_leaves(2)] == ["1", "TX", "A", "one"]


def test_paths_for_people() -> None:
    document = scan(MESSAGE)
    paths = [document.path(found) for found in document.leaves]
    assert {"MSH-9.2", "PID-3.1", "PID-3[2].1", "PID-3[2].4.1", "PID-5.1.1", "OBX-5", "OBX[2]-3.1"} <= set(paths)
    assert "OBX[2]-5[2]" in paths
    assert len(set(paths)) == len(paths)


@pytest.mark.parametrize("line_end", [b"\r", b"\n", b"\r\n", b"\r\r\n", b"\n \t\n"])
@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf", b"\r\n"])
def test_line_ends_and_marks_are_structure(line_end: bytes, before: bytes) -> None:
    raw = before + MESSAGE.replace(b"\r", line_end) + b"\x1a"
    document = scan(raw)
    assert [found.text for found in document.leaves] == [found.text for found in scan(MESSAGE).leaves]
    assert all(raw[found.start : found.end].decode() == found.text for found in document.leaves)


def test_any_delimiters() -> None:
    raw = MESSAGE.translate(bytes.maketrans(b"|^~\\&", b"#!@$%"))
    document = scan(raw)
    assert [found.place for found in document.leaves] == [found.place for found in scan(MESSAGE).leaves]
    assert document.encode(document.leaves[0], "a#b|c") == b"a$F$b|c"


def test_a_doubled_escape_character_in_the_header() -> None:
    document = scan(MESSAGE.replace(b"^~\\&", b"^~\\\\&") + b"NTE|1||a\\T\\b\r")
    assert text_of(document, "NTE-3") == "a&b"
    assert text_of(document, "OBX-5") == "one"
    assert text_of(document, "MSH-9.1") == "ORU"


@pytest.mark.parametrize(
    ("charset", "value", "text", "codec"),
    [
        ("8859/1", b"Jos\xe9", "José", "iso8859-1"),
        ("UNICODE UTF-8", "José".encode(), "José", "utf-8"),
        ("", "José".encode(), "José", "utf-8"),
        ("windows-1252", b"\x80", "€", "cp1252"),
        ("8859/15", b"\xa4", "€", "iso8859-15"),
        ("x~y", b"DOE", "DOE", "ascii"),
    ],
)
def test_character_sets(charset: str, value: bytes, text: str, codec: str) -> None:
    document = scan(with_charset(charset, value))
    family = leaf(document, "PID-5.1.1")
    assert (family.text, document.charset) == (text, codec)
    assert document.encode(family, text) == value
    assert text_of(document, "PID-5.2") == "JANE"


@pytest.mark.parametrize(
    ("charset", "value", "error"),
    [
        ("", b"Jos\xe9", "charset.undecodable at PID-5.1.1"),
        ("ASCII", b"Jos\xe9", "charset.undecodable at PID-5.1.1"),
        ("UNICODE UTF-8", b"Jos\xe9", "charset.undecodable at PID-5.1.1"),
        ("8859/3", b"\xa5", "charset.undecodable at PID-5.1.1"),
        ("BIG-5", b"\xa4\x40", "charset.unsupported at MSH-18"),
        ("", b"\\M2442\\0l", "er7.escape at PID-5.1.1"),
    ],
)
def test_values_that_cannot_be_read(charset: str, value: bytes, error: str) -> None:
    with pytest.raises(ScanError) as caught:
        scan(with_charset(charset, value))
    assert str(caught.value) == error
    assert caught.value.__context__ is None


def test_the_fallback_character_set() -> None:
    document = scan(with_charset("", b"Jos\xe9"), fallback_charset="8859/1")
    assert text_of(document, "PID-5.1.1") == "José"
    with pytest.raises(UsageError):
        scan(with_charset("", b"Jos\xe9"), fallback_charset="klingon")


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        (b"", "message.empty"),
        (b" \r\n\t\0", "message.empty"),
        (b"\xef\xbb\xbf\r", "message.empty"),
        (b"PID|1\r" + MESSAGE, "er7.header at segment 1"),
        (b" " + MESSAGE, "er7.header at segment 1"),
        (MESSAGE + MESSAGE, "er7.header at segment 5"),
        (MESSAGE + b"DOE, JANE\r", "er7.segment at segment 5"),
        (b"MSH|^^\\&|LAB\r", "er7.encoding_characters at MSH-2"),
        (b"MSH|^|LAB\rPID|1||1~2\r", "er7.encoding_characters at MSH-2"),
        (b"MSH", "er7.encoding_characters at MSH-2"),
    ],
)
def test_bytes_that_are_no_message(raw: bytes, error: str) -> None:
    with pytest.raises(ScanError) as caught:
        scan(raw)
    assert str(caught.value) == error


def test_fewer_delimiters_are_enough_for_a_message_without_more() -> None:
    document = scan(b"MSH|^|LAB||||||ADT^A01|1|P|2.5\rPID|1||123^^^DEMO\r")
    family = leaf(document, "PID-3.1")
    assert text_of(document, "PID-3.4.1") == "DEMO"
    with pytest.raises(TransformError, match=r"transform\.unencodable at PID-3\.1"):
        document.encode(family, "1~2")


def test_declared_segments() -> None:
    raw = MESSAGE + b"ZPI|1|DOE^JANE\r"
    assert leaf(scan(raw), "ZPI-2.2").place.lineage[-1] == "undefined-segment"
    assert leaf(scan(raw, {"ZPI": {2: "XPN"}}), "ZPI-2.2").place.lineage[2] == "XPN.2"


@pytest.mark.parametrize(
    ("charset", "value", "part", "located"),
    [
        ("", b"plain text", "text", b"text"),
        ("UNICODE UTF-8", "ä JOSÉ ö".encode(), "JOSÉ", "JOSÉ".encode()),
        ("UNICODE UTF-8", "𝒟é\\T\\É x".encode(), "É", "É".encode()),
        ("UNICODE UTF-8", "𝒟é\\T\\É x".encode(), "é&", "é\\T\\".encode()),
        ("8859/1", b"\xe4\\T\\JOS\xc9", "JOSÉ", b"JOS\xc9"),
        ("8859/1", b"a\\XE9\\b", "é", b"\\XE9\\"),
        ("", b"\\H\\JANE\\N\\ DOE", "JANE", b"JANE"),
    ],
)
def test_parts_of_a_value(charset: str, value: bytes, part: str, located: bytes) -> None:
    raw = with_charset(charset, value)
    document = scan(raw)
    family = leaf(document, "PID-5.1.1")
    at = family.text.index(part)
    start, end = document.locate(family, at, at + len(part))
    assert raw[start:end] == located
    edited = splice(raw, [Edit(start, end, document.encode(family, "R&D"))])
    assert edited == raw[:start] + b"R\\T\\D" + raw[end:]
    assert text_of(scan(edited), "PID-5.1.1") == family.text.replace(part, "R&D", 1)


def test_what_the_character_set_lacks_cannot_be_written() -> None:
    document = scan(with_charset("8859/1", b"DOE"))
    with pytest.raises(TransformError, match=r"transform\.unencodable at PID-5\.1\.1") as caught:
        document.encode(leaf(document, "PID-5.1.1"), "Ж")
    assert caught.value.__context__ is None
    with pytest.raises(TransformError):
        scan(MESSAGE).encode(scan(MESSAGE).leaves[0], "é")


def test_batch_headers_and_trailers() -> None:
    header = scan(b"FHS|^~\\&|LAB|DEMO|||||file^of JANE DOE\r")
    assert header.message_type.code == "FHS"
    assert text_of(header, "FHS-9") == "file"
    trailer = scan(b"BTS|2|for JANE DOE\rFTS|1\r")
    assert text_of(trailer, "BTS-2") == "for JANE DOE"
