"""What is done with what: a frozen, strict policy.

A policy is YAML, validated as a whole before it touches a message. It fails closed: a place or a label that it does
not name is a reason for quarantine, never for keeping.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from pydantic import (
    Field,
    model_validator,
)

from streamdeid.policy.detection import PATHS, DetectionRules
from streamdeid.policy.keying import (
    BY_PATIENT,
    KeyedOn,
    Sources,
    unfit,
)
from streamdeid.policy.models import FILES, ModelFiles, ModelRule, UsedModel, Votes, is_directory
from streamdeid.policy.parameters_elsewhere import taken_over
from streamdeid.policy.pipelines import models_of
from streamdeid.policy.profiles.contradictions import Said, contradictions
from streamdeid.policy.profiles.law import Profile
from streamdeid.policy.profiles.places import Standard
from streamdeid.policy.rule_forms import file_schema, rule_schema
from streamdeid.policy.sections import (
    Dates,
    DocumentRules,
    FhirRules,
    Hl7Rules,
    IdentityRules,
    Label,
    Limits,
    PathRule,
    Rule,
    Scope,
    Strict,
    Surrogates,
    refuse_misfits,
)
from streamdeid.policy.surrogate_lists import Lists, Pairs, faults_of, lists_schema, own_lists
from streamdeid.transform.operators import Operator
from streamdeid.transform.own_lists import OwnLists

__all__ = [
    "Dates",
    "DocumentRules",
    "FhirRules",
    "Hl7Rules",
    "IdentityRules",
    "Limits",
    "Operator",
    "PathRule",
    "Policy",
    "Profile",
    "Rule",
    "Scope",
    "Surrogates",
    "policy_schema",
    "refuse_misfits",
]


class Policy(Strict):
    """A whole policy. Equal content has an equal `digest`, whatever the file looked like."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    description: str = ""
    profile: Profile | None = Field(
        default=None, strict=False, description="the part of 45 CFR 164.514 that no rule may contradict"
    )
    limits: Limits = Limits()
    surrogates: Surrogates = Field(
        default=Surrogates.DERIVED,
        strict=False,
        description="drawn from the secret, or from seeds that are minted at random and kept in the vault",
    )
    keyed_on: KeyedOn = BY_PATIENT
    lists: Lists = Field(
        default_factory=dict, strict=False, description="label -> false values of the policy's own that are drawn from"
    )
    pairs: Pairs = Field(
        default_factory=dict, strict=False, description="label -> true values and the false one that stands for each"
    )
    dates: Dates = Dates()
    identity: IdentityRules = IdentityRules()
    hl7v2: Hl7Rules
    fhir: FhirRules
    documents: DocumentRules = DocumentRules()
    labels: Mapping[Label, Rule]
    models: tuple[UsedModel, ...] | None = Field(
        default=None, strict=False, description="models that read narrative; null: the shipped one, if there is one"
    )
    votes: Votes = Field(default=Votes.UNION, strict=False)
    detection: DetectionRules = DetectionRules()

    @model_validator(mode="before")
    @classmethod
    def _with_known_parameters(cls, given: Any) -> Any:
        return taken_over(given)

    @model_validator(mode="after")
    def _labels_can_be_told(self) -> Policy:
        for label, rule in self.labels.items():
            why = rule.strategy.unfit_label(label)
            if why or rule.strategy.may_omit:
                why = why or "a part of a text cannot be left out: use remove"
                raise ValueError(f"labels.{label}: {rule.operator}: {why}")
            why = unfit(rule.strategy, rule.operator, label, rule.keyed_on) if rule.keyed_on else ""
            why = why or ("unless_typed is for places" if rule.unless_typed else "")
            if why:
                raise ValueError(f"labels.{label}: {why}")
        for where, label in self.detection.found():
            if label not in self.labels and label.partition("/")[0] not in self.labels:
                raise ValueError(f"{where}: labels do not say what is done with {label}")
        return self

    @model_validator(mode="after")
    def _keeps_its_word(self) -> Policy:
        if self.profile is not None:
            standard = Standard(self.profile, is_random=self.surrogates is Surrogates.RANDOM)
            against = contradictions(standard, self.said())
            if against:
                raise ValueError("\n".join(against))
        return self

    def said(self) -> Said:
        """What a profile has to know of it."""
        return Said(
            hl7v2=self.hl7v2.rules,
            declared=self.hl7v2.segments,
            fhir=self.fhir.rules,
            paths=[(path.path, path.rule) for path in self.fhir.paths if path.rule is not None],
            methods=self.fhir.methods,
            documents=self.documents.rules,
            labels=self.labels,
            models=self.readers,
            detection=self.detection,
            pairs=tuple(self.pairs),
        )

    @model_validator(mode="after")
    def _lists_can_be_drawn_from(self) -> Policy:
        wrong = "\n".join(faults_of(self.lists, self.pairs))
        if wrong:
            raise ValueError(wrong)
        return self

    @cached_property
    def own_lists(self) -> OwnLists:
        """The policy's lists and pairs, ready to be drawn from. Raises ValueError for a file that has changed since."""
        return own_lists(self.lists, self.pairs)

    @cached_property
    def digest(self) -> str:
        """The first 16 hexadecimal digits of the SHA-256 of the effective policy; stands in every audit record."""
        unused: dict[str, Any] = {"detection": True if self.detection == DetectionRules() else PATHS}
        unused |= {"surrogates": True} if self.surrogates is Surrogates.DERIVED else {}
        unused |= {"keyed_on": True} if self.keyed_on == BY_PATIENT else {}
        usual_limit = self.limits.seconds_per_megabyte == Limits().seconds_per_megabyte
        unused |= {"limits": {"seconds_per_megabyte"}} if usual_limit else {}
        unused |= {"profile": True} if self.profile is None else {}
        usual = {"present": self.dates.present == Dates().present, "keep_weekday": not self.dates.keep_weekday}
        unused |= {"dates": {name for name, is_usual in usual.items() if is_usual}}
        unused |= {"lists": {label: {"__all__": {"file"}} for label in self.lists} if self.lists else True}
        unused |= {} if self.pairs else {"pairs": True}
        # What a model's files hold counts, not where they lie.
        unused |= {"models": dict(enumerate(map(_places, self.models)))} if self.models else {}
        content = self.model_dump(mode="json", by_alias=True, exclude=unused)
        canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()[:16]

    @property
    def keyings(self) -> frozenset[Sources]:
        """All that surrogates are keyed on in some rule, but for what `Scope` says."""
        return frozenset(sources for _, sources in self._keyed())

    @property
    def keys_identifiers(self) -> bool:
        """Whether identifiers depend on more than their namespace and value, so that they cannot be turned back."""
        return any(label.startswith("ID") for label, _ in self._keyed())

    def _keyed(self) -> Iterator[tuple[str, Sources]]:
        """The labels whose rules say what surrogates are keyed on, with that."""
        rules = (*((rule, "") for rule in self._place_rules()), *((rule, name) for name, rule in self.labels.items()))
        for rule, label in rules:
            sources = rule.under(self.keyed_on, label).keyed_on
            if sources is not None:
                yield rule.label or label, sources

    @property
    def readers(self) -> tuple[ModelRule | ModelFiles, ...] | None:
        """The models of `models` and of the pipeline; None where neither says anything of models."""
        staged = models_of(self.detection.pipeline)
        return (*(self.models or ()), *staged) if staged or self.models is not None else None

    @property
    def preserved(self) -> frozenset[str]:
        """The labels of the rules for places that encrypt values within their own format."""
        rules = (rule for rule in self._place_rules() if rule.operator is Operator.FORMAT_PRESERVING)
        return frozenset(rule.label for rule in rules if rule.label)

    @property
    def keeps_everything(self) -> bool:
        """Whether no rule of the policy changes anything: such a policy is for tests of losslessness alone."""
        places = self._place_rules()
        leave_alone = all(rule.operator in (Operator.KEEP, Operator.DETECT, Operator.DOCUMENT) for rule in places)
        labels_stay = all(rule.operator is Operator.KEEP for rule in self.labels.values())
        return leave_alone and labels_stay and not self.fhir.tags

    def _place_rules(self) -> Iterator[Rule]:
        """The rules for places."""
        yield from self.hl7v2.rules.values()
        yield from self.fhir.rules.values()
        yield from (path.rule for path in self.fhir.paths if path.rule)
        yield from (rule for method in self.fhir.methods.values() for rule in method.values())
        yield from self.documents.rules.values()


def _places(model: ModelRule | ModelFiles) -> set[str]:
    if isinstance(model, ModelFiles):
        return set(FILES)
    return {"model"} if is_directory(model.model) else set()


def policy_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a policy file, as published in schemas/policy.schema.json."""
    schema = Policy.model_json_schema(by_alias=True)
    for owner in (schema, schema["$defs"]["Rule"]):  # a long one, said once
        schema["$defs"]["KeyedOn"] = {**owner["properties"]["keyed_on"]}
        owner["properties"]["keyed_on"] = {"$ref": "#/$defs/KeyedOn"}
    schema["properties"]["lists"] = lists_schema(schema["properties"]["lists"])
    schema["$defs"]["Rule"] = rule_schema(schema["$defs"]["Rule"])
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **file_schema(schema)}
