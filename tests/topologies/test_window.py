import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from streamdeid.metrics import Metrics
from topologies.watchdog import Progress
from topologies.window import Limits, Reports, Taken, Window


@dataclass
class Event:
    offset: int
    acked: list[int]
    content: bytes = b"x"
    partition: int = 0
    message: Any = field(init=False)

    def __post_init__(self) -> None:
        self.message = SimpleNamespace(
            topic="t", partition=self.partition, offset=self.offset, value=self.content, headers=()
        )

    def ack(self) -> None:
        self.acked.append(self.offset)


class Work:
    """Prepares and publishes when it is allowed to."""

    def __init__(self) -> None:
        self.may_prepare, self.may_publish = asyncio.Event(), asyncio.Event()
        self.prepared: list[list[int]] = []
        self.published: list[list[int]] = []
        self.refuse = False

    async def prepare(self, batch: Sequence[Taken]) -> list[int]:
        self.prepared.append([taken.message.offset for taken in batch])
        await self.may_prepare.wait()
        return self.prepared[-1]

    async def publish(self, batch: Sequence[Taken], prepared: list[int]) -> None:
        if self.refuse:
            raise ConnectionError
        await self.may_publish.wait()
        self.published.append(prepared)


class Trial:
    """A window, its work, and what became of events."""

    def __init__(self, messages: int, bytes_: int) -> None:
        self.work = Work()
        self.acked: list[int] = []
        self.failures: list[BaseException] = []
        reports = Reports(Progress("stage"), Metrics(), self.failures.append)
        self.window: Window[list[int]] = Window("stage", self.work, Limits(messages, bytes_), reports)
        self.window.open()
        self.running = asyncio.create_task(self.window.run())

    async def take(self, *offsets: int, size: int = 1) -> None:
        for offset in offsets:
            await self.window.take(Event(offset, self.acked, b"x" * size))


def trial(body: Callable[[Trial], Coroutine[Any, Any, None]], messages: int = 4, bytes_: int = 100) -> None:
    async def run() -> None:
        made = Trial(messages, bytes_)
        try:
            await asyncio.wait_for(body(made), 5)
        finally:
            made.running.cancel()

    asyncio.run(run())


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def test_a_batch_is_acknowledged_in_order_when_it_is_published_and_not_before() -> None:
    async def body(it: Trial) -> None:
        it.work.may_prepare.set()
        await it.take(5, 6, 7)
        await settle()
        assert it.work.prepared == [[5, 6, 7]]
        assert it.acked == []
        it.work.may_publish.set()
        await settle()
        assert it.acked == [5, 6, 7]

    trial(body)


def test_the_next_batch_is_worked_on_while_one_is_published_but_waits_its_turn() -> None:
    async def body(it: Trial) -> None:
        it.work.may_prepare.set()
        await it.take(1)
        await settle()
        await it.take(2, 3)
        await settle()
        assert it.work.prepared == [[1], [2, 3]]
        assert it.work.published == []
        it.work.may_publish.set()
        await settle()
        assert it.work.published == [[1], [2, 3]]
        assert it.acked == [1, 2, 3]

    trial(body)


def test_what_is_worked_on_when_partitions_are_taken_back_is_dropped() -> None:
    async def body(it: Trial) -> None:
        await it.take(1, 2)
        await settle()
        await it.take(3)
        it.window.close()
        await it.window.published()
        it.work.may_prepare.set()
        it.work.may_publish.set()
        it.window.open()
        await it.take(2)
        await settle()
        assert it.work.published == [[2]]
        assert it.acked == [2]

    trial(body)


def test_what_is_published_when_partitions_are_taken_back_is_waited_for() -> None:
    async def body(it: Trial) -> None:
        it.work.may_prepare.set()
        await it.take(1)
        await settle()
        it.window.close()
        waiting = asyncio.create_task(it.window.published())
        await settle()
        assert not waiting.done()
        it.work.may_publish.set()
        await waiting
        assert it.acked == [1]

    trial(body)


def test_an_event_waits_while_there_are_enough_and_is_dropped_with_them() -> None:
    async def body(it: Trial) -> None:
        await it.take(1)
        await settle()
        await it.take(2, 3, 4, 5)
        waiting = asyncio.create_task(it.take(6))
        await settle()
        assert not waiting.done()
        it.window.close()
        await waiting
        it.work.may_prepare.set()
        await settle()
        assert it.work.prepared == [[1]]

    trial(body)


def test_a_failed_publication_is_reported_and_nothing_acknowledged() -> None:
    async def body(it: Trial) -> None:
        it.work.may_prepare.set()
        it.work.refuse = True
        await it.take(1)
        await settle()
        assert [type(failure) for failure in it.failures] == [ConnectionError]
        assert it.acked == []

    trial(body)


def test_batches_are_cut_by_bytes_but_one_message_always_fits() -> None:
    async def body(it: Trial) -> None:
        await it.take(1)
        await settle()
        await it.take(2, size=500)
        await it.take(3, 4, size=60)
        it.work.may_prepare.set()
        it.work.may_publish.set()
        await settle()
        assert it.work.published == [[1], [2], [3], [4]]

    trial(body)


def test_a_broken_order_is_an_error() -> None:
    async def body(it: Trial) -> None:
        await it.take(7)
        with pytest.raises(RuntimeError, match="t 0 7"):
            await it.take(7)

    trial(body)
