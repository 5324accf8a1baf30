"""Z-segments and Z-fields: a policy declares their datatypes; what it does not declare is refused."""

from typing import Any

import pytest
from handwritten import MRN, PID, adt, er7, process, refused, released, value

from streamdeid.build import build_deidentifier, load_policy
from streamdeid.engine import Deidentifier
from streamdeid.policy.policy import Policy
from streamdeid.types import Quarantined

SEGMENTS = {
    "ZPI": {1: "SI", 3: "CX", 5: "XPN", 6: "XAD", 7: "DTM", 8: "ST", 9: "CWE", 10: "NM", 11: "XTN"},
    "PID": {41: "XPN"},
    "PV1": {60: "CX"},
}
ZPI = (
    f"ZPI|1||{MRN}^4^M10^MADEUP^MR~123-45-6789^^^SSA^SS||Doemann^Johanna|12 Nonesuch Lane^^Nowhereton^OH"
    "|20240304|Told by Mrs. Doemann|X1^Johanna said so^L|7|(614) 555-0143^PRN^PH"
)


def engine(segments: dict[str, dict[int, str]], **rules: Any) -> Deidentifier:
    given = load_policy()
    hl7v2 = given.hl7v2.model_dump(by_alias=True) | {"segments": segments}
    hl7v2["rules"] |= rules
    return build_deidentifier(Policy.model_validate(given.model_dump(by_alias=True) | {"hl7v2": hl7v2}), b"made up" * 5)


@pytest.fixture(scope="module")
def declared() -> Deidentifier:
    return engine(SEGMENTS)


def test_a_declared_segment_is_treated_by_its_datatypes(declared: Deidentifier) -> None:
    clean = released(declared, adt("A01", ZPI))
    number, _, *rest = value(clean, "ZPI-3").split("~")[0].split("^")
    assert number == value(clean, "PID-3.1")
    assert rest == ["M10", "MADEUP", "MR"]
    assert value(clean, "ZPI-3").split("~")[1].startswith("9")
    family, given = (value(clean, path) for path in ("PID-5.1", "PID-5.2"))
    assert value(clean, "ZPI-5") == f"{family}^{given}"
    assert value(clean, "ZPI-6.1") == value(clean, "PID-11.1")
    assert value(clean, "ZPI-8") == f"Told by Mrs. {family}"
    assert value(clean, "ZPI-9") == f"X1^{given} said so^L"
    assert value(clean, "ZPI-10") == "7"
    assert value(clean, "ZPI-11") == value(clean, "PID-13")
    assert value(clean, "ZPI-7") != "20240304"


def test_a_declared_field_of_a_known_segment(declared: Deidentifier) -> None:
    pid = f"{PID}{'|' * 28}Doemann^Johanna"
    assert pid.split("|")[41] == "Doemann^Johanna"
    visit = f"PV1|1|I{'|' * 58}{MRN}^^^MADEUP^MR"
    clean = released(declared, er7("ADT^A01", pid, visit))
    assert value(clean, "PID-41") == "^".join(value(clean, "PID-5").split("^")[:2])
    assert value(clean, "PV1-60.1") == value(clean, "PID-3.1")


@pytest.mark.parametrize("version", ["2.1", "2.3", "2.5.1", "2.8.2", "2.9"])
def test_in_every_version(declared: Deidentifier, version: str) -> None:
    clean = released(declared, er7("ADT^A01", PID, ZPI, version=version))
    for part in ("Doemann", "Johanna", MRN, "6789", "Nonesuch", "20240304", "555-0143"):
        assert part.encode() not in clean


@pytest.mark.parametrize(
    ("segment", "expected"),
    [
        ("ZZZ|1", ("er7.unknown_segment", "ZZZ-1")),
        ("ZZZ||Doemann^Johanna", ("er7.unknown_segment", "ZZZ-2.1")),
        ("ZPI|1|x", ("policy.unnamed", "ZPI-2")),
        ("ZPI|1||||||||||||x", ("policy.unnamed", "ZPI-13")),
        ("PV1|1|I" + "|" * 59 + "x", ("policy.unnamed", "PV1-61")),
    ],
)
def test_what_is_not_declared_is_refused(declared: Deidentifier, segment: str, expected: tuple[str, str]) -> None:
    assert refused(declared, adt("A01", segment)) == expected


def test_nothing_is_declared_by_default(deidentifier: Deidentifier) -> None:
    assert refused(deidentifier, adt("A01", ZPI)) == ("er7.unknown_segment", "ZPI-1")


def test_a_datatype_that_nobody_knows_declares_nothing() -> None:
    outcome = process(engine({"ZPI": {1: "NOSUCH"}}), adt("A01", "ZPI|1"))
    assert isinstance(outcome, Quarantined)
    assert outcome.path == "ZPI-1"


def test_a_segment_without_values_may_pass(deidentifier: Deidentifier) -> None:
    clean = released(deidentifier, adt("A01", "ZPI|||"))
    assert b"\rZPI|||\r" in clean


def test_rules_may_speak_of_declared_places() -> None:
    picky = engine({"ZPI": {1: "SI", 8: "ST"}}, **{"ZPI-8": "remove"})
    assert value(released(picky, adt("A01", "ZPI|1|||||||Anything")), "ZPI-8") == ""
