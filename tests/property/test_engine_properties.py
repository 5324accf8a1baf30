"""What holds for every message: nothing is changed under a policy that keeps everything, whatever the format, line
ends, delimiters and charset; and under the default policy nothing is raised, lost or left half-done."""

import datetime as dt
import json
import re
import unicodedata

import pytest
from handwritten import PID, bundle, er7, observation, oru, patient, process, released, rows, value
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from streamdeid.detect.known import is_ordinary
from streamdeid.engine import Deidentifier
from streamdeid.errors import QUARANTINE_CODES
from streamdeid.types import Format, Quarantined, Released

HL7, FHIR, TEXT = Format.HL7V2, Format.FHIR, Format.TEXT
SETTINGS = settings(max_examples=60, deadline=None)

LINE_ENDS = ("\r", "\n", "\r\n", "\r\r\n", "\n\n")
DELIMITERS = ("|^~\\&", "|^~\\&#", "#@!/%", "$%*?+", "|^~", "|^")
#: Encodings, and what MSH-18 says of them.
CHARSETS = (
    ("ascii", ""),
    ("utf-8", "UNICODE UTF-8"),
    ("utf-8-sig", "UNICODE UTF-8"),
    ("latin-1", "8859/1"),
    ("iso8859-2", "8859/2"),
    ("cp1252", "WINDOWS-1252"),
    ("utf-16", "UNICODE UTF-16"),
    ("utf-16-le", "UNICODE UTF-16"),
    ("utf-16-be", ""),
)


def written(delimiters: str, line_end: str, codec: str, charset: str, ending: bool = True) -> bytes:
    """A message of many kinds of values in this form."""
    field, component, repetition = tuple(delimiters[:3].ljust(3, "\0"))
    subcomponent = delimiters[4:5]
    own = "" if codec == "ascii" else {"iso8859-2": "\u0150", "ascii": ""}.get(codec, "\u00d6")
    parts = ["MADEUP", "2.999.1", "ISO"]
    hd = subcomponent.join(parts) if subcomponent else parts[0]
    lines = [
        f"MSH{field}{delimiters[1:]}" + field.join(("", "LAB", "X", "", "", "20240305", "", "ORU", "1", "T", "2.5.1")),
        field.join(
            ("PID", "1", "", f"40017765{component * 3}{hd}{component}MR", "", f"Doe{own}mann{component}Jo", "", "1961")
        ),
        field.join(("OBX", "1", "NM", "A", "", "1.100", "mg/dL", "", "", "", "F")),
        field.join(("OBX", "2", "TX", "A", "", f" two  words \t{own} ", '""', "")),
        field.join(("ZZZ", "", "anything", "")),
    ]
    if charset:
        lines[0] += field * 6 + charset
    if repetition != "\0":
        lines[1] = lines[1].replace("MR", f"MR{repetition}5{component * 3}X{component}PI")
    text = line_end.join(lines) + (line_end if ending else "")
    return text.encode(codec)


@pytest.mark.parametrize("line_end", LINE_ENDS, ids=map(repr, LINE_ENDS))
@pytest.mark.parametrize("delimiters", DELIMITERS)
@pytest.mark.parametrize(("codec", "charset"), CHARSETS)
def test_a_policy_that_keeps_everything_changes_no_byte_of_an_hl7_message(
    lossless: Deidentifier, delimiters: str, line_end: str, codec: str, charset: str
) -> None:
    for ending in (True, False):
        content = written(delimiters, line_end, codec, charset, ending)
        assert released(lossless, content) == content


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.from_regex(r"[a-z][A-Za-z]{0,8}"), inner, max_size=3)
    ),
    max_leaves=12,
)


@SETTINGS
@given(
    value=st.text(min_size=1).filter(str.strip),
    indent=st.sampled_from([None, 0, 3]),
    ascii=st.booleans(),
    mark=st.booleans(),
)
def test_a_policy_that_keeps_everything_changes_no_byte_of_a_resource(
    lossless: Deidentifier, value: str, indent: int | None, ascii: bool, mark: bool
) -> None:
    resource = patient(name=[{"family": value}], multipleBirthInteger=2)
    try:
        content = json.dumps(resource, indent=indent, ensure_ascii=ascii).encode()
    except UnicodeEncodeError:
        return
    content = b"\xef\xbb\xbf" * mark + content.replace(b": 2", b": 2 ")
    assert released(lossless, content, FHIR) == content


@SETTINGS
@given(st.text(min_size=1).filter(lambda text: bool(text.strip())))
def test_a_policy_that_keeps_everything_changes_no_byte_of_a_text(lossless: Deidentifier, text: str) -> None:
    try:
        content = text.encode()
    except UnicodeEncodeError:
        return
    outcome = process(lossless, content, TEXT)
    assert outcome == Released(content) or (isinstance(outcome, Quarantined) and ("\0" in text or not content.strip()))


def check(engine: Deidentifier, content: bytes, format: Format) -> Released | Quarantined:
    """An outcome that keeps every promise of outcomes."""
    outcome = process(engine, content, format)
    if isinstance(outcome, Quarantined):
        assert outcome.code in QUARANTINE_CODES
        assert outcome.code != "message.failure", outcome
        assert outcome.path.isprintable()
    assert process(engine, content, format) == outcome
    return outcome


