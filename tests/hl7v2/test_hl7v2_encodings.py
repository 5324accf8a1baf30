"""Character sets, delimiters, line ends, batches and frames: the output is written as the input was."""

import codecs
from pathlib import Path

import pytest
from handwritten import MRN, PID, adt, er7, oru, process, refused, released, value

from streamdeid.cli.cleaning import clean_all
from streamdeid.cli.inputs import plan
from streamdeid.engine import Deidentifier
from streamdeid.formats.er7_split import split
from streamdeid.types import Released

TRACES = ("Doemann", "Johanna", "Quilla", MRN, "19610214", "Nonesuch", "Nowhereton", "555-0143", "Dömänn", "Ærø")

#: MSH-18 -> Python codec, and a family name with letters beyond ASCII that the set has.
CHARSETS = {
    "ASCII": ("ascii", "Doemann"),
    "UNICODE UTF-8": ("utf-8", "Dömänn"),
    "8859/1": ("iso8859-1", "Dömänn"),
    "8859/2": ("iso8859-2", "Dömänňová"),
    "8859/3": ("iso8859-3", "Dömĝŭ"),
    "8859/4": ("iso8859-4", "Dömąņš"),
    "8859/5": ("iso8859-5", "Вымышленная"),
    "8859/6": ("iso8859-6", "مصنوعة"),
    "8859/7": ("iso8859-7", "Επινοημένη"),
    "8859/8": ("iso8859-8", "בדויה"),
    "8859/9": ("iso8859-9", "Dömğış"),
    "8859/15": ("iso8859-15", "Dömänœš"),
    "WINDOWS-1252": ("cp1252", "Dömänœ’s"),
    "windows 1251": ("cp1251", "Вымышленная"),
}


def in_charset(charset: str, codec: str, family: str) -> bytes:
    pid = PID.replace("Doemann", family)
    row = f"OBX|1|TX|1^R^L||Seen: {family}, Johanna. ||||||F"
    return er7("ORU^R01", pid, "OBR|1||F1", row, charset=charset).decode().encode(codec)


@pytest.mark.parametrize("charset", CHARSETS)
def test_a_message_stays_in_its_character_set(deidentifier: Deidentifier, charset: str) -> None:
    codec, family = CHARSETS[charset]
    content = in_charset(charset, codec, family)
    clean = released(deidentifier, content)
    text = clean.decode(codec)
    for part in (family, *TRACES):
        assert part not in text
    lines = text.split("\r")
    assert lines[0].split("|")[17] == charset
    seen = lines[1].split("|")[5].split("^")
    assert lines[3].split("|")[5] == f"Seen: {seen[0]}, {seen[1]}. "


@pytest.mark.parametrize(
    ("codec", "mark"),
    [
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
        ("utf-8", codecs.BOM_UTF8),
    ],
)
def test_unicode_with_and_without_a_byte_order_mark(deidentifier: Deidentifier, codec: str, mark: bytes) -> None:
    charset = "UNICODE UTF-8" if codec == "utf-8" else "UNICODE UTF-16"
    content = mark + in_charset(charset, codec, "Dömänn漢字𝒟")
    clean = released(deidentifier, content)
    assert clean.startswith(mark)
    text = clean.removeprefix(mark).decode(codec)
    plain = released(deidentifier, in_charset("UNICODE UTF-8", "utf-8", "Dömänn漢字𝒟")).decode()
    assert text.replace(charset, "UNICODE UTF-8") == plain


@pytest.mark.parametrize("charset", ["", "ASCII"])
def test_utf_8_that_is_not_declared(deidentifier: Deidentifier, charset: str) -> None:
    clean = released(deidentifier, in_charset(charset, "utf-8", "Dömänn")).decode()
    assert "Dömänn" not in clean


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (in_charset("", "iso8859-1", "Dömänn"), ("charset.undecodable", "PID-5.1.1")),
        (in_charset("UNICODE UTF-8", "iso8859-1", "Dömänn"), ("charset.undecodable", "PID-5.1.1")),
        (in_charset("ISO IR87", "utf-8", "Dömänn"), ("charset.unsupported", "MSH-18")),
        (in_charset("GB 18030-2000", "utf-8", "Dömänn"), ("charset.unsupported", "MSH-18")),
        (codecs.BOM_UTF16_LE + "MSH|^~\\&|".encode("utf-16-le") + b"\0", ("charset.undecodable", "")),
    ],
)
def test_what_cannot_be_read_is_refused(deidentifier: Deidentifier, content: bytes, expected: tuple[str, str]) -> None:
    assert refused(deidentifier, content) == expected


# --- Delimiters and line ends -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "delimiters", ["|^~\\&", "|^~\\&#", "!@#$%", ";:/?*", "#@+%$", "$,'`;", "[]{}<", "*^~\\&", "|~^\\&"]
)
def test_custom_delimiters_give_the_same_message(deidentifier: Deidentifier, delimiters: str) -> None:
    """The same message in other delimiters has the same surrogates in the same places."""
    usual = "|^~\\&"
    swap = str.maketrans(dict(zip(usual, delimiters, strict=False)))
    rows = (
        PID.replace("-", "").replace("(614) ", "614"),
        "OBR|1||F1^LAB|1^R&S^L",
        "OBX|1|TX|1^R^L||Mrs Doemann||||||F",
    )
    content = er7("ORU^R01", *rows, version="2").decode()
    head = f"MSH{delimiters[0]}{delimiters[1:]}"
    translated = head + content.removeprefix("MSH|^~\\&").translate(swap)
    expected = released(deidentifier, content.encode()).decode()
    clean = released(deidentifier, translated.encode()).decode()
    assert clean.startswith(head + delimiters[0])
    assert clean == head + expected.removeprefix("MSH|^~\\&").translate(swap)


