"""What in a policy concerns a label: who may find it and from which score on, and which lists surrogates come from.

Lists are told by their file and the number of their entries, never by an entry: those may be of patients.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple, Protocol

from streamdeid.errors import UsageError
from streamdeid.policy.detection import DenyList, DetectionRules
from streamdeid.policy.models import ModelFiles, ModelRule, Votes
from streamdeid.policy.pipelines import FlashTextStage
from streamdeid.policy.policy import Policy
from streamdeid.policy.word_lists import WordList

_PROBABILITY: Final = 0.5
#: Labels whose surrogates are put together from those of others.
_PUT_TOGETHER: Final = {"LOCATION/ADDRESS": ("LOCATION/STREET", "LOCATION/CITY")}
_OWN_NAMES: Final = ("NAME/FAMILY", "NAME/GIVEN", "NAME/USER")


class _Filed(Protocol):
    """Something with entries in the policy, and perhaps in a file."""

    @property
    def file(self) -> str | None:
        """The file."""
        ...


class Concern(NamedTuple):
    """One thing that concerns a label. `about` is ``detection`` or ``surrogates``; `what` one of ``found``,
    ``threshold``, ``allowed``, ``context``, ``clinical_words``, ``list``, ``pairs``. `by` is who finds it as spans have
    it, `entries` counts those in the policy and in `file`, `score` is that of findings or the one from which on they
    count; `text` is all of it for people."""

    about: str
    what: str
    label: str
    text: str
    by: str = ""
    entries: int | None = None
    file: str | None = None
    score: float | None = None

    def told(self) -> dict[str, Any]:
        """For JSON: what there is to tell."""
        return {name: value for name, value in self._asdict().items() if value not in (None, "")}


def concerns(policy: Policy, label: str) -> tuple[Concern, ...]:
    """All that concerns what has this label, or one of this family."""
    return (*_found(policy, label), *_weighed(policy.detection, label), *drawn_from(policy, label))


def drawn_from(policy: Policy, label: str) -> Iterator[Concern]:
    """The lists and pairs of the policy's own that surrogates of this label come from."""
    for name, own in policy.lists.items():
        for one in own if _is_part(name, label) or _concerns(name, label) else ():
            entries, told = _counted(one.values, one, one.entries, "value")
            limits = [f"for {word} {given}" for word, given in (("sex", one.sex), ("region", one.region)) if given]
            text = " ".join([f"drawn from lists.{name}: {told}", *limits])
            yield Concern("surrogates", "list", name, text, entries=entries, file=one.file)
    for name, paired in policy.pairs.items():
        if _is_part(name, label) or _concerns(name, label):
            text = f"pairs.{name}: {_number(len(paired), 'true value')} with a false one of its own"
            yield Concern("surrogates", "pairs", name, text, entries=len(paired))


def readers(policy: Policy) -> tuple[str, ...]:
    """Who reads texts under this policy, as spans have it."""
    rules = policy.detection
    own = (*(f"deny.{one.own_name}" for one in rules.lists), *(f"fuzzy.{one.own_name}" for one in _fuzzy(rules)))
    patterns = (*(one.name for one in rules.patterns), *(one.own_name for one in rules.expressions))
    return ("rules", "known", *(by for by, _ in _models(policy)), *own, *(f"pattern.{name}" for name in patterns))


def _found(policy: Policy, label: str) -> Iterator[Concern]:
    """Who may find it."""
    from streamdeid.detect.rules.detector import RULES  # noqa: PLC0415 - compiles hundreds of expressions

    scores = [rule.score for rule in RULES if _concerns(rule.label, label)]
    if scores:
        text = f"found by rules: {_number(len(scores), 'rule')}, with scores up to {max(scores):g}"
        yield Concern("detection", "found", label, text, by="rules", entries=len(scores), score=max(scores))
    text = "found by known: what the message states of its patient, whatever the threshold"
    yield Concern("detection", "found", label, text, by="known")
    yield from _by_models(policy, label)
    rules = policy.detection
    for listed in rules.lists:
        if _concerns(listed.label, label):
            entries, told = _phrases(listed)
            text = f"always found as {listed.label}, by deny.{listed.own_name}: {told}"
            yield Concern("detection", "found", listed.label, text, f"deny.{listed.own_name}", entries, listed.file)
    for listed in _fuzzy(rules):
        if _concerns(listed.label, label):
            text = f"found as {listed.label}, by fuzzy.{listed.own_name}, where it is misspelt"
            yield Concern("detection", "found", listed.label, text, f"fuzzy.{listed.own_name}", score=0.9)
    yield from _by_expressions(rules, label)


