"""The sections of a policy: rules for places and labels, and what goes with them. Frozen, and strict."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
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

from streamdeid.formats.charset import python_codec
from streamdeid.formats.fhir_paths import PathTable
from streamdeid.formats.fhir_selectors import starts_in_bundle
from streamdeid.policy.keying import (
    BY_ENTITY,
    BY_PATIENT,
    RuleKeyedOn,
    Sources,
    as_text,
    fitting,
    unfit,
    written,
)
from streamdeid.policy.rule_forms import LABEL, is_expression, misfits, rule_content
from streamdeid.transform.operators import Operator
from streamdeid.transform.strategy import Strategy
from streamdeid.types import Format


class Scope(StrEnum):
    """What a surrogate is keyed on besides the value: the patient, or nothing (the same for everybody)."""

    PATIENT = "patient"
    ENTITY = "entity"


class Strict(BaseModel):
    """A section: it takes no key that it does not know, and no value of another type."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)


Label = Annotated[str, Field(pattern=rf"^{LABEL}$")]


class Rule(Strict):
    """One operator with its parameters. In YAML a mapping, or in short ``operator``, ``operator LABEL``, or with
    parameters after them: ``mask CONTACT/PHONE character=# count=4``; one that the operator knows by its place may
    stand without its name, ``generalise DATE month``."""

    operator: Operator = Field(strict=False)
    label: Label | None = None
    scope: Scope = Field(default=Scope.PATIENT, strict=False)
    keyed_on: RuleKeyedOn = None
    unless_typed: bool = Field(
        default=False,
        strict=False,
        description="of a place: gives way to a rule for the value's type, such as CX(SS).1 or Identifier(SS).value",
    )
    strategy: SerializeAsAny[Strategy] = Field(default=Strategy(), alias="strategy")

    @model_validator(mode="before")
    @classmethod
    def _read(cls, given: Any) -> Any:
        return rule_content(given)

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> Rule:
        if not self.strategy.takes_label and self.label is not None:
            raise ValueError(f"{self.operator} takes no label")
        if self.keyed_on is not None:
            why = unfit(self.strategy, self.operator, self.label or "", self.keyed_on)
            if self.scope is Scope.ENTITY and self.keyed_on != BY_ENTITY:
                why = "scope: entity stands for keyed_on: self; give one of the two"
            if why:
                raise ValueError(why)
        return self

    @property
    def stated_scope(self) -> str:
        """What is remembered of a value under this rule, so that a later mention of it is keyed alike: the scope, or
        what it is keyed on in JSON."""
        return self.scope.value if self.keyed_on is None else as_text(self.keyed_on)

    def under(self, default: Sources, label: str = "") -> Rule:
        """This rule in a policy whose surrogates are keyed on `default`; `label` is what it stands under, if it has
        none. Afterwards `keyed_on` is None where `scope` says all."""
        sources = self.keyed_on or (BY_ENTITY if self.scope is Scope.ENTITY else default)
        fitted = fitting(self.strategy, self.label or label, sources)
        if fitted is None:
            return self
        keyed_on = None if fitted in (BY_PATIENT, BY_ENTITY) else fitted
        scope = Scope.ENTITY if fitted == BY_ENTITY else Scope.PATIENT
        if (keyed_on, scope) == (self.keyed_on, self.scope):
            return self
        return self.model_copy(update={"keyed_on": keyed_on, "scope": scope})

    @model_serializer
    def _flat(self, how: SerializationInfo) -> dict[str, Any]:
        """The mapping of a policy file."""
        parameters = self.strategy.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        own: dict[str, Any] = {"operator": self.operator.value, "label": self.label, "scope": self.scope.value}
        if self.keyed_on is not None:
            own["keyed_on"] = written(self.keyed_on)
        if self.unless_typed:
            own["unless_typed"] = True
        if how.exclude_defaults:
            return {name: value for name, value in own.items() if value not in (None, "patient")} | parameters
        return own | {"with": None} | parameters  # the digest of a policy without parameters is what it always was


#: The year in which this was written.
_PRESENT = 2026


