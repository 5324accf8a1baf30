"""What is done with what: a frozen, strict policy, and the rulebook that finds the rule for a place.

A policy is YAML, validated as a whole before it touches a message. It fails closed: a place or a label that it does
not name is a reason for quarantine, never for keeping.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SerializationInfo,
    SerializeAsAny,
    model_serializer,
    model_validator,
)

from streamdeid.detection_rules import PATHS, DetectionRules
from streamdeid.errors import UncoveredError
from streamdeid.formats.charset import python_codec
from streamdeid.formats.fhir import FhirDocument
from streamdeid.formats.fhir_paths import PathTable
from streamdeid.formats.fhir_selectors import starts_in_bundle
from streamdeid.model_rules import ModelFiles, ModelRule, Votes
from streamdeid.rule_forms import LABEL, file_schema, misfits, rule_content, rule_schema
from streamdeid.transform.operators import Operator
from streamdeid.transform.strategy import Strategy
from streamdeid.types import Document, Format, Place

__all__ = ["Operator", "Policy", "Rule", "Rulebook", "Scope", "policy_schema"]


class Scope(StrEnum):
    """What a surrogate is keyed on besides the value: the patient, or nothing (the same for everybody)."""

    PATIENT = "patient"
    ENTITY = "entity"


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)


Label = Annotated[str, Field(pattern=rf"^{LABEL}$")]


class Rule(_Strict):
    """One operator with its parameters. In YAML a mapping, or in short ``operator``, ``operator LABEL``, or with
    parameters after them: ``mask CONTACT/PHONE character=# count=4``; one that the operator knows by its place may
    stand without its name, ``generalise DATE month``."""

    operator: Operator = Field(strict=False)
    label: Label | None = None
    scope: Scope = Field(default=Scope.PATIENT, strict=False)
    strategy: SerializeAsAny[Strategy] = Field(default=Strategy(), alias="strategy")

    @model_validator(mode="before")
    @classmethod
    def _read(cls, given: Any) -> Any:
        return rule_content(given)

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> Rule:
        if not self.strategy.takes_label and self.label is not None:
            raise ValueError(f"{self.operator} takes no label")
        return self

    @model_serializer
    def _flat(self, how: SerializationInfo) -> dict[str, Any]:
        """The mapping of a policy file."""
        parameters = self.strategy.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        own = {"operator": self.operator.value, "label": self.label, "scope": self.scope.value}
        if how.exclude_defaults:
            return {name: value for name, value in own.items() if value not in (None, "patient")} | parameters
        return own | {"with": None} | parameters  # the digest of a policy without parameters is what it always was


class Dates(_Strict):
    """How far a patient's dates move: a whole number of days, the same for every date of one patient."""

    min_days: int = Field(default=31, ge=1)
    max_days: int = Field(default=365, ge=1, le=36500)

    @model_validator(mode="after")
    def _ordered(self) -> Dates:
        if self.min_days > self.max_days:
            raise ValueError("min_days is greater than max_days")
        return self


class IdentityRules(_Strict):
    """Which identifier names the patient, and which names of an assigning authority mean the same one."""

    prefer: tuple[str, ...] = Field(default=("MR", "PI", "PT"), strict=False)
    never: tuple[str, ...] = Field(default=("SS",), strict=False)
    authorities: Mapping[str, tuple[str, ...]] = Field(default_factory=dict, strict=False)


class Limits(_Strict):
    """Bounds of one message: its size in bytes and the time spent on it in seconds."""

    bytes: int = Field(default=64 * 2**20, ge=1)
    seconds: float = Field(default=30.0, gt=0, strict=False)


def _labelled(rules: Mapping[str, Rule]) -> Mapping[str, Rule]:
    for name, rule in rules.items():
        if rule.strategy.needs_label and rule.label is None:
            raise ValueError(f"{name}: {rule.operator} needs a label, such as '{rule.operator} NAME/FAMILY'")
    return rules


def _charset(name: str) -> str:
    if python_codec(name) is None:
        raise ValueError(f"{name} is no character set of HL7 table 0211 that can be scanned, such as 8859/1")
    return name


