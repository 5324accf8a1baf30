"""After safe_harbor no date finer than a year, no age above 89 and no ZIP code of five digits is in any field of any
HL7 v2 segment, in any element of any FHIR resource, or in narrative. The reader here is a few regular expressions, and
knows nothing of the detectors and operators under test. Nobody in these messages exists."""

import json
import re
from collections.abc import Iterator
from functools import cache

import pytest
from fhir_instances import resource
from handwritten import PID, adt, er7, oru, patient, process

from streamdeid.build import build_deidentifier, load_policy
from streamdeid.engine import Deidentifier
from streamdeid.formats import hl7_tables
from streamdeid.formats.fhir_tables import load
from streamdeid.types import Format, Quarantined, Released

PLANTED = "20010203040506"
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
FINER = re.compile(
    r"(?<!\d)(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:\d\d){0,3}(?!\d)"  # 20010203, with a time or not
    r"|(?<!\d)(?:19|20)\d\d-(?:0[1-9]|1[0-2])(?!\d)(?:-\d\d)?(?!-01T00:00:00Z)"
    r"|(?<![\d/.-])\d{1,2}[/.-]\d{1,2}[/.-](?:19|20)?\d\d(?![\d/.-])"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th)?[ -](?:of )?(?:{_MONTHS})[a-z]*\b|\b(?:{_MONTHS})[a-z]*\.? \d{{1,2}}(?!\d)",
    re.I,
)
#: The only instant that says no more than a year.
YEAR_ALONE = re.compile(r"\d{4}-01-01T00:00:00Z")
TOO_OLD = re.compile(
    r"(?<![\d.])(?:9[1-9]|1[0-3]\d)[ -]?(?:years?|yrs?|y\.?/?o)|\b(?:aged?|age of|is) (?:9\d|1[0-3]\d)(?![\d+])", re.I
)


@cache
def engine(name: str = "safe_harbor") -> Deidentifier:
    return build_deidentifier(load_policy(name), b"a made-up secret for the profiles")


def finer(text: str) -> list[str]:
    return FINER.findall(YEAR_ALONE.sub("", text))


def clean(message: bytes, format: Format, name: str = "safe_harbor") -> str:
    outcome = process(engine(name), message, format)
    assert isinstance(outcome, Released), outcome
    return outcome.content.decode()


@pytest.mark.parametrize(
    "text",
    [
        "OBX|1|TS|||20240305",
        "PID|20240305101500-0500",
        '"2024-03-05T10:15:00Z"',
        '"2024-03"',
        "seen 3/5/24",
        "on 5 March",
        "March 5th",
        "12.11.2023",
    ],
)
def test_the_reader_finds_dates(text: str) -> None:
    assert finer(text)


@pytest.mark.parametrize("text", ["2024", '"2024-01-01T00:00:00Z"', "110/70", "8665-2", "1.2.840", "2.5.1", "in 2024"])
def test_the_reader_takes_nothing_else_for_dates(text: str) -> None:
    assert not finer(text)


def dated_segments(version: str) -> Iterator[bytes]:
    """Each segment that can stand beside PID, with a date in every part of every field that can hold one."""
    for segment in sorted(hl7_tables.all_segments() - {"MSH", "PID", "ADD", "RDT", "BHS", "FHS", "BTS", "FTS", "DSC"}):
        fields = [dated_field(version, segment, number) for number in range(1, 80)]
        if any(fields):
            yield "|".join([segment, *fields]).rstrip("|").encode()


def dated_field(version: str, segment: str, number: int) -> str:
    datatype = hl7_tables.field_datatype(version, segment, number)
    return dated(version, datatype, "^") if datatype else ""


def dated(version: str, datatype: str, separator: str) -> str:
    if datatype in ("DT", "DTM", "TS", "TM"):
        return PLANTED[:8] if datatype == "DT" else PLANTED[8:] if datatype == "TM" else PLANTED
    if not hl7_tables.is_composite(datatype) or not separator:
        return ""
    below = [hl7_tables.component_datatype(version, datatype, part) for part in range(1, 30)]
    if datatype in ("CWE", "CNE"):
        below = below[:15]  # those that follow date value sets, which are about nobody
    parts = [dated(version, one, "&" if separator == "^" else "") if one else "" for one in below]
    return separator.join(parts).rstrip(separator)


@pytest.mark.parametrize("version", ["2.3", "2.5.1", "2.8.2"])
@pytest.mark.parametrize("policy", ["safe_harbor", "research_mask"])
def test_no_field_of_hl7_v2_has_a_finer_date(policy: str, version: str) -> None:
    seen = 0
    for segment in dated_segments(version):
        outcome = process(engine(policy), er7("ADT^A01", PID, segment.decode(), version=version), Format.HL7V2)
        if isinstance(outcome, Quarantined):
            assert outcome.code in ("identity.missing", "identity.conflict", "policy.refused"), (segment, outcome)
            continue
        seen += 1
        text = outcome.content.decode()
        assert PLANTED[:6] not in text, (segment, text)
        assert PLANTED[8:] not in text, (segment, text)
        assert not finer(re.sub(r"(?m)^MSH.*|PID.*", "", text)), (segment, text)
    assert seen > 80


