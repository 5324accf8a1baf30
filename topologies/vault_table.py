"""The identity table of one partition, as the engine sees it: a mapping whose changes wait to be confirmed.

A Faust table writes to its store at once and to its changelog at some time: a crash in between leaves a worker with
an identity that no other worker has. Here a change is first confirmed in the changelog, then stored, and then the
changelog's offset is noted as applied; a crash at any point is made good by recovery.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from typing import Any

from faust.types import TP

from topologies.outputs import Publisher, Record

_STORED: Any = object()


class PartitionVault(MutableMapping[str, bytes]):
    """Reads of unconfirmed changes see them. Reading is safe from another thread than the one that confirms."""

    def __init__(self, table: Any, partition: int) -> None:
        self._changelog = TP(table.changelog_topic_name, partition)
        self._store = table.data
        self._partition = partition
        self._closed = False
        self._pending: dict[str, bytes | None] = {}
        self._changed: dict[str, bytes | None] = {}
        self._applied: int | None = table.data.persisted_offset(self._changelog)

    def close(self) -> None:
        """The partition is being taken back: nothing may be read any more. Changes can still be confirmed."""
        self._closed = True

    def __getitem__(self, key: str) -> bytes:
        value = self._pending.get(key, _STORED)
        if value is _STORED:
            value = self._opened().get(key.encode())
        if value is None:
            raise KeyError(key)
        return bytes(value)

    def __setitem__(self, key: str, value: bytes) -> None:
        self._changed.pop(key, None)  # changes are sent in the order in which they became what they are
        self._pending[key] = self._changed[key] = value

    def __delitem__(self, key: str) -> None:
        if key not in self:
            raise KeyError(key)
        self._pending[key] = self._changed[key] = None

    def __iter__(self) -> Iterator[str]:
        hidden = self._store.offset_key
        stored = {key.decode() for key in self._opened().keys() if key != hidden}  # noqa: SIM118 - not a dict
        return iter(
            stored.union(self._pending).difference(key for key, value in self._pending.items() if value is None)
        )

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def changes(self) -> list[Record]:
        """What has changed since the last call, for the changelog."""
        changed, self._changed = self._changed, {}
        return [Record(self._changelog.topic, self._partition, key.encode(), value) for key, value in changed.items()]

    async def confirm(self, changes: list[Record], publisher: Publisher) -> None:
        """Have changes in the changelog, then in the store.

        Raises:
            KafkaError: the changelog does not take them.
            RuntimeError: another worker writes to this partition's changelog.
        """
        if not changes:
            return
        offsets = await publisher.send(changes)
        if self._applied is not None and offsets[0] != self._applied + 1:
            raise RuntimeError(f"another writer in {self._changelog.topic} {self._partition}")
        for record in changes:
            self._apply(record)
        self._applied = offsets[-1]
        self._store.set_persisted_offset(self._changelog, self._applied)

    def _apply(self, record: Record) -> None:
        key = (record.key or b"").decode()
        if record.value is None:
            self._db().delete(record.key)
        else:
            self._db().put(record.key, record.value)
        if self._pending.get(key) is record.value:
            del self._pending[key]

    def _opened(self) -> Any:
        if self._closed:
            raise RuntimeError(f"partition {self._partition} has been taken back")
        return self._db()

    def _db(self) -> Any:
        # Not the store's own method: that would open again what Faust has closed.
        db = self._store._dbs.get(self._partition)
        if db is None:
            raise RuntimeError(f"the store of partition {self._partition} is closed")
        return db
