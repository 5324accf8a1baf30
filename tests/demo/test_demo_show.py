import io
import itertools
import json
from collections import Counter

from rich.console import Console, ConsoleRenderable

from streamdeid.demo import show
from streamdeid.demo.figures import Figures, figures, percentile
from streamdeid.demo.generate import messages, patients
from streamdeid.demo.traffic import Fate
from streamdeid.types import Format

PEOPLE = patients(7, 3)


def replaced_by(content: bytes) -> bytes:
    for patient in PEOPLE:
        content = content.replace(patient.person.family.encode(), b"Roe").replace(patient.mrn.encode(), b"4711")
    return content


def fates(count: int = 18) -> list[Fate]:
    """What an engine would leave of messages that replaced family names and record numbers alone."""
    done = []
    for message in itertools.islice(messages(PEOPLE, 7, broken_one_in=0), count):
        entries = [{"path": "PID-5.1", "label": "NAME/FAMILY", "operator": "surrogate", "by": "", "times": 2}]
        after = replaced_by(message.content)
        done.append(Fate(message, 0.0, after, seconds=0.01, copies=1, replaced=entries, audited=True))
    return done


def printed(what: ConsoleRenderable, width: int = 80) -> str:
    out = io.StringIO()
    Console(file=out, width=width, markup=False, highlight=False).print(what)
    return out.getvalue()


def test_changes_are_named_by_their_places() -> None:
    before = b"MSH|^~\\&|A\rPID|1||7||DOE\rOBX|1|TX||1|Mr. DOE\rOBX|2|TX||1|Mrs. DOE\r"
    assert list(show.changes(Format.HL7V2, before, before.replace(b"DOE", b"ROE"))) == [
        ("PID-5", "DOE", "ROE"),
        ("OBX[1]-5", "Mr. DOE", "Mr. ROE"),
        ("OBX[2]-5", "Mrs. DOE", "Mrs. ROE"),
    ]
    assert list(show.changes(Format.HL7V2, before, before)) == []


def test_changes_in_bundles_are_named_by_element_and_long_texts_go_line_by_line() -> None:
    patient = {"resourceType": "Patient", "name": [{"given": ["A", "DOE"]}]}
    report = {"resourceType": "DiagnosticReport", "conclusion": "well\nMr. DOE"}
    entries = [{"fullUrl": "urn:1", "resource": patient}, {"fullUrl": "urn:1", "resource": report}]
    before = json.dumps({"resourceType": "Bundle", "entry": entries}).encode()
    assert list(show.changes(Format.FHIR, before, before.replace(b"DOE", b"ROE"))) == [
        ("Patient.name.given", "DOE", "ROE"),
        ("DiagnosticReport.conclusion", "Mr. DOE", "Mr. ROE"),
    ]


def test_there_is_a_sample_of_an_admission_a_report_and_a_bundle() -> None:
    samples = show.samples(fates())
    assert [sample.message.kind for sample in samples] == ["ADT^A01", "ORU^R01", "Bundle"]
    assert b"|TX|" in samples[1].message.content


def test_a_sample_shows_what_changed_and_what_that_was() -> None:
    sample = show.samples(fates())[0]
    text = printed(show.side_by_side(sample))
    assert "PID-5" in text
    assert "Roe" in text
    assert "PID-8" not in text
    assert "replaced: NAME/FAMILY 2x" in text


def test_what_is_printed_fits_80_columns_and_has_no_control_codes() -> None:
    done = fates()
    codes = Counter({"er7.unknown_segment": 3, "identity.missing": 1})
    tables: list[ConsoleRenderable] = [show.identities(done), show.quarantined(codes)]
    for what in [*map(show.side_by_side, show.samples(done)), *tables]:
        text = printed(what)
        assert max(map(len, text.splitlines())) <= 80
        assert "\x1b" not in text


def test_text_that_looks_like_markup_is_printed_as_it_is() -> None:
    sample = show.samples(fates())[0]
    sample.after = sample.after.replace(b"Roe", b"[/x]")
    assert "[/x]" in printed(show.side_by_side(sample))


def test_identities_agree_in_field_report_and_bundle() -> None:
    text = printed(show.identities(fates(60)), width=160)
    for patient in PEOPLE:
        (row,) = [line for line in text.splitlines() if line.lstrip().startswith(patient.person.family)]
        assert row.count("Roe") == 3


def test_figures_count_what_was_lost_doubled_and_unexpected() -> None:
    done = fates(5)
    done[0].copies, done[0].audited = 0, False
    done[1].copies = 2
    done[2].code, done[2].after = "er7.segment", b""
    counted = figures(done, done[1:4], 12.34)
    assert counted == Figures(5, 3, Counter({"er7.segment": 1}), 1, 1, 1, (10.0, 10.0, 10.0), 12.34)
    assert not counted.good
    assert counted.as_json()["quarantined"] == {"er7.segment": 1}
    assert figures(fates(5), [], 1.0).good


def test_a_broken_message_that_is_quarantined_for_its_reason_is_as_expected() -> None:
    (fate,) = fates(1)
    fate.message = fate.message._replace(broken="er7.header")
    fate.after, fate.code = b"", "er7.header"
    assert figures([fate], [], 1.0).good


def test_percentiles_are_by_nearest_rank() -> None:
    hundred = [float(number) for number in range(1, 101)]
    assert [percentile(hundred, of) for of in (50, 95, 99, 100)] == [50, 95, 99, 100]
    assert percentile([7.0], 50) == 7.0
    assert percentile([], 50) == 0.0
