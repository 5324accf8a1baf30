"""The vault remembers, forgets order effects, and shows nothing to who has no secret."""

import os
from collections.abc import Iterator
from itertools import count

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from streamdeid.errors import SettingsError
from streamdeid.types import Entity
from streamdeid.vault.lesson import FORMS_LIMIT, Lesson, Notice
from streamdeid.vault.vault import IdentityRecord, Vault

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
    record = (
        IdentityRecord().learning(stated("Überall", "Nirgends"), 7).merging("ab" * 16, 9, "raw/0/3").succeeding("b")
    )
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


def test_what_was_written_before_there_were_lessons_is_read() -> None:
    table: dict[str, bytes] = {}
    writer = vault(table)
    sealed = AESGCM(KEY).encrypt(bytes(12), b'{"forms":[["NAME/FAMILY","Doe","patient",3]],"merges":[["b",4]]}', b"a")
    table["a"] = b"\x01" + bytes(12) + sealed
    assert writer.read("a") == IdentityRecord().learning(stated("Doe"), 3).merging("b", 4)


A, B, C, D = (letter * 32 for letter in "abcd")


def test_a_lesson_is_kept_and_the_second_time_changes_nothing() -> None:
    table: dict[str, bytes] = {}
    learner = vault(table)
    lesson = Lesson(B, A, tuple(stated("Doe")), "raw/0/7")
    assert learner.learn(lesson, 5) == []
    assert learner.read(B).survivor_before(6) == A
    assert [form.value for form in learner.read(A).forms_before(6)] == ["Doe"]
    kept = dict(table)
    assert learner.learn(lesson, 5) == learner.learn(lesson, 9) == []
    assert table == kept


def test_an_older_lesson_of_the_same_feed_does_not_undo_a_newer_one() -> None:
    learner = vault({})
    learner.learn(Lesson(B, A, (), "raw/0/7"), 5)
    learner.learn(Lesson(B, C, (), "raw/0/9"), 6)
    learner.learn(Lesson(B, A, (), "raw/0/7"), 7)
    learner.learn(Lesson(B, A, (), "raw/0/8"), 8)
    assert learner.read(B).survivor_before(9) == C
    learner.learn(Lesson(B, A, (), "raw/1/2"), 9)  # of another feed: nobody knows which was first
    assert learner.read(B).survivor_before(10) == A


def test_the_heir_is_written_before_what_says_that_the_lesson_is_known() -> None:
    table: dict[str, bytes] = {}
    vault(table).learn(Lesson(B, A), 5)
    assert list(table) == [A, B]


def test_those_who_were_merged_before_hear_of_it_and_all_hear_the_names() -> None:
    learner = vault({})
    learner.write(B, IdentityRecord().learning(stated("Prior"), 1))
    learner.write(A, IdentityRecord().learning(stated("Survivor"), 1))
    learner.learn(Lesson(D, B, (), "raw/0/1"), 2)
    whole = Lesson(B, A, tuple(stated("Told", "Prior", "Survivor")), "raw/0/2")
    assert learner.learn(whole._replace(stated=tuple(stated("Told"))), 3) == [
        Notice(B, whole),
        Notice(A, whole),
        Notice(D, whole),
    ]


def test_who_goes_on_as_somebody_who_went_on_hears_of_that() -> None:
    learner = vault({})
    learner.learn(Lesson(A, C, (), "raw/0/1"), 1)
    assert learner.learn(Lesson(B, A, (), "raw/0/2"), 2) == [Notice(B, Lesson(A, C, (), "raw/0/1"))]


def test_a_patient_whom_everybody_is_merged_into_does_not_fill_a_record() -> None:
    record = IdentityRecord()
    for number in range(1000):
        record = record.succeeding(str(number))
    assert len(record.priors) < 100
    assert record.priors[-1] == "999"
