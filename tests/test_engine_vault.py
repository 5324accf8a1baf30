"""What the engine remembers from one message to the next, and what it may not remember."""

import json

import pytest
from handwritten import MRN, OTHER_PID, PID, adt, day, observation, oru, process, released, rows, value

from streamdeid.engine import Deidentifier, Request
from streamdeid.types import Format, Released


@pytest.fixture(scope="module")
def admission(deidentifier: Deidentifier) -> bytes:
    return released(deidentifier, adt())


NAMELESS = "PID|1||40017765^^^MADEUP&2.999.1&ISO^MR"


def test_a_later_report_without_a_name_still_has_it_replaced(deidentifier: Deidentifier, admission: bytes) -> None:
    vault: dict[str, bytes] = {}
    released(deidentifier, adt(), vault=vault, sequence=1)
    report = oru("Johanna was seen by the team; Doemann agreed.", pid=NAMELESS)
    text = rows(released(deidentifier, report, vault=vault, sequence=2))
    family, given = value(admission, "PID-5.1"), value(admission, "PID-5.2")
    assert text == [f"{given} was seen by the team; {family} agreed."]


def test_a_message_handled_again_gives_the_same_bytes_after_later_ones_taught_more(deidentifier: Deidentifier) -> None:
    vault: dict[str, bytes] = {}
    married = PID.replace("Doemann", "Ostermilch")
    early = oru("Johanna was seen with Ostermilch.", pid=NAMELESS)
    first = [
        released(deidentifier, content, vault=vault, sequence=number)
        for number, content in enumerate((adt(), early, adt("A08", pid=married), early))
    ]
    assert b"Ostermilch" in first[1]  # nobody had stated the name yet
    assert b"Ostermilch" not in first[3]
    again = [
        released(deidentifier, content, vault=vault, sequence=number)
        for number, content in enumerate((adt(), early, adt("A08", pid=married), early))
    ]
    assert again == first


def test_a_batch_is_its_messages_one_by_one(deidentifier: Deidentifier) -> None:
    contents = [adt(), oru("Johanna was seen.", pid=NAMELESS), b"", adt("A08", pid=OTHER_PID)]
    requests = [Request(content, Format.HL7V2, number) for number, content in enumerate(contents)]
    vault: dict[str, bytes] = {}
    one_by_one = [deidentifier.process([request], vault)[0] for request in requests]
    assert deidentifier.process(requests, {}) == one_by_one
    assert [isinstance(outcome, Released) for outcome in one_by_one] == [True, True, False, True]


def test_what_is_not_released_teaches_nothing(deidentifier: Deidentifier) -> None:
    vault: dict[str, bytes] = {}
    process(deidentifier, adt("A01", "ZPI|1|unknown"), vault=vault)
    assert not vault


def test_what_is_stated_about_a_relative_is_not_taken_for_the_patient(deidentifier: Deidentifier) -> None:
    vault: dict[str, bytes] = {}
    released(deidentifier, adt("A01", "NK1|1|Anverwandt^Kunigunde"), vault=vault, sequence=1)
    text = rows(released(deidentifier, oru("Anverwandt is a made-up word.", pid=NAMELESS), vault=vault, sequence=2))
    assert text == ["Anverwandt is a made-up word."]


def merge(event: str = "A40") -> bytes:
    return adt(event, "MRG|70028831^^^MADEUP&2.999.1&ISO^MR||||||Roessner^Ambrose")


def test_a_merge_carries_the_false_identity_forward(deidentifier: Deidentifier, admission: bytes) -> None:
    vault: dict[str, bytes] = {}
    before = released(deidentifier, adt(pid=OTHER_PID), vault=vault, sequence=1)
    merged = released(deidentifier, merge(), vault=vault, sequence=2)
    after = released(deidentifier, adt("A08", pid=OTHER_PID), vault=vault, sequence=3)
    assert value(merged, "MRG-1.1") == value(before, "PID-3.1")  # receivers can follow the merge
    assert value(merged, "PID-5") == value(admission, "PID-5")
    # from now on the prior number's messages speak of the survivor's false person
    assert day(value(after, "EVN-2")) == day(value(admission, "EVN-2")) != day(value(before, "EVN-2"))
    same_name = adt("A08", pid=OTHER_PID.replace("Roessner^Ambrose", "Doemann^Johanna"))
    after = released(deidentifier, same_name, vault=vault, sequence=4)
    assert value(after, "PID-5.1") == value(admission, "PID-5.1")
    assert value(after, "PID-5.2") == value(admission, "PID-5.2")


