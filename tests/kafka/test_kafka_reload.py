"""A policy that changes while messages flow: each is handled under one, none is lost, and what is invalid changes
nothing."""

import json
import signal
from collections import Counter
from pathlib import Path
from typing import Any

from kafka_harness import Deployment, source, wait_until
from made_up import Message, hl7v2

from streamdeid.build import load_policy
from streamdeid.envelope import decode

FIRST = "include: expert_determination\nname: ours\nmodels: []\n"
SECOND = FIRST + "detection:\n  deny: [{label: NAME, file: words.txt}]\n"


def messages(first: int, count: int) -> list[Message]:
    return [hl7v2(number % 7, number, "a quillaby tree") for number in range(first, first + count)]


def write(file: Path, text: str) -> None:
    new = file.with_name(f".{file.name}")
    new.write_text(text, encoding="utf-8")
    new.replace(file)


def digest(policy: Path, text: str) -> str:
    write(policy, text)
    return load_policy(str(policy)).digest


def is_about_a_worker(record: Any) -> bool:
    return "event" in decode(record.headers)


def test_a_policy_changes_while_messages_flow(kafka: str, tmp_path: Path) -> None:
    policy, logs = tmp_path / "ours.yaml", tmp_path / "logs"
    logs.mkdir()
    write(tmp_path / "words.txt", "Quillaby\n")
    new, old = digest(policy, SECOND), digest(policy, FIRST)
    with Deployment(kafka, logs, "real", policy=policy, policy_reload_seconds=0.3) as stream:
        workers = [stream.worker("one"), stream.worker("two")]
        for worker in workers:
            stream.wait_until_ready(worker)
        stream.send(messages(0, 200))
        write(policy, "include: expert_determination\nname: ours\nlabels: {NAME: Madeupfamily}\n")
        stream.send(messages(200, 200))
        wait_until(lambda: len(reloads(stream, "refused")) == 2, 30, "both workers refuse it")
        stream.wait_until_each_is_done(60)
        assert {record["policy"] for record in told(stream)} == {old}
        write(policy, SECOND)
        stream.send(messages(400, 300))
        wait_until(lambda: len(reloads(stream, "accepted")) == 2, 30, "both workers take it up")
        stream.send(messages(700, 100))
        stream.wait_until_each_is_done(60)
        write(policy, FIRST)
        for worker in workers:
            worker.signal(signal.SIGHUP)
        wait_until(lambda: len(reloads(stream, "accepted")) == 4, 30, "both workers go back")
        stream.send(messages(800, 50))
        stream.wait_until_each_is_done(60)
        assert [worker.stop() for worker in workers] == [0, 0]
        check(stream, old, new)


def check(stream: Deployment, old: str, new: str) -> None:
    audits = [record for record in stream.records(stream.names.audit) if not is_about_a_worker(record)]
    assert Counter(map(source, audits)) == Counter(stream.inputs.keys()), "each once"
    clean = stream.outputs()
    assert Counter(map(source, clean)) == Counter(stream.inputs.keys()), "nothing lost, nothing doubled"
    under = {source(record): json.loads(record.value)["policy"] for record in audits}
    for record in clean:
        assert decode(record.headers)["policy"] == under[source(record)]
        assert (b"quillaby" in record.value) == (under[source(record)] == old), "under one policy, and wholly"
    numbers = {at: message.number for at, message in stream.inputs.items()}
    assert {under[at] for at, number in numbers.items() if number < 400 or number >= 800} == {old}
    assert {under[at] for at, number in numbers.items() if 700 <= number < 800} == {new}
    stream._check_order(clean)
    stream._check_silence(clean, [], stream.records(stream.names.audit))
    first, second = (record for record in reloads(stream, "accepted") if record["new"] == new)
    assert (first["old"], first["worker"] != second["worker"]) == (old, True)
    assert {(record["old"], record["new"], record["code"]) for record in reloads(stream, "refused")} == {
        (old, "", "reload.invalid")
    }


def told(stream: Deployment) -> list[Any]:
    return [json.loads(one.value) for one in stream.records(stream.names.audit) if not is_about_a_worker(one)]


def reloads(stream: Deployment, outcome: str) -> list[Any]:
    events = [json.loads(one.value) for one in stream.records(stream.names.audit) if is_about_a_worker(one)]
    return [event for event in events if event["outcome"] == outcome]
