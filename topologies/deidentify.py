"""The second hop: each message of a patient's partition to a clean topic or to quarantine, and an audit record; of
notices, only what they teach is kept."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from typing import Any, NamedTuple, Protocol

from streamdeid.audit import Source, audit_record
from streamdeid.engine import Request, Route
from streamdeid.envelope import Position, QuarantineKey, decode, encode
from streamdeid.settings import Settings
from streamdeid.types import Format, Outcome, Quarantined, Released
from streamdeid.vault.lesson import Erasure, Lesson, Notice
from topologies import notices
from topologies.marks import Marks
from topologies.notices import Notifier, Told
from topologies.outputs import Publisher, Record
from topologies.topics import FRAME_BYTES, carried_bytes
from topologies.vault_table import PartitionVault
from topologies.window import Reports, Taken

#: Of this stage, in reports.
NAME = "deidentify"
_NONCE_BYTES = 12


class Engine(Protocol):
    """What the stream needs of the engine; `streamdeid.engine.Deidentifier` is one."""

    def process(
        self, requests: Sequence[Request], vault: MutableMapping[str, bytes], tell: Callable[[Notice], object]
    ) -> list[Outcome]:
        """The outcome of each message, in order; calls `tell` with what other partitions have to learn."""
        ...

    def learn(self, lesson: Lesson, sequence: int, vault: MutableMapping[str, bytes]) -> list[Notice]:
        """Remember what another partition's message says; what others have to learn from that."""
        ...

    def erase(self, erasure: Erasure, vault: MutableMapping[str, bytes]) -> None:
        """Forget a patient."""
        ...

    def route(self, content: bytes, format: Format, origin: str) -> Route:
        """Where the message is to be handled, and who else has to know of it; never fails."""
        ...

    def routing_key(self, content: bytes, format: Format) -> str:
        """The key of the patient whom the message is about; never fails."""
        ...

    def carried(self, headers: Iterable[tuple[str, bytes | None]], key: bytes | None) -> str:
        """What the headers and the key of a record say to the policy, as keyed hashes; may be empty."""
        ...


@dataclass(slots=True)
class Holding:
    """A partition that this worker has."""

    marks: Marks
    vault: PartitionVault


class Turn(NamedTuple):
    """A message that is to be worked on."""

    sequence: int
    partition: int
    source: Position
    format: Format
    content: bytes
    headers: dict[str, str]
    seen: str
    #: Why the engine is not to see it: a code of `errors.QUARANTINE_CODES`, or empty.
    refused: str


class Settled(NamedTuple):
    """A message with its outcome, and what is to be sent. `output` is None where it has been sent before."""

    format: Format
    outcome: Outcome
    output: Record | None
    audit: Record
    since: float


@dataclass(slots=True)
class Prepared:
    """What comes of a batch. `onward` are the notices that came of it."""

    settled: list[Settled] = field(default_factory=list)
    changes: list[tuple[PartitionVault, list[Record]]] = field(default_factory=list)
    onward: list[Record] = field(default_factory=list)
    repeats: int = 0
    noticed: int = 0


class Counted(list[Request]):
    """Messages for the engine; `note` is called whenever it takes one up."""

    def __init__(self, requests: Iterable[Request], note: Callable[[], None]) -> None:
        super().__init__(requests)
        self._note = note

    def __iter__(self) -> Iterator[Request]:
        for request in super().__iter__():
            self._note()
            yield request


