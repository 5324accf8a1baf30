from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest

from streamdeid.envelope import decode
from streamdeid.metrics import Metrics
from streamdeid.settings import Settings
from streamdeid.types import Format
from topologies.ingest import Ingest, partition_of
from topologies.watchdog import Progress
from topologies.window import Reports

SETTINGS = Settings(secret=bytes(16), quarantine_key=bytes(32), max_message_bytes=2000, partitions=5)


REPORTS = Reports(Progress("ingest"), Metrics(), lambda fault: None)


def routing_key(content: bytes, format: Format) -> str:
    return f"{format.value}{len(content)}"


def record_of(value: bytes | None, topic: str = "raw.fhir", headers: tuple[tuple[str, bytes], ...] = ()) -> Any:
    ingest = Ingest(SETTINGS, routing_key, None, ThreadPoolExecutor(1), REPORTS)  # type: ignore[arg-type]
    ingest.incarnations = {"raw.hl7v2": "000000aa", "raw.fhir": "000000ff"}
    message = SimpleNamespace(topic=topic, partition=2, offset=17, value=value, headers=headers)
    return ingest._record(message)


def test_a_record_says_where_it_came_from_and_carries_nothing_else_on() -> None:
    record = record_of(b"{}", headers=(("name", b"Madeupfamily"), ("source", b"x")))
    assert record.topic == "streamdeid.internal"
    assert record.value == b"{}"
    assert record.key == b"fhir2"
    assert record.partition == partition_of("fhir2", 5)
    assert dict(record.headers) == {"source": b"raw.fhir@000000ff/2/17", "format": b"fhir", "attempt": b"1"}


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


def test_keys_spread_over_partitions() -> None:
    assert {partition_of(str(number), 5) for number in range(100)} == set(range(5))
