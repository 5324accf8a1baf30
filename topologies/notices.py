"""Notices: how the tables of other partitions come to know what a message says of their patients.

Each partition's table holds the patients whose messages come to it. A merge concerns two of them, a FHIR Patient the
one whom others know by the logical id alone. So beside a message, which goes to the partition of its first patient,
what it teaches goes to the partitions of the others, on the same topic and thus in the same order as the messages. The
second hop learns from a notice, and tells on what was new to it: to those who were merged before, and which values
are known of either. Nothing else comes of a notice.

A patient is erased by notices too, one to every partition: what is remembered of a patient may be in any of them.

A notice may come more than once, from either hop, after a crash. It says which raw message it stems from, and what was
heard from there before is not learned again (see `streamdeid.vault.vault`).
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Any, NamedTuple

from streamdeid.envelope import encode
from streamdeid.errors import UsageError
from streamdeid.settings import Settings
from streamdeid.vault.lesson import Erasure, Lesson, Notice
from topologies.outputs import Record

#: Of notices of notices: as many merges in a row as are followed; what is longer is a circle.
_HOPS_LIMIT = 16
_HEADER = "notice"


def partition_of(key: str, partitions: int) -> int:
    """The internal partition of a patient key."""
    return int.from_bytes(sha256(key.encode()).digest()[:8]) % partitions


class Told(NamedTuple):
    """A notice as it was received. `sequence` is its offset; `hops` counts the partitions that it went through."""

    sequence: int
    partition: int
    lesson: Lesson | Erasure
    hops: int


class Notifier:
    """Makes the records of notices."""

    def __init__(self, settings: Settings) -> None:
        self._topic = settings.topics.internal
        self._partitions = settings.partitions

    def records(self, notices: Iterable[Notice], here: int, hops: int = 0) -> list[Record]:
        """One for each lesson and other partition than `here`, which knows it already. The source of each is the
        lesson's origin; `hops` are those of the notice that it was learned from."""
        if hops >= _HOPS_LIMIT:
            return []
        found: dict[tuple[int, Lesson], Record] = {}
        for key, lesson in notices:
            partition = partition_of(key, self._partitions)
            if partition != here and (partition, lesson) not in found:
                headers = encode({"source": lesson.origin, _HEADER: hops + 1})
                found[partition, lesson] = Record(self._topic, partition, key.encode(), lesson.encode(), headers)
        return list(found.values())

    def erasing(self, erasure: Erasure, origin: str) -> list[Record]:
        """One for each partition. `origin` is the position of the record that made the new seed known."""
        headers = encode({"source": origin, _HEADER: 1})
        key, value = erasure.patient.encode(), erasure.encode()
        return [Record(self._topic, partition, key, value, headers) for partition in range(self._partitions)]


def is_notice(message: Any) -> bool:
    """Whether an internal record says that it is a notice."""
    return any(name == _HEADER for name, _ in message.headers or ())


def read(message: Any, headers: dict[str, str]) -> Told | None:
    """The notice that an internal record is; None where it is none."""
    if _HEADER not in headers or "source" not in headers:
        return None
    try:
        lesson: Lesson | Erasure = Lesson.decode(message.value or b"", headers["source"])
    except UsageError:
        try:
            lesson = Erasure.decode(message.value or b"")
        except UsageError:
            return None
    return Told(message.offset, message.partition, lesson, int(headers[_HEADER]))
