"""Plain text as a document: one leaf, in UTF-8."""

from __future__ import annotations

import codecs
from collections.abc import Sequence

from streamdeid.errors import ScanError, TransformError
from streamdeid.formats.offsets import WideCharacters, wide_characters
from streamdeid.types import Format, Leaf, Part, Passage, Place

#: The only place of plain text.
PLACE = Place("text", ("text",))

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def scan(raw: bytes) -> TextDocument:
    """`raw` as one leaf; a byte order mark stays outside.

    Raises:
        ScanError: ``message.empty`` if there are only blanks; ``charset.undecodable`` if the bytes are not UTF-8;
            ``charset.unsupported`` for UTF-16 and for zero bytes, which would keep detectors from reading.
    """
    if raw.startswith(_UTF16) or b"\0" in raw:
        raise ScanError("charset.unsupported", f"byte {max(raw.find(0), 0)}")
    start = len(codecs.BOM_UTF8) if raw.startswith(codecs.BOM_UTF8) else 0
    try:
        text = raw[start:].decode("utf-8")
    except UnicodeDecodeError as error:
        raise ScanError("charset.undecodable", f"byte {start + error.start}") from None
    if not text.strip():
        raise ScanError("message.empty")
    return TextDocument(raw, Leaf(PLACE, text, start, len(raw), 0, 0))


class TextDocument:
    """Plain text. See `types.Document`."""

    __slots__ = ("_wide", "leaves", "raw")

    def __init__(self, raw: bytes, leaf: Leaf) -> None:
        self.raw = raw
        self.leaves: Sequence[Leaf] = (leaf,)
        self._wide: WideCharacters | None = None

    @property
    def format(self) -> Format:
        """`Format.TEXT`."""
        return Format.TEXT

    def path(self, leaf: Leaf) -> str:
        """``text``."""
        return leaf.place.path

    def locate(self, leaf: Leaf, start: int, end: int) -> tuple[int, int]:
        """The byte range of `leaf.text[start:end]`."""
        if not 0 <= start <= end <= len(leaf.text):
            raise ValueError(f"no characters {start} to {end}")
        if self._wide is None:
            self._wide = wide_characters(self.raw, leaf.start, leaf.end)
        return leaf.start + self._wide.offset(start), leaf.start + self._wide.offset(end)

    def encode(self, leaf: Leaf, text: str) -> bytes:
        """`text` in UTF-8.

        Raises:
            TransformError: ``transform.unencodable`` for half a surrogate pair.
        """
        try:
            return text.encode("utf-8")
        except UnicodeEncodeError:
            raise TransformError("transform.unencodable", leaf.place.path) from None

    def passages(self, leaves: Sequence[Leaf]) -> list[Passage]:
        """The text, whole."""
        return [Passage(leaf.text, (Part(0, len(leaf.text), leaf),)) for leaf in leaves]
