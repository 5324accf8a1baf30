"""Damaged HL7 v2 messages: scanned or refused, and an edit of one value changes no other."""

import random

from fuzz_seeds import MESSAGES, TOKENS
from fuzzing import applied, damaged, edit_of, fuzz, others, scanned, structure

from streamdeid.formats import er7
from streamdeid.formats.charset import to_scannable
from streamdeid.formats.er7 import Er7Document
from streamdeid.formats.er7_split import split

CHARSETS = (b"", b"UNICODE UTF-8", b"8859/1", b"WINDOWS-1252", b"8859/15", b"ASCII")
TEXTS = ("Jo", "Zoë O'Neil", "漢", "a|b^c~d&e\\f", "\\X41\\", "1\n2", "\r", '""', "x" * 300, "\x1c")
#: What other values are read by.
DECIDING = ("OBX-2", "MFI-1", "MFE-5", "QPD-1")
MARKS = ("|^~\\&", "|^~\\&#", "#*!%$", "|^~&\\", "|^~")


def message(random: random.Random) -> bytes:
    content = random.choice(MESSAGES)
    if random.random() < 0.3:
        content = content.replace(b"|2.5.1", b"|2.5.1||||||" + random.choice(CHARSETS), 1)
    if random.random() < 0.2:
        marks = random.choice(MARKS)
        content = content.translate(bytes.maketrans(b"|^~\\&"[: len(marks)], marks.encode()[:5]))
    if random.random() < 0.3:
        content = content.replace(b"\r", random.choice((b"\n", b"\r\n", b"\r\r")))
    content = damaged(random, content, TOKENS, MESSAGES)
    if random.random() < 0.1:
        content = random.choice((b"\xff\xfe", b"")) + content.decode("latin-1").encode("utf-16-le")
    return content


def scan(raw: bytes) -> Er7Document:
    scannable, transcoder = to_scannable(raw)
    if transcoder:
        assert transcoder.restore(scannable) == raw
    return er7.scan(scannable)


def check(random: random.Random) -> str:
    raw = message(random)
    check_split(raw)
    document = scanned(scan, raw)
    if isinstance(document, str):
        return document
    indices = [
        index
        for index, leaf in enumerate(document.leaves)
        if leaf.unit and not leaf.place.path.startswith(DECIDING) and leaf.text.strip()
    ]
    if not indices:
        return "empty"
    index = random.choice(indices)
    leaf = document.leaves[index]
    edited = edit_of(random, document, leaf, random.choice(TEXTS))
    if edited is None:
        return "unwritable"
    output = er7.scan(applied(document, leaf, edited[0]))
    assert structure(output) == structure(document)
    assert others(output, index) == others(document, index)
    if document.delimiters.escape not in leaf.text:
        assert output.leaves[index].text == edited[1]
    return "edited"


def check_split(raw: bytes) -> None:
    position = 0
    for start, end in [*split(raw), (len(raw), len(raw))]:
        assert position <= start <= end
        assert not raw[position:start].strip(b" \t\r\n\x0b\x1c")
        position = end


def test_damaged_messages() -> None:
    seen = fuzz(check)
    assert seen["edited"] > sum(seen.values()) / 4
