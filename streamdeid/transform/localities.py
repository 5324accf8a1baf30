"""Towns of the United States with their state, county and ZIP codes, and what a place's name tells of where it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final, NamedTuple

from streamdeid.transform.lexicon import read_lines

#: So many towns at least are drawn from.
_ENOUGH: Final = 3
_AREAS_LOOKED_AT: Final = 8


class Locality(NamedTuple):
    """A town that false addresses are in: of less than 100,000 inhabitants, and not called like a person. `zips` are
    some of its ZIP codes."""

    city: str
    state: str
    county: str
    zips: tuple[str, ...]


class CityArea(NamedTuple):
    """Where the largest place of a name is: its state, and the ZIP3 area that most of it lies in, if known."""

    state: str
    area: str


@cache
def _by_area() -> Mapping[tuple[str, str], tuple[Locality, ...]]:
    """(state, ZIP3 area) -> its towns."""
    found: dict[tuple[str, str], list[Locality]] = defaultdict(list)
    for line in read_lines("localities.txt"):
        area, state, city, county, ends = line.split("\t")
        zips = tuple(area + end for end in ends.split(" "))
        found[state, area].append(Locality(city, state, county, zips))
    return {key: tuple(towns) for key, towns in found.items()}


@cache
def _areas() -> Mapping[str, tuple[str, ...]]:
    """State -> its ZIP3 areas."""
    found: dict[str, list[str]] = defaultdict(list)
    for state, area in _by_area():
        found[state].append(area)
    return {state: tuple(areas) for state, areas in found.items()}


def state_of_area(area: str) -> str:
    """The state that most of a ZIP3 area lies in; empty for one that there is none of."""
    return _states().get(area, "")


@cache
def _states() -> Mapping[str, str]:
    return dict(line.split("\t") for line in read_lines("zip_areas.txt"))


@cache
def _cities() -> tuple[Mapping[str, CityArea], Mapping[tuple[str, str], str]]:
    largest: dict[str, CityArea] = {}
    areas: dict[tuple[str, str], str] = {}
    for line in read_lines("cities.txt"):
        state, city, *rest = line.split("\t")
        key, area = city.casefold(), rest[1] if len(rest) > 1 else ""
        largest.setdefault(key, CityArea(state, area))
        areas.setdefault((state, key), area)
    return largest, areas


def city_area(city: str, state: str = "") -> CityArea | None:
    """Where a city (lower-cased) of a state is, or the largest one of its name; None where there is none known."""
    largest, areas = _cities()
    if not state:
        return largest.get(city)
    area = areas.get((state, city))
    return None if area is None else CityArea(state, area)


@cache
def towns_of(state: str) -> Sequence[Locality]:
    """All towns of a state; of the whole country for one that is not known."""
    is_any = state not in _areas()
    return tuple(town for (one, _), towns in _by_area().items() if is_any or one == state for town in towns)


@cache
def codes_of_area(area: str) -> Sequence[str]:
    """The ZIP codes of the towns of an area, in the order of the codes."""
    towns = _by_area().get((state_of_area(area), area), ())
    return tuple(sorted(code for town in towns for code in town.zips))


@cache
def towns_near(state: str, area: str) -> Sequence[Locality]:
    """The towns of a ZIP3 area of a state: with those of the areas next to it where they are few, of other states where
    the state has no other areas."""
    areas = _areas().get(state, ())
    found: list[Locality] = []
    for one in sorted(areas, key=lambda other: (abs(int(other) - int(area)), other))[:_AREAS_LOOKED_AT]:
        found += _by_area()[state, one]
        if len(found) >= _ENOUGH:
            return tuple(found)
    rest = sorted(_by_area(), key=lambda key: (abs(int(key[1]) - int(area)), key))
    for key in rest:
        if len(found) >= _ENOUGH:
            break
        found += [town for town in _by_area()[key] if town not in found]
    return tuple(found)
