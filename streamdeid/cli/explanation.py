"""What is told of a place or a label: for people, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from streamdeid.cli.explain_detection import Concern
from streamdeid.policy import rule_forms
from streamdeid.policy.keying import told
from streamdeid.policy.policy import Operator, Rule
from streamdeid.policy_files.including import Effective

#: Names that go before one of a type, as many as are told.
_SHOWN = 8


class Typed(NamedTuple):
    """What happens to a value of a type that has a rule of its own, `name`, such as ``CX(SS).1``: the rule that stands
    under `by`, which is that name or one that goes before it."""

    name: str
    rule: Rule | None
    by: str


class Conditional(NamedTuple):
    """What happens to a value that meets the criteria of `path`, entry `number` of ``fhir.paths``."""

    path: str
    number: int
    rule: Rule | None


class Explanation(NamedTuple):
    """What happens at `path`: the rule that stands under the name `by`, the first of `names` that the policy has one
    for. Without any, `rule` is None and the message is quarantined. `typed`: values that have a type; `concerns`: what
    the policy says of findings and of surrogates; `readers`: who reads a text; `section`: where in the policy the rule
    stands; `conditional`: paths that go before, for the values that they pick; `before`: where the path is the name of
    a type, the names that go before it; `remark`: what may be a slip of the pen."""

    path: str
    rule: Rule | None
    by: str
    names: tuple[str, ...]
    typed: tuple[Typed, ...] = ()
    concerns: tuple[Concern, ...] = ()
    readers: tuple[str, ...] = ()
    section: tuple[str | int, ...] = ()
    conditional: tuple[Conditional, ...] = ()
    before: tuple[str, ...] = ()
    remark: str = ""

    def lines(self, effective: Effective | None = None) -> Iterator[str]:
        """For people; with the files of the policy also where in them the rule stands."""
        yield f"{self.path}: {shown(self.rule)}"
        if self.remark:
            yield f"  remark: {self.remark}"
        if self.rule is None and not self.by:
            yield "  why: the policy names none of what it could be named by"
        else:
            yield f"  why: the policy names {self.by}{f' ({self.place(effective)})' if effective else ''}"
        yield f"  named by, in this order: {', '.join(self.names)}"
        for one in self.conditional:
            yield f"  before it, where it picks the value: fhir.paths.{one.number}, {one.path}: {shown(one.rule)}"
        if self.before:
            more = f" and {len(self.before) - _SHOWN} more" if len(self.before) > _SHOWN else ""
            yield f"  before it, where they are meant: {', '.join(self.before[:_SHOWN])}{more}"
        yield from self._types()
        if self.readers:
            yield f"  read by: {', '.join(self.readers)}; what they find goes by its label: policy explain NAME"
        yield from (f"  {concern.about}: {concern.text}" for concern in self.concerns)

    def _types(self) -> Iterator[str]:
        why = f"{self.by} is unless_typed" if self.rule and self.rule.unless_typed else f"it goes before {self.by}"
        for one in self.typed:
            if one.by == one.name:
                yield f"  if it is {one.name}: {shown(one.rule)}, because {why}"
        unused = [one.name for one in self.typed if one.by != one.name]
        if unused:
            yield f"  not used here: {', '.join(unused)}, because {self.by} goes before types, and is not unless_typed"

    def place(self, effective: Effective) -> str:
        """File and line of the rule; empty where there is none."""
        return effective.place(self.section) if self.section else ""

    def told(self, effective: Effective | None = None) -> dict[str, Any]:
        """For JSON; a rule as in a policy file, and null for quarantine."""
        return {
            "path": self.path,
            "rule": _written(self.rule),
            "by": self.by or None,
            "names": list(self.names),
            "typed": [{"name": one.name, "rule": _written(one.rule), "by": one.by} for one in self.typed],
            "readers": list(self.readers),
            "concerns": [concern.told() for concern in self.concerns],
            "place": self.place(effective) or None if effective else None,
            "conditional": [{**one._asdict(), "rule": _written(one.rule)} for one in self.conditional],
            "before": list(self.before),
        }


def _written(rule: Rule | None) -> dict[str, Any] | None:
    return None if rule is None else rule.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def shown(rule: Rule | None) -> str:
    """A rule in the words of a policy file."""
    if rule is None:
        return "quarantine"
    parts = [rule_forms.shown(rule.operator, rule.label, rule.strategy)]
    if rule.keyed_on is not None:
        parts.append(f"(keyed on {told(rule.keyed_on)})")
    elif rule.operator is Operator.SURROGATE:
        parts.append(f"(the same for {'one patient' if rule.scope == 'patient' else 'everybody'})")
    return " ".join(parts)
