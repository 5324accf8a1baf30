"""Plain text of any character set as a document: one leaf."""

from __future__ import annotations

from streamdeid.attachments import charsets
from streamdeid.attachments.document import BODY, AttachmentDocument, Collector
from streamdeid.attachments.markup_text import Verbatim
from streamdeid.errors import ScanError
from streamdeid.formats.text import PLACE
from streamdeid.types import Leaf

_BOM = b"\xef\xbb\xbf"


def scan(raw: bytes, charset: str = "") -> AttachmentDocument:
    """`raw` as one leaf; a byte order mark stays outside, and blanks alone give no leaf.

    Raises:
        ScanError: ``charset.unsupported`` (also for zero bytes), ``charset.undecodable``.
    """
    if b"\0" in raw:
        raise ScanError("charset.unsupported")
    syntax = Verbatim(charsets.resolve(raw, charset))
    collector = Collector(raw)
    start = len(_BOM) if raw.startswith(_BOM) else 0
    text = raw[start:].decode(syntax.codec)
    if text.strip():
        collector.add(Leaf(PLACE, text, start, len(raw), 0, 0), syntax, BODY)
    return collector.document()
