"""How fast narrative is read: by all detectors together, by the models among them, and by another tool on the same
cores in the same run. Figures of one run, to be compared within that run alone."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NamedTuple, Protocol

from streamdeid.bench.engine import SECRET
from streamdeid.bench.model_time import ModelTime, timed_models
from streamdeid.bench.notes import as_they_are, cut
from streamdeid.detect.rules.detector import RuleDetector
from streamdeid.engine import Deidentifier, Sources
from streamdeid.message.clean import Detector
from streamdeid.policy.policy import Policy

_TOKEN = re.compile(r"\w+|[^\w\s]")
_STATUS = Path("/proc/self/status")


class Reader(Protocol):
    """What reads texts."""

    @property
    def name(self) -> str:
        """What it is called in the figures."""
        ...

    def read(self, texts: Sequence[str]) -> int:
        """Reads these texts together; how many identifiers it finds."""
        ...


class Stack:
    """All that reads narrative under a policy: rules, models, resolution of what they find.

    Raises:
        PolicyError: a model of the policy cannot be used.
    """

    name = "streamdeid"

    def __init__(self, policy: Policy) -> None:
        self.model_time = ModelTime()
        detectors: list[Detector] = [RuleDetector(), *timed_models(policy, self.model_time)]
        self._engine = Deidentifier(policy, SECRET, detectors, Sources(time.monotonic, os.urandom))

    def read(self, texts: Sequence[str]) -> int:
        """See `Reader`."""
        self._engine.read_ahead(texts)
        return sum(len(self._engine.detect_text(text)) for text in texts)


class Figure(NamedTuple):
    """What one reader did with texts of one size, so many at a time. Seconds are of the clock on the wall, but those
    of `characters_per_cpu_second`. Tokens are words and marks, counted the same way for everybody; `model_tokens` are
    the model's own, without padding; `outside_model` is the share of the time that no model was at work."""

    reader: str
    together: int
    characters_each: float
    texts: int
    ms_each: float
    characters_per_second: float
    characters_per_cpu_second: float
    tokens_per_second: float
    model_tokens_per_second: float | None
    outside_model: float | None


@dataclass(slots=True)
class _Spent:
    """What a reader has done so far."""

    texts: int = 0
    characters: int = 0
    tokens: int = 0
    seconds: float = 0.0
    cpu: float = 0.0

    def read(self, reader: Reader, texts: Sequence[str]) -> None:
        start, cpu = time.perf_counter(), time.process_time()
        reader.read(texts)
        self.seconds += time.perf_counter() - start
        self.cpu += time.process_time() - cpu
        self.texts += len(texts)
        self.characters += sum(map(len, texts))
        self.tokens += sum(len(_TOKEN.findall(text)) for text in texts)


def measure(readers: Sequence[Reader], texts: Iterator[str], together: int, seconds: float) -> list[Figure]:
    """Lets the readers read in turns, until each has taken about so many seconds, and each at least one batch."""
    spent = {reader.name: _Spent() for reader in readers}
    models = {reader.name: reader.model_time.taken() for reader in readers if isinstance(reader, Stack)}
    while waiting := [reader for reader in readers if spent[reader.name].seconds < seconds]:
        batch = list(islice(texts, together))
        for reader in waiting:
            spent[reader.name].read(reader, batch)
    return [_figure(reader, together, spent[reader.name], models.get(reader.name)) for reader in readers]


def _figure(reader: Reader, together: int, spent: _Spent, before: ModelTime | None) -> Figure:
    in_models = reader.model_time.since(before) if isinstance(reader, Stack) and before is not None else ModelTime()
    return Figure(
        reader.name,
        together,
        spent.characters / spent.texts,
        spent.texts,
        spent.seconds / spent.texts * 1e3,
        spent.characters / spent.seconds,
        spent.characters / max(spent.cpu, 1e-9),
        spent.tokens / spent.seconds,
        in_models.tokens / spent.seconds if in_models.tokens else None,
        max(0.0, 1 - in_models.seconds / spent.seconds) if in_models.tokens else None,
    )


class Memory(NamedTuple):
    """Resident memory of this process, in millions of bytes: before anything was loaded, and what each reader, loaded
    and having read, added. None where the system does not tell."""

    before: float | None
    added: dict[str, float | None]


class Report(NamedTuple):
    """All figures of a run, on so many cores. `provider` is where the models ran, empty where there is none."""

    cores: int
    provider: str
    memory: Memory
    by_batch: list[Figure]
    by_length: list[Figure]


def sweep(
    makers: Sequence[Callable[[], Reader]],
    notes: Sequence[str],
    together: Sequence[int],
    lengths: Sequence[int],
    seconds: float,
) -> Report:
    """Makes the readers, lets each read once unmeasured, and measures them at every size."""
    whole = as_they_are(notes)
    before = resident_mb()
    readers: list[Reader] = []
    added: dict[str, float | None] = {}
    last = before
    for make in makers:
        reader = make()
        reader.read(list(islice(whole, max(together, default=1))))
        now = resident_mb()
        added[reader.name] = None if now is None or last is None else now - last
        readers.append(reader)
        last = now
    by_batch = [figure for count in together for figure in measure(readers, whole, count, seconds)]
    by_length = [figure for length in lengths for figure in measure(readers, cut(notes, length), 1, seconds)]
    provider = next((reader.model_time.provider for reader in readers if isinstance(reader, Stack)), "")
    return Report(len(os.sched_getaffinity(0)), provider, Memory(before, added), by_batch, by_length)


def resident_mb() -> float | None:
    """The resident memory of this process, in millions of bytes; None where the system does not tell."""
    try:
        found = re.search(r"^VmRSS:\s+(\d+) kB", _STATUS.read_text(encoding="ascii"), re.MULTILINE)
    except OSError:
        return None
    return int(found[1]) * 1024 / 1e6 if found else None
