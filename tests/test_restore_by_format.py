"""What `format_preserving` has made in fields comes back, byte for byte, by the rules of the policy alone."""

import base64
import json
from typing import Any

import pytest
import yaml
from handwritten import MRN, OID, adt, bundle, er7, observation, oru, patient, refused, released, resources, rows, value

from streamdeid.build import build_deidentifier, load_policy, parse_policy
from streamdeid.engine import Deidentifier
from streamdeid.policy.policy import Operator, Policy, Rule
from streamdeid.restore import Restorer
from streamdeid.types import Format

SECRET = b"a made-up secret for the way back by places"
OTHER = b"another made-up secret, of a later epoch"
_STAYING = (Operator.KEEP, Operator.DETECT, Operator.DOCUMENT, Operator.QUARANTINE, Operator.CODE)
RULES = {
    "hl7v2": {
        "PID-3.1": "ID/MRN",
        "PID-5.1": "NAME/FAMILY",
        "PID-13.1": "CONTACT/PHONE",
        "PID-11.1": "LOCATION/STREET",
    },
    "fhir": {"Patient.identifier.value": "ID/MRN", "Patient.name.family": "NAME/FAMILY"},
}


def policy_of(paths: Any = ()) -> Policy:
    """The default policy with everything kept, but for `RULES` in the form of the values and given names as tokens."""
    content = load_policy().model_dump(mode="json", by_alias=True, exclude_defaults=True)
    for section, preserved in RULES.items():
        rules = {name: _kept(rule) for name, rule in content[section]["rules"].items()}
        rules |= {name: f"format_preserving {label}" for name, label in preserved.items()}
        content[section]["rules"] = rules | {"PID-5.2" if section == "hl7v2" else "Patient.name.given": TOKEN}
    content["fhir"] |= {"tags": [], "paths": list(paths)}
    content["labels"] = dict.fromkeys(content["labels"], "encrypt") | {
        "DATE": "keep",
        "AGE": "keep",
        "LOCATION": "keep",
    }
    content |= {"name": "by_format", "models": []}
    return parse_policy(yaml.safe_dump(content), "by_format")


TOKEN = "encrypt NAME/GIVEN"


def _kept(rule: Any) -> Any:
    return rule if Rule.model_validate(rule).operator in _STAYING else "keep"


POLICY = policy_of()


@pytest.fixture(scope="module")
def there() -> Deidentifier:
    return build_deidentifier(POLICY, SECRET)


@pytest.fixture(scope="module")
def back() -> Restorer:
    return Restorer(POLICY, [SECRET, OTHER])


@pytest.mark.parametrize(
    "name", ["Doemann", r"Doe\T\mann", "Döémann", r"Doe\.br\mann", r"Doe\X0A\mann", "O'Doemann-Roe", '"Doemann"']
)
def test_hl7v2_comes_back_however_it_was_written(there: Deidentifier, back: Restorer, name: str) -> None:
    pid = f"PID|1||{MRN}^^^MADEUP&{OID}&ISO^MR||{name}^Johanna||19610214|F|||12 Nonesuch Lane||(614) 555-0143"
    content = adt(pid=pid)
    clean = released(there, content)
    for path in ("PID-3.1", "PID-5.1", "PID-5.2", "PID-11.1", "PID-13"):
        assert value(clean, path) != value(content, path), path
    assert value(clean, "PID-13")[0] + value(clean, "PID-13")[4:6] == "() "
    restored = back(clean, Format.HL7V2)
    assert restored == (content, 5, 0)


def test_hl7v2_comes_back_in_its_charset(there: Deidentifier, back: Restorer) -> None:
    pid = f"PID|1||{MRN}^^^MADEUP&{OID}&ISO^MR||Dömänn-Roe^Jöhanna||19610214|F"
    content = er7("ADT^A01^ADT_A01", "EVN||20240304", pid, charset="8859/1").decode().encode("latin-1")
    clean = released(there, content)
    assert clean != content
    assert back(clean, Format.HL7V2).content == content


@pytest.mark.parametrize("written", ["Doemann", "D\\u00f6emann", "Doe\\/mann", 'Doe\\"mann'])
@pytest.mark.parametrize("in_bundle", [False, True])
def test_fhir_comes_back(there: Deidentifier, back: Restorer, written: str, in_bundle: bool) -> None:
    person = patient(name=[{"family": "FAMILY", "given": ["Johanna"]}])
    content = bundle(person, observation(valueString="Nothing.")) if in_bundle else json.dumps(person).encode()
    content = content.replace(b"FAMILY", written.encode())
    clean = released(there, content, Format.FHIR)
    one = resources(clean)[0] if in_bundle else json.loads(clean)
    assert one["identifier"][0]["value"] != MRN
    assert len(one["identifier"][0]["value"]) == len(MRN)
    assert back(clean, Format.FHIR) == (content, 3, 0)


