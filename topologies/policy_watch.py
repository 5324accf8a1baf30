"""The policy of a running worker: when its files change, the new one takes the place of the old one, or is refused.

The new policy is made in a thread while messages go on under the old one. It is used from one message to the next, in
both hops at once, after the audit topic has said so: a message is handled under one policy. What cannot be used changes
nothing but that the log, a metric and the audit topic tell of it.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from streamdeid.audit import PolicyReload, reload_record
from streamdeid.metrics import Metrics
from streamdeid.reloading import PolicySource, Ready, Refused, Unchanged, Unsettled
from topologies.deidentify import Engine

log = logging.getLogger(__name__)

_WORKER_BYTES = 8


class Worker(Protocol):
    """What a watch needs of the stream."""

    async def announce(self, value: bytes) -> None:
        """Put a record that is about no message on the audit topic; returns when it is confirmed."""
        ...

    async def use(self, engine: Engine, policy: str) -> None:
        """Handle what comes next with another engine; `policy` is its digest."""
        ...


class PolicyWatch:
    """Looks at the files of a policy every so many seconds; 0: only when it is asked to. `policy` is the digest of the
    one in use; `fail` ends the process."""

    def __init__(
        self,
        source: PolicySource,
        worker: Worker,
        metrics: Metrics,
        policy: str,
        seconds: float,
        fail: Callable[[BaseException], None],
    ) -> None:
        self._source = source
        self._worker = worker
        self._metrics = metrics
        self._policy = policy
        self._seconds = seconds
        self._fail = fail
        self._asked = asyncio.Event()
        self._name = secrets.token_hex(_WORKER_BYTES)

    def ask(self) -> None:
        """Look now, and do not wait until the files are left alone."""
        self._asked.set()

    async def run(self) -> None:
        """Watch for ever."""
        try:
            while True:
                await self.turn()
        except Exception as fault:
            self._fail(fault)

    async def turn(self) -> None:
        """Wait for the next look, and look."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._asked.wait(), self._seconds or None)
        asked = self._asked.is_set()
        self._asked.clear()
        if asked or await asyncio.to_thread(self._source.has_changed):
            await self._reload()

    async def _reload(self) -> None:
        result = await asyncio.to_thread(self._source.attempt, self._policy)
        match result:
            case Ready(policy, engine):
                await self._tell(PolicyReload("accepted", self._policy, policy.digest, "", self._name))
                await self._worker.use(engine, policy.digest)
                log.warning("policy %s is in force, instead of %s", policy.digest, self._policy)
                self._policy = policy.digest
                self._metrics.reloaded("accepted", self._policy)
            case Refused(code, places, digest):
                log.error("the policy has changed and is refused (%s); %s stays in force", code, self._policy)
                for place in places:
                    log.error("refused: %s", place)
                self._metrics.reloaded("refused", self._policy)
                await self._tell(PolicyReload("refused", self._policy, digest, code, self._name))
            case Unchanged():
                self._metrics.reloaded("unchanged", self._policy)
            case Unsettled():
                log.info("the policy is being written; looking again")

    async def _tell(self, reload: PolicyReload) -> None:
        await self._worker.announce(reload_record(reload))
