"""The stream of one process: both hops put together, and what happens when partitions come and go."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from faust.types import TP

from streamdeid.metrics import Metrics
from streamdeid.settings import Settings
from topologies import deidentify, ingest, topics
from topologies.connection import client_options
from topologies.marks import MarksReader
from topologies.membership import Membership, MembershipLost
from topologies.notices import Notifier
from topologies.outputs import Publisher
from topologies.vault_table import PartitionVault
from topologies.watchdog import Progress
from topologies.window import Limits, Reports, Window

log = logging.getLogger(__name__)

_BEAT_SECONDS = 0.5
_LAG_LIMIT = 10.0


class Assignment(NamedTuple):
    """What was found out about newly assigned partitions."""

    holdings: dict[int, deidentify.Holding]
    incarnations: dict[str, str]


class Stream:
    """Both hops. `fail` ends the process; `policy` is the digest that records carry."""

    def __init__(
        self,
        settings: Settings,
        engine: deidentify.Engine,
        policy: str,
        metrics: Metrics,
        fail: Callable[[BaseException], None],
    ) -> None:
        self.progress = Progress(ingest.NAME, deidentify.NAME)
        self._settings = settings
        self._metrics = metrics
        self._fail = fail
        self._reader = MarksReader(settings)
        self.membership = Membership(settings.session_seconds)
        self._publishers = Publisher(settings, self._may_send), Publisher(settings, self._may_send)
        reports = Reports(self.progress, metrics, fail)
        limits = Limits(settings.window, settings.window_bytes)
        # One thread for all computing: the engine is to be used from one at a time, and heartbeats go on beside it.
        computing = ThreadPoolExecutor(max_workers=1, thread_name_prefix="engine")
        self._ingest = ingest.Ingest(settings, engine.route, self._publishers[0], computing, reports)
        self._deidentify = deidentify.Deidentify(
            engine,
            deidentify.Outputs(settings, policy, engine.routing_key),
            Notifier(settings),
            self._publishers[1],
            computing,
            reports,
        )
        self.raw = Window(ingest.NAME, self._ingest, limits, reports)
        self.internal = Window(deidentify.NAME, self._deidentify, limits, reports)
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self, app: Any) -> None:
        """Connect and begin to work on what will come."""
        for publisher in self._publishers:
            await publisher.start()
        for work in (self.raw.run(), self.internal.run(), self._beat(app), self._watch_lag(app)):
            self._tasks.append(asyncio.create_task(work))

    async def stop(self) -> None:
        """Let what is being sent arrive, and disconnect."""
        await self.hand_over()
        for task in self._tasks:
            task.cancel()
        for publisher in self._publishers:
            await publisher.stop()

    async def hand_over(self) -> None:
        """Partitions are about to be taken back: when this returns nothing of ours is on its way to any topic."""
        self.progress.flowing(False)
        self.raw.close()
        self.internal.close()
        for holding in self._deidentify.holdings.values():
            holding.vault.close()
        await self.raw.published()
        await self.internal.published()
        self._deidentify.holdings = {}

    async def take_over(self, offsets: Mapping[TP, int], table: Any) -> Assignment:
        """Find out how far the outputs of newly assigned partitions got. `offsets` are where they go on.

        Raises:
            KafkaError: brokers do not answer.
            SettingsError: topics are not as they have to be.
        """
        names = self._settings.topics
        incarnations = await asyncio.to_thread(topics.verify, self._settings)
        internal = {tp.partition: offset for tp, offset in offsets.items() if tp.topic == names.internal}
        marks = await self._reader.read(internal, incarnations[names.internal]) if internal else {}
        holdings = {
            partition: deidentify.Holding(marks[partition], PartitionVault(table, partition))
            for partition in sorted(internal)
        }
        return Assignment(holdings, incarnations)

    def open(self, assignment: Assignment) -> None:
        """Messages may come."""
        self._deidentify.holdings = assignment.holdings
        self._deidentify.incarnation = assignment.incarnations[self._settings.topics.internal]
        self._ingest.incarnations = assignment.incarnations
        self._metrics.assigned()
        self.raw.open()
        self.internal.open()
        self.progress.flowing(True)
        log.info("ready: %d internal partitions", len(assignment.holdings))

    async def _may_send(self) -> None:
        try:
            await self.membership.ensure()
        except MembershipLost as fault:
            self._fail(fault)

    async def _beat(self, app: Any) -> None:
        restored = 0
        while True:
            self.progress.beat = self.progress.now()
            offsets = app.tables.recovery.active_offsets.values()
            if restored != (restored := sum(offset or 0 for offset in offsets)):
                self.progress.restoring()
            coordinator = getattr(app.consumer._thread._consumer, "_coordinator", None)
            task = getattr(coordinator, "_coordination_task", None)
            if task is not None and task.done() and not app.should_stop:
                self._fail(RuntimeError("the group coordination has ended"))
            await asyncio.sleep(_BEAT_SECONDS)

    async def _watch_lag(self, app: Any) -> None:
        pause = min(5.0, self._settings.stall_seconds / 5)
        while True:
            consumer = AIOKafkaConsumer(**client_options(self._settings), isolation_level="read_committed")
            try:
                await asyncio.wait_for(consumer.start(), _LAG_LIMIT)
                while True:
                    await asyncio.wait_for(self._measure(app, consumer), _LAG_LIMIT)
                    await asyncio.sleep(pause)
            except (KafkaError, TimeoutError, OSError):
                for stage in self.progress.stages:  # where brokers do not answer it cannot be told
                    self.progress.waiting(stage, False)
            finally:
                with suppress(KafkaError, TimeoutError, OSError):
                    await asyncio.wait_for(consumer.stop(), _LAG_LIMIT)
            await asyncio.sleep(pause)

    async def _measure(self, app: Any, consumer: Any) -> None:
        if self.progress.idle is not None:
            return
        changelogs = app.tables.changelog_topics
        assigned = [tp for tp in app.consumer.assignment() if tp.topic not in changelogs]
        ends = await consumer.end_offsets([TopicPartition(*tp) for tp in assigned]) if assigned else {}
        waiting: Counter[str] = Counter()
        for tp in assigned:
            position = app.consumer.position_of(tp)
            unread = max(0, ends[tp] - position) if position is not None else 0
            lag = unread + app.consumer.owed(tp)
            self._metrics.lag(tp.topic, tp.partition, lag)
            waiting[tp.topic] += lag
        internal = waiting.pop(self._settings.topics.internal, 0)
        self.progress.waiting(deidentify.NAME, internal > 0)
        self.progress.waiting(ingest.NAME, sum(waiting.values()) > 0)
