"""Whether FHIRPath rules keep what a profile wants gone: by the types and elements that a path leads to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from streamdeid.formats.fhir_elements import below
from streamdeid.formats.fhir_selectors import routes_of, targets
from streamdeid.formats.fhir_tables import PRIMITIVES, RELEASES, Tables, load
from streamdeid.formats.lineages import first, lineages
from streamdeid.policy.profiles.law import NOBODY, OTHER
from streamdeid.policy.profiles.meanings import meanings
from streamdeid.policy.profiles.places import RuleLike, Standard, of_label, of_meaning
from streamdeid.types import Format

_CALL: Final = re.compile(r"\.\w+\([^()]*\)")
_DOTTED: Final = re.compile(r"[A-Z]\w*(?:\.\w+)+")
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
    plain = _CALL.sub("", path)
    if _DOTTED.fullmatch(plain):
        named = {known.get(first(known, lineage), OTHER) for lineage in lineages(Format.FHIR, plain, {})}
        if named - {OTHER}:
            return frozenset(named - {OTHER})
    types = {one for release in RELEASES for one in _inside(load(release), path)}
    return frozenset(
        meaning
        for name, meaning in known.items()
        if meaning != NOBODY and (name if name in PRIMITIVES else name.rpartition(".")[0]) in types
    )


def _inside(tables: Tables, path: str) -> set[str]:
    """The types that a path can lead to, and those of the elements in them."""
    try:
        ahead = [kind for route in routes_of(path) for kind in targets(route, tables)]
    except ValueError:  # not in this release
        return set()
    found: set[str] = set()
    while ahead:
        kind = ahead.pop()
        if kind not in found:
            found.add(kind)
            inner = () if kind in PRIMITIVES else below(tables, kind)
            ahead += [element.type for element in inner if element.type not in _EVERYWHERE]
    return found
