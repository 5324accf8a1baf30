"""Reports and notes as a person would read them: the rows of OBX-5, NTE-3 and DSP-3 put together."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Final

from streamdeid.formats.hl7_places import Er7Place
from streamdeid.types import Leaf, Part, Passage

#: Segments that carry a text row by row, and the field that carries it.
ROW_FIELDS: Final = {"OBX": 5, "NTE": 3, "DSP": 3}

#: OBX-2 of rows of text.
TEXT_DATATYPES: Final = frozenset({"TX", "FT", "ST"})


def join_rows(leaves: Sequence[Leaf], row_key: Callable[[int], Hashable | None]) -> list[Passage]:
    """The leaves as passages: consecutive rows of one text are one passage, every other leaf is its own.

    `row_key` tells which text the segment of the given number is a row of, None if of none. Rows and repetitions are
    joined by line breaks (empty rows between count), components by a blank. The leaves are in message order.
    """
    passages: list[Passage] = []
    rows: list[Leaf] = []
    for leaf in leaves:
        key = row_key(leaf.unit) if _is_row(leaf) else None
        if key is None:
            passages.append(Passage(leaf.text, (Part(0, len(leaf.text), leaf),)))
        elif rows and _same_text(rows[-1].unit, leaf.unit, key, row_key):
            rows.append(leaf)
        else:
            _close(rows, passages)
            rows = [leaf]
    _close(rows, passages)
    return passages


def _is_row(leaf: Leaf) -> bool:
    place = leaf.place
    return isinstance(place, Er7Place) and ROW_FIELDS.get(place.segment) == place.field


def _same_text(before: int, unit: int, key: Hashable, row_key: Callable[[int], Hashable | None]) -> bool:
    """Whether the segments from `before` up to `unit`, whose key is given, are rows of one text."""
    return all(row_key(between) == key for between in range(before, unit))


def _close(rows: list[Leaf], passages: list[Passage]) -> None:
    if not rows:
        return
    pieces: list[str] = []
    parts: list[Part] = []
    position = 0
    for index, leaf in enumerate(rows):
        glue = _glue(rows[index - 1], leaf) if index else ""
        position += len(glue)
        pieces += (glue, leaf.text)
        parts.append(Part(position, position + len(leaf.text), leaf))
        position += len(leaf.text)
    passages.append(Passage("".join(pieces), tuple(parts)))


def _glue(before: Leaf, leaf: Leaf) -> str:
    if before.holder == leaf.holder:
        return " "
    return "\n" * max(1, leaf.unit - before.unit)
