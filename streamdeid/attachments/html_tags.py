"""Tags of HTML with their attributes, by byte range (WHATWG HTML 13.2.5.6 to 13.2.5.40)."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_NAME: Final = re.compile(r"</?([A-Za-z][^\s/>]*+)", re.ASCII)
_ATTRIBUTE: Final = re.compile(
    r"""[\s/]*+(?:(?P<end>>)|(?P<name>[^\s/>][^\s/>=]*+)"""
    r"""(?:\s*+=\s*+(?:"(?P<double>[^"]*+)"|'(?P<single>[^']*+)'|(?P<open>["'])|(?P<bare>[^\s>]*+)))?+)""",
    re.ASCII,
)


class Attribute(NamedTuple):
    """An attribute: its name in lower case and where that stands, and where its value stands, inside any quotes.
    Without a value, `start` and `end` are the same."""

    name: str
    name_start: int
    name_end: int
    start: int
    end: int
    quoted: bool


class Tag(NamedTuple):
    """A start or end tag. `start` is the byte of ``<``, `end` the one after ``>``; `empty` means ``/>``."""

    name: str
    start: int
    end: int
    closes: bool
    empty: bool
    attributes: tuple[Attribute, ...]


def read_tag(source: str, start: int) -> Tag | None:
    """The tag at `start`, where ``<`` or ``</`` and a letter stand; None if it does not end."""
    name = _NAME.match(source, start)
    if name is None:
        return None
    attributes: list[Attribute] = []
    position = name.end()
    while match := _ATTRIBUTE.match(source, position):
        position = match.end()
        if match["end"]:
            empty = source[position - 2] == "/" and (not attributes or attributes[-1].end < position - 1)
            return Tag(name[1].lower(), start, position, source[start + 1] == "/", empty, tuple(attributes))
        if match["open"]:
            return None
        attributes.append(_attribute(match))
    return None


def _attribute(match: re.Match[str]) -> Attribute:
    name_start, name_end = match.span("name")
    for group in ("double", "single", "bare"):
        if match[group] is not None:
            start, end = match.span(group)
            return Attribute(match["name"].lower(), name_start, name_end, start, end, group != "bare")
    return Attribute(match["name"].lower(), name_start, name_end, name_end, name_end, False)