class Outputs:
    """Makes the records that go out."""

    def __init__(self, settings: Settings, policy: str, routing_key: Callable[[bytes, Format], str]) -> None:
        self._names = settings.topics
        self._policy = policy
        self._routing_key = routing_key
        self._key = QuarantineKey(settings.quarantine_key)
        self._largest = carried_bytes(settings) - FRAME_BYTES

    def fitting(self, outcome: Outcome) -> Outcome:
        """The outcome, or quarantine where it is too large to be sent."""
        if isinstance(outcome, Released) and len(outcome.content) > self._largest:
            return Quarantined("message.too_large")
        return outcome

    def output(self, turn: Turn, outcome: Outcome, stamp: dict[str, object]) -> Record:
        """The record for a clean topic or for quarantine. Its key stands for the false patient, not for the true."""
        if isinstance(outcome, Released):
            clean = {Format.HL7V2: self._names.clean_hl7v2, Format.FHIR: self._names.clean_fhir}[turn.format]
            key = self._routing_key(outcome.content, turn.format).encode()
            return Record(clean, turn.partition, key, outcome.content, encode(stamp))
        fields = stamp | {
            "code": outcome.code,
            "path": outcome.path,
            "attempt": turn.headers.get("attempt", "1"),
            "key-id": self._key.id,
        }
        fields |= {name: turn.headers[name] for name in ("oversize", "carried") if name in turn.headers}
        headers = encode(fields)
        sealed = self._key.seal(turn.content, headers, os.urandom(_NONCE_BYTES))
        return Record(self._names.quarantine, turn.partition, None, sealed, headers)

    def audit(self, turn: Turn, outcome: Outcome, stamp: dict[str, object]) -> Record:
        """The audit record, with what this partition has seen."""
        source = Source(turn.source.topic, turn.source.partition, turn.source.offset)
        policy = str(stamp["policy"])
        value = audit_record(outcome, policy, source)
        if len(value) > self._largest and isinstance(outcome, Released):
            value = audit_record(Released(outcome.content), policy, source)
        return Record(self._names.audit, turn.partition, None, value, encode(stamp | {"seen": turn.seen}))

    def stamp(self, turn: Turn, incarnation: str) -> dict[str, object]:
        """The headers that clean, quarantine and audit records have in common."""
        return {
            "source": turn.source,
            "sequence": f"{incarnation}/{turn.sequence}",
            "format": turn.format.value,
            "policy": self._policy,
        }


