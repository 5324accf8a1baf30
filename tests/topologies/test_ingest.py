import asyncio
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest

from streamdeid.engine import Route
from streamdeid.envelope import decode
from streamdeid.metrics import Metrics
from streamdeid.settings import Settings
from streamdeid.types import Format
from streamdeid.vault.lesson import Lesson, Notice
from topologies.ingest import Ingest
from topologies.notices import partition_of
from topologies.outputs import Record
from topologies.watchdog import Progress
from topologies.window import Reports, Taken

SETTINGS = Settings(secret=bytes(16), quarantine_key=bytes(32), max_message_bytes=2000, partitions=5)


CARRIED = f"{1:016x}:{2:032x},{3:016x}:{4:032x}"
REPORTS = Reports(Progress("ingest"), Metrics(), lambda fault: None)


def route(content: bytes, format: Format, origin: str) -> Route:
    key, keys = f"{format.value}{len(content)}", content.decode().split()
    if len(keys) < 2:
        return Route(key)
    lesson = Lesson(keys[0], keys[1], (), origin)
    return Route(key, tuple(Notice(concerned, lesson) for concerned in keys))


class Publisher:
    """Confirms when it may."""

    def __init__(self) -> None:
        self.sent: list[Record] = []
        self.may_confirm = asyncio.Event()

    async def send(self, records: list[Record]) -> list[int]:
        self.sent += records
        await self.may_confirm.wait()
        return []


def ingest_with(publisher: Any) -> Ingest:
    ingest = Ingest(SETTINGS, route, publisher, ThreadPoolExecutor(1), REPORTS)
    ingest.incarnations = {"raw.hl7v2": "000000aa", "raw.fhir": "000000ff"}
    return ingest


def raw(value: bytes | None, topic: str = "raw.fhir", headers: tuple[tuple[str, bytes], ...] = ()) -> Any:
    return SimpleNamespace(topic=topic, partition=2, offset=17, key=None, value=value, headers=headers)


def records_of(message: Any) -> list[Record]:
    return asyncio.run(ingest_with(None).prepare([Taken(SimpleNamespace(message=message), 0.0)]))


def record_of(value: bytes | None, topic: str = "raw.fhir", headers: tuple[tuple[str, bytes], ...] = ()) -> Any:
    (record,) = records_of(raw(value, topic, headers))
    return record


def test_a_record_says_where_it_came_from_and_carries_nothing_else_on() -> None:
    record = record_of(b"{}", headers=(("name", b"Madeupfamily"), ("source", b"x")))
    assert record.topic == "streamdeid.internal"
    assert record.value == b"{}"
    assert record.key == b"fhir2"
    assert record.partition == partition_of("fhir2", 5)
    assert dict(record.headers) == {"source": b"raw.fhir@000000ff/2/17", "format": b"fhir", "attempt": b"1"}


def test_what_a_record_says_to_the_policy_goes_on_as_keyed_hashes_alone() -> None:
    asked: list[Any] = []

    def carrier(headers: Any, key: bytes | None) -> str:
        asked.append((headers, key))
        return CARRIED if key else ""

    ingest = Ingest(SETTINGS, route, Publisher(), ThreadPoolExecutor(1), REPORTS, carrier=carrier)  # type: ignore[arg-type]
    ingest.incarnations = {"raw.fhir": "000000ff"}

    def carried(key: bytes | None, headers: tuple[tuple[str, bytes], ...]) -> str | None:
        message = SimpleNamespace(topic="raw.fhir", partition=2, offset=17, key=key, value=b"{}", headers=headers)
        (record,) = asyncio.run(ingest.prepare([Taken(SimpleNamespace(message=message), 0.0)]))
        assert b"Madeupfamily" not in repr(record).encode()
        return decode(record.headers).get("carried")

    own = (("name", b"Madeupfamily"),)
    assert carried(b"Madeupfamily", own) == CARRIED
    assert asked == [(own, b"Madeupfamily")]
    assert carried(None, own) is None
    assert carried(None, (("carried", CARRIED.encode()),)) == CARRIED  # of a replay
    assert carried(None, (("carried", b"Madeupfamily"),)) is None


def test_the_topic_tells_the_format() -> None:
    assert decode(record_of(b"MSH", "raw.hl7v2").headers)["format"] == "hl7v2"


def test_a_tombstone_is_an_empty_message() -> None:
    assert record_of(None).value == b""


@pytest.mark.parametrize(
    ("given", "taken"), [(b"3", "3"), (b"0", "1"), (b"", "1"), (b"Madeupfamily", "1"), (b"3\n", "1"), (b"9999999", "1")]
)
def test_an_attempt_is_taken_over_if_it_is_one(given: bytes, taken: str) -> None:
    assert decode(record_of(b"{}", headers=(("attempt", given),)).headers)["attempt"] == taken


def test_a_message_above_the_limit_stays_where_it_is() -> None:
    record = record_of(b"x" * 2001)
    assert record.value == b""
    assert decode(record.headers)["oversize"] == "2001"


def keys_of(partition: int) -> list[str]:
    """Patient keys of a partition."""
    return [key for key in (f"{number:032x}" for number in range(100)) if partition_of(key, 5) == partition]


HERE = partition_of("fhir65", 5)  # whither a message with two keys goes
THERE = (HERE + 1) % 5


def test_those_whom_a_message_concerns_in_other_partitions_get_a_notice_each() -> None:
    one, other = keys_of(THERE)[0], keys_of((HERE + 2) % 5)[0]
    message, *notices = records_of(raw(f"{one} {other}".encode()))
    assert message.partition == HERE
    assert [(notice.partition, notice.key) for notice in notices] == [
        (THERE, one.encode()),
        ((HERE + 2) % 5, other.encode()),
    ]
    for notice in notices:
        assert notice.topic == "streamdeid.internal"
        assert decode(notice.headers) == {"source": "raw.fhir@000000ff/2/17", "notice": "1"}
        assert Lesson.decode(notice.value or b"", "x") == Lesson(one, other, (), "x")


def test_a_partition_gets_a_notice_once_and_none_beside_the_message() -> None:
    assert len(records_of(raw(" ".join(keys_of(THERE)[:2]).encode()))) == 2
    assert len(records_of(raw(" ".join(keys_of(HERE)[:2]).encode()))) == 1


def test_a_message_counts_as_sent_when_its_notices_are_confirmed_too() -> None:
    async def trial() -> None:
        publisher = Publisher()
        ingest = ingest_with(publisher)
        batch = [Taken(SimpleNamespace(message=raw(" ".join(keys_of(THERE)[:2]).encode())), 0.0)]
        publishing = asyncio.create_task(ingest.publish(batch, await ingest.prepare(batch)))
        await asyncio.sleep(0)
        assert len(publisher.sent) == 2
        assert not publishing.done()
        publisher.may_confirm.set()
        await publishing

    asyncio.run(trial())
