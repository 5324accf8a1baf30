"""Taking members and elements out of one object of a JSON text: with their commas, so that it stays well-formed.

The text has been scanned: it is JSON. Objects inside the object are not looked into.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Final, NamedTuple

from streamdeid.errors import ScanError
from streamdeid.types import Edit

_TOKEN: Final = re.compile(rb'"(?:[^"\\]|\\.)*+"|[{}\[\],:]|[^\s{}\[\],:"]++', re.S)
_OPENING: Final = (b"{", b"[")


class _Item(NamedTuple):
    """A member or an element: where it begins, with its name; where its value does, and ends; and what it holds, if
    that is an array."""

    start: int
    value: int
    end: int
    name: bytes = b""
    elements: Sequence[_Item] | None = None
    is_null: bool = False


class Omission(NamedTuple):
    """What an object looks like without some values: the edits that make it so, the names of members that are gone and
    of those that are left. Names are as written, without quotes."""

    edits: list[Edit]
    gone: list[str]
    left: list[str]


def omitted(raw: bytes, start: int, values: Collection[int]) -> Omission:
    """The object that begins at byte `start`, without the values that begin at the given bytes (of a string: at its
    quote). An array of which nothing is left goes too.

    An element of an array beside which there is one of the same name with an underscore before it (FHIR R4, JSON
    2.6.2.3) becomes null, so that the two stay aligned.

    Raises:
        ScanError: ``json.syntax``, no object begins there.
    """
    members = list(_Reader(raw, start).members())
    arrays = {one.name for one in members if one.elements is not None}
    edits = [
        edit
        for one in members
        if one.elements and not _is_gone(one, values)
        for edit in _in_array(one.elements, values, aligned=_partner(one.name) in arrays)
    ]
    gone = [_is_gone(one, values) for one in members]
    if not all(gone):
        edits += _cuts(members, gone)
    names = [one.name.decode("utf-8", "replace") for one in members]
    return Omission(
        sorted(edits),
        [name for name, is_gone in zip(names, gone, strict=True) if is_gone],
        [name for name, is_gone in zip(names, gone, strict=True) if not is_gone],
    )


def _is_gone(item: _Item, values: Collection[int]) -> bool:
    if item.value in values:
        return True
    inside = item.elements or ()
    return any(_is_gone(one, values) for one in inside) and all(one.is_null or _is_gone(one, values) for one in inside)


def _in_array(elements: Sequence[_Item], values: Collection[int], *, aligned: bool) -> Iterator[Edit]:
    gone = [_is_gone(one, values) for one in elements]
    for one, is_gone in zip(elements, gone, strict=True):
        if is_gone and aligned:
            yield Edit(one.value, one.end, b"null")
        elif one.elements and not is_gone:
            yield from _in_array(one.elements, values, aligned=False)
    if not aligned:
        yield from _cuts(elements, gone)


def _cuts(items: Sequence[_Item], gone: Sequence[bool]) -> Iterator[Edit]:
    """Each item goes with the comma before it; as long as nothing is left before it, with that after it."""
    is_left = False
    for number, (item, is_gone) in enumerate(zip(items, gone, strict=True)):
        if not is_gone:
            is_left = True
        elif is_left:
            yield Edit(items[number - 1].end, item.end, b"")
        else:
            yield Edit(item.start, items[number + 1].start, b"")


def _partner(name: bytes) -> bytes:
    return name[1:] if name.startswith(b"_") else b"_" + name


class _Reader:
    """Reads one object, token by token; objects in it are passed over."""

    def __init__(self, raw: bytes, start: int) -> None:
        self._tokens = _TOKEN.finditer(raw, start)
        if self._next()[0] != b"{":
            raise ScanError("json.syntax", f"byte {start}")

    def members(self) -> Iterator[_Item]:
        """The members, in order."""
        token = self._next()
        while token[0] != b"}":
            if token[0] != b",":
                self._next()  # the colon
                yield self._value(self._next(), token.start(), token[0][1:-1])
            token = self._next()

    def _value(self, token: re.Match[bytes], start: int, name: bytes = b"") -> _Item:
        if token[0] == b"[":
            elements, end = self._elements()
            return _Item(start, token.start(), end, name, elements)
        end = self._passed_over() if token[0] == b"{" else token.end()
        return _Item(start, token.start(), end, name, is_null=token[0] == b"null")

    def _elements(self) -> tuple[list[_Item], int]:
        elements: list[_Item] = []
        token = self._next()
        while token[0] != b"]":
            if token[0] != b",":
                elements.append(self._value(token, token.start()))
            token = self._next()
        return elements, token.end()

    def _passed_over(self) -> int:
        """The end of an object whose opening brace has been read."""
        depth = 1
        while depth:
            token = self._next()
            depth += (token[0] in _OPENING) - (token[0] in (b"}", b"]"))
        return token.end()

    def _next(self) -> re.Match[bytes]:
        found = next(self._tokens, None)
        if found is None:
            raise ScanError("json.syntax")
        return found
