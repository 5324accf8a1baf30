"""What a policy says of findings in text: thresholds, lists, context, and recognisers of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from streamdeid.detect.phrases import words_of
from streamdeid.rule_forms import LABEL
from streamdeid.word_lists import checksum, read_phrases

_Label = Annotated[str, Field(pattern=rf"^{LABEL}$")]
_Share = Annotated[float, Field(ge=0, le=1, strict=False)]
_Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]

#: Where files lie, as pydantic's `exclude`: what is in them says their `sha256`.
PATHS: Any = {name: {"__all__": {"file"}} for name in ("deny", "allow")}


def _phrase(phrase: str) -> str:
    if not words_of(phrase):
        raise ValueError(f"{phrase!r} has neither letters nor digits")
    return phrase


def _expression(expression: str) -> str:
    from streamdeid.detect.patterns import compiled  # noqa: PLC0415 - most policies have none

    compiled(expression)
    return expression


_Phrases = Annotated[
    tuple[Annotated[str, AfterValidator(_phrase)], ...],
    Field(strict=False, description="as whole words, in any case, however many blanks are between them"),
]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)


class WordList(_Strict):
    """Words and phrases: `words`, those of `file` (UTF-8, one a line, beside the policy file), or both. The
    file's `sha256` is filled in, so that the policy's digest tells what was in it; where it is given, the file must
    have it."""

    words: _Phrases = ()
    file: str | None = Field(default=None, min_length=1)
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None

    @model_validator(mode="before")
    @classmethod
    def _read_file(cls, given: Any) -> Any:
        if not isinstance(given, Mapping) or not isinstance(given.get("file"), str):
            return given
        file = Path(given["file"]).resolve()
        actual = checksum(file)
        if given.get("sha256") not in (None, actual):
            raise ValueError(f"the file {file} is not the one whose sha256 is given")
        read_phrases(file)
        return {**given, "file": str(file), "sha256": actual}

    @model_validator(mode="after")
    def _holds_something(self) -> WordList:
        if not self.words and self.file is None:
            raise ValueError("give words, or a file of them")
        return self

    def phrases(self) -> list[str]:
        """All of them.

        Raises:
            ValueError: the file cannot be read, or is no longer the one that it was.
        """
        if self.file is None:
            return list(self.words)
        if checksum(Path(self.file)) != self.sha256:
            raise ValueError(f"the file {self.file} has changed since the policy was loaded")
        return [*self.words, *read_phrases(Path(self.file))]


class DenyList(WordList):
    """What is always an identifier, with this label. Findings are said to be by ``deny.<name>``."""

    label: _Label
    name: _Name | None = Field(default=None, description="as the label, where there is none")

    @property
    def by(self) -> str:
        """What spans say of it."""
        return f"deny.{self.name or self.label.lower().replace('/', '_')}"


class AllowList(WordList):
    """What is no identifier: findings that lie wholly in one of these phrases go, those with one of `labels` where they
    are given. Known values of the patient, proven findings and what stands under `deny` stay."""

    labels: tuple[_Label, ...] = Field(default=(), strict=False)


class ContextRule(_Strict):
    """`words` that raise, or lower, the score of findings with the label which stand within so many words of them."""

    label: _Label
    words: _Phrases = Field(min_length=1)
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


class PatternRule(_Strict):
    """A regular expression, and how sure what it matches is an identifier. A group called ``value`` is what is
    replaced; without one it is the whole match."""

    regex: Annotated[str, Field(min_length=1), AfterValidator(_expression)]
    score: _Share = 0.5
    name: str = ""


class Recogniser(_Strict):
    """Expressions for one label. Findings are said to be by ``pattern.<name>``."""

    name: _Name
    label: _Label
    patterns: tuple[PatternRule, ...] = Field(min_length=1, strict=False)


class DetectionRules(_Strict):
    """How findings of all detectors are weighed, and what is found or left out on the policy's own account."""

    thresholds: Mapping[_Label, _Share] = Field(
        default_factory=dict,
        description="a label or a family of them -> the score from which on one detector's finding counts by itself",
    )
    deny: tuple[DenyList, ...] = Field(default=(), strict=False)
    allow: tuple[AllowList, ...] = Field(default=(), strict=False)
    context: tuple[ContextRule, ...] = Field(default=(), strict=False)
    patterns: tuple[Recogniser, ...] = Field(default=(), strict=False)
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

    def found(self) -> Iterator[tuple[str, str]]:
        """Where in the policy, and with which label, something is found on its own account."""
        for number, listed in enumerate(self.deny):
            yield f"detection.deny.{number}", listed.label
        for number, recogniser in enumerate(self.patterns):
            yield f"detection.patterns.{number}", recogniser.label

    def about(self, label: str) -> list[str]:
        """What it says of findings with this label, or of its family, a line each."""
        family = label.partition("/")[0]
        names = (label, family)
        return [line for names_of, line in self._lines(names) if not names_of or set(names_of) & set(names)]

    def _lines(self, names: tuple[str, str]) -> Iterator[tuple[tuple[str, ...], str]]:
        threshold = next((name for name in names if name in self.thresholds), None)
        if threshold is not None:
            score = self.thresholds[threshold]
            yield (threshold,), f"threshold of {threshold}: {score:g}, unless two detectors agree"
        for listed in self.deny:
            yield (listed.label,), f"always found as {listed.label}, by {listed.by}: {_shown(listed)}"
        for allowed in self.allow:
            yield allowed.labels, f"never found: {_shown(allowed)}"
        for rule in self.context:
            words = ", ".join(rule.words)
            yield (rule.label,), f"score of {rule.label} {rule.change:+g} within {rule.reach} words of: {words}"
        for recogniser in self.patterns:
            shown = ", ".join(f"{pattern.regex} ({pattern.score:g})" for pattern in recogniser.patterns)
            yield (recogniser.label,), f"found as {recogniser.label}, by pattern.{recogniser.name}: {shown}"


def _shown(listed: WordList) -> str:
    most = 8
    words = ", ".join(listed.words[:most]) + (f" and {len(listed.words) - most} more" if listed.words[most:] else "")
    return " and ".join(filter(None, [words, f"the words of {listed.file}" if listed.file else ""]))
