"""Documents inside messages: they are about the patient of the message, and one patient has one false identity."""

import base64
import hashlib
import json
import re
from typing import Any
from xml.etree import ElementTree

import pytest
from handwritten import (
    MRN,
    OID,
    OTHER_PID,
    PID,
    adt,
    bundle,
    er7,
    observation,
    oru,
    patient,
    released,
    resources,
    value,
)

from streamdeid.engine import Deidentifier
from streamdeid.types import Format

FHIR = Format.FHIR
SENTENCE = f"Ms. Doemann, first name Johanna, MRN {MRN}, was seen on 03/05/2024."
RTF = rf"{{\rtf1\ansi{{\fonttbl{{\f0 Arial;}}}}{{\info{{\author Johanna Doemann}}}}\pard {SENTENCE}\par}}"
HTML = f"<!DOCTYPE html><html><head><title>Doemann</title></head><body><p>{SENTENCE}</p></body></html>"
XML = f'<?xml version="1.0"?><report by="Johanna Doemann"><line>{SENTENCE}</line></report>'
CDA = f"""<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3"><recordTarget><patientRole>
<id extension="{MRN}" root="{OID}"/><patient><name><given>Johanna</given><family>Doemann</family></name>
<birthTime value="19610214"/></patient></patientRole></recordTarget><component><structuredBody><component><section>
<text><paragraph>{SENTENCE}</paragraph></text></section></component></structuredBody></component></ClinicalDocument>"""
INNER_HL7 = oru(SENTENCE).decode()
INNER_FHIR = bundle(patient(), observation(valueString=SENTENCE)).decode()
DOCUMENTS = {
    "text/plain": SENTENCE,
    "text/rtf": RTF,
    "text/html": HTML,
    "text/xml": XML,
    "application/hl7-cda+xml": CDA,
    "x-application/hl7-v2+er7": INNER_HL7,
    "application/fhir+json": INNER_FHIR,
}
PDF = b"%PDF-1.7\n/Author (Johanna Doemann)\n"


def base64_of(content: str | bytes) -> str:
    return base64.b64encode(content.encode() if isinstance(content, str) else content).decode()


def sent(data: str, encoding: str = "Base64", subtype: str = "") -> bytes:
    """A result whose value is a document."""
    return er7(
        "ORU^R01", PID, "OBR|1||F1|1^Report^LN", f"OBX|1|ED|1^Report^LN||^TEXT^{subtype}^{encoding}^{data}||||||F"
    )


def received(message: bytes) -> str:
    return value(message, "OBX-5.5")


def decoded(message: bytes) -> str:
    return base64.b64decode(received(message), validate=True).decode()


def attached(content: str | bytes, media_type: str = "text/plain", **beside: Any) -> bytes:
    """A report about the patient, with a form of it."""
    form = {"contentType": media_type, "data": base64_of(content), **beside}
    report = {"resourceType": "DiagnosticReport", "status": "final", "code": {"text": "made up"}}
    return bundle(patient(), {**report, "subject": {"reference": "Patient/p1"}, "presentedForm": [form]})


def form_of(message: bytes) -> dict[str, Any]:
    form: dict[str, Any] = resources(message)[1]["presentedForm"][0]
    return form


@pytest.fixture(scope="module")
def names(deidentifier: Deidentifier) -> tuple[str, str, str]:
    """The patient's family name, given name and number after an admission."""
    admission = released(deidentifier, adt("A01"))
    family, given, number = (value(admission, path) for path in ("PID-5.1", "PID-5.2", "PID-3.1"))
    return family, given, number


def assert_clean(content: str, names: tuple[str, str, str]) -> None:
    family, given, number = names
    assert not re.search(f"Doemann|Johanna|{MRN}|03/05/2024|19610214|1961-02-14", content)
    assert f"Ms. {family}, first name {given}, MRN {number}, was seen on " in content


# --- Every kind, in HL7 v2 and in FHIR ------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_a_document_in_hl7v2_has_the_names_of_the_fields(
    deidentifier: Deidentifier, names: tuple[str, str, str], kind: str
) -> None:
    assert_clean(decoded(released(deidentifier, sent(base64_of(DOCUMENTS[kind])))), names)


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_a_document_in_fhir_has_the_names_of_the_fields(
    deidentifier: Deidentifier, names: tuple[str, str, str], kind: str
) -> None:
    form = form_of(released(deidentifier, attached(DOCUMENTS[kind], kind), FHIR))
    assert_clean(base64.b64decode(form["data"]).decode(), names)
    assert form["contentType"] == kind


def test_documents_keep_what_is_not_the_patients(deidentifier: Deidentifier) -> None:
    for content in (RTF, HTML, XML, CDA):
        clean = decoded(released(deidentifier, sent(base64_of(content))))
        assert re.sub(r"<[^>]*>|[^<]+", lambda part: part[0][:3], clean).count("<") == content.count("<")
        assert clean[:14] == content[:14]
    assert ElementTree.fromstring(decoded(released(deidentifier, sent(base64_of(CDA))))).tag.endswith("Document")
    nobody = "<p>Nothing was found.</p>"
    assert received(released(deidentifier, sent(base64_of(nobody)))) == base64_of(nobody)


