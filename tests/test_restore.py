"""What `encrypt` has made leads back to the very bytes: in HL7 v2, FHIR, text, and in documents inside messages."""

import base64
import hashlib
import json
from typing import Any

import pytest
from handwritten import adt, bundle, er7, observation, oru, patient
from hypothesis import given, settings
from hypothesis import strategies as st

from streamdeid.build import build_deidentifier, load_policy
from streamdeid.engine import Deidentifier, Request
from streamdeid.policy.policy import Operator, Policy, Rule
from streamdeid.policy.rule_forms import misfits
from streamdeid.restore import Restorer
from streamdeid.transform.encryption import TOKEN
from streamdeid.types import Format, Released

SECRET = b"a made-up secret for tokens and the way back"
OTHER_SECRET = b"another made-up secret for what is not ours"
_STAYING = {Operator.KEEP, Operator.DETECT, Operator.DOCUMENT, Operator.QUARANTINE, Operator.CODE, Operator.MEDIA_TYPE}


def encrypting() -> Policy:
    """The default policy with `encrypt` for every operator that changes a value, or `keep` where no token fits."""
    policy = load_policy()

    def of(format: Format, rules: Any) -> dict[str, Rule]:
        return {name: _encrypting(format, name, rule) for name, rule in rules.items()}

    hl7v2 = policy.hl7v2.model_copy(update={"rules": of(Format.HL7V2, policy.hl7v2.rules)})
    fhir = policy.fhir.model_copy(update={"rules": of(Format.FHIR, policy.fhir.rules), "tags": ()})
    documents = policy.documents.model_copy(update={"rules": of(Format.TEXT, policy.documents.rules)})
    labels = {label: Rule(operator=Operator.ENCRYPT) for label in policy.labels}
    parts = {"hl7v2": hl7v2, "fhir": fhir, "documents": documents, "labels": labels, "models": ()}
    return policy.model_copy(update=parts)


def _encrypting(format: Format, name: str, rule: Rule) -> Rule:
    if rule.operator in _STAYING:
        return rule
    label = rule.label or rule.strategy.default_label or "ID/OTHER"
    new = Rule(operator=Operator.ENCRYPT, label=label, scope=rule.scope)
    return Rule(operator=Operator.KEEP) if misfits(format, name, new.strategy, label) else new


POLICY = encrypting()


@pytest.fixture(scope="module")
def there() -> Deidentifier:
    return build_deidentifier(POLICY, SECRET)


@pytest.fixture(scope="module")
def back() -> Restorer:
    return Restorer(POLICY, [SECRET])


def round_trip(there: Deidentifier, back: Restorer, content: bytes, format: Format) -> bytes:
    """The clean bytes of a message that came back as it was."""
    (outcome,) = there.process([Request(content, format, 0)], {})
    assert isinstance(outcome, Released), outcome
    restored = back(outcome.content, format)
    assert restored.content == content
    assert restored.restored >= len(TOKEN.findall(outcome.content.decode("utf-8", "replace"))) > 0 == restored.left
    return outcome.content


WORDS = st.text(st.sampled_from("abcXYZ 019éßŁ|^~\\&'\"<>{}/.-"), min_size=1, max_size=24)


@settings(max_examples=60, deadline=None)
@given(st.lists(WORDS, min_size=3, max_size=3))
def test_hl7v2_comes_back(there: Deidentifier, back: Restorer, words: list[str]) -> None:
    escaped = [_escaped(word) for word in words]
    pid = f"PID|1||40017765^^^MADEUP&2.999.1&ISO^MR||Doemann{escaped[0]}^Johanna||19700101|F|||{escaped[1]}^^Nowhere"
    clean = round_trip(there, back, oru(f"Seen by Dr. Nobody: {escaped[2]}", pid=pid), Format.HL7V2)
    assert b"40017765" not in clean
    assert b"Johanna" not in clean


def _escaped(text: str) -> str:
    letters = {"|": "F", "^": "S", "~": "R", "\\": "E", "&": "T"}
    return "".join(f"\\{letters[char]}\\" if char in letters else char for char in text)


@pytest.mark.parametrize("name", [r"Doe\X6D61\nn", r"D\.br\oemann", r"Doe\T\mann", "Döémann", r"Doe\Zxx\mann", '"Doe"'])
def test_hl7v2_comes_back_however_it_was_written(there: Deidentifier, back: Restorer, name: str) -> None:
    pid = f"PID|1||40017765^^^MADEUP&2.999.1&ISO^MR||{name}^Johanna||19700101|F"
    round_trip(there, back, oru(f"Report on {name} and {name}", "Doemann", pid=pid), Format.HL7V2)


def test_hl7v2_comes_back_in_its_charset(there: Deidentifier, back: Restorer) -> None:
    pid = "PID|1||40017765^^^MADEUP&2.999.1&ISO^MR||Dömänn^Jöhanna||19700101|F"
    content = er7("ADT^A01^ADT_A01", "EVN||20240304", pid, charset="8859/1").decode().encode("latin-1")
    round_trip(there, back, content, Format.HL7V2)


