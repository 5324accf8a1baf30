"""Merges and logical ids on a real broker: what one partition learns is known in the others, whatever is killed.

The patients are chosen so that the two that a merge is about, or the two names of one patient, are in different
partitions. What has to come out is what an engine with a single table makes of the messages in their order.
"""

import json
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from kafka_harness import SECRET, Deployment, moments, wait_until
from made_up import Message

from streamdeid.build import build_deidentifier, load_policy
from streamdeid.engine import Request
from streamdeid.types import Format, Released
from topologies.notices import partition_of

PARTITIONS = 4
ENGINE = build_deidentifier(load_policy(), bytes.fromhex(SECRET))
OID = "2.999.1"


def of_pair(pair: int, name: str) -> str:
    """A patient's name, written so that all of a pair come by one raw partition and thus have an order."""
    return name + "a" * ((pair - sum(name.encode())) % 3)


def hl7(kind: str, mrn: str, pair: int, number: int, *segments: str) -> Message:
    header = f"MSH|^~\\&|LAB|MADEUP|EHR|MADEUP|20250101120000||{kind}|P{pair}N{number}|P|2.5.1"
    pid = f"PID|1||{mrn}^^^MADEUP&{OID}&ISO^MR||Madeupfamily{mrn[-4:]}^Nobodysgiven||19700101|F"
    content = "\r".join((header, pid, *segments, "")).encode()
    return Message("raw.hl7v2", of_pair(pair, mrn), number, content)


def merge(survivor: str, prior: str, pair: int, number: int) -> Message:
    return hl7("ADT^A40^ADT_A39", survivor, pair, number, f"MRG|{prior}^^^MADEUP&{OID}&ISO^MR")


def report(mrn: str, pair: int, number: int, survivor: str) -> Message:
    text = f"Nobodysgiven Madeupfamily{survivor[-4:]} was seen on 20250102."
    rows = ("OBR|1|||85025-1^Report^LN|||20250101120000", f"OBX|1|TX|85025-1^Report^LN||{text}||||||F")
    return hl7("ORU^R01^ORU_R01", mrn, pair, number, *rows)


def fhir(who: str, pair: int, number: int, **resource: object) -> Message:
    return Message("raw.fhir", of_pair(pair, who), number, json.dumps(resource).encode())


def patient(mrn: str, pair: int, number: int) -> Message:
    return fhir(
        mrn,
        pair,
        number,
        resourceType="Patient",
        id=f"logical-{pair}",
        identifier=[{"system": f"urn:oid:{OID}", "value": mrn}],
        name=[{"family": f"Madeupfamily{mrn[-4:]}", "given": ["Nobodysgiven"]}],
    )


def observation(mrn: str, pair: int, number: int) -> Message:
    return fhir(
        f"logical-{pair}",
        pair,
        number,
        resourceType="Observation",
        id=f"seen-{pair}-{number}",
        status="final",
        code={"text": "made up"},
        subject={"reference": f"Patient/logical-{pair}"},
        effectiveDateTime="2025-01-02",
        valueString=f"Nobodysgiven Madeupfamily{mrn[-4:]} was seen.",
    )


def partition(message: Message) -> int:
    format = Format.FHIR if message.topic == "raw.fhir" else Format.HL7V2
    return partition_of(ENGINE.routing_key(message.content, format), PARTITIONS)


def numbers() -> Iterator[str]:
    return (f"4{number:07d}" for number in count(17, 31))


def numbers_apart(pairs: int) -> list[tuple[str, str]]:
    """Pairs of medical record numbers of different partitions."""
    fresh = numbers()
    chosen: list[tuple[str, str]] = []
    while len(chosen) < pairs:
        one, other = next(fresh), next(fresh)
        if partition(report(one, 0, 0, one)) != partition(report(other, 0, 0, other)):
            chosen.append((one, other))
    return chosen


def alone(message: Message) -> bytes:
    """What would come of a message that nothing is known about."""
    format = Format.FHIR if message.topic == "raw.fhir" else Format.HL7V2
    (outcome,) = ENGINE.process([Request(message.content, format, 0)], {})
    assert isinstance(outcome, Released)
    return outcome.content


def check(stream: Deployment, messages: list[Message], changed: list[Message]) -> None:
    """That all is as it has to be, and that the `changed` ones would not be so without what others have taught."""
    stream.check(messages)
    made = {record.value for record in stream.outputs()}
    assert not [message for message in changed if alone(message) in made]


