"""What stands for an attachment whose content was removed: a small valid file of its own kind, or a line of text."""

from __future__ import annotations

from typing import Final, NamedTuple

from streamdeid.attachments.sniff import Kind

_TEXT: Final = "[removed]"
_XHTML: Final = '<div xmlns="http://www.w3.org/1999/xhtml"><p>{}</p></div>'
_FRAMES: Final = {
    Kind.HTML: ("text/html", "<!DOCTYPE html><html><head><title></title></head><body><p>{}</p></body></html>"),
    Kind.XHTML: ("application/xhtml+xml", _XHTML),
    Kind.RTF: ("text/rtf", "{{\\rtf1\\ansi\\ansicpg1252\\deff0{{\\fonttbl{{\\f0 Arial;}}}}\\pard {}\\par}}"),
    Kind.XML: ("text/xml", '<?xml version="1.0" encoding="UTF-8"?><removed>{}</removed>'),
}
_PLAIN: Final = ("text/plain", "{}")


class Marker(NamedTuple):
    """The bytes (ASCII), and the media type that they are."""

    content: bytes
    media_type: str


def marker(kind: Kind) -> Marker:
    """The marker for an attachment of a kind. It has a line of text for kinds that need not be small or readable:
    PDF, images, messages, documents of HL7 and the rest; the media type beside it has to follow."""
    media_type, frame = _FRAMES.get(kind, _PLAIN)
    return Marker(frame.format(_TEXT).encode("ascii"), media_type)
