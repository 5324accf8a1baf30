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

from streamdeid.envelope import encode
from streamdeid.metrics import Metrics
from streamdeid.settings import Settings
from topologies import deidentify, ingest, topics
from topologies.connection import client_options
from topologies.marks import MarksReader
from topologies.membership import Membership, MembershipLost
from topologies.notices import Notifier
from topologies.outputs import Publisher, Record
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
        self._computing = computing = ThreadPoolExecutor(max_workers=1, thread_name_prefix="engine")
        self._ingest = ingest.Ingest(
            settings, engine.route, self._publishers[0], computing, reports, carrier=engine.carried
        )
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
        self._flowing = asyncio.Event()
        self._announcing: asyncio.Task[list[int]] | None = None
        metrics.policy(policy)

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
        self._flowing.clear()
        self.raw.close()
        self.internal.close()
        for holding in self._deidentify.holdings.values():
            holding.vault.close()
        await self.raw.published()
        await self.internal.published()
        if self._announcing is not None:
            await asyncio.shield(self._announcing)
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
        self._flowing.set()
        log.info("ready: %d internal partitions", len(assignment.holdings))

    async def use(self, engine: deidentify.Engine, policy: str) -> None:
        """Handle what comes next with another engine, in both hops from the same moment on; `policy` is its digest."""
        outputs = deidentify.Outputs(self._settings, policy, engine.routing_key)
        # Where all computing is done one piece after another no message is half-way through.
        await asyncio.get_running_loop().run_in_executor(self._computing, self._use, engine, outputs)

    def _use(self, engine: deidentify.Engine, outputs: deidentify.Outputs) -> None:
        self._ingest.use(engine.route, engine.carried)
        self._deidentify.use(engine, outputs)

    async def announce(self, value: bytes) -> None:
        """Put a record that is about no message on the audit topic, in a partition of this worker's; returns when it is
        confirmed. It has no `sequence`, so that it says nothing of how far a partition got.

        Raises:
            KafkaError: it was refused.
        """
        while not self._flowing.is_set():
            await self._flowing.wait()
        partition = min(self._deidentify.holdings, default=0)
        record = Record(self._settings.topics.audit, partition, None, value, encode({"event": "policy_reload"}))
        self._announcing = asyncio.create_task(self._publishers[1].send([record]))
        await asyncio.shield(self._announcing)

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