def test_a_message_from_before_a_merge_keeps_its_identity_when_handled_again(deidentifier: Deidentifier) -> None:
    vault: dict[str, bytes] = {}
    before = released(deidentifier, adt(pid=OTHER_PID), vault=vault, sequence=1)
    released(deidentifier, merge(), vault=vault, sequence=2)
    assert released(deidentifier, adt(pid=OTHER_PID), vault=vault, sequence=1) == before


def test_a_patient_merged_twice_is_whom_each_message_took_them_for(deidentifier: Deidentifier) -> None:
    vault: dict[str, bytes] = {}
    third = PID.replace(MRN, "60000003")
    into_third = adt("A40", "MRG|70028831^^^MADEUP&2.999.1&ISO^MR", pid=third)
    contents = (adt(pid=OTHER_PID), merge(), adt("A08", pid=OTHER_PID), into_third, adt("A08", pid=OTHER_PID))
    first = [released(deidentifier, one, vault=vault, sequence=at) for at, one in enumerate(contents)]
    again = [released(deidentifier, one, vault=vault, sequence=at) for at, one in enumerate(contents)]
    assert again == first
    assert len({value(first[at], "EVN-2") for at in (0, 2, 4)}) == 3


def test_merges_follow_one_another(deidentifier: Deidentifier) -> None:
    vault: dict[str, bytes] = {}
    third = PID.replace(MRN, "60000003")
    released(deidentifier, merge(), vault=vault, sequence=1)
    second_merge = adt("A40", f"MRG|{MRN}^^^MADEUP&2.999.1&ISO^MR", pid=third)
    released(deidentifier, second_merge, vault=vault, sequence=2)
    dates = {
        value(released(deidentifier, adt("A08", pid=pid), vault=vault, sequence=3), "EVN-2")
        for pid in (PID, OTHER_PID, third)
    }
    assert len(dates) == 1


def test_a_merge_handled_again_does_not_know_what_it_taught(deidentifier: Deidentifier) -> None:
    vault: dict[str, bytes] = {}
    released(deidentifier, adt(pid=OTHER_PID), vault=vault, sequence=1)
    content = adt("A40", "MRG|70028831^^^MADEUP&2.999.1&ISO^MR", "NTE|1||Roessner is a made-up word")
    first = released(deidentifier, content, vault=vault, sequence=2)
    assert released(deidentifier, content, vault=vault, sequence=2) == first


def test_after_a_merge_a_report_may_use_the_names_of_both(deidentifier: Deidentifier) -> None:
    vault: dict[str, bytes] = {}
    released(deidentifier, adt(pid=OTHER_PID), vault=vault, sequence=1)
    released(deidentifier, adt(), vault=vault, sequence=2)
    released(deidentifier, adt("A40", "MRG|70028831^^^MADEUP&2.999.1&ISO^MR"), vault=vault, sequence=3)
    text = "Roessner, now Doemann, was seen."
    for number in (MRN, "70028831"):
        report = oru(text, pid=NAMELESS.replace(MRN, number))
        (row,) = rows(released(deidentifier, report, vault=vault, sequence=4))
        assert "Roessner" not in row
        assert "Doemann" not in row


def test_a_circle_of_merges_ends(deidentifier: Deidentifier) -> None:
    vault: dict[str, bytes] = {}
    released(deidentifier, merge(), vault=vault, sequence=1)
    back = adt("A40", f"MRG|{MRN}^^^MADEUP&2.999.1&ISO^MR", pid=OTHER_PID)
    released(deidentifier, back, vault=vault, sequence=2)
    released(deidentifier, adt(), vault=vault, sequence=3)


def test_what_hl7_taught_is_known_in_fhir(deidentifier: Deidentifier, admission: bytes) -> None:
    vault: dict[str, bytes] = {}
    released(deidentifier, adt(), vault=vault, sequence=1)
    subject = {"identifier": {"system": "urn:oid:2.999.1", "value": MRN}}
    seen = observation(subject=subject, valueString="Johanna was seen by the team; Doemann agreed.")
    clean = json.loads(released(deidentifier, json.dumps(seen).encode(), Format.FHIR, vault, 2))
    family, given = value(admission, "PID-5.1"), value(admission, "PID-5.2")
    assert clean["valueString"] == f"{given} was seen by the team; {family} agreed."
