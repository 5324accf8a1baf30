"""Text, attribute values, comments and the like in HTML and XML, as read and as written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import unescape
from html.entities import html5
from typing import Final

from streamdeid.attachments.document import Piece

_REFERENCE: Final = r"&(?:#(?:[0-9]++|[xX][0-9a-fA-F]++);?+|[A-Za-z][A-Za-z0-9]*+;?+)"
#: Hyphens and spaces of no width; they may stand in the middle of a name.
_UNSEEN: Final = "\xad\u200b-\u200f\u2060\ufeff"
_HARD_SPACE: Final = "\xa0\u2007\u202f"
_COLLAPSING: Final = re.compile(rf"{_REFERENCE}|[ \t\n\f\r]{{2,}}+|[\t\n\f\r{_HARD_SPACE}{_UNSEEN}]")
_VERBATIM: Final = re.compile(rf"{_REFERENCE}|[{_HARD_SPACE}{_UNSEEN}]")
_FOLDED: Final = {ord(space): " " for space in _HARD_SPACE} | dict.fromkeys(
    (0xAD, *range(0x200B, 0x2010), 0x2060, 0xFEFF)
)
#: Names that HTML knows without a semicolon have at most so many letters.
_LONGEST_BARE: Final = 6
_MOST_DIGITS: Final = 7
_ESCAPES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})
_ATTRIBUTE_ESCAPES: Final = _ESCAPES | str.maketrans({"\t": "&#9;", "\n": "&#10;", "\r": "&#13;"})
_UNQUOTED_ESCAPES: Final = _ATTRIBUTE_ESCAPES | str.maketrans({" ": "&#32;", "=": "&#61;", "`": "&#96;"})
#: Nothing, where something has to stand: an empty value without quotes would take the next attribute for its own.
_EMPTY: Final = b"&#8203;"


def _reference(token: str, *, bare: bool) -> tuple[str, int]:
    """What a character reference stands for, and how many of its characters it takes; 0 if it is none. `bare`: names
    count without a semicolon."""
    body = token[1:].rstrip(";")
    if body[0] == "#":
        return _numeric(body[1:]), len(token)
    if token.endswith(";") and body + ";" in html5:
        return html5[body + ";"], len(token)
    if bare:
        for length in range(min(len(body), _LONGEST_BARE), 1, -1):
            if body[:length] in html5:
                return html5[body[:length]], length + 1
    return "", 0


def _numeric(digits: str) -> str:
    base = "x" if digits[0] in "xX" else ""
    number = digits[len(base) :].lstrip("0")
    return "\ufffd" if len(number) > _MOST_DIGITS else unescape(f"&#{base}{number or '0'};")


def _expand(token: str, start: int, *, bare: bool) -> Iterator[Piece]:
    if token[0] == "&":
        text, length = _reference(token, bare=bare)
        if length:
            yield Piece(text.translate(_FOLDED), start, start + length)
        if length < len(token):
            yield Piece(token[length:], start + length, start + len(token))
    elif token[0] in " \t\n\f\r":
        yield Piece(" ", start, start + len(token))
    else:
        yield Piece(token.translate(_FOLDED), start, start + len(token))


def _read(value: str, tokens: re.Pattern[str], *, bare: bool) -> Iterator[Piece]:
    """The pieces of a value, counted in its characters."""
    position = 0
    for match in tokens.finditer(value):
        if position < match.start():
            yield Piece(value[position : match.start()], position, match.start())
        yield from _expand(match.group(), match.start(), bare=bare)
        position = match.end()
    if position < len(value):
        yield Piece(value[position:], position, len(value))


def in_bytes(pieces: Iterator[Piece], value: str, codec: str) -> Iterator[Piece]:
    """Pieces counted in characters of `value`, counted in its bytes instead."""
    at = 0
    for text, start, end in pieces:
        taken = value[start:end]
        if taken.isascii():
            yield Piece(text, at, at + len(taken))
            at += len(taken)
        elif text != taken:
            size = len(taken.encode(codec))
            yield Piece(text, at, at + size)
            at += size
        else:
            for character in taken:
                size = len(character.encode(codec))
                yield Piece(character, at, at + size)
                at += size


@dataclass(frozen=True, slots=True)
class MarkupText:
    """Text between tags, and attribute values.

    `codec` is what is read; `target` what is written, in which characters that it lacks become references. `collapses`:
    runs of blanks are read as one. `bare`: references need no semicolon. `escapes`: what is never written as such.
    `guarded`: what is written may stand after a ``<`` or ``&`` that nobody escaped, and may not turn it to markup.
    """

    codec: str
    target: str
    collapses: bool
    bare: bool
    escapes: dict[int, str]
    empty: bytes = b""
    guarded: bool = False

    def read(self, value: bytes) -> str:
        """See `document.Syntax`."""
        text = value.decode(self.codec)
        tokens = _COLLAPSING if self.collapses else _VERBATIM
        if tokens.search(text) is None:
            return text
        return "".join(piece.text for piece in _read(text, tokens, bare=self.bare))

    def pieces(self, value: bytes) -> Iterator[Piece]:
        """See `document.Syntax`."""
        text = value.decode(self.codec)
        return in_bytes(_read(text, _COLLAPSING if self.collapses else _VERBATIM, bare=self.bare), text, self.codec)

    def write(self, text: str) -> bytes:
        """See `document.Syntax`."""
        if not text:
            return self.empty
        written = text.translate(self.escapes)
        if self.guarded and (text[0].isalnum() or text[0] in "/!?#"):
            written = f"&#{ord(text[0])};{written[1:]}"
        return written.encode(self.target, "xmlcharrefreplace")


@dataclass(frozen=True, slots=True)
class Verbatim:
    """Text in which nothing can be escaped: scripts, styles, broken markup, plain text. `forbidden` is put apart by a
    blank, so that it does not end the place."""

    codec: str
    forbidden: str = ""

    def read(self, value: bytes) -> str:
        """See `document.Syntax`."""
        return value.decode(self.codec)

    def pieces(self, value: bytes) -> Iterator[Piece]:
        """See `document.Syntax`."""
        text = value.decode(self.codec)
        return in_bytes(iter((Piece(text, 0, len(text)),)), text, self.codec)

    def write(self, text: str) -> bytes:
        """See `document.Syntax`."""
        for character in self.forbidden:
            text = text.replace(character, " ")
        return text.encode(self.codec)


@dataclass(frozen=True, slots=True)
class CharacterSection:
    """The inside of ``<![CDATA[ ]]>``. What could end it is written outside of it, and so is what `target` lacks."""

    codec: str
    target: str

    def read(self, value: bytes) -> str:
        """See `document.Syntax`."""
        return value.decode(self.codec)

    def pieces(self, value: bytes) -> Iterator[Piece]:
        """See `document.Syntax`."""
        return Verbatim(self.codec).pieces(value)

    def write(self, text: str) -> bytes:
        """See `document.Syntax`."""
        return _OUTSIDE[self.target == "ascii"].sub(_outside, text).encode(self.target)


#: What may not stand inside of a section: in a document's own set, and in ASCII.
_OUTSIDE: Final = re.compile(r"[\]>]+"), re.compile(r"[\]>\x80-\U0010ffff]+")


def _outside(match: re.Match[str]) -> str:
    written = match.group().replace(">", "&gt;").encode("ascii", "xmlcharrefreplace").decode()
    return f"]]>{written}<![CDATA["


class MarkupSyntaxes:
    """The syntaxes of one HTML or XML document in a character set."""

    __slots__ = (
        "attribute",
        "comment",
        "guarded",
        "guarded_preformatted",
        "instruction",
        "markup",
        "preformatted",
        "section",
        "text",
        "unquoted",
        "verbatim",
    )

    def __init__(self, raw: bytes, codec: str, *, bare: bool) -> None:
        target = "ascii" if raw.isascii() else codec
        comment_escapes = _ESCAPES | str.maketrans({"-": "&#45;"})
        self.text = MarkupText(codec, target, True, bare, _ESCAPES)
        self.preformatted = MarkupText(codec, target, False, bare, _ESCAPES)
        self.guarded = replace(self.text, empty=_EMPTY, guarded=True)
        self.guarded_preformatted = replace(self.preformatted, empty=_EMPTY, guarded=True)
        self.attribute = MarkupText(codec, target, False, False, _ATTRIBUTE_ESCAPES)
        self.unquoted = MarkupText(codec, target, False, False, _UNQUOTED_ESCAPES, _EMPTY)
        # Two hyphens end a comment, so nothing may bring two together by going away.
        self.comment = MarkupText(codec, target, False, False, comment_escapes, b" ")
        self.instruction = Verbatim(codec, "?<>")
        self.verbatim = Verbatim(codec, "<")
        self.markup = Verbatim(codec, "<>\"'=")
        self.section = CharacterSection(codec, target)
