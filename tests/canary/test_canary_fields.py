"""No marked value of a field that identifies, and no mention of the patient in any text, leaves in a message."""

import json
from collections.abc import Iterator

import pytest
from handwritten import oru, process, released, rows
from planted import BIRTH, FAMILY, GIVEN, HL7_FIELDS, MRN, NARRATIVE, NARRATIVE_MARKS, Marks, fhir_bundle, hl7_messages

from streamdeid.engine import Deidentifier
from streamdeid.formats import hl7_tables
from streamdeid.formats.hl7_places import definitions_for
from streamdeid.policy.policy import Operator
from streamdeid.policy.rulebook import Rulebook
from streamdeid.types import Format, Quarantined, Released

VERSION = "2.5.1"
MARKS = Marks()
MESSAGES = dict(hl7_messages(MARKS))


@pytest.mark.parametrize("kind", MESSAGES)
def test_no_marked_field_of_an_hl7_message_survives(deidentifier: Deidentifier, kind: str) -> None:
    assert len(MARKS.surviving(MESSAGES[kind])) > 40
    clean = released(deidentifier, MESSAGES[kind])
    assert MARKS.surviving(clean) == []
    # what was between them is still there, and no whole text was thrown away
    assert clean.count(b"|") == MESSAGES[kind].count(b"|")
    assert clean.count(b"was seen.") == MESSAGES[kind].count(b"was seen.")


def test_no_marked_element_of_a_bundle_survives(deidentifier: Deidentifier) -> None:
    marks = Marks()
    content = fhir_bundle(marks)
    assert len(marks.surviving(content)) > 100
    clean = released(deidentifier, content, Format.FHIR)
    assert marks.surviving(clean) == []
    assert len(json.loads(clean)["entry"]) == len(json.loads(content)["entry"])


def test_no_marked_word_of_a_text_survives(deidentifier: Deidentifier) -> None:
    head = f"Patient: {GIVEN} {FAMILY}  MRN: {MRN}  DOB: 04/17/1953"
    text = "\n".join((head, NARRATIVE[0], NARRATIVE[3])).encode()
    marks = Marks()
    marks.made += NARRATIVE_MARKS
    assert len(marks.surviving(text)) > 5
    assert marks.surviving(released(deidentifier, text, Format.TEXT)) == []


def test_no_other_form_of_the_name_survives(deidentifier: Deidentifier) -> None:
    forms = [f"{FAMILY}s", f"{FAMILY}s'", f"{FAMILY.upper()}S", "QKZ", "Q.Z.", "Q. Z.", "Uqetzalia", "Quetzzalia"]
    mail = f"{GIVEN.lower()}.{FAMILY.lower()}@kanarie.example.org"
    texts = (
        f"The {forms[0]} agree, the {forms[0]}' house. Initials QZ, Pt QZ was seen.",
        f"{forms[3]}, {forms[4]} and {forms[5]} agreed.",
        f"THE {forms[2]} AGREE",
        f"{forms[6]} {FAMILY} and {forms[7]} {FAMILY} were seen. Write to {mail}.",
    )
    clean = released(deidentifier, oru(*texts, pid=f"PID|1||{MRN}^^^MADEUP^MR||{FAMILY}^{GIVEN}^K||{BIRTH}|F"))
    marks = Marks()
    marks.made = [*forms, FAMILY, GIVEN, "QZ", "kanarie"]
    assert marks.surviving(clean) == []
    assert sum(text.count("@") for text in rows(clean)) == 1


# --- The patient's own name and number, in every place of every segment ---------------------------------------------

#: Of envelopes and continuations; and of answers whose columns only the query knows.
_SKIPPED = {"MSH", "FHS", "BHS", "BTS", "FTS", "PID", "ADD", "DSC", "RDT"}
_NUMBERS = {"NM", "SI", "SN", "DT", "DTM", "TM", "TS", "TN", "GTS", "SNM"}
_LAST_FIELD = 100