def _by_models(policy: Policy, label: str) -> Iterator[Concern]:
    for by, known in _models(policy):
        for name, probability in known.items():
            if _concerns(name, label):
                text = f"found as {name}, by {by}, from a probability of {probability:g} on"
                if policy.votes is Votes.MAJORITY:
                    text += ", if most models agree"
                yield Concern("detection", "found", name, text, by=by, score=probability)


def _by_expressions(rules: DetectionRules, label: str) -> Iterator[Concern]:
    for recogniser in rules.patterns:
        if _concerns(recogniser.label, label):
            count, best = len(recogniser.patterns), max(one.score for one in recogniser.patterns)
            shown = f"{_number(count, 'expression')}, with scores up to {best:g}"
            text = f"found as {recogniser.label}, by pattern.{recogniser.name}: {shown}"
            yield Concern("detection", "found", recogniser.label, text, f"pattern.{recogniser.name}", count, None, best)
    for stage in rules.expressions:
        if _concerns(stage.label, label):
            entries, told = _counted(stage.patterns, stage, stage.expressions, "expression")
            text = f"found as {stage.label}, by pattern.{stage.own_name}: {told}, with a score of {stage.score:g}"
            by = f"pattern.{stage.own_name}"
            yield Concern("detection", "found", stage.label, text, by, entries, stage.file, stage.score)


def _weighed(rules: DetectionRules, label: str) -> Iterator[Concern]:
    """What findings go through."""
    names = (label, label.partition("/")[0])
    for rule in rules.context:
        if _concerns(rule.label, label):
            words = _number(len(rule.words), "phrase")
            text = f"score of {rule.label} {rule.change:+g} within {rule.reach} words of {words} under context"
            yield Concern("detection", "context", rule.label, text, entries=len(rule.words), score=rule.change)
    for number, allowed in enumerate(rules.allow, 1):
        if not allowed.labels or any(_concerns(one, label) for one in allowed.labels):
            entries, told = _phrases(allowed)
            text = f"never found, by allow {number}: {told}"
            yield Concern("detection", "allowed", "", text, f"allow.{number}", entries, allowed.file)
    threshold = next((name for name in names if name in rules.thresholds), None)
    if threshold is not None:
        score = rules.thresholds[threshold]
        text = f"threshold of {threshold}: {score:g}, unless two detectors agree"
        yield Concern("detection", "threshold", threshold, text, score=score)
    if rules.clinical_words and names[1] == "NAME":
        text = "not found where a model alone takes a clinical word for a name (clinical_words)"
        yield Concern("detection", "clinical_words", "NAME", text)


def _models(policy: Policy) -> Iterator[tuple[str, dict[str, float]]]:
    """Each model that is used: its name as spans have it, and the probability from which on it finds each label."""
    from streamdeid.models.loading import DEFAULT_MODEL, described, shipped_models  # noqa: PLC0415 - for texts only

    rules: Sequence[ModelRule | ModelFiles] | None = policy.readers
    if rules is None:
        rules = (ModelRule(model=DEFAULT_MODEL),) if DEFAULT_MODEL in shipped_models() else ()
    for rule in rules:
        if not rule.enabled:
            continue
        try:
            description = described(rule)
            meant = sorted({name for name in description.meanings() if name})
        except UsageError as fault:
            raise UsageError(f"models: {fault}") from None
        given = description.thresholds
        yield (
            f"ner.{description.name}",
            {name: given.get(name, given.get(name.partition("/")[0], _PROBABILITY)) for name in meant},
        )


def _fuzzy(rules: DetectionRules) -> list[DenyList | FlashTextStage]:
    return [listed for listed in rules.lists if listed.fuzzy is not None]


def _concerns(named: str, label: str) -> bool:
    """Whether what is said of one label concerns what has the other: the same one, its family, or one of its family."""
    return named in (label, label.partition("/")[0]) or named.partition("/")[0] == label


def _is_part(named: str, label: str) -> bool:
    """Whether surrogates of `label` are put together from those of the label `named`."""
    if label.partition("/")[0] == "NAME" and label not in _OWN_NAMES:
        return named in ("NAME/FAMILY", "NAME/GIVEN")
    return named in _PUT_TOGETHER.get(label, ())


def _phrases(listed: WordList) -> tuple[int | None, str]:
    return _counted(listed.words, listed, listed.phrases, "phrase")


def _counted(
    given: Collection[str], listed: _Filed, read: Callable[[], Iterable[object]], noun: str
) -> tuple[int | None, str]:
    """How many entries there are, and that in words: those in the policy, and those of the file."""
    in_policy = [f"{_number(len(given), noun)} in the policy"] if given else []
    if listed.file is None:
        return len(given), " and ".join(in_policy)
    try:
        total = sum(1 for _ in read())
    except ValueError:
        return None, " and ".join([*in_policy, f"those of {listed.file}, which has changed or cannot be read"])
    return total, " and ".join([*in_policy, f"{_number(total - len(given), noun)} of {listed.file}"])


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
