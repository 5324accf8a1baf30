"""Values encrypted so that who has the key can read them again: AES-SIV (RFC 5297), the same in, the same out.

A token is ``sde1.`` and URL-safe base64 without padding, closed by a full stop, so that it can be told from whatever
stands around it; the prefix names this version of the format. Inside are the synthetic initialisation vector and the
ciphertext of a byte that says what follows, the salt, if there is one, and the text in UTF-8. Where the message could
write the text in more than one way (an escape, a character set), the length of the text in four bytes comes before it;
after it come the first letter of the message's format, and the bytes as they were, so that the way back leads to them.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from functools import lru_cache
from typing import ClassVar, Final, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from streamdeid.errors import TransformError
from streamdeid.transform.leaving import Left
from streamdeid.transform.prf import Prf
from streamdeid.transform.strategy import Derivation, Request, Strategy, holds_token, no_token_fits
from streamdeid.types import Format

#: A token in a text. 23 characters hold the vector and one byte.
TOKEN: Final = re.compile(r"sde1\.([A-Za-z0-9_-]{23,})\.", re.A)
#: Bytes of the key: two halves, for the vector and for AES-256.
KEY_BYTES: Final = 64
_ASSOCIATED: Final = [b"streamdeid token 1"]
_SALT_BYTES: Final = 8
_SALTED: Final = 1
_WRITTEN: Final = 2
_LENGTH_BYTES: Final = 4
_FORMATS: Final = {format[0].encode(): format for format in Format}


class Plain(NamedTuple):
    """What is in a token. `written` are the bytes that it stands for where the text does not tell them, else None; and
    `format` says where they are to be read."""

    text: str
    salt: bytes = b""
    written: bytes | None = None
    format: Format | None = None


def encryption_key(prf: Prf) -> bytes:
    """The key of this deployment's tokens."""
    return prf.subkey("encrypt vector") + prf.subkey("encrypt text")


def encrypt(text: str, key: bytes, salt: bytes = b"") -> str:
    """The token of a text: always the same under one key and salt, which is 8 bytes or none.

    Raises:
        ValueError: a key or salt of another length.
    """
    if len(salt) not in (0, _SALT_BYTES):
        raise ValueError(f"a salt has {_SALT_BYTES} bytes")
    return sealed(Plain(text, salt), key)


def sealed(plain: Plain, key: bytes) -> str:
    """The token of its content."""
    text, written = plain.text.encode("utf-8", "surrogatepass"), plain.written
    content = bytes([(_SALTED if plain.salt else 0) | (0 if written is None else _WRITTEN)]) + plain.salt
    if written is None or plain.format is None:
        content += text
    else:
        content += len(text).to_bytes(_LENGTH_BYTES, "big") + text + plain.format[0].encode() + written
    token = urlsafe_b64encode(_cipher(key).encrypt(content, _ASSOCIATED)).decode()
    return f"sde1.{token.rstrip('=')}."


def exact(token: str, key: bytes, written: bytes, format: Format) -> str:
    """The token, with the bytes that it stands for in it."""
    return sealed(opened(token, key)._replace(written=written, format=format), key)


def decrypt(token: str, key: bytes) -> str:
    """The text that a token stands for.

    Raises:
        ValueError: as `opened`.
    """
    return opened(token, key).text


def opened(token: str, key: bytes) -> Plain:
    """The content of a token.

    Raises:
        ValueError: it is no token, was changed, or was made with another key.
    """
    found = TOKEN.fullmatch(token)
    if found is None:
        raise ValueError("this is no token")
    body = found[1]
    try:
        content = _cipher(key).decrypt(urlsafe_b64decode(body + "=" * (-len(body) % 4)), _ASSOCIATED)
    except (InvalidTag, Base64Error):
        raise ValueError("this token was changed, or made with another key") from None
    end = 1 + (_SALT_BYTES if content[0] & _SALTED else 0)
    salt, rest = content[1:end], content[end:]
    if not content[0] & _WRITTEN:
        return Plain(rest.decode("utf-8", "surrogatepass"), salt)
    length = int.from_bytes(rest[:_LENGTH_BYTES], "big") + _LENGTH_BYTES
    text, format, written = rest[_LENGTH_BYTES:length], rest[length : length + 1], rest[length + 1 :]
    return Plain(text.decode("utf-8", "surrogatepass"), salt, written, _FORMATS.get(format))


class Encrypt(Strategy):
    """The value as a token that who has the secret can turn back, letter for letter. With the scope `patient` two
    patients' equal values have different tokens; with `entity` everybody's are equal. Tokens are of the secret also
    where all else is drawn from the vault's seeds; the salts are of the seeds then."""

    needs_label: ClassVar[bool] = True
    any_length: ClassVar[bool] = True
    is_keyed: ClassVar[bool] = True

    def apply(self, derivation: Derivation, request: Request) -> str | None:
        """The token of the mention as it is written."""
        if not any(map(str.isalnum, request.mention)):
            return None
        if not holds_token(request.format, request.datatype):
            raise TransformError("transform.unreadable")
        scope = request.subject.scope
        is_salted = bool(scope) or derivation.tokens is not derivation.prf
        salt = derivation.prf.digest("", "encrypt salt", scope)[:_SALT_BYTES] if is_salted else b""
        return encrypt(request.mention, encryption_key(derivation.tokens), salt)

    def leaves(self, label: str) -> Left:
        """The value itself, for who has the key."""
        return Left.DERIVED

    def unfit_type(self, format: Format, datatype: str) -> str:
        """Tokens are text."""
        return no_token_fits(format, datatype)


@lru_cache(maxsize=8)
def _cipher(key: bytes) -> AESSIV:
    if len(key) != KEY_BYTES:
        raise ValueError(f"a key has {KEY_BYTES} bytes")
    return AESSIV(key)
