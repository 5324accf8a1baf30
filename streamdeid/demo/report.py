"""Made-up narrative: what a doctor dictates about a patient, naming everybody in the ways that people do."""

from __future__ import annotations

import datetime as dt
import random

from streamdeid.demo.people import HOSPITAL, Clinician, Patient

_RADIOLOGY = """\
EXAM: Chest, two views, {long_date}.
HISTORY: {title} {family} is a {age} year old {man} with cough. Referred by Dr. {doctor}.
COMPARISON: {slash_earlier}.
FINDINGS: The lungs are clear. The heart is of normal size. No effusion.
IMPRESSION: No acute disease. Findings were discussed with {given} {family} on {slash_date}.
Dictated by {referrer_given} {referrer}, MD, {hospital}."""

_DISCHARGE = """\
DISCHARGE SUMMARY
Patient: {family}, {given} {middle}  MRN: {mrn}  DOB: {slash_birth}
{title} {family} was admitted on {long_earlier} under the care of Dr. {doctor_given} {doctor}.
{His} {relation}, {kin_given} {kin_family}, was called at {kin_phone} on {slash_date}.
The wound healed well, and {he} walked without help on the third day.
{He} lives at {street}, {city}, {state} {zip} and can be reached at {phone} or {email}.
Follow-up with Dr. {referrer} in two weeks. Blood pressure at discharge 128/76."""

_CONSULT = """\
CONSULTATION, {iso_date}
Thank you for sending {given} {family}, SSN {ssn}, a {age}-year-old {man} from {city}.
I first saw {title} {family} on {long_earlier}. Glucose was 7.2 mmol/l, HbA1c 6.9 %.
ASSESSMENT: Type 2 diabetes, well controlled. Foley catheter removed {slash_earlier}.
PLAN: Metformin 500 mg twice a day. {kin_given} will bring {him} back on {slash_date}.
{doctor_given} {doctor}, MD"""

_TEMPLATES = (_RADIOLOGY, _DISCHARGE, _CONSULT)


def report(patient: Patient, when: dt.datetime, draw: random.Random) -> list[str]:
    """The lines of a made-up report about `patient`, dictated at `when`."""
    earlier = when - dt.timedelta(days=draw.randrange(2, 60))
    words = {
        **_who(patient),
        **_pronouns(patient.person.sex),
        **_colleagues(patient.doctor, patient.referrer),
        "hospital": HOSPITAL.title(),
        "long_date": _long(when),
        "long_earlier": _long(earlier),
        "slash_date": f"{when:%m/%d/%Y}",
        "slash_earlier": f"{earlier:%m/%d/%Y}",
        "iso_date": f"{when:%Y-%m-%d}",
    }
    return draw.choice(_TEMPLATES).format(**words).split("\n")


def _who(patient: Patient) -> dict[str, str]:
    person, home = patient.person, patient.address
    return {
        "title": person.title,
        "family": person.family,
        "given": person.given,
        "middle": person.middle,
        "age": str(patient.age),
        "mrn": patient.mrn,
        "ssn": f"{patient.ssn[:3]}-{patient.ssn[3:5]}-{patient.ssn[5:]}",
        "slash_birth": f"{patient.birth:%m/%d/%Y}",
        "phone": person.printed_phone,
        "email": patient.email,
        "street": home.street,
        "city": home.city,
        "state": home.state,
        "zip": home.zip,
        "kin_given": patient.kin.given,
        "kin_family": patient.kin.family,
        "kin_phone": patient.kin.printed_phone,
        "relation": patient.relation[1].lower(),
    }


def _pronouns(sex: str) -> dict[str, str]:
    if sex == "F":
        return {"man": "woman", "he": "she", "He": "She", "him": "her", "His": "Her"}
    return {"man": "man", "he": "he", "He": "He", "him": "him", "His": "His"}


def _colleagues(doctor: Clinician, referrer: Clinician) -> dict[str, str]:
    return {
        "doctor": doctor.person.family,
        "doctor_given": doctor.person.given,
        "referrer": referrer.person.family,
        "referrer_given": referrer.person.given,
    }


def _long(when: dt.datetime) -> str:
    return f"{when:%B} {when.day}, {when.year}"
