import asyncio
from types import SimpleNamespace
from typing import Any

from aiokafka import TopicPartition

from streamdeid.envelope import Position, encode
from streamdeid.settings import Settings
from topologies.marks import Marks, MarksReader, Settled, _Tails

NOW, BEFORE = "0000000a", "0000000b"
SETTINGS = Settings(secret=bytes(16), quarantine_key=bytes(32))


class FakeConsumer:
    """Partitions as lists of headers, None for a record of somebody else; each begins at offset `first`."""

    def __init__(self, partitions: dict[tuple[str, int], list[dict[str, object] | None]], first: int = 0) -> None:
        self._partitions = {TopicPartition(*at): headers for at, headers in partitions.items()}
        self._first = first
        self._positions: dict[TopicPartition, int] = {}
        self.read: list[int] = []

    async def beginning_offsets(self, tps: list[TopicPartition]) -> dict[TopicPartition, int]:
        return dict.fromkeys(tps, self._first)

    async def end_offsets(self, tps: list[TopicPartition]) -> dict[TopicPartition, int]:
        return {tp: self._first + len(self._partitions.get(tp, ())) for tp in tps}

    def assign(self, tps: list[TopicPartition]) -> None:
        self._positions = {}

    def seek(self, tp: TopicPartition, offset: int) -> None:
        self._positions[tp] = offset

    async def position(self, tp: TopicPartition) -> int:
        return self._positions[tp]

    async def getmany(self, *tps: TopicPartition, timeout_ms: int) -> dict[TopicPartition, list[Any]]:
        batches = {}
        for tp in tps:
            headers = self._partitions[tp][self._positions[tp] - self._first :]
            start = self._positions[tp]
            batches[tp] = [
                SimpleNamespace(offset=start + number, headers=encode(one) if one else (("x", b"y"),))
                for number, one in enumerate(headers)
            ]
            self.read.append(len(headers))
            self._positions[tp] = start + len(headers)
        return batches


def stamp(sequence: int, incarnation: str = NOW, **more: object) -> dict[str, object]:
    return {"source": f"raw@{NOW}/0/{sequence}", "sequence": f"{incarnation}/{sequence}", **more}


def marks_of(consumer: FakeConsumer, next_offset: int = 0) -> Marks:
    reader = MarksReader(SETTINGS)
    return asyncio.run(reader._read(_Tails(consumer), {3: next_offset}, NOW))[3]


def test_empty_outputs_leave_what_is_committed() -> None:
    assert marks_of(FakeConsumer({}), 17) == Marks(16)


def test_the_last_audit_record_tells_what_is_done_and_what_was_seen() -> None:
    seen = f"raw.hl7v2@{NOW}/0/80,raw.fhir@{BEFORE}/2/9"
    audits: list[dict[str, object] | None] = [stamp(10, seen=""), stamp(12, seen=seen)]
    marks = marks_of(FakeConsumer({("audit", 3): audits}), 11)
    assert marks.done == 12
    assert marks.seen == {f"raw.hl7v2@{NOW}/0": 80, f"raw.fhir@{BEFORE}/2": 9}
    assert marks.seen_header == seen


def test_outputs_beyond_the_last_audit_record_are_settled() -> None:
    consumer = FakeConsumer(
        {
            ("audit", 3): [stamp(10, seen="")],
            ("clean.hl7v2", 3): [stamp(9), stamp(10), stamp(11), stamp(14)],
            ("quarantine", 3): [stamp(12, code="message.timeout", path="PID-5")],
        }
    )
    assert marks_of(consumer).settled == {
        11: Settled("", ""),
        14: Settled("", ""),
        12: Settled("message.timeout", "PID-5"),
    }


def test_where_nothing_is_open_one_record_of_each_topic_is_read() -> None:
    consumer = FakeConsumer(
        {
            ("audit", 3): [stamp(number, seen="") for number in range(1000)],
            ("clean.fhir", 3): [stamp(number) for number in range(1000)],
        }
    )
    assert marks_of(consumer) == Marks(999)
    assert consumer.read == [1, 1]


def test_records_of_others_are_read_past() -> None:
    audits: list[dict[str, object] | None] = [stamp(5, seen=""), *[None] * 300]
    assert marks_of(FakeConsumer({("audit", 3): audits}, first=40)).done == 5


def test_offsets_of_an_earlier_internal_topic_say_nothing_about_this_one() -> None:
    consumer = FakeConsumer(
        {
            ("audit", 3): [stamp(900, BEFORE, seen=f"raw@{NOW}/0/80")],
            ("clean.hl7v2", 3): [stamp(901, BEFORE)],
        }
    )
    marks = marks_of(consumer, 2)
    assert (marks.done, marks.settled) == (1, {})
    assert marks.seen == {f"raw@{NOW}/0": 80}


def test_a_raw_message_is_a_repeat_the_second_time() -> None:
    marks = Marks(0)
    assert not marks.is_repeat(Position("raw", NOW, 0, 5))
    assert not marks.is_repeat(Position("raw", NOW, 1, 5))
    assert not marks.is_repeat(Position("raw", NOW, 0, 7))
    assert marks.is_repeat(Position("raw", NOW, 0, 5))
    assert marks.is_repeat(Position("raw", NOW, 0, 7))
    assert not marks.is_repeat(Position("raw", BEFORE, 0, 5)), "a topic that was made again starts anew"
