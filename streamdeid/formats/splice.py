"""Applying edits: the one place where the bytes of a message change."""

from __future__ import annotations

from collections.abc import Iterable

from streamdeid.types import Edit


def splice(raw: bytes, edits: Iterable[Edit]) -> bytes:
    """`raw` with every edit's byte range replaced; all other bytes stay as they are.

    Edits may come in any order. Ranges are half-open; two edits may touch, not overlap, and two at one empty range
    are refused, since their order would be a guess. Without edits the very same object comes back. Takes time
    linear in the size of the message, after sorting the edits.

    Raises:
        ValueError: an edit is out of range or overlaps another; the caller is at fault, not the message.
    """
    pieces: list[bytes] = []
    position = 0
    previous: tuple[int, int] | None = None
    for start, end, replacement in sorted(edits, key=_range):
        if not position <= start <= end <= len(raw):
            raise ValueError(f"edit of bytes {start} to {end} overlaps another or is out of range")
        if previous == (start, end):
            raise ValueError(f"two edits of bytes {start} to {end}")
        pieces += (raw[position:start], replacement)
        position = end
        previous = (start, end)
    if not pieces:
        return raw
    pieces.append(raw[position:])
    return b"".join(pieces)


def _range(edit: Edit) -> tuple[int, int]:
    return edit.start, edit.end
