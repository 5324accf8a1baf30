"""The keyed function that every surrogate is drawn from: HMAC-SHA256 under one subkey per purpose."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from streamdeid.errors import SettingsError

if TYPE_CHECKING:
    from hashlib import _Hash

_SALT: Final = b"streamdeid surrogates 1"
_SHORTEST_SECRET: Final = 16
_HOT_VALUES: Final = 16_384


class Prf:
    """A pseudo-random function of (scope, purpose, value), keyed by the deployment's secret.

    The secret is stretched to one subkey per purpose with HKDF-SHA256 (RFC 5869), so that what is seen of one kind of
    surrogate says nothing about another. The last values are cached; nothing else is kept. `is_random`: the secret is a
    seed of a vault, drawn at random, so that what is drawn may have nothing to do with the person (164.514(c)).

    Raises:
        SettingsError: the secret is shorter than 16 bytes.
    """

    __slots__ = ("_before", "_root", "_states", "_subkeys", "digest", "is_random")

    def __init__(self, secret: bytes, *, is_random: bool = False) -> None:
        if len(secret) < _SHORTEST_SECRET:
            raise SettingsError(f"the secret needs at least {_SHORTEST_SECRET} bytes")
        self.is_random = is_random
        self._root = hmac.digest(_SALT, secret, "sha256")
        self._subkeys: dict[str, bytes] = {}
        self._states: dict[str, tuple[Callable[[], _Hash], Callable[[], _Hash]]] = {}
        # The last scope and what goes before its values: most digests are of one patient's values, one after another.
        self._before = "", _counted("")
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
        """HMAC-SHA256 (RFC 2104) from what the subkey alone makes of the two hashes: that takes half the time."""
        states = self._states.get(purpose)
        if states is None:
            states = self._states[purpose] = _keyed(self.subkey(purpose))
        last, before = self._before
        if scope != last:
            before = _counted(scope)
            self._before = scope, before
        try:  # to name an error handler takes longer than to encode most texts
            encoded = value.encode()
        except UnicodeEncodeError:
            encoded = value.encode("utf-8", "surrogatepass")
        inner, outer = states[0](), states[1]()
        inner.update(before + encoded)
        outer.update(inner.digest())
        return outer.digest()


def _counted(scope: str) -> bytes:
    """A scope, and before it how long it is: where it ends cannot be mistaken."""
    encoded = scope.encode("utf-8", "surrogatepass")
    return len(encoded).to_bytes(4, "big") + encoded


def _keyed(key: bytes) -> tuple[Callable[[], _Hash], Callable[[], _Hash]]:
    """The inner and the outer hash of an HMAC after the key has gone in, to be copied."""
    block = key.ljust(64, b"\0")
    inner, outer = (hashlib.sha256(bytes(byte ^ pad for byte in block)) for pad in (0x36, 0x5C))
    return inner.copy, outer.copy
