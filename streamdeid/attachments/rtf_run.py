"""One run of RTF text: the pieces that it is read from, until something ends it, and how text is written in it."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from streamdeid.attachments.document import Piece
from streamdeid.attachments.rtf_words import MULTIBYTE
from streamdeid.errors import ScanError

_ESCAPES: Final = str.maketrans({"\\": "\\\\", "{": "\\{", "}": "\\}", "\n": "\\line ", "\t": "\\tab ", "\r": None})
_HIGH: Final = ("\ud800", "\udbff")
_LOW: Final = ("\udc00", "\udfff")


@dataclass(frozen=True, slots=True)
class RtfText:
    r"""Text of RTF. `skip` is how many characters follow a ``\u`` for readers that do not know it (``\uc``).
    `guarded`: some control word in the leaf or before it is ended by what follows alone, or would take that for what
    others show in its place, so that an empty group has to stand before. `known` are its pieces; empty if every byte
    is a character.
    """

    skip: int
    guarded: bool
    known: tuple[Piece, ...]

    def read(self, value: bytes) -> str:
        """See `document.Syntax`."""
        return "".join(piece.text for piece in self.pieces(value))

    def pieces(self, value: bytes) -> Iterable[Piece]:
        """See `document.Syntax`."""
        return self.known or (Piece(value.decode("latin-1"), 0, len(value)),)

    def write(self, text: str) -> bytes:
        """See `document.Syntax`."""
        written = text.translate(_ESCAPES)
        if not written.isascii():
            written = "".join(self._unicode(character) for character in written)
        return (("{}" if self.guarded else "") + written).encode("ascii")

    def _unicode(self, character: str) -> str:
        if character.isascii():
            return character
        units = character.encode("utf-16-le")
        numbers = (int.from_bytes(units[at : at + 2], "little", signed=True) for at in range(0, len(units), 2))
        return "".join(f"\\u{number}{'?' * self.skip or ' '}" for number in numbers)


class ControlWord:
    """A control word that may be none: only another word can stand in its place."""

    def read(self, value: bytes) -> str:
        """See `document.Syntax`."""
        return value.decode("latin-1")

    def pieces(self, value: bytes) -> Iterable[Piece]:
        """See `document.Syntax`."""
        return (Piece(value.decode("latin-1"), 0, len(value)),)

    def write(self, text: str) -> bytes:
        """See `document.Syntax`."""
        return "".join(filter(str.isalpha, text)).encode("ascii", "ignore") or b"x"


class Run:
    """The pieces of a leaf that is being read."""

    __slots__ = ("_decoder", "_first", "_pieces", "guarded")

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Begin anew."""
        self._pieces: list[Piece] = []
        self._decoder: codecs.IncrementalDecoder | None = None
        self._first = 0
        self.guarded = False

    def add(self, text: str, start: int, end: int) -> None:
        """Text that stands at those bytes."""
        self.settle()
        if text and _LOW[0] <= text <= _LOW[1] and self._pieces:
            high = self._pieces[-1]
            if len(high.text) == 1 and _HIGH[0] <= high.text <= _HIGH[1]:
                pair = (high.text + text).encode("utf-16", "surrogatepass").decode("utf-16")
                self._pieces[-1] = Piece(pair, high.start, end)
                return
        self._pieces.append(Piece(text, start, end))

    def extend(self, end: int) -> None:
        r"""The last piece takes more bytes: the characters after a ``\u`` that are not shown."""
        if self._pieces:
            self._pieces[-1] = self._pieces[-1]._replace(end=end)

    def octets(self, octets: bytes, start: int, end: int, codec: str) -> None:
        """Bytes in a character set; `start` to `end` are where they stand, one by one or as one escape."""
        if codec in MULTIBYTE:
            self._multibyte(octets, start, end, codec)
        elif octets.isascii():
            self.add(octets.decode("ascii"), start, end)
        else:
            for text, at, to in _decoded(octets, codec):
                self.add(text, *((start, end) if len(octets) == 1 else (start + at, start + to)))

    def settle(self) -> None:
        """What was begun in a set of several bytes has to be whole.

        Raises:
            ScanError: ``charset.undecodable``.
        """
        if self._decoder is not None:
            if self._decoder.getstate()[0]:
                raise ScanError("charset.undecodable", f"byte {self._first}")
            self._decoder = None

    def take(self) -> tuple[str, int, int, tuple[Piece, ...]]:
        """The run's text, bytes and pieces (counted from its start; none if all is verbatim), and begin anew."""
        self.settle()
        pieces = self._pieces
        start, end = (pieces[0].start, pieces[-1].end) if pieces else (0, 0)
        text = "".join(_whole(piece.text) for piece in pieces)
        read: Iterator[Piece] = (Piece(_whole(text), first - start, last - start) for text, first, last in pieces)
        kept = () if len(text) == end - start else tuple(read)
        self.clear()
        return text, start, end, kept

    def _multibyte(self, octets: bytes, start: int, end: int, codec: str) -> None:
        if self._decoder is None:
            if octets.isascii():
                self._pieces.append(Piece(octets.decode("ascii"), start, end))
                return
            self._decoder = codecs.getincrementaldecoder(codec)()
            self._first = start
        decoder = self._decoder
        verbatim = len(octets) == end - start
        for index in range(len(octets)):
            at, to = (start + index, start + index + 1) if verbatim else (start, end)
            if not decoder.getstate()[0]:
                self._first = at
            try:
                text = decoder.decode(octets[index : index + 1])
            except UnicodeDecodeError:
                text = None
            if text is None:
                raise ScanError("charset.undecodable", f"byte {at}")
            if text:
                self._pieces.append(Piece(text, self._first, to))


def _whole(text: str) -> str:
    """Half of a pair of surrogates is shown as a replacement character."""
    return "\ufffd" if len(text) == 1 and _HIGH[0] <= text <= _LOW[1] else text


def _decoded(octets: bytes, codec: str) -> Iterator[tuple[str, int, int]]:
    """Characters and where their bytes are. Raw bytes that are UTF-8 are taken for it, whatever the header says."""
    try:
        text, codec = octets.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        text = octets.decode(codec, "surrogateescape")
    at = 0
    for character in text:
        size = len(character.encode("utf-8")) if codec == "utf-8" else 1
        is_undefined = "\udc80" <= character <= "\udcff"
        yield chr(ord(character) - 0xDC00) if is_undefined else character, at, at + size
        at += size
