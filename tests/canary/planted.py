"""Messages with a marked value in every field that identifies somebody. Nobody and nothing in them exists.

Which fields these are is written down here by hand, from HL7 v2.5.1 and FHIR R4, and not taken from any policy.
"""

import json
import re
from collections.abc import Callable, Iterator
from itertools import count, product
from string import ascii_lowercase
from typing import Any

#: The patient's own name and number; they stand in narrative as well.
FAMILY, GIVEN, MRN = "Zyxwvutson", "Quetzalia", "90417733"
BIRTH = "19530417"


class Marks:
    """Makes marked values that read like what belongs in a field, and remembers them."""

    def __init__(self) -> None:
        self.made: list[str] = [FAMILY, GIVEN, MRN, BIRTH]
        self._words = ("".join(letters) for letters in product(ascii_lowercase, repeat=3))
        self._numbers = count(4_400_000)

    def word(self) -> str:
        """A name or a word."""
        return self._mark(f"Kanarie{next(self._words)}")

    def number(self) -> str:
        """An identifier."""
        return self._mark(f"MK{next(self._numbers)}")

    def phone(self) -> str:
        """A telephone number."""
        digits = str(next(self._numbers))
        self.made += [f"{digits[:3]}-{digits[3:]}", digits]
        return f"(614) {digits[:3]}-{digits[3:]}"

    def mail(self) -> str:
        """An e-mail address."""
        return self._mark(f"{self.word().lower()}@{self.word().lower()}.example.org")

    def street(self) -> str:
        """A street line."""
        return f"{next(self._numbers) % 9000 + 1000} {self.word()} Street"

    def zip(self) -> str:
        """A postal code. It is not marked: a false one may be somebody else's true one."""
        return f"43{next(self._numbers) % 1000:03}"

    def _mark(self, value: str) -> str:
        self.made.append(value)
        return value

    def surviving(self, content: bytes) -> list[str]:
        """The marked values that can be read in these bytes, in any case, as whole words."""
        text = content.decode("utf-8", "replace").casefold()
        lowered = {mark.casefold() for mark in self.made}
        return sorted(mark for mark in lowered if re.search(rf"(?<!\w){re.escape(mark)}(?!\w)", text))


#: Fields that identify, by segment and datatype.
HL7_FIELDS: dict[str, dict[str, tuple[int, ...]]] = {
    "PID": {
        "CX": (2, 4, 18, 21),
        "XPN": (6, 9),
        "TS": (29, 33),
        "XAD": (11,),
        "XTN": (13, 14),
        "ST": (19, 23),
        "IS": (12,),
        "DLN": (20,),
    },
    "PD1": {"XON": (3,), "XCN": (4,), "CX": (10,)},
    "NK1": {
        "XPN": (2, 26, 30),
        "XAD": (4, 32),
        "XTN": (5, 6, 31),
        "DT": (8, 9),
        "ST": (10, 37, 38),
        "JCC": (11,),
        "CX": (12, 33),
        "XON": (13,),
    },
    "PV1": {
        "PL": (3, 6, 11, 42, 43),
        "CX": (5, 19, 50, 54),
        "XCN": (7, 8, 9, 17, 52),
        "IS": (16,),
        "DT": (25, 30, 35),
        "TS": (44, 45),
    },
    "PV2": {"PL": (1,), "ST": (5,), "TS": (8, 9), "XCN": (13,), "XON": (23,)},
    "GT1": {
        "CX": (2, 19, 29),
        "XPN": (3, 4, 42, 45),
        "XAD": (5, 17),
        "XTN": (6, 7, 18, 46),
        "TS": (8,),
        "DT": (13, 14),
        "ST": (12, 56),
        "XON": (21, 51),
    },
    "IN1": {
        "ST": (8, 28, 36, 52),
        "XON": (4, 9, 11),
        "XAD": (5, 19, 44),
        "XPN": (6, 16),
        "XTN": (7,),
        "CX": (10, 49),
        "DT": (12, 13, 24),
        "TS": (18,),
        "XCN": (30,),
    },
    "IN2": {
        "CX": (1, 25, 26, 61),
        "ST": (2, 6, 8, 10),
        "XCN": (3,),
        "XPN": (7, 9, 22, 40, 49, 52),
        "XTN": (50, 53, 58, 63, 64),
        "XON": (69, 70),
    },
    "MRG": {"CX": (2, 3, 4, 5, 6), "XPN": (7,)},
    "ROL": {"EI": (1,), "XCN": (4,), "TS": (5, 6), "XAD": (11,), "XTN": (12,)},
    "DG1": {"XCN": (16,), "TS": (5, 19), "EI": (20,)},
    "ORC": {"EI": (2, 3, 4), "TS": (9, 15), "XCN": (10, 11, 12, 19), "PL": (13,), "XTN": (14, 23), "XAD": (22, 24)},
    "OBR": {"EI": (2, 3), "TS": (6, 7, 8, 14, 22), "XCN": (10, 16, 28), "XTN": (17,), "NDL": (32, 33, 34, 35)},
    "TXA": {"TS": (4, 6, 7, 8), "XCN": (5, 9, 10, 11), "EI": (12, 13, 14), "ST": (16,)},
    "SCH": {"EI": (1, 2), "XCN": (12, 16, 20), "XTN": (13, 17, 21), "XAD": (14, 18), "PL": (15, 19, 22)},
    "SPM": {"EIP": (2, 3)},
    "ACC": {"TS": (1,), "CE": (), "ST": (3, 9), "XCN": (7,)},
    "CTD": {"XPN": (2,), "XAD": (3,), "PL": (4,), "XTN": (5,)},
}


