"""The elements around a FHIR place, from its resource down, and the types that a path can lead to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from streamdeid.formats.fhir_tables import ANY_RESOURCE, PRIMITIVES, ElementDefinition, Tables
from streamdeid.types import Place


class Element(NamedTuple):
    """One element on the way to a place: its FHIRPath name (``value`` for ``valueQuantity``) and its type; of the
    first one, the resource itself, both are the resource's type."""

    name: str
    type: str


def elements_of(tables: Tables, place: Place) -> tuple[Element, ...]:
    """The resource, then element by element down to the place; nothing for a place that FHIR does not define and for
    ``resourceType``, which is no element."""
    resource, *names = place.path.split(".")
    if resource not in tables.resources:
        return ()
    found = [Element(resource, resource)]
    for name in names:
        type_name = found[-1].type
        definition = tables.types["Element" if type_name in PRIMITIVES else type_name].elements.get(name)
        if definition is None:
            return ()
        found.append(Element(path_name(definition), definition.type))
    return tuple(found)


def path_name(definition: ElementDefinition) -> str:
    """What FHIRPath calls the element: for a choice the name without the type."""
    return definition.choice.removesuffix("[x]") or definition.name


def below(tables: Tables, type_name: str) -> Iterator[Element]:
    """The elements of a type; of a primitive the id and extensions that it may have."""
    definition = tables.types.get("Element" if type_name in PRIMITIVES else type_name)
    for element in definition.elements.values() if definition else ():
        yield Element(path_name(element), element.type)


def within(tables: Tables, type_names: Iterable[str]) -> set[Element]:
    """All elements in these types, at any depth, up to the resources in them."""
    found: set[Element] = set()
    ahead = list(type_names)
    seen = set(ahead)
    while ahead:
        for element in below(tables, ahead.pop()):
            found.add(element)
            if element.type not in seen and element.type != ANY_RESOURCE:
                seen.add(element.type)
                ahead.append(element.type)
    return found
