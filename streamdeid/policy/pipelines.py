"""Text detectors as anonymize-rs lists them, read as what there is here: models, lists and expressions.

The order of stages is of no consequence: all of them read the original text, and what they find is then resolved.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field, model_validator

from streamdeid.detect.ner.labels import KNOWN_NAMES, is_label, meanings
from streamdeid.errors import UsageError
from streamdeid.policy.models import ModelFiles
from streamdeid.policy.rule_forms import LABEL
from streamdeid.policy.word_files import read_phrases
from streamdeid.policy.word_lists import Checksum, FuzzyWordList, Phrases, Strict, unchanged_phrases, with_checksum

_Label = Annotated[str, Field(pattern=rf"^{LABEL}$")]
_Labels = Annotated[
    Mapping[str, _Label], Field(description="the stage's name -> our label, where the name does not say it")
]
_StageName = Annotated[str, Field(min_length=1, max_length=200, pattern=r"[A-Za-z]")]

#: What names in others' pipelines may have meant; only ever suggested.
_MAYBE: Final[Mapping[str, str]] = {
    **dict.fromkeys(("SITE", "CLINIC", "FACILITY", "PRACTICE", "INSTITUTION"), "LOCATION/HOSPITAL"),
    **dict.fromkeys(("WARD", "UNIT", "BED", "DEPARTMENT"), "LOCATION/ROOM"),
    **dict.fromkeys(("NURSE", "PHYSICIAN", "CLINICIAN", "CONSULTANT", "GP", "PROVIDER", "EMPLOYEE"), "NAME/DOCTOR"),
    **dict.fromkeys(("RELATIVE", "MOTHER", "FATHER", "SPOUSE", "KIN"), "NAME/RELATIVE"),
    **dict.fromkeys(("COMPANY", "EMPLOYER", "SCHOOL"), "LOCATION/ORGANIZATION"),
    **dict.fromkeys(("TOWN", "VILLAGE", "PLACE"), "LOCATION/CITY"),
    **dict.fromkeys(("JOB", "OCCUPATION"), "PROFESSION"),
    **dict.fromkeys(("NHS", "CASE", "CASENUMBER", "NUMBER", "SAMPLE", "ACCESSION"), "ID/OTHER"),
}


def _expression(expression: str) -> str:
    from streamdeid.detect.patterns import compiled  # noqa: PLC0415 - most policies have none

    compiled(expression)
    return expression


Expression = Annotated[str, Field(min_length=1), AfterValidator(_expression)]


def stage_label(kind: str, name: str, labels: Mapping[str, str]) -> str:
    """Our label for what a stage finds: what `labels` says, or what its name says by itself.

    Raises:
        ValueError: neither does; says which stage it is, and what may be meant.
    """
    if name in labels:
        return labels[name]
    plain = re.sub(r"[^A-Z0-9/]", "", name.upper())
    if is_label(plain):
        return plain
    known = KNOWN_NAMES.get(plain)
    if known is not None:
        return known
    raise ValueError(
        f"the {kind} stage {name}: nobody says which label that is; say it, such as"
        f" labels: {{{name}: {_suggested(plain)}}}"
    )


def _suggested(plain: str) -> str:
    known = {name: label for name, label in KNOWN_NAMES.items() if label} | dict(_MAYBE)
    within = next((label for name, label in _MAYBE.items() if name in plain and len(name) > 2), "ID/OTHER")
    return known[close[0]] if (close := difflib.get_close_matches(plain, known, 1, 0.75)) else within


def _slug(name: str) -> str:
    plain = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:60]
    return plain if plain[:1].isalpha() else f"stage_{plain}"


class FlashTextStage(FuzzyWordList):
    """Words and phrases that are always identifiers: `keywords`, or those of a `file`. The same as an entry of `deny`,
    and findings are said to be by ``deny.<name>``."""

    kind: Literal["flashText"]
    name: _StageName
    words: Phrases = Field(default=(), alias="keywords")
    labels: _Labels = Field(default_factory=dict)

    @model_validator(mode="after")
    def _is_labelled(self) -> FlashTextStage:
        stage_label(self.kind, self.name, self.labels)
        return self

    @property
    def label(self) -> str:
        """What it finds."""
        return stage_label(self.kind, self.name, self.labels)

    @property
    def own_name(self) -> str:
        """Its name as spans have it."""
        return _slug(self.name)


class RegexStage(Strict):
    """Expressions whose matches are identifiers: `patterns`, those of a `file` (one a line; lines that begin with ``#``
    are comments), or both. The same as an entry of `patterns`, and findings are said to be by ``pattern.<name>``."""

    kind: Literal["regex"]
    name: _StageName
    patterns: tuple[Expression, ...] = Field(default=(), strict=False)
    file: str | None = Field(default=None, min_length=1)
    sha256: Checksum | None = None
    score: float = Field(default=1.0, ge=0, le=1, strict=False)
    labels: _Labels = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _read_file(cls, given: Any) -> Any:
        return with_checksum(given, _checked_expressions)

    @model_validator(mode="after")
    def _is_whole(self) -> RegexStage:
        if not self.patterns and self.file is None:
            raise ValueError(f"the regex stage {self.name}: give patterns, or a file of them")
        stage_label(self.kind, self.name, self.labels)
        return self

    @property
    def label(self) -> str:
        """What it finds."""
        return stage_label(self.kind, self.name, self.labels)

    @property
    def own_name(self) -> str:
        """Its name as spans have it."""
        return _slug(self.name)

    def expressions(self) -> list[str]:
        """All of them.

        Raises:
            ValueError: the file cannot be read, or is no longer the one that it was.
        """
        return [*self.patterns, *unchanged_phrases(self.file, self.sha256)]


def _checked_expressions(file: Path) -> None:
    for number, expression in enumerate(read_phrases(file), 1):
        try:
            _expression(expression)
        except ValueError as fault:
            raise ValueError(f"expression {number} of the file {file}: {fault}") from None


class NerStage(ModelFiles):
    """A model by its files, the same as an entry of `models`."""

    name: str | None = None

    @model_validator(mode="after")
    def _is_labelled(self) -> NerStage:
        # What is not to be replaced need not be known.
        wanted = [label for label, replaced in self.id2label.values() if replaced]
        try:
            meanings(wanted, self.labels)
        except UsageError as fault:
            raise ValueError(f"the ner stage{f' {self.name}' if self.name else ''}: {fault}") from None
        return self

    @cached_property
    def model(self) -> ModelFiles:
        """The same as an entry of `models`."""
        return ModelFiles.model_construct(**{name: getattr(self, name) for name in ModelFiles.model_fields})


Stage = Annotated[NerStage | FlashTextStage | RegexStage, Field(discriminator="kind")]


def models_of(stages: Sequence[NerStage | FlashTextStage | RegexStage]) -> tuple[ModelFiles, ...]:
    """The models among the stages."""
    return tuple(stage.model for stage in stages if isinstance(stage, NerStage))
