"""What two policies say differently: rule by rule where they act, and setting by setting."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from streamdeid.formats.lineages import first, lineages
from streamdeid.policy.keying import told
from streamdeid.policy.policy import Policy, Rule
from streamdeid.policy.rule_forms import shown
from streamdeid.types import Format

_SECTIONS = {"hl7v2": Format.HL7V2, "fhir": Format.FHIR, "documents": Format.TEXT}
_RULES = ("hl7v2.rules", "fhir.rules", "documents.rules", "labels")


class Change(NamedTuple):
    """The places that `name` stands for have the rule `after` instead of `before`; an empty one is none, and
    quarantines. `before_by` and `after_by` are the names under which the rules stand: `name`, or less specific ones."""

    section: str
    name: str
    before: str
    after: str
    before_by: str
    after_by: str

    @property
    def kind(self) -> str:
        """``added``, ``removed`` or ``changed``."""
        return "added" if not self.before else "changed" if self.after else "removed"


class Setting(NamedTuple):
    """A setting that is no rule, in the words of a policy file; empty where it is not there."""

    name: str
    before: str
    after: str


def changes(before: Policy, after: Policy) -> list[Change]:
    """The rules that differ, where they act. One that says what a less specific one said anyway is no change."""
    found: dict[Change, None] = {}
    for section, format in _SECTIONS.items():
        old, new = (getattr(policy, section).rules for policy in (before, after))
        declared = {**before.hl7v2.segments, **after.hl7v2.segments}
        for name in _differing(old, new):
            for lineage in sorted(lineages(format, name, declared)):
                change = _change(section, name, lineage, old, new)
                if change is not None:
                    found[change] = None
    for label in _differing(before.labels, after.labels):
        lineage = (label, *([label.partition("/")[0]] if "/" in label else []))
        change = _change("labels", label, lineage, before.labels, after.labels)
        if change is not None:
            found[change] = None
    return list(found)


def settings(before: Policy, after: Policy) -> list[Setting]:
    """What differs beside rules: limits, dates, identities, FHIR paths, models ..."""
    old, new = (dict(_flat(policy.model_dump(mode="json", by_alias=True))) for policy in (before, after))
    names = [name for name in {**old, **new} if not name.startswith(_RULES)]
    return [Setting(name, old.get(name, ""), new.get(name, "")) for name in names if old.get(name) != new.get(name)]


def _differing(old: Mapping[str, Rule], new: Mapping[str, Rule]) -> Iterator[str]:
    return (name for name in {**old, **new} if old.get(name) != new.get(name))


def _change(
    section: str, name: str, lineage: tuple[str, ...], old: Mapping[str, Rule], new: Mapping[str, Rule]
) -> Change | None:
    names = first(old, lineage), first(new, lineage)
    if name not in names:  # something more specific decides, and is a change of its own if it is one
        return None
    before, after = (_shown(rules[by]) if by else "" for rules, by in zip((old, new), names, strict=True))
    return Change(section, name, before, after, *names) if before != after else None


def _shown(rule: Rule) -> str:
    words = shown(rule.operator, rule.label, rule.strategy)
    if rule.keyed_on is not None:
        return f"{words} keyed on {told(rule.keyed_on)}"
    return words if rule.scope == "patient" else f"{words} scope={rule.scope.value}"


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from _flat(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        yield path, ", ".join(map(str, value)) or "none"
    else:
        yield path, "none" if value in (None, {}) else str(value)
