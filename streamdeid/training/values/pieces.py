"""What a slot is filled with, and the share of the values that may fill it."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache
from hashlib import blake2b
from typing import Final, NamedTuple, TypeVar

T = TypeVar("T")

#: Letters that no accent can be taken from.
_LETTERS: Final = str.maketrans(
    {
        "ł": "l",
        "Ł": "L",
        "ø": "o",
        "Ø": "O",
        "đ": "d",
        "Đ": "D",
        "æ": "ae",
        "Æ": "Ae",
        "œ": "oe",
        "ß": "ss",
        "\u0131": "i",
        "ə": "a",
    }
)
#: Of 1,000 values so many are held out from training.
_HELD_OUT_PER_MILLE: Final = 120


class Piece(NamedTuple):
    """A run of text; `label` is the class of the identifier that it is, or "" where it is none."""

    text: str
    label: str


def pick(rng: random.Random, values: Sequence[T]) -> T:
    """One of `values`, all equally likely; faster than `random.Random.choice`."""
    return values[int(rng.random() * len(values))]


def weighted(weights: Iterable[tuple[T, int]]) -> tuple[T, ...]:
    """Each value as often as its weight says, for `pick`."""
    return tuple(value for value, weight in weights for _ in range(weight))


def plain(value: str) -> str:
    """`value` without accents."""
    if value.isascii():
        return value
    return "".join(
        char for char in unicodedata.normalize("NFKD", value.translate(_LETTERS)) if not unicodedata.combining(char)
    )


@cache
def _rank(value: str) -> int:
    """A number below 1,000 that depends on the letters and digits of `value` alone, whatever case and accents."""
    key = plain(value).casefold()
    if not key.isalnum():
        key = "".join(filter(str.isalnum, key))
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big") % 1000


class Share:
    """The values that may be used: those for training, or those held out from it; a value is never in both."""

    def __init__(self, held_out: bool) -> None:
        self.held_out = held_out

    def of(self, values: Iterable[str]) -> tuple[str, ...]:
        """Those of `values` that belong to this share, without doubles; of a few values it may be none."""
        return tuple(dict.fromkeys(v for v in values if v and (_rank(v) < _HELD_OUT_PER_MILLE) == self.held_out))
