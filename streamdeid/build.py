"""The one place where parts are put together: a policy file, a secret and the shipped detectors make an engine."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Sequence

from streamdeid.detect.rules.detector import RuleDetector
from streamdeid.detecting import decision, own_detectors
from streamdeid.engine import Deidentifier, Sources
from streamdeid.message.clean import Detector
from streamdeid.models.loading import DEFAULT_MODEL, shipped_models
from streamdeid.policy.models import ModelRule
from streamdeid.policy.policy import Policy
from streamdeid.policy_files.loading import DEFAULT_POLICY, load_policy, parse_policy
from streamdeid.policy_files.shipped import shipped_policies
from streamdeid.settings import ModelSettings
from streamdeid.vault.false_identity import Epoch
from streamdeid.vault.seeds import SharedSeeds

__all__ = [
    "DEFAULT_POLICY",
    "build_deidentifier",
    "load_policy",
    "narrative_models",
    "parse_policy",
    "shipped_policies",
]

_COLLECTOR_THRESHOLDS = (100_000, 20, 50)


def build_deidentifier(
    policy: Policy, secret: bytes | Sequence[Epoch], seeds: SharedSeeds | None = None
) -> Deidentifier:
    """An engine with the shipped rules, the policy's models, lists and expressions, the machine's clock and its source
    of random bytes. `secret` is one, or those of all epochs, oldest first; `seeds` as in `Deidentifier`.

    Sets the process's garbage collector to look less often: scanning makes tens of thousands of small tuples in which
    there are no cycles, and looking through them again and again takes a third of the time of a large bundle.
    """
    gc.set_threshold(*_COLLECTOR_THRESHOLDS)
    detectors: list[Detector] = [RuleDetector(), *own_detectors(policy.detection), *narrative_models(policy)]
    first, *later = [Epoch("1", secret)] if isinstance(secret, bytes) else secret
    sources = Sources(time.monotonic, os.urandom)
    return Deidentifier(policy, first.secret, detectors, sources, decision(policy.detection), later=later, seeds=seeds)


def narrative_models(policy: Policy) -> list[Detector]:
    """The policy's models as one detector; the shipped one, if there is one, where the policy says nothing. They run as
    the environment says, see `streamdeid.settings.ModelSettings`.

    Raises:
        PolicyError: a model is missing or unusable; says what to do.
        SettingsError: what the environment says of running models is unusable.
    """
    rules = policy.readers
    if rules is None:
        rules = (ModelRule(model=DEFAULT_MODEL),) if DEFAULT_MODEL in shipped_models() else ()
    if not any(rule.enabled for rule in rules):
        return []
    from streamdeid.models.opening import model_detectors  # noqa: PLC0415 - loads the model runtime

    running = ModelSettings.from_environ(os.environ)
    return [*model_detectors(rules, policy.votes, policy.limits.time, running.threads, running.remembered)]
