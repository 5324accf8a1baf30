"""What is sent, and the producer that sends it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple

from aiokafka import AIOKafkaProducer

from streamdeid.envelope import Headers
from streamdeid.settings import Settings
from topologies.connection import client_options
from topologies.topics import carried_bytes

_BATCH_BYTES = 2**20
_LINGER_MS = 2
_REQUEST_MS = 40_000


class Record(NamedTuple):
    """One record to send."""

    topic: str
    partition: int
    key: bytes | None
    value: bytes | None
    headers: Headers = ()


class Publisher:
    """An idempotent producer: what it confirms is on all in-sync replicas, once, and in the order it was sent.

    `may_send` is awaited before every request; it does not return if nothing may be sent any more.
    """

    def __init__(self, settings: Settings, may_send: Callable[[], Awaitable[None]]) -> None:
        self._may_send = may_send
        self._options = client_options(settings) | {
            "acks": "all",
            "enable_idempotence": True,
            "max_batch_size": _BATCH_BYTES,
            "max_request_size": carried_bytes(settings),
            "linger_ms": _LINGER_MS,
            "request_timeout_ms": _REQUEST_MS,
        }
        self._producer: Any = None

    async def start(self) -> None:
        """Connect."""
        self._producer = AIOKafkaProducer(**self._options)
        await self._producer.start()
        sender = self._producer._sender
        request = sender._send_produce_req

        async def guarded(node_id: int, batches: Any) -> None:
            await self._may_send()
            await request(node_id, batches)

        sender._send_produce_req = guarded

    async def stop(self) -> None:
        """Disconnect."""
        if self._producer is not None:
            await self._producer.stop()

    async def send(self, records: Sequence[Record]) -> list[int]:
        """Send records in order; their offsets, when all of them are confirmed.

        Raises:
            KafkaError: one of them was refused. Which of the others have arrived is not known.
        """
        futures = [
            await self._producer.send(
                record.topic, record.value, record.key, record.partition, headers=list(record.headers)
            )
            for record in records
        ]
        return [metadata.offset for metadata in await asyncio.gather(*futures)]
