"""An attachment as a document: leaves, where each stands in the text as a person reads it, and how it is written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final, NamedTuple, Protocol

from streamdeid.errors import TransformError
from streamdeid.formats.er7_escape import Offsets
from streamdeid.types import Format, Leaf, Part, Passage, Place

#: The flow of leaves that are read on their own.
ALONE: Final = -1
#: The flow of a document's running text.
BODY: Final = 0

_STRENGTH: Final = {"": 0, " ": 1, "\t": 2, "\n": 3}
#: Controls, halves of surrogate pairs and non-characters, which XML 1.0 (2.2) and HTML forbid.
_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class Piece(NamedTuple):
    """Text, and the bytes of a leaf that it was read from, counted from the leaf's start."""

    text: str
    start: int
    end: int


class Syntax(Protocol):
    """How text is written in one kind of leaf."""

    def read(self, value: bytes) -> str:
        """The bytes of a leaf as text."""
        ...

    def pieces(self, value: bytes) -> Iterable[Piece]:
        """The same, piece by piece. A piece as long as its bytes is one byte a character."""
        ...

    def write(self, text: str) -> bytes:
        """`text` as it may stand anywhere in the leaf. It holds no unwritable characters.

        Raises:
            UnicodeEncodeError: the leaf cannot hold it.
        """
        ...


class Standing(NamedTuple):
    """Where a leaf stands in the reading: leaves of one flow are read on; `gap` is what separates the leaf from the
    `number - 1`st of its flow."""

    flow: int
    number: int
    gap: str
    syntax: Syntax


class AttachmentDocument:
    """A scanned attachment. See `types.Document`. All leaves have unit 0. Leaves do not overlap and are in the order
    of the bytes."""

    __slots__ = ("_offsets", "_standings", "leaves", "raw")

    def __init__(self, raw: bytes, leaves: Sequence[Leaf], standings: dict[int, Standing]) -> None:
        self.raw = raw
        self.leaves = leaves
        self._standings = standings
        self._offsets: dict[int, Offsets] = {}

    @property
    def format(self) -> Format:
        """`Format.TEXT`, whichever the kind."""
        return Format.TEXT

    def path(self, leaf: Leaf) -> str:
        """The place's path."""
        return leaf.place.path

    def locate(self, leaf: Leaf, start: int, end: int) -> tuple[int, int]:
        """The byte range of `leaf.text[start:end]`; an escape counts as what it stands for, and is had whole."""
        if not 0 <= start <= end <= len(leaf.text):
            raise ValueError(f"no characters {start} to {end}")
        if len(leaf.text) == leaf.end - leaf.start:  # what is read is never longer than its bytes
            return leaf.start + start, leaf.start + end
        offsets = self._offsets.get(leaf.start)
        if offsets is None:
            offsets = self._offsets[leaf.start] = self._read_offsets(leaf)
        first, last = offsets.range(start, end)
        return leaf.start + first, leaf.start + last

    def encode(self, leaf: Leaf, text: str) -> bytes:
        """`text` escaped as the leaf's place demands; beyond ASCII as the document does it.

        Raises:
            TransformError: ``transform.unencodable``: a control character, or one that the place cannot escape.
        """
        encoded = None
        if _UNWRITABLE.search(text) is None:
            try:
                encoded = self._standings[leaf.start].syntax.write(text)
            except UnicodeEncodeError:
                encoded = None
        if encoded is None:  # raised outside the handler, for the caught error holds the text
            raise TransformError("transform.unencodable", leaf.place.path)
        return encoded

    def passages(self, leaves: Sequence[Leaf]) -> list[Passage]:
        """The given leaves as a person would read them: the leaves of a flow together, every other one alone."""
        flows: dict[tuple[int, int], list[Leaf]] = {}
        for leaf in leaves:
            flow = self._standings[leaf.start].flow
            flows.setdefault((flow, leaf.start if flow == ALONE else 0), []).append(leaf)
        return [self._passage(group) for group in flows.values()]

    def _passage(self, leaves: list[Leaf]) -> Passage:
        texts = [leaves[0].text]
        parts = [Part(0, len(leaves[0].text), leaves[0])]
        for before, leaf in pairwise(leaves):
            gap = self._gap(before, leaf)
            start = parts[-1].end + len(gap)
            texts += (gap, leaf.text)
            parts.append(Part(start, start + len(leaf.text), leaf))
        return Passage("".join(texts), tuple(parts))

    def _gap(self, before: Leaf, leaf: Leaf) -> str:
        standing = self._standings[leaf.start]
        return standing.gap if standing.number == self._standings[before.start].number + 1 else "\n"

    def _read_offsets(self, leaf: Leaf) -> Offsets:
        starts: list[int] = []
        ends: list[int] = []
        for text, start, end in self._standings[leaf.start].syntax.pieces(self.raw[leaf.start : leaf.end]):
            if len(text) == end - start:
                starts += range(start, end)
                ends += range(start + 1, end + 1)
            else:
                starts += [start] * len(text)
                ends += [end] * len(text)
        return Offsets(tuple(starts), tuple(ends))


class Collector:
    """Collects the leaves of one document, in order, and what stands between those of a flow."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._leaves: list[Leaf] = []
        self._standings: dict[int, Standing] = {}
        self._gaps: dict[int, str] = {}
        self._counts: dict[int, int] = {}

    def gap(self, gap: str, flow: int = BODY) -> None:
        """What separates the next leaf of the flow from the last: nothing, a blank, a tab or a line break; the
        strongest that is named counts."""
        if _STRENGTH[gap] > _STRENGTH[self._gaps.get(flow, "")]:
            self._gaps[flow] = gap

    def add(self, leaf: Leaf, syntax: Syntax, flow: int = ALONE) -> None:
        """A leaf. One without text is structure."""
        if not leaf.text:
            return
        number = self._counts.get(flow, 0)
        self._counts[flow] = number + 1
        self._standings[leaf.start] = Standing(flow, number, self._gaps.pop(flow, ""), syntax)
        self._leaves.append(leaf)

    def value(self, place: Place, start: int, end: int, syntax: Syntax, holder: int = 0) -> None:
        """A leaf that is read on its own."""
        text = syntax.read(self._raw[start:end])
        self.add(Leaf(place, text, start, end, 0, holder), syntax)

    def document(self) -> AttachmentDocument:
        """The document."""
        return AttachmentDocument(self._raw, self._leaves, self._standings)
