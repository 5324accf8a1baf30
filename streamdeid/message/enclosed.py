"""Documents inside messages: what a leaf encloses, and how its content is written back.

HL7 v2 ED and long texts (2.A.24), FHIR Attachment, Binary and Narrative. What can be read (HTML, RTF, CDA, XML, text,
HL7 v2, FHIR) is scanned to leaves like any message; what cannot (PDF, images, other bytes) gives way to a marker.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from streamdeid.attachments import scanners
from streamdeid.attachments.codec import Encoding, Wrapped, decode, encoding_named, unwrap, wrap
from streamdeid.attachments.marker import marker
from streamdeid.attachments.sniff import Kind, sniff
from streamdeid.errors import ScanError
from streamdeid.formats.er7 import Er7Document
from streamdeid.formats.fhir import FhirDocument
from streamdeid.formats.hl7_places import Er7Place
from streamdeid.message.scan import Scanned, scan
from streamdeid.policy.policy import Policy
from streamdeid.types import Document, Edit, Format, Leaf

#: Documents inside documents inside documents are opened so deep, to be cleaned and to be restored; below, they give
#: way to a marker.
DEPTH = 3
#: Kinds that are messages themselves.
_MESSAGES = {Kind.HL7V2: Format.HL7V2, Kind.FHIR: Format.FHIR}
_ED_DATA = 5
#: What nobody writes as text: senders leave ED.4 empty although the data are base64.
_BASE64 = re.compile(r"[A-Za-z0-9+/\r\n]{64,}={0,2}\s*")
_MARKUP_STARTS = frozenset("{<")


class Enclosure(NamedTuple):
    """What a leaf holds: its content decoded, the encoding that it is to be in, and the kind of the content. `beside`
    are the members next to it in FHIR."""

    leaf: Leaf
    wrapped: Wrapped
    encoding: Encoding
    kind: Kind
    beside: Mapping[str, Leaf]


class _Hints(NamedTuple):
    """What the message says about a leaf's content."""

    encoding: str
    media_type: str
    beside: Mapping[str, Leaf]


def is_markup(document: Document, leaf: Leaf) -> bool:
    """Whether a text that detectors are to read is a whole document with markup of its own, as a report in RTF is."""
    if leaf.text[:1] not in _MARKUP_STARTS:
        return False
    return enclosure(document, leaf).kind in (Kind.HTML, Kind.XHTML, Kind.RTF, Kind.CDA, Kind.XML)


def enclosure(document: Document, leaf: Leaf) -> Enclosure:
    """Look into a leaf. Content that is not in the encoding that the message says is of kind `OTHER`.

    Raises:
        ScanError: charset.undecodable: UTF-16 that is none.
    """
    hints = _hints(document, leaf)
    try:
        encoding = encoding_named(hints.encoding)
    except ScanError:
        return Enclosure(leaf, unwrap(leaf.text, Encoding.PLAIN), Encoding.PLAIN, Kind.OTHER, hints.beside)
    try:
        wrapped = unwrap(leaf.text, encoding, hints.media_type)
    except ScanError as fault:
        if fault.code != "attachment.unreadable":
            raise
        return Enclosure(leaf, unwrap(leaf.text, Encoding.PLAIN), encoding, Kind.OTHER, hints.beside)
    kind = Kind.XHTML if leaf.place.lineage[-1] == "xhtml" else sniff(wrapped.raw, hints.media_type)
    return Enclosure(leaf, wrapped, encoding, kind, hints.beside)


def open_enclosure(enclosed: Enclosure, policy: Policy) -> Scanned | None:
    """Scan what is enclosed; None where it is of a kind that cannot be read.

    Raises:
        ScanError: attachment.unreadable, and what the scanners of messages raise.
    """
    wrapped = enclosed.wrapped
    if enclosed.kind in _MESSAGES:
        return scan(wrapped.raw, _MESSAGES[enclosed.kind], policy)
    if enclosed.kind in scanners.SCANNERS:
        return Scanned(scanners.scan(enclosed.kind, wrapped.raw, wrapped.charset), bytes)
    return None


def closed(enclosed: Enclosure, content: bytes) -> str:
    """The clean content, written as the leaf writes it."""
    return wrap(enclosed.wrapped, content)


def marked(enclosed: Enclosure) -> str:
    """The marker that stands for content that cannot be read, in the leaf's own encoding."""
    content = marker(enclosed.kind).content
    if enclosed.encoding is Encoding.BASE64:
        return base64.b64encode(content).decode()
    return content.hex() if enclosed.encoding is Encoding.HEX else content.decode()


def beside_edits(enclosed: Enclosure, new: str, encode: Callable[[Leaf, str], bytes]) -> list[Edit]:
    """Attachment.hash (SHA-1), size and contentType made to fit the new data (FHIR R4 2.24.0.7)."""
    if not enclosed.beside:
        return []
    data = decode(new, Encoding.BASE64)
    fitting = {
        "hash": base64.b64encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode(),
        "size": str(len(data)),
    }
    if new == marked(enclosed):
        fitting["contentType"] = marker(enclosed.kind).media_type
    return [
        Edit(leaf.start, leaf.end, encode(leaf, fitting[name]))
        for name, leaf in enclosed.beside.items()
        if name in fitting and leaf.text != fitting[name]
    ]


def _hints(document: Document, leaf: Leaf) -> _Hints:
    if isinstance(document, FhirDocument) and leaf.place.lineage[-1] == "base64Binary":
        beside = document.siblings(leaf)
        declared = beside.get("contentType")
        return _Hints(Encoding.BASE64.value, declared.text if declared else "", beside)
    if isinstance(document, Er7Document) and isinstance(leaf.place, Er7Place) and leaf.place.component == _ED_DATA:
        parts = {
            other.place.component: other.text
            for other in document.unit_leaves(leaf.unit)
            if other.holder == leaf.holder and isinstance(other.place, Er7Place)
        }
        encoding = parts.get(4, "").strip()
        if encoding in ("", "A") and _BASE64.fullmatch(leaf.text):
            encoding = Encoding.BASE64.value
        return _Hints(encoding, parts.get(3, ""), {})
    return _Hints("", "", {})
