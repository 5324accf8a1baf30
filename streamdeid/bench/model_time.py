"""How long models are at work: the policy's models, with a clock at each."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from streamdeid.errors import PolicyError, UsageError
from streamdeid.models.loading import DEFAULT_MODEL, described, shipped_models, verify_checksums
from streamdeid.policy.models import ModelRule
from streamdeid.policy.policy import Policy
from streamdeid.settings import ModelSettings

if TYPE_CHECKING:
    from streamdeid.detect.ner.votes import TextReader
    from streamdeid.models.batching import Batch
    from streamdeid.models.session import Session


@dataclass(slots=True)
class ModelTime:
    """Tokens that went through models, padding not counted, the seconds that it took, and where they ran."""

    tokens: int = 0
    seconds: float = 0.0
    provider: str = ""

    def taken(self) -> ModelTime:
        """As it is now."""
        return replace(self)

    def since(self, before: ModelTime) -> ModelTime:
        """What has been added since."""
        return ModelTime(self.tokens - before.tokens, self.seconds - before.seconds, self.provider)


def _no_limit(_: int) -> float:
    """Nothing that is measured here runs out of time."""
    return 3600.0


def timed_models(policy: Policy, spent: ModelTime) -> list[TextReader]:
    """The policy's models, the shipped one where it says nothing; what they take is added to `spent`.

    Raises:
        PolicyError: one is missing or unusable.
    """
    rules = policy.readers
    if rules is None:
        rules = (ModelRule(model=DEFAULT_MODEL),) if DEFAULT_MODEL in shipped_models() else ()
    if not any(rule.enabled for rule in rules):
        return []
    from streamdeid.models.detector import NerDetector, assemble  # noqa: PLC0415 - the model runtime is large
    from streamdeid.models.encoding import Encoder  # noqa: PLC0415
    from streamdeid.models.opening import together  # noqa: PLC0415

    detectors = []
    try:
        for rule in rules:
            if rule.enabled:
                description = described(rule)
                verify_checksums(description)
                session = _timed(description.model, description.first_position, spent)
                detectors.append(NerDetector(assemble(description, Encoder(description.tokenizer), session), _no_limit))
    except UsageError as fault:
        raise PolicyError(f"models: {fault}") from None
    return together(detectors, policy.votes)


def _timed(file: Path, first_position: int, spent: ModelTime) -> Session:
    from streamdeid.models.session import Session  # noqa: PLC0415 - the model runtime is large

    class Timed(Session):
        def run(self, batch: Batch, seconds: float) -> Any:
            start = time.perf_counter()
            scores = super().run(batch, seconds)
            spent.seconds += time.perf_counter() - start
            spent.tokens += int(batch.mask.sum())
            return scores

    session = Timed(file, first_position, threads=ModelSettings.from_environ(os.environ).threads)
    spent.provider = session.provider
    return session
