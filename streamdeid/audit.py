"""The audit record of one message: what was done, by which policy, and never a value."""

from __future__ import annotations

import json
from typing import NamedTuple

from streamdeid import __version__
from streamdeid.types import Outcome, Released


class Source(NamedTuple):
    """Where a message came from: a Kafka topic, partition and offset."""

    topic: str
    partition: int
    offset: int


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
    else:
        record["code"] = outcome.code
        record["path"] = outcome.path
    return json.dumps(record, sort_keys=True, separators=(",", ":")).encode()
