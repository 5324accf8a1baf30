"""The content of a leaf as bytes, and back: HL7 v2 ED.4 and ED.5 (2.A.24), FHIR base64Binary.

The way in which a sender writes base64 and hexadecimal (line breaks, padding, alphabet, case) is kept.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from streamdeid.errors import ScanError, TransformError
from streamdeid.formats.charset import Transcoder, to_scannable

_CHARSET: Final = re.compile(r""";\s*charset\s*=\s*["']?([\w:.-]{1,40})""", re.IGNORECASE | re.ASCII)
_BLANKS: Final = re.compile(r"[ \t\r\n]+")
_BASE64: Final = re.compile(r"[A-Za-z0-9+/]*+={0,2}+")
_URL_SAFE: Final = re.compile(r"[A-Za-z0-9_-]*+={0,2}+")
_HEX: Final = re.compile(r"(?:[0-9A-Fa-f]{2})*+")
_WIDE_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Encoding(StrEnum):
    """HL7 table 0299, how bytes are written as text. FHIR's base64Binary is ``Base64``."""

    PLAIN = "A"
    HEX = "Hex"
    BASE64 = "Base64"


@dataclass(frozen=True, slots=True)
class Wrapped:
    """Content of a leaf, decoded. `raw` are the bytes to scan; `charset` is what is known of their character set:
    ``utf-8`` for plain text, which has been decoded before, else what the media type declares, or empty."""

    raw: bytes
    charset: str
    encoding: Encoding
    content: str
    _decoded: bytes
    _transcoder: Transcoder | None


def unwrap(content: str, encoding: Encoding, media_type: str = "") -> Wrapped:
    """The bytes of a leaf's content. UTF-16 with a byte order mark becomes UTF-8, to be scanned.

    Raises:
        ScanError: ``attachment.unreadable``: not base64 or hexadecimal; ``charset.undecodable``: no UTF-16.
    """
    decoded = decode(content, encoding)
    declared = _CHARSET.search(media_type)
    charset = declared[1] if declared else ""
    raw, transcoder = decoded, None
    if encoding is Encoding.PLAIN:
        charset = "utf-8"
    elif decoded.startswith(_WIDE_MARKS):
        raw, transcoder = to_scannable(decoded)
    return Wrapped(raw, charset, encoding, content, decoded, transcoder)


def wrap(wrapped: Wrapped, raw: bytes) -> str:
    """Changed bytes as content of the leaf; the identical content if they have not changed.

    Raises:
        TransformError: ``transform.unencodable``: no longer text in the character set of the attachment.
    """
    if raw == wrapped.raw:
        return wrapped.content
    if wrapped.encoding is Encoding.PLAIN:
        with suppress(UnicodeDecodeError):
            return raw.decode("utf-8")
        raise TransformError("transform.unencodable")
    octets = wrapped._transcoder.restore(raw) if wrapped._transcoder else raw
    return _lines_like(wrapped.content, _writer(wrapped)(octets))


def encoding_named(name: str) -> Encoding:
    """The encoding of that name in HL7 table 0299; nothing is ``A``.

    Raises:
        ScanError: ``attachment.unreadable``: no such encoding.
    """
    for encoding in Encoding:
        if name.strip().lower() in (
            encoding.value.lower(),
            "" if encoding is Encoding.PLAIN else encoding.value.lower(),
        ):
            return encoding
    raise ScanError("attachment.unreadable")


def decode(content: str, encoding: Encoding) -> bytes:
    """The bytes that a leaf's content stands for.

    Raises:
        ScanError: ``attachment.unreadable``: not base64 or hexadecimal.
    """
    octets = None
    with suppress(UnicodeEncodeError, binascii.Error, ValueError):
        if encoding is Encoding.PLAIN:
            octets = content.encode("utf-8")
        else:
            octets = _decode_digits(_BLANKS.sub("", content), encoding)
    if octets is None:
        raise ScanError("attachment.unreadable")
    return octets


def _decode_digits(digits: str, encoding: Encoding) -> bytes | None:
    if encoding is Encoding.HEX:
        return bytes.fromhex(digits) if _HEX.fullmatch(digits) else None
    padded = digits.rstrip("=") + "=" * (-len(digits.rstrip("=")) % 4)
    if _BASE64.fullmatch(digits):
        return base64.b64decode(padded, validate=True)
    return base64.urlsafe_b64decode(padded) if _URL_SAFE.fullmatch(digits) else None


def _writer(wrapped: Wrapped) -> Callable[[bytes], str]:
    content = wrapped.content
    if wrapped.encoding is Encoding.HEX:
        return lambda octets: octets.hex() if content == content.lower() else octets.hex().upper()
    is_url_safe = "-" in content or "_" in content
    is_bare = len(wrapped._decoded) % 3 != 0 and "=" not in content
    encode = base64.urlsafe_b64encode if is_url_safe else base64.b64encode
    return lambda octets: encode(octets).decode().rstrip("=") if is_bare else encode(octets).decode()


def _lines_like(content: str, digits: str) -> str:
    """`digits` in lines as long as the first of `content`, set apart as that is, between the same blanks."""
    inner = content.strip(" \t\r\n")
    at = content.find(inner) if inner else 0
    before, after = content[:at], content[at + len(inner) :]
    gap = _BLANKS.search(inner)
    if gap is None:
        return before + digits + after
    width = gap.start()
    lines = (digits[start : start + width] for start in range(0, len(digits), width))
    return before + gap.group().join(lines) + after
