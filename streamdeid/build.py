"""The one place where parts are put together: a policy file, a secret and the shipped detectors make an engine."""

from __future__ import annotations

import gc
import os
import time
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from streamdeid.clean import Detector
from streamdeid.detect.rules.detector import RuleDetector
from streamdeid.engine import Deidentifier, Sources
from streamdeid.errors import PolicyError
from streamdeid.model_rules import ModelRule
from streamdeid.models.loading import DEFAULT_MODEL, shipped_models
from streamdeid.policy import Policy

_COLLECTOR_THRESHOLDS = (100_000, 20, 50)
DEFAULT_POLICY = "expert_determination"
_POLICIES = files("streamdeid.policies")


class _UniqueKeys(yaml.CSafeLoader):
    """YAML, where a key that stands twice in one mapping is an error: the last one would win in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=deep)
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key!r} stands here twice", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)


def shipped_policies() -> list[str]:
    """The names of the policies that come with streamdeid."""
    names = (entry.name for entry in _POLICIES.iterdir())
    return sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml") and "_test." not in name)


def load_policy(path_or_name: str | None = None) -> Policy:
    """A shipped policy by its name, or one from a YAML file; the default one for None.

    Raises:
        PolicyError: there is no such policy, or it is not valid; says where and what to do.
    """
    name = path_or_name or DEFAULT_POLICY
    if name in shipped_policies():
        return parse_policy((_POLICIES / f"{name}.yaml").read_text(encoding="utf-8"), name)
    file = Path(name)
    try:
        return parse_policy(file.read_text(encoding="utf-8"), name)
    except FileNotFoundError:
        shipped = ", ".join(shipped_policies())
        raise PolicyError(f"there is no policy file {name}, and the shipped policies are {shipped}") from None
    except (OSError, UnicodeDecodeError) as fault:
        raise PolicyError(f"the policy file {name} cannot be read: {type(fault).__name__}") from None


def parse_policy(text: str, name: str) -> Policy:
    """A policy from YAML text. `name` stands for it in error messages.

    Raises:
        PolicyError: not YAML, or not a policy; one line per fault.
    """
    try:
        content = yaml.load(text, Loader=_UniqueKeys)  # noqa: S506 (a subclass of the safe loader)
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        raise PolicyError(f"{name}{where}: not valid YAML: {getattr(fault, 'problem', fault)}") from None
    try:
        return Policy.model_validate(content)
    except ValidationError as faults:
        lines = [f"{name}: {'.'.join(map(str, fault['loc'])) or 'policy'}: {fault['msg']}" for fault in faults.errors()]
        raise PolicyError("\n".join(lines)) from None


def build_deidentifier(policy: Policy, secret: bytes) -> Deidentifier:
    """An engine with the shipped rules, the policy's models, the machine's clock and its source of random bytes.

    Sets the process's garbage collector to look less often: scanning makes tens of thousands of small tuples in which
    there are no cycles, and looking through them again and again takes a third of the time of a large bundle.
    """
    gc.set_threshold(*_COLLECTOR_THRESHOLDS)
    detectors: list[Detector] = [RuleDetector(), *narrative_models(policy)]
    return Deidentifier(policy, secret, detectors, Sources(time.monotonic, os.urandom))


def narrative_models(policy: Policy) -> list[Detector]:
    """The policy's models as detectors; the shipped one, if there is one, where the policy says nothing.

    Raises:
        PolicyError: a model is missing or unusable; says what to do.
    """
    rules = policy.models
    if rules is None:
        rules = (ModelRule(model=DEFAULT_MODEL),) if DEFAULT_MODEL in shipped_models() else ()
    if not any(rule.enabled for rule in rules):
        return []
    from streamdeid.models.opening import model_detectors  # noqa: PLC0415 - loads the model runtime

    return [*model_detectors(rules, policy.votes, policy.limits.seconds)]
