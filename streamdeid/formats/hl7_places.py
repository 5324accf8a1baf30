"""Places in HL7 v2 messages: a path such as ``PID-3.4.1`` and the names under which a policy may speak of it.

Resolved once per position and version and kept in plain dicts, so that scanning costs one lookup per leaf.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from streamdeid.formats import hl7_tables as tables
from streamdeid.types import Place

#: Datatypes of fields that the tables do not have: segment -> field -> datatype, ``{"ZPI": {3: "XPN"}}``.
Declarations = Mapping[str, Mapping[int, str]]

_TEXT_DATATYPES = frozenset({"ST", "TX", "FT"})

# Numbers above this share the place of this one, and this many places are kept, so that hostile messages cannot fill
# the memory of a process that runs for months.
_HIGHEST_NUMBER: Final = 1000
_MOST_PLACES: Final = 100_000


@dataclass(frozen=True, slots=True, eq=False)
class Er7Place(Place):
    """A place that knows its position. `component` and `subcomponent` are 1 where the field or component has no
    parts; `datatype` is the field's, empty where undefined."""

    segment: str
    field: int
    component: int
    subcomponent: int
    datatype: str


def _bounded(key: int | tuple[int, int, int]) -> int | tuple[int, int, int]:
    if isinstance(key, int):
        return min(key, _HIGHEST_NUMBER)
    field, component, subcomponent = key
    return min(field, _HIGHEST_NUMBER), min(component, _HIGHEST_NUMBER), min(subcomponent, _HIGHEST_NUMBER)


class SegmentPlaces(dict[int | tuple[int, int, int], Er7Place]):
    """The places of one segment of one version, by field number (for a field without parts) or by (field, component,
    subcomponent). Filled as positions are met.

    `varying` is the number of the field whose datatype the field `selector` of the same segment names (OBX-5 by
    OBX-2); both are 0 if there is none.
    """

    __slots__ = ("_datatype", "_definitions", "_segment", "_varied", "_version", "selector", "varying")

    def __init__(self, definitions: Definitions, version: str, segment: str, datatype: str = "") -> None:
        super().__init__()
        self._definitions = definitions
        self._version = version
        self._segment = segment
        self._datatype = datatype
        self._varied: dict[str, SegmentPlaces] = {}
        self.varying, self.selector = tables.VARYING.get(segment, (0, 0))

    def __missing__(self, key: int | tuple[int, int, int]) -> Er7Place:
        bounded = _bounded(key)
        place = self.get(bounded)
        if place is None:
            place = self[bounded] = self._definitions.place(self._version, self._segment, bounded, self._datatype)
        return place

    def varied(self, datatype: str) -> SegmentPlaces:
        """The places when the varying field has this datatype. A name that is no datatype counts as none."""
        found = self._varied.get(datatype)
        if found is None:
            if datatype not in tables.all_datatypes():
                return self
            found = SegmentPlaces(self._definitions, self._version, self._segment, datatype)
            self._varied[datatype] = found
        return found


class VersionPlaces(dict[str, SegmentPlaces]):
    """The places of one version by segment name. Filled as segments are met."""

    __slots__ = ("_definitions", "_version")

    def __init__(self, definitions: Definitions, version: str) -> None:
        super().__init__()
        self._definitions = definitions
        self._version = version

    def __missing__(self, segment: str) -> SegmentPlaces:
        places = self[segment] = SegmentPlaces(self._definitions, self._version, segment)
        return places


class Definitions:
    """The HL7 tables together with a site's own declarations, which take precedence."""

    def __init__(self, declared: Declarations | None = None) -> None:
        self._declared: Declarations = declared or {}
        self._versions: dict[str, VersionPlaces] = {}
        self._interned: dict[tuple[str, tuple[str, ...]], Er7Place] = {}

    def version(self, version: str) -> VersionPlaces:
        """The places of one version's segments."""
        found = self._versions.get(version)
        if found is None:
            found = self._versions[version] = VersionPlaces(self, version)
        return found

    def place(self, version: str, segment: str, key: int | tuple[int, int, int], varying: str = "") -> Er7Place:
        """The place of a field without parts (`key` is its number) or of a field, component and subcomponent."""
        if len(self._interned) > _MOST_PLACES:
            self._versions.clear()
            self._interned.clear()
        field, component, subcomponent = (key, 1, 1) if isinstance(key, int) else key
        datatype = self._datatype(version, segment, field, varying)
        at = _Position(version, segment, field, component, subcomponent)
        if datatype is None or datatype == tables.VARIES:
            path, lineage = _untyped(at, datatype, has_parts=not isinstance(key, int), declared=self._declared)
        else:
            path, lineage = _typed(at, datatype, has_parts=not isinstance(key, int))
        interned = self._interned.get((path, lineage))
        if interned is None:
            interned = Er7Place(path, lineage, segment, field, component, subcomponent, datatype or "")
            self._interned[path, lineage] = interned
        return interned

    def _datatype(self, version: str, segment: str, field: int, varying: str) -> str | None:
        declared = self._declared.get(segment, {}).get(field)
        if declared is not None:
            return declared if declared in tables.all_datatypes() else None
        if varying and field == tables.VARYING.get(segment, (0, 0))[0]:
            return varying
        return tables.field_datatype(version, segment, field)


