"""What the header segment of an ER7 message says about how to read the rest (HL7 v2.8.2 2.5.4, 2.14.9)."""

from __future__ import annotations

from typing import Final, NamedTuple

from streamdeid.errors import ScanError

#: Segments that declare delimiters: MSH, and the file and batch headers.
HEADERS: Final = ("MSH", "FHS", "BHS")

#: Segments that end a batch or file, and so may stand without a header when it is cut into its messages.
TRAILERS: Final = ("BTS", "FTS")

_STANDARD: Final = "^~\\&"


class Delimiters(NamedTuple):
    """The characters of MSH-1 and MSH-2; empty where the message declares none."""

    field: str
    component: str = ""
    repetition: str = ""
    escape: str = ""
    subcomponent: str = ""
    truncation: str = ""


class MessageType(NamedTuple):
    """MSH-9: message code, trigger event, message structure; each may be empty. The code of a batch header or trailer
    that stands alone is the segment's name."""

    code: str = ""
    event: str = ""
    structure: str = ""


class Header(NamedTuple):
    """The header's content; `length` counts the characters of the segment up to the end of MSH-2."""

    delimiters: Delimiters
    length: int
    message_type: MessageType = MessageType()
    version: str = ""
    charset: str = ""


def read_header(line: str) -> Header:
    """Reads the first segment, MSH, FHS or BHS; or BTS or FTS, which have the standard's delimiters.

    Raises:
        ScanError: ``er7.header``, ``er7.encoding_characters``.
    """
    name, separator = line[:3], line[3:4]
    if name in TRAILERS and separator:
        delimiters = Delimiters(_distinct(separator + _STANDARD, name)[0], *_STANDARD)
        return Header(delimiters, 3, MessageType(name))
    if name not in HEADERS:
        raise ScanError("er7.header", "segment 1")
    encoding = line[4:].split(separator, 1)[0] if separator else ""
    if not encoding:
        raise ScanError("er7.encoding_characters", f"{name}-2")
    # `^~\\&` is what a string literal of a programming language leaves behind: the escape character, escaped.
    doubled = len(encoding) > 4 and encoding[2] == encoding[3]
    characters = encoding[:3] + encoding[4:] if doubled else encoding
    delimiters = Delimiters(*_distinct(separator + characters, name))
    header = Header(delimiters, 4 + len(encoding), MessageType(name))
    return header if name != "MSH" else _message_header(line, header)


def _distinct(characters: str, name: str) -> str:
    """The delimiters, if they can be told apart from each other and from ordinary text."""
    usable = characters.isascii() and characters.isprintable() and len(characters) <= 6
    if not usable or len(set(characters)) < len(characters) or any(c.isalnum() or c in ' "' for c in characters):
        raise ScanError("er7.encoding_characters", f"{name}-2")
    return characters


def _message_header(line: str, header: Header) -> Header:
    delimiters = header.delimiters
    fields = line.split(delimiters.field)

    def parts(number: int) -> list[str]:
        value = fields[number - 1] if len(fields) >= number else ""
        if delimiters.repetition:
            value = value.split(delimiters.repetition, 1)[0]
        return [part.strip() for part in value.split(delimiters.component)]

    return header._replace(message_type=MessageType(*parts(9)[:3]), version=parts(12)[0], charset=parts(18)[0])


def check_undeclared(delimiters: Delimiters, rest: str) -> None:
    """Refuses a message that declares fewer than four encoding characters and yet has one of the standard's in its
    text: whether it separates cannot be known.

    Raises:
        ScanError: ``er7.encoding_characters``.
    """
    if not delimiters.subcomponent and any(character in rest for character in undeclared(delimiters)):
        raise ScanError("er7.encoding_characters", "MSH-2")


def undeclared(delimiters: Delimiters) -> str:
    """The standard encoding characters that a message with fewer than four does not declare."""
    return "" if delimiters.subcomponent else "".join(c for c in _STANDARD if c not in delimiters)
