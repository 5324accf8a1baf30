"""Everything in a policy that contradicts the profile by which it calls itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from streamdeid.policy.detection import DetectionRules
from streamdeid.policy.models import ModelFiles, ModelRule
from streamdeid.policy.profiles.law import objection
from streamdeid.policy.profiles.paths import of_path
from streamdeid.policy.profiles.places import Declared, RuleLike, Standard, objections, of_label
from streamdeid.policy.profiles.reading import of_detection, of_models
from streamdeid.transform.leaving import Left
from streamdeid.types import Format

Rules = Mapping[str, RuleLike]


@dataclass(frozen=True, slots=True)
class Said:
    """What a policy says, as far as a profile is concerned: rules by name, and by FHIR path; what it declares of HL7 v2
    segments; how text is read; the labels of which some values have false ones that the policy gives."""

    hl7v2: Rules
    declared: Declared
    fhir: Rules
    paths: Sequence[tuple[str, RuleLike]]
    methods: Mapping[str, Rules]
    documents: Rules
    labels: Rules
    models: Sequence[ModelRule | ModelFiles] | None
    detection: DetectionRules
    pairs: Sequence[str] = ()


def contradictions(standard: Standard, said: Said) -> list[str]:
    """Each as ``hl7v2.rules.PID-7: shift keeps dates finer than a year: 45 CFR 164.514(b)(2)(i)(C)``."""
    found = (*_of_places(standard, said), *_of_paths(standard, said), *_of_text(standard, said))
    return [f"{where}: {why}" for where, why in dict.fromkeys(found)]


def _of_places(standard: Standard, said: Said) -> Iterator[tuple[str, str]]:
    sections = (("hl7v2", Format.HL7V2, said.hl7v2), ("fhir", Format.FHIR, said.fhir))
    for section, format, rules in (*sections, ("documents", Format.TEXT, said.documents)):
        declared = said.declared if format is Format.HL7V2 else {}
        for name, why in objections(standard, format, rules, declared):
            yield f"{section}.rules.{name}", why


def _of_paths(standard: Standard, said: Said) -> Iterator[tuple[str, str]]:
    for number, (path, rule) in enumerate(said.paths):
        yield from ((f"fhir.paths.{number}", why) for why in of_path(standard, path, rule))
    for method, rules in said.methods.items():
        for name, why in objections(standard, Format.FHIR, rules, {}, is_whole=False):
            yield f"fhir.methods.{method}.{name}", why


def _of_text(standard: Standard, said: Said) -> Iterator[tuple[str, str]]:
    for label, rule in said.labels.items():
        why = of_label(standard, rule, label)
        if why:
            yield f"labels.{label}", why
    for label in said.pairs:
        why = objection(standard.profile, label, Left.DERIVED, is_random=standard.is_random)
        if why:
            yield f"pairs.{label}", f"a pair {why}"
    rules = (*said.hl7v2.values(), *said.fhir.values(), *said.documents.values())
    if any(rule.operator in ("detect", "document") for rule in rules):
        yield from of_models(standard.profile, said.models)
        yield from of_detection(standard.profile, said.detection)
