"""The topics of the stream: their names, partition counts and configuration; made and checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient, NewTopic
from kafka.errors import KafkaError, TopicAlreadyExistsError

from streamdeid.errors import SettingsError
from streamdeid.settings import Settings
from topologies.connection import client_options

TABLE = "identities"
#: What of a record may be headers, key, and the batch around it.
FRAME_BYTES = 256 * 2**10
_REQUEST_MS = 30_000
_BACKOFF_MS = 500
_FOR_EVER = "-1"


class Spec(NamedTuple):
    """What a topic has to be like. `raw` ones may have any number of partitions, as they are the deployment's."""

    name: str
    partitions: int
    config: Mapping[str, str]
    raw: bool = False


def carried_bytes(settings: Settings) -> int:
    """The largest record that the stream has to carry: a message with its surrogates, or sealed, or its audit; value
    and `FRAME_BYTES` together."""
    return settings.max_message_bytes + settings.max_message_bytes // 8 + 2**20


def specs(settings: Settings) -> list[Spec]:
    """All topics. The internal and the changelog topic hold what must not leave: only workers may read them."""
    names = settings.topics
    # With three replicas a confirmed record outlives a broker, and one broker may be away.
    durable = {"min.insync.replicas": "2"} if settings.replication >= 3 else {}
    largest = durable | {"max.message.bytes": str(carried_bytes(settings))}
    kept = largest | {"cleanup.policy": "delete"}
    raw = durable | {"max.message.bytes": str(settings.max_message_bytes), "cleanup.policy": "delete"}
    changelog = f"{settings.application}-{TABLE}-changelog"
    return [
        Spec(names.raw_hl7v2, settings.raw_partitions, raw, raw=True),
        Spec(names.raw_fhir, settings.raw_partitions, raw, raw=True),
        Spec(names.internal, settings.partitions, kept),
        Spec(names.seeds, 1, kept | {"retention.ms": _FOR_EVER}),
        Spec(names.clean_hl7v2, settings.partitions, kept),
        Spec(names.clean_fhir, settings.partitions, kept),
        Spec(names.quarantine, settings.partitions, kept | {"retention.ms": _FOR_EVER}),
        Spec(names.audit, settings.partitions, kept | {"retention.ms": _FOR_EVER}),
        Spec(changelog, settings.partitions, largest | {"cleanup.policy": "compact"}),
    ]


def create(settings: Settings) -> list[str]:
    """Make the topics that are missing, check those that are there; returns the names of the made ones.

    Raises:
        SettingsError: brokers cannot be reached or refuse, or a topic is not as it has to be.
    """
    with _admin(settings) as admin:
        existing = set(admin.list_topics())
        missing = [spec for spec in specs(settings) if spec.name not in existing]
        for spec in missing:
            topic = NewTopic(spec.name, spec.partitions, settings.replication, topic_configs=dict(spec.config))
            try:
                admin.create_topics([topic], timeout_ms=_REQUEST_MS)
            except TopicAlreadyExistsError:
                continue  # somebody else was faster; it is checked below
        if missing:
            admin.wait_for_topics([spec.name for spec in missing], timeout_ms=_REQUEST_MS)
        _check(admin, settings)
    return [spec.name for spec in missing]


def verify(settings: Settings) -> dict[str, str]:
    """Check that all topics are there and as they have to be; returns the incarnation of each (see `envelope`).

    Raises:
        SettingsError: brokers cannot be reached, or a topic is missing or not as it has to be; says what to do.
    """
    with _admin(settings) as admin:
        return _check(admin, settings)


def _check(admin: Any, settings: Settings) -> dict[str, str]:
    wanted = specs(settings)
    found = {topic["name"]: topic for topic in admin.describe_topics([spec.name for spec in wanted])}
    missing = [spec.name for spec in wanted if found.get(spec.name, {"error_code": 1})["error_code"]]
    if missing:
        raise SettingsError(f"topics are missing: {', '.join(missing)}; `streamdeid topics create` makes them")
    configs = _configs(admin, [spec.name for spec in wanted])
    problems = [
        problem
        for spec in wanted
        for problem in _problems(spec, len(found[spec.name]["partitions"]), configs.get(spec.name, {}))
    ]
    if problems:
        raise SettingsError("; ".join(problems))
    return {name: str(topic["topic_id"])[:8] for name, topic in found.items()}


def _configs(admin: Any, names: list[str]) -> dict[str, dict[str, str]]:
    resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
    described = admin.describe_configs(resources, config_filter="all")["topic"]
    return {topic: {name: entry["value"] for name, entry in entries.items()} for topic, entries in described.items()}


def _problems(spec: Spec, partitions: int, config: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with a topic. What the broker does not tell is taken to be right."""
    if not spec.raw and partitions != spec.partitions:
        yield f"topic {spec.name} has {partitions} partitions and must have {spec.partitions}"
    policy = config.get("cleanup.policy")
    if policy is not None and policy != spec.config["cleanup.policy"]:
        yield f"topic {spec.name} must have cleanup.policy={spec.config['cleanup.policy']}"
    largest, limit = config.get("max.message.bytes"), spec.config["max.message.bytes"]
    if largest is None:
        return
    if spec.raw and int(largest) > int(limit):
        yield f"topic {spec.name} must have max.message.bytes of at most {limit}, or STREAMDEID_MAX_MESSAGE_BYTES more"
    if not spec.raw and int(largest) < int(limit):
        yield f"topic {spec.name} must have max.message.bytes of at least {limit}"


@contextmanager
def _admin(settings: Settings) -> Iterator[Any]:
    try:
        admin = KafkaAdminClient(
            **client_options(settings), request_timeout_ms=_REQUEST_MS, reconnect_backoff_max_ms=_BACKOFF_MS
        )
        try:
            yield admin
        finally:
            admin.close()
    except KafkaError as fault:
        raise SettingsError(f"brokers at {settings.brokers}: {type(fault).__name__}") from None
