"""Keyed permutations of the numbers below any size, without a fixed point."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from math import gcd, isqrt
from typing import Final

#: Gone through twice, there and back, so ten for one value, as in NIST SP 800-38G (FF1). Their number is odd.
_ROUNDS: Final = 5
_TINY: Final = 256
_HASH: Final = hashlib.blake2s


class Permutation:
    """A permutation p of the numbers from 0 up to `size` with p(x) != x, chosen by `key` (32 bytes).

    p = g'(g(x) + r), where g is a Feistel network with inverse g', and r is coprime to `size`: p is a single cycle,
    so even when it is walked until it comes back into a subset, no number of the subset stands for itself.

    Raises:
        ValueError: fewer than two numbers leave nothing to permute.
    """

    __slots__ = ("_last", "_left", "_right", "_rotation", "_rounds", "_table", "_width", "size")

    def __init__(self, key: bytes, size: int) -> None:
        if size < 2:
            raise ValueError("a permutation needs at least two numbers")
        self.size = size
        self._left = isqrt(size - 1) + 1
        self._right = -(-size // self._left)
        self._width = (self._left.bit_length() + 7) // 8
        # A round's key is what its input follows: a BLAKE2 of both in one block costs half of a keyed one.
        keys = [hashlib.blake2s(bytes([number]), key=key).digest() for number in range(_ROUNDS)]
        self._rounds = list(zip(keys[0:-1:2], keys[1:-1:2], strict=True))
        self._last = keys[-1]
        self._rotation = _coprime(int.from_bytes(hashlib.blake2b(b"rotation", key=key).digest(), "big"), size)
        self._table: list[int] | None = None
        if size <= _TINY:
            self._table = [self._permute(number) for number in range(size)]

    def __call__(self, number: int) -> int:
        """What stands for `number`, which is not `number`."""
        return self._permute(number) if self._table is None else self._table[number]

    def within(self, number: int, accept: Callable[[int], bool]) -> int:
        """What stands for `number` among the accepted numbers, of which `number` is one: again a permutation, and
        again without a fixed point unless `number` is the only one."""
        number = self(number)
        while not accept(number):
            number = self(number)
        return number

    def original(self, number: int) -> int:
        """What `number` stands for: the inverse of the permutation."""
        return self._unmix((self._mix(number) - self._rotation) % self.size)

    def original_within(self, number: int, accept: Callable[[int], bool]) -> int:
        """The inverse of `within`."""
        number = self.original(number)
        while not accept(number):
            number = self.original(number)
        return number

    def _permute(self, number: int) -> int:
        mixed = (self._mix(number) + self._rotation) % self.size
        return self._unmix(mixed)

    def _mix(self, number: int) -> int:
        """The Feistel network, walked until it falls below `size`. Rounds are written out: this is the inner loop."""
        left_size, right_size, width, number_of = self._left, self._right, self._width, int.from_bytes
        while True:
            left, right = divmod(number, right_size)
            for odd, even in self._rounds:
                left = (left + number_of(_HASH(odd + right.to_bytes(width, "big")).digest(), "big")) % left_size
                right = (right + number_of(_HASH(even + left.to_bytes(width, "big")).digest(), "big")) % right_size
            left = (left + number_of(_HASH(self._last + right.to_bytes(width, "big")).digest(), "big")) % left_size
            number = left * right_size + right
            if number < self.size:
                return number

    def _unmix(self, number: int) -> int:
        """The inverse of `_mix`."""
        left_size, right_size, width, number_of = self._left, self._right, self._width, int.from_bytes
        while True:
            left, right = divmod(number, right_size)
            left = (left - number_of(_HASH(self._last + right.to_bytes(width, "big")).digest(), "big")) % left_size
            for odd, even in reversed(self._rounds):
                right = (right - number_of(_HASH(even + left.to_bytes(width, "big")).digest(), "big")) % right_size
                left = (left - number_of(_HASH(odd + right.to_bytes(width, "big")).digest(), "big")) % left_size
            number = left * right_size + right
            if number < self.size:
                return number


def _coprime(start: int, size: int) -> int:
    """The first number from `start` on, below `size`, that has no divisor in common with it."""
    candidate = start % size or 1
    while gcd(candidate, size) != 1:
        candidate = candidate % size + 1
    return candidate
