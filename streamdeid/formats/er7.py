"""HL7 v2 messages in ER7 encoding ("pipes and hats"; HL7 v2.8.2 chapter 2.5 to 2.7), scanned to leaves.

The bytes are split as they stand: nothing is normalised, every byte is either in a leaf or is structure (segment names,
delimiters, line ends, ``""``, MSH-1 and MSH-2, a byte order mark).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from streamdeid.errors import ScanError, TransformError
from streamdeid.formats import charset as charsets
from streamdeid.formats import hl7_variants
from streamdeid.formats.er7_escape import EscapeError, Escaping, Offsets, escaping
from streamdeid.formats.er7_header import Delimiters, Header, MessageType, check_undeclared, read_header
from streamdeid.formats.er7_passages import ROW_FIELDS, TEXT_DATATYPES, join_rows
from streamdeid.formats.er7_scanner import LeafScanner, Line, Segment
from streamdeid.formats.hl7_places import Declarations, Er7Place, definitions_for
from streamdeid.types import Format, Leaf, Passage

_LINE: Final = re.compile(r"[^\r\n]+")
_BLANKS: Final = " \t\0\x1a"
_BOM: Final = charsets.BOM.decode("latin-1")


@dataclass(frozen=True, slots=True, eq=False)
class Er7Document:
    """A scanned message (or the header or trailer of a batch). `Leaf.unit` is an index of `segments`; `charset` is the
    Python codec of the text; `version` is MSH-12 as sent."""

    raw: bytes
    leaves: Sequence[Leaf]
    segments: Sequence[Segment]
    delimiters: Delimiters
    message_type: MessageType
    version: str
    charset: str
    _escaping: Escaping
    _first_leaves: Sequence[int]
    _offsets: dict[int, Offsets] = field(default_factory=dict)
    _occurrences: list[int] = field(default_factory=list)

    @property
    def format(self) -> Format:
        """HL7 v2."""
        return Format.HL7V2

    def units(self, name: str) -> list[int]:
        """The numbers of the segments of that name."""
        return [unit for unit, segment in enumerate(self.segments) if segment.name == name]

    def unit_leaves(self, unit: int) -> Sequence[Leaf]:
        """The leaves of one segment."""
        return self.leaves[self._first_leaves[unit] : self._first_leaves[unit + 1]]

    def fields(self, unit: int, number: int) -> list[list[Leaf]]:
        """The leaves of field `number` of a segment, by repetition; repetitions without any are left out."""
        repetitions: dict[int, list[Leaf]] = {}
        for leaf in self.unit_leaves(unit):
            place = leaf.place
            if isinstance(place, Er7Place) and place.field == number:
                repetitions.setdefault(leaf.holder, []).append(leaf)
        return list(repetitions.values())

    def path(self, leaf: Leaf) -> str:
        """The leaf's path; the second and further segments of a name and repetitions of a field are numbered:
        ``OBX[2]-5``, ``PID-3[2].1``."""
        if not self._occurrences:
            self._occurrences.extend(_occurrences(self.segments))
        field_start = self.raw.rfind(self.delimiters.field.encode(), 0, leaf.start)
        mark = self.delimiters.repetition.encode()
        repetition = 1 + (self.raw.count(mark, field_start, leaf.start) if mark else 0)
        name, _, rest = leaf.place.path.partition("-")
        number, dot, parts = rest.partition(".")
        return f"{name}{_index(self._occurrences[leaf.unit])}-{number}{_index(repetition)}{dot}{parts}"

    def locate(self, leaf: Leaf, start: int, end: int) -> tuple[int, int]:
        """The byte range of `leaf.text[start:end]`. Where one escape sequence holds several characters
        (``\\X4A6F\\``), a range that has one of them has the sequence whole."""
        if len(leaf.text) == leaf.end - leaf.start:
            return leaf.start + start, leaf.start + end
        offsets = self._offsets.get(leaf.start)
        if offsets is None:
            offsets = self._offsets[leaf.start] = self._byte_offsets(leaf)
        first, last = offsets.range(start, end)
        return leaf.start + first, leaf.start + last

    def encode(self, leaf: Leaf, text: str) -> bytes:
        """`text` as bytes that may stand in this leaf: escaped, in the message's charset.

        Raises:
            TransformError: the charset cannot hold it, or the message has no escape character to write it with.
        """
        # Raised outside the handler, for the caught error holds the text.
        with suppress(EscapeError, UnicodeEncodeError):
            return self._escaping.write(text).encode(self.charset)
        raise TransformError("transform.unencodable", self.path(leaf))

    def passages(self, leaves: Sequence[Leaf]) -> list[Passage]:
        """The given leaves, in message order, as a person would read them: consecutive OBX rows of text with one
        OBX-3, consecutive NTE and DSP rows, each joined; every other leaf alone."""
        return join_rows(leaves, self._text_row)

    def _text_row(self, unit: int) -> Hashable | None:
        """Which text the segment is a row of."""
        segment = self.segments[unit]
        if segment.name not in ROW_FIELDS:
            return None
        if segment.name != "OBX":
            return segment.name
        separator = self.delimiters.field.encode()
        fields = self.raw[segment.start : segment.end].split(separator, 4)
        datatype = fields[2].decode("latin-1").strip() if len(fields) > 2 else ""
        if datatype not in TEXT_DATATYPES:
            return None
        return segment.name, fields[3] if len(fields) > 3 else b""

    def _byte_offsets(self, leaf: Leaf) -> Offsets:
        value = self.raw[leaf.start : leaf.end].decode(self.charset)
        offsets = self._escaping.offsets(value)
        if len(value) == leaf.end - leaf.start:
            return offsets
        positions = [0]
        for character in value:
            positions.append(positions[-1] + len(character.encode(self.charset)))
        return Offsets(
            tuple(positions[start] for start in offsets.starts), tuple(positions[end] for end in offsets.ends)
        )


def _occurrences(segments: Sequence[Segment]) -> Iterator[int]:
    """For every segment: it is the how manieth of its name."""
    seen: Counter[str] = Counter()
    for segment in segments:
        seen[segment.name] += 1
        yield seen[segment.name]


def _index(number: int) -> str:
    return f"[{number}]" if number > 1 else ""


def scan(raw: bytes, declared: Declarations | None = None, *, fallback_charset: str | None = None) -> Er7Document:
    """Scans one message, without MLLP frame bytes, to leaves.

    `declared` gives datatypes to fields that the tables do not have, ``{"ZPI": {3: "XPN"}}``; the mapping must not
    change later. `fallback_charset` (named as in table 0211) is what a message is read in that declares ASCII or
    nothing, and is neither ASCII nor UTF-8.

    Raises:
        ScanError: ``message.empty``, ``er7.header``, ``er7.encoding_characters``, ``er7.segment``, ``er7.escape``,
            ``charset.undecodable``, ``charset.unsupported``; the path names the place.
        UsageError: `fallback_charset` is no supported set.
    """
    text = raw.decode("latin-1")
    lines = _lines(text)
    header = read_header(lines[0][1])
    check_undeclared(header.delimiters, text[lines[0][0] + header.length :])
    codec = charsets.resolve(header.charset, raw, fallback_charset)
    definitions = definitions_for(declared)
    read = _reader(escaping(header.delimiters, codec), codec)
    scanner = LeafScanner(header, definitions, read)
    # Raised outside the handler, for the caught error holds the value.
    with suppress(EscapeError, UnicodeDecodeError):
        scanner.scan(lines)
        hl7_variants.refine(scanner.leaves)
        return _document(raw, header, codec, scanner)
    unread = LeafScanner(header, definitions, None)
    unread.scan(lines)
    raise _fault(_document(raw, header, codec, unread), read)


def _lines(text: str) -> list[Line]:
    """The lines that are not blank."""
    start = len(charsets.BOM) if text.startswith(_BOM) else 0
    found = [(match.start(), match.group()) for match in _LINE.finditer(text, start)]
    lines = [line for line in found if line[1][0] not in _BLANKS or line[1].strip(_BLANKS)]
    if not lines:
        raise ScanError("message.empty")
    return lines


def _reader(escapes: Escaping, codec: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        if not value.isascii():
            value = value.encode("latin-1").decode(codec)
        return escapes.read(value)

    return read


def _document(raw: bytes, header: Header, codec: str, scanner: LeafScanner) -> Er7Document:
    return Er7Document(
        raw,
        scanner.leaves,
        scanner.segments,
        header.delimiters,
        header.message_type,
        header.version,
        codec,
        escaping(header.delimiters, codec),
        scanner.first_leaves,
    )


def _fault(document: Er7Document, read: Callable[[str], str]) -> ScanError:
    """What is wrong with the first leaf that cannot be read."""
    for leaf in document.leaves:
        try:
            read(leaf.text)
        except EscapeError:
            return ScanError("er7.escape", document.path(leaf))
        except UnicodeDecodeError:
            return ScanError("charset.undecodable", document.path(leaf))
    return ScanError("charset.undecodable")