@dataclass(frozen=True, slots=True)
class _Position:
    version: str
    segment: str
    field: int
    component: int
    subcomponent: int

    @property
    def field_path(self) -> str:
        return f"{self.segment}-{self.field}"

    def enclosing(self, depth: int) -> tuple[str, ...]:
        """Paths from `depth` 3 (subcomponent), 2 (component) or 1 (field) outwards."""
        paths = (
            f"{self.field_path}.{self.component}.{self.subcomponent}",
            f"{self.field_path}.{self.component}",
            self.field_path,
        )
        return paths[3 - depth :]


def _untyped(
    at: _Position, datatype: str | None, *, has_parts: bool, declared: Declarations
) -> tuple[str, tuple[str, ...]]:
    """Path and lineage in a field that no table defines, or whose datatype nothing tells."""
    depth = 1 if not has_parts else 2 if at.subcomponent == 1 else 3
    paths = at.enclosing(depth)
    if datatype is not None:
        return paths[0], (*paths, datatype)
    known = at.segment in tables.all_segments() or at.segment in declared
    return paths[0], (*paths, at.segment, "undefined-field" if known else "undefined-segment")


def _typed(at: _Position, datatype: str, *, has_parts: bool) -> tuple[str, tuple[str, ...]]:
    """Path and lineage in a field of a given datatype."""
    if tables.is_composite(datatype):
        return _in_composite(at, datatype)
    is_first = at.component == at.subcomponent == 1
    if is_first and not (has_parts and datatype == "ID"):
        return at.field_path, (at.field_path, datatype)
    # A code has no parts: where there are some, another field's value has slipped here, or a newer datatype.
    paths = at.enclosing(1 if is_first else 2 if at.subcomponent == 1 else 3)
    parts = _part_names(at, datatype, tables.composite_field(at.version, at.segment, at.field))
    return paths[0], (*paths, *parts, _text(datatype))


def _part_names(at: _Position, primitive: str, composite: str | None) -> tuple[str, ...]:
    """Names for a component of a field whose datatype has none. Where another version makes the field a composite,
    the sender is thought to follow it (PID-13 of v2.2 is a TN, later an XTN)."""
    names = [f"{primitive}.{at.component}"]
    if at.subcomponent > 1:
        names.insert(0, f"{names[0]}.{at.subcomponent}")
    if composite is not None:
        names += [f"{composite}.{at.component}", composite]
    return tuple(names)


def _in_composite(at: _Position, composite: str) -> tuple[str, tuple[str, ...]]:
    names, composite = _component_names(at.version, composite, at.component)
    datatype = tables.component_datatype(at.version, composite, at.component)
    if datatype is None:
        return _undefined_component(at, names[0])
    if tables.is_composite(datatype):
        paths = at.enclosing(3)
        return paths[0], (*paths, f"{names[-1]}.{at.subcomponent}", *names, *_subcomponent(at, datatype))
    if at.subcomponent == 1:
        paths = at.enclosing(2)
        return paths[0], (*paths, *names, composite, datatype)
    paths = at.enclosing(3)
    names = [f"{names[-1]}.{at.subcomponent}", *names, f"{datatype}.{at.subcomponent}"]
    later = tables.composite_component(at.version, composite, at.component)
    if later is not None:
        names += [f"{later}.{at.subcomponent}", later]
    return paths[0], (*paths, *names, _text(datatype))


def _component_names(version: str, composite: str, component: int) -> tuple[list[str], str]:
    """A component by the composite's name; where that has no such component and its successor has, by both names,
    and the successor (``CE.9``, ``CWE.9``)."""
    names = [f"{composite}.{component}"]
    successor = tables.SUCCESSORS.get(composite)
    if (
        successor is not None
        and tables.component_datatype(version, composite, component) is None
        and tables.component_datatype(version, successor, component) is not None
    ):
        return [*names, f"{successor}.{component}"], successor
    return names, composite


def _undefined_component(at: _Position, name: str) -> tuple[str, tuple[str, ...]]:
    if at.subcomponent == 1:
        paths = at.enclosing(2)
        return paths[0], (*paths, name, "undefined-component")
    paths = at.enclosing(3)
    return paths[0], (*paths, f"{name}.{at.subcomponent}", name, "undefined-component")


def _subcomponent(at: _Position, composite: str) -> tuple[str, ...]:
    """Names of a subcomponent, and of the first parts of the datatypes inside it down to a primitive."""
    names: list[str] = []
    number = at.subcomponent
    datatype = composite
    while tables.is_composite(datatype):
        found, datatype = _component_names(at.version, datatype, number)
        names += found
        inner = tables.component_datatype(at.version, datatype, number)
        if inner is None:
            return (*names, "undefined-component")
        names.append(datatype)
        datatype, number = inner, 1
    return (*names, datatype)


def _text(primitive: str) -> str:
    """Surplus parts of a number, code or date are no number, code or date: they are read as text."""
    return primitive if primitive in _TEXT_DATATYPES else "ST"


#: The tables alone.
STANDARD: Final = Definitions()

_declared: list[tuple[Declarations, Definitions]] = []


def definitions_for(declared: Declarations | None) -> Definitions:
    """The definitions with these declarations. The last few mappings are remembered by identity, so they must not
    change once used."""
    if not declared:
        return STANDARD
    for known, definitions in _declared:
        if known is declared:
            return definitions
    definitions = Definitions(declared)
    _declared.insert(0, (declared, definitions))
    del _declared[16:]
    return definitions
