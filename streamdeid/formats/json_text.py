"""JSON strings as text and back (RFC 8259 section 7)."""

from __future__ import annotations

import json
import re

from streamdeid.errors import ScanError

#: One character that takes more than one byte: an escaped pair of surrogates, an escape, or UTF-8.
WIDE = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|\\u[0-9a-fA-F]{4}|\\.|[\xc2-\xf4][\x80-\xbf]++"
)

_ENCODE = json.JSONEncoder(ensure_ascii=False).encode
_ENCODE_ASCII = json.JSONEncoder(ensure_ascii=True).encode


def decode(between: str, position: int) -> str:
    """The text of a JSON string.

    `between` is what stands between its quotes, one character per byte (Latin-1), its escapes known to be well
    formed; `position` is the byte where it begins.

    Raises:
        ScanError: ``charset.undecodable`` for bytes that are not UTF-8, ``json.surrogate`` for half a pair.
    """
    if not between.isascii():
        try:
            between = between.encode("latin-1").decode("utf-8")
        except UnicodeDecodeError as error:
            raise ScanError("charset.undecodable", f"byte {position + error.start}") from None
    if "\\" not in between:
        return between
    text: str = json.loads(f'"{between}"')
    if "\\u" in between:
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            raise ScanError("json.surrogate", f"byte {position}") from None
    return text


def escape(text: str, *, ascii_only: bool) -> bytes:
    """`text` as it may stand between the quotes of a JSON string; `ascii_only` writes the rest as ``\\uXXXX``.

    Raises:
        UnicodeEncodeError: `text` holds half a pair of surrogates.
    """
    encoded = text.encode("utf-8")
    if encoded.isalnum():
        return encoded
    encode = _ENCODE_ASCII if ascii_only else _ENCODE
    return encode(text)[1:-1].encode("utf-8")
