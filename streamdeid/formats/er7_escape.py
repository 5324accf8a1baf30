r"""Escape sequences of ER7 (HL7 v2.8.2 2.7): `\F\` and the like, hexadecimal, formatting.

Text is read as a person would: formatting becomes a line break or a blank, highlighting nothing. What is no escape
sequence (a Windows path, a local `\Zxx\`) is read as it stands, so that nothing is hidden and nothing lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from streamdeid.formats.er7_header import Delimiters, undeclared

# Formatting commands of 2.7.6 that begin a line; the others leave a blank.
_LINE_COMMANDS: Final = frozenset({"br", "sp", "ce"})
# Raw, these would end the segment (2.3) or the MLLP block.
_CONTROLS: Final = {"\n": ".br", "\r": "X0D", "\v": "X0B", "\x1c": "X1C"}
_NULL: Final = '""'


class EscapeError(Exception):
    """A switch to a character set that cannot be read, or a text that cannot be written without an escape character."""


@dataclass(frozen=True, slots=True)
class Offsets:
    """Where the characters of a text stand in the value that it was read from: character `i` at `starts[i]` to
    `ends[i]`."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def range(self, start: int, end: int) -> tuple[int, int]:
        """The range of the value that `text[start:end]` was read from."""
        if start >= end:
            at = self.starts[start] if start < len(self.starts) else self.ends[-1] if self.ends else 0
            return at, at
        return self.starts[start], self.ends[end - 1]


class Escaping:
    """Reads and writes escape sequences with the delimiters of one message. `codec` is the Python codec in which
    hexadecimal escapes are read first."""

    __slots__ = ("_codec", "_delimiters", "_escapes", "_letters", "_sequence", "_special", "_unwritable")

    def __init__(self, delimiters: Delimiters, codec: str) -> None:
        named = zip("FSRETP", delimiters, strict=True)
        self._letters = {letter: character for letter, character in named if character}
        self._codec = codec
        self._delimiters = delimiters
        self._sequence = _sequence(delimiters.escape) if delimiters.escape else None
        mark = delimiters.escape
        escapes = {character: f"{mark}{letter}{mark}" for letter, character in self._letters.items()}
        escapes |= {character: f"{mark}{command}{mark}" for character, command in _CONTROLS.items()}
        self._escapes = str.maketrans(escapes)
        self._special = re.compile(f"[{re.escape(''.join(escapes))}]")
        self._unwritable = frozenset(undeclared(delimiters)) | (frozenset() if mark else frozenset(escapes))

    def read(self, value: str) -> str:
        """The text of a value.

        Raises:
            EscapeError: the value switches to a character set other than ASCII.
        """
        if self._sequence is None or self._delimiters.escape not in value:
            return value
        return self._sequence.sub(lambda match: "".join(text for text, _, _ in self._expand(match)), value)

    def offsets(self, value: str) -> Offsets:
        """Where the characters of `read(value)` stand in `value`.

        Raises:
            EscapeError: as `read`.
        """
        starts: list[int] = []
        ends: list[int] = []
        for text, start, end in self._tokens(value):
            verbatim = len(text) == end - start
            starts += range(start, end) if verbatim else [start] * len(text)
            ends += range(start + 1, end + 1) if verbatim else [end] * len(text)
        return Offsets(tuple(starts), tuple(ends))

    def write(self, text: str) -> str:
        """`text` as it may stand in a field.

        Raises:
            EscapeError: the message declares no escape character, and `text` needs one.
        """
        if text == _NULL and self._delimiters.escape:
            # Two quotes alone would delete the field at the receiver (2.5.3).
            return f"{self._delimiters.escape}X2222{self._delimiters.escape}"
        if text == _NULL or (self._unwritable and not self._unwritable.isdisjoint(text)):
            raise EscapeError
        if self._special.search(text) is None:
            return text
        return text.translate(self._escapes)

    def _tokens(self, value: str) -> Iterator[tuple[str, int, int]]:
        """Pieces of text, each with the range of the value that it was read from."""
        position = 0
        for match in self._sequence.finditer(value) if self._sequence else ():
            if position < match.start():
                yield value[position : match.start()], position, match.start()
            yield from self._expand(match)
            position = match.end()
        if position < len(value):
            yield value[position:], position, len(value)

    def _expand(self, match: re.Match[str]) -> Iterator[tuple[str, int, int]]:
        """What one sequence, or a run of hexadecimal ones, stands for."""
        kind = match.lastgroup
        start, end = match.span()
        if kind == "letter":
            letter = match["letter"]
            yield self._letters.get(letter, "" if letter in "HN" else match.group()), start, end
        elif kind == "command":
            yield "\n" if match["command"].lower() in _LINE_COMMANDS else " ", start, end
        elif kind == "hexadecimal":
            yield from self._hexadecimal(match)
        elif match.group()[1:-1] == "C2842":  # back to ASCII
            yield "", start, end
        else:
            raise EscapeError

    def _hexadecimal(self, match: re.Match[str]) -> Iterator[tuple[str, int, int]]:
        """Each character with the sequences that its bytes stand in; bytes of one character may be in several."""
        octets = bytearray()
        ranges: list[tuple[int, int]] = []
        position = match.start()
        for digits in match.group()[2:-1].split(self._delimiters.escape * 2 + "X"):
            end = position + len(digits) + 3
            octets += bytes.fromhex(digits)
            ranges += [(position, end)] * (len(digits) // 2)
            position = end
        text, codec = _decode(bytes(octets), self._codec)
        at = 0
        for character in text:
            length = len(character.encode(codec))
            yield character, ranges[at][0], ranges[at + length - 1][1]
            at += length


@lru_cache(maxsize=128)
def _sequence(escape: str) -> re.Pattern[str]:
    """Matches a known sequence whole. `\\C..\\` and `\\M..\\` hold ISO 2022 codes: intermediate bytes, a final one."""
    mark = re.escape(escape)
    return re.compile(
        rf"(?P<hexadecimal>(?:{mark}X(?:[0-9A-Fa-f]{{2}})+{mark})+)"
        rf"|{mark}(?:(?P<letter>[FSTREPHN])"
        rf"|\.(?P<command>br|sp|in|ti|sk|ce|fi|nf|BR|SP|IN|TI|SK|CE|FI|NF) ?[+-]?[0-9]{{0,5}}"
        rf"|(?P<charset>C2[0-9A-F][3-7][0-9A-F]|M24(?:2[0-9A-F])?[3-7][0-9A-F])){mark}"
    )


def _decode(octets: bytes, codec: str) -> tuple[str, str]:
    """Bytes as text, and the codec that they turned out to be in."""
    for candidate in (codec, "utf-8", "cp1252"):
        try:
            return octets.decode(candidate), candidate
        except UnicodeDecodeError:
            continue
    return octets.decode("latin-1"), "latin-1"


@lru_cache(maxsize=128)
def escaping(delimiters: Delimiters, codec: str) -> Escaping:
    """The reader and writer for these delimiters; made once."""
    return Escaping(delimiters, codec)
