"""Lines that are JSON objects with marked spans: of gold files, of findings, and of texts to learn from.

A span is ``[start, end, label]`` or ``{"start", "end", "label"}``; findings may say ``entity_type`` for ``label``, as
Presidio does. Offsets count characters (Unicode code points) from 0, ends are exclusive.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, NoReturn

from streamdeid.errors import UsageError
from streamdeid.evaluate.labels import likely
from streamdeid.evaluate.marked import Marked

_BOM = b"\xef\xbb\xbf"
#: Our name for a label, None for one that means nothing.
Naming = Callable[[str], str | None]


def lines(source: BinaryIO, name: str) -> Iterator[tuple[int, Line]]:
    """The lines of a file with their numbers, counted from 1; blank ones count, but are none. `name` stands for the
    file in errors.

    Raises:
        UsageError: a line is no JSON object. The message gives its number, and nothing that it holds.
    """
    for number, content in enumerate(source, 1):
        if not is_blank(content):
            yield number, Line(content, f"{name}, line {number}")


def is_blank(content: bytes) -> bool:
    """Whether a line holds nothing, be it after a byte order mark."""
    return not content.strip(b" \t\r\n" + _BOM)


class Line:
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
        self.given: dict[str, Any] = given

    def refuse(self, why: str) -> NoReturn:
        """Raises UsageError, which says where."""
        raise UsageError(f"{self._where} {why}") from None

    @property
    def id(self) -> str:
        """What the text is called."""
        identity = self.given.get("id")
        if not isinstance(identity, str | int | float) or isinstance(identity, bool):
            self.refuse('has no "id" that is a string or a number')
        return str(identity)

    @property
    def text(self) -> str:
        """The text."""
        text = self.given.get("text")
        if not isinstance(text, str):
            self.refuse('has no "text" that is a string')
        return text

    def string(self, *names: str) -> str:
        """The first of these that is there; empty where none is."""
        value = next((self.given[name] for name in names if self.given.get(name) is not None), "")
        if not isinstance(value, str):
            self.refuse(f'has a "{names[0]}" that is no string')
        return value

    def spans(self, naming: Naming, length: int) -> list[Marked]:
        """What is marked in a text of this length."""
        spans = self.given.get("spans")
        if not isinstance(spans, list):
            self.refuse('has no list of "spans"')
        return [self._span(span, naming, length, number) for number, span in enumerate(spans, 1)]

    def labels(self, name: str, naming: Naming) -> list[str]:
        """The labels that are listed here."""
        listed = self.given.get(name)
        if not isinstance(listed, list) or not all(isinstance(label, str) for label in listed):
            self.refuse(f'has a "{name}" that is no list of labels')
        return [self._named(label, naming, f'a "{name}" with a label') for label in listed]

    def _named(self, label: str, naming: Naming, what: str) -> str:
        named = naming(label)
        if named is None:
            self.refuse(f"has {what} that means nothing here{likely(label)}")
        return named

    def _span(self, given: object, naming: Naming, length: int, number: int) -> Marked:
        if isinstance(given, dict):
            given = [given.get("start"), given.get("end"), given.get("label", given.get("entity_type"))]
        match given:
            case [int(start), int(end), str(label)] if label and bool not in (type(start), type(end)):
                pass
            case _:
                self.refuse(f"has a span, number {number}, that is neither [start, end, label] nor an object of these")
        if not 0 <= start < end <= length:
            self.refuse(f"has a span, number {number}, that is empty or not within the text")
        return Marked(start, end, self._named(label, naming, f"a span, number {number}, with a label"))


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)  # NaN and Infinity are no JSON (RFC 8259, section 6)
