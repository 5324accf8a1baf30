"""What findings in a text have to know of each other before they are replaced, as the parts of a field know.

- Town, state, postal code and country that stand side by side are of one place.
- An e-mail address is made of a name that the message states, or that the text has.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from streamdeid.transform.addresses import holds_more, stated_in
from streamdeid.transform.mailboxes import owner_of
from streamdeid.transform.whereabouts import STATES, Whereabouts, whereabouts
from streamdeid.types import Entity, Span

_TOWN: Final = ("LOCATION/CITY", "LOCATION/COUNTY")
_PARTS: Final = frozenset({*_TOWN, "LOCATION/STATE", "LOCATION/ZIP", "LOCATION/COUNTRY"})
_WIDE: Final = frozenset({"LOCATION/STATE", "LOCATION/COUNTRY"})
#: The code of a state, which nobody needs to find, after a town.
_STATE_AFTER: Final = re.compile(r",?[ \t]{1,2}([A-Z]{2})\b")
#: What stands between the parts of one address.
_BETWEEN: Final = re.compile(r"[ \t]{0,2},?[ \t]{0,2}\n?[ \t]{0,8}|[ \t]\(")
#: What in a name is none that an address could be made of.
_NO_NAMES: Final = frozenset({"NAME/PREFIX", "NAME/SUFFIX", "NAME/DEGREE", "NAME/USER"})


def together(text: str, spans: Sequence[Span], owner: int, stated: Collection[Entity]) -> Sequence[Span]:
    """The spans of a passage, disjoint and in order, with what they have to know as the namespace of their entity.
    `stated` are the values that the message states in fields; `owner` is whose part of it the passage is in."""
    has_email = "@" in text
    spans = [_whole_place(text, one) for one in spans]
    found = list(spans)
    for first, last in _runs(text, spans):
        found[first:last] = _of_one_place(text, spans[first:last], owner)
    if has_email:
        names = [(one.label, one.value) for one in stated if _is_name(one.label) and one.subject == owner]
        beside = [("NAME", text[one.start : one.end]) for one in spans if _is_name(one.label)]
        found = [_of_its_owner(text, one, owner, names, beside) for one in found]
    return found


def _whole_place(text: str, span: Span) -> Span:
    """What was found as a state or a country, which may stay, and has a town with it, is an address."""
    kind = span.label.rpartition("/")[2]
    if span.label in _WIDE and span.entity is None and holds_more(kind, text[span.start : span.end]):
        return span._replace(label="LOCATION/ADDRESS")
    return span


def _runs(text: str, spans: Sequence[Span]) -> Iterator[tuple[int, int]]:
    """Where parts of one address follow each other."""
    first = 0
    for last in range(1, len(spans) + 1):
        before = {one.label for one in spans[first:last]}
        are_one = last < len(spans) and before <= _PARTS and spans[last].label in _PARTS - before
        if are_one and _BETWEEN.fullmatch(text, spans[last - 1].end, spans[last].start):
            continue
        is_town = spans[last - 1].label == "LOCATION/CITY" and _STATE_AFTER.match(text, spans[last - 1].end) is not None
        if last - first > 1 or is_town:
            yield first, last
        first = last


def _of_one_place(text: str, spans: Sequence[Span], owner: int) -> Iterator[Span]:
    """Parts of one address that know where it is: where the message says that its town is, or else where they say."""
    parts = [part for one in spans for part in stated_in(one.label, text[one.start : one.end])]
    after = _STATE_AFTER.match(text, spans[-1].end) if spans[-1].label in _TOWN else None
    if after is not None and after[1] in STATES.values():
        parts.append(("LOCATION/STATE", after[1]))
    where = whereabouts(parts)
    for one in spans:
        if one.entity is not None and one.entity.label in _TOWN:
            known = Whereabouts.decode(one.entity.namespace) or whereabouts(((one.entity.label, one.entity.value),))
            where = known if where.state in ("", known.state) else where
            break
    for one in spans:
        is_known = one.entity is not None
        yield one if is_known else _with(one, text, where.encode(), owner)


def _of_its_owner(
    text: str, span: Span, owner: int, names: Sequence[tuple[str, str]], beside: Sequence[tuple[str, str]]
) -> Span:
    """An e-mail address that knows by whose name it stands."""
    value = text[span.start : span.end]
    if span.entity is not None or "@" not in value or not span.label.startswith("CONTACT"):
        return span
    whose = owner_of(value, names) or owner_of(value, beside)
    return _with(span, text, whose, owner) if whose else span


def _is_name(label: str) -> bool:
    return label.startswith("NAME") and label not in _NO_NAMES


def _with(span: Span, text: str, namespace: str, owner: int) -> Span:
    return span._replace(entity=Entity(span.label, text[span.start : span.end], namespace, owner))