class Deidentify:
    """What is done with a batch of internal messages."""

    def __init__(
        self,
        engine: Engine,
        outputs: Outputs,
        notifier: Notifier,
        publisher: Publisher,
        executor: Executor,
        reports: Reports,
    ) -> None:
        self._engine = engine
        self._outputs = outputs
        self._notifier = notifier
        self._publisher = publisher
        self._executor = executor
        self._reports = reports
        #: By partition number; set when partitions are taken over.
        self.holdings: dict[int, Holding] = {}
        self.incarnation = ""

    def use(self, engine: Engine, outputs: Outputs) -> None:
        """Work on with another engine; called between batches, where batches are worked on."""
        self._engine = engine
        self._outputs = outputs

    async def prepare(self, batch: Sequence[Taken]) -> Prepared:
        """Have the engine work on what is new in a batch, in a thread, so that the event loop goes on."""
        prepared = Prepared()
        new: dict[int, list[tuple[Turn | Told, float]]] = {}
        for taken in batch:
            turn = self._turn(taken.message)
            if turn is not None:
                new.setdefault(turn.partition, []).append((turn, taken.since))
            elif not notices.is_notice(taken.message):
                prepared.repeats += 1
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._executor, self._work_all, new, prepared)
        return prepared

    async def publish(self, batch: Sequence[Taken], prepared: Prepared) -> None:
        """First what others have to learn, then what the vault learned, then the outputs, then the audit: each is
        confirmed before the next is sent, so that whatever is on a topic rests on something that is kept. What the
        vault has learned is told to nobody any more."""
        await self._publisher.send(prepared.onward)
        for vault, changes in prepared.changes:
            await vault.confirm(changes, self._publisher)
        await self._publisher.send([settled.output for settled in prepared.settled if settled.output is not None])
        await self._publisher.send([settled.audit for settled in prepared.settled])
        now = asyncio.get_running_loop().time()
        for settled in prepared.settled:
            self._reports.metrics.settled(settled.format, settled.outcome, now - settled.since)
        self._reports.metrics.repeated(prepared.repeats)
        self._reports.metrics.noticed(prepared.noticed)

    def _turn(self, message: Any) -> Turn | Told | None:
        """The message or notice, None where it is done or the message is a repeat."""
        marks = self.holdings[message.partition].marks
        if message.offset <= marks.done:
            return None
        headers = decode(message.headers)
        told = notices.read(message, headers)
        if told is not None:
            return told
        own = "source" in headers and "format" in headers
        source = Position.parse(headers["source"]) if own else self._stray(message)
        if marks.is_repeat(source):
            return None
        return Turn(
            message.offset,
            message.partition,
            source,
            Format(headers["format"]) if own else Format.TEXT,
            message.value or b"",
            headers,
            marks.seen_header,
            _refusal(own, headers),
        )

    def _stray(self, message: Any) -> Position:
        """The position of a record that the first hop did not write: its own."""
        return Position(message.topic, self.incarnation, message.partition, message.offset)

    def _work_all(self, work: Mapping[int, Sequence[tuple[Turn | Told, float]]], prepared: Prepared) -> None:
        for partition, turns in work.items():
            holding = self.holdings[partition]
            for _, run in groupby(turns, key=lambda turn: type(turn[0])):  # in order: a message knows what came before
                together = list(run)
                self._learn(holding, partition, [told for told, _ in together if isinstance(told, Told)], prepared)
                self._work(
                    holding, partition, [(turn, at) for turn, at in together if isinstance(turn, Turn)], prepared
                )
            prepared.changes.append((holding.vault, holding.vault.changes()))

    def _learn(self, holding: Holding, partition: int, told: Sequence[Told], prepared: Prepared) -> None:
        for one in told:
            self._reports.progress.move(NAME)
            if isinstance(one.lesson, Erasure):
                self._engine.erase(one.lesson, holding.vault)
            else:
                learned = self._engine.learn(one.lesson, one.sequence, holding.vault)
                prepared.onward.extend(self._notifier.records(learned, partition, one.hops))
            prepared.noticed += 1

    def _work(self, holding: Holding, partition: int, turns: Sequence[tuple[Turn, float]], prepared: Prepared) -> None:
        requests = (
            Request(turn.content, turn.format, turn.sequence, str(turn.source), turn.headers.get("carried", ""))
            for turn, _ in turns
            if not turn.refused
        )
        note = partial(self._reports.progress.move, NAME)
        learned: list[Notice] = []
        outcomes = iter(self._engine.process(Counted(requests, note), holding.vault, learned.append))
        prepared.onward.extend(self._notifier.records(learned, partition))
        for turn, since in turns:
            outcome = Quarantined(turn.refused) if turn.refused else next(outcomes)
            prepared.settled.append(self._settle(holding.marks, turn, outcome, since))

    def _settle(self, marks: Marks, turn: Turn, outcome: Outcome, since: float) -> Settled:
        stamp = self._outputs.stamp(turn, self.incarnation)
        before = marks.settled.get(turn.sequence)
        if before is None:
            outcome = self._outputs.fitting(outcome)
            output = self._outputs.output(turn, outcome, stamp)
        else:  # what is on a topic is what happened, also where a time limit would decide otherwise now
            output = None
            is_other = before.policy not in ("", stamp["policy"])
            if is_other:  # handled under the policy before: what that replaced is not known any more
                stamp["policy"] = before.policy
            if before.code:
                outcome = Quarantined(before.code, before.path)
            elif is_other or not isinstance(outcome, Released):
                outcome = Released(b"")
        return Settled(turn.format, outcome, output, self._outputs.audit(turn, outcome, stamp), since)


def _refusal(own: bool, headers: dict[str, str]) -> str:
    if not own:
        return "message.unknown_format"
    return "message.too_large" if "oversize" in headers else ""
