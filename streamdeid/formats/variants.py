"""Names of places that depend on what stands beside the value: ``CX(SS).1`` is ``CX.1`` where the type is SS."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

_BRACKETS: Final = re.compile(r"\([^)]*\)")
_EXTENSION: Final = "Extension("


def plain_name(name: str) -> str:
    """``CX.1`` for ``CX(SS).1``; any other name as it is."""
    return _BRACKETS.sub("", name)


def is_variant(name: str) -> bool:
    """Whether the name depends on what stands beside the value. An extension is one by its URL, wherever it stands."""
    return "(" in name and not name.startswith(_EXTENSION)


def has_variant(lineage: Iterable[str]) -> bool:
    """Whether one of the names depends on what stands beside the value."""
    return any(map(is_variant, lineage))


def with_variant(lineage: tuple[str, ...], name: str) -> tuple[str, ...]:
    """The lineage with one more name: right before the name that it is a variant of, so that it goes before that one,
    and what goes before that one goes before it. A path is more specific than a datatype of whatever type."""
    plain = plain_name(name)
    at = lineage.index(plain) if plain in lineage else 0
    return (*lineage[:at], name, *lineage[at:])