@pytest.mark.parametrize("format", Format)
@SETTINGS
@given(st.binary(max_size=200))
def test_any_bytes_have_an_outcome(deidentifier: Deidentifier, format: Format, content: bytes) -> None:
    check(deidentifier, content, format)


def mutated(content: bytes) -> st.SearchStrategy[bytes]:
    """The message with some bytes dropped, doubled or changed."""
    position = st.integers(0, len(content) - 1)
    piece = st.sampled_from(
        [b"", b"|", b"^", b"~", b"\\", b"&", b"\r", b'"', b"{", b"]", b",", b"\xff", b"\0", b"0", b"Z"]
    )

    def apply(changes: list[tuple[int, int, bytes]]) -> bytes:
        made = content
        for at, length, new in changes:
            made = made[:at] + new + made[at + length :]
        return made

    return st.lists(st.tuples(position, st.integers(0, 6), piece), min_size=1, max_size=4).map(apply)


@SETTINGS
@given(mutated(oru("Mrs. Doemann was seen on 03/05/2024.", r"\H\Johanna\N\ and \T\ son")))
def test_a_damaged_message_has_an_outcome(deidentifier: Deidentifier, content: bytes) -> None:
    check(deidentifier, content, HL7)


@SETTINGS
@given(mutated(bundle(patient(), observation(valueString="Mrs. Doemann"))))
def test_a_damaged_bundle_has_an_outcome(deidentifier: Deidentifier, content: bytes) -> None:
    outcome = check(deidentifier, content, FHIR)
    if isinstance(outcome, Released):
        json.loads(outcome.content)


@SETTINGS
@given(JSON)
def test_any_json_has_an_outcome(deidentifier: Deidentifier, tree: object) -> None:
    check(deidentifier, json.dumps(patient() | {"extension": tree, "contact": tree}).encode(), FHIR)


NAMES = st.from_regex(
    r"[A-Z][a-z]{4,9}(-[A-Z][a-z]{4,9})?|[A-Z]{5,9}|[\u00c0-\u00d6][\u00e0-\u00f6a-z]{4,9}", fullmatch=True
)


@SETTINGS
@given(NAMES, NAMES)
def test_whatever_a_patient_is_called_a_report_agrees(deidentifier: Deidentifier, family: str, given: str) -> None:
    parts = unicodedata.normalize("NFD", f"{family}-{given}").encode("ascii", "ignore").decode().lower().split("-")
    assume(all(len(set(part)) > 2 and not is_ordinary(part) for part in parts))
    # of Lee Jackson-Lee, nobody can say which Lee a report means
    assume(len({part[:3] for part in parts}) == len({part[-3:] for part in parts}) == len(parts))
    pid = PID.replace("Doemann^Johanna^Quilla", f"{family}^{given}")
    outcome = process(deidentifier, oru(f"Mrs. {family} was seen; {given} {family} agreed.", pid=pid))
    assert isinstance(outcome, Released), outcome
    clean = outcome.content
    new_family, new_given = value(clean, "PID-5.1"), value(clean, "PID-5.2")
    assert new_family.casefold() != family.casefold()
    assert new_given.casefold() != given.casefold()
    assert rows(clean) == [f"Mrs. {new_family} was seen; {new_given} {new_family} agreed."]


NUMERALS = st.from_regex(r"-?(0|[1-9][0-9]{0,8})(\.[0-9]{1,6})?([eE][+-]?[0-9]{1,2})?", fullmatch=True)


@SETTINGS
@given(st.lists(NUMERALS, min_size=1, max_size=6))
def test_numbers_keep_their_digits(deidentifier: Deidentifier, numerals: list[str]) -> None:
    parts = [f'{{"code":{{"text":"x"}},"valueQuantity":{{"value":{numeral}}}}}' for numeral in numerals]
    raw = json.dumps(observation()).replace('"status"', f'"component":[{",".join(parts)}],"status"').encode()
    clean = released(deidentifier, raw, FHIR)
    assert re.findall(rb'"value":([^}]*)', clean) == [numeral.encode() for numeral in numerals]
    segments = [f"OBX|{n}|NM|c{n}||{numeral}" for n, numeral in enumerate(numerals)]
    assert rows(released(deidentifier, er7("ORU^R01", PID, "OBR|1", *segments))) == numerals


DAYS = st.dates(min_value=dt.date(1901, 1, 1), max_value=dt.date(2030, 12, 31))


@SETTINGS
@given(st.lists(DAYS, min_size=2, max_size=5))
def test_intervals_are_kept_in_both_formats(deidentifier: Deidentifier, days: list[dt.date]) -> None:
    stamps = [f"{one:%Y%m%d}" for one in days]
    segments = [f"OBX|{n}|DT|c{n}||{stamp}" for n, stamp in enumerate(stamps)]
    moved = rows(released(deidentifier, er7("ORU^R01", PID, "OBR|1", *segments)))
    dates = [f"{one:%Y-%m-%d}" for one in days]
    seen = [observation(effectiveDateTime=date) for date in dates]
    clean = json.loads(released(deidentifier, bundle(patient(), *seen), FHIR))
    fhir = [entry["resource"]["effectiveDateTime"].replace("-", "") for entry in clean["entry"][1:]]
    assert fhir == moved
    shifts = {dt.date.fromisoformat(new) - dt.date.fromisoformat(old) for new, old in zip(moved, stamps, strict=True)}
    assert len(shifts) == 1
    assert shifts != {dt.timedelta(0)}
