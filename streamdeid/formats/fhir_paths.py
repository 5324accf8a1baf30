"""A table of FHIRPath expressions in which the first that picks a place, or a value of a message, wins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Generic, TypeVar

from streamdeid.formats.fhir import FhirDocument
from streamdeid.formats.fhir_criteria import ElementTree
from streamdeid.formats.fhir_elements import Element, elements_of
from streamdeid.formats.fhir_selectors import Route, always, picks, routes_of
from streamdeid.formats.fhir_tables import RELEASES, load
from streamdeid.types import Leaf, Place

Entry = TypeVar("Entry")
_REMEMBERED = 50_000


class PathTable(Generic[Entry]):
    """Entries under paths, in order. What a path picks is picked with everything in it, up to resources in it.

    Raises:
        ValueError: a path is not one that `fhir_selectors.routes_of` can read; says which and why.
    """

    def __init__(self, entries: Iterable[tuple[str, Entry]]) -> None:
        self._rows: list[tuple[tuple[Route, ...], Entry]] = []
        for path, entry in entries:
            try:
                self._rows.append((routes_of(path), entry))
            except ValueError as fault:
                raise ValueError(f"{path}: {fault}") from None
        self._conditional = any(route.is_conditional for routes, _ in self._rows for route in routes)
        # By place: scanners hand out one object per position, and messages come with the same ones.
        self._elements = lru_cache(maxsize=_REMEMBERED)(self._elements_of)
        self._rivals = lru_cache(maxsize=_REMEMBERED)(self._rivals_of)

    def at(self, place: Place) -> Entry | None:
        """The first entry whose path picks the place whatever a message says; None where there is none."""
        return self._first(place)[1]

    def possible(self, place: Place) -> tuple[Entry, ...]:
        """The entries with a criterion that may pick a value at the place, before the one that `at` gives."""
        return tuple(self._rows[number][1] for number in self._rivals(place))

    def in_message(self, document: FhirDocument) -> Mapping[int, Entry]:
        """For values, by `Leaf.start`, that an entry with a criterion picks before the one that `at` gives: that
        entry. Empty without a look at the message if no path has a criterion."""
        if not self._conditional:
            return {}
        rivals = self._rivals
        contested = [(leaf, rows) for leaf in document.leaves if (rows := rivals(leaf.place))]
        if not contested:
            return {}
        tree = ElementTree(document, self._elements)
        found: dict[int, Entry] = {}
        for leaf, rows in contested:
            entry = self._decided(leaf, rows, tree)
            if entry is not None:
                found[leaf.start] = entry
        return found

    def _decided(self, leaf: Leaf, rows: tuple[int, ...], tree: ElementTree) -> Entry | None:
        elements = self._elements(leaf.place)
        way = tree.way(leaf, len(elements))
        for row in rows:
            routes, entry = self._rows[row]
            if any(picks(route, elements, lambda criterion, at: tree.meets(way[at], criterion)) for route in routes):
                return entry
        return None

    def _first(self, place: Place) -> tuple[int, Entry | None]:
        elements = self._elements(place)
        for number, (routes, entry) in enumerate(self._rows):
            if any(not route.is_conditional and picks(route, elements, always) for route in routes):
                return number, entry
        return len(self._rows), None

    def _rivals_of(self, place: Place) -> tuple[int, ...]:
        """The rows before the first unconditional one that may pick a value here."""
        elements = self._elements(place)
        return tuple(
            number
            for number, (routes, _) in enumerate(self._rows[: self._first(place)[0]])
            if any(picks(route, elements, always) for route in routes)
        )

    def _elements_of(self, place: Place) -> tuple[Element, ...]:
        """The elements down to the place, in the release that gives it the type that it has."""
        ways = (elements_of(load(release), place) for release in RELEASES)
        return next((way for way in ways if way and way[-1].type == place.lineage[-1]), ())
