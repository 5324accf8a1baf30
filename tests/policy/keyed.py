"""Policies that say what surrogates are keyed on, and a made-up detector whose findings are told apart by name."""

import json
import re
import time
from collections.abc import MutableMapping
from typing import Any

import yaml
from handwritten import OID, bundle, er7, observation, patient, rows

from streamdeid.build import parse_policy
from streamdeid.engine import Deidentifier, Request, Sources
from streamdeid.message.clean import Detector
from streamdeid.types import Format, Released, Span

SECRET = b"a made-up secret"
POLICY = """
name: keyed
hl7v2:
  rules:
    ST: keep
    TX: detect
    FT: detect
    ID: keep
    IS: keep
    SI: keep
    NM: keep
    DT: keep
    DTM: keep
    PID-3.1: {operator: surrogate, label: ID/MRN, scope: entity}
    PID-5.1: surrogate NAME/FAMILY
    PID-5.2: surrogate NAME/GIVEN
    PV1-19: surrogate ID/ACCOUNT
fhir:
  rules:
    string: detect
    code: keep
    id: keep
    uri: keep
    date: keep
    HumanName.family: surrogate NAME/FAMILY
    HumanName.given: surrogate NAME/GIVEN
    Identifier.value: {operator: surrogate, label: ID/MRN, scope: entity}
    Reference.reference: keep
labels:
  NAME: surrogate
  DATE: shift
  AGE: keep
  ID: surrogate
  CONTACT: surrogate
  LOCATION: surrogate
"""
LABELS = {
    "NAME/GIVEN": ("John", "Jane", "Carol", "Bert", "Ines", "Ulf", "JOHN"),
    "NAME/FULL": ("John Smithson", "Smithson, Jane"),
    "NAME/DOCTOR": ("Nemoson", "Nullberg"),
    "ID/HOSPITAL_ID": ("H100", "H200", "H300"),
    "ID/OTHER": ("40-11-9", "55-82-0", "7742"),
}


def find(text: str) -> list[Span]:
    """Finds the words of `LABELS`, the longest first."""
    label_of = {word: label for label, words in LABELS.items() for word in words}
    pattern = "|".join(rf"\b{re.escape(word)}\b" for word in sorted(label_of, key=len, reverse=True))
    return [Span(at.start(), at.end(), label_of[at[0]], 0.9, "finder") for at in re.finditer(pattern, text)]


def policy_of(keyed_on: Any, label: str = "NAME", **rules: Any) -> str:
    """The policy with this for one label, or for all where `label` is empty; `rules` are for HL7 v2 places."""
    content = yaml.safe_load(POLICY)
    if label:
        content["labels"][label] = {"operator": "surrogate", "keyed_on": keyed_on}
    else:
        content["keyed_on"] = keyed_on
    content["hl7v2"]["rules"] |= rules
    return yaml.safe_dump(content)


def engine(policy: str, detector: Detector = find) -> Deidentifier:
    return Deidentifier(parse_policy(policy, "keyed"), SECRET, [detector], Sources(time.monotonic, bytes))


def message(text: str, mrn: str = "001", *segments: str, name: str = "Doemann^Johanna", visit: str = "") -> bytes:
    pid = f"PID|1||{mrn}^^^MADEUP&{OID}&ISO^MR||{name}"
    pv1 = [f"PV1|1|I|||||||||||||||||{visit}"] if visit else []
    observations = [f"OBX|{n}|TX|18842-5^Report^LN||{row}" for n, row in enumerate(text.split("\n"), 1)]
    return er7("ORU^R01", pid, *pv1, *segments, "OBR|1||F555^LABSYS|18842-5^Report^LN", *observations)


def clean(
    made: Deidentifier,
    content: bytes,
    format: Format = Format.HL7V2,
    vault: MutableMapping[str, bytes] | None = None,
    sequence: int = 1,
    headers: tuple[tuple[str, bytes], ...] = (),
    key: bytes | None = None,
) -> bytes:
    request = Request(content, format, sequence, "", made.carried(headers, key))
    outcome = made.process([request], {} if vault is None else vault)[0]
    assert isinstance(outcome, Released), outcome
    return outcome.content


def names(made: Deidentifier, text: str, mrn: str = "001", **more: Any) -> list[str]:
    """What became of the words of a report."""
    segments = more.pop("segments", ())
    told = {name: more.pop(name) for name in ("name", "visit") if name in more}
    found = rows(clean(made, message(text, mrn, *segments, **told), **more))
    return re.findall(r"[\w-]+", " ".join(found))


def fhir_names(made: Deidentifier, mrn: str, text: str, **elements: Any) -> list[str]:
    told = bundle(patient(mrn, **elements), observation(valueString=text))
    content = clean(made, told, Format.FHIR)
    return re.findall(r"[\w-]+", json.loads(content)["entry"][1]["resource"]["valueString"])


MR = "Patient.identifier.where(type.coding.code = 'MR').value"
