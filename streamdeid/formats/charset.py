"""Character sets of HL7 v2 messages: MSH-18, HL7 table 0211.

Only sets in which every ASCII byte means itself can be scanned as they stand, for only there a delimiter byte is a
delimiter. UTF-16 is turned to UTF-8 before and back after.
"""

from __future__ import annotations

import codecs
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from streamdeid.errors import ScanError, TransformError, UsageError

#: UTF-8's byte order mark.
BOM: Final = codecs.BOM_UTF8

_CODECS: Final = {
    "": "ascii",
    "ASCII": "ascii",
    "USASCII": "ascii",
    "ISOIR6": "ascii",
    "UTF8": "utf-8",
    "UNICODE": "utf-8",
    "UNICODEUTF8": "utf-8",
    # Such messages reach the scanner as UTF-8, see `to_scannable`.
    "UTF16": "utf-8",
    "UNICODEUTF16": "utf-8",
    **{f"8859{part}": f"iso8859-{part}" for part in (*range(1, 12), *range(13, 17))},
    **{f"ISO8859{part}": f"iso8859-{part}" for part in (*range(1, 12), *range(13, 17))},
    "LATIN1": "iso8859-1",
    **{f"{prefix}{page}": f"cp{page}" for prefix in ("WINDOWS", "CP") for page in range(1250, 1259)},
}

_SHIFTS: Final = (b"\x1b", b"\x0e", b"\x0f")


def python_codec(name: str) -> str | None:
    """The Python codec of a character set named as in table 0211 (or nearly so); None where unsupported."""
    return _CODECS.get("".join(character for character in name.upper() if character.isalnum()))


def resolve(declared: str, raw: bytes, fallback: str | None = None) -> str:
    """The Python codec to read `raw` with.

    Bytes without any that are not ASCII are ASCII under every name (unless they switch sets by escape codes).
    A message that declares ASCII, or nothing, and is not, is UTF-8 if it can be, else in the `fallback` set.

    Raises:
        ScanError: ``charset.unsupported``, or ``charset.undecodable`` where there is no fallback.
        UsageError: `fallback` is no supported set.
    """
    codec = python_codec(declared)
    if raw.isascii():
        if codec is None and any(shift in raw for shift in _SHIFTS):
            raise ScanError("charset.unsupported", "MSH-18")
        return codec or "ascii"
    if raw.startswith(BOM) and _is_utf8(raw):
        return "utf-8"
    if codec is None:
        raise ScanError("charset.unsupported", "MSH-18")
    if codec != "ascii" or _is_utf8(raw):
        return codec if codec != "ascii" else "utf-8"
    return _fallback_codec(fallback)


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _fallback_codec(fallback: str | None) -> str:
    """The fallback's codec; ASCII where there is none, so that the leaf at fault can be named."""
    codec = "ascii" if fallback is None else python_codec(fallback)
    if codec is None:
        raise UsageError("the fallback character set is none of HL7 table 0211 that can be scanned, such as 8859/1")
    return codec


@dataclass(frozen=True, slots=True)
class Transcoder:
    """Turns the UTF-8 bytes that were scanned back to the UTF-16 that came in."""

    codec: str
    mark: bytes

    def restore(self, scanned: bytes) -> bytes:
        """The inverse of `to_scannable`, also for edited bytes.

        Raises:
            TransformError: ``transform.unencodable``: the bytes are no longer UTF-8.
        """
        with suppress(UnicodeError):
            return self.mark + scanned.removeprefix(BOM).decode("utf-8").encode(self.codec)
        raise TransformError("transform.unencodable")


_UTF16: Final = (
    (codecs.BOM_UTF16_LE, Transcoder("utf-16-le", codecs.BOM_UTF16_LE)),
    (codecs.BOM_UTF16_BE, Transcoder("utf-16-be", codecs.BOM_UTF16_BE)),
    (b"M\0S\0H\0", Transcoder("utf-16-le", b"")),
    (b"\0M\0S\0H", Transcoder("utf-16-be", b"")),
)


def to_scannable(raw: bytes) -> tuple[bytes, Transcoder | None]:
    """`raw` itself; or UTF-16 as UTF-8, with a byte order mark that says so, and the transcoder that turns it back.

    Raises:
        ScanError: ``charset.undecodable``.
    """
    for start, transcoder in _UTF16:
        if raw.startswith(start):
            with suppress(UnicodeError):
                text = raw[len(transcoder.mark) :].decode(transcoder.codec)
                return BOM + text.encode("utf-8"), transcoder
            raise ScanError("charset.undecodable")
    return raw, None
