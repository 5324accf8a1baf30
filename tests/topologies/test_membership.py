import asyncio
from types import SimpleNamespace

import pytest

from topologies.membership import Membership, MembershipLost


class Group:
    """A coordinator whose heartbeats are answered or not, and a clock."""

    def __init__(self) -> None:
        self.time = 100.0
        self.answers = True
        self.coordinator = SimpleNamespace(generation=7, _do_heartbeat=self._heartbeat)
        self.membership = Membership(12, now=lambda: self.time)
        self.membership.watch(self.coordinator)
        self.membership.begin(7)

    async def _heartbeat(self) -> bool:
        return self.answers

    async def may_send(self) -> bool:
        try:
            await asyncio.wait_for(self.membership.ensure(), 0.1)
        except TimeoutError:
            return False
        return True


def test_a_member_may_send_for_a_part_of_its_session() -> None:
    async def body() -> None:
        group = Group()
        group.time += 8.9
        assert await group.may_send()
        group.time += 0.2
        assert not await group.may_send()

    asyncio.run(body())


def test_a_heartbeat_that_is_answered_renews_it_and_one_that_is_not_does_not() -> None:
    async def body() -> None:
        group = Group()
        group.time += 10
        group.answers = False
        assert await group.coordinator._do_heartbeat() is False
        assert not await group.may_send()
        group.answers = True
        assert await group.coordinator._do_heartbeat() is True
        assert await group.may_send()

    asyncio.run(body())


def test_another_generation_ends_it() -> None:
    async def body() -> None:
        group = Group()
        group.coordinator.generation = -1
        with pytest.raises(MembershipLost):
            await group.membership.ensure()

    asyncio.run(body())
