"""Cutting a file to messages: MLLP blocks, batches, or messages one after another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

# A line, or a run of lines that may hold nothing of interest after their first: no header, frame byte or indentation.
# Possessive, for a message may have millions of lines.
_RUN: Final = re.compile(
    rb"(?![ \t])[^\r\n\x1c]++(?=[\r\n]|\Z)(?:(?:\r\n?|\n)(?![MFB\xef \t\x0b])[^\r\n\x1c]++(?=[\r\n]|\Z))*+|[^\r\n]++"
)
_LINE_END: Final = re.compile(rb"\r\n?|\n")
_HEADER: Final = re.compile(rb"(?:\xef\xbb\xbf)?(?:MSH|FHS|BHS|BTS|FTS)[^A-Za-z0-9\s]")
_SEGMENT: Final = re.compile(rb"[A-Z][A-Z0-9]{2}[^A-Za-z0-9\s]")
_HEADS: Final = b"MFB\xef"
_REMARK: Final = re.compile(rb"//|/\*")
_FURTHER_SEGMENT: Final = re.compile(rb"[\r\n][A-Z][A-Z0-9]{2}[^A-Za-z0-9\s]")
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff", b"M\0S\0H\0", b"\0M\0S\0H")
_BLANKS: Final = b" \t"
_FRAME: Final = b"\x0b\x1c"


class Piece(NamedTuple):
    """A byte range of the file, half-open: one message, one batch header or trailer, or something that is neither."""

    start: int
    end: int


def split(raw: bytes) -> list[Piece]:
    """The pieces of a file, in order. What lies between them is white space and MLLP frame bytes only.

    A message starts at a line that begins with MSH, and ends before the next one, at an end block, or at a batch
    header or trailer (FHS, BHS, BTS, FTS: each a piece of its own). Anything that is in no message is a piece as
    well, for nothing may get lost; so is a remark (``//`` or ``/*``) after a blank line. Other lines after a message
    count as part of it: they may be the rest of a text with line breaks in it, without which the message must not go
    on. A message keeps its last line end. UTF-16 (see `charset.to_scannable`) is not cut. Takes time linear in the
    size.
    """
    if raw.startswith(_UTF16):
        return [Piece(0, len(raw))]
    return [Piece(piece.start, _with_line_end(raw, piece.end)) for piece in _pieces(raw)]


def _with_line_end(raw: bytes, end: int) -> int:
    line_end = _LINE_END.match(raw, end)
    return line_end.end() if line_end else end


class _Lines(NamedTuple):
    """Lines that follow each other, without frame bytes, and without indentation where they start a piece. What is
    said of them is said of the first. `after_blank` is the end of the line before, if blank lines stand between,
    else 0."""

    start: int
    end: int
    after_blank: int = 0
    is_header: bool = False
    opens: bool = False
    closes: bool = False


def _pieces(raw: bytes) -> Iterator[Piece]:
    start = end = 0  # of the piece so far; none while they are equal
    remark = Piece(0, 0)  # from the end of the message to the start of the remark after it
    in_block = False
    for lines in _lines(raw):
        if lines.is_header or lines.opens:
            yield from _cut(start, end, remark)
            start = end = lines.start
            remark = Piece(0, 0)
        if start == end:
            start = lines.start
        elif not in_block and (remark.end or lines.after_blank):
            remark = _remark(raw, lines, remark)
        end = max(lines.end, end)
        in_block = (in_block or lines.opens) and not lines.closes
        if lines.closes:
            yield from _cut(start, end, remark)
            start = end
            remark = Piece(0, 0)
    yield from _cut(start, end, remark)


def _remark(raw: bytes, lines: _Lines, remark: Piece) -> Piece:
    """Where a remark goes on or begins with these lines; nowhere if a segment is among them."""
    if not remark.end and not _REMARK.match(raw, lines.start):
        return remark
    if _SEGMENT.match(raw, lines.start) or _FURTHER_SEGMENT.search(raw, lines.start, lines.end):
        return Piece(0, 0)
    return remark if remark.end else Piece(lines.after_blank, lines.start)


def _cut(start: int, end: int, remark: Piece) -> Iterator[Piece]:
    """The piece so far, and apart from it the remark at its end."""
    if remark.end:
        yield Piece(start, remark.start)
        yield Piece(remark.end, end)
    elif start < end:
        yield Piece(start, end)


def _lines(raw: bytes) -> Iterator[_Lines]:
    """The lines that are not blank."""
    previous = 0
    for match in _RUN.finditer(raw):
        start, end = match.span()
        head = raw[start : start + 1]
        if head in _BLANKS or head == b"\x0b" or raw[end - 1 : end] in b"\x1c \t":
            text = match.group()
            if not text.strip(_BLANKS):
                continue
        else:
            text = b""
        gap = start - previous
        after_blank = previous if gap > 2 or (gap == 2 and raw[previous:start] != b"\r\n") else 0
        if text:
            yield _framed(start, text, after_blank)
        else:
            yield _Lines(start, end, after_blank, head in _HEADS and _HEADER.match(raw, start) is not None)
        previous = end


def _framed(start: int, text: bytes, after_blank: int) -> _Lines:
    """Lines that may be indented, or start with a start block, or end with an end block."""
    body = text.lstrip(_BLANKS)
    opens = body[:1] == b"\x0b"
    if opens:
        body = body.lstrip(_BLANKS + _FRAME)
    is_header = _HEADER.match(body) is not None
    if not opens and not is_header:
        body = text
    first = start + len(text) - len(body)
    content = text.rstrip(_BLANKS)
    closes = content[-1:] == b"\x1c"
    last = start + len(content.rstrip(_FRAME)) if closes else start + len(text)
    return _Lines(first, max(first, last), after_blank, is_header, opens, closes)
