"""What kind of number an identifier is, by its type code or its authority: social security numbers become ones that
were never issued."""

import re

import pytest
from handwritten import adt, er7, oru, process, released, rows, value

from streamdeid.engine import Deidentifier
from streamdeid.formats import checkdigits
from streamdeid.formats.er7 import scan
from streamdeid.formats.variants import plain_name
from streamdeid.types import Released

SSN = "123-45-6789"


def pid(*identifiers: str) -> str:
    return f"PID|1||{'~'.join(('40017765^^^MADEUP^MR', *identifiers))}||Doemann^Johanna||19610214|F"


def numbers(content: bytes, path: str = "PID-3") -> list[str]:
    segment = next(row for row in content.decode().split("\r") if row[:3] == path[:3])
    return [repetition.split("^")[0] for repetition in segment.split("|")[int(path[4:])].split("~")]


def never_issued(number: str) -> bool:
    return re.fullmatch(r"9\d{8}", number.replace("-", "")) is not None


@pytest.mark.parametrize(
    "identifier",
    [
        f"{SSN}^^^^SS",
        f"{SSN}^^^USSSA^SS",
        f"{SSN}^^^SSA",
        f"{SSN}^^^&2.16.840.1.113883.4.1&ISO",
        f"{SSN}^^^SSA&2.16.840.1.113883.4.1&ISO^PI",
        f"{SSN}^^^MADEUP^ss ",
    ],
)
def test_a_social_security_number_in_pid_3(deidentifier: Deidentifier, identifier: str) -> None:
    clean = released(deidentifier, adt(pid=pid(identifier)))
    _, false = numbers(clean)
    assert never_issued(false)
    assert false.count("-") == 2
    assert value(clean, "PID-3.1") != "40017765"


@pytest.mark.parametrize("version", ["2.2", "2.3", "2.4", "2.5.1", "2.8.2"])
def test_in_every_version(deidentifier: Deidentifier, version: str) -> None:
    clean = released(deidentifier, er7("ADT^A01", pid(f"{SSN}^^^MADEUP^SS"), version=version))
    assert never_issued(numbers(clean)[1])


def test_other_numbers_of_the_same_form_are_not_taken_for_one(deidentifier: Deidentifier) -> None:
    clean = released(deidentifier, adt(pid=pid("123456789^^^MADEUP^PI", "123456780^^^MADEUP^SS")))
    plain, social = numbers(clean)[1:]
    assert never_issued(social)
    assert plain != "123456789"
    untyped = numbers(released(deidentifier, adt(pid=pid("123456789^^^MADEUP"))))[1]
    assert plain == untyped  # the type does not matter to any other number


@pytest.mark.parametrize("field", ["PID-3", "PID-2", "PID-4", "MRG-1", "IN1-49", "NK1-33"])
def test_in_every_field(deidentifier: Deidentifier, field: str) -> None:
    name, _, number = field.partition("-")
    row = pid().split("|") if name == "PID" else [name]
    row += [""] * (int(number) + 1 - len(row))
    row[int(number)] = f"40017765^^^MADEUP^MR~{SSN}^^^SSA^SS"
    segments = ["|".join(row)] if name == "PID" else [pid(), "|".join(row)]
    clean = released(deidentifier, er7("ADT^A01", *segments))
    assert never_issued(numbers(clean, field)[1])


def test_a_report_tells_the_same_false_number(deidentifier: Deidentifier) -> None:
    report = oru("SSN 123-45-6789 was checked.", "Also written 123456789.", pid=pid(f"{SSN}^^^SSA^SS"))
    clean = released(deidentifier, report)
    false = numbers(clean)[1]
    assert rows(clean) == [f"SSN {false} was checked.", f"Also written {false.replace('-', '')}."]


def test_a_provider_by_social_security_number(deidentifier: Deidentifier) -> None:
    clean = released(deidentifier, adt("A01", f"PV1|1|I|||||{SSN}^Feldscher^Ida^^^^^^SSA^L^^^SS"))
    assert never_issued(value(clean, "PV1-7.1"))


@pytest.mark.parametrize(
    ("identifier", "label"),
    [
        (f"{SSN}^^^^SS", "ID/SSN"),
        ("D1234567^^^OH^DL", "ID/LICENSE"),
        ("1234567893^^^NPPES^NPI", "ID/NPI"),
        ("8877^^^MADEUP^AN", "ID/ACCOUNT"),
        ("777^^^MADEUP^MR", "ID/MRN"),
        ("777^^^MADEUP^XX", "ID/OTHER"),
    ],
)
def test_the_audit_names_the_kind(deidentifier: Deidentifier, identifier: str, label: str) -> None:
    outcome = process(deidentifier, adt("A01", f"NK1|1|Anverwandt^Kunigunde{'|' * 31}{identifier}", pid=pid()))
    assert isinstance(outcome, Released)
    assert [one.label for one in outcome.replacements if one.path == "NK1-33.1"] == [label]


def test_a_national_provider_identifier_stays_one(deidentifier: Deidentifier) -> None:
    clean = released(deidentifier, adt("A01", "PV1|1|I|||||1234567893^Feldscher^Ida^^^^^^NPPES^L^^^NPI", pid=pid()))
    assert checkdigits.is_npi(value(clean, "PV1-7.1"))
    assert value(clean, "PV1-7.1") != "1234567893"


@pytest.mark.parametrize(
    ("segment", "path", "name"),
    [
        ("PID|1||777^^^SSA^SS", "PID-3.1", "CX(SS).1"),
        ("PID|1||777^^^&2.16.840.1.113883.4.1&ISO^SS", "PID-3.1", "CX(SS).1"),
        ("PV1|1||||||777^A^B^^^^^^^^^^DL", "PV1-7.1", "XCN(DL).1"),
        ("PD1|||A^L^^^^CMS&2.16.840.1.113883.4.6&ISO^NPI^^^777", "PD1-3.10", "XON(NPI).10"),
    ],
)
def test_a_policy_can_name_the_place_by_the_type(segment: str, path: str, name: str) -> None:
    document = scan(er7("ADT^A01", segment))
    (leaf,) = (leaf for leaf in document.leaves if leaf.text == "777")
    assert leaf.place.path == path
    assert leaf.place.lineage[:4] == (path, path.partition(".")[0], name, plain_name(name))


def test_a_type_says_nothing_of_another_repetition() -> None:
    document = scan(er7("ADT^A01", "PID|1||777~888^^^^SS~999"))
    typed = [leaf.text for leaf in document.leaves if "CX(SS).1" in leaf.place.lineage]
    assert typed == ["888"]
