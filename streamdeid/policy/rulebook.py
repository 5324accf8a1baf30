"""Finds the rule of a policy for a place, a value, or a finding."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from streamdeid.errors import UncoveredError
from streamdeid.formats.fhir import FhirDocument
from streamdeid.formats.variants import is_variant
from streamdeid.policy.keying import BY_PATIENT
from streamdeid.policy.policy import Operator, PathRule, Policy, Rule
from streamdeid.types import Document, Format, Place

#: The code for a place that no rule names, by the last name of its lineage.
_UNNAMED = {"undefined-segment": "er7.unknown_segment", "undefined-element": "fhir.element"}


class Rulebook:
    """Finds rules in one policy. `merges` says whether a label has a strategy under which mentions side by side become
    one."""

    def __init__(self, policy: Policy) -> None:
        self._rules = {
            Format.HL7V2: policy.hl7v2.rules,
            Format.FHIR: policy.fhir.rules,
            Format.TEXT: policy.documents.rules,
        }
        self._keyed_on = policy.keyed_on
        self._labels = {label: self.keyed(rule, label) for label, rule in policy.labels.items()}
        self.merges = any(rule.strategy.merges for rule in self._labels.values())
        self._methods = policy.fhir.methods
        self._paths = policy.fhir.path_table() if policy.fhir.paths else None

    def rule(self, format: Format, place: Place) -> Rule:
        """The rule of the first path that picks this place in every message; else that of the most specific name
        that the policy has for it.

        Raises:
            UncoveredError: the policy has none, or sends the place to quarantine.
        """
        path = self.path(format, place)
        return self._found(format, place, self._by_path(path, place) if path is not None else None)

    def path(self, format: Format, place: Place) -> PathRule | None:
        """The first path that picks the place in every message; None where there is none, or no paths at all."""
        return self._paths.at(place) if self._paths is not None and format is Format.FHIR else None

    def exceptions(self, document: Document) -> Mapping[int, Rule]:
        """For the values of a message that a path with a criterion picks, by `Leaf.start`: its rule, which goes
        before that of `rule`. Empty, and at no cost, for a policy without such paths.

        Raises:
            UncoveredError: the policy sends one of them to quarantine, or has no rule for it.
        """
        if self._paths is None or not isinstance(document, FhirDocument):
            return {}
        picked = self._paths.in_message(document)
        if not picked:
            return {}
        places = ((leaf.start, leaf.place) for leaf in document.leaves if leaf.start in picked)
        return {start: self._found(Format.FHIR, place, self._by_path(picked[start], place)) for start, place in places}

    def _by_path(self, path: PathRule, place: Place) -> Rule | None:
        if path.method is None:
            return path.rule
        rules = self._methods[path.method]
        name = chosen(rules, place.lineage)
        return rules[name] if name is not None else None

    def _found(self, format: Format, place: Place, rule: Rule | None) -> Rule:
        """The rule, or that of the most specific name; never one that quarantines."""
        if rule is None:
            name = self.named(format, place)
            if name is None:
                raise UncoveredError(_UNNAMED.get(place.lineage[-1], "policy.unnamed"), place.path)
            rule = self._rules[format][name]
        if rule.operator is Operator.QUARANTINE:
            raise UncoveredError("policy.refused", place.path)
        return self.keyed(rule)

    def keyed(self, rule: Rule, label: str = "") -> Rule:
        """A rule of this policy with what it is keyed on: see `Rule.under`."""
        if rule.keyed_on is None and self._keyed_on == BY_PATIENT:
            return rule
        return rule.under(self._keyed_on, label)

    def named(self, format: Format, place: Place) -> str | None:
        """The name in the place's lineage under which the policy has the rule for it; None where it has none."""
        return chosen(self._rules[format], place.lineage)

    def has(self, format: Format, name: str) -> bool:
        """Whether the policy has a rule under exactly this name."""
        return name in self._rules[format]

    def label_rule(self, label: str) -> Rule:
        """The rule for what a detector found: that of the finer label, else that of its family.

        Raises:
            UncoveredError: the policy has none.
        """
        rule = rule_of_label(self._labels, label)
        if rule is None or rule.operator is Operator.QUARANTINE:
            raise UncoveredError("policy.unnamed" if rule is None else "policy.refused", f"label {label}")
        return rule


def rule_of_label(rules: Mapping[str, Rule], label: str) -> Rule | None:
    """The rule of the finer label, else that of its family; None where there is none."""
    return rules.get(label) or rules.get(label.partition("/")[0])


def chosen(rules: Mapping[str, Rule], lineage: Iterable[str]) -> str | None:
    """The most specific name of a lineage that has a rule. Where that rule says `unless_typed`, and the value is of a
    type that has a rule, the name of that one. None where there is none at all."""
    names = iter(lineage)
    found = next((name for name in names if name in rules), None)
    if found is None or not rules[found].unless_typed:
        return found
    return next((name for name in names if is_variant(name) and name in rules), found)
