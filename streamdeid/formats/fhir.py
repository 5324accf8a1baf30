"""FHIR JSON as a document: every scalar is a leaf, typed by the element that it stands in (FHIR R4, 2.6.2 and 2.24).
Changes are spliced in, so that the digits of numbers, the order of members and all blanks stay as they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from streamdeid.errors import ScanError, TransformError
from streamdeid.formats import fhir_variants, fhir_version, json_text
from streamdeid.formats.fhir_guide import FhirGuide, Resource
from streamdeid.formats.fhir_places import Catalogue
from streamdeid.formats.fhir_tables import load
from streamdeid.formats.json_scan import Holder, Scan, walk
from streamdeid.formats.offsets import WideCharacters, wide_characters
from streamdeid.types import Format, Leaf, Part, Passage, Place

#: Shapes kept from one message to the next, at most. Each extension URL makes some: without a limit, a sender that
#: invents URLs would fill the memory.
MAX_SHAPES = 20_000

_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_LITERALS = {
    "boolean": re.compile(r"true|false"),
    "integer": re.compile(r"-?(?:0|[1-9][0-9]*)"),
    "unsignedInt": re.compile(r"0|[1-9][0-9]*"),
    "positiveInt": re.compile(r"[1-9][0-9]*"),
}


def scan(raw: bytes, version: str = "R4B") -> FhirDocument:
    """The leaves of a FHIR resource in JSON. `version` is one of `fhir_tables.RELEASES`, their aliases, or ``auto``;
    the release that the resource itself states goes first (`fhir_version.candidates`). It is read as the first release
    that defines all its elements (and has no date where it has a point in time, as Basic.created of R4), or else as the
    first that it can be read as at all.

    An element that the release does not define is a leaf too; its lineage ends with ``undefined-element``.

    Raises:
        ScanError: not JSON (``json.*``, ``charset.*``, ``message.empty``), not a resource of the release
            (``fhir.resource_type``), or other things in it than FHIR has there (``fhir.structure``, ``fhir.element``).
        ValueError: no such version.
    """
    best: FhirDocument | None = None
    refusal: ScanError | None = None
    for release in fhir_version.candidates(raw, version):
        try:
            document, fits = _scan_as(raw, release)
        except ScanError as error:
            if not error.code.startswith("fhir."):
                raise
            refusal = refusal or error
            continue
        if fits:
            return document
        best = best or document
    if best is None:
        raise refusal or ScanError("fhir.resource_type")
    return best


def _scan_as(raw: bytes, release: str) -> tuple[FhirDocument, bool]:
    """The document in one release, and whether that defines all of it and so much of each point in time."""
    catalogue = _catalogue(release)
    guide = FhirGuide(raw, catalogue)
    found = walk(raw, catalogue.top, guide)
    fhir_variants.refine(found, raw, catalogue)
    timed = {leaf.place for leaf in found.leaves if "T" in leaf.text}
    fits = not guide.met_undefined and not any(map(_is_date, timed))
    return FhirDocument(raw, found, guide.resources(found.holders), release), fits


def _is_date(place: Place) -> bool:
    return place.lineage[-1] == "date"


_catalogues: dict[str, Catalogue] = {}


def _catalogue(release: str) -> Catalogue:
    catalogue = _catalogues.get(release)
    if catalogue is None or catalogue.size > MAX_SHAPES:
        catalogue = _catalogues[release] = Catalogue(load(release))
    return catalogue


class FhirDocument:
    """A scanned FHIR resource, with what identity needs to know about its structure. See `types.Document`."""

    __slots__ = ("_around", "_ascii", "_prefixes", "_roots", "_scan", "_wide", "leaves", "raw", "release", "resources")

    def __init__(self, raw: bytes, scan: Scan, resources: Sequence[Resource], release: str) -> None:
        self.raw = raw
        self.release = release
        self.leaves: Sequence[Leaf] = scan.leaves
        self.resources = resources
        self._scan = scan
        self._ascii = raw.isascii()
        self._prefixes: dict[int, str] = {}
        self._roots = {resource.holder: resource.unit for resource in resources}
        self._wide: dict[int, WideCharacters] = {}
        self._around: _Surroundings | None = None

    @property
    def format(self) -> Format:
        """`Format.FHIR`."""
        return Format.FHIR

    def path(self, leaf: Leaf) -> str:
        """The leaf's path from the outermost resource: ``Bundle.entry[3].resource.name[0].given[1]``. Names that FHIR
        does not define are given as ``?``."""
        around, _, name = leaf.place.path.rpartition(".")
        index = self._scan.indices.get(leaf.start)
        return f"{self._prefix(leaf.holder, around)}.{name}{_index(index)}"

    def locate(self, leaf: Leaf, start: int, end: int) -> tuple[int, int]:
        """The byte range of `leaf.text[start:end]`; an escape counts as the character that it stands for."""
        length = len(leaf.text)
        if not 0 <= start <= end <= length:
            raise ValueError(f"no characters {start} to {end}")
        if leaf.end - leaf.start == length:
            return leaf.start + start, leaf.start + end
        wide = self._wide.get(leaf.start)
        if wide is None:
            wide = self._wide[leaf.start] = wide_characters(self.raw, leaf.start, leaf.end, json_text.WIDE)
        return leaf.start + wide.offset(start), leaf.start + wide.offset(end)

    def encode(self, leaf: Leaf, text: str) -> bytes:
        """`text` as it may stand in the leaf: escaped in a string, beyond ASCII only if the message is; of a number or
        boolean exactly a literal of that type.

        Raises:
            TransformError: ``transform.unencodable`` for half a surrogate pair, ``transform.unreadable`` for what is
                no literal.
        """
        if text == leaf.text:
            return self.raw[leaf.start : leaf.end]
        if self.raw[leaf.start - 1 : leaf.start] != b'"':
            if not _literal(leaf).fullmatch(text):
                raise TransformError("transform.unreadable", self.path(leaf))
            return text.encode("ascii")
        try:
            return json_text.escape(text, ascii_only=self._ascii)
        except UnicodeEncodeError:
            raise TransformError("transform.unencodable", self.path(leaf)) from None

    def passages(self, leaves: Sequence[Leaf]) -> list[Passage]:
        """Each leaf is read on its own."""
        return [Passage(leaf.text, (Part(0, len(leaf.text), leaf),)) for leaf in leaves]

    def resource_path(self, unit: int) -> str:
        """The path of a resource from the outermost: ``Bundle.entry[3].resource``."""
        resource = self.resources[unit]
        if resource.parent is None:
            return resource.type
        holder = self._scan.holders[resource.holder]
        around, _, name = resource.slot.rpartition(".")
        return f"{self._prefix(holder.parent, around)}.{name}{_index(holder.element)}"

    @property
    def objects(self) -> Sequence[Holder]:
        """All JSON objects in the order of the message: leaves and resources name them by their index as `holder`."""
        return self._scan.holders

    def siblings(self, leaf: Leaf) -> dict[str, Leaf]:
        """The scalars of the object that `leaf` stands in, by member name; of an array its first element."""
        return self._surroundings().members[leaf.holder]

    def inside(self, holder: int) -> Sequence[Leaf]:
        """The leaves of an object and of all objects in it."""
        first = self._scan.holders[holder].first
        return self.leaves[first : first + self._surroundings().sizes[holder]]

    def around(self, holder: int) -> int | None:
        """The object around an object; None around the outermost."""
        parent = self._scan.holders[holder].parent
        return None if parent < 0 else parent

    def of_unit(self, unit: int) -> Sequence[Leaf]:
        """The leaves of a resource, without those of the resources in it."""
        return self._surroundings().units[unit]

    def full_url(self, unit: int) -> Leaf | None:
        """``Bundle.entry.fullUrl`` of a resource that stands in an entry."""
        resource = self.resources[unit]
        if resource.entry is None:
            return None
        entry = self._scan.holders[resource.holder].parent
        return self._surroundings().members.get(entry, {}).get("fullUrl")

    def id(self, unit: int) -> Leaf | None:
        """``Resource.id`` of a resource."""
        return self._surroundings().members[self.resources[unit].holder].get("id")

    @property
    def references(self) -> Sequence[Leaf]:
        """All ``Reference.reference``."""
        return self._surroundings().references

    def _surroundings(self) -> _Surroundings:
        if self._around is None:
            self._around = _surroundings(self._scan, len(self.resources))
        return self._around

    def _prefix(self, holder: int, path: str) -> str:
        """The path of an object with indices; `path` is the same from its resource and without them."""
        found = self._prefixes.get(holder)
        if found is None:
            found = self._prefixes[holder] = self._new_prefix(holder, path)
        return found

    def _new_prefix(self, holder: int, path: str) -> str:
        around, _, name = path.rpartition(".")
        if not around:  # a resource: here the path begins anew
            return self.resource_path(self._roots[holder])
        parent, index, *_ = self._scan.holders[holder]
        return f"{self._prefix(parent, around)}.{name}{_index(index)}"


class _Surroundings(NamedTuple):
    """Leaves by the object and by the resource that they stand in, and how many leaves each object has in all."""

    members: dict[int, dict[str, Leaf]]
    sizes: list[int]
    units: list[list[Leaf]]
    references: list[Leaf]


def _surroundings(scan: Scan, units: int) -> _Surroundings:
    members: dict[int, dict[str, Leaf]] = {}
    sizes = [0] * len(scan.holders)
    by_unit: list[list[Leaf]] = [[] for _ in range(units)]
    references: list[Leaf] = []
    names: dict[Place, tuple[str, bool]] = {}
    for leaf in scan.leaves:
        place, _, _, _, unit, holder = leaf
        known = names.get(place)
        if known is None:
            known = names[place] = place.path.rpartition(".")[2], "Reference.reference" in place.lineage
        name, is_reference = known
        own = members.get(holder)
        if own is None:
            members[holder] = {name: leaf}
        elif name not in own:
            own[name] = leaf
        by_unit[unit].append(leaf)
        sizes[holder] += 1
        if is_reference:
            references.append(leaf)
    for inner in range(len(scan.holders) - 1, 0, -1):  # inner objects have higher numbers
        sizes[scan.holders[inner].parent] += sizes[inner]
    return _Surroundings(members, sizes, by_unit, references)


def _index(index: int | None) -> str:
    return "" if index is None else f"[{index}]"


def _literal(leaf: Leaf) -> re.Pattern[str]:
    """What a number or boolean must look like to stand in the leaf."""
    return _LITERALS["boolean"] if leaf.text in ("true", "false") else _LITERALS.get(leaf.place.lineage[-1], _DECIMAL)
