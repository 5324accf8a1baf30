"""Made-up FHIR R4 bundles about made-up patients."""

from __future__ import annotations

import datetime as dt
import json
import random
import uuid
from collections.abc import Sequence
from typing import Any

from streamdeid.demo.people import AUTHORITY_OID, HOSPITAL, Clinician, Patient, Person

_Resource = dict[str, Any]

#: Says in each resource that it is test health data (HL7 ActReason).
_TEST_DATA = {
    "tag": [
        {"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "HTEST", "display": "test health data"}
    ]
}
_LOINC = "http://loinc.org"
_UCUM = "http://unitsofmeasure.org"
_IDENTIFIER_TYPE = "http://terminology.hl7.org/CodeSystem/v2-0203"
_SSN = "http://hl7.org/fhir/sid/us-ssn"
_NPI = "http://hl7.org/fhir/sid/us-npi"

_VITALS = (
    ("8867-4", "Heart rate", "/min", 50, 120, 0),
    ("8310-5", "Body temperature", "Cel", 36, 39, 1),
    ("29463-7", "Body weight", "kg", 45, 120, 1),
    ("2345-7", "Glucose", "mg/dL", 60, 240, 0),
    ("2160-0", "Creatinine", "mg/dL", 0.4, 3, 2),
)


def bundle(patient: Patient, when: dt.datetime, lines: Sequence[str], draw: random.Random, *, size: int = 0) -> bytes:
    """A collection of one patient's resources with a report, as compact JSON in UTF-8.

    It is filled up with observations to at least `size` bytes, and less than 1 kB more.
    """
    resources = _Resources(draw)
    subject = resources.add("Patient", _patient(patient))
    doctor = resources.add("Practitioner", _practitioner(patient.doctor))
    visit = resources.add("Encounter", _encounter(patient, when, subject, doctor))
    resources.add("DiagnosticReport", _diagnostic_report(when, subject, doctor, lines))
    for _ in range(4):
        resources.add("Observation", _observation(when, subject, visit, draw))
    while resources.bytes < size:
        resources.add("Observation", _observation(when, subject, visit, draw))
    return resources.bundle(when)


class _Resources:
    """The entries of a bundle, and how many bytes they will take."""

    def __init__(self, draw: random.Random) -> None:
        self._draw = draw
        self._entries: list[str] = []
        self.bytes = 0

    def add(self, kind: str, elements: _Resource) -> _Resource:
        """Take up a resource; what to refer to it by."""
        identity = str(uuid.UUID(int=self._draw.getrandbits(128), version=4))
        resource = {"resourceType": kind, "id": identity, "meta": _TEST_DATA, **elements}
        entry = _json({"fullUrl": f"urn:uuid:{identity}", "resource": resource})
        self._entries.append(entry)
        self.bytes += len(entry.encode()) + 1
        return {"reference": f"urn:uuid:{identity}"}

    def bundle(self, when: dt.datetime) -> bytes:
        head = _json({"resourceType": "Bundle", "meta": _TEST_DATA, "type": "collection", "timestamp": _instant(when)})
        return f'{head[:-1]},"entry":[{",".join(self._entries)}]}}'.encode()


def _patient(patient: Patient) -> _Resource:
    return {
        "identifier": [
            _identifier("MR", f"urn:oid:{AUTHORITY_OID}", patient.mrn),
            _identifier("SS", _SSN, patient.ssn),
        ],
        "name": [{"use": "official", **_name(patient.person)}],
        "telecom": [
            {"system": "phone", "value": patient.person.printed_phone, "use": "home"},
            {"system": "email", "value": patient.email},
        ],
        "gender": _gender(patient.person),
        "birthDate": f"{patient.birth:%Y-%m-%d}",
        "address": [_address(patient)],
        "contact": [
            {
                "relationship": [{"text": patient.relation[1]}],
                "name": _name(patient.kin),
                "telecom": [{"system": "phone", "value": patient.kin.printed_phone}],
            }
        ],
    }


def _practitioner(clinician: Clinician) -> _Resource:
    return {"identifier": [{"system": _NPI, "value": clinician.npi}], "name": [_name(clinician.person)]}


def _encounter(patient: Patient, when: dt.datetime, subject: _Resource, doctor: _Resource) -> _Resource:
    return {
        "identifier": [_identifier("VN", f"urn:oid:{AUTHORITY_OID}", patient.visit)],
        "status": "in-progress",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IMP"},
        "subject": {**subject, "display": f"{patient.person.given} {patient.person.family}"},
        "participant": [{"individual": {**doctor, "display": f"Dr. {patient.doctor.person.family}"}}],
        "period": {"start": _instant(when)},
        "serviceProvider": {"display": HOSPITAL.title()},
    }


def _diagnostic_report(when: dt.datetime, subject: _Resource, doctor: _Resource, lines: Sequence[str]) -> _Resource:
    return {
        "status": "final",
        "code": {"coding": [{"system": _LOINC, "code": "18842-5", "display": "Discharge summary"}]},
        "subject": subject,
        "effectiveDateTime": _instant(when),
        "performer": [doctor],
        "conclusion": "\n".join(lines),
    }


def _observation(when: dt.datetime, subject: _Resource, visit: _Resource, draw: random.Random) -> _Resource:
    code, name, unit, low, high, digits = draw.choice(_VITALS)
    taken = when + dt.timedelta(minutes=draw.randrange(600))
    value = round(draw.uniform(low, high), digits or None)
    return {
        "status": "final",
        "code": {"coding": [{"system": _LOINC, "code": code, "display": name}]},
        "subject": subject,
        "encounter": visit,
        "effectiveDateTime": _instant(taken),
        "valueQuantity": {"value": value, "unit": unit, "system": _UCUM, "code": unit},
    }


def _identifier(kind: str, system: str, value: str) -> _Resource:
    return {"type": {"coding": [{"system": _IDENTIFIER_TYPE, "code": kind}]}, "system": system, "value": value}


def _name(person: Person) -> _Resource:
    return {"family": person.family, "given": [person.given, person.middle]}


def _gender(person: Person) -> str:
    return "female" if person.sex == "F" else "male"


def _address(patient: Patient) -> _Resource:
    home = patient.address
    return {"use": "home", "line": [home.street], "city": home.city, "state": home.state, "postalCode": home.zip}


def _instant(when: dt.datetime) -> str:
    return f"{when:%Y-%m-%dT%H:%M:%S}-05:00"


def _json(value: _Resource) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
