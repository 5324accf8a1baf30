"""How fast the engine is on one core, and where its time goes. All figures are of one run on one machine.

Times are of the processor, not of the clock on the wall: the engine waits for nothing, and other processes may not
count.
"""

from __future__ import annotations

import cProfile
import pstats
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from streamdeid.build import build_deidentifier, load_policy
from streamdeid.demo import generate
from streamdeid.demo.people import patients
from streamdeid.engine import Request
from streamdeid.errors import UsageError
from streamdeid.types import Format, Released

SECRET = b"a benchmark has nothing to hide!"
_WARM_UP = 3
_BUNDLE_BYTES = 500_000
_PEOPLE = 64


class Workload(NamedTuple):
    """Messages of one kind, all different, all of made-up patients."""

    name: str
    format: Format
    messages: tuple[bytes, ...]

    @property
    def size(self) -> float:
        """Mean size of a message in bytes."""
        return statistics.fmean(map(len, self.messages))


class Figure(NamedTuple):
    """What one workload took: medians over its repetitions."""

    name: str
    messages: int
    bytes_each: float
    ms_each: float
    messages_per_second: float
    mb_per_second: float


class Share(NamedTuple):
    """A module's share of a profiled run, in its own code, between 0 and 1."""

    module: str
    share: float


def workloads() -> Iterator[Workload]:
    """A 12-segment ORU without narrative, one with a report, and bundles of half a megabyte."""
    people = patients(seed=11, count=_PEOPLE)
    plain = tuple(generate.plain_result(patient, number) for number, patient in enumerate(people, 1))
    narrative = tuple(generate.narrative_result(patient, number) for number, patient in enumerate(people, 1))
    bundles = tuple(generate.bundle(patient, _BUNDLE_BYTES, number) for number, patient in enumerate(people[:3], 1))
    yield Workload("oru, 12 segments, no narrative", Format.HL7V2, plain)
    yield Workload("oru with a report", Format.HL7V2, narrative)
    yield Workload("bundle, 0.5 MB", Format.FHIR, bundles)


def measure(workload: Workload, seconds: float, policy: str | None = None) -> Figure:
    """Run a workload again and again for about this many seconds. The vault is warm after the first round.

    Raises:
        UsageError: a message was not released; a benchmark of refusals would measure nothing.
    """
    engine = build_deidentifier(load_policy(policy), SECRET)
    vault: dict[str, bytes] = {}
    requests = [Request(content, workload.format, number) for number, content in enumerate(workload.messages)]
    for request in requests[:_WARM_UP]:
        outcome = engine.process([request], vault)[0]
        if not isinstance(outcome, Released):
            raise UsageError(f"{workload.name}: refused with {outcome.code} at {outcome.path}; nothing to measure")
    rounds: list[float] = []
    end = time.process_time() + seconds
    while not rounds or time.process_time() < end:
        start = time.process_time()
        engine.process(requests, vault)
        rounds.append((time.process_time() - start) / len(requests))
    each = statistics.median(rounds)
    size = workload.size
    return Figure(workload.name, len(requests) * len(rounds), size, each * 1e3, 1 / each, size / each / 1e6)


def profile(workload: Workload, rounds: int = 5, top: int = 12) -> list[Share]:
    """Which modules the time goes to. Profiling slows calls, so these are shares and not times."""
    engine = build_deidentifier(load_policy(), SECRET)
    vault: dict[str, bytes] = {}
    requests = [Request(content, workload.format, number) for number, content in enumerate(workload.messages)]
    engine.process(requests, vault)
    profiler = cProfile.Profile()
    with profiler:
        for _ in range(rounds):
            engine.process(requests, vault)
    spent: dict[str, float] = {}
    for (file, _, name), row in pstats.Stats(profiler).stats.items():  # type: ignore[attr-defined]  # not in typeshed
        module = _module(file, name)
        spent[module] = spent.get(module, 0.0) + row[2]
    total = sum(spent.values())
    shares = sorted((Share(module, time / total) for module, time in spent.items()), key=lambda share: -share.share)
    return shares[:top]


def _module(file: str, name: str) -> str:
    if file == "~":
        return f"built-in {name.strip('<>').removeprefix('built-in method ')}"
    parts = Path(file).with_suffix("").parts
    return ".".join(parts[parts.index("streamdeid") :]) if "streamdeid" in parts else parts[-1]
