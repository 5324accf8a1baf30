"""A real Apache Kafka broker in KRaft mode for the tests, from the jars that deploy/kafka/pom.xml pins."""

import os
import shutil
import signal
import subprocess
import time
from contextlib import ExitStack, suppress
from pathlib import Path

from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from streamdeid.embedded import child, free_port

ROOT = Path(__file__).parents[2]
POM = ROOT / "deploy/kafka/pom.xml"
LIB = ROOT / "deploy/kafka/lib"

_PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={logs}
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=false
log.cleaner.enable=false
"""
_JAVA_OPTIONS = (
    "-Xmx512m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
)
_UP_WITHIN = 180


def fetch_jars() -> None:
    """Have the pinned Kafka in deploy/kafka/lib; an error where that cannot be had, as these tests are worth nothing
    against anything else."""
    if any(LIB.glob("kafka_*.jar")):
        return
    for program in ("java", "mvn"):
        if shutil.which(program) is None:
            raise RuntimeError(f"the Kafka tests need {program}; or give a broker by STREAMDEID_TEST_KAFKA=host:port")
    command = ["mvn", "-q", "-B", "-f", str(POM), "dependency:copy-dependencies", f"-DoutputDirectory={LIB}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"Maven cannot fetch Kafka: {done.stdout[-2000:]}{done.stderr[-2000:]}")


class Broker:
    """One broker, with its files in `directory`."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._process: subprocess.Popen[bytes] | None = None
        self._lives = ExitStack()
        port, controller = free_port(), free_port()
        self.address = f"127.0.0.1:{port}"
        self._properties = directory / "server.properties"
        self._properties.write_text(
            _PROPERTIES.format(port=port, controller=controller, logs=directory / "logs"), encoding="utf-8"
        )
        identity = self._java("kafka.tools.StorageTool", "random-uuid").strip().splitlines()[-1]
        self._java("kafka.tools.StorageTool", "format", "-t", identity, "-c", str(self._properties))

    def start(self) -> None:
        """Start, and wait until it answers."""
        log = self._directory / "broker.log"
        self._process = self._lives.enter_context(child(self._command("kafka.Kafka", str(self._properties)), log=log))
        until = time.monotonic() + _UP_WITHIN
        while time.monotonic() < until:
            try:
                KafkaAdminClient(bootstrap_servers=self.address, request_timeout_ms=5000).close()
            except (KafkaError, OSError):
                time.sleep(0.2)
            else:
                return
        raise RuntimeError(f"the broker did not start; see {log}")

    def stop(self, number: int = signal.SIGTERM) -> None:
        """End it; SIGKILL is a power cut."""
        if self._process is None:
            return
        self._process.send_signal(number)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(20)
        self._lives.close()
        self._process = None

    def _command(self, *arguments: str) -> list[str]:
        return ["java", *_JAVA_OPTIONS, "-cp", f"{LIB}{os.sep}*", *arguments]

    def _java(self, *arguments: str) -> str:
        done = subprocess.run(self._command(*arguments), capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{arguments}: {done.stdout}{done.stderr}")
        return done.stdout