def _subcomponents(component: str) -> Iterator[tuple[int, str]]:
    if not hl7_tables.is_composite(component):
        yield 1, component
        return
    for number in range(1, 30):
        datatype = hl7_tables.component_datatype(VERSION, component, number)
        if datatype is not None:
            yield number, datatype


def _positions(datatype: str) -> Iterator[tuple[int, int, str]]:
    """Component, subcomponent and primitive datatype of all parts of a field."""
    if not hl7_tables.is_composite(datatype):
        yield 1, 1, datatype
        return
    for number in range(1, 30):
        component = hl7_tables.component_datatype(VERSION, datatype, number)
        if component is not None:
            for part, primitive in _subcomponents(component):
                yield number, part, primitive


class Planter:
    """Writes segments whose every text mentions the patient, and whose every code is the patient's number."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        self._definitions = definitions_for(None)
        self.planted = 0

    def segment(self, name: str) -> str:
        """One segment; 0 mentions where there is no place for any."""
        self.planted = 0
        fields = [hl7_tables.field_datatype(VERSION, name, number) for number in range(1, _LAST_FIELD)]
        texts = ["" if kind is None else self._field(name, number, kind) for number, kind in enumerate(fields, 1)]
        return "|".join([name, *texts]).rstrip("|")

    def _field(self, name: str, number: int, datatype: str) -> str:
        if (name, number) == ("OBX", 2):
            return "TX"
        components: dict[int, dict[int, str]] = {}
        for component, part, primitive in _positions("TX" if datatype == "varies" else datatype):
            is_whole = not hl7_tables.is_composite(datatype)
            key = number if is_whole else (number, component, part)
            components.setdefault(component, {})[part] = self._value(name, key, primitive)
        return "^".join(
            "&".join(components.get(one, {}).get(part, "") for part in range(1, max(components.get(one, {1: ""})) + 1))
            for one in range(1, max(components) + 1)
        )

    def _value(self, name: str, key: int | tuple[int, int, int], primitive: str) -> str:
        rule = self._rulebook.rule(Format.HL7V2, self._definitions.place(VERSION, name, key))
        if rule.operator is Operator.DETECT:
            self.planted += 1
            return f"seen with {GIVEN} {FAMILY}"
        if rule.operator in (Operator.KEEP, Operator.CODE) and primitive not in _NUMBERS:
            self.planted += 1
            return MRN
        return ""


@pytest.mark.parametrize("name", sorted(hl7_tables.known_segments(VERSION) - _SKIPPED))
def test_the_patient_is_found_in_every_place_of_every_segment(deidentifier: Deidentifier, name: str) -> None:
    planter = Planter(Rulebook(deidentifier.policy))
    segment = planter.segment(name)
    pid = f"PID|1||{MRN}^^^MADEUP^MR||{FAMILY}^{GIVEN}||19530417"
    content = f"MSH|^~\\&|A|B|C|D|20240305||ORU^R01|1|T|{VERSION}\r{pid}\r{segment}\r".encode()
    outcome = process(deidentifier, content)
    if isinstance(outcome, Quarantined):
        pytest.fail(f"{planter.planted} mentions: {outcome}")
    for mark in (FAMILY, GIVEN, MRN):
        assert mark.encode() not in outcome.content
    assert planter.planted


def test_the_fields_that_are_marked_are_of_the_datatypes_that_hl7_gives_them() -> None:
    for name, kinds in HL7_FIELDS.items():
        for kind, numbers in kinds.items():
            for number in numbers:
                assert hl7_tables.field_datatype(VERSION, name, number) == kind, f"{name}-{number}"


def test_releases_say_what_they_did_without_values(deidentifier: Deidentifier) -> None:
    for content in MESSAGES.values():
        outcome = process(deidentifier, content)
        assert isinstance(outcome, Released)
        assert MARKS.surviving(repr(outcome.replacements).encode()) == []
