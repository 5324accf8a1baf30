"""Other digits and letters for those of a text, in its shape: for numbers that need not stay apart from one another,
those of houses, rooms and extensions. Cheaper than a permutation, of which every patient would need one of their own.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from streamdeid.transform.identifiers import Identifiers
from streamdeid.transform.prf import Prf
from streamdeid.transform.shapes import Shape, canonical, render, shape_of

#: Up to so many strings of a shape: each stands for another one, so that the two beds of a room stay two.
_FEW: Final = 100
#: Longer texts have more strings of their shape than there are digests.
_LONGEST: Final = 12
_CACHED: Final = 2048


class Scrambler:
    """Scrambles under one secret, within a scope."""

    def __init__(self, prf: Prf, identifiers: Identifiers) -> None:
        self._prf = prf
        self._identifiers = identifiers
        self._cycle = lru_cache(maxsize=_CACHED)(self._make_cycle)

    def __call__(self, scope: str, text: str) -> str:
        """`text` with other letters and digits; as it is when it has none."""
        plain = canonical(text)
        if not plain:
            return text
        if len(plain) > _LONGEST:
            return self._identifiers.surrogate(f"scrambled\n{scope}", text) or text
        shape = shape_of(plain)
        numbering = _numbering(shape)
        number = numbering.number(plain)
        if numbering.size <= _FEW:
            number = self._cycle(scope, shape)[number]
        else:
            step = 1 + self._prf.number(scope, "scrambled", plain, numbering.size - 1)
            number = (number + step) % numbering.size
        new = numbering.text(number)
        return new if plain == text else render(text, new)

    def _make_cycle(self, scope: str, shape: str) -> list[int]:
        """What stands for each string of a shape: one cycle through all (Sattolo's shuffle)."""
        numbers = list(range(_numbering(shape).size))
        drawn = self._prf.number(scope, "scrambled/cycle", shape, 1 << 64)
        for last in range(len(numbers) - 1, 0, -1):
            drawn = (drawn * 6364136223846793005 + 1442695040888963407) & 0xFFFFFFFFFFFFFFFF
            chosen = (drawn >> 33) % last
            numbers[last], numbers[chosen] = numbers[chosen], numbers[last]
        return numbers


@lru_cache(maxsize=1024)
def _numbering(shape: str) -> Shape:
    return Shape(shape)
