"""Runs workers as a deployment would, and looks at what they leave on the topics."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from expected import Expected
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType
from made_up import CANARIES, Message

from streamdeid.envelope import Position, QuarantineKey, decode
from streamdeid.settings import Settings
from topologies import topics
from topologies.app import EXIT_STALLED

HERE = Path(__file__).parent
SECRET = "5e" * 32


class Worker:
    """A worker process that is started again when it fails, as systemd or Kubernetes would."""

    def __init__(
        self, name: str, environ: dict[str, str], directory: Path, command: Sequence[str] | None = None
    ) -> None:
        self.name = name
        self.log = directory / f"{name}.log"
        self.exits: Counter[int] = Counter()
        self._environ = environ | {"STREAMDEID_DATA_DIRECTORY": str(directory / name), "TMPDIR": str(directory)}
        self._command = list(command or [sys.executable, str(HERE / "stream_worker.py")])
        self._wanted = True
        self._process = self._start()
        self._keeper = threading.Thread(target=self._keep, daemon=True)
        self._keeper.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def kill(self) -> None:
        """kill -9; it is started again."""
        self._process.kill()

    def signal(self, number: int) -> None:
        self._process.send_signal(number)

    def stop(self, seconds: float = 30.0) -> int:
        """SIGTERM, and how it ended."""
        self._wanted = False
        self._process.terminate()
        try:
            code = self._process.wait(seconds)
        finally:
            if self._process.poll() is None:
                self._process.kill()
        self._keeper.join(5)
        return code

    def wait_for_exit(self, code: int, seconds: float = 60.0) -> None:
        wait_until(lambda: self.exits[code] > 0, seconds, f"{self.name} ends with {code}, not {dict(self.exits)}")

    def _start(self) -> "subprocess.Popen[bytes]":
        with self.log.open("ab") as log:
            return subprocess.Popen(self._command, env=self._environ, stdout=log, stderr=log, cwd=HERE.parents[1])

    def _keep(self) -> None:
        while self._wanted:
            code = self._process.wait()
            self.exits[code] += 1
            if not self._wanted:
                return
            time.sleep(0.3)
            if self._wanted:
                self._process = self._start()


class Deployment:
    """Topics of its own on a broker, messages on them, and workers."""

    def __init__(self, address: str, directory: Path, engine: str = "fake", **settings: object) -> None:
        self.directory = directory
        self.engine = engine
        suffix = uuid.uuid4().hex[:8]
        self._environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith("STREAMDEID_")},
            "PYTHONPATH": os.pathsep.join([str(HERE.parents[1]), str(HERE), os.environ.get("PYTHONPATH", "")]),
            "TEST_ENGINE": engine,
            "STREAMDEID_BROKERS": address,
            "STREAMDEID_SECRET": SECRET,
            "STREAMDEID_APPLICATION": f"test-{suffix}",
            "STREAMDEID_PARTITIONS": "4",
            "STREAMDEID_RAW_PARTITIONS": "3",
            "STREAMDEID_SESSION_SECONDS": "6",
            "STREAMDEID_STALL_SECONDS": "15",
            "STREAMDEID_MESSAGE_SECONDS": "20",
            "STREAMDEID_READY_SECONDS": "60",
            "STREAMDEID_MAX_MESSAGE_BYTES": str(8 * 2**20),
            **{f"STREAMDEID_TOPIC_{name.upper()}": f"{topic}.{suffix}" for name, topic in _TOPICS.items()},
            **{f"STREAMDEID_{name.upper()}": str(value) for name, value in settings.items()},
        }
        self.settings = Settings.from_environ(self._environ)
        self.names = self.settings.topics
        self.inputs: dict[tuple[str, int, int], Message] = {}
        self.workers: list[Worker] = []
        self._counter: KafkaConsumer | None = None
        topics.create(self.settings)

    def __enter__(self) -> "Deployment":
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self.workers:
            if worker._wanted:
                worker._wanted = False
                worker.kill()
        if self._counter is not None:
            self._counter.close()

    def worker(self, name: str, **environ: str) -> Worker:
        worker = Worker(name, self._environ | environ, self.directory)
        self.workers.append(worker)
        return worker

    def send(self, messages: Iterable[Message], headers: Sequence[tuple[str, bytes]] = ()) -> None:
        """Messages of a patient go to one raw partition, so that they have an order."""
        producer = KafkaProducer(
            bootstrap_servers=self.settings.brokers, max_request_size=9 * 2**20, linger_ms=5, acks="all"
        )
        raw = {"raw.hl7v2": self.names.raw_hl7v2, "raw.fhir": self.names.raw_fhir}
        key = b"Madeupfamily in a key"
        header = [("Nobodysgiven", b"Madeupfamily"), *headers]
        sent = [
            (
                message,
                producer.send(raw[message.topic], message.content, key, header, partition=_raw_partition(message)),
            )
            for message in messages
        ]
        producer.flush()
        for message, future in sent:
            metadata = future.get(30)
            self.inputs[metadata.topic, metadata.partition, metadata.offset] = message
        producer.close()

    def wait_until_done(self, seconds: float) -> None:
        """Until there is an audit record for every input."""

        def done() -> bool:
            return self.count(self.names.audit) >= len(self.inputs)

        wait_until(done, seconds, lambda: f"{self.count(self.names.audit)} of {len(self.inputs)} done")

    def wait_until_each_is_done(self, seconds: float) -> None:
        """The same, where an audit record may have come twice."""

        def done() -> bool:
            about_messages = (one for one in self.records(self.names.audit) if "event" not in decode(one.headers))
            return set(map(source, about_messages)) >= set(self.inputs)

        wait_until(done, seconds, lambda: "not every message has an audit record")

    def count(self, topic: str) -> int:
        """Records of a topic, those of aborted transactions too."""
        if self._counter is None:
            self._counter = KafkaConsumer(bootstrap_servers=self.settings.brokers, reconnect_backoff_max_ms=500)
        partitions = [TopicPartition(topic, number) for number in range(self.settings.partitions)]
        return sum(self._counter.end_offsets(partitions).values())

    def wait_until_ready(self, worker: Worker, seconds: float = 40) -> None:
        wait_until(lambda: b"ready: " in worker.log.read_bytes(), seconds, f"{worker.name} ready")

    def limit(self, topic: str, largest: int) -> None:
        """Have the broker refuse records of a topic that are larger."""
        admin = KafkaAdminClient(bootstrap_servers=self.settings.brokers)
        configs = {"max.message.bytes": str(largest)}
        admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, configs)])
        admin.close()

    def committed(self, topic: str) -> int:
        """How many records of a topic the workers' group has acknowledged."""
        consumer = KafkaConsumer(
            bootstrap_servers=self.settings.brokers, group_id=self.settings.application, enable_auto_commit=False
        )
        partitions = [TopicPartition(topic, number) for number in range(self.settings.partitions)]
        try:
            return sum(consumer.committed(tp) or 0 for tp in partitions)
        finally:
            consumer.close(autocommit=False)

    def wait_until_audited(self, count: int, seconds: float = 120) -> None:
        """Until so many messages are done."""
        wait_until(lambda: self.count(self.names.audit) >= count, seconds, f"{count} done", every=0.02)

    def records(self, topic: str) -> list[Any]:
        """All records of a topic as anybody may read them, partition by partition, in order."""
        consumer = KafkaConsumer(
            bootstrap_servers=self.settings.brokers,
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            isolation_level="read_uncommitted",
            check_crcs=False,  # it is in Python, and slow
        )
        try:
            count = len(consumer.partitions_for_topic(topic) or ())
            partitions = [TopicPartition(topic, number) for number in range(count)]
            ends = consumer.end_offsets(partitions)
            consumer.assign(partitions)
            found: list[Any] = []
            while any(consumer.position(tp) < ends[tp] for tp in partitions):
                for batch in consumer.poll(500).values():
                    found += batch
            return sorted(found, key=lambda record: (record.partition, record.offset))
        finally:
            consumer.close()

    def outputs(self) -> list[Any]:
        return self.records(self.names.clean_hl7v2) + self.records(self.names.clean_fhir)

    def check(self, messages: list[Message], woken: bool = False) -> None:
        """Nothing lost, nothing doubled, nothing altered, everything in order, and nothing given away. A worker that
        was `woken` may have repeated an audit record, which says what it said before; outputs never."""
        expected = Expected(self.engine, self.settings.secret, messages)
        clean, quarantined = self.outputs(), self.records(self.names.quarantine)
        audits = self.records(self.names.audit)
        everywhere = Counter(map(source, clean + quarantined))
        assert not (set(self.inputs) - set(everywhere)), "lost"
        assert not {at: count for at, count in everywhere.items() if count > 1}, "doubled"
        told, sent = Counter(map(source, audits)), Counter(self.inputs.keys())
        doubled, missing = dict(told - sent), dict(sent - told)
        assert not missing, f"audit records missing {missing}"
        assert woken or not doubled, f"audit records doubled {doubled}"
        for record in clean:
            assert record.value == expected(self.inputs[source(record)]), "altered"
        key = QuarantineKey(self.settings.quarantine_key)
        for record in quarantined:
            original = key.open(record.value, record.headers)
            assert original == self.inputs[source(record)].content
            assert expected(self.inputs[source(record)]) is None
        self._check_order(clean)
        self._check_order(quarantined)
        self._check_silence(clean, quarantined, audits)

    def _check_order(self, records: Iterable[Any]) -> None:
        last: dict[tuple[str, int], int] = defaultdict(lambda: -1)
        numbers: dict[tuple[str, str], int] = defaultdict(lambda: -1)
        for record in records:
            sequence = int(decode(record.headers)["sequence"].split("/")[1])
            assert last[record.topic, record.partition] < sequence, "out of order"
            last[record.topic, record.partition] = sequence
            message = self.inputs[source(record)]
            assert numbers[record.topic, message.patient] < message.number, "out of a patient's order"
            numbers[record.topic, message.patient] = message.number

    def _check_silence(self, clean: list[Any], quarantined: list[Any], audits: list[Any]) -> None:
        internal = self.records(self.names.internal)
        for record in clean + quarantined + audits + internal:
            said = repr((record.key, record.headers)).encode()
            assert not [canary for canary in CANARIES if canary in said], "a value in a key or header"
        for record in quarantined + audits:
            assert not [canary for canary in CANARIES if canary in record.value], "a value in the open"
        changelog = f"{self.settings.application}-{topics.TABLE}-changelog"
        for record in self.records(changelog):
            assert not [canary for canary in CANARIES if canary in repr(record).encode()], "a value in the changelog"
        for file in self.directory.rglob("*"):  # logs, and the tables' own files
            if file.is_file():
                content = file.read_bytes()
                assert not [canary for canary in CANARIES if canary in content], f"a value in {file.name}"

    def exits(self) -> Counter[int]:
        """How workers ended, all of them together."""
        return sum((worker.exits for worker in self.workers), Counter())