PlaceRules = Annotated[Mapping[str, Rule], AfterValidator(_labelled)]


def refuse_misfits(format: Format, rules: Mapping[str, Rule]) -> None:
    """A policy may not want what the datatype of a place can never hold.

    Raises:
        ValueError: with the name, the operator, and why not.
    """
    for name, rule in rules.items():
        why = misfits(format, name, rule.strategy, rule.label or "")
        if why:
            raise ValueError(f"{name}: {rule.operator}: {why}")


class Hl7Rules(_Strict):
    """Rules for HL7 v2 places, by lineage name, and declarations of Z-segments and Z-fields."""

    rules: PlaceRules
    segments: Mapping[str, Mapping[int, str]] = Field(
        default_factory=dict, description="segment -> field number -> HL7 datatype"
    )
    fallback_charset: Annotated[str, AfterValidator(_charset)] | None = Field(
        default=None, description="read as this when MSH-18 is silent and the bytes are not UTF-8"
    )

    @model_validator(mode="after")
    def _values_can_be_held(self) -> Hl7Rules:
        refuse_misfits(Format.HL7V2, self.rules)
        return self


#: Codes of the code system ObservationValue of HL7 v3 that say how a resource was altered.
SecurityTag = Literal["ABSTRED", "AGGRED", "ANONYED", "MAPPED", "MASKED", "PSEUDED", "REDACTED", "SUBSETTED"]


class PathRule(_Strict):
    """What is done with all that a FHIRPath expression picks: one rule, or by lineage name what the method says."""

    path: str
    rule: Rule | None = None
    method: str | None = None

    @model_validator(mode="after")
    def _says_what_to_do(self) -> PathRule:
        if (self.rule is None) == (self.method is None):
            raise ValueError(f"{self.path}: give either a rule or a method")
        if self.rule is not None:
            _labelled({self.path: self.rule})
        return self


class FhirRules(_Strict):
    """Rules for FHIR places, by lineage name, and the FHIR version that messages are read as.

    `paths` come before `rules`, and the first one that picks a value decides about it; what its method does not name
    goes by `rules`.
    """

    rules: PlaceRules
    paths: tuple[PathRule, ...] = Field(default=(), strict=False)
    methods: Mapping[str, PlaceRules] = Field(default_factory=dict, description="what `method` of a path stands for")
    version: Literal["auto", "STU3", "R4", "R4B", "R5"] = Field(
        default="auto", description="for messages that do not say; auto: R4, or another one that defines all elements"
    )
    tags: tuple[SecurityTag, ...] = Field(
        default=(), strict=False, description="codes of v3-ObservationValue that the resource is labelled with"
    )

    @model_validator(mode="after")
    def _values_can_be_held(self) -> FhirRules:
        refuse_misfits(Format.FHIR, self.rules)
        for rules in self.methods.values():
            refuse_misfits(Format.FHIR, rules)
        return self

    @model_validator(mode="after")
    def _paths_can_be_followed(self) -> FhirRules:
        for path in self.paths:
            if path.method is not None and path.method not in self.methods:
                raise ValueError(f"{path.path}: there is no method {path.method}")
        self.path_table()
        for path in self.paths:
            if path.rule is not None and path.rule.operator is Operator.KEEP and starts_in_bundle(path.path):
                raise ValueError(f"{path.path}: this is taken for resources anywhere, and would keep too much there")
        return self

    def path_table(self) -> PathTable[PathRule]:
        """The paths, ready to be asked. Raises ValueError for one that cannot be read."""
        return PathTable((path.path, path) for path in self.paths)


class DocumentRules(_Strict):
    """Rules for plain text, and for documents inside messages: HTML, RTF, CDA, XML."""

    rules: PlaceRules = Field(default_factory=lambda: {"text": Rule(operator=Operator.DETECT)})


