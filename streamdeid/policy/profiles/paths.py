"""Whether FHIRPath rules keep what a profile wants gone: by the types and elements that a path leads to."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Final

from streamdeid.formats.fhir_elements import below, path_name
from streamdeid.formats.fhir_selectors import Route, routes_of, targets
from streamdeid.formats.fhir_tables import PRIMITIVES, RELEASES, Tables, load
from streamdeid.formats.lineages import first, lineages
from streamdeid.policy.profiles.law import NOBODY, OTHER
from streamdeid.policy.profiles.meanings import meanings
from streamdeid.policy.profiles.places import RuleLike, Standard, of_label, of_meaning
from streamdeid.types import Format

#: What may stand in any element, and would lead everywhere.
_EVERYWHERE: Final = frozenset({"Extension", "Reference", "Meta", "Resource"})


def of_path(standard: Standard, path: str, rule: RuleLike) -> Iterator[str]:
    """What there is against a rule for all that a path picks, once for each item of the law."""
    found = [of_label(standard, rule, rule.label or "")]
    found += [of_meaning(standard, rule, meaning) for meaning in sorted(_held(path))]
    yield from dict.fromkeys(filter(None, found))


@cache
def _held(path: str) -> frozenset[str]:
    """What may stand where the path leads."""
    known = meanings(Format.FHIR)
    by_name = [_named(route) for route in routes_of(path)]
    named = frozenset[str]().union(*by_name)
    if all(by_name) and OTHER not in named:
        return named
    types = {one for release in RELEASES for one in _inside(load(release), path)}
    return (named - {OTHER}) | frozenset(
        meaning
        for name, meaning in known.items()
        if meaning != NOBODY and (name if name in PRIMITIVES else name.rpartition(".")[0]) in types
    )


def _named(route: Route) -> frozenset[str]:
    """What stands at the elements that a route leads to by their name, whatever the criteria on its way. Empty where
    its last step is no name, or where no release has it."""
    steps = tuple(step for step in route.steps if step.kind != "where")
    if not steps or steps[-1].kind != "child":
        return frozenset()
    if route.resource and all(step.kind == "child" for step in steps):
        found = _meanings_of(".".join((route.resource, *(step.name for step in steps))))
        return frozenset(found - {OTHER} or found)
    around = Route(route.resource, steps[:-1])
    owners = ((tables, kind) for tables in map(load, RELEASES) for kind in _targets(around, tables) - PRIMITIVES)
    names = {
        f"{kind}.{element.name}"
        for tables, kind in owners
        for element in (tables.types[kind].elements.values() if kind in tables.types else ())
        if path_name(element) == steps[-1].name
    }
    return frozenset[str]().union(*map(_meanings_of, names))


def _meanings_of(name: str) -> set[str]:
    known = meanings(Format.FHIR)
    return {known.get(first(known, lineage), OTHER) for lineage in lineages(Format.FHIR, name, {})}


def _targets(route: Route, tables: Tables) -> set[str]:
    try:
        return targets(route, tables)
    except ValueError:  # not in this release
        return set()


def _inside(tables: Tables, path: str) -> set[str]:
    """The types that a path can lead to, and those of the elements in them."""
    ahead = [kind for route in routes_of(path) for kind in _targets(route, tables)]
    found: set[str] = set()
    while ahead:
        kind = ahead.pop()
        if kind not in found:
            found.add(kind)
            inner = () if kind in PRIMITIVES else below(tables, kind)
            ahead += [element.type for element in inner if element.type not in _EVERYWHERE]
    return found
