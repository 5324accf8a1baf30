"""The one place where parts are put together: a policy file, a secret and the shipped detectors make an engine."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from streamdeid.clean import Detector
from streamdeid.detect.rules.detector import RuleDetector
from streamdeid.detecting import decision, own_detectors
from streamdeid.engine import Deidentifier, Sources
from streamdeid.errors import PolicyError
from streamdeid.false_identity import Epoch
from streamdeid.model_rules import ModelRule
from streamdeid.models.loading import DEFAULT_MODEL, shipped_models
from streamdeid.policy import Policy
from streamdeid.policy_files.faults import faults, lines
from streamdeid.policy_files.including import read_policy
from streamdeid.policy_files.shipped import shipped_policies, shipped_text
from streamdeid.seeds import SharedSeeds

__all__ = [
    "DEFAULT_POLICY",
    "build_deidentifier",
    "load_policy",
    "narrative_models",
    "parse_policy",
    "shipped_policies",
]

_COLLECTOR_THRESHOLDS = (100_000, 20, 50)
DEFAULT_POLICY = "expert_determination"


def load_policy(path_or_name: str | None = None) -> Policy:
    """A shipped policy by its name, or one from a YAML file; the default one for None.

    Raises:
        PolicyError: there is no such policy, or it is not valid; says where and what to do.
    """
    name = path_or_name or DEFAULT_POLICY
    if name in shipped_policies():
        return parse_policy(shipped_text(name), name)
    file = Path(name)
    try:
        return parse_policy(file.read_text(encoding="utf-8"), name)
    except FileNotFoundError:
        shipped = ", ".join(shipped_policies())
        raise PolicyError(f"there is no policy file {name}, and the shipped policies are {shipped}") from None
    except (OSError, UnicodeDecodeError) as fault:
        raise PolicyError(f"the policy file {name} cannot be read: {type(fault).__name__}") from None


def parse_policy(text: str, name: str) -> Policy:
    """A policy from YAML text, with what it includes. `name` stands for it in error messages; included files are looked
    for beside it.

    Raises:
        PolicyError: not YAML, or not a policy; one line per fault, each with its line in the file.
    """
    effective = read_policy(text, name)
    try:
        return Policy.model_validate(effective.content)
    except ValidationError:
        raise PolicyError("\n".join(lines(effective, faults(effective.content)))) from None


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
    """The policy's models as detectors; the shipped one, if there is one, where the policy says nothing.

    Raises:
        PolicyError: a model is missing or unusable; says what to do.
    """
    rules = policy.readers
    if rules is None:
        rules = (ModelRule(model=DEFAULT_MODEL),) if DEFAULT_MODEL in shipped_models() else ()
    if not any(rule.enabled for rule in rules):
        return []
    from streamdeid.models.opening import model_detectors  # noqa: PLC0415 - loads the model runtime

    return [*model_detectors(rules, policy.votes, policy.limits.seconds)]
