from streamdeid.settings import Settings
from topologies.topics import Spec, _problems, carried_bytes, specs

SETTINGS = Settings(secret=bytes(16), quarantine_key=bytes(32), partitions=6, raw_partitions=3)
BY_NAME = {spec.name: spec for spec in specs(SETTINGS)}


def test_all_topics_but_the_raw_ones_have_as_many_partitions() -> None:
    assert {spec.partitions for spec in BY_NAME.values() if not spec.raw and "seeds" not in spec.name} == {6}
    assert BY_NAME["streamdeid.seeds"].partitions == 1
    assert {spec.partitions for spec in BY_NAME.values() if spec.raw} == {3}
    assert "streamdeid-identities-changelog" in BY_NAME


def test_what_is_carried_is_larger_than_what_may_come() -> None:
    assert BY_NAME["raw.hl7v2"].config["max.message.bytes"] == str(64 * 2**20)
    assert int(BY_NAME["quarantine"].config["max.message.bytes"]) == carried_bytes(SETTINGS) > 64 * 2**20


def test_only_the_changelog_is_compacted_and_what_people_look_at_later_is_kept() -> None:
    compacted = [name for name, spec in BY_NAME.items() if spec.config["cleanup.policy"] == "compact"]
    assert compacted == ["streamdeid-identities-changelog"]
    assert {name for name, spec in BY_NAME.items() if spec.config.get("retention.ms") == "-1"} == {
        "quarantine",
        "audit",
        "streamdeid.seeds",
    }


def test_what_is_confirmed_is_on_two_brokers_where_there_are_three() -> None:
    replicated = specs(SETTINGS.model_copy(update={"replication": 3}))
    assert {spec.config["min.insync.replicas"] for spec in replicated} == {"2"}
    assert not any("min.insync.replicas" in spec.config for spec in BY_NAME.values())


def problems(spec: Spec, partitions: int, **config: str) -> list[str]:
    return list(_problems(spec, partitions, {name.replace("_", "."): value for name, value in config.items()}))


def test_topics_are_checked() -> None:
    internal, raw = BY_NAME["streamdeid.internal"], BY_NAME["raw.fhir"]
    largest = internal.config["max.message.bytes"]
    assert problems(internal, 6, cleanup_policy="delete", max_message_bytes=largest) == []
    assert problems(internal, 6) == [], "what a broker does not tell is taken to be right"
    assert "partitions" in problems(internal, 5)[0]
    assert "cleanup.policy" in problems(internal, 6, cleanup_policy="compact")[0]
    assert "at least" in problems(internal, 6, max_message_bytes="1048588")[0]
    assert problems(raw, 17, max_message_bytes="1048588") == []
    assert "at most" in problems(raw, 3, max_message_bytes="100000000")[0]
