import itertools
import json
import time
from collections.abc import Iterator

import pytest
from kafka import KafkaConsumer, KafkaProducer

from streamdeid.demo.generate import messages, patients
from streamdeid.demo.traffic import Traffic
from streamdeid.embedded import broker
from streamdeid.envelope import Position, encode
from streamdeid.settings import Settings, TopicNames
from topologies.topics import create

TOPICS = TopicNames()


@pytest.fixture(scope="module")
def brokers() -> Iterator[str]:
    with broker() as address:
        create(
            Settings.from_environ(
                {
                    "STREAMDEID_BROKERS": address,
                    "STREAMDEID_SECRET": "ab" * 32,
                    "STREAMDEID_PARTITIONS": "2",
                    "STREAMDEID_RAW_PARTITIONS": "2",
                }
            )
        )
        yield address


def work(brokers: str, count: int) -> None:
    """What a worker would do: release HL7 v2, quarantine FHIR, and audit both."""
    consumer = KafkaConsumer(
        TOPICS.raw_hl7v2, TOPICS.raw_fhir, bootstrap_servers=brokers, auto_offset_reset="earliest", group_id=None
    )
    producer = KafkaProducer(bootstrap_servers=brokers, enable_idempotence=False)
    for record in itertools.islice(consumer, count):
        source = Position(record.topic, "0" * 8, record.partition, record.offset)
        headers = list(encode({"source": source, "code": "fhir.element"}))
        if record.topic == TOPICS.raw_hl7v2:
            producer.send(TOPICS.clean_hl7v2, value=b"clean " + record.value, headers=headers)
            audit = {"replacements": [{"label": "NAME", "operator": "surrogate", "times": 1}]}
        else:
            producer.send(TOPICS.quarantine, value=b"sealed", headers=headers)
            audit = {}
        producer.send(TOPICS.audit, value=json.dumps(audit).encode(), headers=headers)
    producer.flush()
    producer.close()
    consumer.close()


def test_each_message_gets_its_own_outcome(brokers: str) -> None:
    sent = list(itertools.islice(messages(patients(7, 4), 7, broken_one_in=0), 24))
    with Traffic(brokers, TOPICS) as traffic:
        for message in sent:
            traffic.send(message)
        assert traffic.waiting == 24
        work(brokers, 24)
        until = time.monotonic() + 20
        while traffic.waiting and time.monotonic() < until:
            traffic.watch(0.05)
        assert not traffic.waiting
    assert [fate.message for fate in traffic.fates] == sent
    for fate in traffic.fates:
        assert (fate.copies, fate.audited) == (1, True)
        assert 0 < fate.seconds < 20
        if fate.message.kind == "Bundle":
            assert (fate.after, fate.code) == (b"", "fhir.element")
        else:
            assert (fate.after, fate.code) == (b"clean " + fate.message.content, "")
            assert [entry["label"] for entry in fate.replaced] == ["NAME"]
