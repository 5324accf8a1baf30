"""How the engine's cost grows with the size of a message: per byte it should not."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import NamedTuple

from streamdeid.bench.engine import SECRET
from streamdeid.build import build_deidentifier, load_policy
from streamdeid.demo import generate
from streamdeid.demo.people import Patient, patients
from streamdeid.engine import Request
from streamdeid.errors import UsageError
from streamdeid.types import Format, Released

SIZES = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)


class Growth(NamedTuple):
    """The cost of one message of a size: the best of its repetitions, in all and per megabyte."""

    name: str
    bytes: int
    ms: float
    ms_per_mb: float


def growth(limit: int = SIZES[-1], seconds: float = 1.0) -> Iterator[Growth]:
    """Measure messages of 1 kB to `limit` bytes: a FHIR bundle, and an ORU with as many results.

    Raises:
        UsageError: a message was not released.
    """
    patient = patients(seed=12, count=1)[0]
    for size in SIZES:
        if size <= limit:
            yield _measure("bundle", Format.FHIR, generate.bundle(patient, size), seconds)
            yield _measure("oru", Format.HL7V2, _long_result(patient, size), seconds)


def _long_result(patient: Patient, size: int) -> bytes:
    """A report of about this size: the rows of one again and again."""
    content = generate.narrative_result(patient)
    head, rows = content[: content.index(b"\rOBX") + 1], content[content.index(b"\rOBX") + 1 :]
    return head + rows * max(1, (size - len(head)) // len(rows))


def _measure(name: str, format: Format, content: bytes, seconds: float) -> Growth:
    engine = build_deidentifier(load_policy(), SECRET)
    best, end = float("inf"), time.process_time() + seconds
    while best == float("inf") or time.process_time() < end:
        start = time.process_time()
        outcome = engine.process([Request(content, format, 1)], {})[0]
        best = min(best, time.process_time() - start)
        if not isinstance(outcome, Released):
            raise UsageError(f"{name} of {len(content):,} bytes: refused with {outcome.code} at {outcome.path}")
    return Growth(name, len(content), best * 1e3, best * 1e3 / (len(content) / 1e6))
