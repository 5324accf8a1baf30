"""What is wrong with the models that a policy names, as far as their files tell without one of them being run."""

from __future__ import annotations

from collections.abc import Iterator

from streamdeid.errors import UsageError
from streamdeid.models.loading import checked
from streamdeid.policy.models import ModelFiles, ModelRule
from streamdeid.policy.pipelines import NerStage
from streamdeid.policy.policy import Policy
from streamdeid.policy_files.faults import Fault
from streamdeid.policy_files.located import Path


def model_faults(policy: Policy) -> list[Fault]:
    """A fault for each enabled model that no detector can be made of: none there, labels that nothing maps, other files
    than those whose checksums it has."""
    found = []
    for path, rule in _named(policy):
        try:
            if rule.enabled:
                checked(rule)
        except UsageError as fault:
            found += [Fault(path, line) for line in str(fault).split("\n")]
    return found


def _named(policy: Policy) -> Iterator[tuple[Path, ModelRule | ModelFiles]]:
    for number, rule in enumerate(policy.models or ()):
        yield ("models", number), rule
    for number, stage in enumerate(policy.detection.pipeline):
        if isinstance(stage, NerStage):
            yield ("detection", "pipeline", number), stage
