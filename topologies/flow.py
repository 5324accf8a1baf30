"""A Faust consumer that neither drops nor repeats messages when partitions move.

Faust 0.15.3 starts the flow again after a rebalance in an order that loses messages: it resumes the partitions, then
seeks to the committed offsets, then clears the agents' queues. What was fetched and queued in between is cleared,
while the offset up to which it was read is kept, so that it is filtered out when it comes again: the worker is
"ready", and its lag never moves. Besides, a batch that was fetched before a stop may go on being delivered after it,
and a commit may pass over one message that is still in work.

Here the flow has one rule. After `stop_flow` nothing is delivered, and what was fetched before is thrown away; before
`resume_flow` every partition is sought to its next offset, when no fetch is under way. Within one flow messages are
delivered in order and without a gap, and so they are to be acknowledged.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from aiokafka import TopicPartition
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

#: Faust's classes log under its name, whatever module extends them (see `logs`).
_logger = logging.getLogger("faust.flow")

#: How long a fetch waits for messages. Short, so that a stop need not wait for it.
_FETCH_SECONDS = 0.1
_IDLE_SECONDS = 0.02
#: How long a broker may wait for messages; a partition that is sought to another offset has to wait for that.
_BROKER_WAIT_MS = 500
#: A fetch that has not come back by then has met a rebalance; it has taken nothing.
_FETCH_LIMIT = 1.0
#: Without the commit, what was done is recognised as done.
_COMMIT_LIMIT = 5.0
#: Messages of one topic that may wait for its agent; half of what its queue holds, as a fetch may bring as many.
FETCHED = 128
QUEUED = 4 * FETCHED


class ConsumerThread(driver.AIOKafkaConsumerThread):  # type: ignore[misc]  # Faust has no types
    """The thread in which aiokafka's consumer lives."""

    logger = _logger

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        # What a producer took back by aborting its transaction is no message.
        consumer._isolation_level = "read_committed"
        consumer._fetch_max_wait_ms = _BROKER_WAIT_MS
        return consumer

    def on_crash(self, msg: str, *fmt: Any, **kwargs: Any) -> None:
        """Say nothing here: Faust would print the error; it is told where the process ends."""

    async def on_start(self) -> None:
        """Start the consumer and watch its heartbeats."""
        await super().on_start()
        self.app.membership.watch(self._ensure_consumer()._coordinator)

    async def _fetch_records(
        self,
        consumer: Any,
        active_partitions: Any,
        timeout: float | None = None,  # noqa: ASYNC109 - Faust's
        max_records: int | None = None,
    ) -> Any:
        fetch = super()._fetch_records(consumer, active_partitions, timeout, max_records)
        try:
            return await asyncio.wait_for(fetch, _FETCH_LIMIT)
        except TimeoutError:
            return {}

    async def seek_to_next(self, partitions: Iterable[TP]) -> dict[TP, int]:
        """Seek partitions to their committed offsets, or to their first ones where none is committed or it is gone."""
        return dict(await self.call_thread(self._seek_to_next, [TopicPartition(*tp) for tp in partitions]))

    async def _seek_to_next(self, partitions: list[TopicPartition]) -> dict[TP, int]:
        consumer = self._ensure_consumer()
        committed = await consumer._coordinator.fetch_committed_offsets(partitions)
        first = await consumer.beginning_offsets(partitions)
        offsets = {}
        for tp in partitions:
            offset = max(first[tp], committed[tp].offset if tp in committed else 0)
            consumer.seek(tp, offset)
            offsets[TP(tp.topic, tp.partition)] = offset
        return offsets


