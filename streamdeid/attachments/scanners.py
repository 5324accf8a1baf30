"""Which scanner reads which kind of attachment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from streamdeid.attachments import cda, html, plain, rtf, xml
from streamdeid.attachments.document import AttachmentDocument
from streamdeid.attachments.sniff import Kind
from streamdeid.errors import ScanError


def _xhtml(raw: bytes, charset: str) -> AttachmentDocument:
    return html.scan(raw, charset, xhtml=True)


def _rtf(raw: bytes, _charset: str) -> AttachmentDocument:
    return rtf.scan(raw)  # RTF is ASCII, and says itself what its escapes mean


#: The scanners of kinds that are text. Messages, PDF and images have others.
SCANNERS: Final[Mapping[Kind, Callable[[bytes, str], AttachmentDocument]]] = {
    Kind.HTML: html.scan,
    Kind.XHTML: _xhtml,
    Kind.RTF: _rtf,
    Kind.XML: xml.scan,
    Kind.CDA: cda.scan,
    Kind.TEXT: plain.scan,
}


def scan(kind: Kind, raw: bytes, charset: str = "") -> AttachmentDocument:
    """The leaves of an attachment of a kind in `SCANNERS`. `charset` is what the message says of it, if anything.

    Raises:
        ScanError: ``attachment.unreadable``, also for other kinds; ``charset.*``.
    """
    scanner = SCANNERS.get(kind)
    if scanner is None:
        raise ScanError("attachment.unreadable")
    return scanner(raw, charset)