_TOPICS = {
    "raw_hl7v2": "raw.hl7v2",
    "raw_fhir": "raw.fhir",
    "internal": "internal",
    "seeds": "seeds",
    "clean_hl7v2": "clean.hl7v2",
    "clean_fhir": "clean.fhir",
    "quarantine": "quarantine",
    "audit": "audit",
}


def source(record: Any) -> tuple[str, int, int]:
    position = Position.parse(decode(record.headers)["source"])
    return position.topic, position.partition, position.offset


def unfailing(exits: Counter[int]) -> Counter[int]:
    """The exits that nobody asked for."""
    return Counter({code: count for code, count in exits.items() if code not in (0, -signal.SIGKILL)})


def stalls(exits: Counter[int]) -> int:
    return exits[EXIT_STALLED]


def wait_until(
    condition: Callable[[], bool], seconds: float, what: str | Callable[[], str], every: float = 0.2
) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return
        time.sleep(every)
    raise AssertionError(f"not within {seconds} s: {what if isinstance(what, str) else what()}")


def moments(count: int, messages: int, seed: int) -> list[tuple[int, float]]:
    """So many random moments in the course of so many messages: after how many of them, and seconds later."""
    chance = random.Random(seed)
    return sorted((chance.randrange(messages), chance.uniform(0, 0.3)) for _ in range(count))


def _raw_partition(message: Message) -> int:
    return sum(message.patient.encode()) % 3
