import asyncio
from collections.abc import MutableMapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest

from streamdeid.engine import Request
from streamdeid.envelope import QuarantineKey, decode, encode
from streamdeid.metrics import Metrics
from streamdeid.settings import Settings
from streamdeid.types import Format, Outcome, Quarantined, Released
from topologies.deidentify import Deidentify, Holding, Outputs, Prepared
from topologies.marks import Marks, Settled
from topologies.outputs import Record
from topologies.topics import FRAME_BYTES, carried_bytes
from topologies.watchdog import Progress
from topologies.window import Reports, Taken

SETTINGS = Settings(secret=bytes(16), quarantine_key=bytes(32), max_message_bytes=2000)
INTERNAL = "0000000a"


class Engine:
    def __init__(self) -> None:
        self.requests: list[Request] = []

    def process(self, requests: Sequence[Request], vault: MutableMapping[str, bytes]) -> list[Outcome]:
        self.requests += requests
        return [
            Quarantined("message.timeout", "PID-5") if b"bad" in request.content else Released(request.content.upper())
            for request in requests
        ]

    def routing_key(self, content: bytes, format: Format) -> str:
        return f"key of {content.decode()[:10]}"


class Vault:
    """Notes when it was confirmed."""

    def __init__(self, sent: list[Any]) -> None:
        self._sent = sent

    def changes(self) -> list[Record]:
        return [Record("changelog", 0, b"k", b"v")]

    async def confirm(self, changes: list[Record], publisher: Any) -> None:
        self._sent.append("vault")


class Publisher:
    def __init__(self) -> None:
        self.sent: list[Any] = []

    async def send(self, records: Sequence[Record]) -> list[int]:
        self.sent.append([record.topic for record in records])
        return []


class Trial:
    def __init__(self) -> None:
        self.engine, self.publisher = Engine(), Publisher()
        self.time = 0.0
        self.progress = Progress("deidentify", now=lambda: self.time)
        outputs = Outputs(SETTINGS, "policy1", self.engine.routing_key)
        self.hop = Deidentify(
            self.engine,
            outputs,
            self.publisher,  # type: ignore[arg-type]
            ThreadPoolExecutor(1),
            Reports(self.progress, Metrics(), lambda fault: None),
        )
        self.marks = Marks(9)
        self.hop.holdings = {0: Holding(self.marks, Vault(self.publisher.sent))}  # type: ignore[arg-type]
        self.hop.incarnation = INTERNAL

    def prepare(self, *messages: Any) -> Prepared:
        batch = [Taken(SimpleNamespace(message=message), 0.0) for message in messages]
        return asyncio.run(self.hop.prepare(batch))

    def publish(self, prepared: Prepared) -> list[Any]:
        asyncio.run(self.hop.publish([], prepared))
        return self.publisher.sent


def message(offset: int, content: bytes = b"good", raw: int | None = None, **headers: object) -> Any:
    source = f"raw.hl7v2@0000000c/1/{offset if raw is None else raw}"
    fields = {"source": source, "format": "hl7v2", "attempt": "2"} | headers
    return SimpleNamespace(
        topic="streamdeid.internal", partition=0, offset=offset, value=content, headers=encode(fields)
    )


@pytest.fixture
def it() -> Trial:
    return Trial()


def test_a_released_message_goes_to_its_clean_topic_with_headers_that_hold_no_value(it: Trial) -> None:
    settled = it.prepare(message(10)).settled[0]
    assert settled.output == Record(
        "clean.hl7v2",
        0,
        b"key of GOOD",
        b"GOOD",
        encode(
            {"source": "raw.hl7v2@0000000c/1/10", "sequence": f"{INTERNAL}/10", "format": "hl7v2", "policy": "policy1"}
        ),
    )
    assert it.engine.requests == [Request(b"good", Format.HL7V2, 10)]
    assert decode(settled.audit.headers)["seen"] == "raw.hl7v2@0000000c/1/10"
    assert b'"outcome":"released"' in (settled.audit.value or b"")
    assert b"GOOD" not in (settled.audit.value or b"")


