"""Leads the JSON scanner through FHIR: finds resources and extensions, and what no table defines."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, TypeVar

from streamdeid.errors import ScanError
from streamdeid.formats.fhir_places import (
    Catalogue,
    ExtensionSlot,
    ObjectShape,
    PathShape,
    UndefinedShape,
    undefined_place,
    undefined_shape,
)
from streamdeid.formats.json_scan import Holder, Kind, Shape, members
from streamdeid.types import Place

_FIRST_MEMBER = re.compile(rb'\{[ \t\n\r]*+"(url|resourceType)"[ \t\n\r]*+:[ \t\n\r]*+"([ !#-\[\]-~]*+)"')
_EMPTY = re.compile(rb"[\[{][ \t\n\r]*+[\]}]")
_ELEMENT_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")

#: Undefined names, and extension URLs, that one document may have. Each costs a place: more is an attack.
MAX_NAMES = 2_000


class Resource(NamedTuple):
    """One resource of a document: in a bundle, in parameters, contained in another, or the document's own.

    `unit` and `holder` are those of its leaves, `raw[start:end]` is all of it. `parent` is the unit of the resource
    around it and `slot` the place there (``Bundle.entry.resource``, ``Patient.contained``); the document's own has
    neither. `entry` is the index of the ``Bundle.entry`` that it is the resource of.
    """

    type: str
    unit: int
    holder: int
    start: int
    end: int
    parent: int | None = None
    slot: str = ""
    entry: int | None = None


class FhirGuide:
    """A `json_scan.Guide` for one document."""

    def __init__(self, raw: bytes, catalogue: Catalogue) -> None:
        self._raw = raw
        self._catalogue = catalogue
        self._resources: list[Resource] = []
        self._members: dict[int, dict[str, str]] | None = None
        # What FHIR does not define is forgotten with the document.
        self._undefined_places: dict[tuple[Shape, str | None], Place] = {}
        self._undefined_shapes: dict[tuple[Shape, str | None], UndefinedShape] = {}
        self._urls: set[str] = set()

    def place(self, shape: Shape, name: str | None, kind: Kind, position: int) -> Place:
        """The place of a scalar.

        Raises:
            ScanError: ``fhir.structure`` if FHIR has another kind of thing here, ``fhir.element`` if `name` could not
                be the name of an element, or there are too many of them.
        """
        odd = self._where_undefined(shape, name, position)
        if odd is None:
            places = {"string": shape.strings, "number": shape.numbers, "boolean": shape.booleans}
            return _found(places[kind], shape, name, position)
        place = self._undefined_places.get((shape, name))
        if place is None:
            _check_count(self._undefined_places, position)
            place = self._undefined_places[shape, name] = undefined_place(odd, name)
        return place

    def shape(self, shape: Shape, name: str | None, kind: Kind, position: int) -> Shape:
        """The shape of an object or array.

        Raises:
            ScanError: as `place`; and ``fhir.element`` if it is undefined and has nothing in it that the policy could
                be asked about.
        """
        odd = self._where_undefined(shape, name, position)
        if odd is None:
            return _found(shape.objects if kind == "object" else shape.arrays, shape, name, position)
        if _EMPTY.match(self._raw, position):
            raise ScanError("fhir.element", f"byte {position}")
        inner = self._undefined_shapes.get((shape, name))
        if inner is None:
            _check_count(self._undefined_shapes, position)
            inner = self._undefined_shapes[shape, name] = undefined_shape(odd, name)
        return inner

    def null(self, shape: Shape, name: str | None, position: int) -> None:
        """Nulls pad the arrays of primitives; they are let pass wherever FHIR defines something.

        Raises:
            ScanError: ``fhir.element`` where it does not: there is no leaf that the policy could be asked about.
        """
        if shape is self._catalogue.top:
            raise ScanError("fhir.structure", f"byte {position}")
        if self._where_undefined(shape, name, position) is not None:
            raise ScanError("fhir.element", f"byte {position}")

    def enter(self, shape: Shape, unit: int, holder: int, position: int) -> tuple[Shape, int]:
        """The shape of an extension with this URL, or of a resource of this type, which is a unit of its own.

        Raises:
            ScanError: ``fhir.resource_type``; ``fhir.element`` for too many URLs.
        """
        if isinstance(shape, ExtensionSlot):
            url = self._member(position, "url")
            if url not in self._urls:
                _check_count(self._urls, position)
                self._urls.add(url)
            return self._catalogue.extension(shape, url), unit
        type_ = self._member(position, "resourceType")
        inner = self._catalogue.resource(type_)
        if inner is None:
            raise ScanError("fhir.resource_type", f"byte {position}")
        number = len(self._resources)
        parent = unit if number else None
        self._resources.append(Resource(type_, number, holder, position, position, parent, _path(shape)))
        return inner, number

    @property
    def met_undefined(self) -> bool:
        """Whether there was anything that FHIR does not define."""
        return bool(self._undefined_places)

    def leave(self, unit: int, end: int) -> None:
        """Notes where a resource ends."""
        self._resources[unit] = self._resources[unit]._replace(end=end)

    def resources(self, holders: Sequence[Holder]) -> tuple[Resource, ...]:
        """All resources, once the document has been walked; `unit` is their index."""
        return tuple(
            found._replace(entry=holders[holders[found.holder].parent].element)
            if found.slot == "Bundle.entry.resource"
            else found
            for found in self._resources
        )

    def _where_undefined(self, shape: Shape, name: str | None, position: int) -> ObjectShape | UndefinedShape | None:
        """`shape`, if FHIR does not define `name` there, and what stands there is for the policy to decide."""
        if isinstance(shape, ObjectShape):
            if name is not None and self._catalogue.define(shape, name):
                return None
        elif not isinstance(shape, UndefinedShape):
            return None
        if name is not None and not _ELEMENT_NAME.fullmatch(name):
            raise ScanError("fhir.element", f"byte {position}")
        return shape

    def _member(self, position: int, name: str) -> str:
        """The string that is the member `name` of the object at `position`, or empty. It is nearly always the first."""
        first = _FIRST_MEMBER.match(self._raw, position)
        if first and first.group(1) == name.encode("ascii"):
            return first.group(2).decode("ascii")
        if self._members is None:
            self._members = members(self._raw, ("url", "resourceType"))
        return self._members.get(position, {}).get(name, "")


def _check_count(names: Collection[object], position: int) -> None:
    if len(names) == MAX_NAMES:
        raise ScanError("fhir.element", f"byte {position}")


_Answer = TypeVar("_Answer")


def _found(answers: Mapping[str | None, _Answer], shape: Shape, name: str | None, position: int) -> _Answer:
    if name in answers:
        return answers[name]
    path = _path(shape) if name is None else f"{_path(shape)}.{name}"
    raise ScanError("fhir.structure", f"{path} (byte {position})" if path else f"byte {position}")


def _path(shape: Shape) -> str:
    return shape.path if isinstance(shape, PathShape) else ""
