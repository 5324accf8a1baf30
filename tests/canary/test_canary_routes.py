"""The ways by which a value could leave the core other than in a message: each is shut."""

import io
import logging
import tempfile
import time
import traceback
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from handwritten import process
from planted import FAMILY, GIVEN, MRN, Marks, fhir_bundle, hl7_messages
from prometheus_client import generate_latest

from streamdeid.audit import Source, audit_record
from streamdeid.build import load_policy
from streamdeid.engine import Deidentifier, Request, Sources
from streamdeid.errors import QuarantineError, SettingsError
from streamdeid.identity import Identifying
from streamdeid.message.scan import scan
from streamdeid.metrics import Metrics
from streamdeid.policy.policy import IdentityRules, Policy
from streamdeid.transform.prf import Prf
from streamdeid.types import Format, Outcome, Quarantined, Released

HL7, FHIR, TEXT = Format.HL7V2, Format.FHIR, Format.TEXT
NAMED = f"{GIVEN} {FAMILY}"
IDENTIFYING = Identifying(Prf(b"a made-up secret"), IdentityRules())
HEADER = b"MSH|^~\\&|A|B|C|D|20240305||ORU^R01|1|T|2.5.1\r"
PID = f"PID|1||{MRN}^^^MADEUP^MR||{FAMILY}^{GIVEN}||19530417\r".encode()


def resource(members: str) -> bytes:
    return f'{{"resourceType":"Patient","id":"{MRN}",{members}}}'.encode("utf-8", "surrogatepass")


#: Messages that are refused, each with a mark where the refusal could quote it.
REFUSED: list[tuple[Format, bytes]] = [
    (HL7, FAMILY.encode()),
    (HL7, b"MSH|" + FAMILY.encode()),
    (HL7, HEADER + FAMILY.encode() + b"\r"),
    (HL7, HEADER + PID + b"ZQ1|" + FAMILY.encode()),
    (HL7, HEADER + b"PID|1||" + MRN.encode() + b"^^^MADEUP^MR~90417734^^^MADEUP^MR"),
    (HL7, HEADER + b"PID|1||||" + FAMILY.encode()),
    (HL7, HEADER + PID + b"OBX|1|TX|A||\\C2449\\" + FAMILY.encode()),
    (HL7, HEADER + PID + b"OBX|1|TX|A||" + FAMILY.encode() + b"\xff"),
    (HL7, HEADER[:-1] + b"||||||" + FAMILY.encode() + b"\r" + PID + "NTE|1||\u00e9".encode()),
    (HL7, HEADER + PID + b"AL1|" + b"|" * 200 + FAMILY.encode()),
    (HL7, HEADER + PID.replace(FAMILY.encode(), FAMILY.encode() * 5000)),
    (FHIR, FAMILY.encode()),
    (FHIR, f'{{"resourceType":"{FAMILY}"}}'.encode()),
    (FHIR, resource(f'"{FAMILY}":"x"')),
    (FHIR, resource(f'"{FAMILY}":{{"{GIVEN}":["{MRN}"]}}')),
    (FHIR, resource(f'"{FAMILY}":1,"{FAMILY}":2')),
    (FHIR, resource(f'"name":[{{"family":"{FAMILY}","{GIVEN}":"x"}}]')),
    (FHIR, resource(f'"name":"{FAMILY}"')),
    (FHIR, resource(f'"birthDate":"{FAMILY}"')),
    (FHIR, resource(f'"gender":{FAMILY}')),
    (FHIR, resource(f'"gender":"{FAMILY}')),
    (FHIR, resource(f'"name":[{{"family":"{FAMILY}\\ud800"}}]')),
    (FHIR, resource(f'"name":[{{"family":"{FAMILY}\ud800"}}]')),
    (FHIR, resource(f'"extension":[{{"url":"http://a.org/{FAMILY}","{GIVEN}":1}}]')),
    (FHIR, resource(f'"extension":[{{"url":"http://a.org/{FAMILY}","valueDate":"{GIVEN}"}}]')),
    (FHIR, resource(f'"extension":[{{"url":"http://a.org/{FAMILY}","valueString":["{GIVEN}"]}}]')),
    (FHIR, f'{{"resourceType":"Patient","extension":[{{"url":"{FAMILY}","valueString":"{GIVEN}"}}]}}'.encode()),
    (TEXT, FAMILY.encode() + b"\xff"),
    (TEXT, FAMILY.encode() + b"\0"),
]