@settings(max_examples=60, deadline=None)
@given(st.lists(WORDS, min_size=2, max_size=2), st.booleans())
def test_fhir_comes_back(there: Deidentifier, back: Restorer, words: list[str], ascii_only: bool) -> None:
    resource = patient(name=[{"family": f"Doemann{words[0]}", "given": ["Johanna"]}], address=[{"text": words[1]}])
    content = json.dumps(resource, ensure_ascii=ascii_only).encode()
    clean = round_trip(there, back, content, Format.FHIR)
    assert b"Johanna" not in clean


def test_fhir_comes_back_from_a_bundle_with_narrative(there: Deidentifier, back: Restorer) -> None:
    text = {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">J. Doemann &amp; Johanna</div>'}
    name = [{"family": "Doemann", "given": ["Johanna"]}]
    content = bundle(patient(name=name, text=text), observation(valueString="Johanna D\u00f6emann was seen"))
    clean = round_trip(there, back, content, Format.FHIR)
    assert b"Johanna" not in clean


@pytest.mark.parametrize("escape", [r"Doe\u006dann", "Doe\\/mann", "Doe\\tmann"])
def test_fhir_comes_back_however_it_was_written(there: Deidentifier, back: Restorer, escape: str) -> None:
    content = json.dumps(patient(name=[{"family": "FAMILY", "given": ["Johanna"]}])).replace("FAMILY", escape)
    round_trip(there, back, content.encode(), Format.FHIR)


def test_text_comes_back(there: Deidentifier, back: Restorer) -> None:
    text = "Patient: Johanna Doemann, MRN 40017765, born 1970-01-01.\nCall 555-867-5309 or write j.doe@example.net.\n"
    clean = round_trip(there, back, text.encode(), Format.TEXT)
    assert b"555-867-5309" not in clean


@pytest.mark.parametrize("width", [0, 76])
def test_a_document_inside_comes_back(there: Deidentifier, back: Restorer, width: int) -> None:
    body = "<p>Johanna Doemann &amp; her number 40017765</p>" + "<p>Nothing else.</p>" * 8
    page = f"<html><body>{body}</body></html>"
    digits = base64.b64encode(page.encode()).decode()
    if width:
        digits = "\\.br\\".join(digits[at : at + width] for at in range(0, len(digits), width))
    pid = "PID|1||40017765^^^MADEUP&2.999.1&ISO^MR||Doemann^Johanna||19700101|F"
    obx = f"OBX|1|ED|1^Report^L||^TEXT^HTML^Base64^{digits}||||||F"
    content = er7("ORU^R01^ORU_R01", pid, "OBR|1|||1^Report^L|||20240304", obx)
    clean = round_trip(there, back, content, Format.HL7V2)
    assert digits.encode() not in clean


def test_an_attachment_comes_back_with_its_size_and_hash(there: Deidentifier, back: Restorer) -> None:
    page = b"<html><body><p>Johanna Doemann was seen.</p></body></html>"
    digest = base64.b64encode(hashlib.sha1(page, usedforsecurity=False).digest()).decode()
    encoded = base64.b64encode(page).decode()
    attachment = {"contentType": "text/html", "data": encoded, "size": len(page), "hash": digest}
    reference = {
        "resourceType": "DocumentReference",
        "status": "current",
        "subject": {"reference": "Patient/p1"},
        "content": [{"attachment": attachment}],
    }
    content = bundle(patient(name=[{"family": "Doemann", "given": ["Johanna"]}]), reference)
    clean = round_trip(there, back, content, Format.FHIR)
    assert encoded.encode() not in clean


def test_tokens_of_another_secret_are_left_and_counted(there: Deidentifier) -> None:
    (outcome,) = there.process([Request(adt(), Format.HL7V2, 0)], {})
    assert isinstance(outcome, Released)
    restored = Restorer(POLICY, [OTHER_SECRET])(outcome.content, Format.HL7V2)
    assert restored.content == outcome.content
    assert restored.restored == 0 < restored.left
    assert Restorer(POLICY, [OTHER_SECRET, SECRET])(outcome.content, Format.HL7V2).content == adt()


def test_a_changed_token_is_left_and_counted(there: Deidentifier, back: Restorer) -> None:
    (outcome,) = there.process([Request(adt(), Format.HL7V2, 0)], {})
    assert isinstance(outcome, Released)
    token = TOKEN.search(outcome.content.decode())
    assert token is not None
    changed = outcome.content.decode().replace(token[0], token[0][:-3] + "AA.", 1)
    assert back(changed.encode(), Format.HL7V2).left == 1


def test_what_looks_like_a_token_before_one_does_not_hide_it(there: Deidentifier, back: Restorer) -> None:
    text = "See sde1.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: Call 555-867-5309."
    round_trip(there, back, text.encode(), Format.TEXT)
