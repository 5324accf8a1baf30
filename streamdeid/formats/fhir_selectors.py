"""Which elements a FHIRPath expression picks: decided by the places alone, or for each message by what it says.

A selector speaks of one resource at a time; it does not reach into resources that stand in another. What it picks is
picked with everything in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from streamdeid.formats import fhirpath
from streamdeid.formats.fhir_elements import Element, below, within
from streamdeid.formats.fhir_tables import ANY_RESOURCE, PRIMITIVES, Tables
from streamdeid.formats.fhirpath import Binary, Call, Expression, Literal, Member, This

_ROOT: Final = re.compile(r"\s*([A-Z][A-Za-z]*)")
_ANY: Final = frozenset({"Resource", "DomainResource"})
_STEPS: Final = {"nodesByType": "type", "nodesByName": "name", "ofType": "of", "as": "of", "where": "where"}
#: Functions that lead to what is in an element: to all that stands in it directly, or at any depth. What is picked is
#: picked with everything in it, so the two pick the same.
_BELOW: Final = frozenset({"children", "descendants"})
#: How a path may start that is about resources in a bundle; it is taken to be about resources anywhere.
_ENTRIES: Final = ("Bundle", "entry", "resource")


class Step(NamedTuple):
    """One step of a route. `kind` is ``child`` (an element of this name), ``type`` or ``name`` (this one or any in it
    that has the type or name), ``of`` (this one, if it has the type), ``where`` (this one, if it meets the
    criterion), or ``below`` (any in this one)."""

    kind: str
    name: str = ""
    criterion: Expression | None = None


class Route(NamedTuple):
    """A way to an element: from resources of a type, or of any where `resource` is empty, step by step. A path may
    have reached the resource by way of a bundle, which makes no difference."""

    resource: str
    steps: tuple[Step, ...]

    starts_in_bundle: bool = False

    @property
    def is_conditional(self) -> bool:
        """Whether it depends on what a message says."""
        return any(step.kind == "where" for step in self.steps)


def routes_of(path: str) -> tuple[Route, ...]:
    """The routes of a path, one for each side of its unions.

    A path that starts with a resource type is about that type alone. (So it is in the tools that these paths come
    from: ``Patient.name | Practitioner.name`` picks nothing in a Practitioner there, and is refused here.)

    Raises:
        ValueError: it is no FHIRPath that picks elements; says why.
    """
    routes = [_of_entry(route) for route in _routes(fhirpath.parse(path))]
    root = _ROOT.match(path)
    if root and any(route.starts_in_bundle for route in routes):
        return tuple(routes)
    first = root[1] if root else ""
    if not first or first in _ANY:
        return tuple(routes)
    if any(route.resource != first for route in routes):
        raise ValueError(f"a path that starts with {first} is about that type alone: write a rule for each")
    return tuple(routes)


def starts_in_bundle(path: str) -> bool:
    """Whether a path is about resources in a bundle (``Bundle.entry.resource``), and so taken for all resources.

    Raises:
        ValueError: as `routes_of`.
    """
    return any(route.starts_in_bundle for route in routes_of(path))


def picks(route: Route, elements: Sequence[Element], holds: Callable[[Expression, int], bool]) -> bool:
    """Whether the route leads to one of these elements, which lead from a resource down to a place. `holds` tells
    whether the element at an index meets a criterion."""
    if not elements or route.resource not in ("", elements[0].type):
        return False
    reached = {0}
    for step in route.steps:
        reached = set(_after(step, reached, elements, holds))
        if not reached:
            return False
    return True


def always(criterion: Expression, index: int) -> bool:
    """For `picks`: whether the route leads here if its criteria are met."""
    return True


def targets(route: Route, tables: Tables) -> set[str]:
    """The types of all elements that the route can lead to in any message; none if it leads nowhere.

    Raises:
        ValueError: it leads into a resource that stands in another, or asks for a type that FHIR does not have.
    """
    reached = {Element(one, one) for one in tables.resources if route.resource in ("", one)}
    for step in route.steps:
        reached = _all_after(step, reached, tables)
        if any(element.type == ANY_RESOURCE for element in reached):
            raise ValueError("it leads into a resource that stands in another: write it from that resource's type")
    return {element.type for element in reached}


def _after(
    step: Step, reached: set[int], elements: Sequence[Element], holds: Callable[[Expression, int], bool]
) -> Iterator[int]:
    for at in reached:
        if step.kind == "child":
            if at + 1 < len(elements) and elements[at + 1].name == step.name:
                yield at + 1
        elif step.kind == "where":
            if step.criterion is not None and holds(step.criterion, at):
                yield at
        elif step.kind == "of":
            if elements[at].type == step.name:
                yield at
        elif step.kind == "below":
            yield from range(at + 1, len(elements))
        else:
            yield from (i for i in range(at, len(elements)) if step.name == _key(step, elements[i], i))


def _all_after(step: Step, reached: set[Element], tables: Tables) -> set[Element]:
    if step.kind == "child":
        return {one for element in reached for one in below(tables, element.type) if one.name == step.name}
    if step.kind == "where":
        return reached
    if step.kind == "of":
        _check_type(step.name, tables)
        return {element for element in reached if element.type == step.name}
    if step.kind == "below":
        inner = within(tables, {element.type for element in reached})
        return {element for element in inner if element.type != ANY_RESOURCE}
    if step.kind == "type":
        _check_type(step.name, tables)
    inner = within(tables, {element.type for element in reached})
    return {element for element in reached | inner if step.name == _key(step, element, 1)}


def _key(step: Step, element: Element, index: int) -> str:
    return element.type if step.kind == "type" else element.name if index else ""


def _check_type(name: str, tables: Tables) -> None:
    if name in tables.resources:
        raise ValueError(f"{name} is a resource: start the path with it")
    if name not in PRIMITIVES and (name not in tables.types or name in ("Element", "BackboneElement", *_ANY)):
        raise ValueError(f"FHIR has no datatype {name}")


def _routes(expression: Expression) -> Iterator[Route]:
    if isinstance(expression, Binary) and expression.sign == "|":
        yield from _routes(expression.left)
        yield from _routes(expression.right)
    elif isinstance(expression, Binary) and expression.sign == "as" and isinstance(expression.right, Member):
        yield from _with(expression.left, Step("of", expression.right.name))
    elif isinstance(expression, Call) and expression.function == "extension":
        is_it = Binary("=", Member(None, "url"), expression.arguments[0])
        yield from _with(Member(expression.base, "extension"), Step("where", "", is_it))
    elif isinstance(expression, Call):
        yield from _with(expression.base, _step(expression))
    elif isinstance(expression, Member):
        is_root = expression.base is None and expression.name[:1].isupper()
        if is_root:
            yield Route("" if expression.name in _ANY else expression.name, ())
        else:
            yield from _with(expression.base, Step("child", expression.name))
    else:
        raise ValueError("it picks no elements")


def _with(base: Expression | None, step: Step) -> Iterator[Route]:
    for route in (Route("", ()),) if base is None else _routes(base):
        yield Route(route.resource, (*route.steps, step))


def _of_entry(route: Route) -> Route:
    """A route that leads through a bundle to the resources in it, as one from these resources."""
    names = (route.resource, *(step.name if step.kind == "child" else "" for step in route.steps[:2]))
    if names != _ENTRIES:
        return route
    steps = route.steps[2:]
    if steps and steps[0].kind == "of":
        return Route(steps[0].name, steps[1:], starts_in_bundle=True)
    kind = _resource_type(steps[0].criterion) if steps else ""
    return Route(kind, steps[1:] if kind else steps, starts_in_bundle=True)


def _resource_type(criterion: Expression | None) -> str:
    """The type that a criterion asks of a resource: ``resourceType = 'Patient'``, or ``$this is Patient``."""
    if isinstance(criterion, Binary):
        left, right = criterion.left, criterion.right
        if criterion.sign == "is" and isinstance(left, This) and isinstance(right, Member):
            return right.name
        if criterion.sign == "=" and left == Member(None, "resourceType") and isinstance(right, Literal):
            return right.text
    return ""


def _step(call: Call) -> Step:
    if call.function in _BELOW:
        return Step("below")
    kind = _STEPS.get(call.function)
    if kind is None:
        raise ValueError(f"{call.function}() picks no elements")
    argument = call.arguments[0]
    if kind == "where":
        _check_criterion(argument)
        return Step(kind, "", argument)
    if isinstance(argument, Literal) and argument.kind == "string":
        return Step(kind, argument.text)
    if isinstance(argument, Member) and kind == "of":
        return Step(kind, argument.name)
    raise ValueError(f"{call.function}() needs a name in quotes")


def _check_criterion(expression: Expression) -> None:
    """Refuse what would be read but not understood in a criterion."""
    if isinstance(expression, Member):
        if expression.name == "extension":
            raise ValueError("criteria about extensions are not supported: write .extension.where(url='...')")
        if expression.base is None and expression.name[:1].isupper():
            raise ValueError(f"a criterion cannot start from {expression.name}")
        if expression.base is not None:
            _check_criterion(expression.base)
    elif isinstance(expression, Call):
        if expression.function.startswith("nodesBy") or expression.function in (*_BELOW, "extension"):
            raise ValueError(f"{expression.function}() is not supported in a criterion")
        inner = () if expression.function in ("ofType", "as", "is") else expression.arguments
        for one in (expression.base or This(), *inner):
            _check_criterion(one)
    elif isinstance(expression, Binary):
        _check_criterion(expression.left)
        if expression.sign not in ("is", "as"):
            _check_criterion(expression.right)