class Dates(Strict):
    """How far a patient's dates move: a whole number of days, the same for every date of one patient."""

    min_days: int = Field(default=31, ge=1)
    max_days: int = Field(default=365, ge=1, le=36500)
    present: int = Field(
        default=_PRESENT,
        ge=1900,
        le=2999,
        description="the year of messages that bear no date, for the profile safe_harbor: years that tell an age above"
        " 89 are not told",
    )

    keep_weekday: bool = Field(default=False, description="move by whole weeks, so that a Monday stays a Monday")

    @model_validator(mode="after")
    def _ordered(self) -> Dates:
        if self.min_days > self.max_days:
            raise ValueError("min_days is greater than max_days")
        if self.keep_weekday and self.max_days // 7 * 7 < self.min_days:
            raise ValueError("keep_weekday: there is no whole number of weeks between min_days and max_days")
        return self


class IdentityRules(Strict):
    """Which identifier names the patient, and which names of an assigning authority mean the same one."""

    prefer: tuple[str, ...] = Field(default=("MR", "PI", "PT"), strict=False)
    never: tuple[str, ...] = Field(default=("SS",), strict=False)
    authorities: Mapping[str, tuple[str, ...]] = Field(default_factory=dict, strict=False)


class Limits(Strict):
    """Bounds of one message: its size in bytes and the time spent on it, in `seconds` for any message and more for each
    million of its bytes."""

    bytes: int = Field(default=64 * 2**20, ge=1)
    seconds: float = Field(default=30.0, gt=0, strict=False)
    seconds_per_megabyte: float = Field(default=60.0, ge=0, strict=False)

    def time(self, size: int) -> float:
        """Seconds for a message, or a text, of so many bytes or characters."""
        return self.seconds + self.seconds_per_megabyte * size / 1e6


def labelled(rules: Mapping[str, Rule]) -> Mapping[str, Rule]:
    """The rules, each of which has a label where its operator needs one.

    Raises:
        ValueError: one has none; says what to write.
    """
    for name, rule in rules.items():
        if rule.strategy.needs_label and rule.label is None:
            raise ValueError(f"{name}: {rule.operator} needs a label, such as '{rule.operator} NAME/FAMILY'")
    return rules


def _charset(name: str) -> str:
    if python_codec(name) is None:
        raise ValueError(f"{name} is no character set of HL7 table 0211 that can be scanned, such as 8859/1")
    return name


PlaceRules = Annotated[Mapping[str, Rule], AfterValidator(labelled)]


def refuse_misfits(format: Format, rules: Mapping[str, Rule]) -> None:
    """A policy may not want what the datatype of a place can never hold.

    Raises:
        ValueError: with the name, the operator, and why not.
    """
    for name, rule in rules.items():
        why = misfits(format, name, rule.strategy, rule.label or "")
        if why:
            raise ValueError(f"{name}: {rule.operator}: {why}")


def refuse_expressions(rules: Mapping[str, Rule]) -> None:
    """A FHIRPath with a criterion may not stand where names do: its rule would never be used.

    Raises:
        ValueError: with the path, and where it is to stand.
    """
    for name in filter(is_expression, rules):
        raise ValueError(
            f"{name}: no place has such a name: FHIRPaths with conditions stand under fhir.paths, as"
            " - {path: ..., rule: ...}"
        )


class Hl7Rules(Strict):
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


class PathRule(Strict):
    """What is done with all that a FHIRPath expression picks: one rule, or by lineage name what the method says."""

    path: str
    rule: Rule | None = None
    method: str | None = None

    @model_validator(mode="after")
    def _says_what_to_do(self) -> PathRule:
        if (self.rule is None) == (self.method is None):
            raise ValueError(f"{self.path}: give either a rule or a method")
        if self.rule is not None:
            labelled({self.path: self.rule})
            if self.rule.unless_typed:
                raise ValueError(f"{self.path}: unless_typed: a path goes before all rules for types")
        return self


class FhirRules(Strict):
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
        for rules in (self.rules, *self.methods.values()):
            refuse_expressions(rules)
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


class Surrogates(StrEnum):
    """What surrogates are drawn from: the secret, or seeds that the vault has minted at random."""

    DERIVED = "derived"
    RANDOM = "random"


class DocumentRules(Strict):
    """Rules for plain text, and for documents inside messages: HTML, RTF, CDA, XML."""

    rules: PlaceRules = Field(default_factory=lambda: {"text": Rule(operator=Operator.DETECT)})
