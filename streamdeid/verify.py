"""The last look before release: is the output whole, and is an original identifier still readable in it?

This stage does not trust the stages before it. It reads the output's own bytes, knows of the edits only which bytes
they wrote, and takes every survivor for a reason to quarantine.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence

from streamdeid.errors import SurvivorError
from streamdeid.types import Document, Edit, Format, Leaf

_SHORTEST = 4


class OutputMap:
    """Finds, for a byte of the output, the byte of the input that it was copied from."""

    def __init__(self, edits: Sequence[Edit]) -> None:
        self._starts: list[int] = []
        self._edits = edits
        shift = 0
        for edit in edits:
            self._starts.append(edit.start + shift)
            shift += len(edit.replacement) - (edit.end - edit.start)

    def source(self, position: int) -> int | None:
        """The input's position of the output's byte `position`; None for a byte that an edit wrote."""
        index = bisect_right(self._starts, position) - 1
        if index < 0:
            return position
        edit, start = self._edits[index], self._starts[index]
        beyond = position - start - len(edit.replacement)
        return None if beyond < 0 else edit.end + beyond


def verify(
    document: Document, output: bytes, edits: Sequence[Edit], originals: Iterable[Leaf], kept: Collection[int]
) -> None:
    """Check the output of one message.

    `edits` are in order; `originals` are the leaves whose values must not be readable any more; `kept` are the start
    positions of the leaves that the policy keeps as codes and numbers. A code may happen to read like a name; it may
    not read like a number that names somebody.

    Raises:
        SurvivorError: with the place where an original still stands, or where the structure differs.
    """
    _verify_structure(document, output)
    reader = _Reader(document, OutputMap(edits), kept)
    lowered = output.lower()
    for needle in sorted({document.raw[leaf.start : leaf.end].strip().lower() for leaf in originals}):
        if len(needle) >= _SHORTEST:
            reader.search(lowered, needle)


def _verify_structure(document: Document, output: bytes) -> None:
    """The output has the delimiters of the input, each as often; or is JSON."""
    if document.format is Format.FHIR:
        try:
            json.loads(output, parse_int=str, parse_float=str)
        except ValueError:
            raise SurvivorError("verify.structure") from None
    elif document.format is Format.HL7V2:
        for delimiter in _delimiters(document.raw):
            if document.raw.count(delimiter) != output.count(delimiter):
                raise SurvivorError("verify.structure")


def _delimiters(raw: bytes) -> Iterable[bytes]:
    """Field, component, repetition and subcomponent separator and the two line ends; not the escape character, which
    replacements may need."""
    start = 3 if raw[:3] != b"\xef\xbb\xbf" else 6
    field = raw[start : start + 1]
    declared = raw[start + 1 : start + 8].split(field, 1)[0]
    return (field, declared[0:1], declared[1:2], declared[3:4] or b"&", b"\r", b"\n")


def is_telling(value: bytes | str) -> bool:
    """Whether a value is so particular that even a code must not equal it: six or more characters, four of them
    digits, and no others than digits, letters and hyphens."""
    text = value.decode("latin-1") if isinstance(value, bytes) else value
    return len(text) >= 6 and sum(map(text.count, "0123456789")) >= 4 and re.fullmatch(r"[\w-]+", text) is not None


class _Reader:
    """Searches the output for one original after the other."""

    def __init__(self, document: Document, output_map: OutputMap, kept: Collection[int]) -> None:
        self._document = document
        self._map = output_map
        self._kept = kept
        self._starts: list[int] = []

    def search(self, lowered: bytes, needle: bytes) -> None:
        """Raise for the first whole-word occurrence of `needle` that no edit wrote and no code excuses."""
        at = lowered.find(needle)
        while at >= 0:
            end = at + len(needle)
            if not _inside_word(lowered, at) and not _inside_word(lowered, end):
                self._judge(at, needle)
            at = lowered.find(needle, end)

    def _judge(self, at: int, needle: bytes) -> None:
        source = self._map.source(at)
        leaf = None if source is None else self._leaf_at(source)
        if leaf is None:
            return
        if leaf.start in self._kept and (_is_measure(leaf) or not is_telling(needle)):
            return
        raise SurvivorError("verify.survivor", self._document.path(leaf))

    def _leaf_at(self, position: int) -> Leaf | None:
        if not self._starts:
            self._starts = [leaf.start for leaf in self._document.leaves]
        index = bisect_right(self._starts, position) - 1
        leaf = self._document.leaves[index] if index >= 0 else None
        return leaf if leaf is not None and position < leaf.end else None


_MEASURES = frozenset({"NM", "SI", "SN", "decimal", "integer", "positiveInt", "unsignedInt"})


def _is_measure(leaf: Leaf) -> bool:
    """Whether a leaf is a number by its datatype, which may equal an identifier by chance."""
    return leaf.place.lineage[-1] in _MEASURES


def _inside_word(text: bytes, position: int) -> bool:
    """Whether `position` is between two characters of one word."""
    return (
        0 < position < len(text) and text[position - 1 : position].isalnum() and text[position : position + 1].isalnum()
    )
