"""Whether this worker is still a member of its group, so that it may send.

A process that was paused for longer than its session (a stopped container, a machine that swaps) has lost its
partitions to another worker without having been told. Were it to send what it had in hand on waking, that would be
on the topics twice. So every request to a broker waits until a heartbeat has been answered not long ago.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

_PAUSE = 0.02
#: Which part of the session a heartbeat's answer is good for; the rest is for the request to arrive.
_GOOD_FOR = 0.75


class MembershipLost(RuntimeError):  # noqa: N818 - it is what happened
    """The group has gone on without this worker."""


class Membership:
    """Watches the heartbeats of one consumer. Times are monotonic seconds."""

    def __init__(self, session_seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        self._good_for = session_seconds * _GOOD_FOR
        self._now = now
        self._renewed = now()
        self._generation: int | None = None
        self._coordinator: Any = None

    def watch(self, coordinator: Any) -> None:
        """Take note of the heartbeats of an aiokafka group coordinator."""
        heartbeat = coordinator._do_heartbeat

        async def noted() -> Any:
            sent = self._now()
            answered = await heartbeat()
            if answered:
                self._renewed = sent
            return answered

        coordinator._do_heartbeat = noted
        self._coordinator = coordinator

    def begin(self, generation: int) -> None:
        """Partitions were assigned just now, as of this generation of the group."""
        self._generation = generation
        self._renewed = self._now()

    async def ensure(self) -> None:
        """Return when this worker is sure to be a member of the same generation.

        Raises:
            MembershipLost: it is not any more.
        """
        while True:
            if self._coordinator.generation != self._generation:
                raise MembershipLost
            if self._now() - self._renewed < self._good_for:
                return
            await asyncio.sleep(_PAUSE)
