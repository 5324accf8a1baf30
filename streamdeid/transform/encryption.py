"""Values encrypted so that who has the key can read them again: AES-SIV (RFC 5297), the same in, the same out.

A token is ``sde1.`` and URL-safe base64 without padding, closed by a full stop, so that it can be told from whatever
stands around it; the prefix names this version of the format. Inside are the synthetic initialisation vector and the
ciphertext of a byte that says whether a salt follows, the salt, and the text in UTF-8.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from functools import lru_cache
from typing import ClassVar, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from streamdeid.errors import TransformError
from streamdeid.transform.prf import Prf
from streamdeid.transform.strategy import Derivation, Request, Strategy, holds_token, no_token_fits
from streamdeid.types import Format

#: A token in a text. 23 characters hold the vector and one byte.
TOKEN: Final = re.compile(r"sde1\.([A-Za-z0-9_-]{23,})\.", re.A)
#: Bytes of the key: two halves, for the vector and for AES-256.
KEY_BYTES: Final = 64
_ASSOCIATED: Final = [b"streamdeid token 1"]
_SALT_BYTES: Final = 8


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
    plain = (b"\x01" if salt else b"\x00") + salt + text.encode("utf-8", "surrogatepass")
    sealed = _cipher(key).encrypt(plain, _ASSOCIATED)
    return f"sde1.{urlsafe_b64encode(sealed).decode().rstrip('=')}."


def decrypt(token: str, key: bytes) -> str:
    """The text that a token stands for.

    Raises:
        ValueError: it is no token, was changed, or was made with another key.
    """
    found = TOKEN.fullmatch(token)
    if found is None:
        raise ValueError("this is no token")
    body = found[1]
    try:
        plain = _cipher(key).decrypt(urlsafe_b64decode(body + "=" * (-len(body) % 4)), _ASSOCIATED)
    except (InvalidTag, Base64Error):
        raise ValueError("this token was changed, or made with another key") from None
    return plain[1 + _SALT_BYTES * plain[0] :].decode("utf-8", "surrogatepass")


class Encrypt(Strategy):
    """The value as a token that who has the secret can turn back, letter for letter. With the scope `patient` two
    patients' equal values have different tokens; with `entity` everybody's are equal."""

    needs_label: ClassVar[bool] = True
    any_length: ClassVar[bool] = True

    def apply(self, derivation: Derivation, request: Request) -> str | None:
        """The token of the mention as it is written."""
        if not any(map(str.isalnum, request.mention)):
            return None
        if not holds_token(request.format, request.datatype):
            raise TransformError("transform.unreadable")
        scope = request.subject.scope
        salt = derivation.prf.digest("", "encrypt salt", scope)[:_SALT_BYTES] if scope else b""
        return encrypt(request.mention, encryption_key(derivation.prf), salt)

    def unfit_type(self, format: Format, datatype: str) -> str:
        """Tokens are text."""
        return no_token_fits(format, datatype)


@lru_cache(maxsize=8)
def _cipher(key: bytes) -> AESSIV:
    if len(key) != KEY_BYTES:
        raise ValueError(f"a key has {KEY_BYTES} bytes")
    return AESSIV(key)
