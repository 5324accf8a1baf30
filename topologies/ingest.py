"""The first hop: raw messages to the internal topic, so that all of a patient's meet in one partition.

It repeats itself after a crash. Each record says where it came from, and raw order is kept, so that the second hop
knows a repeat by its raw offset.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from hashlib import sha256
from typing import Any

from streamdeid.envelope import PATTERNS, Position, encode
from streamdeid.settings import Settings
from streamdeid.types import Format
from topologies.outputs import Publisher, Record
from topologies.window import Reports, Taken

#: Of this stage, in reports.
NAME = "ingest"

RoutingKey = Callable[[bytes, Format], str]

_ATTEMPT = re.compile(PATTERNS["attempt"].encode())


def partition_of(key: str, partitions: int) -> int:
    """The internal partition of a routing key."""
    return int.from_bytes(sha256(key.encode()).digest()[:8]) % partitions


class Ingest:
    """What is done with a batch of raw messages."""

    def __init__(
        self, settings: Settings, routing_key: RoutingKey, publisher: Publisher, executor: Executor, reports: Reports
    ) -> None:
        names = settings.topics
        self._formats = {names.raw_hl7v2: Format.HL7V2, names.raw_fhir: Format.FHIR}
        self._internal = names.internal
        self._partitions = settings.partitions
        self._largest = settings.max_message_bytes
        self._routing_key = routing_key
        self._publisher = publisher
        self._executor = executor
        self._reports = reports
        #: The topics' incarnations; set when partitions are taken over.
        self.incarnations: dict[str, str] = {}

    async def prepare(self, batch: Sequence[Taken]) -> list[Record]:
        """The internal records of a batch, one each."""
        messages = [taken.message for taken in batch]
        return await asyncio.get_running_loop().run_in_executor(self._executor, self._records, messages)

    async def publish(self, batch: Sequence[Taken], prepared: list[Record]) -> None:
        """Send them."""
        await self._publisher.send(prepared)
        self._reports.metrics.routed(len(batch))

    def _records(self, messages: Sequence[Any]) -> list[Record]:
        return [self._record(message) for message in messages]

    def _record(self, message: Any) -> Record:
        self._reports.progress.move(NAME)
        content = message.value or b""
        format = self._formats[message.topic]
        source = Position(message.topic, self.incarnations[message.topic], message.partition, message.offset)
        headers: dict[str, object] = {"source": source, "format": format.value, "attempt": _attempt(message.headers)}
        if len(content) > self._largest:  # possible where producers compress; it stays on the raw topic
            headers["oversize"] = len(content)
            content = b""
        key = self._routing_key(content, format)
        return Record(self._internal, partition_of(key, self._partitions), key.encode(), content, encode(headers))


def _attempt(headers: Any) -> str:
    """The one header of raw messages that goes on: how often this one has been tried. Set by replays."""
    value = dict(headers or ()).get("attempt") or b"1"
    return bytes(value).decode() if _ATTEMPT.fullmatch(value) else "1"
