"""What a policy says of detection, made ready: its lists are read here, and its expressions compiled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from streamdeid.detect.clinical_words import Clinically
from streamdeid.detect.nearby import Nearby
from streamdeid.detect.phrases import words_of
from streamdeid.detect.plausible import Plausibly
from streamdeid.detect.resolve import LISTED, Decide, resolve
from streamdeid.errors import PolicyError
from streamdeid.message.clean import Detector
from streamdeid.policy.detection import DetectionRules
from streamdeid.policy.word_lists import WordList

if TYPE_CHECKING:
    from streamdeid.detect.patterns import Pattern


def own_detectors(rules: DetectionRules) -> Iterator[Detector]:
    """The detectors that a policy brings along: its lists of identifiers, its expressions.

    Raises:
        PolicyError: a list cannot be read any more.
    """
    if rules.lists:
        from streamdeid.detect.dictionary import ListDetector  # noqa: PLC0415 - most policies have none

        yield ListDetector([(f"{LISTED}{one.own_name}", one.label, _phrases(one)) for one in rules.lists])
    if any(one.fuzzy for one in rules.lists):
        yield _fuzzy_detector(rules)
    if rules.patterns or rules.expressions:
        from streamdeid.detect.patterns import PatternDetector  # noqa: PLC0415 - as above

        yield PatternDetector(list(_patterns(rules)), rules.pattern_seconds)


def _fuzzy_detector(rules: DetectionRules) -> Detector:
    from streamdeid.detect.fuzzy import FuzzyDetector, Tolerance  # noqa: PLC0415 - most policies have none

    return FuzzyDetector(
        [
            (f"fuzzy.{one.own_name}", one.label, _phrases(one), Tolerance(fuzzy.edits, fuzzy.spellings, fuzzy.shortest))
            for one in rules.lists
            if (fuzzy := one.fuzzy) is not None
        ]
    )


def _patterns(rules: DetectionRules) -> Iterator[Pattern]:
    from streamdeid.detect.patterns import Pattern, compiled  # noqa: PLC0415 - most policies have none

    for recogniser in rules.patterns:
        for one in recogniser.patterns:
            yield Pattern(f"pattern.{recogniser.name}", recogniser.label, one.score, compiled(one.regex))
    for stage in rules.expressions:
        for expression in _unchanged(stage.expressions):
            yield Pattern(f"pattern.{stage.own_name}", stage.label, stage.score, compiled(expression))


def decision(rules: DetectionRules) -> Decide:
    """How findings become spans.

    Raises:
        PolicyError: a list cannot be read any more.
    """
    own = _own_decision(rules) if rules.thresholds or rules.context or rules.allow else resolve
    return Plausibly(Clinically(own) if rules.clinical_words else own)


def _own_decision(rules: DetectionRules) -> Decide:
    from streamdeid.detect.decide import Decision  # noqa: PLC0415 - loads the dictionary
    from streamdeid.detect.dictionary import Dictionary  # noqa: PLC0415 - most policies have none

    nearby = [
        Nearby(rule.label, frozenset(" ".join(words_of(phrase)) for phrase in rule.words), rule.reach, rule.change)
        for rule in rules.context
    ]
    allowed = Dictionary(_phrases(listed) for listed in rules.allow)
    return Decision(rules.thresholds, nearby, allowed, [frozenset(listed.labels) for listed in rules.allow])


def _phrases(listed: WordList) -> list[str]:
    return _unchanged(listed.phrases)


def _unchanged(read: Callable[[], list[str]]) -> list[str]:
    try:
        return read()
    except ValueError as fault:
        raise PolicyError(f"detection: {fault}") from None
