"""Gold files and files of findings: a JSON object a line, ``{"id", "text", "spans"}`` and ``{"id", "spans"}``.

How spans are written: see `streamdeid.evaluate.lines`. A gold line may also have ``labelled``, the families annotated
in it (all, where it does not say); ``kind`` or ``source``, what kind of text it is; and ``seen``, whether the detectors
may have learnt from such a text.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import BinaryIO

from streamdeid.errors import UsageError
from streamdeid.evaluate.labels import is_known, of_finding, of_gold
from streamdeid.evaluate.lines import Line, Naming, is_blank, lines
from streamdeid.evaluate.marked import SCORED, Gold, Marked


def golds(source: BinaryIO, name: str, left_open: Collection[str] = ()) -> Iterator[Gold]:
    """The texts of a gold file, one at a time. `name` stands for it in errors; `left_open` are labels that are not
    ours and stand for nothing that is to be found.

    Raises:
        UsageError: a line is not what it should be, or has a label that means nothing. The message gives its number,
            and nothing that it holds.
    """

    def naming(label: str) -> str | None:
        if label in left_open:
            return label
        return of_gold(label) if is_known(label) else None

    for number, line in lines(source, name):
        yield _gold(line, number, naming)


class Findings:
    """A file of findings, asked for one text after another. Fastest, and with nothing kept in memory, where it is in
    the order of the gold; otherwise it remembers where each line begins. Lines for other texts are passed over."""

    def __init__(self, path: Path) -> None:
        """Raises UsageError where the file cannot be read."""
        self._path = path
        try:
            self._file = path.open("rb")
        except OSError as fault:
            raise UsageError(f"cannot read {path}: {fault.strerror}") from None
        self._number = 0
        self._places: dict[str, tuple[int, int]] | None = None

    def of(self, gold: Gold) -> list[Marked]:
        """What was found in this text.

        Raises:
            UsageError: nothing is said of the text, or a line is not what it should be.
        """
        line = self._next() if self._places is None else None
        if line is None or line.id != gold.id:
            line = self._look_up(gold)
        return line.spans(of_finding, len(gold.text))

    def __enter__(self) -> Findings:
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()

    def _next(self) -> Line | None:
        for content in self._file:
            self._number += 1
            if not is_blank(content):
                return self._line(content, self._number)
        return None

    def _line(self, content: bytes, number: int) -> Line:
        return Line(content, f"{self._path}, line {number}")

    def _look_up(self, gold: Gold) -> Line:
        if self._places is None:
            self._places = self._index()
        if gold.id not in self._places:
            raise UsageError(
                f"{self._path} has no line for the text of line {gold.line} of the gold;"
                ' where nothing was found it should say "spans": []'
            )
        at, number = self._places[gold.id]
        self._file.seek(at)
        return self._line(self._file.readline(), number)

    def _index(self) -> dict[str, tuple[int, int]]:
        places: dict[str, tuple[int, int]] = {}
        at = 0
        try:
            self._file.seek(0)
        except OSError:
            raise UsageError(f"{self._path} is not in the order of the gold, and cannot be read twice") from None
        for number, content in enumerate(self._file, 1):
            if not is_blank(content):
                line = self._line(content, number)
                if line.id in places:
                    line.refuse(f"has the same id as line {places[line.id][1]}, and the order is not that of the gold")
                places[line.id] = at, number
            at += len(content)
        return places


def _gold(line: Line, number: int, naming: Naming) -> Gold:
    text, seen = line.text, line.given.get("seen")
    if seen is not None and not isinstance(seen, bool):
        line.refuse('has a "seen" that is neither true nor false')
    labelled = SCORED
    if line.given.get("labelled") is not None:
        labelled = frozenset(label.partition("/")[0] for label in line.labels("labelled", naming))
    spans = tuple(line.spans(naming, len(text)))
    return Gold(line.id, text, spans, labelled, line.string("kind", "source"), seen, number)
