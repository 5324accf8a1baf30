"""Random identities on a real broker: one set of seeds for all workers, partitions and restarts; erasing."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from kafka_harness import SECRET, Deployment, source
from made_up import Message
from test_kafka_merges import merge, numbers_apart, report, settled

from streamdeid.build import build_deidentifier, load_policy
from streamdeid.errors import SettingsError
from streamdeid.vault.seeds import Seeds
from topologies import seed_topic

PARTITIONS = 4
OID = "2.999.1"


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    content = load_policy().model_dump(mode="json", by_alias=True, exclude_defaults=True)
    file = tmp_path / "random.yaml"
    file.write_text(json.dumps(content | {"name": "random_identities", "surrogates": "random", "models": []}))
    return file


def family(stream: Deployment, message: Message) -> str:
    """The false family name of a message's patient, whose true one is Madeupfamily with a number that is replaced by
    itself."""
    (clean,) = [
        record.value.decode()
        for record in stream.records(stream.names.clean_hl7v2)
        if stream.inputs[source(record)] is message
    ]
    pid = next(row for row in clean.split("\r") if row.startswith("PID"))
    return pid.split("|")[5].split("^")[0].rstrip("0123456789")


def test_workers_that_start_together_have_the_same_seeds(kafka: str, tmp_path: Path) -> None:
    with Deployment(kafka, tmp_path, "real", partitions=PARTITIONS) as stream:
        with ThreadPoolExecutor(6) as pool:
            found = list(pool.map(seed_topic.open_seeds, [stream.settings] * 6))
        assert len({seeds.encode() for seeds in found}) == 1
        seeds, (patient, other) = found[0], ("a" * 32, "b" * 32)
        seed_topic.erase(stream.settings, [patient])
        renewed = seed_topic.open_seeds(stream.settings)
        assert renewed.of(patient) != seeds.of(patient)
        assert renewed.of(other) == seeds.of(other)
        assert len(stream.records(stream.names.seeds)) == 1, "what came before is deleted"
        assert len(stream.records(stream.names.internal)) == PARTITIONS
        wrong = stream.settings.model_copy(update={"secret": bytes(32)})
        with pytest.raises(SettingsError, match="another secret"):
            seed_topic.open_seeds(wrong)


def test_identities_agree_in_all_partitions_and_after_restarts_until_they_are_erased(
    kafka: str, tmp_path: Path, policy: Path
) -> None:
    pairs = list(enumerate(numbers_apart(3)))
    key_of = build_deidentifier(load_policy(), bytes.fromhex(SECRET)).patient_key

    def called(number: int) -> list[str]:
        """What the patients are called in a round of messages about each."""
        messages = [
            report(mrn, pair, number + at, pair_of[0]) for pair, pair_of in pairs for at, mrn in enumerate(pair_of)
        ]
        stream.send(messages)
        stream.wait_until_done(120)
        return [family(stream, message) for message in messages]

    with Deployment(kafka, tmp_path, "real", partitions=PARTITIONS, policy=policy) as stream:
        one = stream.worker("one")
        first = called(0)
        stream.send([merge(survivor, prior, pair, 2) for pair, (survivor, prior) in pairs])
        stream.wait_until_done(60)
        settled(stream)
        one.kill()
        second = called(3)
        # The two of a pair are one patient now, whom all partitions know as before.
        assert second[0::2] == second[1::2] == first[0::2] != first[1::2]
        erased = [key_of(mrn, OID) for mrn in pairs[0][1]]
        seed_topic.erase(stream.settings, erased)
        settled(stream)
        third = called(5)
        assert third[0] == third[1] != second[0]
        assert third[2:] == second[2:]
        assert one.stop() == 0
        stream.worker("two")
        assert called(7) == third
        assert isinstance(seed_topic.open_seeds(stream.settings), Seeds)
