"""One door to all formats: bytes and their format in, a document out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from streamdeid.errors import ScanError
from streamdeid.formats import charset, er7, fhir, text
from streamdeid.policy.policy import Policy
from streamdeid.types import Document, Format


@dataclass(frozen=True, slots=True)
class Scanned:
    """A document, and how to give its (edited) bytes back in the encoding that came in."""

    document: Document
    restore: Callable[[bytes], bytes]


def scan(content: bytes, format: Format, policy: Policy) -> Scanned:
    """Scan a message to leaves.

    Raises:
        ScanError: the bytes do not follow their format, or are more than the policy's limit.
    """
    if len(content) > policy.limits.bytes:
        raise ScanError("message.too_large")
    if not content.strip():
        raise ScanError("message.empty")
    if format is Format.HL7V2:
        return _scan_er7(content, policy)
    document = fhir.scan(content, version=policy.fhir.version) if format is Format.FHIR else text.scan(content)
    return Scanned(document, _unchanged)


def _scan_er7(content: bytes, policy: Policy) -> Scanned:
    scannable, transcoder = charset.to_scannable(content)
    rules = policy.hl7v2
    document = er7.scan(scannable, rules.segments, fallback_charset=rules.fallback_charset)
    return Scanned(document, transcoder.restore if transcoder else _unchanged)


def _unchanged(content: bytes) -> bytes:
    return content
