"""The messages of a file, one after another, without holding the whole file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO, NamedTuple

from streamdeid.errors import ScanError
from streamdeid.types import Format

#: Finds the messages in some bytes: half-open ranges in order; what lies between them separates messages.
Split = Callable[[bytes], Sequence[tuple[int, int]]]

BLOCK = 4 * 2**20
#: A message, or a file that can only be read as a whole, is quarantined if it is larger than this.
LARGEST = 256 * 2**20

# Nothing else may stand between two messages: blanks, MLLP framing, and the brackets of an array.
_SEPARATORS = b" \t\r\n\x0b\x1c[],\xef\xbb\xbf"


class Piece(NamedTuple):
    """A message, with what stands between it and the one before; `after` is empty but for the last one."""

    before: bytes
    content: bytes
    after: bytes = b""


def pieces(
    file: BinaryIO, format: Format, split: Split, *, block: int = BLOCK, largest: int = LARGEST
) -> Iterator[Piece]:
    """The messages of an open file. A file without any gives one empty message, so that it is accounted for.

    Raises:
        ScanError: what is left of the file cannot be taken apart, or is larger than `largest`.
    """
    count = 0
    for piece in _pieces(file, format, split, block, largest):
        count += 1
        # A splitter that skipped anything else would lose it.
        if piece.before.strip(_SEPARATORS) or piece.after.strip(_SEPARATORS):
            raise ScanError("message.unknown_format", f"message {count}")
        yield piece
    if count == 0:
        yield Piece(b"", b"")


def _pieces(file: BinaryIO, format: Format, split: Split, block: int, largest: int) -> Iterator[Piece]:
    head = _read(file, block)
    if len(head) < block:
        return _all(head, split)
    if format is Format.HL7V2 or (format is Format.FHIR and _starts_with_whole_line(head)):
        return _in_blocks(head, file, split, block, largest)
    return _all(_whole(head, file, largest), split)


def _all(raw: bytes, split: Split) -> Iterator[Piece]:
    ranges = split(raw)
    last = 0
    for start, end in ranges:
        after = raw[end:] if end == ranges[-1][1] else b""
        yield Piece(raw[last:start], raw[start:end], after)
        last = end


def _in_blocks(head: bytes, file: BinaryIO, split: Split, block: int, largest: int) -> Iterator[Piece]:
    """The pieces of the lines read so far, without the last one, whose end may be yet to come; then on from there."""
    held, wanted = head, block
    while more := _read(file, wanted):
        lines = _whole_lines(held)
        ranges = split(held[:lines])[:-1]
        last = 0
        for start, end in ranges:
            yield Piece(held[last:start], held[start:end])
            last = end
        held = held[last:] + more
        wanted = block if ranges else len(held)
        if len(held) > largest + block:
            raise ScanError("message.too_large")
    yield from _all(held, split)


def _whole_lines(raw: bytes) -> int:
    """Where the last line starts whose start is certain: a final CR may be half of a CR LF."""
    return max(raw.rfind(b"\r", 0, -1), raw.rfind(b"\n", 0, -1)) + 1


def _starts_with_whole_line(head: bytes) -> bool:
    """Whether the first line is a JSON value by itself, as each line of NDJSON is."""
    first = head.lstrip(b"\xef\xbb\xbf \t\r\n").partition(b"\n")[0]
    try:
        json.loads(first)
    except (ValueError, RecursionError):
        return False
    return True


def _whole(head: bytes, file: BinaryIO, largest: int) -> bytes:
    raw = head + _read(file, largest)
    if len(raw) > largest:
        raise ScanError("message.too_large")
    return raw


def _read(file: BinaryIO, size: int) -> bytes:
    return file.read(size)
