import threading

import pytest

from topologies.watchdog import Limits, Progress, Watchdog, verdict

LIMITS = Limits(stall=30, ready=100, message=10)


class Clock:
    time = 1000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def progress(clock: Clock) -> Progress:
    """Of a worker that has just begun to work on partitions."""
    progress = Progress("one", "two", now=clock)
    progress.flowing(True)
    return progress


def after(progress: Progress, clock: Clock, seconds: float, beating: bool = True) -> str | None:
    clock.time += seconds
    if beating:
        progress.beat = clock.time
    return verdict(progress, LIMITS, clock.time)


def test_nothing_to_do_is_no_reason_to_end(progress: Progress, clock: Clock) -> None:
    assert after(progress, clock, 10_000) is None


def test_messages_that_wait_while_none_is_done_are(progress: Progress, clock: Clock) -> None:
    progress.waiting("two", True)
    assert after(progress, clock, 29) is None
    assert "two" in (after(progress, clock, 2) or "")


def test_time_counts_from_when_messages_began_to_wait(progress: Progress, clock: Clock) -> None:
    assert after(progress, clock, 1000) is None
    progress.waiting("one", True)
    progress.waiting("one", True)
    assert after(progress, clock, 29) is None


def test_one_done_message_begins_a_new_count_of_its_own_stage_alone(progress: Progress, clock: Clock) -> None:
    progress.waiting("one", True)
    progress.waiting("two", True)
    assert after(progress, clock, 29) is None
    progress.move("one")
    assert "two" in (after(progress, clock, 2) or "")


def test_messages_in_work_have_their_own_time(progress: Progress, clock: Clock) -> None:
    progress.waiting("one", True)
    progress.stages["one"].working = 0
    assert after(progress, clock, 39) is None
    assert after(progress, clock, 2) is not None


def test_large_messages_in_work_have_more(progress: Progress, clock: Clock) -> None:
    limits = Limits(stall=30, ready=100, message=10, megabyte=50)
    progress.waiting("one", True)
    progress.stages["one"].working = 2_000_000
    clock.time += 139
    progress.beat = clock.time
    assert verdict(progress, limits, clock.time) is None
    clock.time += 2
    progress.beat = clock.time
    assert verdict(progress, limits, clock.time) is not None


def test_where_it_cannot_be_told_nothing_waits(progress: Progress, clock: Clock) -> None:
    progress.waiting("one", True)
    progress.waiting("one", False)
    assert after(progress, clock, 1000) is None


def test_a_worker_without_partitions_ends_unless_it_restores_its_table(progress: Progress, clock: Clock) -> None:
    progress.flowing(False)
    assert after(progress, clock, 99) is None
    progress.restoring()
    assert after(progress, clock, 99) is None
    assert "partitions" in (after(progress, clock, 2) or "")


def test_an_event_loop_that_gets_no_turn_ends_the_process(progress: Progress, clock: Clock) -> None:
    assert after(progress, clock, 41, beating=False) is not None


def test_the_watchdog_ends_the_process_once(progress: Progress, clock: Clock) -> None:
    ended = threading.Event()
    progress.flowing(False)
    clock.time += 101
    watchdog = Watchdog(progress, LIMITS, ended.set)
    watchdog.start()
    assert ended.wait(5)
    watchdog.join(5)
    assert not watchdog.is_alive()