def settled(stream: Deployment) -> None:
    """Wait until nothing is on its way between partitions."""

    def quiet() -> bool:
        ends = stream.count(stream.names.internal)
        if stream.committed(stream.names.internal) < ends:
            return False
        time.sleep(1.5)
        return stream.count(stream.names.internal) == ends

    wait_until(quiet, 60, "internal messages and notices done")


def test_a_merge_is_known_in_the_partition_of_the_prior_number(kafka: str, tmp_path: Path) -> None:
    pairs = list(enumerate(numbers_apart(12)))
    before = [report(prior, pair, 0, survivor) for pair, (survivor, prior) in pairs]
    merges = [merge(survivor, prior, pair, 1) for pair, (survivor, prior) in pairs]
    after = [report(prior, pair, 2, survivor) for pair, (survivor, prior) in pairs]
    with Deployment(kafka, tmp_path, "real", partitions=PARTITIONS) as stream:
        stream.worker("one")
        stream.send(before + merges + after)
        stream.wait_until_done(60)
        settled(stream)
        internal = stream.records(stream.names.internal)
        notices = [record for record in internal if any(name == "notice" for name, _ in record.headers)]
        assert len(internal) - len(notices) == len(stream.inputs)
        assert len(notices) >= len(pairs)
        check(stream, before + merges + after, after)


def test_a_worker_that_was_killed_meanwhile_or_starts_elsewhere_knows_it_too(kafka: str, tmp_path: Path) -> None:
    pairs = list(enumerate(numbers_apart(12)))
    merges = [merge(survivor, prior, pair, 0) for pair, (survivor, prior) in pairs]
    first = [report(prior, pair, 1, survivor) for pair, (survivor, prior) in pairs]
    second = [report(prior, pair, 2, survivor) for pair, (survivor, prior) in pairs]
    with Deployment(kafka, tmp_path, "real", partitions=PARTITIONS) as stream:
        one = stream.worker("one")
        stream.send(merges)
        stream.wait_until_done(60)
        one.kill()
        stream.send(first)
        stream.wait_until_done(60)
        assert one.stop() == 0
        stream.worker("two")  # its table is restored from the changelog
        stream.send(second)
        stream.wait_until_done(60)
        check(stream, merges + first + second, first + second)


def test_kills_at_any_moment_double_or_lose_no_merge(kafka: str, tmp_path: Path) -> None:
    names = numbers_apart(160)
    messages = [
        message
        for pair, ((survivor, prior), (last, _)) in enumerate(zip(names[:80], names[80:], strict=True))
        for message in (
            report(prior, pair, 0, survivor),
            merge(survivor, prior, pair, 1),
            report(prior, pair, 2, survivor),
            merge(last, survivor, pair, 3),
            report(survivor, pair, 4, last),
        )
    ]
    with Deployment(kafka, tmp_path, "real", partitions=PARTITIONS) as stream:
        one = stream.worker("one")
        stream.send(messages)
        for done, pause in moments(2, len(messages), 2):
            stream.wait_until_audited(done)
            time.sleep(pause)
            one.kill()
        stream.wait_until_done(120)
        check(stream, messages, [message for message in messages if message.number in (2, 4)])


def test_a_logical_id_is_known_in_its_partition_and_follows_a_merge(kafka: str, tmp_path: Path) -> None:
    pairs = [
        (pair, names)
        for pair, names in enumerate(numbers_apart(24))
        if partition(patient(names[1], pair, 0)) != partition(observation(names[1], pair, 1))
    ]
    first = [
        message for pair, (_, prior) in pairs for message in (patient(prior, pair, 0), observation(prior, pair, 1))
    ]
    merges = [merge(survivor, prior, pair, 2) for pair, (survivor, prior) in pairs]
    second = [observation(prior, pair, 3) for pair, (_, prior) in pairs]
    with Deployment(kafka, tmp_path, "real", partitions=PARTITIONS) as stream:
        one = stream.worker("one")
        stream.send(first)
        stream.wait_until_done(60)
        one.kill()
        stream.send(merges)
        stream.wait_until_done(60)
        settled(stream)
        stream.send(second)
        stream.wait_until_done(60)
        changed = [message for message in first if message.number == 1] + second
        assert len(pairs) > 8
        check(stream, first + merges + second, changed)
