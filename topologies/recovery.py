"""Faust's table recovery, with the end put in an order that loses nothing (see `flow`)."""

from __future__ import annotations

import asyncio
import logging

from faust.tables import recovery
from faust.tables.manager import TableManager


class Recovery(recovery.Recovery):  # type: ignore[misc]  # Faust has no types
    """Restores tables from their changelogs, then lets messages flow."""

    logger = logging.getLogger("faust.flow.recovery")

    async def on_recovery_completed(self, generation_id: int = 0) -> None:
        """Read what the outputs hold already, seek, and start the flow; unless the partitions are taken back
        meanwhile, when the next assignment brings us here again."""
        consumer = self.app.consumer
        consumer.stop_flow()
        flow = consumer.flow
        await self._complete_tables()
        sources = {tp for tp in consumer.assignment() if not self._is_changelog_tp(tp)}
        offsets = await consumer.seek_to_next(sources) if sources else {}
        assignment = await self.app.take_over(offsets)
        if consumer.flow != flow or self.app.consumer_generation_id != generation_id:
            return
        # No await from here to the end of the start: nothing can be revoked in between.
        self.app.open(assignment)
        self.completed.set()
        self.app.flow_control.resume()
        consumer.resume_partitions(sources)
        consumer.resume_flow()
        self.tables.on_actives_ready()
        self.tables.on_standbys_ready()
        self.app.on_rebalance_end()
        await self.app._fetcher.maybe_start()

    async def _complete_tables(self) -> None:
        self._set_recovery_ended()
        tables = list(self.tables.values())
        await asyncio.gather(
            *(
                table.on_recovery_completed(self.actives_for_table[table], self.standbys_for_table[table])
                for table in tables
            )
        )


class Tables(TableManager):  # type: ignore[misc]  # Faust has no types
    """A table manager with this recovery."""

    logger = logging.getLogger("faust.flow.tables")

    _recovery: Recovery | None = None

    @property
    def recovery(self) -> Recovery:
        """The recovery service."""
        if self._recovery is None:
            self._recovery = Recovery(self.app, self, beacon=self.beacon, loop=self.loop)
        return self._recovery
