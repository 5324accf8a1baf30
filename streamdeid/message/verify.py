"""The last look before release: is the output whole, and is an original identifier still readable in it?

This stage does not trust the stages before it. It reads the output's own bytes, knows of the edits only which bytes
they wrote, and takes every survivor for a reason to quarantine.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from streamdeid.errors import SurvivorError
from streamdeid.formats.er7 import Er7Document
from streamdeid.message.occurrences import LeafFinder, is_measure, is_telling, occurrences, possible
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


class Survivor(NamedTuple):
    """An original that is still readable in the output: in which leaf, and from which bytes of the input it was copied.
    `end` is 0 where it was copied only in part, and an edit wrote the rest."""

    leaf: Leaf
    start: int
    end: int
    original: bytes


def survivors(
    document: Document, output: bytes, edits: Sequence[Edit], originals: Iterable[bytes], kept: Collection[int]
) -> list[Survivor]:
    """The originals that can still be read in the output of a message, or of a document inside one.

    `edits` are in order; `originals` are the values that must not be readable any more, in lower case, as they stand
    in bytes; `kept` are the start positions of the leaves that the policy keeps as codes and numbers. A code may happen
    to read like a name; it may not read like a number that names somebody.
    """
    reader = _Reader(document, OutputMap(edits), kept)
    lowered = output.lower()
    sought = [original for original in sorted(originals) if len(original) >= _SHORTEST]
    return [survivor for original in possible(lowered, sought) for survivor in reader.search(lowered, original)]


def verify(
    document: Document, output: bytes, edits: Sequence[Edit], originals: Iterable[bytes], kept: Collection[int]
) -> None:
    """Check an output for the last time.

    Raises:
        SurvivorError: with the place where an original still stands, or where the structure differs.
    """
    verify_structure(document, output)
    left = survivors(document, output, edits, originals, kept)
    if left:
        raise SurvivorError("verify.survivor", document.path(left[0].leaf))


def verify_structure(document: Document, output: bytes) -> None:
    """The output has the delimiters of the input, each as often; or is JSON."""
    if document.format is Format.FHIR:
        try:
            json.loads(output, parse_int=str, parse_float=str)
        except ValueError:
            raise SurvivorError("verify.structure") from None
    elif isinstance(document, Er7Document):
        for delimiter in _delimiters(document):
            if document.raw.count(delimiter) != output.count(delimiter):
                raise SurvivorError("verify.structure")


def _delimiters(document: Er7Document) -> Iterator[bytes]:
    """The separators that the message declares, and the two line ends; not the escape character, which replacements
    may need."""
    declared = document.delimiters
    for mark in (declared.field, declared.component, declared.repetition, declared.subcomponent, "\r", "\n"):
        if mark:
            yield mark.encode()


class _Reader:
    """Searches the output for one original after the other."""

    def __init__(self, document: Document, output_map: OutputMap, kept: Collection[int]) -> None:
        self._map = output_map
        self._kept = kept
        self._finder = LeafFinder(document)

    def search(self, lowered: bytes, needle: bytes) -> Iterator[Survivor]:
        """The whole-word occurrences of `needle` that no edit wrote and no code excuses."""
        for at in occurrences(lowered, needle):
            start, last = self._map.source(at), self._map.source(at + len(needle) - 1)
            leaf = None if start is None else self._finder.at(start)
            if start is not None and leaf is not None and not self._is_excused(leaf, needle):
                is_whole = last == start + len(needle) - 1 and last < leaf.end
                yield Survivor(leaf, start, last + 1 if is_whole and last is not None else 0, needle)

    def _is_excused(self, leaf: Leaf, needle: bytes) -> bool:
        return leaf.start in self._kept and (is_measure(leaf) or not is_telling(needle.decode("latin-1")))
