import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from faust.types import TP

from topologies.outputs import Record
from topologies.vault_table import PartitionVault

CHANGELOG = TP("changelog", 2)


class Db(dict[bytes, bytes]):
    def put(self, key: bytes, value: bytes) -> None:
        self[key] = value

    def delete(self, key: bytes) -> None:
        del self[key]


class Store:
    offset_key = b"offset"

    def __init__(self, applied: int | None = None) -> None:
        self._dbs = {2: Db()}
        self.applied = applied

    def persisted_offset(self, tp: TP) -> int | None:
        assert tp == CHANGELOG
        return self.applied

    def set_persisted_offset(self, tp: TP, offset: int) -> None:
        assert tp == CHANGELOG
        self.applied = offset


class Changelog:
    """A publisher; `store` is looked at while it sends."""

    def __init__(self, end: int, store: Store) -> None:
        self.end = end
        self.store = store
        self.sent: list[Record] = []
        self.stored_meanwhile: list[dict[bytes, bytes]] = []

    async def send(self, records: list[Record]) -> list[int]:
        self.sent += records
        self.stored_meanwhile.append(dict(self.store._dbs[2]))
        first, self.end = self.end, self.end + len(records)
        return list(range(first, self.end))


def vault_of(store: Store) -> PartitionVault:
    return PartitionVault(SimpleNamespace(changelog_topic_name="changelog", data=store), 2)


def confirm(vault: PartitionVault, publisher: Any) -> None:
    asyncio.run(vault.confirm(vault.changes(), publisher))


def test_changes_are_seen_at_once_and_stored_when_the_changelog_has_them() -> None:
    store = Store()
    vault, changelog = vault_of(store), Changelog(7, store)
    vault["a"] = b"1"
    assert vault["a"] == b"1"
    assert store._dbs[2] == {}
    confirm(vault, changelog)
    assert changelog.stored_meanwhile == [{}]
    assert store._dbs[2] == {b"a": b"1"}
    assert store.applied == 7
    assert changelog.sent == [Record("changelog", 2, b"a", b"1")]
    assert vault["a"] == b"1"


def test_only_changes_are_sent() -> None:
    store = Store()
    vault, changelog = vault_of(store), Changelog(0, store)
    vault["a"] = b"1"
    confirm(vault, changelog)
    assert vault.get("a") == b"1"
    confirm(vault, changelog)
    assert len(changelog.sent) == 1


def test_a_later_change_outlives_the_confirmation_of_an_earlier_one() -> None:
    store = Store()
    vault, changelog = vault_of(store), Changelog(0, store)
    vault["a"] = b"1"
    earlier = vault.changes()
    vault["a"] = b"2"
    asyncio.run(vault.confirm(earlier, changelog))  # type: ignore[arg-type]
    assert vault["a"] == b"2"
    assert store._dbs[2] == {b"a": b"1"}
    confirm(vault, changelog)
    assert store._dbs[2] == {b"a": b"2"}


def test_changes_are_sent_in_the_order_in_which_they_became_what_they_are() -> None:
    store = Store()
    vault, changelog = vault_of(store), Changelog(0, store)
    for key, value in (("a", b"1"), ("b", b"2"), ("a", b"3")):
        vault[key] = value
    confirm(vault, changelog)
    assert [(record.key, record.value) for record in changelog.sent] == [(b"b", b"2"), (b"a", b"3")]


def test_it_is_a_mapping() -> None:
    store = Store()
    store._dbs[2] |= {b"stored": b"1", b"gone": b"2", b"offset": b"9"}
    vault = vault_of(store)
    vault["new"] = b"3"
    del vault["gone"]
    assert dict(vault) == {"stored": b"1", "new": b"3"}
    assert len(vault) == 2
    assert "gone" not in vault
    with pytest.raises(KeyError):
        del vault["gone"]
    confirm(vault, Changelog(0, store))
    assert store._dbs[2] == {b"stored": b"1", b"new": b"3", b"offset": b"9"}


def test_another_writer_in_the_changelog_is_noticed() -> None:
    store = Store(applied=4)
    vault = vault_of(store)
    vault["a"] = b"1"
    with pytest.raises(RuntimeError, match="another writer"):
        confirm(vault, Changelog(6, store))
    assert store.applied == 4


def test_nothing_is_read_once_the_partition_is_taken_back_but_changes_are_still_confirmed() -> None:
    store = Store()
    vault = vault_of(store)
    vault["a"] = b"1"
    vault.close()
    with pytest.raises(RuntimeError):
        vault.get("b")
    confirm(vault, Changelog(0, store))
    assert store._dbs[2] == {b"a": b"1"}