def test_a_quarantined_one_is_sealed_with_what_is_said_about_it(it: Trial) -> None:
    output = it.prepare(message(10, b"bad")).settled[0].output
    assert output is not None
    assert (output.topic, output.key) == ("quarantine", None)
    headers = decode(output.headers)
    assert (headers["code"], headers["path"], headers["attempt"]) == ("message.timeout", "PID-5", "2")
    assert QuarantineKey(SETTINGS.quarantine_key).open(output.value or b"", output.headers) == b"bad"


def test_what_is_done_and_what_is_repeated_is_not_seen_by_the_engine(it: Trial) -> None:
    prepared = it.prepare(message(8), message(9), message(10, raw=20), message(11, raw=19), message(12, raw=21))
    assert prepared.repeats == 3
    assert [request.sequence for request in it.engine.requests] == [10, 12]
    assert [decode(settled.audit.headers)["seen"] for settled in prepared.settled] == [
        "raw.hl7v2@0000000c/1/20",
        "raw.hl7v2@0000000c/1/21",
    ]


def test_what_an_earlier_worker_has_sent_is_not_sent_again_but_audited_as_it_was(it: Trial) -> None:
    it.marks.settled = {10: Settled("", ""), 11: Settled("message.timeout", "PID-3"), 12: Settled("", "")}
    settled = it.prepare(message(10), message(11), message(12, b"bad"), message(13)).settled
    assert [one.output is None for one in settled] == [True, True, True, False]
    assert [b'"outcome":"released"' in (one.audit.value or b"") for one in settled] == [True, False, True, True]
    assert b'"path":"PID-3"' in (settled[1].audit.value or b"")


def test_the_vault_is_confirmed_before_outputs_and_outputs_before_audits(it: Trial) -> None:
    prepared = it.prepare(message(10), message(11, b"bad"))
    assert it.publish(prepared) == ["vault", ["clean.hl7v2", "quarantine"], ["audit", "audit"]]


def test_a_result_that_cannot_be_carried_is_quarantined(it: Trial) -> None:
    largest = carried_bytes(SETTINGS) - FRAME_BYTES
    settled = it.prepare(message(10, b"x" * largest), message(11, b"x" * (largest + 1))).settled
    assert settled[0].outcome == Released(b"X" * largest)
    assert settled[1].outcome == Quarantined("message.too_large")


def test_a_message_that_stayed_on_the_raw_topic_is_quarantined_unseen(it: Trial) -> None:
    settled = it.prepare(message(10, b"", oversize=5000)).settled[0]
    assert settled.outcome == Quarantined("message.too_large")
    assert settled.output is not None
    assert decode(settled.output.headers)["oversize"] == "5000"
    assert it.engine.requests == []


def test_a_record_of_somebody_else_is_quarantined_unseen(it: Trial) -> None:
    stray = message(10)
    stray.headers = (("source", b"Madeupfamily"),)
    settled = it.prepare(stray, message(11)).settled
    assert settled[0].outcome == Quarantined("message.unknown_format")
    assert decode(settled[0].audit.headers)["source"] == f"streamdeid.internal@{INTERNAL}/0/10"
    assert settled[1].outcome == Released(b"GOOD")


def test_every_message_that_the_engine_takes_up_counts_as_progress(it: Trial) -> None:
    class Slow(Engine):
        def process(self, requests: Sequence[Request], vault: MutableMapping[str, bytes]) -> list[Outcome]:
            for request in requests:
                moved.append(it.progress.stages["deidentify"].moved)
                it.time += 10
                self.requests.append(request)
            return [Released(b"") for _ in self.requests]

    moved: list[float] = []
    it.hop._engine = Slow()
    it.prepare(message(10), message(11), message(12))
    assert moved == [0, 10, 20]
