"""What a policy says of findings in text: thresholds, lists, context, and recognisers of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from streamdeid.policy.models import FILES
from streamdeid.policy.pipelines import Expression, FlashTextStage, NerStage, RegexStage, Stage
from streamdeid.policy.rule_forms import LABEL
from streamdeid.policy.word_lists import FuzzyWordList, Phrases, Strict, WordList

_Label = Annotated[str, Field(pattern=rf"^{LABEL}$")]
_Share = Annotated[float, Field(ge=0, le=1, strict=False)]
_Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]

#: Where files lie, as pydantic's `exclude`: what is in them says their `sha256`.
PATHS: Any = {
    **{name: {"__all__": {"file"}} for name in ("deny", "allow")},
    "pipeline": {"__all__": {"file", *FILES}},
}


class DenyList(FuzzyWordList):
    """What is always an identifier, with this label. Findings are said to be by ``deny.<name>``, misspelt ones by
    ``fuzzy.<name>``."""

    label: _Label
    name: _Name | None = Field(default=None, description="as the label, where there is none")

    @property
    def own_name(self) -> str:
        """Its name as spans have it."""
        return self.name or self.label.lower().replace("/", "_")


class AllowList(WordList):
    """What is no identifier: findings that lie wholly in one of these phrases go, those with one of `labels` where they
    are given. Known values of the patient, proven findings and what stands under `deny` stay."""

    labels: tuple[_Label, ...] = Field(default=(), strict=False)


class ContextRule(Strict):
    """`words` that raise, or lower, the score of findings with the label which stand within so many words of them."""

    label: _Label
    words: Phrases = Field(min_length=1)
    within: int | Annotated[str, Field(pattern=r"^[1-9][0-9]? words?$")] = 5
    raise_: _Share = Field(default=0.0, alias="raise")
    lower: _Share = 0.0

    @model_validator(mode="after")
    def _changes_something(self) -> ContextRule:
        if not 1 <= self.reach <= 99:
            raise ValueError("within is a number of words from 1 to 99")
        if (self.raise_ > 0) == (self.lower > 0):
            raise ValueError("give either raise or lower, such as raise: 0.2")
        return self

    @property
    def reach(self) -> int:
        """The number of words."""
        return int(str(self.within).partition(" ")[0])

    @property
    def change(self) -> float:
        """What is added to a score."""
        return self.raise_ - self.lower


class PatternRule(Strict):
    """A regular expression, and how sure what it matches is an identifier. A group called ``value`` is what is
    replaced; without one it is the whole match."""

    regex: Expression
    score: _Share = 0.5
    name: str = ""


class Recogniser(Strict):
    """Expressions for one label. Findings are said to be by ``pattern.<name>``."""

    name: _Name
    label: _Label
    patterns: tuple[PatternRule, ...] = Field(min_length=1, strict=False)


class DetectionRules(Strict):
    """How findings of all detectors are weighed, and what is found or left out on the policy's own account."""

    thresholds: Mapping[_Label, _Share] = Field(
        default_factory=dict,
        description="a label or a family of them -> the score from which on one detector's finding counts by itself",
    )
    deny: tuple[DenyList, ...] = Field(default=(), strict=False)
    allow: tuple[AllowList, ...] = Field(default=(), strict=False)
    context: tuple[ContextRule, ...] = Field(default=(), strict=False)
    patterns: tuple[Recogniser, ...] = Field(default=(), strict=False)
    pipeline: tuple[Stage, ...] = Field(
        default=(), strict=False, description="models, lists and expressions as anonymize-rs has them, in any order"
    )
    clinical_words: bool = Field(
        default=True,
        description="drop what a model alone takes for a name and is a drug, a device, a finding, an abbreviation or an"
        " eponym, unless it is sure or a title stands before it",
    )
    pattern_seconds: float = Field(
        default=1.0, gt=0, le=60, strict=False, description="what takes longer in one text quarantines the message"
    )

    @model_validator(mode="after")
    def _names_are_distinct(self) -> DetectionRules:
        names = [recogniser.name for recogniser in self.patterns]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise ValueError(f"two patterns are called {twice}")
        return self

    @model_serializer(mode="wrap")
    def _without_unused(self, inner: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """The digest of a policy that uses neither a pipeline nor all of a model's findings is what it always was."""
        content: dict[str, Any] = inner(self)
        unused: dict[str, tuple[Any, ...]] = {"pipeline": ((), []), "clinical_words": (True,)}
        return {name: value for name, value in content.items() if value not in unused.get(name, ())}

    @property
    def lists(self) -> tuple[DenyList | FlashTextStage, ...]:
        """All lists of identifiers."""
        return (*self.deny, *(stage for stage in self.pipeline if isinstance(stage, FlashTextStage)))

    @property
    def expressions(self) -> tuple[RegexStage, ...]:
        """The stages of the pipeline that are expressions."""
        return tuple(stage for stage in self.pipeline if isinstance(stage, RegexStage))

    def found(self) -> Iterator[tuple[str, str]]:
        """Where in the policy, and with which label, something is found on its own account."""
        for number, listed in enumerate(self.deny):
            yield f"detection.deny.{number}", listed.label
        for number, recogniser in enumerate(self.patterns):
            yield f"detection.patterns.{number}", recogniser.label
        for number, stage in enumerate(self.pipeline):
            if not isinstance(stage, NerStage):
                yield f"detection.pipeline.{number}", stage.label
