import asyncio
import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from prometheus_client import generate_latest

from streamdeid.errors import PolicyError
from streamdeid.metrics import Metrics
from streamdeid.reloading import Ready, Refused, Result, Unchanged, Unsettled
from topologies.policy_watch import PolicyWatch

OLD, NEW = "0" * 16, "1" * 16


class _Digest:
    digest = NEW


class Source:
    """Has changed when it holds results."""

    def __init__(self, *results: Result | Exception) -> None:
        self.results = list(results)
        self.asked: list[str] = []

    def has_changed(self) -> bool:
        return bool(self.results)

    def attempt(self, digest: str) -> Result:
        self.asked.append(digest)
        result = self.results.pop(0)
        if isinstance(result, Exception):
            raise result
        return result


class Worker:
    def __init__(self) -> None:
        self.done: list[Any] = []

    async def announce(self, value: bytes) -> None:
        self.done.append(json.loads(value))

    async def use(self, engine: Any, policy: str) -> None:
        self.done.append((engine, policy))


class Trial:
    def __init__(self, *results: Result | Exception, seconds: float = 0.01) -> None:
        self.source, self.worker, self.metrics = Source(*results), Worker(), Metrics()
        self.faults: list[BaseException] = []
        source: Any = self.source
        self.watch = PolicyWatch(source, self.worker, self.metrics, OLD, seconds, self.faults.append)

    def counted(self, outcome: str) -> float:
        value = self.metrics.registry.get_sample_value("streamdeid_policy_reload_total", {"outcome": outcome})
        return value or 0


def ready() -> Ready:
    made: Any = (_Digest(), "the new engine")
    return Ready(*made)


def run(make: Callable[[], Trial], turns: int = 1, ask: bool = False) -> Trial:
    async def body() -> Trial:
        it = make()
        for _ in range(turns):
            if ask:
                it.watch.ask()
            await asyncio.wait_for(it.watch.turn(), 2)
        return it

    return asyncio.run(body())


def test_a_new_policy_is_announced_and_then_used() -> None:
    it = run(lambda: Trial(ready()))
    told, used = it.worker.done
    assert (told["event"], told["outcome"], told["old"], told["new"], told["code"]) == (
        "policy_reload", "accepted", OLD, NEW, "",
    )  # fmt: skip
    assert used == ("the new engine", NEW)
    assert it.counted("accepted") == 1
    assert f'streamdeid_policy_in_force{{digest="{NEW}"}} 1.0' in generate_latest(it.metrics.registry).decode()


def test_what_comes_after_is_compared_with_the_new_one() -> None:
    it = run(lambda: Trial(ready(), Unchanged()), turns=2)
    assert it.source.asked == [OLD, NEW]
    assert it.counted("unchanged") == 1


def test_a_refused_one_changes_nothing_and_is_told_of_once(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        it = run(lambda: Trial(Refused("reload.invalid", ("ours.yaml, line 7: labels.NAME",))), turns=3)
    (told,) = it.worker.done
    assert (told["outcome"], told["old"], told["new"], told["code"]) == ("refused", OLD, "", "reload.invalid")
    assert it.counted("refused") == 1
    assert "ours.yaml, line 7: labels.NAME" in caplog.text
    assert f"{OLD} stays in force" in caplog.text


def test_what_is_being_written_is_waited_for() -> None:
    it = run(lambda: Trial(Unsettled(), ready()), turns=2)
    assert len(it.worker.done) == 2
    assert it.counted("accepted") == 1


def test_without_a_change_nothing_is_read() -> None:
    it = run(Trial, turns=3)
    assert (it.source.asked, it.worker.done) == ([], [])


def test_asked_for_it_looks_at_once_also_where_it_never_would_by_itself() -> None:
    it = run(lambda: Trial(Unchanged(), seconds=0), ask=True)
    assert it.source.asked == [OLD]
    with pytest.raises(TimeoutError):
        run(lambda: Trial(Unchanged(), seconds=0))


def test_a_fault_of_its_own_ends_the_process() -> None:
    async def body() -> Trial:
        it = Trial(PolicyError("not expected here"))
        await asyncio.wait_for(it.watch.run(), 2)
        return it

    it = asyncio.run(body())
    assert [type(fault) for fault in it.faults] == [PolicyError]
