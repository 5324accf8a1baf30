"""What travels around a message: record headers, and the encrypted envelope of a quarantined original.

Headers say where a message came from and what was decided, never what it says. Their form is described by
schemas/envelope.schema.json, which is generated from here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from streamdeid.errors import SettingsError, UsageError

Headers = tuple[tuple[str, bytes], ...]

_MAGIC = b"SDQ1"
_NONCE_BYTES = 12
#: By how much an envelope is longer than its content.
OVERHEAD = len(_MAGIC) + _NONCE_BYTES + 16

_TOPIC = r"[A-Za-z0-9._-]{1,249}"
_POSITION = rf"{_TOPIC}@[0-9a-f]{{8}}/[0-9]+/[0-9]+"
#: What one header, or the key, of a raw record says to the policy: keyed hashes of its name and of its value.
_HASHES = r"[0-9a-f]{16}:[0-9a-f]{32}"
#: Every header that records of the stream carry, and its form.
PATTERNS = {
    "source": rf"^{_POSITION}$",
    "sequence": r"^[0-9a-f]{8}/[0-9]+$",
    "seen": rf"^({_POSITION}(,{_POSITION})*)?$",
    "format": r"^(hl7v2|fhir|text)$",
    "attempt": r"^[1-9][0-9]{0,5}$",
    "notice": r"^[1-9][0-9]?$",
    "oversize": r"^[1-9][0-9]*$",
    "carried": rf"^{_HASHES}(,{_HASHES}){{0,31}}$",
    "policy": r"^[A-Za-z0-9_:.-]{0,128}$",
    "code": r"^[a-z0-9]+\.[a-z_]+$",
    "path": r"^[ -~]{0,1000}$",
    "key-id": r"^[0-9a-f]{16}$",
    "event": r"^policy_reload$",
}
#: Which of them the records of each topic carry.
RECORDS = {
    "internal": ("source", "format", "attempt"),
    "notice": ("source", "notice"),
    "clean": ("source", "sequence", "format", "policy"),
    "quarantine": ("source", "sequence", "format", "policy", "code", "path", "attempt", "key-id"),
    "audit": ("source", "sequence", "format", "policy", "seen"),
    "event": ("event",),
}
_OPTIONAL = {"oversize": ("internal", "quarantine"), "carried": ("internal", "quarantine")}

_BOUND = {*RECORDS["quarantine"], *_OPTIONAL}
_FORMS = {name: re.compile(pattern) for name, pattern in PATTERNS.items()}
_UNPRINTABLE = re.compile("[^ -~]")


class Position(NamedTuple):
    """One offset of a topic. `incarnation` is the start of the topic's id, eight hexadecimal digits: a topic that was
    deleted and made again starts its offsets anew, and is another topic."""

    topic: str
    incarnation: str
    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.topic}@{self.incarnation}/{self.partition}/{self.offset}"

    @classmethod
    def parse(cls, text: str) -> Position:
        """The inverse of `str`.

        Raises:
            UsageError: it is not of that form.
        """
        try:
            name, partition, offset = text.rsplit("/", 2)
            topic, incarnation = name.rsplit("@", 1)
            return cls(topic, incarnation, int(partition), int(offset))
        except ValueError:
            raise UsageError("a position is of the form topic@incarnation/partition/offset") from None


@dataclass(frozen=True, slots=True)
class QuarantineKey:
    """A key that originals are encrypted with. `material` is 32 bytes; `id` tells keys apart and gives none away."""

    material: bytes

    @property
    def id(self) -> str:
        """Sixteen hexadecimal digits."""
        return sha256(b"streamdeid quarantine key id" + self.material).hexdigest()[:16]

    def seal(self, content: bytes, headers: Headers, nonce: bytes) -> bytes:
        """The envelope of an original: AES-256-GCM, bound to the headers that travel with it. `nonce` is 12 random
        bytes, never used twice with one key."""
        return _MAGIC + nonce + AESGCM(self.material).encrypt(nonce, content, _bound(headers))

    def open(self, value: bytes, headers: Iterable[tuple[str, bytes]]) -> bytes:
        """The original of an envelope.

        Raises:
            SettingsError: it was sealed with another key.
            UsageError: it is no envelope, or was altered, or its headers were.
        """
        given = tuple(headers)
        if dict(given).get("key-id") != self.id.encode():
            raise SettingsError("the envelope was sealed with another key")
        if not value.startswith(_MAGIC) or len(value) < OVERHEAD:
            raise UsageError("the value is not a quarantine envelope")
        nonce, sealed = value[len(_MAGIC) :][:_NONCE_BYTES], value[len(_MAGIC) + _NONCE_BYTES :]
        try:
            return AESGCM(self.material).decrypt(nonce, sealed, _bound(given))
        except InvalidTag:
            raise UsageError("the envelope or its headers were altered") from None


def encode(fields: Mapping[str, object]) -> Headers:
    """Headers as Kafka takes them. Characters other than printable ASCII become ``?``."""
    return tuple((name, _UNPRINTABLE.sub("?", str(value)).encode()) for name, value in fields.items())


def decode(headers: Iterable[tuple[str, bytes | None]] | None) -> dict[str, str]:
    """The headers of a record that are of a known name and form; all others are left out."""
    known = {}
    for name, value in headers or ():
        if name in _FORMS and value is not None:
            text = value.decode("ascii", "replace")
            if _FORMS[name].fullmatch(text):
                known[name] = text
    return known


def schema() -> dict[str, Any]:
    """JSON Schema of the headers, as an object per kind of record."""
    records: dict[str, Any] = {}
    for record, names in RECORDS.items():
        optional = [name for name, kinds in _OPTIONAL.items() if record in kinds]
        records[record] = {
            "type": "object",
            "properties": {name: {"$ref": f"#/$defs/{name}"} for name in (*names, *optional)},
            "required": list(names),
            "additionalProperties": False,
        }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Record headers of the streamdeid topics",
        "description": "Header values are ASCII strings. The value of a quarantine record is the bytes 'SDQ1', a nonce"
        " of 12 bytes, and the original message under AES-256-GCM, whose associated data are these headers, each as"
        " name, '=', value, newline, sorted by name. 'carried' is what the headers and the key of the raw record say to"
        " the policy, each as keyed hashes of its name and of its value."
        " Notices are records of the internal topic, too: what the message"
        " at their source says of patients of other partitions, and how many partitions that went through.",
        "type": "object",
        "properties": records,
        "$defs": {name: {"type": "string", "pattern": pattern} for name, pattern in PATTERNS.items()},
    }


def _bound(headers: Headers) -> bytes:
    """What an envelope vouches for; headers that others add on the way are left out."""
    return b"".join(b"%s=%s\n" % (name.encode(), value) for name, value in sorted(headers) if name in _BOUND)
