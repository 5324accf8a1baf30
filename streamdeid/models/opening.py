"""Models opened: from what a policy says of them to detectors. A model is loaded once per process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

from streamdeid.detect.ner.votes import Majority, TextReader
from streamdeid.errors import PolicyError, UsageError
from streamdeid.models.detector import Model, NerDetector, assemble
from streamdeid.models.encoding import Encoder
from streamdeid.models.loading import (
    Description,
    describe,
    describe_files,
    find_model,
    verify_checksums,
)
from streamdeid.models.session import Session
from streamdeid.policy.models import ModelFiles, ModelRule, Votes

_LOADED = 8


def open_model(description: Description, provider: str | None = None) -> Model:
    """Load a model, on the best provider that there is or on the given one.

    Raises:
        UsageError: a checksum differs, or the model cannot be run.
    """
    verify_checksums(description)
    encoder = _encoder(description.tokenizer, _stamp(description.tokenizer))
    session = _session(description.model, _stamp(description.model), description.first_position, provider)
    return assemble(description, encoder, session)


def described(rule: ModelRule | ModelFiles) -> Description:
    """The model that a policy speaks of, with the policy's own labels and thresholds.

    Raises:
        UsageError: there is no such model, or it does not fit what the policy says.
    """
    if isinstance(rule, ModelRule):
        description = describe(find_model(rule.model))
    else:
        description = describe_files(Path(rule.model_path), Path(rule.tokenizer_path), rule.id2label)
    return description.with_own(rule.labels, rule.thresholds)


def model_detectors(
    rules: Sequence[ModelRule | ModelFiles], votes: Votes, time_for: Callable[[int], float]
) -> list[TextReader]:
    """A detector for each of the models, or one for all if their majority decides. `time_for` gives the
    seconds of a call that reads so many characters.

    Raises:
        PolicyError: a model cannot be used; says why and what to do.
    """
    try:
        detectors = [NerDetector(open_model(described(rule)), time_for) for rule in rules if rule.enabled]
    except UsageError as fault:
        raise PolicyError(f"models: {fault}") from None
    if votes is Votes.MAJORITY and len(detectors) > 1:
        return [Majority(detectors)]
    return list(detectors)


def _stamp(file: Path) -> tuple[int, int]:
    status = file.stat()
    return status.st_mtime_ns, status.st_size


@lru_cache(maxsize=_LOADED)
def _encoder(file: Path, stamp: tuple[int, int]) -> Encoder:
    return Encoder(file)


@lru_cache(maxsize=_LOADED)
def _session(file: Path, stamp: tuple[int, int], first_position: int, provider: str | None) -> Session:
    return Session(file, first_position, provider)