class Consumer(driver.Consumer):  # type: ignore[misc]  # Faust has no types
    """See the module's docstring."""

    logger = _logger

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        #: Rises with every stop; a batch belongs to the flow that it was fetched for.
        self.flow = 0
        #: Delivered and not yet acknowledged, by topic.
        self.waiting: Counter[str] = Counter()
        self._waiting_bytes: Counter[str] = Counter()
        #: The last delivered and the last acknowledged offset since partitions were sought.
        self._delivered: dict[TP, int] = {}
        self._done: dict[TP, int] = {}
        self._fetching = asyncio.Lock()
        self.stop_flow()

    def _new_consumer_thread(self) -> ConsumerThread:
        return ConsumerThread(self, loop=self.loop, beacon=self.beacon)

    def stop_flow(self) -> None:
        """From here on nothing is delivered, and what is on its way is thrown away."""
        self.flow += 1
        super().stop_flow()

    def resume_flow(self) -> None:
        """Deliver again, from where partitions were sought to."""
        self.waiting.clear()
        self._waiting_bytes.clear()
        super().resume_flow()

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Let what is being sent arrive, commit it, and only then let go of the partitions."""
        self.stop_flow()
        await self.app.hand_over()
        with suppress(TimeoutError):
            await asyncio.wait_for(self.commit(), _COMMIT_LIMIT)
        await super().on_partitions_revoked(revoked)

    async def on_partitions_assigned(self, assigned: set[TP], generation_id: int = 0) -> None:
        """Work as a member of a new generation of the group."""
        self.app.membership.begin(generation_id)
        await super().on_partitions_assigned(assigned, generation_id)

    async def seek_to_next(self, partitions: Iterable[TP]) -> dict[TP, int]:
        """Seek partitions to the offsets that are next, while the flow is stopped; returns these.

        Raises:
            IllegalStateError: they are not assigned any more.
        """
        async with self._fetching:
            offsets: dict[TP, int] = await self._thread.seek_to_next(partitions)
        self._delivered.clear()
        self._done.clear()
        self._acked.clear()
        self._committed_offset.update(offsets)
        return offsets

    async def seek_wait(self, partitions: Mapping[TP, int]) -> None:
        """Seek the changelog, while no fetch is under way."""
        async with self._fetching:
            await super().seek_wait(partitions)

    async def _drain_messages(self, fetcher: Any) -> None:
        try:
            while not (self.should_stop or fetcher.should_stop):
                flow, records = await self._next_records()
                for tp, record in self.scheduler.iterate(records):
                    if flow != self.flow:
                        break
                    self._delivered[tp] = record.offset
                    self._count(tp.topic, record.value)
                    await self.callback(self._to_message(tp, record))
        except self.consumer_stopped_errors:
            if not self.app.should_stop:
                raise

    async def _next_records(self) -> tuple[int, Mapping[TP, list[Any]]]:
        async with self._fetching:
            flow = self.flow
            wanted = frozenset(filter(self._has_room, self._active_partitions)) if self.flow_active else frozenset()
            if wanted:
                records = await self._thread.call_thread(
                    self._thread._fetch_records,
                    self._thread._ensure_consumer(),
                    wanted,
                    timeout=_FETCH_SECONDS,
                    max_records=FETCHED,
                )
                return flow, {TP(tp.topic, tp.partition): batch for tp, batch in records.items()}
        await asyncio.sleep(_IDLE_SECONDS)
        return flow, {}

    def _has_room(self, tp: TP) -> bool:
        if tp.topic in self.app.tables.changelog_topics:
            return bool(self.app.tables.changelog_queue.qsize() < FETCHED)
        return self.waiting[tp.topic] < FETCHED and self._waiting_bytes[tp.topic] < self.app.buffer_bytes

    def _count(self, topic: str, value: bytes | None) -> None:
        self.waiting[topic] += 1
        self._waiting_bytes[topic] += len(value or b"")

    def ack(self, message: Any) -> bool:
        """A message is done, and so are all before it in its partition."""
        if message.offset <= self._done.get(message.tp, -1):
            raise RuntimeError(f"acknowledged out of order: {message.topic} {message.partition} {message.offset}")
        message.acked = True
        self._done[message.tp] = message.offset
        self._acked[message.tp] = [message.offset]
        self.waiting[message.topic] -= 1
        self._waiting_bytes[message.topic] -= len(message.value or b"")
        return True

    def _new_offset(self, tp: TP) -> int | None:
        """What to commit: one more than the last that is done."""
        acked = self._acked[tp]
        return acked.pop() + 1 if acked else None

    def owed(self, tp: TP) -> int:
        """How many offsets of a partition were delivered, to whomever, and are not acknowledged."""
        delivered, start = self._delivered.get(tp), self._committed_offset.get(tp) or 0
        return 0 if delivered is None else delivered - self._done.get(tp, start - 1)

    def position_of(self, tp: TP) -> int | None:
        """The next offset that will be fetched of a partition; None where that is not settled. Does not wait."""
        subscription = self._thread._ensure_consumer()._subscription.subscription
        assignment = subscription.assignment if subscription is not None else None
        state = assignment.state_value(TopicPartition(*tp)) if assignment is not None else None
        position: int | None = state._position if state is not None else None
        return position

    def verify_event_path(self, now: float, tp: TP) -> None:
        """Left to the watchdog."""


class Transport(driver.Transport):  # type: ignore[misc]  # Faust has no types
    """Faust's aiokafka transport with this consumer."""

    Consumer = Consumer
