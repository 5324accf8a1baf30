"""A training text with what is known of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

#: The families that frames, skeletons and their values mark completely.
ALL_FAMILIES = frozenset({"NAME", "DATE", "AGE", "ID", "CONTACT", "LOCATION", "PROFESSION", "ORG"})


class Mark(NamedTuple):
    """`text[start:end]` is of this kind or family; the label ``?`` says that nobody knows what stands there, and
    a label that begins with ``?`` that it is either of that family or nothing."""

    start: int
    end: int
    label: str


@dataclass(frozen=True, slots=True)
class Example:
    """`marks` are sorted and disjoint. `known` are the families that are marked wherever they occur: of the others, an
    unmarked word may be one. `source` names where the text is from, `group` what is held out as a whole."""

    text: str
    marks: tuple[Mark, ...]
    known: frozenset[str] = ALL_FAMILIES
    source: str = ""
    group: str = field(default="", compare=False)


class Builder:
    """Puts an example together from runs of text."""

    def __init__(self) -> None:
        self._runs: list[str] = []
        self._marks: list[Mark] = []
        self.length = 0

    def add(self, text: str, label: str = "") -> None:
        """`text` comes next; with a label it is a value."""
        if text and label:
            self._marks.append(Mark(self.length, self.length + len(text), label))
        self._runs.append(text)
        self.length += len(text)

    def include(self, text: str, marks: Iterable[Mark]) -> None:
        """`text` comes next, with marks of its own."""
        self._marks.extend(Mark(mark.start + self.length, mark.end + self.length, mark.label) for mark in marks)
        self.add(text)

    @property
    def text(self) -> str:
        """What has been added."""
        return "".join(self._runs)

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The values in it, in order."""
        return tuple(self._marks)
