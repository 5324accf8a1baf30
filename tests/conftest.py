"""Shared by all tests: one engine per policy, for an engine holds nothing but its policy, its secret and its caches."""

import os
import time
from importlib.util import find_spec
from itertools import count

import pytest
from hypothesis import settings

from streamdeid.build import build_deidentifier, load_policy
from streamdeid.detect.rules.detector import RuleDetector
from streamdeid.engine import Deidentifier, Sources

# What needs PyTorch has an environment of its own (`make training-tests`), so that all else is seen to need none.
collect_ignore = [] if find_spec("torch") else ["with_torch"]

# CI looks at the same examples each time, so that what is red there is red because of the change.
settings.register_profile("ci", derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")

SECRET = b"a made-up secret, for tests alone"


@pytest.fixture(scope="session")
def deidentifier() -> Deidentifier:
    """The default policy under a fixed secret. Nonces are counted, so that equal runs write equal tables."""
    numbers = count(1)
    sources = Sources(time.monotonic, lambda size: next(numbers).to_bytes(size, "big"))
    return Deidentifier(load_policy(), SECRET, [RuleDetector()], sources)


@pytest.fixture(scope="session")
def lossless() -> Deidentifier:
    """The policy that keeps everything."""
    return build_deidentifier(load_policy("keep_all"), SECRET)