def shows(anything: object) -> bool:
    """Whether a mark can be read in what Python prints of a thing."""
    printed = anything.decode("utf-8", "replace") if isinstance(anything, bytes) else str(anything) + repr(anything)
    return any(mark.lower() in printed.lower() for mark in (FAMILY, GIVEN, MRN, "90417734"))


@pytest.fixture(scope="module")
def outcomes(deidentifier: Deidentifier) -> list[tuple[Format, Outcome]]:
    """Of all refused messages, and of some that are released."""
    marks = Marks()
    messages = [*REFUSED, *((HL7, content) for _, content in hl7_messages(marks)), (FHIR, fhir_bundle(marks))]
    return [(format, process(deidentifier, content, format)) for format, content in messages]


@pytest.mark.parametrize("number", range(len(REFUSED)))
def test_code_and_path_of_a_quarantined_message(outcomes: list[tuple[Format, Outcome]], number: int) -> None:
    _, outcome = outcomes[number]
    assert isinstance(outcome, Quarantined), outcome
    assert not shows(outcome)


def test_replacements_of_a_released_message(outcomes: list[tuple[Format, Outcome]]) -> None:
    released = [outcome for _, outcome in outcomes if isinstance(outcome, Released)]
    assert len(released) == 6
    assert not any(shows(outcome.replacements) for outcome in released)


def test_the_audit_record(outcomes: list[tuple[Format, Outcome]]) -> None:
    for _, outcome in outcomes:
        assert not shows(audit_record(outcome, "0" * 16, Source("raw", 0, 0)))


def test_the_exposition_of_metrics(outcomes: list[tuple[Format, Outcome]]) -> None:
    metrics = Metrics()
    for format, outcome in outcomes:
        metrics.settled(format, outcome, 0.001)
    metrics.settled(HL7, Quarantined(f"made.up.{FAMILY}", MRN), 0.001)
    exposition = generate_latest(metrics.registry)
    assert b'outcome="quarantined"' in exposition
    assert not shows(exposition)


@pytest.mark.parametrize("number", range(len(REFUSED)))
def test_exceptions_and_their_tracebacks(deidentifier: Deidentifier, number: int) -> None:
    refusal = refusal_of(*REFUSED[number], deidentifier.policy)
    assert refusal is None or not shows(refusal)
    assert refusal is None or not shows(refusal.args)
    assert not any(map(shows, traceback.format_exception(refusal)))


def refusal_of(format: Format, content: bytes, policy: Policy) -> QuarantineError | None:
    """What scanning and naming the patient raise; None for a message that a later stage refuses."""
    try:
        IDENTIFYING(scan(content, format, policy).document)
    except QuarantineError as refusal:
        return refusal
    return None


