"""A stream of made-up messages about made-up patients, some of them broken: for the demo, benchmarks and crash tests.

Equal patients and seeds give equal messages, byte for byte.
"""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from streamdeid.demo import fhir, hl7v2
from streamdeid.demo.people import TODAY, Patient, patients
from streamdeid.demo.report import report
from streamdeid.types import Format

__all__ = ["MadeUp", "bundle", "messages", "narrative_result", "patients", "plain_result"]

#: One message in so many is broken.
BROKEN_ONE_IN = 20


class MadeUp(NamedTuple):
    """One message for the raw topic of its format. `key` is a number, and so says nothing about anybody.

    `kind` is ``ADT^A01`` or ``Bundle``, for people; `patient` the index of whom it is about; `broken` the code with
    which it is to be quarantined, or empty.
    """

    format: Format
    kind: str
    key: bytes
    content: bytes
    patient: int
    broken: str = ""


class _Sheet(NamedTuple):
    """What a message is written from."""

    patient: Patient
    when: dt.datetime
    number: str
    draw: random.Random

    def report(self) -> list[str]:
        return report(self.patient, self.when, self.draw)


_Writer = tuple[Format, str, Callable[[_Sheet], bytes]]

#: What happens to every patient, in this order.
_COURSE: tuple[_Writer, ...] = (
    (Format.HL7V2, "ADT^A01", lambda s: hl7v2.admission(s.patient, s.when, s.number)),
    (Format.HL7V2, "ORU^R01", lambda s: hl7v2.narrative(s.patient, s.when, s.number, s.report())),
    (Format.FHIR, "Bundle", lambda s: fhir.bundle(s.patient, s.when, s.report(), s.draw)),
    (Format.HL7V2, "ORU^R01", lambda s: hl7v2.results(s.patient, s.when, s.number, s.draw)),
    (Format.HL7V2, "MDM^T02", lambda s: hl7v2.document(s.patient, s.when, s.number, s.report())),
    (Format.HL7V2, "ADT^A08", lambda s: hl7v2.admission(s.patient, s.when, s.number, "A08")),
)


def messages(people: Sequence[Patient], seed: int, *, broken_one_in: int = BROKEN_ONE_IN) -> Iterator[MadeUp]:
    """Messages without end: everything that happens to each patient in turn, the patients interleaved.

    One in `broken_one_in` is broken; 0 means none.
    """
    draw = random.Random(f"{seed} messages")  # noqa: S311 - made-up messages, not keys
    breakages = itertools.cycle(_BREAKAGES)
    for number in itertools.count(1):
        # All patients take their first step, then all their second.
        step, index = divmod(number - 1, len(people))
        kind = _COURSE[step % len(_COURSE)]
        message = _write(kind, people, index, number, draw)
        if broken_one_in and number % broken_one_in == broken_one_in // 2:
            message = next(breakages)(message)
        yield message


def plain_result(patient: Patient, number: int = 1) -> bytes:
    """An ORU^R01 of twelve segments without narrative."""
    return hl7v2.results(patient, TODAY, _key(number), _drawn(number))


def narrative_result(patient: Patient, number: int = 1) -> bytes:
    """An ORU^R01 with a report about the patient."""
    draw = _drawn(number)
    return hl7v2.narrative(patient, TODAY, _key(number), report(patient, TODAY, draw))


def bundle(patient: Patient, size: int, number: int = 1) -> bytes:
    """A FHIR R4 bundle of at least `size` bytes, and less than 1 kB more, unless `size` is below its least, 5 kB."""
    draw = _drawn(number)
    return fhir.bundle(patient, TODAY, report(patient, TODAY, draw), draw, size=size)


def _write(kind: _Writer, people: Sequence[Patient], index: int, number: int, draw: random.Random) -> MadeUp:
    format, name, write = kind
    key = _key(number)
    sheet = _Sheet(people[index], TODAY + dt.timedelta(minutes=number), key, draw)
    return MadeUp(format, name, key.encode(), write(sheet), index)


def _drawn(number: int) -> random.Random:
    return random.Random(f"message {number}")  # noqa: S311 - made-up messages, not keys


def _key(number: int) -> str:
    return f"DEMO{number:08}"


def _truncated(message: MadeUp) -> MadeUp:
    """A part is missing: the second half of a resource, or the start of a message with its header."""
    if message.format is Format.FHIR:
        return message._replace(content=message.content[: len(message.content) // 2], broken="json.syntax")
    return message._replace(content=message.content[9:], broken="er7.header")


def _nobody(message: MadeUp) -> MadeUp:
    """The segment or the resource that says whom the message is about is not there."""
    if message.format is Format.FHIR:
        return _truncated(message)
    kept = (segment for segment in message.content.split(b"\r") if not segment.startswith(b"PID"))
    return message._replace(content=b"\r".join(kept), broken="identity.missing")


def _undeclared(message: MadeUp) -> MadeUp:
    """A site's own segment, which might hold anything."""
    if message.format is Format.FHIR:
        return message._replace(content=_with_own_element(message.content), broken="fhir.element")
    return message._replace(content=message.content + b"ZPI|1|MADE UP|of no known kind\r", broken="er7.unknown_segment")


def _with_own_element(content: bytes) -> bytes:
    return content.replace(b'"resourceType":"Patient"', b'"resourceType":"Patient","nickname":"MADE UP"')


_BREAKAGES = (_truncated, _nobody, _undeclared)
