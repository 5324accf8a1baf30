"""Models opened: from what a policy says of them to detectors. A model is loaded once per process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

from streamdeid.detect.ner.votes import Majority, TextReader, Union
from streamdeid.errors import PolicyError, UsageError
from streamdeid.models.detector import REMEMBERED, Model, NerDetector, assemble
from streamdeid.models.encoding import Encoder
from streamdeid.models.loading import Description, described, verify_checksums
from streamdeid.models.session import Session
from streamdeid.policy.models import ModelFiles, ModelRule, Votes

_LOADED = 8


def open_model(description: Description, provider: str | None = None, threads: int = 0) -> Model:
    """Load a model, on the best provider that there is or on the given one; `threads` as in `Session`.

    Raises:
        UsageError: a checksum differs, or the model cannot be run.
    """
    verify_checksums(description)
    encoder = _encoder(description.tokenizer, _stamp(description.tokenizer))
    session = _session(description.model, _stamp(description.model), description.first_position, provider, threads)
    return assemble(description, encoder, session)


def model_detectors(
    rules: Sequence[ModelRule | ModelFiles],
    votes: Votes,
    time_for: Callable[[int], float],
    threads: int = 0,
    remembered: int = REMEMBERED,
) -> list[TextReader]:
    """A detector for all of the models, none where no rule is enabled. `time_for` gives the seconds of a call that
    reads so many characters; `threads` as in `Session`, `remembered` as in `NerDetector`.

    Raises:
        PolicyError: a model cannot be used; says why and what to do.
    """
    try:
        opened = [open_model(described(rule), threads=threads) for rule in rules if rule.enabled]
    except UsageError as fault:
        raise PolicyError(f"models: {fault}") from None
    return together([NerDetector(model, time_for, remembered=remembered) for model in opened], votes)


def together(detectors: Sequence[TextReader], votes: Votes) -> list[TextReader]:
    """Several detectors as one that finds what any, or most, of them find."""
    if len(detectors) <= 1:
        return list(detectors)
    return [Majority(detectors) if votes is Votes.MAJORITY else Union(detectors)]


def _stamp(file: Path) -> tuple[int, int]:
    status = file.stat()
    return status.st_mtime_ns, status.st_size


@lru_cache(maxsize=_LOADED)
def _encoder(file: Path, stamp: tuple[int, int]) -> Encoder:
    return Encoder(file)


@lru_cache(maxsize=_LOADED)
def _session(file: Path, stamp: tuple[int, int], first_position: int, provider: str | None, threads: int) -> Session:
    return Session(file, first_position, provider, threads)
