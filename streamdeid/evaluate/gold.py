"""Gold files and files of findings: a JSON object a line, ``{"id", "text", "spans"}`` and ``{"id", "spans"}``.

A span is ``[start, end, label]`` or ``{"start", "end", "label"}``; findings may say ``entity_type`` for ``label``, as
Presidio does. Offsets count characters (Unicode code points) from 0, ends are exclusive. A gold line may also have
``labelled``, the families annotated in it (all, where it does not say); ``kind`` or ``source``, what kind of text it
is; and ``seen``, whether the detectors may have learnt from such a text.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from streamdeid.errors import UsageError
from streamdeid.evaluate.labels import of_finding, of_gold
from streamdeid.evaluate.marked import SCORED, Gold, Marked

_BOM = b"\xef\xbb\xbf"
_Object = dict[str, Any]


def golds(source: BinaryIO, name: str) -> Iterator[Gold]:
    """The texts of a gold file, one at a time. `name` stands for it in errors.

    Raises:
        UsageError: a line is not what it should be. The message gives its number, and nothing that it holds.
    """
    for number, line in enumerate(source, 1):
        if line.strip(b" \t\r\n" + _BOM):
            yield _gold(_Line(line, f"{name}, line {number}"), number)


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

    def _next(self) -> _Line | None:
        for content in self._file:
            self._number += 1
            if content.strip(b" \t\r\n" + _BOM):
                return self._line(content, self._number)
        return None

    def _line(self, content: bytes, number: int) -> _Line:
        return _Line(content, f"{self._path}, line {number}")

    def _look_up(self, gold: Gold) -> _Line:
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
            if content.strip(b" \t\r\n" + _BOM):
                line = self._line(content, number)
                if line.id in places:
                    line.refuse(f"has the same id as line {places[line.id][1]}, and the order is not that of the gold")
                places[line.id] = at, number
            at += len(content)
        return places


class _Line:
    """A line that is a JSON object; `where` stands for it in errors."""

    def __init__(self, content: bytes, where: str) -> None:
        self._where = where
        try:
            given = json.loads(content.removeprefix(_BOM).decode(), parse_constant=_refuse_constant)
        except UnicodeDecodeError:
            self.refuse("is not UTF-8")
        except (ValueError, RecursionError):
            self.refuse("is not JSON")
        if not isinstance(given, dict):
            self.refuse("is not an object {...}")
        self.given: _Object = given

    def refuse(self, why: str) -> NoReturn:
        raise UsageError(f"{self._where} {why}") from None

    @property
    def id(self) -> str:
        identity = self.given.get("id")
        if not isinstance(identity, str | int | float) or isinstance(identity, bool):
            self.refuse('has no "id" that is a string or a number')
        return str(identity)

    def string(self, *names: str) -> str:
        """The first of these that is there; empty where none is."""
        value = next((self.given[name] for name in names if self.given.get(name) is not None), "")
        if not isinstance(value, str):
            self.refuse(f'has a "{names[0]}" that is no string')
        return value

    def spans(self, naming: Callable[[str], str], length: int) -> list[Marked]:
        spans = self.given.get("spans")
        if not isinstance(spans, list):
            self.refuse('has no list of "spans"')
        return [self._span(span, naming, length, number) for number, span in enumerate(spans, 1)]

    def _span(self, given: object, naming: Callable[[str], str], length: int, number: int) -> Marked:
        if isinstance(given, dict):
            given = [given.get("start"), given.get("end"), given.get("label", given.get("entity_type"))]
        match given:
            case [int(start), int(end), str(label)] if label and bool not in (type(start), type(end)):
                pass
            case _:
                self.refuse(f"has a span, number {number}, that is neither [start, end, label] nor an object of these")
        if not 0 <= start < end <= length:
            self.refuse(f"has a span, number {number}, that is empty or not within the text")
        return Marked(start, end, naming(label))


def _gold(line: _Line, number: int) -> Gold:
    text, seen, labelled = line.given.get("text"), line.given.get("seen"), line.given.get("labelled")
    if not isinstance(text, str):
        line.refuse('has no "text" that is a string')
    if seen is not None and not isinstance(seen, bool):
        line.refuse('has a "seen" that is neither true nor false')
    families = SCORED if labelled is None else _families(line, labelled)
    spans = tuple(line.spans(of_gold, len(text)))
    return Gold(line.id, text, spans, families, line.string("kind", "source"), seen, number)


def _families(line: _Line, labelled: object) -> frozenset[str]:
    if not isinstance(labelled, list) or not all(isinstance(label, str) for label in labelled):
        line.refuse('has a "labelled" that is no list of labels')
    return frozenset(of_gold(label).partition("/")[0] for label in labelled)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)  # NaN and Infinity are no JSON (RFC 8259, section 6)
