"""Escape sequences of any delimiters in any character set: what is read can be found, replaced and read again."""

import random

from fuzzing import fuzz

from streamdeid.formats.er7_escape import EscapeError, Escaping, escaping
from streamdeid.formats.er7_header import Delimiters

DELIMITERS = (
    Delimiters("|", "^", "~", "\\", "&"),
    Delimiters("|", "^", "~", "\\", "&", "#"),
    Delimiters("$", "*", "!", "%", "?"),
    Delimiters("X", "^", "~", ".", "&"),
    Delimiters("|", "^", "~"),
    Delimiters("|"),
)
CODECS = ("ascii", "utf-8", "iso8859-1", "cp1252", "iso8859-5")
#: `@` is the escape character.
PIECES = (
    *("a", "Jo", "Doe", " ", "1", '"', '""', "é", "漢", "\x85", "\u2028", "\n", "\r"),
    *("@", "@@", "@F@", "@S@", "@T@", "@R@", "@E@", "@P@", "@H@", "@N@", "@Z@", "@Zab@", "@.br@", "@.sp 3@", "@.in+2@"),
    *("@X41@", "@XC3@", "@XA9@", "@XC3A9@", "@X446F65@", "@X@", "@X4@", "@XZZ@", "@X0D@", "@X00@", "@XFF@"),
    *("@C2842@", "@C2442@", "@M2442@", "@M@", "@.xx@", "@.br", "br@", "X41@", "F@", "|", "^", "&"),
)


def text_of(random: random.Random, escape: str) -> str:
    pieces = "".join(random.choices(PIECES, k=random.randint(0, 8)))
    return pieces.replace("@", escape)


def check(random: random.Random) -> str:
    delimiters = random.choice(DELIMITERS)
    codec = random.choice(CODECS)
    value = text_of(random, delimiters.escape or "\\")
    escapes = escaping(delimiters, codec)
    try:
        text = escapes.read(value)
    except EscapeError:
        return "other set"
    offsets = escapes.offsets(value)
    assert len(offsets.starts) == len(offsets.ends) == len(text)
    position = 0
    for start, end in zip(offsets.starts, offsets.ends, strict=True):
        assert position <= start < end <= len(value)
        position = start
    written = check_written(escapes, text_of(random, delimiters.escape or "\\"))
    if written is None or not text or has_stray(escapes, value, delimiters.escape):
        return "read"
    check_replaced(random, escapes, value, written)
    return "replaced"


def has_stray(escapes: Escaping, value: str, escape: str) -> bool:
    """Whether an escape character stands for itself, which a sender should have escaped: together with what is put
    beside it, it may be read as a sequence. So may bytes of no set with the bytes beside them."""
    if any(f"X{digits}{escape}" in value for digits in ("C3", "A9", "FF")):
        return True
    offsets = escapes.offsets(value)
    return any(
        escape and value[at] == escape and to == at + 1 for at, to in zip(offsets.starts, offsets.ends, strict=True)
    )


def check_written(escapes: Escaping, text: str) -> tuple[str, str] | None:
    """What is written reads as what it was, and brings no delimiter."""
    try:
        written = escapes.write(text)
    except EscapeError:
        return None
    assert escapes.read(written) == text
    assert not set("\r\n\x0b\x1c") & set(written)
    return text, written


def check_replaced(random: random.Random, escapes: Escaping, value: str, written: tuple[str, str]) -> None:
    text, offsets = escapes.read(value), escapes.offsets(value)
    first, last = sorted(random.choices(range(len(text) + 1), k=2))
    first = min(first, len(text) - 1)
    start, end = offsets.range(first, max(last, first + 1))
    # A sequence that stands for several characters is replaced whole.
    first = next(index for index in range(len(text)) if offsets.ends[index] > start)
    last = next((index for index in range(len(text)) if offsets.starts[index] >= end), len(text))
    new = value[:start] + written[1] + value[end:]
    assert escapes.read(new) == text[:first] + written[0] + text[last:]


def test_escape_sequences() -> None:
    seen = fuzz(check)
    assert seen["replaced"] > sum(seen.values()) / 10
