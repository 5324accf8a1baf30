"""One file, many FHIR resources: NDJSON, documents one after the other, or a single document over many lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

#: Up to and with the next bracket outside strings, or the end. A quote here begins a string that its line does not end.
_BRACKET = re.compile(
    rb'[^"\[\]{}]*+(?:"[^"\\\x00-\x1f]*+(?:\\.[^"\\\x00-\x1f]*+)*+"[^"\[\]{}]*+)*+([\[\]{}"]|\Z)', re.DOTALL
)
_STEP = {b"[": 1, b"{": 1, b"]": -1, b"}": -1}
_GAP = re.compile(rb"(?:[ \t\r\n]|\xef\xbb\xbf)*+")
_BLANKS = b" \t\r\n"
#: Where a line begins with an object.
_LINE = re.compile(rb"\n(?=\{)")
_OTHER_ENCODINGS = re.compile(rb"\xff\xfe|\xfe\xff|\x00|.\x00", re.DOTALL)


def split(raw: bytes) -> list[tuple[int, int]]:
    """The byte ranges of the documents in `raw`, in order; between them are only blanks and byte order marks.

    Nothing is checked but brackets and quotes. What belongs to no document is part of a range as well, so that it is
    quarantined and not lost: on its own, or with the document before it on the line. A document that never ends
    takes no other with it that begins on a line of its own. An array of resources is one document.
    """
    if _OTHER_ENCODINGS.match(raw):
        return [(0, len(raw))]
    found: list[tuple[int, int]] = []
    position = _gap_end(raw, 0)
    while position < len(raw):
        end = _document_end(raw, position, len(raw))
        if end is None:
            return [*found, *_by_lines(raw, position)]
        found.append((position, end))
        position = _gap_end(raw, end)
    return found


def _by_lines(raw: bytes, position: int) -> Iterator[tuple[int, int]]:
    """The documents from `position` on, none of them longer than to the next line that begins with an object."""
    while position < len(raw):
        limit = _line_start(raw, position)
        while position < limit:
            end = _document_end(raw, position, limit) or _stripped(raw, position, limit)
            yield position, end
            position = _gap_end(raw, end)


def _document_end(raw: bytes, start: int, limit: int) -> int | None:
    """Where the document that begins at `start` ends; None if its brackets are not closed before `limit`."""
    end = start
    if raw[start] in b"[{":
        closed = _closed(raw, start, limit)
        if closed is None:
            return None
        end = closed
        after = _gap_end(raw, end)
        if after == len(raw) or raw[after] in b"[{" or b"\n" in raw[end:after]:
            return end
    return _stripped(raw, start, _line_start(raw, end))


def _closed(raw: bytes, start: int, limit: int) -> int | None:
    depth = 0
    for match in _BRACKET.finditer(raw, start, limit):
        step = _STEP.get(match[1])
        if step is None:
            return None
        depth += step
        if not depth:
            return match.end()
    return None


def _gap_end(raw: bytes, position: int) -> int:
    gap = _GAP.match(raw, position)
    return gap.end() if gap else position


def _line_start(raw: bytes, position: int) -> int:
    line = _LINE.search(raw, position)
    return line.end() if line else len(raw)


def _stripped(raw: bytes, start: int, end: int) -> int:
    """`end` without the blanks before it."""
    return start + len(raw[start:end].rstrip(_BLANKS))
