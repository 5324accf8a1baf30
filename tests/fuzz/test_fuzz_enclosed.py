"""Damaged documents inside messages: the engine releases them as well formed as they were, or refuses for a reason."""

import base64
import json
import random
import re
from collections.abc import Callable
from typing import Any

from fuzz_seeds import CDA, HTML, MARKUP_TOKENS, RTF, RTF_TOKENS, TOKENS, XML
from fuzzing import damaged, fuzz
from handwritten import PID, bundle, er7, oru, patient, process, resources, value
from test_fuzz_documents import html_skeleton, rtf_skeleton, xml_skeleton

from streamdeid.attachments.sniff import Kind, sniff
from streamdeid.engine import Deidentifier
from streamdeid.errors import QUARANTINE_CODES
from streamdeid.types import Format, Quarantined, Released

TEXTS = (
    b"Ms. Doemann, MRN 40017765, was seen on 03/05/2024.",
    "Größe".encode("latin-1"),
    b"%PDF-1.7\n/Author (Doemann)",
)
MESSAGES = (oru("Ms. Doemann came."), bundle(patient()), json.dumps(patient()).encode())
KINDS = (
    (RTF, RTF_TOKENS, "text/rtf"),
    (HTML, MARKUP_TOKENS, "text/html"),
    (XML, MARKUP_TOKENS, "text/xml"),
    (CDA, MARKUP_TOKENS, "application/hl7-cda+xml"),
    (TEXTS, MARKUP_TOKENS + TOKENS, "text/plain; charset=windows-1252"),
    (MESSAGES, TOKENS, "application/fhir+json"),
)
SKELETONS = {Kind.XML: xml_skeleton, Kind.CDA: xml_skeleton, Kind.HTML: html_skeleton, Kind.RTF: rtf_skeleton}

REPORT = ("ORU^R01", PID, "OBR|1||F1|1^Report^LN")
ESCAPES = str.maketrans(
    {"\\": "\\E\\", "|": "\\F\\", "^": "\\S\\", "~": "\\R\\", "&": "\\T\\", "\r": "\\X0D\\", "\n": "\\.br\\"}
)
Sent = tuple[bytes, Format, Callable[[bytes], bytes]]


def document(random: random.Random) -> tuple[bytes, str]:
    seeds, tokens, media_type = random.choice(KINDS)
    raw = damaged(random, random.choice(seeds), tokens, seeds)
    if random.random() < 0.05:
        raw = "\ufeff".encode("utf-16-le") + raw.decode("latin-1").encode("utf-16-le")
    return raw, media_type if random.random() < 0.8 else random.choice(KINDS)[2]


def in_hl7(random: random.Random, raw: bytes) -> Sent:
    """In base64, in hexadecimal, or as text with escapes."""
    how = random.choice(("Base64", "Hex", ""))
    if not how:
        text = raw.decode("utf-8", "replace").translate(ESCAPES)
        return er7(*REPORT, f"OBX|1|TX|1^R^LN||{text}||||||F"), Format.HL7V2, lambda _: b""
    data = raw.hex() if how == "Hex" else base64.b64encode(raw).decode()
    is_cut = random.random() < 0.1
    if is_cut:
        data = data[: random.randrange(len(data) + 1)]

    def received(content: bytes) -> bytes:
        written = "" if is_cut else value(content, "OBX-5.5")
        return bytes.fromhex(written) if how == "Hex" else base64.b64decode(written, validate=True)

    return er7(*REPORT, f"OBX|1|ED|1^Report^LN||^TEXT^^{how}^{data}||||||F"), Format.HL7V2, received


def in_fhir(random: random.Random, raw: bytes, media_type: str) -> Sent:
    """In an attachment, or as narrative."""
    report: dict[str, Any] = {
        "resourceType": "DiagnosticReport",
        "status": "final",
        "code": {"text": "made up"},
        "subject": {"reference": "Patient/p1"},
    }
    if random.random() < 0.3:
        report["text"] = {"status": "generated", "div": raw.decode("utf-8", "replace")}
        return bundle(patient(), report), Format.FHIR, lambda _: b""
    data = base64.b64encode(raw).decode()
    report["presentedForm"] = [{"contentType": media_type, "data": data, "size": len(raw), "title": "Doemann"}]

    def received(content: bytes) -> bytes:
        form = resources(content)[1]["presentedForm"][0]
        octets = base64.b64decode(form["data"], validate=True)
        assert form["size"] == len(octets)
        return octets

    return bundle(patient(), report), Format.FHIR, received


def check(engine: Deidentifier, lossless: Deidentifier, random: random.Random) -> str:
    raw, media_type = document(random)
    content, format, received = in_hl7(random, raw) if random.random() < 0.5 else in_fhir(random, raw, media_type)
    outcome = process(engine, content, format)
    assert process(engine, content, format) == outcome
    unchanged = process(lossless, content, format)
    assert not isinstance(unchanged, Released) or unchanged.content == content
    if isinstance(outcome, Quarantined):
        assert outcome.code in QUARANTINE_CODES
        assert outcome.code not in ("message.failure", "detector.failure", "verify.structure")
        assert re.fullmatch(r"[A-Za-z0-9 .\[\]()@?:-]*", outcome.path)
        return outcome.code
    if format is Format.FHIR:
        json.loads(outcome.content)
    check_received(raw, received(outcome.content))
    return "released"


def check_received(before: bytes, after: bytes) -> None:
    """As well formed as it was; a number that stands nowhere but in the message is gone."""
    kind = sniff(before)
    skeleton = SKELETONS.get(kind)
    if not after or skeleton is None or b"[removed]" in after:
        return
    assert sniff(after) is kind or kind is Kind.HTML  # a comment may have held the only tag
    if skeleton(before) is not None:
        assert skeleton(after) is not None
    assert b"40017765" not in re.findall(rb"(?<!\w)\w+(?!\w)", after)


def test_damaged_documents_in_messages(deidentifier: Deidentifier, lossless: Deidentifier) -> None:
    seen = fuzz(lambda random: check(deidentifier, lossless, random))
    assert 0 < seen["released"] < sum(seen.values())
