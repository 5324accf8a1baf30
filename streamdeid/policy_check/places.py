"""Values of a message by their paths, and whether a path that somebody wrote means one of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from streamdeid.formats import hl7_path
from streamdeid.types import Document, Format, Leaf

_STEP: Final = re.compile(r"([^\[\]]+)(?:\[(\d+|\*)\])?")


class Value(NamedTuple):
    """One value. `path` has indices, as in ``Bundle.entry[0].resource.name[0].family``; `within` is the same from the
    resource on, ``Patient.name[0].family``; `place` has no indices."""

    path: str
    within: str
    place: str
    text: str

    def is_at(self, path: str) -> bool:
        """Whether `path`, with indices or without, means this value or something around it."""
        return covers(path, self.path) or covers(path, self.within)


def values(document: Document) -> list[Value]:
    """All values of a message."""
    return [_value(document, leaf) for leaf in document.leaves]


def covers(path: str, actual: str) -> bool:
    """Whether a written path means an actual one, which has all its indices, or something around it. Without an index
    it means every repetition."""
    wanted, found = hl7_path.parse(path), hl7_path.parse(actual)
    if found and path == found.segment:
        return True
    if wanted and found:
        return all(one in (0, other or 1) for one, other in zip(wanted[1:], found[1:], strict=True)) and (
            wanted.segment == found.segment
        )
    steps, others = _steps(path), _steps(actual)
    return path == actual or (
        0 < len(steps) <= len(others)
        and all(name == other and index in ("", "*", at or "0") for (name, index), (other, at) in zip(steps, others))  # noqa: B905 - a prefix
    )


def _value(document: Document, leaf: Leaf) -> Value:
    path, place = document.path(leaf), leaf.place.path
    if document.format is not Format.FHIR:
        return Value(path, path, place, leaf.text)
    head, *rest = place.split(".")
    within = ".".join((head, *path.split(".")[-len(rest) :])) if rest else place
    return Value(path, within, place, leaf.text)


@lru_cache(maxsize=4096)
def _steps(path: str) -> tuple[tuple[str, str], ...]:
    return tuple(_parts(path))


def _parts(path: str) -> Iterator[tuple[str, str]]:
    for step in path.split("."):
        found = _STEP.fullmatch(step)
        yield (found[1], found[2] or "") if found else (step, "")
