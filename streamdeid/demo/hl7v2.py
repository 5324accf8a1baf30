"""Made-up HL7 v2.5.1 messages about made-up patients: admissions (ADT), results (ORU) and documents (MDM)."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping, Sequence

from streamdeid.demo.people import AUTHORITY, AUTHORITY_OID, HOSPITAL, Clinician, Patient, Person

#: Processing id of MSH-11: training, which no system may take for a real patient.
_TRAINING = "T"
_ESCAPES = str.maketrans({"\\": "\\E\\", "|": "\\F\\", "^": "\\S\\", "&": "\\T\\", "~": "\\R\\"})

# LOINC code, name, unit, reference range, lowest and highest made-up value, digits after the point.
_ANALYTES = (
    ("718-7", "Hemoglobin", "g/dL", "12.0-16.0", 9, 17, 1),
    ("4544-3", "Hematocrit", "%", "36-46", 30, 50, 1),
    ("6690-2", "Leukocytes", "10*3/uL", "4.0-10.0", 2, 15, 2),
    ("777-3", "Platelets", "10*3/uL", "150-400", 90, 450, 0),
    ("2345-7", "Glucose", "mg/dL", "70-99", 60, 240, 0),
    ("2160-0", "Creatinine", "mg/dL", "0.60-1.20", 0.4, 3, 2),
    ("2951-2", "Sodium", "mmol/L", "136-145", 128, 150, 0),
)


def admission(patient: Patient, when: dt.datetime, control_id: str, event: str = "A01") -> bytes:
    """An ADT message with relatives, guarantor, insurance, allergy and diagnosis (HL7 v2.5.1 chapter 3)."""
    return _message(
        _msh(f"ADT^{event}^ADT_A01", when, control_id),
        _segment("EVN", {1: event, 2: _stamp(when), 5: _xcn(patient.referrer)}),
        _pid(patient),
        _segment("PD1", {4: _xcn(patient.doctor)}),
        _nk1(patient),
        _pv1(patient, when),
        _segment("AL1", {1: "1", 2: "DA", 3: "70618^Penicillin^RXNORM", 4: "MO", 5: "Rash"}),
        _segment("DG1", {1: "1", 3: "E11.9^Type 2 diabetes mellitus^I10", 5: _stamp(when), 6: "A"}),
        _gt1(patient),
        _in1(patient),
    )


def results(patient: Patient, when: dt.datetime, control_id: str, draw: random.Random) -> bytes:
    """An ORU^R01 of twelve segments without narrative (HL7 v2.5.1 7.3.1)."""
    return _message(
        _msh("ORU^R01^ORU_R01", when, control_id),
        _pid(patient),
        _pv1(patient, when),
        _orc(patient, control_id, when),
        _obr(patient, control_id, when, "58410-2^Complete blood count^LN"),
        *(_measurement(number, analyte, when, draw) for number, analyte in enumerate(_ANALYTES, 1)),
    )


def narrative(patient: Patient, when: dt.datetime, control_id: str, lines: Sequence[str]) -> bytes:
    """An ORU^R01 whose observations are the lines of a report."""
    return _message(
        _msh("ORU^R01^ORU_R01", when, control_id),
        _pid(patient),
        _nk1(patient),
        _pv1(patient, when),
        _orc(patient, control_id, when),
        _obr(patient, control_id, when, "18842-5^Report^LN"),
        *(_line(number, line, when) for number, line in enumerate(lines, 1)),
        _segment("NTE", {1: "1", 2: "L", 3: f"Copy to Dr. {_text(patient.referrer.person.family)}"}),
    )


def document(patient: Patient, when: dt.datetime, control_id: str, lines: Sequence[str]) -> bytes:
    """An MDM^T02 that carries a report (HL7 v2.5.1 9.5.2)."""
    txa = {
        1: "1",
        2: "DS",
        3: "TX",
        4: _stamp(when),
        5: _xcn(patient.doctor),
        6: _stamp(when),
        9: _xcn(patient.doctor),
        12: f"DOC{control_id}^{AUTHORITY}",
        17: "AU",
    }
    return _message(
        _msh("MDM^T02^MDM_T02", when, control_id),
        _segment("EVN", {1: "T02", 2: _stamp(when)}),
        _pid(patient),
        _pv1(patient, when),
        _segment("TXA", txa),
        *(_line(number, line, when) for number, line in enumerate(lines, 1)),
    )


def _message(*segments: str) -> bytes:
    return "".join(f"{segment}\r" for segment in segments).encode()


def _segment(name: str, fields: Mapping[int, str]) -> str:
    return "|".join([name, *(fields.get(number, "") for number in range(1, max(fields) + 1))])


def _msh(message_type: str, when: dt.datetime, control_id: str) -> str:
    application = ("DEMO", HOSPITAL, "STREAMDEID", "DEMO")
    head = "|".join(("MSH|^~\\&", *application, _stamp(when), "", message_type, control_id, _TRAINING, "2.5.1"))
    return f"{head}||||||UNICODE UTF-8"


def _pid(patient: Patient) -> str:
    person = patient.person
    fields = {
        1: "1",
        3: f"{patient.mrn}^^^{AUTHORITY}&{AUTHORITY_OID}&ISO^MR~{patient.ssn}^^^USSSA^SS",
        5: _xpn(person),
        7: f"{patient.birth:%Y%m%d}",
        8: person.sex,
        10: "2106-3^White^HL70005",
        11: _xad(patient),
        13: f"{_xtn(person)}~^NET^Internet^{patient.email}",
        15: "eng^English^ISO639",
        16: "M^Married^HL70002",
        18: f"{patient.account}^^^{AUTHORITY}^AN",
        19: patient.ssn,
    }
    return _segment("PID", fields)


def _nk1(patient: Patient) -> str:
    code, words = patient.relation
    relation = f"{code}^{words}^HL70063"
    return _segment("NK1", {1: "1", 2: _xpn(patient.kin), 3: relation, 4: _xad(patient), 5: _xtn(patient.kin)})


def _pv1(patient: Patient, when: dt.datetime) -> str:
    room = f"{3 + int(patient.visit[-1]) % 4} WEST^{300 + int(patient.visit[-2:])}^A^{HOSPITAL}"
    return _segment(
        "PV1",
        {
            1: "1",
            2: "I",
            3: room,
            7: _xcn(patient.doctor),
            8: _xcn(patient.referrer),
            10: "MED",
            19: f"{patient.visit}^^^{AUTHORITY}^VN",
            44: _stamp(when.replace(hour=6)),
        },
    )


def _gt1(patient: Patient) -> str:
    kin = patient.kin
    return _segment("GT1", {1: "1", 3: _xpn(kin), 5: _xad(patient), 6: _xtn(kin), 10: "1", 11: patient.relation[0]})


def _in1(patient: Patient) -> str:
    fields = {
        1: "1",
        2: "MUP^Made Up Plan",
        3: "900001",
        4: "MADE UP INSURANCE",
        8: "G10042",
        16: _xpn(patient.person),
        17: "SEL^Self^HL70063",
        18: f"{patient.birth:%Y%m%d}",
        19: _xad(patient),
        36: patient.member,
    }
    return _segment("IN1", fields)


def _orc(patient: Patient, control_id: str, when: dt.datetime) -> str:
    placer, filler = f"P{control_id}^{AUTHORITY}", f"F{control_id}^{AUTHORITY}"
    return _segment("ORC", {1: "RE", 2: placer, 3: filler, 9: _stamp(when), 12: _xcn(patient.doctor)})


def _obr(patient: Patient, control_id: str, when: dt.datetime, service: str) -> str:
    fields = {
        1: "1",
        2: f"P{control_id}^{AUTHORITY}",
        3: f"F{control_id}^{AUTHORITY}",
        4: service,
        7: _stamp(when),
        16: _xcn(patient.doctor),
        22: _stamp(when),
        25: "F",
        32: f"{patient.referrer.npi}&{_text(patient.referrer.person.family)}&{_text(patient.referrer.person.given)}",
    }
    return _segment("OBR", fields)


def _measurement(
    number: int, analyte: tuple[str, str, str, str, float, float, int], when: dt.datetime, draw: random.Random
) -> str:
    code, name, unit, normal, low, high, digits = analyte
    value = draw.uniform(low, high)
    fields = {
        1: str(number),
        2: "NM",
        3: f"{code}^{name}^LN",
        5: f"{value:.{digits}f}",
        6: f"{unit}^^UCUM",
        7: normal,
        11: "F",
        14: _stamp(when),
    }
    return _segment("OBX", fields)


def _line(number: int, line: str, when: dt.datetime) -> str:
    fields = {1: str(number), 2: "TX", 3: "18842-5^Report^LN", 4: "1", 5: _text(line), 11: "F", 14: _stamp(when)}
    return _segment("OBX", fields)


def _xpn(person: Person) -> str:
    return f"{_text(person.family)}^{_text(person.given)}^{_text(person.middle)}^^^^L"


def _xcn(clinician: Clinician) -> str:
    person = clinician.person
    names = f"{_text(person.family)}^{_text(person.given)}^{_text(person.middle)}"
    return f"{clinician.npi}^{names}^^^MD^^NPI^L^^^NPI"


def _xad(patient: Patient) -> str:
    home = patient.address
    return f"{_text(home.street)}^^{_text(home.city)}^{home.state}^{home.zip}^USA^H"


def _xtn(person: Person) -> str:
    return f"{person.printed_phone}^PRN^PH^^1^{person.phone[:3]}^{person.phone[3:]}"


def _text(value: str) -> str:
    return value.translate(_ESCAPES)


def _stamp(when: dt.datetime) -> str:
    return f"{when:%Y%m%d%H%M%S}"
