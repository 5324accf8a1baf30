"""The shipped policies, for the tests that ask whether they have a rule for every place."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import yaml

from streamdeid.policy.policy import Policy
from streamdeid.policy.rulebook import Rulebook
from streamdeid.types import Format, Place

POLICIES = Path(__file__).parents[2] / "config" / "policies"
NAMES = ("expert_determination", "keep_all")


@cache
def policy(name: str) -> Policy:
    return Policy.model_validate(yaml.load(text(name), Loader=yaml.CSafeLoader))


@cache
def rulebook(name: str) -> Rulebook:
    return Rulebook(policy(name))


def text(name: str) -> str:
    return (POLICIES / f"{name}.yaml").read_text(encoding="utf-8")


def unnamed(name: str, format: Format, places: Iterable[Place]) -> list[str]:
    return sorted({place.path for place in places if rulebook(name).named(format, place) is None})
