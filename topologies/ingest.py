"""The first hop: raw messages to the internal topic, so that all of a patient's meet in one partition.

It repeats itself after a crash. Each record says where it came from, and raw order is kept, so that the second hop
knows a repeat by its raw offset. With a message go its notices (see `notices`).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from typing import Any

from streamdeid.engine import Route
from streamdeid.envelope import PATTERNS, Position, encode
from streamdeid.settings import Settings
from streamdeid.types import Format
from topologies.notices import Notifier, partition_of
from topologies.outputs import Publisher, Record
from topologies.window import Reports, Taken

#: Of this stage, in reports.
NAME = "ingest"

Router = Callable[[bytes, Format, str], Route]
#: What the headers and the key of a record say to the policy, as keyed hashes.
Carrier = Callable[[Iterable[tuple[str, bytes | None]], bytes | None], str]

_ATTEMPT = re.compile(PATTERNS["attempt"].encode())
_CARRIED = re.compile(PATTERNS["carried"].encode())


class Ingest:
    """What is done with a batch of raw messages. `carrier` tells what of a record goes on beside the message."""

    def __init__(
        self,
        settings: Settings,
        router: Router,
        publisher: Publisher,
        executor: Executor,
        reports: Reports,
        *,
        carrier: Carrier = lambda headers, key: "",
    ) -> None:
        names = settings.topics
        self._formats = {names.raw_hl7v2: Format.HL7V2, names.raw_fhir: Format.FHIR}
        self._internal = names.internal
        self._partitions = settings.partitions
        self._largest = settings.max_message_bytes
        self._router = router
        self._carrier = carrier
        self._notifier = Notifier(settings)
        self._publisher = publisher
        self._executor = executor
        self._reports = reports
        #: The topics' incarnations; set when partitions are taken over.
        self.incarnations: dict[str, str] = {}

    def use(self, router: Router, carrier: Carrier) -> None:
        """Work on with another engine; called between batches, where batches are worked on."""
        self._router = router
        self._carrier = carrier

    async def prepare(self, batch: Sequence[Taken]) -> list[Record]:
        """The internal records of a batch: one each, and notices."""
        messages = [taken.message for taken in batch]
        return await asyncio.get_running_loop().run_in_executor(self._executor, self._records, messages)

    async def publish(self, batch: Sequence[Taken], prepared: list[Record]) -> None:
        """Send them."""
        await self._publisher.send(prepared)
        self._reports.metrics.routed(len(batch))

    def _records(self, messages: Sequence[Any]) -> list[Record]:
        return [record for message in messages for record in self._records_of(message)]

    def _records_of(self, message: Any) -> list[Record]:
        self._reports.progress.move(NAME)
        content = message.value or b""
        format = self._formats[message.topic]
        source = Position(message.topic, self.incarnations[message.topic], message.partition, message.offset)
        headers: dict[str, object] = {"source": source, "format": format.value, "attempt": _attempt(message.headers)}
        carried = self._carrier(message.headers or (), message.key) or _carried(message.headers)
        if carried:
            headers["carried"] = carried
        if len(content) > self._largest:  # possible where producers compress; it stays on the raw topic
            headers["oversize"] = len(content)
            content = b""
        key, notices = self._router(content, format, str(source))
        partition = partition_of(key, self._partitions)
        record = Record(self._internal, partition, key.encode(), content, encode(headers))
        return [record, *self._notifier.records(notices, partition)]


def _carried(headers: Any) -> str:
    """What the record that a replay repeats had said to the policy."""
    value = bytes(dict(headers or ()).get("carried") or b"")
    return value.decode() if _CARRIED.fullmatch(value) else ""


def _attempt(headers: Any) -> str:
    """How often this message has been tried. Set by replays."""
    value = dict(headers or ()).get("attempt") or b"1"
    return bytes(value).decode() if _ATTEMPT.fullmatch(value) else "1"
