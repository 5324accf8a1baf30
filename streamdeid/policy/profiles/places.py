"""Whether the rules for places keep what a profile wants gone: by what each rule leaves, and what stands there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Final, NamedTuple, Protocol

from streamdeid.formats.lineages import first, lineages
from streamdeid.policy.profiles.law import DOCUMENT, NOBODY, OTHER, TEXT, Profile, item, objection, paragraph
from streamdeid.policy.profiles.meanings import meanings
from streamdeid.transform.leaving import Left
from streamdeid.transform.strategy import Strategy
from streamdeid.types import Format

#: Operators by which a value is read, or what is in it: what they do not recognise stays.
_READING: Final = frozenset({"detect", "document"})
_READ: Final = frozenset({TEXT, DOCUMENT, OTHER, NOBODY})
Declared = Mapping[str, Mapping[int, str]]


class RuleLike(Protocol):
    """A rule of a policy."""

    @property
    def operator(self) -> str:
        """Its name."""
        ...

    @property
    def label(self) -> str | None:
        """What the rule says stands there."""
        ...

    @property
    def strategy(self) -> Strategy:
        """The operator with its parameters."""
        ...


class Standard(NamedTuple):
    """A profile, and whether false values are drawn at random."""

    profile: Profile
    is_random: bool


def objections(
    standard: Standard,
    format: Format,
    rules: Mapping[str, RuleLike],
    declared: Declared,
    *,
    is_whole: bool = True,
) -> Iterator[tuple[str, str]]:
    """The name of each rule that contradicts the profile, and how, once for each item of the law. Not `is_whole`: what
    these rules do not name goes by others."""
    known = meanings(format)
    found: dict[tuple[str, str], str] = {}
    for name, rule in rules.items():
        # A name that is known means what it is known for: where a longer known one would mean something else, that
        # has a rule of its own, or is looked at below.
        for why in (of_label(standard, rule, rule.label or ""), of_meaning(standard, rule, known.get(name, NOBODY))):
            if why:
                found.setdefault((name, why), "")
    for lineage in _unsettled(standard, format, rules, declared, is_whole=is_whole):
        by = first(rules, lineage)
        if by:
            meaning = known.get(first(known, lineage), OTHER)
            why = of_meaning(standard, rules[by], meaning)
            if why and (by, why) not in found:
                found[by, why] = "" if by in (lineage[0], first(known, lineage)) else lineage[0]
    for (name, why), place in found.items():
        yield name, f"{why[: why.index(':')]} in {place}{why[why.index(':') :]}" if place else why


def of_label(standard: Standard, rule: RuleLike, label: str) -> str:
    """What there is against a rule for what has this label."""
    if not label:
        return ""
    against = objection(standard.profile, label, rule.strategy.leaves(label), is_random=standard.is_random)
    return f"{rule.operator} {against}" if against else ""


def of_meaning(standard: Standard, rule: RuleLike, meaning: str) -> str:
    """What there is against a rule where this is what stands there."""
    if rule.operator not in _READING or meaning in _READ:
        return of_label(standard, rule, meaning)
    listed = item(standard.profile, meaning)
    if listed is None or standard.profile is Profile.EXPERT_DETERMINATION:
        return ""
    return f"{rule.operator} may overlook {listed.what}: {paragraph(standard.profile, listed.sign)}"


def _unsettled(
    standard: Standard, format: Format, rules: Mapping[str, RuleLike], declared: Declared, *, is_whole: bool
) -> Iterator[tuple[str, ...]]:
    """The places of rules that leave something under names that are not known, and of known names of identifiers that
    have no rule of their own."""
    known = meanings(format)
    for name, rule in rules.items():
        if name not in known and (rule.operator in _READING or not _is_harmless(standard, rule)):
            yield from _places(format, name, declared)
    for name, meaning in known.items() if is_whole else ():
        if name not in rules and meaning != NOBODY:
            yield from _places(format, name, {})


def _is_harmless(standard: Standard, rule: RuleLike) -> bool:
    """Whether it may be done with whatever there is: nothing is left, or a value that has nothing to do with it."""
    left = rule.strategy.leaves(rule.label or "")
    may_be_false = standard.is_random or standard.profile is not Profile.SAFE_HARBOR
    return left is Left.NOTHING or (left is Left.FALSE and may_be_false)


def _places(format: Format, name: str, declared: Declared) -> Iterable[tuple[str, ...]]:
    return sorted(lineages(format, name, declared)) if declared else _standard_places(format, name)


@lru_cache(maxsize=4096)
def _standard_places(format: Format, name: str) -> tuple[tuple[str, ...], ...]:
    return tuple(sorted(lineages(format, name, {})))
