"""Leaving elements out of a FHIR resource, so that it stays one: no empty object, and all there that must be."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush
from typing import Final

from streamdeid.errors import TransformError
from streamdeid.formats.fhir import FhirDocument
from streamdeid.formats.fhir_elements import elements_of
from streamdeid.formats.fhir_tables import Tables, load
from streamdeid.formats.json_omission import omitted
from streamdeid.types import Edit, Leaf

#: What says nothing in an extension without a value (FHIR R4, ext-1).
_HOLLOW: Final = frozenset({"id", "url"})


def omissions(document: FhirDocument, leaves: Sequence[Leaf]) -> list[Edit]:
    """The edits that leave the elements of these leaves out, in order. An object that holds nothing else goes too, and
    so on outwards; so does an extension without its value.

    Raises:
        TransformError: ``transform.mandatory``, what would be missing has to be there by FHIR's definition.
    """
    return _Omitting(document, leaves).edits()


class _Omitting:
    """What goes from which object, from the innermost outwards."""

    def __init__(self, document: FhirDocument, leaves: Sequence[Leaf]) -> None:
        self._document = document
        self._tables = load(document.release)
        # By object: the bytes at which values that go begin; a leaf of what goes; and how many names lie between the
        # object's path and the leaf's.
        self._going: dict[int, set[int]] = {}
        self._ahead: list[int] = []
        self._cause: dict[int, tuple[Leaf, int]] = {}
        for leaf in leaves:
            is_string = document.raw[leaf.start - 1 : leaf.start] == b'"'
            self._mark(leaf.holder, leaf.start - is_string, leaf, 1)

    def edits(self) -> list[Edit]:
        """See `omissions`."""
        found: list[Edit] = []
        while self._ahead:
            holder = -heappop(self._ahead)  # inner objects have higher numbers
            leaf, depth = self._cause[holder]
            omission = omitted(self._document.raw, self._document.objects[holder].start, self._going.pop(holder))
            kind = self._type(leaf, depth)
            if omission.left and not (kind == "Extension" and _HOLLOW.issuperset(omission.left)):
                if any(_is_mandatory(self._tables, kind, name, omission.left) for name in omission.gone):
                    raise TransformError("transform.mandatory", self._document.path(leaf))
                found += omission.edits
                continue
            around = self._document.around(holder)
            if around is None:
                raise TransformError("transform.mandatory", self._document.path(leaf))
            self._mark(around, self._document.objects[holder].start, leaf, depth + 1)
        return sorted(found)

    def _mark(self, holder: int, start: int, leaf: Leaf, depth: int) -> None:
        if holder not in self._going:
            heappush(self._ahead, -holder)
        self._going.setdefault(holder, set()).add(start)
        self._cause.setdefault(holder, (leaf, depth))

    def _type(self, leaf: Leaf, depth: int) -> str:
        """The type of the object so many names outside of a leaf; empty where FHIR does not define it."""
        elements = elements_of(self._tables, leaf.place)
        return elements[-1 - depth].type if len(elements) > depth else ""


def _is_mandatory(tables: Tables, kind: str, name: str, left: Sequence[str]) -> bool:
    """Whether a member has to be there. The object with its extensions, such as why there is no value, will do."""
    definition = tables.types[kind].elements.get(name) if kind in tables.types else None
    return definition is not None and definition.mandatory and f"_{name}" not in left