def test_one_number_is_turned_alike_in_both_formats_and_in_text(there: Deidentifier, back: Restorer) -> None:
    made = build_deidentifier(
        POLICY.model_copy(update={"labels": {**POLICY.labels, "ID": Rule.model_validate("format_preserving")}}), SECRET
    )
    content = oru(f"See {MRN}.")
    clean = released(made, content)
    number = value(clean, "PID-3.1")
    assert rows(clean) == [f"See {number}."]
    in_fhir = json.loads(released(there, json.dumps(patient()).encode(), Format.FHIR))
    assert in_fhir["identifier"][0]["value"] == number
    restored = back(clean, Format.HL7V2).content
    assert value(restored, "PID-3.1") == MRN
    assert rows(restored) == [f"See {number}."], "in narrative nothing tells what it is"


def test_an_enclosed_message_comes_back(there: Deidentifier, back: Restorer) -> None:
    inner = base64.b64encode(adt()).decode()
    obx = f"OBX|1|ED|1^Message^L||^APPLICATION^x-hl7^Base64^{inner}||||||F"
    pid = f"PID|1||{MRN}^^^MADEUP&{OID}&ISO^MR||Doemann^Johanna||19610214|F"
    content = er7("ORU^R01^ORU_R01", pid, "OBR|1|||1^Report^L|||20240304", obx)
    clean = released(there, content)
    assert MRN.encode() not in base64.b64decode(value(clean, "OBX-5.5"))
    assert back(clean, Format.HL7V2).content == content


@pytest.mark.parametrize(
    "path",
    [
        "Patient.identifier.where(system = 'urn:oid:2.999.1').value",
        "Patient.identifier.where(use.exists().not()).value",
    ],
)
def test_values_that_a_path_with_a_criterion_picks_come_back(path: str) -> None:
    policy = policy_of([{"path": path, "rule": "format_preserving ID/SSN"}])
    content = json.dumps(patient()).encode()
    clean = released(build_deidentifier(policy, SECRET), content, Format.FHIR)
    other = released(build_deidentifier(POLICY, SECRET), content, Format.FHIR)
    assert json.loads(clean)["identifier"] != json.loads(other)["identifier"], "the label is another one"
    assert Restorer(policy, [SECRET])(clean, Format.FHIR).content == content


def test_the_first_path_that_picks_a_value_decides() -> None:
    paths = [{"path": "Patient.identifier.where(system.exists()).value", "rule": "keep"}]
    content = json.dumps(patient()).encode()
    restored = Restorer(policy_of(paths), [SECRET])(content, Format.FHIR)
    assert json.loads(restored.content)["identifier"][0]["value"] == MRN


@pytest.mark.parametrize(
    ("pid", "where"),
    [
        (f"PID|1||40017^^^MADEUP&{OID}&ISO^MR||Doemann^Johanna", "PID-3.1"),
        (f"PID|1||{MRN}^^^MADEUP&{OID}&ISO^MR||Doe^Johanna", "PID-5.1.1"),
        (f"PID|1||{MRN}^^^MADEUP&{OID}&ISO^MR||Öüéß^Johanna", "PID-5.1.1"),
    ],
)
def test_a_value_that_is_too_short_quarantines_its_message(there: Deidentifier, pid: str, where: str) -> None:
    assert refused(there, adt(pid=pid)) == ("transform.unreadable", where)


def test_what_has_no_letters_or_digits_stays(there: Deidentifier, back: Restorer) -> None:
    content = adt(pid=f"PID|1||{MRN}^^^MADEUP&{OID}&ISO^MR||--^Johanna||19610214|F")
    clean = released(there, content)
    assert value(clean, "PID-5.1") == "--"
    assert back(clean, Format.HL7V2) == (content, 2, 0)


def test_a_value_that_cannot_have_been_made_is_left_and_counted(back: Restorer) -> None:
    content = adt(pid=f"PID|1||40017^^^MADEUP&{OID}&ISO^MR||--^Johanna")
    assert back(content, Format.HL7V2) == (content, 0, 1)


def test_the_first_secret_is_the_one(there: Deidentifier) -> None:
    clean = released(there, adt())
    assert Restorer(POLICY, [OTHER, SECRET])(clean, Format.HL7V2).content != adt()


def test_under_a_policy_without_the_rule_nothing_is_touched(there: Deidentifier) -> None:
    clean = released(there, adt())
    restored = Restorer(load_policy(), [SECRET])(clean, Format.HL7V2).content
    assert value(restored, "PID-3.1") == value(clean, "PID-3.1") != MRN
    assert value(restored, "PID-5.2") == "Johanna"
