"""What the output partitions hold already, read when a partition is taken over.

Outputs go to the partition number of their input, in order, each with the offset of its input. So the last records
of an output partition say how far it got. Every message has an audit record, written when its output is confirmed:
what the last one says is done is done. Beyond it there can be outputs of the batch in which a worker was killed; they
are not sent again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition

from streamdeid.envelope import Position, decode
from streamdeid.settings import Settings
from topologies.connection import client_options

#: How many records are read back at first, and how many times as many when these do not tell.
_FIRST, _MORE = 1, 128


class Settled(NamedTuple):
    """The outcome of a message, as its output says. `code` is empty for a released one; `policy` is the digest of the
    policy that it was handled under."""

    code: str
    path: str
    policy: str = ""


@dataclass(slots=True)
class Marks:
    """How far a partition got. `done` is the last internal offset with an audit record; `settled` are outcomes beyond
    it that are on their topics; `seen` has the last offset of each raw partition (topic@incarnation/partition)."""

    done: int
    settled: dict[int, Settled] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)

    def is_repeat(self, source: Position) -> bool:
        """Whether this raw message has been here before; if not, it has now."""
        partition = f"{source.topic}@{source.incarnation}/{source.partition}"
        if source.offset <= self.seen.get(partition, -1):
            return True
        self.seen[partition] = source.offset
        return False

    @property
    def seen_header(self) -> str:
        """`seen` as the audit record carries it."""
        return ",".join(f"{partition}/{offset}" for partition, offset in self.seen.items())


class _Stamped(NamedTuple):
    """A record of ours."""

    offset: int
    incarnation: str
    sequence: int
    headers: dict[str, str]


class MarksReader:
    """Reads ends of topics. Not bound to a consumer group; used by one task at a time."""

    def __init__(self, settings: Settings) -> None:
        self._names = settings.topics
        self._options = client_options(settings) | {
            "enable_auto_commit": False,
            "auto_offset_reset": "earliest",
            "fetch_max_wait_ms": 100,
        }

    async def read(self, next_offsets: Mapping[int, int], incarnation: str) -> dict[int, Marks]:
        """The marks of partitions, by number. `next_offsets` are the committed ones: what is before them is done.

        Raises:
            KafkaError: brokers do not answer.
        """
        consumer = AIOKafkaConsumer(**self._options)
        await consumer.start()
        try:
            return await self._read(_Tails(consumer), next_offsets, incarnation)
        finally:
            await consumer.stop()

    async def _read(self, tails: _Tails, next_offsets: Mapping[int, int], incarnation: str) -> dict[int, Marks]:
        marks = {partition: Marks(offset - 1) for partition, offset in next_offsets.items()}
        audits = [TopicPartition(self._names.audit, partition) for partition in marks]
        for tp, records in (await tails.read(dict.fromkeys(audits, _NOTHING_DONE), incarnation)).items():
            if records:
                _note_audit(marks[tp.partition], records[-1], incarnation)
        topics = (self._names.clean_hl7v2, self._names.clean_fhir, self._names.quarantine)
        outputs = {TopicPartition(topic, partition): marks[partition].done for topic in topics for partition in marks}
        for tp, records in (await tails.read(outputs, incarnation)).items():
            _note_outputs(marks[tp.partition], records, incarnation)
        return marks


#: Any stamped record tells enough.
_NOTHING_DONE = 2**63


class _Tails:
    """The last records of partitions, as far back as it takes to know what lies beyond an offset."""

    def __init__(self, consumer: Any) -> None:
        self._consumer = consumer

    async def read(self, done: Mapping[TopicPartition, int], incarnation: str) -> dict[TopicPartition, list[_Stamped]]:
        """Our records at the end of each partition: at least all whose sequence is beyond `done`."""
        first = await self._consumer.beginning_offsets(list(done))
        end = await self._consumer.end_offsets(list(done))
        found: dict[TopicPartition, list[_Stamped]] = {tp: [] for tp in done}
        span = _FIRST
        open_ = [tp for tp in done if end[tp] > first[tp]]
        while open_:
            start = {tp: max(first[tp], end[tp] - span) for tp in open_}
            found |= await self._between(start, end)
            open_ = [tp for tp in open_ if start[tp] > first[tp] and not _reaches(found[tp], done[tp], incarnation)]
            span *= _MORE
        return found

    async def _between(
        self, start: Mapping[TopicPartition, int], end: Mapping[TopicPartition, int]
    ) -> dict[TopicPartition, list[_Stamped]]:
        consumer = self._consumer
        consumer.assign(list(start))
        for tp, offset in start.items():
            consumer.seek(tp, offset)
        found: dict[TopicPartition, list[_Stamped]] = {tp: [] for tp in start}
        pending = set(start)
        while pending:
            for tp, batch in (await consumer.getmany(*pending, timeout_ms=200)).items():
                found[tp] += _stamped(record for record in batch if record.offset < end[tp])
            pending = {tp for tp in pending if await consumer.position(tp) < end[tp]}
        return found


def _stamped(records: Iterable[Any]) -> list[_Stamped]:
    stamped = []
    for record in records:
        headers = decode(record.headers)
        if "sequence" in headers and "source" in headers:
            incarnation, sequence = headers["sequence"].split("/")
            stamped.append(_Stamped(record.offset, incarnation, int(sequence), headers))
    return stamped


def _reaches(records: list[_Stamped], done: int, incarnation: str) -> bool:
    """Whether these go back far enough: to one that is done, or that stems from an earlier internal topic."""
    return any(record.incarnation != incarnation or record.sequence <= done for record in records)


def _note_audit(marks: Marks, last: _Stamped, incarnation: str) -> None:
    if last.incarnation == incarnation:
        marks.done = max(marks.done, last.sequence)
    for entry in filter(None, last.headers.get("seen", "").split(",")):
        partition, offset = entry.rsplit("/", 1)
        marks.seen[partition] = int(offset)


def _note_outputs(marks: Marks, records: list[_Stamped], incarnation: str) -> None:
    for record in records:
        if record.incarnation == incarnation and record.sequence > marks.done:
            said = (record.headers.get(name, "") for name in ("code", "path", "policy"))
            marks.settled[record.sequence] = Settled(*said)
