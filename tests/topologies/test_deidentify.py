import asyncio
import json
from collections.abc import Callable, Iterable, MutableMapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from prometheus_client import generate_latest

from streamdeid.engine import Request, Route
from streamdeid.envelope import QuarantineKey, decode, encode
from streamdeid.metrics import Metrics
from streamdeid.settings import Settings
from streamdeid.types import Format, Outcome, Quarantined, Released
from streamdeid.vault.lesson import Lesson, Notice
from topologies.deidentify import Deidentify, Holding, Outputs, Prepared
from topologies.marks import Marks, Settled
from topologies.notices import Notifier, partition_of
from topologies.outputs import Record
from topologies.topics import FRAME_BYTES, carried_bytes
from topologies.watchdog import Progress
from topologies.window import Limits, Reports, Taken, Window

SETTINGS = Settings(secret=bytes(16), quarantine_key=bytes(32), max_message_bytes=2000)
INTERNAL = "0000000a"


class Engine:
    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.lessons: list[Lesson] = []
        self.order: list[int] = []

    def route(self, content: bytes, format: Format, origin: str) -> Route:
        raise AssertionError

    def learn(self, lesson: Lesson, sequence: int, vault: MutableMapping[str, bytes]) -> list[Notice]:
        self.lessons.append(lesson)
        self.order.append(sequence)
        return [Notice(lesson.survivor, lesson), Notice(lesson.prior, lesson)]

    def process(
        self, requests: Sequence[Request], vault: MutableMapping[str, bytes], tell: Callable[[Notice], object]
    ) -> list[Outcome]:
        self.requests += requests
        self.order += [request.sequence for request in requests]
        for request in requests:
            if b"merge" in request.content:
                tell(Notice(ELSEWHERE, Lesson(HERE, ELSEWHERE, (), request.origin)))
        return [
            Quarantined("message.timeout", "PID-5") if b"bad" in request.content else Released(request.content.upper())
            for request in requests
        ]

    def routing_key(self, content: bytes, format: Format) -> str:
        return f"key of {content.decode()[:10]}"

    def carried(self, headers: Iterable[tuple[str, bytes | None]], key: bytes | None) -> str:
        raise AssertionError


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
        if not records:
            return []
        self.sent.append([record.topic for record in records])
        return []


