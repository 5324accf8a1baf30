"""The places of FHIR: shapes for the JSON scanner, each with the names under which a policy may speak of its leaves.

Paths restart at each resource, so that ``Patient.name.family`` is the same place in a file of its own, in a bundle
and as a contained resource. Lineages name a leaf

1. by its path from the resource, ``Patient.contact.name.family``;
2. inside an extension, by the extension: ``Extension(URL).valueString``, ``Extension(URL)``, the same for the
   extensions around it, and ``Extension`` for any. So a policy that names a URL decides about all that is in it,
   one that names ``Extension`` about all extensions it does not name, and others go by type;
3. by the element of the types around it, ``Identifier.assigner.display``, ``HumanName.family``; for a choice also
   ``Observation.value[x]``;
4. by its primitive type.

Some have one more name before one of the third kind, which says what stands beside the value: see `fhir_variants`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from streamdeid.formats.fhir_tables import (
    ANY_RESOURCE,
    NUMBERS,
    PRIMITIVES,
    ElementDefinition,
    Tables,
    TypeDefinition,
)
from streamdeid.formats.json_scan import Kind, Shape
from streamdeid.formats.variants import with_variant
from streamdeid.types import Place

#: Stands in paths for the name of an element that FHIR does not define: it may say something about somebody.
UNNAMED = "?"
_UNDEFINED = "undefined-element"
#: Types that lend their elements to others: ``Patient.id`` is ``Resource.id``.
_ABSTRACT = ("Element", "BackboneElement", "BackboneType", "Resource", "DomainResource")
#: What an extension's URL must look like to become part of names.
_URL = re.compile(r"[A-Za-z0-9:/._~#|%?&=+-]+")
_MAX_NAME = 500


@dataclass(frozen=True, slots=True)
class ExtensionScope:
    """The innermost extension around a shape, ``Extension(URL)``, or empty for an odd URL; those around that one,
    innermost first; and the path inside it, such as ``.valueAddress``."""

    name: str = ""
    outer: tuple[str, ...] = ()
    path: str = ""

    def inside(self, name: str) -> ExtensionScope:
        """The scope of an element."""
        return ExtensionScope(self.name, self.outer, f"{self.path}.{name}")

    def extension(self, url: str) -> ExtensionScope:
        """The scope of an extension of something in this scope; `url` may be empty."""
        outer = (self.name, *self.outer) if self.name else self.outer
        name = f"{self.name[:-1]}/{url})" if self.name else f"Extension({url})"
        return ExtensionScope(name if url and len(name) <= _MAX_NAME else "", outer)

    def names(self, name: str) -> Iterator[str]:
        """The names of an element that a policy may use to speak of the extension."""
        if self.name:
            yield f"{self.name}{self.path}.{name}"
            yield self.name
        yield from self.outer
        yield "Extension"


class PathShape(Shape):
    """A shape with the path of what stands there. Used as it is for arrays, and for the text's own value."""

    __slots__ = ("path",)

    def __init__(self, path: str, *, special: bool = False) -> None:
        super().__init__(special=special)
        self.path = path


class ObjectShape(PathShape):
    """An object of a FHIR type, the element that it stands in (``Identifier.assigner``; empty for a resource), and the
    extension that it is part of."""

    __slots__ = ("element", "scope", "type")

    def __init__(self, path: str, type_: TypeDefinition, scope: ExtensionScope | None, element: str) -> None:
        super().__init__(path)
        self.type = type_
        self.scope = scope
        self.element = element


class ResourceSlot(PathShape):
    """A place for a resource of any type."""

    __slots__ = ()

    def __init__(self, path: str) -> None:
        super().__init__(path, special=True)


class ExtensionSlot(PathShape):
    """A place for an extension with any URL, and the shapes for those URLs that have been met."""

    __slots__ = ("outer", "shapes")

    def __init__(self, path: str, outer: ExtensionScope) -> None:
        super().__init__(path, special=True)
        self.outer = outer
        self.shapes: dict[str, ObjectShape] = {}


class UndefinedShape(PathShape):
    """An object or array that FHIR does not define. `heads` are its own names, `names` those of what is around it
    up to the first undefined element."""

    __slots__ = ("heads", "names")

    def __init__(self, path: str, heads: tuple[str, ...], names: tuple[str, ...]) -> None:
        super().__init__(path)
        self.heads = heads
        self.names = names


