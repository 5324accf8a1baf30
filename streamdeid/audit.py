"""The audit record of one message: what was done, by which policy, and never a value."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from streamdeid import __version__
from streamdeid.detect.resolve import AND, MOST_NAMED
from streamdeid.errors import QUARANTINE_CODES
from streamdeid.policy.policy import Operator
from streamdeid.types import Outcome, Released

_DETECTOR = r"[a-z][a-z0-9_.-]{0,95}"
_BY = rf"^({_DETECTOR}(\{AND}{_DETECTOR}){{0,{MOST_NAMED - 1}}})?$"


class Source(NamedTuple):
    """Where a message came from: a Kafka topic, partition and offset."""

    topic: str
    partition: int
    offset: int


#: Why a changed policy was not taken up by a worker.
RELOAD_CODES: dict[str, str] = {
    "reload.invalid": "The policy cannot be read, or is not valid.",
    "reload.unsuitable": "The policy is valid, and may not be run here: it keeps everything, or its limits do not fit.",
    "reload.failure": "An unexpected fault inside streamdeid.",
}


class PolicyReload(NamedTuple):
    """What became of a changed policy in one worker. `outcome` is accepted or refused; `old` and `new` are digests,
    `new` empty where it cannot be told; `code` is one of `RELOAD_CODES` for a refused one, else empty; `worker` are
    sixteen random hexadecimal digits, the same for the life of a process."""

    outcome: str
    old: str
    new: str
    code: str
    worker: str


def reload_record(reload: PolicyReload) -> bytes:
    """One JSON object, keys sorted, as schemas/audit.schema.json describes it. It is about no message: it has `event`
    and no `source`."""
    record = {"event": "policy_reload", "version": __version__} | reload._asdict()
    return json.dumps(record, sort_keys=True, separators=(",", ":")).encode()


def audit_record(outcome: Outcome, policy_digest: str, source: Source | None = None) -> bytes:
    """One JSON object, keys sorted, as schemas/audit.schema.json describes it.

    `replacements` lists place, label, operator, detector and number of times; places are paths of the standards, so
    the record holds nothing that the message's author wrote.
    """
    record: dict[str, object] = {"outcome": "quarantined", "policy": policy_digest, "version": __version__}
    if source is not None:
        record["source"] = source._asdict()
    if isinstance(outcome, Released):
        record["outcome"] = "released"
        record["bytes"] = len(outcome.content)
        record["replacements"] = [replacement._asdict() for replacement in outcome.replacements]
        if outcome.epoch:
            record["epoch"] = outcome.epoch
    else:
        record["code"] = outcome.code
        record["path"] = outcome.path
    return json.dumps(record, sort_keys=True, separators=(",", ":")).encode()


def audit_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of an audit record, as published in schemas/audit.schema.json."""
    head = {"policy": _text(r"^[0-9a-f]{16}$"), "version": _text(r"^[0-9]+\.[0-9]+"), "source": _source_schema()}
    released = _object(
        "The message left; `bytes` is its size then, `epoch` that of its patient where it is not the first.",
        outcome={"const": "released"},
        **head,
        bytes=_count(0),
        epoch=_text(r"^[A-Za-z0-9_.-]{1,32}$"),
        replacements={"type": "array", "items": _replacement_schema()},
    )
    quarantined = _object(
        "The message did not leave, for the reason that `code` names, at the place that `path` names.",
        outcome={"const": "quarantined"},
        **head,
        code={"type": "string", "enum": list(QUARANTINE_CODES)},
        path=_text(r"^[ -~]{0,1000}$"),
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Audit record",
        "description": "What was done with one message, under which policy (its digest) and by which version of"
        " streamdeid. It holds no value of the message. A record with `event` is about a worker, and no message.",
        "oneOf": [released, quarantined, *_reload_schemas()],
    }


def _reload_schemas() -> Iterator[dict[str, Any]]:
    head = {
        "event": {"const": "policy_reload"},
        "version": _text(r"^[0-9]+\.[0-9]+"),
        "old": _text(r"^[0-9a-f]{16}$"),
        "worker": _text(r"^[0-9a-f]{16}$"),
    }
    yield _object(
        "A worker handles messages under the policy `new` from now on, which were handled under `old`.",
        outcome={"const": "accepted"},
        **head,
        new=_text(r"^[0-9a-f]{16}$"),
        code={"const": ""},
    )
    yield _object(
        "A worker goes on under the policy `old`: its files have changed, and what they hold now cannot be used, for"
        " the reason that `code` names. `new` is the digest of that, or empty where it cannot be told.",
        outcome={"const": "refused"},
        **head,
        new=_text(r"^([0-9a-f]{16})?$"),
        code={"type": "string", "enum": list(RELOAD_CODES)},
    )


def _source_schema() -> dict[str, Any]:
    return _object(
        "The Kafka record that the message came in.",
        topic=_text(r"^[A-Za-z0-9._-]{1,249}$"),
        partition=_count(0),
        offset=_count(0),
    )


def _replacement_schema() -> dict[str, Any]:
    unchanging = (Operator.KEEP, Operator.DETECT, Operator.QUARANTINE)
    return _object(
        "Values of one place that were replaced in one way. The path has no repetition indices; `by` names the"
        " detectors that agree on it, the one whose label it has first, and is empty for a structured field.",
        path=_text(r"^[A-Za-z0-9_.?\[\]-]+$"),
        label=_text(r"^((NAME|DATE|AGE|ID|CONTACT|LOCATION|PROFESSION)(/[A-Z_]+)?)?$"),
        operator={"type": "string", "enum": [operator.value for operator in Operator if operator not in unchanging]},
        by=_text(_BY),
        times=_count(1),
    )


def _object(description: str, **properties: dict[str, Any]) -> dict[str, Any]:
    required = [name for name in properties if name not in ("source", "epoch")]
    return {
        "type": "object",
        "description": description,
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _text(pattern: str) -> dict[str, Any]:
    return {"type": "string", "pattern": pattern}


def _count(least: int) -> dict[str, Any]:
    return {"type": "integer", "minimum": least}