class Policy(_Strict):
    """A whole policy. Equal content has an equal `digest`, whatever the file looked like."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    description: str = ""
    limits: Limits = Limits()
    dates: Dates = Dates()
    identity: IdentityRules = IdentityRules()
    hl7v2: Hl7Rules
    fhir: FhirRules
    documents: DocumentRules = DocumentRules()
    labels: Mapping[Label, Rule]
    models: tuple[ModelRule | ModelFiles, ...] | None = Field(
        default=None, strict=False, description="models that read narrative; null: the shipped one, if there is one"
    )
    votes: Votes = Field(default=Votes.UNION, strict=False)
    detection: DetectionRules = DetectionRules()

    @model_validator(mode="after")
    def _labels_can_be_told(self) -> Policy:
        for label, rule in self.labels.items():
            why = rule.strategy.unfit_label(label)
            if why or rule.strategy.may_omit:
                why = why or "a part of a text cannot be left out: use remove"
                raise ValueError(f"labels.{label}: {rule.operator}: {why}")
        for where, label in self.detection.found():
            if label not in self.labels and label.partition("/")[0] not in self.labels:
                raise ValueError(f"{where}: labels do not say what is done with {label}")
        return self

    @cached_property
    def digest(self) -> str:
        """The first 16 hexadecimal digits of the SHA-256 of the effective policy; stands in every audit record."""
        unused = {"detection": True if self.detection == DetectionRules() else PATHS}
        content = self.model_dump(mode="json", by_alias=True, exclude=unused)
        canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()[:16]

    @property
    def keeps_everything(self) -> bool:
        """Whether no rule of the policy changes anything: such a policy is for tests of losslessness alone."""
        fhir = (*self.fhir.rules.values(), *(path.rule for path in self.fhir.paths if path.rule))
        methods = (rule for method in self.fhir.methods.values() for rule in method.values())
        places = (*self.hl7v2.rules.values(), *fhir, *methods, *self.documents.rules.values())
        leave_alone = all(rule.operator in (Operator.KEEP, Operator.DETECT, Operator.DOCUMENT) for rule in places)
        labels_stay = all(rule.operator is Operator.KEEP for rule in self.labels.values())
        return leave_alone and labels_stay and not self.fhir.tags


#: The code for a place that no rule names, by the last name of its lineage.
_UNNAMED = {"undefined-segment": "er7.unknown_segment", "undefined-element": "fhir.element"}


class Rulebook:
    """Finds rules in one policy."""

    def __init__(self, policy: Policy) -> None:
        self._rules = {
            Format.HL7V2: policy.hl7v2.rules,
            Format.FHIR: policy.fhir.rules,
            Format.TEXT: policy.documents.rules,
        }
        self._labels = policy.labels
        self._methods = policy.fhir.methods
        self._paths = policy.fhir.path_table() if policy.fhir.paths else None

    @property
    def merges(self) -> bool:
        """Whether a label has a strategy under which mentions side by side become one."""
        return any(rule.strategy.merges for rule in self._labels.values())

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
        return next((rules[name] for name in place.lineage if name in rules), None)

    def _found(self, format: Format, place: Place, rule: Rule | None) -> Rule:
        """The rule, or that of the most specific name; never one that quarantines."""
        if rule is None:
            name = self.named(format, place)
            if name is None:
                raise UncoveredError(_UNNAMED.get(place.lineage[-1], "policy.unnamed"), place.path)
            rule = self._rules[format][name]
        if rule.operator is Operator.QUARANTINE:
            raise UncoveredError("policy.refused", place.path)
        return rule

    def named(self, format: Format, place: Place) -> str | None:
        """The name in the place's lineage under which the policy has a rule; None where it has none."""
        rules = self._rules[format]
        return next((name for name in place.lineage if name in rules), None)

    def label_rule(self, label: str) -> Rule:
        """The rule for what a detector found: that of the finer label, else that of its family.

        Raises:
            UncoveredError: the policy has none.
        """
        rule = self._labels.get(label) or self._labels.get(label.partition("/")[0])
        if rule is None or rule.operator is Operator.QUARANTINE:
            raise UncoveredError("policy.unnamed" if rule is None else "policy.refused", f"label {label}")
        return rule


def policy_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a policy file, as published in schemas/policy.schema.json."""
    schema = Policy.model_json_schema(by_alias=True)
    schema["$defs"]["Rule"] = rule_schema(schema["$defs"]["Rule"])
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **file_schema(schema)}