def test_the_date_in_the_version_of_a_code_system_is_a_year() -> None:
    method = "OBX|1|NM|8665-2^Glucose^LN||5||||||F||||||8665-2^Glucose^LN^^^^501-20080815"
    text = clean(er7("ORU^R01", PID, method, version="2.5.1"), Format.HL7V2)
    assert "|8665-2^Glucose^LN^^^^501-2008" in text
    assert "0815" not in text


@pytest.mark.parametrize("version", ["2.3", "2.5.1", "2.8.2"])
def test_a_year_long_ago_is_a_year_in_every_part_of_a_name(version: str) -> None:
    name = "Doemann^Johanna^^^^^L^^^19241012^^19241012"
    text = clean(er7("ADT^A01", f"PID|1||40017765^^^MADEUP^MR||{name}", version=version), Format.HL7V2)
    assert text.split("\r")[1].split("|")[5].split("^")[9:] == ["1934", "", "1934"]


@pytest.mark.parametrize("release", ["R4", "STU3", "R5"])
def test_no_element_of_fhir_has_a_finer_date(release: str) -> None:
    quarantined = set()
    names = sorted(load(release).resources)
    for name in names if release == "R4" else names[::3]:
        planted = resource(release, name, "Zyxwvutsky", depth=3)
        entries = [{"resource": patient()}, {"resource": planted}]
        about = {"resourceType": "Bundle", "type": "collection", "entry": entries}
        outcome = process(engine(), json.dumps(about).encode(), Format.FHIR)
        if isinstance(outcome, Quarantined):
            quarantined.add(f"{name}: {outcome.code} at {outcome.path}")
            continue
        assert "2001-02" not in outcome.content.decode(), name
        assert not {*finer(outcome.content.decode())} & {*finer(json.dumps(about))}, name
    assert {one.partition(":")[0] for one in quarantined} <= QUARANTINED


#: These have an id in what is left without anything else, or in R5 a date where R4 has an instant.
QUARANTINED = {"Basic", "Location"}
NARRATIVE = [
    "Seen on 2024-03-05, again March 19, 2024 and 04/02/24.",
    "DOB: 11/22/1927. Admitted 5 Mar 2024 at 09:30, discharged on the 7th of March.",
    "The 94-year-old woman, aged 94, lives at 12 Nonesuch Lane, Nowhereton, OH 43999-1234.",
    "Follow up in May 2024; pathology of 20240304; born in 1921.",
    "Her mother is 101 years old and was born on June 1, 1923.",
]


def test_narrative_has_no_finer_date_no_age_above_89_and_no_long_zip_code() -> None:
    for format, message in ((Format.HL7V2, oru(*NARRATIVE)), (Format.TEXT, "\n".join(NARRATIVE).encode())):
        text = clean(message, format)
        narrative = "\n".join(line for line in re.split(r"[\r\n]", text) if not line.startswith(("MSH", "PID")))
        assert not finer(narrative)
        assert not TOO_OLD.search(narrative)
        assert not re.search(r"Nonesuch|Nowhereton", text)
        assert not re.search(r"\b(?:43999|1927|1921|1923)\b", narrative)  # no part of a random number
        assert "90+" in narrative


def test_the_narrative_has_what_is_looked_for() -> None:
    assert all(finer(line) or TOO_OLD.search(line) for line in NARRATIVE)


@pytest.mark.parametrize(
    ("born", "said", "told"),
    [
        ("19340101", "2024", "1934"),
        ("19350101", "2024", "1935"),
        ("19050101", "2024", "1934"),
        ("1905", "1990", "1905"),
    ],
)
def test_a_year_of_birth_tells_no_age_above_89(born: str, said: str, told: str) -> None:
    message = er7("ADT^A01", f"PID|1||40017765^^^MADEUP^MR||Doemann^Johanna||{born}|F")
    text = clean(message.replace(b"20240305091500", f"{said}0305091500".encode()), Format.HL7V2)
    assert text.split("\r")[1].split("|")[7] == told


@pytest.mark.parametrize(
    ("elements", "told"),
    [
        ({"birthDate": "1930-05-05"}, "1936"),
        ({"birthDate": "1930-05-05", "deceasedDateTime": "2001-02-03"}, "1930"),
        ({"birthDate": "1960-05-05", "meta": {"lastUpdated": "2024-03-05T09:15:00Z"}}, "1960"),
    ],
)
def test_a_resource_is_of_the_year_of_its_latest_date(elements: dict[str, object], told: str) -> None:
    text = clean(json.dumps(patient(**elements)).encode(), Format.FHIR)
    assert json.loads(text)["birthDate"] == told


def test_two_vaults_give_one_person_two_identities() -> None:
    """Nothing is derived from the person: the secret is the same, what is drawn is not."""
    first, second = (clean(adt(), Format.HL7V2) for _ in range(2))
    assert first.split("|PID")[0] != second.split("|PID")[0]
    names = [re.findall(r"\rPID\|1\|\|([^^]*)\^.*?\|\|([^|]*)", text)[0] for text in (first, second)]
    assert names[0][0] != names[1][0]
    assert names[0][1] != names[1][1]
