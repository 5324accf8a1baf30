"""The loop that turns the segments of an ER7 message to leaves. Hot: every leaf of every message passes here."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from streamdeid.errors import ScanError
from streamdeid.formats.er7_header import HEADERS, TRAILERS, Header
from streamdeid.formats.hl7_places import Definitions, SegmentPlaces
from streamdeid.formats.hl7_tables import nearest_version
from streamdeid.types import Leaf

_NAME: Final = re.compile(r"[A-Z][A-Z0-9]{2}")
_NULL: Final = '""'  # the receiver shall delete the field (2.5.3): no value
# Stands for a delimiter that is not declared; no byte reads as it.
_NEVER: Final = "\uffff"
# Half the cost of calling the tuple's own class.
_new: Final = tuple.__new__


#: A line of the message that is not blank: its offset, and its bytes as Latin-1 text.
Line = tuple[int, str]


class Segment(NamedTuple):
    """A segment: its name and byte range, without the line end."""

    name: str
    start: int
    end: int


class LeafScanner:
    """Collects the segments of one message and their leaves. `read` turns a value with escape sequences or bytes that
    are not ASCII to text; None leaves values as they stand."""

    __slots__ = (
        "_component",
        "_definitions",
        "_escape",
        "_header",
        "_holder",
        "_read",
        "_repetition",
        "_subcomponent",
        "_version",
        "first_leaves",
        "leaves",
        "segments",
    )

    def __init__(self, header: Header, definitions: Definitions, read: Callable[[str], str] | None) -> None:
        self._header = header
        self._definitions = definitions
        self._version = nearest_version(header.version)
        self._component = header.delimiters.component or _NEVER
        self._repetition = header.delimiters.repetition or _NEVER
        self._subcomponent = header.delimiters.subcomponent or _NEVER
        self._escape = header.delimiters.escape or _NEVER
        self._read = read
        self._holder = -1
        self.leaves: list[Leaf] = []
        self.segments: list[Segment] = []
        #: Index of the first leaf of every segment, and at last the number of leaves.
        self.first_leaves: list[int] = []

    def scan(self, lines: Sequence[Line]) -> None:
        """Scans all lines of a message, the header first.

        Raises:
            ScanError: ``er7.segment``, ``er7.header``.
            Exception: whatever `read` raises.
        """
        separator = self._header.delimiters.field
        trailer = lines[0][1][:3] in TRAILERS
        known = self._definitions.version(self._version)
        for unit, (start, text) in enumerate(lines):
            name = text[:3]
            if text[3:4] != separator or (name not in known and not _NAME.fullmatch(name)):
                raise ScanError("er7.segment", f"segment {unit + 1}")
            if (unit and name in HEADERS) or (trailer and name not in TRAILERS):
                raise ScanError("er7.header", f"segment {unit + 1}")
            self.segments.append(_new(Segment, (name, start, start + len(text))))
            self.first_leaves.append(len(self.leaves))
            number, skipped = (1, 4) if unit or trailer else (3, self._header.length + 1)
            self._segment(unit, known[name], number, start + skipped, text[skipped:])
        self.first_leaves.append(len(self.leaves))

    def _segment(self, unit: int, places: SegmentPlaces, number: int, position: int, text: str) -> None:
        """The fields of a segment from field `number` on, which starts at byte `position`. Long, because a call for
        each field or leaf would cost a third of the time."""
        component, repetition, subcomponent = self._component, self._repetition, self._subcomponent
        fields = text.split(self._header.delimiters.field)
        varying = places.varying
        varied = self._varied(places, fields) if varying else places
        read = self._read if self._escape in text or not text.isascii() else None
        append, holder = self.leaves.append, self._holder
        for field, value in enumerate(fields, number):
            if not value:
                position += 1
                continue
            at = places if field != varying else varied
            # Most values have no punctuation at all, which is the cheapest thing to ask.
            if value.isalnum() or not (component in value or repetition in value or subcomponent in value):
                end = position + len(value)
                if value != _NULL:
                    holder += 1
                    shown = read(value) if read else value
                    append(_new(Leaf, (at[field], shown, position, end, unit, holder)))
                position = end + 1
                continue
            for repeated in value.split(repetition):
                holder += 1
                parts = repeated.split(component)
                whole = len(parts) == 1
                for index, part in enumerate(parts, 1):
                    end = position + len(part)
                    if subcomponent in part:
                        self._subcomponents(at, (unit, holder), (field, index), position, part, read)
                    elif part and part != _NULL:
                        place = at[field if whole else (field, index, 1)]
                        shown = read(part) if read else part
                        append(_new(Leaf, (place, shown, position, end, unit, holder)))
                    position = end + 1
        self._holder = holder

    def _varied(self, places: SegmentPlaces, fields: list[str]) -> SegmentPlaces:
        """The places of a field whose datatype another field of the segment names."""
        kind = fields[places.selector - 1] if len(fields) >= places.selector else ""
        return places.varied(kind.split(self._component, 1)[0].strip())

    def _subcomponents(
        self,
        places: SegmentPlaces,
        group: tuple[int, int],
        number: tuple[int, int],
        position: int,
        value: str,
        read: Callable[[str], str] | None,
    ) -> None:
        for index, subcomponent in enumerate(value.split(self._subcomponent), 1):
            end = position + len(subcomponent)
            if subcomponent and subcomponent != _NULL:
                place = places[(*number, index)]
                shown = read(subcomponent) if read else subcomponent
                self.leaves.append(_new(Leaf, (place, shown, position, end, *group)))
            position = end + 1
