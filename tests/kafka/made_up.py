"""Messages about patients who do not exist, and an engine that does hardly anything, for tests of the stream alone."""

import hashlib
import hmac
import json
import re
import time
from collections.abc import Callable, Iterable, MutableMapping, Sequence
from typing import NamedTuple

from streamdeid.engine import Request, Route
from streamdeid.types import Format, Outcome, Quarantined, Released, Replacement
from streamdeid.vault.lesson import Lesson, Notice

#: No log, key, header or audit record may hold these: every message has them.
CANARIES = (b"Madeupfamily", b"MADEUPFAMILY", b"Nobodysgiven", b"MRN-0")
POISON = b"poison"
SLOW = re.compile(rb"slow (\d+) ms")

_PATIENT = re.compile(rb"MRN-\d+")


class Message(NamedTuple):
    """A raw message; `number` rises from message to message of a patient."""

    topic: str
    patient: str
    number: int
    content: bytes


def hl7v2(patient: int, number: int, note: str = "") -> Message:
    mrn = f"MRN-{patient:05d}"
    segments = (
        f"MSH|^~\\&|LAB|MADEUP|EHR|MADEUP|20250101120000||ORU^R01^ORU_R01|M{number:07d}|P|2.5.1",
        f"PID|1||{mrn}^^^MADEUP^MR||Madeupfamily{patient:05d}^Nobodysgiven||19700101|F",
        "OBR|1|||85025-1^Report^LN|||20250101120000",
        f"OBX|1|TX|85025-1^Report^LN||Result {number}. {note}||||||F",
    )
    return Message("raw.hl7v2", mrn, number, "\r".join((*segments, "")).encode())


def fhir(patient: int, number: int, note: str = "") -> Message:
    mrn = f"MRN-{patient:05d}"
    resource = {
        "resourceType": "Patient",
        "id": f"p{patient:05d}",
        "identifier": [{"system": "urn:oid:2.16.840.1.113883.19.5", "value": mrn}],
        "name": [{"family": f"Madeupfamily{patient:05d}", "given": ["Nobodysgiven"]}],
        "gender": "female",
        "multipleBirthInteger": number,
        "address": [{"text": f"{number} Nowhere Lane {note}".strip()}],
    }
    return Message("raw.fhir", mrn, number, json.dumps(resource).encode())


def poisoned(number: int) -> Message:
    """Not a message: it has no header."""
    content = f"PID|1||MRN-0{number}^^^MADEUP^MR||Madeupfamily^Nobodysgiven|{POISON.decode()}\r"
    return Message("raw.hl7v2", f"poison-{number}", number, content.encode())


def many(count: int, patients: int, notes: dict[int, str] | None = None) -> list[Message]:
    """Messages of several patients in turn, three of HL7 v2 to one of FHIR (of other patients)."""
    notes = notes or {}
    return [
        (fhir if number % 4 == 3 else hl7v2)(number % patients, number, notes.get(number, ""))
        for number in range(count)
    ]


class FakeEngine:
    """Upper-cases messages, and adds a digest of the patient's first one, which it keeps in the vault; quarantines
    poison. So an output shows whether the vault remembered. A `patient` one takes the time that a message says."""

    policy = "fake"

    def __init__(self, secret: bytes, patient: bool = True) -> None:
        self._secret = secret
        self._patient = patient

    def process(
        self,
        requests: Sequence[Request],
        vault: MutableMapping[str, bytes],
        tell: Callable[[Notice], object] | None = None,
    ) -> list[Outcome]:
        return [self._outcome(request, vault) for request in requests]

    def routing_key(self, content: bytes, format: Format) -> str:
        found = _PATIENT.search(content.upper())
        named = format.value.encode() + (found.group() if found else content)
        return hmac.digest(self._secret, named, "sha256").hex()

    def route(self, content: bytes, format: Format, origin: str) -> Route:
        return Route(self.routing_key(content, format))

    def learn(self, lesson: Lesson, sequence: int, vault: MutableMapping[str, bytes]) -> list[Notice]:
        raise AssertionError("it gives nobody anything to learn")

    def carried(self, headers: Iterable[tuple[str, bytes | None]], key: bytes | None) -> str:
        return ""

    def _outcome(self, request: Request, vault: MutableMapping[str, bytes]) -> Outcome:
        if POISON in request.content:
            return Quarantined("message.failure", "byte 0")
        slow = SLOW.search(request.content)
        if slow and self._patient:
            until = time.monotonic() + int(slow.group(1)) / 1000
            while time.monotonic() < until:
                pass
        key = self.routing_key(request.content, request.format)
        first = vault.setdefault(key, hashlib.sha256(request.content).digest())
        clean = request.content.upper() + b" " + first.hex().encode()
        return Released(clean, (Replacement("all", "ANY", "upper", "", 1),))