class Trial:
    def __init__(self) -> None:
        self.engine, self.publisher = Engine(), Publisher()
        self.metrics = Metrics()
        self.time = 0.0
        self.progress = Progress("deidentify", now=lambda: self.time)
        outputs = Outputs(SETTINGS, "policy1", self.engine.routing_key)
        self.hop = Deidentify(
            self.engine,
            outputs,
            Notifier(SETTINGS),
            self.publisher,  # type: ignore[arg-type]
            ThreadPoolExecutor(1),
            Reports(self.progress, self.metrics, lambda fault: None),
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


def notice(offset: int, raw: int, lesson: Lesson, hops: int = 1) -> Any:
    headers = encode({"source": f"raw.hl7v2@0000000c/1/{raw}", "notice": hops})
    return SimpleNamespace(
        topic="streamdeid.internal", partition=0, offset=offset, value=lesson.encode(), headers=headers
    )


KEYS = [f"{number:032x}" for number in range(100)]
HERE = next(key for key in KEYS if partition_of(key, SETTINGS.partitions) == 0)
ELSEWHERE = next(key for key in KEYS if partition_of(key, SETTINGS.partitions) == 3)
LESSON = Lesson(HERE, ELSEWHERE)


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
    assert it.engine.requests == [Request(b"good", Format.HL7V2, 10, "raw.hl7v2@0000000c/1/10")]
    assert decode(settled.audit.headers)["seen"] == "raw.hl7v2@0000000c/1/10"
    assert b'"outcome":"released"' in (settled.audit.value or b"")
    assert b"GOOD" not in (settled.audit.value or b"")


def test_what_a_record_carries_reaches_the_engine_and_a_replay_but_no_clean_topic(it: Trial) -> None:
    carried = f"{1:016x}:{2:032x}"
    good, bad = it.prepare(message(10, carried=carried), message(11, b"bad", carried=carried)).settled
    assert [request.carried for request in it.engine.requests] == [carried, carried]
    assert good.output is not None
    assert "carried" not in {**decode(good.output.headers), **decode(good.audit.headers)}
    assert bad.output is not None
    assert decode(bad.output.headers)["carried"] == carried
    key = QuarantineKey(SETTINGS.quarantine_key)
    assert key.open(bad.output.value or b"", bad.output.headers) == b"bad"


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


def test_what_was_sent_under_another_policy_is_audited_under_that(it: Trial) -> None:
    it.marks.settled = {10: Settled("", "", "policy0"), 11: Settled("message.timeout", "PID-3", "policy0")}
    it.marks.settled[12] = Settled("", "", "policy1")
    audits = [one.audit for one in it.prepare(message(10), message(11), message(12), message(13)).settled]
    said = [json.loads(audit.value or b"") for audit in audits]
    assert [(one["policy"], one.get("bytes")) for one in said] == [
        ("policy0", 0), ("policy0", None), ("policy1", 4), ("policy1", 4),
    ]  # fmt: skip
    assert [decode(audit.headers)["policy"] for audit in audits] == [one["policy"] for one in said]


def test_another_engine_and_its_policy_are_used_together(it: Trial) -> None:
    before = it.prepare(message(10)).settled[0]
    other = Engine()
    it.hop.use(other, Outputs(SETTINGS, "policy2", other.routing_key))
    after = it.prepare(message(11)).settled[0]
    assert [request.sequence for engine in (it.engine, other) for request in engine.requests] == [10, 11]
    assert [decode(one.audit.headers)["policy"] for one in (before, after)] == ["policy1", "policy2"]
    assert [decode(one.output.headers)["policy"] for one in (before, after) if one.output] == ["policy1", "policy2"]


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
        def process(
            self, requests: Sequence[Request], vault: MutableMapping[str, bytes], tell: Callable[[Notice], object]
        ) -> list[Outcome]:
            for request in requests:
                moved.append(it.progress.stages["deidentify"].moved)
                it.time += 10
                self.requests.append(request)
            return [Released(b"") for _ in self.requests]

    moved: list[float] = []
    it.hop._engine = Slow()
    it.prepare(message(10), message(11), message(12))
    assert moved == [0, 10, 20]


def scraped(it: Trial) -> str:
    return generate_latest(it.metrics.registry).decode()


def test_a_notice_is_learned_and_nothing_else_comes_of_it(it: Trial) -> None:
    prepared = it.prepare(notice(10, 7, LESSON))
    assert it.engine.lessons == [LESSON._replace(origin="raw.hl7v2@0000000c/1/7")]
    assert (prepared.settled, prepared.repeats, it.engine.requests) == ([], 0, [])
    it.publish(prepared)
    assert [entry for entry in it.publisher.sent if entry != ["streamdeid.internal"]] == ["vault"]
    text = scraped(it)
    assert "streamdeid_notices_total 1.0" in text
    assert "streamdeid_repeats_total 0.0" in text
    assert "streamdeid_messages_total{" not in text


def test_messages_and_notices_are_handled_in_their_order(it: Trial) -> None:
    it.prepare(message(10), notice(11, 5, LESSON), message(12), message(13), notice(14, 6, LESSON))
    assert it.engine.order == [10, 11, 12, 13, 14]


def test_a_notice_says_nothing_about_which_messages_have_been_here(it: Trial) -> None:
    prepared = it.prepare(message(10, raw=20), notice(11, 30, LESSON), notice(12, 5, LESSON), message(13, raw=21))
    assert prepared.repeats == 0
    assert [decode(settled.audit.headers)["seen"] for settled in prepared.settled] == [
        "raw.hl7v2@0000000c/1/20",
        "raw.hl7v2@0000000c/1/21",
    ]


def test_a_notice_that_is_done_is_not_learned_again_and_is_no_repeat(it: Trial) -> None:
    prepared = it.prepare(notice(9, 7, LESSON))
    assert (it.engine.lessons, prepared.repeats, prepared.noticed) == ([], 0, 0)


def test_what_was_learned_is_told_on_to_other_partitions(it: Trial) -> None:
    (record,) = it.prepare(notice(10, 7, LESSON, hops=4)).onward
    assert (record.topic, record.partition, record.key) == ("streamdeid.internal", 3, ELSEWHERE.encode())
    assert decode(record.headers) == {"source": "raw.hl7v2@0000000c/1/7", "notice": "5"}
    assert it.prepare(notice(11, 8, LESSON, hops=16)).onward == [], "a circle ends"


def test_what_a_message_teaches_is_told_before_the_vault_keeps_it(it: Trial) -> None:
    prepared = it.prepare(message(10, b"merge"))
    assert [decode(record.headers) for record in prepared.onward] == [
        {"source": "raw.hl7v2@0000000c/1/10", "notice": "1"}
    ]
    assert it.publish(prepared) == [["streamdeid.internal"], "vault", ["clean.hl7v2"], ["audit"]]


@pytest.mark.parametrize("value", [None, b"", b"{}", b"PID|1||4711", LESSON._replace(survivor=HERE).encode()])
def test_what_says_that_it_is_a_notice_and_is_none_is_quarantined(it: Trial, value: bytes | None) -> None:
    stray = notice(10, 7, LESSON)
    stray.value = value
    (settled,) = it.prepare(stray).settled
    assert settled.outcome == Quarantined("message.unknown_format")
    assert decode(settled.audit.headers)["source"] == f"streamdeid.internal@{INTERNAL}/0/10"
    assert (it.engine.lessons, it.engine.requests) == ([], [])


def test_notices_alone_are_acknowledged_in_order_when_the_changelog_has_what_they_taught(it: Trial) -> None:
    acked: list[tuple[int, list[Any]]] = []

    def event(content: Any) -> Any:
        return SimpleNamespace(message=content, ack=lambda: acked.append((content.offset, list(it.publisher.sent))))

    async def trial() -> None:
        window: Window[Prepared] = Window("deidentify", it.hop, Limits(4, 1000), it.hop._reports)
        window.open()
        running = asyncio.create_task(window.run())
        for offset in (10, 11, 12):
            await window.take(event(notice(offset, offset, LESSON)))
        for _ in range(100):
            await asyncio.sleep(0.01)
            if len(acked) == 3:
                break
        running.cancel()

    asyncio.run(trial())
    assert [offset for offset, _ in acked] == [10, 11, 12]
    assert all("vault" in sent for _, sent in acked)