#: A field of each datatype, whose identifying components are marked.
_HL7_VALUES: dict[str, Callable[[Marks], str]] = {
    "CX": lambda m: f"{m.number()}^^^MADEUP^XX",
    "XPN": lambda m: f"{m.word()}^{m.word()}^{m.word()}",
    "XCN": lambda m: f"{m.number()}^{m.word()}^{m.word()}^{m.word()}",
    "XAD": lambda m: f"{m.street()}^{m.word()}^{m.word()}^OH^{m.zip()}^USA^H^{m.word()}^{m.word()}",
    "XTN": lambda m: f"{m.phone()}^PRN^PH^{m.mail()}",
    "XON": lambda m: f"{m.word()} Clinic^^{m.number()}",
    "PL": lambda m: f"WARD^{m.number()}^{m.number()}^{m.word()} Hospital",
    "EI": lambda m: f"{m.number()}^MADEUP",
    "EIP": lambda m: f"{m.number()}&MADEUP^{m.number()}&MADEUP",
    "DLN": lambda m: f"{m.number()}^OH^{BIRTH}",
    "JCC": lambda m: f"^^{m.word()}",
    "NDL": lambda m: f"{m.number()}&{m.word()}&{m.word()}^{BIRTH}^{BIRTH}",
    "DT": lambda m: BIRTH,
    "TS": lambda m: BIRTH,
    "ST": Marks.number,
    "IS": Marks.number,
}


def segment(name: str, marks: Marks, **fields: str) -> str:
    """A segment with all its identifying fields marked, and these others (``_1="1"``)."""
    values = {number: _HL7_VALUES[kind](marks) for kind, numbers in HL7_FIELDS[name].items() for number in numbers}
    values |= {int(field[1:]): value for field, value in fields.items()}
    return "|".join([name, *(values.get(number, "") for number in range(1, max(values) + 1))])


def _pid(marks: Marks) -> str:
    return segment(
        "PID", marks, _1="1", _3=f"{MRN}^^^MADEUP^MR", _5=f"{FAMILY}^{GIVEN}^{marks.word()}", _7=BIRTH, _8="F"
    )


def _message(kind: str, *segments: str) -> bytes:
    header = f"MSH|^~\\&|Kanarieapp|Kanariefac Hospital|HUB|GATE|{BIRTH}120000||{kind}|KANARIE90417|T|2.5.1"
    return "".join(f"{one}\r" for one in (header, *segments)).encode()


#: How people are spoken of; each line must lose every name, number and date.
NARRATIVE = (
    f"Mrs. {FAMILY} was seen.",
    f"{FAMILY.upper()}, {GIVEN.upper()} ({MRN}), born 04/17/1953.",
    f"{GIVEN} {FAMILY}'s wound has healed; Q. {FAMILY} went home.",
    "Call (614) 440-9917 or write to kanariepost@example.org.",
)
NARRATIVE_MARKS = (FAMILY, GIVEN, MRN, "04/17/1953", "440-9917", "kanariepost@example.org", "kanariepost")


