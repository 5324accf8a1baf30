"""What a policy says of detection, made ready: its lists are read here, and its expressions compiled."""

from __future__ import annotations

from collections.abc import Iterator

from streamdeid.clean import Detector
from streamdeid.detect.nearby import Nearby
from streamdeid.detect.phrases import words_of
from streamdeid.detect.resolve import Decide, resolve
from streamdeid.detection_rules import DetectionRules, WordList
from streamdeid.errors import PolicyError


def own_detectors(rules: DetectionRules) -> Iterator[Detector]:
    """The detectors that a policy brings along: its lists of identifiers, its expressions.

    Raises:
        PolicyError: a list cannot be read any more.
    """
    if rules.deny:
        from streamdeid.detect.dictionary import ListDetector  # noqa: PLC0415 - most policies have none

        yield ListDetector([(listed.by, listed.label, _phrases(listed)) for listed in rules.deny])
    if rules.patterns:
        from streamdeid.detect.patterns import Pattern, PatternDetector, compiled  # noqa: PLC0415 - as above

        patterns = [
            Pattern(f"pattern.{recogniser.name}", recogniser.label, pattern.score, compiled(pattern.regex))
            for recogniser in rules.patterns
            for pattern in recogniser.patterns
        ]
        yield PatternDetector(patterns, rules.pattern_seconds)


def decision(rules: DetectionRules) -> Decide:
    """How findings become spans.

    Raises:
        PolicyError: a list cannot be read any more.
    """
    if not (rules.thresholds or rules.context or rules.allow):
        return resolve
    from streamdeid.detect.decide import Decision  # noqa: PLC0415 - loads the dictionary
    from streamdeid.detect.dictionary import Dictionary  # noqa: PLC0415 - most policies have none

    nearby = [
        Nearby(rule.label, frozenset(" ".join(words_of(phrase)) for phrase in rule.words), rule.reach, rule.change)
        for rule in rules.context
    ]
    allowed = Dictionary(_phrases(listed) for listed in rules.allow)
    return Decision(rules.thresholds, nearby, allowed, [frozenset(listed.labels) for listed in rules.allow])


def _phrases(listed: WordList) -> list[str]:
    try:
        return listed.phrases()
    except ValueError as fault:
        raise PolicyError(f"detection: {fault}") from None
