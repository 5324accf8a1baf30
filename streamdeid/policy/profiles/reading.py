"""Whether a policy's detectors are left to find what a profile wants gone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from streamdeid.detect.ner.labels import KNOWN_NAMES, is_label, tag
from streamdeid.policy.detection import AllowList, DetectionRules
from streamdeid.policy.models import ModelFiles, ModelRule
from streamdeid.policy.profiles.law import Profile, item, paragraph
from streamdeid.transform.found_dates import dates_of_written

#: What is more likely an identifier than not has to go.
_HIGHEST: Final = 0.5
_FEWEST_DIGITS: Final = 5
_ADDRESS: Final = re.compile(r"\S@\S")


def of_models(profile: Profile, models: Sequence[ModelRule | ModelFiles] | None) -> Iterator[tuple[str, str]]:
    """What there is against the models of a policy in which narrative is read; None for the shipped ones."""
    if models is None:
        return
    if not any(model.enabled for model in models):
        yield "models", f"none reads narrative, and may overlook {_item(profile, 'NAME')}"
    for number, model in enumerate(models):
        for label in _ignored(model):
            if item(profile, label):
                yield f"models.{number}", f"what it finds as {label} is left: {_item(profile, label)}"
        for label, why in _too_high(profile, model.thresholds):
            yield f"models.{number}.thresholds.{label}", why


def of_detection(profile: Profile, rules: DetectionRules) -> Iterator[tuple[str, str]]:
    """What there is against thresholds and lists of what is no identifier."""
    for label, why in _too_high(profile, rules.thresholds):
        yield f"detection.thresholds.{label}", why
    for number, allowed in enumerate(rules.allow):
        label = next((found for phrase in _phrases(allowed) if (found := _identifies(phrase, allowed))), "")
        if label and item(profile, label):
            yield f"detection.allow.{number}", f"one of the phrases keeps {_item(profile, label)}"


def _item(profile: Profile, label: str) -> str:
    listed = item(profile, label)
    return f"{listed.what}: {paragraph(profile, listed.sign)}" if listed else ""


def _too_high(profile: Profile, thresholds: Mapping[str, float]) -> Iterator[tuple[str, str]]:
    for label, threshold in thresholds.items():
        if threshold > _HIGHEST and item(profile, label):
            yield label, f"a threshold of {threshold:g}, above {_HIGHEST:g}, keeps {_item(profile, label)}"


def _ignored(model: ModelRule | ModelFiles) -> Iterator[str]:
    """Our labels for what the model finds and the policy says to leave."""
    given = [name for name, ours in model.labels.items() if ours is None]
    if isinstance(model, ModelFiles):
        given += [name for name, is_replaced in model.id2label.values() if not is_replaced]
    for name in given:
        parts = tag(name)
        ours = parts and (parts.name if is_label(parts.name) else KNOWN_NAMES.get(parts.name.upper()))
        if ours:
            yield ours


def _phrases(allowed: AllowList) -> list[str]:
    try:
        return allowed.phrases()
    except ValueError:  # whoever opens it for use says so
        return list(allowed.words)


def _identifies(phrase: str, allowed: AllowList) -> str:
    """The label of a phrase that can only be an identifier; names and words are taken for the terms that they are."""
    if _ADDRESS.search(phrase):
        return "CONTACT/EMAIL"
    if any(date.month for date in dates_of_written(phrase)):
        return "DATE"
    return "ID" if sum(map(str.isdigit, phrase)) >= _FEWEST_DIGITS else ""