def hl7_messages(marks: Marks) -> Iterator[tuple[str, bytes]]:
    """Kinds of messages, each with marked values in all identifying fields of its segments."""
    marks.made += ["Kanarieapp", "Kanariefac", "KANARIE90417", *NARRATIVE_MARKS]
    texts = [f"OBX|{n}|TX|N^Note||{line}||||||F|||{BIRTH}||^{marks.word()}^A" for n, line in enumerate(NARRATIVE, 1)]
    notes = [f"NTE|{n}||{line}" for n, line in enumerate(NARRATIVE, 1)]
    typed = [
        f"OBX|{n}|{kind}|T{n}^Typed||{_HL7_VALUES[kind](marks)}||||||F"
        for n, kind in enumerate(("CX", "XPN", "XCN", "XAD", "XTN", "XON", "EI", "TS", "DT"), 10)
    ]
    evn = f"EVN|A01|{BIRTH}|||{marks.number()}^{marks.word()}^{marks.word()}"
    yield (
        "ADT",
        _message(
            "ADT^A01",
            evn,
            _pid(marks),
            segment("PD1", marks),
            segment("ROL", marks, _2="AD", _3="AT"),
            segment("NK1", marks, _1="1"),
            segment("PV1", marks, _1="1", _2="I"),
            segment("PV2", marks),
            segment("DG1", marks, _1="1", _3="E11.9^Type 2 diabetes mellitus^I10"),
            segment("GT1", marks, _1="1"),
            segment("IN1", marks, _1="1", _2="PLAN"),
            segment("IN2", marks),
            segment("ACC", marks),
        ),
    )
    yield "merge", _message("ADT^A40", evn, _pid(marks), segment("MRG", marks, _1=f"{marks.number()}^^^MADEUP^MR"))
    yield (
        "ORU",
        _message(
            "ORU^R01",
            _pid(marks),
            *notes,
            segment("PV1", marks, _1="1", _2="I"),
            segment("ORC", marks, _1="RE"),
            segment("OBR", marks, _1="1", _4="18842-5^Report^LN"),
            segment("CTD", marks),
            *texts,
            *typed,
            segment("SPM", marks, _1="1"),
        ),
    )
    yield "MDM", _message("MDM^T02", _pid(marks), segment("PV1", marks, _2="I"), segment("TXA", marks, _1="1"), *texts)
    yield "SIU", _message("SIU^S12", segment("SCH", marks, _6="1"), _pid(marks), segment("PV1", marks, _2="I"))


def _name(marks: Marks) -> dict[str, Any]:
    return {"text": f"{marks.word()} {marks.word()}", "family": marks.word(), "given": [marks.word(), marks.word()]}


def _address(marks: Marks) -> dict[str, Any]:
    return {
        "text": f"{marks.street()}, {marks.word()}, OH {marks.zip()}",
        "line": [marks.street(), marks.word()],
        "city": marks.word(),
        "district": marks.word(),
        "state": "OH",
        "postalCode": marks.zip(),
    }


def _telecom(marks: Marks) -> list[dict[str, Any]]:
    return [{"system": "phone", "value": marks.phone()}, {"system": "email", "value": marks.mail()}]


def _identifier(marks: Marks, value: str = "", code: str = "") -> dict[str, Any]:
    kind = {"type": {"coding": [{"code": code}]}} if code else {}
    return {"system": "urn:oid:2.999.7", "value": value or marks.number(), **kind}


def _reference(marks: Marks, reference: str = "") -> dict[str, Any]:
    return {
        "reference": reference or f"Practitioner/{marks.number()}",
        "identifier": _identifier(marks),
        "display": f"{marks.word()} {marks.word()}",
    }


def _person(marks: Marks, kind: str) -> dict[str, Any]:
    return {
        "resourceType": kind,
        "id": marks.number(),
        "identifier": [_identifier(marks)],
        "name": [_name(marks)],
        "telecom": _telecom(marks),
        "address": [_address(marks)],
        "birthDate": "1953-04-17",
    }


