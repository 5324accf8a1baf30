"""The keyed function that every surrogate is drawn from: HMAC-SHA256 under one subkey per purpose."""

from __future__ import annotations

import hmac
from functools import lru_cache
from typing import Final

from streamdeid.errors import SettingsError

_SALT: Final = b"streamdeid surrogates 1"
_SHORTEST_SECRET: Final = 16
_HOT_VALUES: Final = 16_384


class Prf:
    """A pseudo-random function of (scope, purpose, value), keyed by the deployment's secret.

    The secret is stretched to one subkey per purpose with HKDF-SHA256 (RFC 5869), so that what is seen of one kind of
    surrogate says nothing about another. The last values are cached; nothing else is kept.

    Raises:
        SettingsError: the secret is shorter than 16 bytes.
    """

    __slots__ = ("_root", "_subkeys", "digest")

    def __init__(self, secret: bytes) -> None:
        if len(secret) < _SHORTEST_SECRET:
            raise SettingsError(f"the secret needs at least {_SHORTEST_SECRET} bytes")
        self._root = hmac.digest(_SALT, secret, "sha256")
        self._subkeys: dict[str, bytes] = {}
        #: `digest(scope, purpose, value)`: 32 bytes.
        self.digest = lru_cache(maxsize=_HOT_VALUES)(self._digest)

    def __repr__(self) -> str:
        return "Prf(...)"

    def number(self, scope: str, purpose: str, value: str, below: int) -> int:
        """A number from 0 up to `below`, which should be well under 2**64."""
        return int.from_bytes(self.digest(scope, purpose, value)[:16], "big") % below

    def subkey(self, purpose: str) -> bytes:
        """The 32-byte key of one purpose. Purposes are constants of the program, so they are few."""
        key = self._subkeys.get(purpose)
        if key is None:
            info = purpose.encode("ascii") + b"\x01"
            key = self._subkeys[purpose] = hmac.digest(self._root, info, "sha256")
        return key

    def _digest(self, scope: str, purpose: str, value: str) -> bytes:
        first = scope.encode("utf-8", "surrogatepass")
        message = len(first).to_bytes(4, "big") + first + value.encode("utf-8", "surrogatepass")
        return hmac.digest(self.subkey(purpose), message, "sha256")
