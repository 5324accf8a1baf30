"""Which format a file is in, told from its first bytes, and from its name where they do not say."""

from __future__ import annotations

import re
from pathlib import PurePath

from streamdeid.errors import ScanError
from streamdeid.types import Format

#: Bytes of a file that `sniff` looks at.
HEAD = 4096

# A byte order mark, MLLP's start of block (HL7 v2 Implementation Support Guide, appendix C) and blank lines.
_ER7 = re.compile(rb"(?:\xef\xbb\xbf)?[\x0b\x1c\s]*(?:MSH|FHS|BHS|BTS|FTS)[^\w\s]")
_JSON = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\{\s*(?:[\"}]|\Z)|\[\s*(?:[\[{\]]|\Z))")
# Signs that what is called a text is, or holds, messages: read as narrative, their fields would be overlooked.
_HOLDS_HL7V2 = re.compile(rb"(?:\A|[\r\n\x0b])(?:MSH|FHS|BHS)[^\w\s]{5}")
_HOLDS_FHIR = re.compile(rb"\"resourceType\"\s*:")
_WIDE = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_BY_NAME = {
    ".hl7": Format.HL7V2,
    ".hl7v2": Format.HL7V2,
    ".er7": Format.HL7V2,
    ".json": Format.FHIR,
    ".ndjson": Format.FHIR,
    ".jsonl": Format.FHIR,
    ".txt": Format.TEXT,
    ".text": Format.TEXT,
}


def sniff(raw: bytes, name: str = "") -> Format:
    """The format of a file that starts with `raw` (`HEAD` bytes are enough) and is called `name`.

    What the bytes say comes first, because HL7 v2 messages are often kept in ``.txt`` files: a header segment, after
    any byte order mark, MLLP framing and blank lines, is HL7 v2; an object or an array of objects is FHIR. Otherwise
    the name's extension decides; but a text with HL7 v2 messages further down is HL7 v2, so that they are found and
    what stands around them is quarantined, and one with FHIR further down is neither.

    Raises:
        ScanError: neither the bytes nor the name say (``message.unknown_format``).
    """
    head = raw[:HEAD]
    wide = _WIDE.get(head[:2])
    if wide:
        head = head[2:].decode(wide, "ignore").encode()
    if _ER7.match(head):
        return Format.HL7V2
    if head.strip(b"\xef\xbb\xbf \t\r\n") and _JSON.match(head):
        return Format.FHIR
    named = _BY_NAME.get(PurePath(name).suffix.lower())
    if named in (None, Format.TEXT) and _HOLDS_HL7V2.search(head):
        return Format.HL7V2
    if named is None or (named is Format.TEXT and _HOLDS_FHIR.search(head)):
        raise ScanError("message.unknown_format")
    return named
