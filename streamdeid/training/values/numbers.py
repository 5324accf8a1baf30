"""Identifying numbers: of records, insurers, samples, devices, licences, courts; patterns and check digits.

In a pattern "#" is a digit, "%" a digit above 0, "?" a capital letter, "~" a letter or digit, "^" a small
hexadecimal digit, "&" a year of two digits, "@" one of four; all else stands for itself.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Final

from streamdeid.training.values.lists import held_too, lexicon
from streamdeid.training.values.pieces import pick, weighted

_LETTERS: Final = "ABCDEFGHJKLMNPRSTUVWXYZ"
_MIXED: Final = _LETTERS + "0123456789"
_HEX: Final = "0123456789abcdef"

_KINDS: Final = ["mrn", "ssn", "account", "policy", "accession", "device", "licence", "plate", "case", "id"]
#: How often a number has a shape of its own.
_COMPOSED: Final = 0.12
_NHS_WEIGHTS: Final = range(10, 1, -1)


def filled(rng: random.Random, pattern: str) -> str:
    """`pattern` with every sign replaced."""
    return "".join([_SIGNS[char](rng) if char in _SIGNS else char for char in pattern])


_SIGNS: Final[Mapping[str, Callable[[random.Random], str]]] = {
    "#": lambda rng: "0123456789"[int(rng.random() * 10)],
    "%": lambda rng: "123456789"[int(rng.random() * 9)],
    "?": lambda rng: pick(rng, _LETTERS),
    "~": lambda rng: pick(rng, _MIXED),
    "^": lambda rng: pick(rng, _HEX),
    "&": lambda rng: f"{int(rng.random() * 27):02}",
    "@": lambda rng: str(1985 + int(rng.random() * 42)),
}


def composed(rng: random.Random) -> str:
    """A number of a shape made up on the spot: groups of digits, now and then of letters, with a sign between."""
    between = pick(rng, ("-", "-", "-", "", "", "", "", "/", " ", "."))
    groups = [pick(rng, "%#?~") * (1 + int(rng.random() * 2)) for _ in range(pick(rng, (0, 0, 0, 1)))]
    groups = ["?" * (1 + int(rng.random() * 4))] * (rng.random() < 0.45) + groups
    groups += ["#" * (2 + int(rng.random() * 5)) for _ in range(pick(rng, (1, 1, 2, 3)))]
    number = filled(rng, between.join(groups) + pick(rng, ("", "", "", "", "?", "-#")))
    return number if len(number) > 4 else number + digits(rng, 4)


def digits(rng: random.Random, count: int) -> str:
    """`count` digits."""
    return str(int(rng.random() * 10**count)).zfill(count)


def nhs(rng: random.Random) -> str:
    """A number of the National Health Service, mostly with a valid check digit."""
    body = f"{4 + int(rng.random() * 6)}{digits(rng, 8)}"
    total = sum(weight * int(digit) for weight, digit in zip(_NHS_WEIGHTS, body, strict=True))
    check = -total % 11
    number = body + (str(check) if check < 10 else digits(rng, 1))
    parts = (number[:3], number[3:6], number[6:])
    return pick(rng, (" ", " ", " ", "-", "", "")).join(parts)


def luhn_total(number: str) -> int:
    """The sum of ISO/IEC 7812-1 over `number`, the last digit being the check digit."""
    return sum(
        int(digit) if place % 2 == 0 else sum(divmod(2 * int(digit), 10))
        for place, digit in enumerate(reversed(number))
    )


def npi(rng: random.Random) -> str:
    """A National Provider Identifier with a valid check digit."""
    body = f"{pick(rng, '12')}{digits(rng, 8)}"
    return body + str(-luhn_total(f"80840{body}0") % 10)


def dea(rng: random.Random) -> str:
    """A registration number of the Drug Enforcement Administration with a valid check digit."""
    body = digits(rng, 6)
    check = sum(map(int, body[::2])) + 2 * sum(map(int, body[1::2]))
    return f"{pick(rng, 'ABFGM')}{pick(rng, _LETTERS)}{body}{check % 10}"


class Numbers:
    """Draws numbers of every kind; `held_out` adds shapes that training never sees."""

    def __init__(self, held_out: bool) -> None:
        shapes = lexicon("numbers")
        self._patterns = {kind: held_too(shapes, kind, held_out) for kind in _KINDS}
        self.kinds: Mapping[str, Callable[[random.Random], str]] = {
            **{kind: self._drawing(kind) for kind in _KINDS},
            "licence": self._licence,
            "nhs": nhs,
            "npi": npi,
        }

    def _drawing(self, kind: str) -> Callable[[random.Random], str]:
        patterns = self._patterns[kind]
        if kind in ("ssn", "plate"):
            return lambda rng: filled(rng, pick(rng, patterns))
        return lambda rng: composed(rng) if rng.random() < _COMPOSED else filled(rng, pick(rng, patterns))

    def _licence(self, rng: random.Random) -> str:
        return dea(rng) if rng.random() < 0.2 else filled(rng, pick(rng, self._patterns["licence"]))


_UNITS: Final = weighted(((1, 3), (2, 4), (3, 1)))


def unit_number(rng: random.Random) -> str:
    """A house, flat or room number: "12", "4B"."""
    count = pick(rng, _UNITS)
    number = str(1 + int(rng.random() * (10**count - 1)))
    return number + pick(rng, "ABCDEFabc") if rng.random() < 0.15 else number
