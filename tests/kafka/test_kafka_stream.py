"""The stream on a real broker: nothing lost, nothing doubled, nothing given away."""

from pathlib import Path

import pytest
from kafka_harness import Deployment
from made_up import hl7v2, many, poisoned

from topologies.app import EXIT_FAILED, EXIT_STALLED


@pytest.mark.parametrize("engine", ["fake", "real"])
def test_messages_come_out_once_and_a_poisoned_one_does_not_stop_them(engine: str, kafka: str, tmp_path: Path) -> None:
    messages = many(300, 23)
    messages[50:50] = [poisoned(1), poisoned(2)]
    with Deployment(kafka, tmp_path, engine) as stream:
        worker = stream.worker("one")
        stream.send(messages[:200])
        stream.wait_until_done(60)
        stream.send(messages[200:])
        stream.wait_until_done(20)
        assert worker.stop() == 0
        stream.check(messages)
        assert len(stream.records(stream.names.quarantine)) == 2


def test_large_messages_pass(kafka: str, tmp_path: Path) -> None:
    messages = [hl7v2(number, number, "x" * size) for number, size in enumerate((1_100_000, 3_000_000))]
    with Deployment(kafka, tmp_path) as stream:
        stream.send(messages)
        stream.worker("one")
        stream.wait_until_done(60)
        stream.check(messages)


def test_a_refused_send_ends_the_process_and_acknowledges_nothing(kafka: str, tmp_path: Path) -> None:
    messages = many(40, 7)
    with Deployment(kafka, tmp_path) as stream:
        worker = stream.worker("one")
        stream.wait_until_ready(worker)
        stream.limit(stream.names.clean_hl7v2, 100)
        stream.send(messages)
        worker.wait_for_exit(EXIT_FAILED)
        outputs = len(stream.outputs())
        assert stream.count(stream.names.audit) <= outputs < len(messages)
        assert stream.committed(stream.names.internal) <= outputs
        stream.limit(stream.names.clean_hl7v2, 32 * 2**20)
        stream.wait_until_done(60)
        stream.check(messages)


def test_a_worker_that_stands_still_ends_so_that_it_is_started_again(kafka: str, tmp_path: Path) -> None:
    messages = [hl7v2(1, 1, "slow 3600000 ms")]
    with Deployment(kafka, tmp_path, stall_seconds=3, message_seconds=3) as stream:
        worker = stream.worker("one")
        stream.send(messages)
        worker.wait_for_exit(EXIT_STALLED)
        assert stream.committed(stream.names.internal) == 0
        assert not stream.outputs()