def test_logs_warnings_and_output(
    deidentifier: Deidentifier, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    marks = Marks()
    with caplog.at_level(logging.DEBUG), warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        for format, content in (*REFUSED, *((HL7, one) for _, one in hl7_messages(marks)), (FHIR, fhir_bundle(marks))):
            process(deidentifier, content, format)
            deidentifier.routing_key(content, format)
    assert not any(shows(record.getMessage()) or shows(record.__dict__) for record in caplog.records)
    assert not any(map(shows, warned))
    assert capsys.readouterr() == ("", "")


def test_routing_keys(deidentifier: Deidentifier) -> None:
    for format, content in REFUSED:
        assert not shows(deidentifier.routing_key(content, format))


def test_notices_give_nothing_but_lessons_to_the_tables(deidentifier: Deidentifier) -> None:
    """A notice's value goes to the internal topic, which is protected like the raw ones. Its key is no value, and
    nothing of it is readable in a table; a message that is refused gives none."""
    marks = Marks()
    messages = [*((HL7, content) for _, content in hl7_messages(marks)), (FHIR, fhir_bundle(marks))]
    notices = [
        notice for format, content in messages for notice in deidentifier.route(content, format, "raw/0/1").notices
    ]
    assert any(FAMILY.encode() in notice.lesson.encode() for notice in notices)
    table: dict[str, bytes] = {}
    for sequence, notice in enumerate(notices):
        onward = deidentifier.learn(notice.lesson, sequence, table)
        assert not any(shows(one.key) for one in (notice, *onward))
    assert table
    assert not any(shows(key) or shows(stored) for key, stored in table.items())
    assert not any(deidentifier.route(content, format).notices for format, content in REFUSED)


def test_keys_and_values_of_the_identity_table(deidentifier: Deidentifier) -> None:
    vault: dict[str, bytes] = {}
    for _, content in hl7_messages(Marks()):
        process(deidentifier, content, vault=vault)
    assert vault
    marks = (FAMILY, GIVEN, MRN, "19530417")
    for key, stored in vault.items():
        for mark in marks:
            assert mark.lower() not in key.lower()
            for codec in ("utf-8", "utf-16-le", "utf-16-be"):
                assert mark.lower().encode(codec) not in stored.lower()
        # the surrogates would tell as much, once somebody has the clean topic
        assert len(key) == 32


def test_files(deidentifier: Deidentifier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    really_open = io.open

    def watched(file: Any, mode: str = "r", *rest: Any, **named: Any) -> Any:
        if set(mode) & set("wax+"):
            written.append(str(file))
        return really_open(file, mode, *rest, **named)

    monkeypatch.setattr("builtins.open", watched)
    monkeypatch.setattr("io.open", watched)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    marks = Marks()
    for format, content in (*REFUSED, *((HL7, one) for _, one in hl7_messages(marks)), (FHIR, fhir_bundle(marks))):
        process(deidentifier, content, format)
    assert list(tmp_path.iterdir()) == []
    assert written == []


class QuotingError(Exception):
    """Says what it could not do with which value, as libraries do."""


def quoting(text: str) -> Any:
    raise QuotingError(text)


class QuotingTable(dict[str, bytes]):
    """A table that quotes a patient when asked for one."""

    def get(self, key: str, default: Any = None) -> Any:
        raise QuotingError(NAMED)


def clock() -> Iterator[float]:
    yield 0.0
    raise QuotingError(NAMED)


def test_faults_of_detectors_tables_and_clocks(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    ticks = clock()
    report = HEADER + PID + f"OBX|1|TX|A||{NAMED} was seen".encode()
    engines = [
        (Deidentifier(load_policy(), b"a made-up secret", [quoting], Sources(time.monotonic, bytes)), {}),
        (Deidentifier(load_policy(), b"a made-up secret", [], Sources(time.monotonic, bytes)), QuotingTable()),
        (Deidentifier(load_policy(), b"a made-up secret", [], Sources(lambda: next(ticks), bytes)), {}),
    ]
    with caplog.at_level(logging.DEBUG):
        found = [engine.process([Request(report, HL7, 1)], table)[0] for engine, table in engines]
    assert found == [
        Quarantined("detector.failure", "QuotingError"),
        Quarantined("message.failure", "QuotingError"),
        Quarantined("message.failure", "QuotingError"),
    ]
    assert not caplog.records
    assert capsys.readouterr() == ("", "")


def test_a_table_of_another_secret(deidentifier: Deidentifier) -> None:
    vault: dict[str, bytes] = {}
    process(deidentifier, HEADER + PID, vault=vault)
    swapped = dict.fromkeys(vault, b"\x01" + FAMILY.encode() * 9)
    with pytest.raises(SettingsError) as refusal:
        process(deidentifier, HEADER + PID, vault=swapped)
    assert not any(map(shows, traceback.format_exception(refusal.value)))


def test_names_that_no_standard_defines_are_not_in_replacements() -> None:
    changes = {"fhir": {"rules": {"string": "remove", "undefined-element": "remove", "id": "keep", "code": "keep"}}}
    policy = Policy.model_validate(load_policy("keep_all").model_dump(mode="json", by_alias=True) | changes)
    engine = Deidentifier(policy, b"a made-up secret", [], Sources(time.monotonic, bytes))
    outcome = process(engine, resource(f'"{FAMILY}":"x","name":[{{"{GIVEN}":"y","family":"z"}}]'), FHIR)
    shown = outcome.replacements if isinstance(outcome, Released) else outcome
    assert not shows(shown)