@pytest.mark.parametrize("encoding", ["^~\\\\&", "^~\\\\&#"])
def test_a_doubled_escape_character_stays_doubled(deidentifier: Deidentifier, encoding: str) -> None:
    content = oru("Mrs. Doemann came.").replace(b"^~\\&", encoding.encode(), 1)
    expected = released(deidentifier, oru("Mrs. Doemann came."))
    assert released(deidentifier, content) == expected.replace(b"^~\\&", encoding.encode(), 1)


@pytest.mark.parametrize("head", ["MSHA^~\\&A", "MSH|^~\\^|", "MSH|^~ &|", "MSH|^~\\A|", "MSH||", "MSH|^^~\\&|", "MSH"])
def test_delimiters_that_cannot_be_told_from_text_are_refused(deidentifier: Deidentifier, head: str) -> None:
    content = head.encode() + adt().removeprefix(b"MSH|^~\\&|")
    code, path = refused(deidentifier, content)
    assert (code, path) == ("er7.encoding_characters", "MSH-2")


@pytest.mark.parametrize("trailing", ["|", "|||", "^^^", "|^^&&", "~~|", "|~^&"])
def test_trailing_delimiters_stay(deidentifier: Deidentifier, trailing: str) -> None:
    segments = (f"{PID}{trailing}", f"PV1|1|I{trailing}")
    clean = released(deidentifier, er7("ADT^A01", *segments)).decode().split("\r")
    assert clean[1].endswith(trailing)
    assert clean[2] == f"PV1|1|I{trailing}"
    assert clean[1].removesuffix(trailing) == released(deidentifier, er7("ADT^A01", PID)).decode().split("\r")[1]


@pytest.mark.parametrize("line_end", ["\r", "\n", "\r\n", "\r\r", "\r\n\r\n", "\n \n"])
@pytest.mark.parametrize("last", [True, False], ids=["ended", "open"])
def test_line_ends_stay(deidentifier: Deidentifier, line_end: str, last: bool) -> None:
    content = oru("Mrs. Doemann", "came.").decode().removesuffix("\r")
    expected = released(deidentifier, content.encode()).decode()
    written = content.replace("\r", line_end) + line_end * last
    assert released(deidentifier, written.encode()).decode() == expected.replace("\r", line_end) + line_end * last


# --- Batches and frames -----------------------------------------------------------------------------------------------

BATCH = (
    b"FHS|^~\\&|LABSYS|MADEUP HOSPITAL|GATEWAY|HUB|20240305||doemann.hl7|For Mrs. Doemann|FC1\r"
    b"BHS|^~\\&|LABSYS|MADEUP HOSPITAL|GATEWAY|HUB|20240305||batch7|Results of Doemann|BC1\r"
    + adt()
    + oru("Mrs. Doemann came.")
    + b"BTS|2|All of Mrs. Doemann\rFTS|1|The end\r"
)


def test_a_batch_is_its_messages_with_header_trailer_and_counts(deidentifier: Deidentifier) -> None:
    ranges = split(BATCH)
    assert b"".join(BATCH[start:end] for start, end in ranges) == BATCH
    clean = [released(deidentifier, BATCH[start:end]) for start, end in ranges]
    assert [one[:3] for one in clean] == [b"FHS", b"BHS", b"MSH", b"MSH", b"BTS", b"FTS"]
    whole = b"".join(clean)
    for part in (*TRACES, "doemann", "FC1", "BC1"):
        assert part.encode() not in whole
    assert clean[4:] == [b"BTS|2|\r", b"FTS|1|\r"]
    assert clean[2:4] == [released(deidentifier, adt()), released(deidentifier, oru("Mrs. Doemann came."))]


@pytest.mark.parametrize(
    "frame",
    [
        b"\x0b%b\x1c\r",
        b"\x0b%b\x1c\n",
        b"%b\r",
        b"%b\r\n\r\n",
    ],
)
def test_a_file_keeps_its_frames(deidentifier: Deidentifier, tmp_path: Path, frame: bytes) -> None:
    messages = [adt(), oru("Mrs. Doemann came."), er7("ADT^A01", "ZZZ|1"), adt("A08")]
    source, out, report = tmp_path / "in.hl7", tmp_path / "out", tmp_path / "report.jsonl"
    source.write_bytes(b"".join(frame % one.removesuffix(b"\r") for one in messages))
    tally = clean_all(plan([source], out, report), deidentifier, None, report)
    assert (tally.released, tally.quarantined) == (3, 1)
    expected = [released(deidentifier, one).removesuffix(b"\r") for one in (messages[0], messages[1], messages[3])]
    assert (out / "in.hl7").read_bytes() == b"".join(frame % one for one in expected)


def test_a_header_in_the_middle_of_a_message_is_refused(deidentifier: Deidentifier) -> None:
    outcome = process(deidentifier, adt() + adt())
    assert not isinstance(outcome, Released)
    assert value(adt() + adt(), "MSH-10") == "MSG00001"
