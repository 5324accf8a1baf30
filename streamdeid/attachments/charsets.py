"""Which character set an attachment's bytes are in."""

from __future__ import annotations

import codecs
import re
from contextlib import suppress
from typing import Final

from streamdeid.errors import ScanError

#: Sets in which markup can be found byte by byte: ASCII means itself, and no second byte looks like ``<``, ``&`` or a
#: quote. Python's names.
_SUPPORTED: Final = frozenset(
    {
        "ascii",
        "utf-8",
        *(f"iso8859-{part}" for part in (*range(1, 12), *range(13, 17))),
        *(f"cp{page}" for page in (437, 850, 852, 866, 874, 932, 936, 949, 950, 1361, *range(1250, 1259))),
        *("koi8-r", "koi8-u", "mac-roman", "tis-620", "shift_jis", "gbk", "gb2312", "big5", "euc_jp", "euc_kr"),
    }
)
#: Sets that WHATWG's Encoding standard reads as their Windows supersets, as browsers do.
_SUPERSETS: Final = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "shift_jis": "cp932",
    "gb2312": "gbk",
    "euc_kr": "cp949",
}
_SHIFT: Final = re.compile(rb"\x1b[$()%&-/]")
_IN_ASCII: Final = re.compile(r"utf-?7|hz.*|iso-?2022.*|cp037|.*ebcdic.*|utf-?(?:16|32).*", re.IGNORECASE)
_NAME_LENGTH: Final = 40


def codec_named(name: str) -> str:
    """The Python codec of a character set by its IANA name.

    Raises:
        ScanError: ``charset.unsupported``.
    """
    with suppress(LookupError, ValueError):
        found = codecs.lookup(name.strip()[:_NAME_LENGTH]).name
        if found in _SUPPORTED:
            return _SUPERSETS.get(found, found)
    raise ScanError("charset.unsupported")


def resolve(raw: bytes, *declared: str) -> str:
    """The Python codec to read `raw` with. `declared` are names, the most trusted first; empty ones say nothing.

    A byte order mark comes first. Bytes beyond ASCII that are UTF-8 are taken for it whatever is declared, because
    other text hardly ever is by chance, and a name read in the wrong set would not be recognised. Then what is
    declared; then Windows-1252.

    Raises:
        ScanError: ``charset.unsupported``; ``charset.undecodable``: the set does not have these bytes.
    """
    names = [name for name in declared if name.strip()]
    if raw.isascii():
        return _of_ascii(raw, names)
    if raw.startswith(codecs.BOM_UTF8) or decodes(raw, "utf-8"):
        if not decodes(raw, "utf-8"):
            raise ScanError("charset.undecodable")
        return "utf-8"
    codec = codec_named(names[0]) if names else "cp1252"
    if decodes(raw, codec):
        return codec
    if codec == "cp1252" and names:
        return "iso8859-1"  # five bytes are not in Windows-1252; Latin-1 has them as controls
    raise ScanError("charset.undecodable")


def decodes(raw: bytes, codec: str) -> bool:
    """Whether `raw` is text in a character set."""
    try:
        raw.decode(codec)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def _of_ascii(raw: bytes, names: list[str]) -> str:
    """The set of bytes that look like ASCII: they are it, unless they switch sets (ISO 2022), or the set that is
    declared writes other characters in ASCII (HZ, UTF-7)."""
    if _SHIFT.search(raw):
        raise ScanError("charset.unsupported")
    with suppress(ScanError):
        return codec_named(names[0]) if names else "utf-8"
    if _IN_ASCII.fullmatch(names[0].strip()):
        raise ScanError("charset.unsupported")
    return "utf-8"
