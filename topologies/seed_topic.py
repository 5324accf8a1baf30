"""The seeds of random surrogates in the stream: one record of a topic with one partition, encrypted under the secret.

A patient may be mentioned in any partition, so all workers have to draw from the same seeds, and none may draw before
it knows them. The record with the lowest offset counts. A worker that finds the topic empty offers fresh seeds and
then reads which ones came first; whatever workers do at the same time, all of them read the same ones.

Erasing a patient puts a record with that patient's seed renewed behind the others and then has the broker delete those
before it: now it is the first. Workers that are running hear of it by a notice in each partition (see `notices`), those
that start read it here. Where two patients are erased by two commands at once, each looks whether its own renewal is
in what counts in the end, and does it again if not.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, TypeVar

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from aiokafka.errors import KafkaError

from streamdeid.envelope import Position
from streamdeid.errors import SettingsError
from streamdeid.settings import Settings
from streamdeid.transform.prf import Prf
from streamdeid.vault.lesson import Erasure
from streamdeid.vault.seeds import SEED_BYTES, Seeds
from streamdeid.vault.vault import SEEDS_KEY, Vault, vault_key
from topologies import topics
from topologies.connection import client_options
from topologies.notices import Notifier
from topologies.outputs import Record

T = TypeVar("T")

_READ_SECONDS: Final = 30.0
_TRIES: Final = 10


def open_seeds(settings: Settings) -> Seeds:
    """The seeds of this deployment; minted if there are none.

    Raises:
        SettingsError: brokers do not answer, or the seeds were sealed with another secret.
    """

    async def find(clients: _Clients) -> Seeds:
        return (await clients.first_or_offer())[1]

    return _with_clients(settings, find)


def erase(settings: Settings, patients: Sequence[str]) -> None:
    """Erase patients in the stream: their seeds, then what is remembered of them in every partition.

    Raises:
        SettingsError: brokers do not answer, topics are not as they have to be, or the secret is another one.
    """
    incarnation = topics.verify(settings)[settings.topics.seeds]
    erasures = [Erasure(patient, os.urandom(SEED_BYTES).hex()) for patient in patients]

    async def renew(clients: _Clients) -> None:
        offset = await clients.renew(erasures)
        origin = str(Position(settings.topics.seeds, incarnation, 0, offset))
        notifier = Notifier(settings)
        await clients.send([record for erasure in erasures for record in notifier.erasing(erasure, origin)])

    _with_clients(settings, renew)


class _Clients:
    """What the topic is read and written with."""

    def __init__(self, settings: Settings) -> None:
        self._partition = TopicPartition(settings.topics.seeds, 0)
        self._key = vault_key(Prf(settings.secret))
        options = client_options(settings)
        self._admin = options
        self._consumer: Any = AIOKafkaConsumer(**options, enable_auto_commit=False, auto_offset_reset="earliest")
        self._producer: Any = AIOKafkaProducer(**options, acks="all", max_request_size=settings.max_message_bytes)

    async def start(self) -> None:
        await self._consumer.start()
        self._consumer.assign([self._partition])
        await self._producer.start()

    async def stop(self) -> None:
        await self._producer.stop()
        await self._consumer.stop()

    async def send(self, records: Sequence[Record]) -> None:
        for one in records:
            await self._producer.send_and_wait(one.topic, one.value, one.key, one.partition, headers=list(one.headers))

    async def first_or_offer(self) -> tuple[int, Seeds]:
        """The seeds that count, and their offset."""
        found = await self._first()
        if found is None:
            await self._write(Seeds.mint(os.urandom))
            found = await self._first()
        if found is None:
            raise SettingsError(f"the topic {self._partition.topic} does not keep what is written to it")
        return found

    async def renew(self, erasures: Sequence[Erasure]) -> int:
        """Have seeds count in which these are renewed; the offset of their record."""
        for _ in range(_TRIES):
            offset, seeds = await self.first_or_offer()
            if all(seeds.of(one.patient).hex() == one.salt for one in erasures):
                return offset
            for one in erasures:
                seeds = seeds.renewed(one.patient, bytes.fromhex(one.salt))
            await self._delete_before(await self._write(seeds))
        raise SettingsError("others keep erasing at the same time; run one erase after the other")

    async def _first(self) -> tuple[int, Seeds] | None:
        begin = (await self._consumer.beginning_offsets([self._partition]))[self._partition]
        end = (await self._consumer.end_offsets([self._partition]))[self._partition]
        if begin >= end:
            return None
        self._consumer.seek(self._partition, begin)
        record = await asyncio.wait_for(self._consumer.getone(self._partition), _READ_SECONDS)
        seeds = Vault({SEEDS_KEY: record.value or b""}, self._key, os.urandom).known_seeds()
        return None if seeds is None else (record.offset, seeds)

    async def _write(self, seeds: Seeds) -> int:
        sealed: dict[str, bytes] = {}
        Vault(sealed, self._key, os.urandom).write_seeds(seeds)
        sent = await self._producer.send_and_wait(self._partition.topic, sealed[SEEDS_KEY], partition=0)
        return int(sent.offset)

    async def _delete_before(self, offset: int) -> None:
        admin: Any = AIOKafkaAdminClient(**self._admin)
        await admin.start()
        try:
            await admin.delete_records({self._partition: RecordsToDelete(before_offset=offset)})
        finally:
            await admin.close()


def _with_clients(settings: Settings, work: Callable[[_Clients], Awaitable[T]]) -> T:
    async def run() -> T:
        clients = _Clients(settings)
        try:
            await clients.start()
            return await work(clients)
        finally:
            await clients.stop()

    try:
        return asyncio.run(run())
    except (KafkaError, TimeoutError, OSError) as fault:
        raise SettingsError(f"brokers at {settings.brokers}: {type(fault).__name__}") from None