class Catalogue:
    """All shapes of a FHIR release that messages have called for so far. Shared by scans; `size` counts them."""

    def __init__(self, tables: Tables) -> None:
        self.size = 0
        self.top = PathShape("")
        self.top.objects[None] = ResourceSlot("")
        self._types = tables.types
        self._resources: dict[str, ObjectShape | None] = dict.fromkeys(tables.resources)
        self._variants: dict[tuple[Place, str], Place] = {}

    def resource(self, name: str) -> ObjectShape | None:
        """The shape of a resource; None if the release has no such resource."""
        shape = self._resources.get(name)
        if shape is None and name in self._resources:
            shape = self._resources[name] = self._object(name, self._types[name], None)
            shape.strings["resourceType"] = Place(
                f"{name}.resourceType", (f"{name}.resourceType", "Resource.resourceType", "code")
            )
        return shape

    def extension(self, slot: ExtensionSlot, url: str) -> ObjectShape:
        """The shape of an extension. URLs that cannot be part of a name share one."""
        shape = slot.shapes.get(url)
        if shape is not None:
            return shape
        if url and not _URL.fullmatch(url):
            return self.extension(slot, "")
        shape = slot.shapes[url] = self._object(
            slot.path, self._types["Extension"], slot.outer.extension(url), "Extension"
        )
        return shape

    def variant(self, place: Place, name: str) -> Place:
        """The same place with one more name, right before the one that it is a variant of."""
        found = self._variants.get((place, name))
        if found is None:
            self.size += 1
            found = self._variants[place, name] = Place(place.path, with_variant(place.lineage, name))
        return found

    def define(self, shape: ObjectShape, name: str) -> bool:
        """Puts the place or shape of a member into `shape`, if FHIR defines it there at all."""
        element = shape.type.elements.get(name)
        if element is not None:
            self._define(shape, element)
            return True
        of = shape.type.elements.get(name[1:]) if name.startswith("_") else None
        if of is None or of.type not in PRIMITIVES:
            return False
        inner = self._object(f"{shape.path}.{of.name}", self._types["Element"], _inside(shape, of.name), "Element")
        self._add_object(shape, name, inner, repeats=of.repeats)
        return True

    def _define(self, shape: ObjectShape, element: ElementDefinition) -> None:
        path = f"{shape.path}.{element.name}"
        if element.type in PRIMITIVES:
            target = self._array(shape, element.name, path) if element.repeats else shape
            place, name = Place(path, _lineage(shape, element)), None if element.repeats else element.name
            for kind in _scalar_kinds(element.type):
                {"string": target.strings, "number": target.numbers, "boolean": target.booleans}[kind][name] = place
            return
        inner: PathShape
        if element.type == ANY_RESOURCE:
            inner = ResourceSlot(path)
        elif element.type == "Extension":
            inner = ExtensionSlot(path, shape.scope or ExtensionScope())
        else:
            around = f"{shape.type.name}.{element.name}"
            inner = self._object(path, self._types[element.type], _inside(shape, element.name), around)
        self._add_object(shape, element.name, inner, repeats=element.repeats)

    def _object(self, path: str, type_: TypeDefinition, scope: ExtensionScope | None, element: str = "") -> ObjectShape:
        self.size += 1
        return ObjectShape(path, type_, scope, element)

    def _array(self, shape: ObjectShape, name: str, path: str) -> PathShape:
        array = shape.arrays[name] = PathShape(path)
        return array

    def _add_object(self, shape: ObjectShape, name: str, inner: PathShape, *, repeats: bool) -> None:
        if repeats:
            self._array(shape, name, inner.path).objects[None] = inner
        else:
            shape.objects[name] = inner


def undefined_shape(shape: ObjectShape | UndefinedShape, name: str | None) -> UndefinedShape:
    """The shape of a member, or element of an array, that FHIR does not define."""
    heads, names = _undefined_names(shape, name)
    return UndefinedShape(shape.path if name is None else f"{shape.path}.{UNNAMED}", heads, names)


def undefined_place(shape: ObjectShape | UndefinedShape, name: str | None) -> Place:
    """The place of a scalar that FHIR does not define."""
    heads, names = _undefined_names(shape, name)
    path = shape.path if name is None else f"{shape.path}.{UNNAMED}"
    return Place(path, (*dict.fromkeys((*heads, *names)), _UNDEFINED))


def _undefined_names(shape: ObjectShape | UndefinedShape, name: str | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if isinstance(shape, ObjectShape):
        return (f"{shape.path}.{name}", f"{shape.type.name}.{name}"), ()
    if name is None:
        return shape.heads, shape.names
    return tuple(f"{head}.{name}" for head in shape.heads), (*shape.heads, *shape.names)


def _inside(shape: ObjectShape, name: str) -> ExtensionScope | None:
    return shape.scope.inside(name) if shape.scope else None


def _scalar_kinds(primitive: str) -> tuple[Kind, ...]:
    if primitive == "boolean":
        return ("boolean",)
    if primitive == "integer64":
        return ("string", "number")
    return ("number",) if primitive in NUMBERS else ("string",)


def _lineage(shape: ObjectShape, element: ElementDefinition) -> tuple[str, ...]:
    type_name, name = shape.type.name, element.name
    names = [f"{shape.path}.{name}"]
    if shape.scope and (type_name, name) != ("Extension", "url"):
        names += shape.scope.names(name)
    if element.owner not in _ABSTRACT:
        if shape.element and shape.element != type_name:
            names.append(f"{shape.element}.{name}")
        names.append(f"{type_name}.{name}")
    if element.choice:
        names.append(f"{type_name}.{element.choice}")
    names += (f"{element.owner}.{name}", element.type)
    return tuple(dict.fromkeys(names))
