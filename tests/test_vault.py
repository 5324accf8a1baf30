"""The vault remembers, forgets order effects, and shows nothing to who has no secret."""

import os
from collections.abc import Iterator
from itertools import count

import pytest

from streamdeid.errors import SettingsError
from streamdeid.types import Entity
from streamdeid.vault import FORMS_LIMIT, IdentityRecord, Vault

KEY = bytes(range(32))


def nonces() -> Iterator[bytes]:
    for number in count():
        yield number.to_bytes(12, "big")


def vault(table: dict[str, bytes], key: bytes = KEY) -> Vault:
    fresh = nonces()
    return Vault(table, key, lambda size: next(fresh)[:size])


def stated(*values: str) -> list[tuple[Entity, str]]:
    return [(Entity("NAME/FAMILY", value), "patient") for value in values]


def test_what_is_written_is_read_again() -> None:
    table: dict[str, bytes] = {}
    record = IdentityRecord().learning(stated("Überall", "Nirgends"), 7).merging("ab" * 16, 9)
    vault(table).write("cd" * 16, record)
    assert vault(table).read("cd" * 16) == record
    assert vault(table).read("ee" * 16) == IdentityRecord()


def test_values_are_not_readable_and_are_bound_to_their_patient() -> None:
    table: dict[str, bytes] = {}
    vault(table).write("a", IdentityRecord().learning(stated("Canaryname"), 1))
    assert b"Canaryname" not in table["a"]
    table["b"] = table["a"]
    with pytest.raises(SettingsError, match="another secret"):
        vault(table).read("b")
    with pytest.raises(SettingsError, match="another secret"):
        vault(table, os.urandom(32)).read("a")


def test_a_message_knows_only_what_was_stated_before_it() -> None:
    record = IdentityRecord().learning(stated("Early"), 3).learning(stated("Late"), 8)
    assert [form.value for form in record.forms_before(8)] == ["Early"]
    assert record.forms_before(3) == []


def test_learning_the_same_again_changes_nothing_and_the_earliest_position_stays() -> None:
    record = IdentityRecord().learning(stated("Doe"), 5)
    assert record.learning(stated("Doe"), 6) is record
    assert record.learning(stated("Doe"), 2).forms[0].since == 2


def test_a_record_stays_small() -> None:
    record = IdentityRecord().learning(stated(*(f"Name{number}" for number in range(FORMS_LIMIT * 2))), 1)
    assert len(record.forms) == FORMS_LIMIT


def test_a_merge_holds_for_the_messages_after_it() -> None:
    record = IdentityRecord().merging("b", 5)
    assert [record.survivor_before(position) for position in (4, 5, 6)] == ["", "", "b"]
    assert record.merging("b", 7) is record


def test_the_last_merge_before_a_message_counts_in_whatever_order_they_were_learnt() -> None:
    record = IdentityRecord().merging("c", 9).merging("b", 5)
    assert [record.survivor_before(position) for position in (5, 6, 9, 10)] == ["", "b", "b", "c"]
    assert record == IdentityRecord().merging("b", 5).merging("c", 9)
    assert record.merging("b", 5) is record


def test_a_feed_that_merges_without_end_does_not_fill_a_record() -> None:
    record = IdentityRecord()
    for position in range(100):
        record = record.merging(f"survivor {position}", position)
    assert len(record.merges) < 20
    assert record.survivor_before(100) == "survivor 99"


@pytest.mark.parametrize("stored", [b"", b"\x01", b"\x02" + bytes(60), b"\x01" + bytes(20)])
def test_what_is_no_record_is_refused(stored: bytes) -> None:
    with pytest.raises(SettingsError, match="no release"):
        vault({"a": stored}).read("a")