def test_the_structured_parts_of_a_cda_are_as_the_fields(
    deidentifier: Deidentifier, names: tuple[str, str, str]
) -> None:
    message = released(deidentifier, sent(base64_of(CDA)))
    root = ElementTree.fromstring(decoded(message))
    found = {element.tag.rpartition("}")[2]: element for element in root.iter()}
    assert (found["family"].text, found["given"].text, found["id"].get("extension")) == names
    assert found["birthTime"].get("value") == value(message, "PID-7")


def test_a_message_in_a_message_is_about_whom_it_says(deidentifier: Deidentifier, names: tuple[str, str, str]) -> None:
    other = released(deidentifier, adt("A01", pid=OTHER_PID))
    inner = decoded(released(deidentifier, sent(base64_of(oru("Mr. Roessner is well.", pid=OTHER_PID))))).encode()
    assert [value(inner, path) for path in ("PID-3", "PID-5", "PID-7")] == [
        value(other, path) for path in ("PID-3", "PID-5", "PID-7")
    ]
    assert value(inner, "OBX-5").startswith(f"Mr. {value(other, 'PID-5.1')} is")


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ('<?xml version="1.0"?><?mso by="Johanna Doemann"?><r>Well.</r>', "{} {}"),
        ('<!DOCTYPE r SYSTEM "Johanna Doemann"><r>Well.</r>', "{} {}"),
        ("<html><style>/* Johanna Doemann */ p {{color: red}}</style><p>Well.</p></html>", "{} {}"),
        ('<html><p class="Doemann">Well.</p></html>', "{1}"),
    ],
)
def test_names_are_found_where_only_programs_look(
    deidentifier: Deidentifier, names: tuple[str, str, str], content: str, name: str
) -> None:
    family, given, _ = names
    old, new = name.format("Johanna", "Doemann"), name.format(given, family)
    assert decoded(released(deidentifier, sent(base64_of(content)))) == content.replace(old, new)


@pytest.mark.parametrize(
    "content",
    [
        '<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="CDA.xsl"?><r>Well.</r>',
        "<html><style>td.May, .smith { font-family: Arial, 'Times New Roman' } /* 1.2 */</style>Well.</html>",
        '<html><p class="hapiHeaderText green">Well.</p></html>',
    ],
)
def test_what_only_programs_look_at_goes_on_working(deidentifier: Deidentifier, content: str) -> None:
    assert decoded(released(deidentifier, sent(base64_of(content)))) == content


@pytest.mark.parametrize(
    ("encoding", "write", "read"),
    [
        ("A", lambda text: text, lambda data: data),
        ("", lambda text: text, lambda data: data),
        ("Hex", lambda text: text.encode().hex(), lambda data: bytes.fromhex(data).decode()),
        ("", base64_of, lambda data: base64.b64decode(data).decode()),
    ],
)
def test_the_encoding_that_the_message_says_or_shows_is_read_and_written(
    deidentifier: Deidentifier, names: tuple[str, str, str], encoding: str, write: Any, read: Any
) -> None:
    clean = received(released(deidentifier, sent(write(f"<p>{SENTENCE}</p>"), encoding)))
    assert_clean(read(clean), names)


# --- What cannot be read --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content", [PDF, b"\x89PNG\r\n\x1a\nDoemann", b"\0\1Doemann\2", b"MIME-Version: 1.0\n\nDoemann"]
)
def test_what_cannot_be_read_gives_way_to_a_marker(deidentifier: Deidentifier, content: bytes) -> None:
    assert decoded(released(deidentifier, sent(base64_of(content)))) == "[removed]"
    form = form_of(released(deidentifier, attached(content, "application/pdf"), FHIR))
    assert (base64.b64decode(form["data"]), form["contentType"]) == (b"[removed]", "text/plain")


@pytest.mark.parametrize("data", ["Doemann!", "RG9lbWFubg=x", "ä"])
def test_what_is_not_base64_gives_way_to_a_marker(deidentifier: Deidentifier, data: str) -> None:
    assert decoded(released(deidentifier, sent(data))) == "[removed]"


def test_an_encoding_that_nobody_knows_gives_way_to_a_marker(deidentifier: Deidentifier) -> None:
    assert received(released(deidentifier, sent(base64_of(SENTENCE), "Base85"))) == "[removed]"


# --- What stands beside the data ------------------------------------------------------------------------------------


def hash_of(content: bytes) -> str:
    return base64.b64encode(hashlib.sha1(content, usedforsecurity=False).digest()).decode()