def fhir_bundle(marks: Marks) -> bytes:
    """A bundle whose every identifying element is marked."""
    marks.made += ["1953-04-17", "UXVldHphbGlhIFp5eHd2dXRzb24", *NARRATIVE_MARKS]
    identity = marks.number()
    subject = {"reference": f"Patient/{identity}", "display": f"{GIVEN} {FAMILY}"}
    text = "\n".join(NARRATIVE)
    code = {"coding": [{"system": "http://loinc.org", "code": "8867-4"}], "text": "Heart rate"}
    div = f'<div xmlns="http://www.w3.org/1999/xhtml"><b>{FAMILY}</b>, {text.replace("&", "and")}</div>'
    attachment = {
        "contentType": "text/plain",
        "data": "UXVldHphbGlhIFp5eHd2dXRzb24=",
        "title": f"{FAMILY} {marks.word()}",
        "url": f"http://{marks.word().lower()}.example.org/{marks.number()}",
    }
    patient = _person(marks, "Patient") | {
        "id": identity,
        "identifier": [_identifier(marks, MRN, "MR"), _identifier(marks, code="SS")],
        "name": [{"family": FAMILY, "given": [GIVEN]}, _name(marks)],
        "text": {"status": "generated", "div": div},
        "photo": [attachment],
        "contact": [{"name": _name(marks), "telecom": _telecom(marks), "address": _address(marks)}],
        "generalPractitioner": [_reference(marks)],
        "managingOrganization": _reference(marks, f"Organization/{marks.number()}"),
        "extension": [
            {"url": "http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName", "valueString": marks.word()},
            {"url": "http://example.org/unheard-of", "valueString": marks.word()},
            {"url": "http://hl7.org/fhir/StructureDefinition/patient-birthPlace", "valueAddress": _address(marks)},
        ],
        "meta": {"source": f"http://{marks.word().lower()}.example.org", "lastUpdated": "1953-04-17T10:00:00Z"},
    }
    observation = {
        "resourceType": "Observation",
        "id": marks.number(),
        "identifier": [_identifier(marks)],
        "status": "final",
        "code": code,
        "subject": subject,
        "performer": [_reference(marks)],
        "effectiveDateTime": "1953-04-17T08:00:00Z",
        "valueString": text,
        "note": [{"text": text, "authorString": f"{marks.word()} {marks.word()}", "time": "1953-04-17T08:00:00Z"}],
        "component": [{"code": code, "valueString": text}],
    }
    report = {
        "resourceType": "DiagnosticReport",
        "id": marks.number(),
        "status": "final",
        "code": code,
        "subject": subject,
        "conclusion": text,
        "presentedForm": [attachment],
    }
    visit = {
        "resourceType": "Encounter",
        "id": marks.number(),
        "status": "finished",
        "class": {"code": "IMP"},
        "subject": subject,
        "participant": [{"individual": _reference(marks)}],
        "location": [{"location": _reference(marks, f"Location/{marks.number()}")}],
        "period": {"start": "1953-04-17", "end": "1953-04-17"},
        "serviceProvider": _reference(marks, f"Organization/{marks.number()}"),
    }
    coverage = {
        "resourceType": "Coverage",
        "id": marks.number(),
        "status": "active",
        "subscriberId": marks.number(),
        "beneficiary": subject,
        "payor": [_reference(marks, f"Organization/{marks.number()}")],
    }
    place = {
        "resourceType": "Location",
        "id": marks.number(),
        "name": f"{marks.word()} Hospital",
        "description": marks.word(),
        "telecom": _telecom(marks),
        "address": _address(marks),
    }
    others = [_person(marks, kind) for kind in ("Practitioner", "RelatedPerson")]
    others[1]["patient"] = subject
    resources = [patient, *others, observation, report, visit, coverage, place]
    entries = [
        {
            "fullUrl": f"http://{marks.word().lower()}.example.org/fhir/{one['resourceType']}/{one['id']}",
            "resource": one,
        }
        for one in resources
    ]
    return json.dumps({"resourceType": "Bundle", "id": marks.number(), "type": "collection", "entry": entries}).encode()
