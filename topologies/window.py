"""Several messages in flight, taken up and acknowledged in order.

A window takes events from an agent, has batches of them worked on, publishes what came of a batch while the next one
is being worked on, and acknowledges a batch when all that came of it is confirmed. What has not begun to be published
when partitions are taken back is dropped: whoever gets them next reads it again.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from streamdeid.metrics import Metrics
from topologies.watchdog import Progress

#: Batches are cut so that working on one takes about as long as this at most: only whole batches can be dropped.
_BATCH_SECONDS = 0.5

P = TypeVar("P")


class Taken(NamedTuple):
    """An event of the stream, and when (monotonic seconds) it was taken up."""

    event: Any
    since: float

    @property
    def message(self) -> Any:
        """The record: topic, partition, offset, headers, value."""
        return self.event.message


class Work(Protocol[P]):
    """What is done with a batch."""

    async def prepare(self, batch: Sequence[Taken]) -> P:
        """Work on it, changing nothing that others can see; the result may be thrown away."""
        ...

    async def publish(self, batch: Sequence[Taken], prepared: P) -> None:
        """Send what came of it; returns when the brokers have confirmed everything. An error ends the process."""
        ...


def _size(taken: Taken) -> int:
    return len(taken.message.value or b"")


class Limits(NamedTuple):
    """How much a batch may hold; a larger single message is a batch of its own."""

    messages: int
    bytes: int


class Reports(NamedTuple):
    """Whom a window tells how it goes; `fail` does not return control to it."""

    progress: Progress
    metrics: Metrics
    fail: Callable[[BaseException], None]


class Window(Generic[P]):
    """See the module's docstring. `name` is the stage's in `progress`. Used from one event loop."""

    def __init__(self, name: str, work: Work[P], limits: Limits, reports: Reports) -> None:
        self._name = name
        self._work = work
        self._limits = limits
        self._reports = reports
        self._size = limits.messages
        self._queue: deque[Taken] = deque()
        self._last: dict[tuple[str, int], int] = {}
        self._changed = asyncio.Event()
        self._flow = 0
        self._is_open = False
        self._publishing: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Events may come."""
        self._last.clear()
        self._is_open = True

    async def take(self, event: Any) -> None:
        """Take up an event; waits while there are enough.

        Raises:
            RuntimeError: the partition's order is broken.
        """
        flow = self._flow
        while self._is_open and flow == self._flow and len(self._queue) >= self._limits.messages:
            await self._wait()
        if not self._is_open or flow != self._flow:
            return
        message = event.message
        at = (message.topic, message.partition)
        if message.offset <= self._last.get(at, -1):
            raise RuntimeError(f"out of order: {message.topic} {message.partition} {message.offset}")
        self._last[at] = message.offset
        self._queue.append(Taken(event, time.monotonic()))
        self._notify()

    def close(self) -> None:
        """Take up nothing more, and drop what is not being published."""
        self._flow += 1
        self._is_open = False
        self._queue.clear()
        self._notify()

    async def published(self) -> None:
        """Returns when what is being published has been confirmed."""
        if self._publishing is not None:
            await asyncio.shield(self._publishing)

    async def run(self) -> None:
        """Work for ever."""
        try:
            while True:
                await self._turn()
        except Exception as fault:
            self._reports.fail(fault)

    async def _turn(self) -> None:
        while not self._queue:
            await self._wait()
        flow, batch = self._flow, self._cut()
        try:
            prepared = await self._prepared(batch)
        except Exception:
            if flow == self._flow:
                raise
            return  # it was cut off from what it needs
        if flow == self._flow:
            await self.published()
        if flow == self._flow:
            self._publishing = asyncio.create_task(self._publish(batch, prepared))

    def _cut(self) -> list[Taken]:
        batch: list[Taken] = []
        size = 0
        while self._queue and len(batch) < self._size:
            size += _size(self._queue[0])
            if batch and size > self._limits.bytes:
                break
            batch.append(self._queue.popleft())
        self._notify()
        return batch

    async def _prepared(self, batch: Sequence[Taken]) -> P:
        stage = self._reports.progress.stages[self._name]
        stage.working = sum(map(_size, batch))
        started = time.monotonic()
        try:
            return await self._work.prepare(batch)
        finally:
            stage.working = None
            self._reports.progress.move(self._name)
            self._resize(len(batch), time.monotonic() - started)

    def _resize(self, messages: int, seconds: float) -> None:
        if seconds > _BATCH_SECONDS:
            self._size = max(1, int(messages * _BATCH_SECONDS / seconds))
        elif messages == self._size:
            self._size = min(2 * self._size, self._limits.messages)

    async def _publish(self, batch: Sequence[Taken], prepared: P) -> None:
        try:
            self._reports.metrics.in_flight(self._name, len(batch))
            await self._work.publish(batch, prepared)
            for taken in batch:
                taken.event.ack()
            self._reports.metrics.in_flight(self._name, 0)
            self._reports.progress.move(self._name)
        except Exception as fault:
            self._reports.fail(fault)

    async def _wait(self) -> None:
        self._changed.clear()
        await self._changed.wait()

    def _notify(self) -> None:
        self._changed.set()