@pytest.mark.parametrize("content", [SENTENCE.encode(), HTML.encode(), PDF, INNER_FHIR.encode()])
def test_hash_and_size_agree_with_the_data(deidentifier: Deidentifier, content: bytes) -> None:
    message = attached(content, hash=hash_of(content), size=len(content))
    form = form_of(released(deidentifier, message, FHIR))
    data = base64.b64decode(form["data"])
    assert data != content
    assert (form["hash"], form["size"]) == (hash_of(data), len(data))


def test_what_stands_beside_data_that_stay_stays(deidentifier: Deidentifier) -> None:
    message = attached("Nothing was found.", "text/plain; charset=utf-8", hash="stated by the sender", size=7)
    form = form_of(released(deidentifier, message, FHIR))
    assert (form["hash"], form["size"]) == ("stated by the sender", 7)
    assert form["contentType"] == "text/plain; charset=utf-8"


def test_a_media_type_names_no_file(deidentifier: Deidentifier) -> None:
    form = form_of(released(deidentifier, attached("Well.", 'text/plain; name="Doemann.txt"'), FHIR))
    assert form["contentType"] == "text/plain"


def test_base64_without_padding_is_written_and_counted_as_it_came(deidentifier: Deidentifier) -> None:
    for extra in range(3):
        content = f"{SENTENCE}{'.' * extra}"
        message = attached(content, size=len(content))
        bare = message.replace(base64_of(content).encode(), base64_of(content).rstrip("=").encode())
        form = form_of(released(deidentifier, bare, FHIR))
        data = form["data"] + "=" * (-len(form["data"]) % 4)
        assert form["size"] == len(base64.b64decode(data, validate=True))


# --- Documents in documents -----------------------------------------------------------------------------------------


def nested(depth: int, content: str) -> str:
    for _ in range(depth):
        content = json.dumps({"resourceType": "Binary", "contentType": "text/plain", "data": base64_of(content)})
    return content


def innermost(content: str) -> str:
    while content.startswith("{"):
        content = base64.b64decode(json.loads(content)["data"]).decode()
    return content


def test_documents_in_documents_are_opened_three_deep(deidentifier: Deidentifier, names: tuple[str, str, str]) -> None:
    for depth in (1, 2):
        clean = innermost(decoded(released(deidentifier, sent(base64_of(nested(depth, SENTENCE))))))
        assert_clean(clean, names)
    for depth in (3, 5):
        clean = decoded(released(deidentifier, sent(base64_of(nested(depth, SENTENCE)))))
        assert innermost(clean) == "[removed]"


# --- Text that only looks like markup, and markup in text fields ----------------------------------------------------


@pytest.mark.parametrize("text", ["<5 mg", "<0.01", "< 5 <b", "{not RTF}", "<jo>"])
def test_a_text_that_begins_like_markup_is_text(deidentifier: Deidentifier, text: str) -> None:
    assert value(released(deidentifier, oru(text)), "OBX-5") == text
    seen = observation(valueString=text)
    assert resources(released(deidentifier, bundle(patient(), seen), FHIR))[1]["valueString"] == text


def test_a_name_after_what_looks_like_markup_is_found(deidentifier: Deidentifier, names: tuple[str, str, str]) -> None:
    clean = value(released(deidentifier, oru(f"<5 mg. {SENTENCE}")), "OBX-5")
    assert clean.startswith("<5 mg. ")
    assert_clean(clean, names)


def test_a_report_in_rtf_or_html_in_a_text_field_is_opened(
    deidentifier: Deidentifier, names: tuple[str, str, str]
) -> None:
    assert_clean(value(released(deidentifier, oru(HTML)), "OBX-5"), names)
    rtf = RTF.replace("\\", "\\E\\")
    clean = value(released(deidentifier, oru(rtf)), "OBX-5").replace("\\E\\", "\\")
    assert_clean(clean, names)
    assert clean.startswith(r"{\rtf1\ansi")


# --- Narrative ------------------------------------------------------------------------------------------------------


DIV = (
    '<div xmlns="http://www.w3.org/1999/xhtml" xml:lang="en"><p class="b">Ms. <b>Doe</b>mann &amp; family,'
    f' first name <i>Johanna</i>.</p><img alt="Doemann" src="a.png"/><p>MRN {MRN}</p></div>'
)


def test_narrative_stays_xhtml_with_its_namespace(deidentifier: Deidentifier, names: tuple[str, str, str]) -> None:
    family, given, number = names
    narrated = patient(text={"status": "generated", "div": DIV})
    div = resources(released(deidentifier, bundle(narrated, observation()), FHIR))[0]["text"]["div"]
    root = ElementTree.fromstring(div)
    assert root.tag == "{http://www.w3.org/1999/xhtml}div"
    assert div.startswith('<div xmlns="http://www.w3.org/1999/xhtml" xml:lang="en"><p class="b">Ms. ')
    assert "".join(root.itertext()) == f"Ms. {family} & family, first name {given}.MRN {number}"
    assert not re.search(f"Doe|mann|Johanna|{MRN}", div)
