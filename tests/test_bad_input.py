"""Whatever comes in, a message is released or quarantined, with a code and a path: no traceback, no value, no hang."""

import itertools
import json
import resource
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from growth import is_linear
from handwritten import MRN, PID, adt, bundle, er7, observation, oru, patient, process, refused, released

from streamdeid.build import load_policy
from streamdeid.engine import Deidentifier, Request, Sources
from streamdeid.errors import QUARANTINE_CODES, SettingsError
from streamdeid.message.clean import Detector
from streamdeid.policy.policy import Policy
from streamdeid.types import Format, Quarantined, Released, Span

HL7, FHIR, TEXT = Format.HL7V2, Format.FHIR, Format.TEXT
SECRET = b"a made-up secret, for tests alone"


def resource_with(text: str) -> bytes:
    """A patient in JSON, with this text among its members."""
    return b'{"resourceType":"Patient","id":"p1",' + text.encode("utf-8", "surrogatepass") + b"}"


HL7_FAULTS = [
    ("empty", b"", "message.empty", ""),
    ("blank", b"\r\n \r\n", "message.empty", ""),
    ("binary", bytes(range(256)), "er7.header", ""),
    ("a JPEG", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", "er7.header", ""),
    ("MSH alone", b"MSH", "er7.encoding_characters", "MSH-"),
    ("MSH without delimiters", b"MSH\rPID\r", "er7.encoding_characters", "MSH-"),
    ("MSH cut after MSH-1", b"MSH|", "er7.encoding_characters", "MSH-2"),
    ("equal delimiters", b"MSH|^^^^|A\r", "er7.encoding_characters", "MSH-2"),
    ("a segment before MSH", b"EVN|A01\r" + adt(), "er7.header", ""),
    ("a beheaded message", adt()[9:], "er7.header", ""),
    ("no segment", adt("A01", "Doemann"), "er7.segment", "segment 4"),
    ("unknown segment", adt("A01", "QQQ|1|Doemann"), "er7.unknown_segment", "QQQ-1"),
    ("undeclared Z-segment", adt("A01", "ZPI|1|Doemann"), "er7.unknown_segment", "ZPI-1"),
    ("a field beyond the standard's", adt("A01", "AL1|" + "|" * 98 + "Doemann"), "policy.unnamed", "AL1-99"),
    (
        "wrong charset",
        adt(pid=PID.replace("Doemann", "D\u00f6")).replace(b"\xc3", b""),
        "charset.undecodable",
        "PID-5.1",
    ),
    ("a switch of character sets", oru(r"\C2449\Doemann"), "er7.escape", "OBX-5"),
    ("unsupported charset", er7("ADT^A01", PID + "\u00f6", charset="ISO IR87"), "charset.unsupported", "MSH-18"),
    ("odd UTF-16", b"\xff\xfe" + adt().decode().encode("utf-16-le")[:-1], "charset.undecodable", ""),
    (
        "two patients in PID-3",
        adt(pid=PID.replace("^MR|", "^MR~5^^^MADEUP&2.999.1&ISO^MR|")),
        "identity.ambiguous",
        "PID-3",
    ),
    ("no PID", er7("ADT^A01", "EVN|A01|20240305"), "identity.missing", "PID"),
    ("an empty PID", adt(pid="PID|"), "identity.missing", "PID-3"),
]
FHIR_FAULTS = [
    ("empty", b"", "message.empty", ""),
    ("truncated", json.dumps(patient()).encode()[:-20], "json.syntax", "byte"),
    ("binary", bytes(range(256)), "charset.unsupported", "byte 0"),
    ("no JSON", b"Doemann", "json.syntax", "byte 0"),
    ("UTF-16", json.dumps(patient()).encode("utf-16"), "charset.unsupported", "byte 0"),
    ("an unreadable byte", json.dumps(patient()).encode().replace(b"Doemann", b"D\xf6"), "charset.undecodable", "byte"),
    ("an array", b"[]", "fhir.structure", "byte 0"),
    ("100,000 levels", b"[" * 100_000 + b"]" * 100_000, "", "byte"),
    ("100,000 levels inside", resource_with('"x":' + "[" * 100_000 + "]" * 100_000), "json.too_deep", "byte"),
    ("a key twice", resource_with('"gender":"male","gender":"female"'), "json.duplicate_key", "byte"),
    ("a key twice, escaped", resource_with('"gender":"male","g\\u0065nder":"female"'), "json.duplicate_key", "byte"),
    ("NaN", resource_with('"multipleBirthInteger":NaN'), "json.number", "byte"),
    ("Infinity", resource_with('"multipleBirthInteger":-Infinity'), "json.number", "byte"),
    ("a leading zero", resource_with('"multipleBirthInteger":01'), "json.number", "byte"),
    ("a lone surrogate", resource_with('"language":"\\ud800"'), "json.surrogate", "byte"),
    ("a lone surrogate in a name", resource_with('"\\udc00":"x"'), "json.surrogate", "byte"),
    ("a raw surrogate", resource_with('"language":"\ud800"'), "charset.undecodable", "byte"),
    ("no resourceType", b'{"id":"p1"}', "fhir.resource_type", "byte"),
    ("an unknown resourceType", b'{"resourceType":"Doemann"}', "fhir.resource_type", "byte"),
    ("an unknown element", resource_with('"nickname":"Doemann"'), "fhir.element", "Patient.?"),
    ("an unknown element, null", resource_with('"nickname":null'), "fhir.element", "byte"),
    ("another kind of value", resource_with('"name":"Doemann"'), "fhir.structure", "Patient.name"),
    ("a date that is none", resource_with('"birthDate":"around 1961"'), "transform.unreadable", "Patient.birthDate"),
    ("an unknown version of HTML", resource_with('"text":"<div/>"'), "fhir.structure", "Patient.text"),
    ("nobody", b'{"resourceType":"Patient"}', "identity.missing", "Patient.identifier"),
]
TEXT_FAULTS = [
    ("empty", b"", "message.empty", ""),
    ("binary", bytes(range(256)), "charset.unsupported", "byte 0"),
    ("no UTF-8", b"Doemann \xff", "charset.undecodable", "byte 8"),
    ("UTF-16", "Doemann".encode("utf-16"), "charset.unsupported", "byte"),
]
FAULTS = [
    pytest.param(format, *rest, id=f"{format}: {name}")
    for format, faults in ((HL7, HL7_FAULTS), (FHIR, FHIR_FAULTS), (TEXT, TEXT_FAULTS))
    for name, *rest in faults
]


@pytest.mark.parametrize(("format", "content", "code", "path"), FAULTS)
def test_each_fault_has_its_code_and_a_path_and_no_value(
    deidentifier: Deidentifier, format: Format, content: bytes, code: str, path: str
) -> None:
    found, where = refused(deidentifier, content, format)
    assert found in QUARANTINE_CODES
    if code:
        assert found == code
    assert where.startswith(path)
    assert "oemann" not in where
    assert "around" not in where


@pytest.mark.parametrize("format", Format)
def test_cut_anywhere_a_message_is_released_or_quarantined(deidentifier: Deidentifier, format: Format) -> None:
    whole = {HL7: oru("Mrs. Doemann"), FHIR: bundle(patient(), observation()), TEXT: "Ä Mrs. Doemann".encode()}[format]
    outcomes = deidentifier.process([Request(whole[:length], format, 1) for length in range(len(whole))], {})
    for outcome in outcomes:
        if isinstance(outcome, Quarantined):
            assert outcome.code in QUARANTINE_CODES
            assert outcome.code != "message.failure", outcome
        else:
            assert b"Doemann" not in outcome.content or format is TEXT
    assert isinstance(outcomes[3], Quarantined | Released)


# --- Large messages -------------------------------------------------------------------------------------------------


def peak() -> int:
    """The most memory that this process ever had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


FIFTY = 50_000_000


@pytest.mark.parametrize(
    ("format", "content"),
    [
        pytest.param(
            HL7, lambda: er7("ORU^R01", PID, "OBR|1", f"OBX|1|ED|1||^^^Base64^{'QUJD' * (FIFTY // 4)}"), id="HL7"
        ),
        pytest.param(
            FHIR,
            lambda: b'{"resourceType":"Binary","contentType":"a/b","data":"' + b"QUJD" * (FIFTY // 4) + b'"}',
            id="FHIR",
        ),
    ],
)
def test_a_field_of_fifty_megabytes_takes_a_few_times_its_size(
    deidentifier: Deidentifier, format: Format, content: Callable[[], bytes]
) -> None:
    made = content()
    before = peak()
    process(deidentifier, made, format)
    assert peak() - before < 8 * FIFTY


def test_a_message_above_the_limit_is_refused_unread(deidentifier: Deidentifier) -> None:
    limit = deidentifier.policy.limits.bytes
    assert refused(deidentifier, b"\xff" * (limit + 1)) == ("message.too_large", "")


LONG = {
    "a number": lambda size: adt(pid=PID.replace(MRN, "".join(str(n * 7 % 10) for n in range(size)))),
    "a name": lambda size: adt(pid=PID.replace("Doemann", "Doemann" * (size // 7))),
    "names": lambda size: adt(pid=PID.replace("Doemann", "Doemann " * (size // 8))),
    "a street": lambda size: adt(pid=PID.replace("12 Nonesuch Lane", "12 " + "Nonesuch " * (size // 9))),
    "a telephone number": lambda size: adt(pid=PID.replace("(614) 555-0143", "5550143" * (size // 7))),
    "a date": lambda size: adt().replace(b"EVN|A01|20240305091500", b"EVN|A01|" + b"20240305" * (size // 8)),
    "a document": lambda size: er7("ORU^R01", PID, "OBR|1", f"OBX|1|ED|1||^^^Base64^{'QUJD' * (size // 4)}"),
    "a text": lambda size: oru("Mrs. Doemann was seen on 03/05/2024. " * (size // 37)),
    "repetitions": lambda size: adt(pid=PID.replace("^MR|", "^MR" + "~5^^^MADEUP^VN" * (size // 14) + "|")),
    "rows": lambda size: oru(*["Mrs. Doemann was seen on 03/05/2024."] * (size // 70)),
}


@pytest.mark.parametrize("kind", LONG)
def test_time_grows_no_faster_than_a_message(deidentifier: Deidentifier, kind: str) -> None:
    def work(content: bytes) -> None:
        outcome = process(deidentifier, content)
        assert isinstance(outcome, Released) or outcome.code == "transform.unreadable", outcome

    assert is_linear(work, LONG[kind], 25_000)


# --- Faults of our own ----------------------------------------------------------------------------------------------


def engine(
    *detectors: Detector, clock: Callable[[], float] = lambda: 0.0, policy: Policy | None = None
) -> Deidentifier:
    sources = Sources(clock, bytes)
    return Deidentifier(policy or load_policy(), SECRET, detectors, sources)


class CanaryError(Exception):
    """Quotes what it complains about, as many exceptions do."""


def raising(text: str) -> list[Span]:
    raise CanaryError(f"cannot read {text}")


def test_a_detector_that_raises_is_a_detector_failure() -> None:
    assert refused(engine(raising), oru("Mrs. Doemann")) == ("detector.failure", "CanaryError")


def test_a_detector_that_raises_harms_no_other_message() -> None:
    requests = [Request(oru("Mrs. Doemann"), HL7, 1), Request(adt(), HL7, 2)]
    refusal, release = engine(raising).process(requests, {})
    assert isinstance(refusal, Quarantined)
    assert isinstance(release, Released) or release.code == "detector.failure"


@pytest.mark.parametrize(
    "span", [Span(0, 10_000, "NAME", 1.0, "wrong"), Span(5, 5, "NAME", 1.0, "wrong"), Span(-3, 2, "NAME", 1.0, "wrong")]
)
def test_a_detector_that_points_beside_the_text_does_not_release_nonsense(span: Span) -> None:
    outcome = process(engine(lambda text: [span]), oru("A short text"))
    if isinstance(outcome, Released):
        assert outcome.content.count(b"|") == oru("A short text").count(b"|")
    else:
        assert outcome.code in QUARANTINE_CODES


def test_a_label_that_the_policy_does_not_know_is_unnamed() -> None:
    strange = engine(lambda text: [Span(0, 1, "BLOOD/TYPE", 1.0, "strange")])
    assert refused(strange, oru("A positive")) == ("policy.unnamed", "label BLOOD/TYPE")


def test_a_clock_that_stands_still_never_times_out() -> None:
    assert released(engine(), oru("A text."))


def test_each_stage_can_be_the_one_that_takes_too_long() -> None:
    codes = set()
    for calls_until_late in range(12):
        ticks = iter([0.0] * (calls_until_late + 1))
        outcome = process(engine(clock=lambda ticks=ticks: next(ticks, 31.0)), oru("A text.", "Another."))  # type: ignore[misc]
        codes.add(outcome.code if isinstance(outcome, Quarantined) else "released")
    assert codes == {"message.timeout", "released"}


def test_the_time_limit_is_the_policys() -> None:
    policy = Policy.model_validate(load_policy().model_dump() | {"limits": {"bytes": 1000, "seconds": 0.5}})
    steps = itertools.count()
    assert refused(engine(clock=lambda: next(steps) / 4, policy=policy), oru("A text." * 3)) == ("message.timeout", "")
    slow = itertools.count()
    assert released(engine(clock=lambda: next(slow) / 100, policy=policy), oru("A text."))


def test_a_long_message_has_more_time() -> None:
    limits = {"bytes": 10_000_000, "seconds": 0.5, "seconds_per_megabyte": 1000.0}
    policy = Policy.model_validate(load_policy().model_dump() | {"limits": limits})
    short, long = itertools.count(), itertools.count()
    assert refused(engine(clock=lambda: next(short) / 2, policy=policy), oru("A text.")) == ("message.timeout", "")
    assert released(engine(clock=lambda: next(long) / 2, policy=policy), oru("A text. " * 10_000))


def test_a_message_that_timed_out_teaches_nothing() -> None:
    vault: dict[str, bytes] = {}
    steps = itertools.count()
    outcome = process(engine(clock=lambda: next(steps) * 10.0), oru("A text."), vault=vault)
    assert outcome == Quarantined("message.timeout", "")
    assert not vault


class BrokenTable(dict[str, bytes]):
    """A table whose every fault quotes what it was asked."""

    def get(self, key: str, default: Any = None) -> Any:
        raise CanaryError(f"{key} {MRN}")

    def __setitem__(self, key: str, value: bytes) -> None:
        raise CanaryError(f"{key} {MRN}")


def test_an_unexpected_exception_is_a_failure_with_its_type_alone() -> None:
    assert process(engine(), adt(), vault=BrokenTable()) == Quarantined("message.failure", "CanaryError")


def clocks() -> Iterator[float]:
    yield 0.0
    raise CanaryError(MRN)


def test_a_clock_that_breaks_is_a_failure_with_its_type_alone() -> None:
    ticks = clocks()
    assert refused(engine(clock=lambda: next(ticks)), adt()) == ("message.failure", "CanaryError")


@pytest.mark.parametrize("fault", [MemoryError, RecursionError, AssertionError, KeyError])
def test_no_kind_of_exception_gets_out(fault: type[Exception]) -> None:
    def broken(text: str) -> list[Span]:
        raise fault(text)

    assert refused(engine(broken), oru("Mrs. Doemann")) == ("detector.failure", fault.__name__)


def test_a_vault_of_another_secret_stops_the_stream_and_says_so() -> None:
    vault: dict[str, bytes] = {}
    released(engine(), adt(), vault=vault)
    other = Deidentifier(load_policy(), b"another made-up secret", [], Sources(lambda: 0.0, bytes))
    stolen = {other.routing_key(adt(), HL7): next(iter(vault.values()))}
    with pytest.raises(SettingsError) as refusal:
        other.process([Request(adt(), HL7, 1)], stolen)
    assert MRN not in str(refusal.value)
    assert "oemann" not in str(refusal.value)


def test_garbage_in_the_vault_is_a_settings_error_and_not_a_new_identity() -> None:
    key = engine().routing_key(adt(), HL7)
    for garbage in (b"", b"\x01", b"\x01" + bytes(12), b"\x01" + bytes(40)):
        with pytest.raises(SettingsError):
            engine().process([Request(adt(), HL7, 1)], {key: garbage})
