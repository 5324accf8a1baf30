"""Ways of writing one word: what two spellings have in common."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

#: What stands in ASCII for letters that folding (`rules.fold`) draws without their marks.
_LIGATURES: Final = {"ae": "a", "oe": "o", "ue": "u", "aa": "a", "ss": "s"}
#: What a scanner takes for one another: several characters for one, then one for one.
_LOOKS: Final = {"rn": "m", "vv": "w", "cl": "d", "ii": "u"}
_ALIKE: Final = str.maketrans("0158629i", "olsbbzgl")


def transliterated(word: str) -> str:
    """The same for Mueller and Müller, Strasse and Straße, Aarhus and Århus."""
    return _PAIRS.sub(lambda pair: _LIGATURES[pair[0]], word)


def scanned(word: str) -> str:
    """The same for what a scanner reads alike: ``rn`` and m, ``cl`` and d, 1, l and i, 0 and o, 5 and s, 8 and b."""
    return _SHAPES.sub(lambda shape: _LOOKS[shape[0]], word).translate(_ALIKE)


_PAIRS: Final = re.compile("|".join(_LIGATURES))
_SHAPES: Final = re.compile("|".join(_LOOKS))

#: By the names that policies have for them. Words are folded and in lower case.
SPELLINGS: Final[Mapping[str, Callable[[str], str]]] = {"transliteration": transliterated, "ocr": scanned}
