"""Sends made-up messages through the stream, and watches what becomes of each."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from streamdeid.demo.generate import MadeUp
from streamdeid.envelope import Position, decode
from streamdeid.settings import TopicNames
from streamdeid.types import Format

_Where = tuple[str, int, int]


@dataclass(slots=True)
class Fate:
    """What has become of a message so far. `after` is what was released; `code` why it was not; `seconds` how long
    either took; `copies` how many outcomes there were, of which there may be one."""

    message: MadeUp
    sent: float
    after: bytes = b""
    code: str = ""
    seconds: float = 0.0
    copies: int = 0
    replaced: Sequence[Mapping[str, Any]] = field(default=())
    audited: bool = False

    @property
    def done(self) -> bool:
        """Whether its outcome and its audit record are there."""
        return self.copies > 0 and self.audited


class Traffic:
    """Messages on their way through the stream at `brokers`. Leaving the block closes the connections."""

    def __init__(self, brokers: str, topics: TopicNames) -> None:
        self.fates: list[Fate] = []
        self._topics = topics
        self._raw = {Format.HL7V2: topics.raw_hl7v2, Format.FHIR: topics.raw_fhir}
        self._on_their_way: list[tuple[Any, Fate]] = []
        self._sent: dict[_Where, Fate] = {}
        self._early: list[tuple[float, Any]] = []
        self._producer = KafkaProducer(bootstrap_servers=brokers, acks="all", enable_idempotence=False, linger_ms=5)
        self._consumer = KafkaConsumer(bootstrap_servers=brokers, auto_offset_reset="earliest", group_id=None)
        watched = (topics.clean_hl7v2, topics.clean_fhir, topics.quarantine, topics.audit)
        self._consumer.assign(
            [
                TopicPartition(topic, number)
                for topic in watched
                for number in self._consumer.partitions_for_topic(topic)
            ]
        )

    def __enter__(self) -> Traffic:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._producer.close(timeout=1)
        self._consumer.close()

    @property
    def waiting(self) -> int:
        """How many messages have no outcome, or no audit record, yet."""
        return sum(not fate.done for fate in self.fates)

    def send(self, message: MadeUp) -> None:
        """Send a message to the raw topic of its format."""
        fate = Fate(message, time.monotonic())
        self.fates.append(fate)
        sending = self._producer.send(self._raw[message.format], value=message.content, key=message.key)
        self._on_their_way.append((sending, fate))

    def watch(self, seconds: float) -> int:
        """Take in what arrives within `seconds`; how many records that was."""
        batches = self._consumer.poll(timeout_ms=int(seconds * 1000))
        now = time.monotonic()
        records = [(now, record) for batch in batches.values() for record in batch]
        self._note_positions()
        waiting = self._early + records
        # What arrives before the broker has told where its message stands has to wait for that.
        self._early = [(at, record) for at, record in waiting if not self._take(at, record)]
        return len(records)

    def _note_positions(self) -> None:
        still = []
        for sending, fate in self._on_their_way:
            if sending.is_done:
                stands = sending.get()
                self._sent[stands.topic, stands.partition, stands.offset] = fate
            else:
                still.append((sending, fate))
        self._on_their_way = still

    def _take(self, at: float, record: Any) -> bool:
        headers = decode(record.headers)
        if "event" in headers:  # about the worker, and no message
            return True
        source = Position.parse(headers["source"])
        fate = self._sent.get((source.topic, source.partition, source.offset))
        if fate is None:
            return False
        if record.topic == self._topics.audit:
            fate.audited = True
            fate.replaced = json.loads(record.value).get("replacements", ())
            return True
        fate.copies += 1
        fate.seconds = at - fate.sent
        if record.topic == self._topics.quarantine:
            fate.code = headers["code"]
        else:
            fate.after = record.value
        return True
