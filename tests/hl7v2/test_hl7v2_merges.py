"""Which events make one patient of two (HL7 v2.8.2 chapter 3), before and after, and when handled again."""

import datetime as dt

import pytest
from handwritten import OTHER_PID, PID, adt, day, er7, released, value

from streamdeid.engine import Deidentifier

PRIOR = "70028831^^^MADEUP&2.999.1&ISO^MR"
DATES = dt.timedelta


def shift(clean: bytes) -> dt.timedelta:
    """How far the dates of an ADT message moved."""
    return day(value(clean, "EVN-2")) - dt.date(2024, 3, 5)


def handled(engine: Deidentifier, *contents: bytes) -> list[bytes]:
    """The clean bytes of messages one after another, which must be the same when all are handled again."""
    vault: dict[str, bytes] = {}
    first, again = (
        [released(engine, one, vault=vault, sequence=at) for at, one in enumerate(contents)] for _ in range(2)
    )
    assert first == again
    return first


@pytest.mark.parametrize("event", ["A18", "A30", "A34", "A36", "A39", "A40", "A46", "A47"])
def test_after_a_merge_the_prior_number_means_the_survivor(deidentifier: Deidentifier, event: str) -> None:
    before, merge, after, survivor = handled(
        deidentifier, adt(pid=OTHER_PID), adt(event, f"MRG|{PRIOR}"), adt("A08", pid=OTHER_PID), adt("A08")
    )
    assert shift(before) != shift(survivor)
    assert shift(merge) == shift(after) == shift(survivor)
    # The number itself stays what it was, so that receivers can follow the merge.
    assert value(merge, "MRG-1.1") == value(before, "PID-3.1") == value(after, "PID-3.1")
    assert value(merge, "PID-3.1") == value(survivor, "PID-3.1")


@pytest.mark.parametrize(
    "event",
    ["A35", "A41", "A42", "A43", "A44", "A45", "A48", "A49", "A50", "A51", "A01", "A06", "A07", "A08", "A24", "A31"],
)
def test_all_other_events_leave_two_patients_two(deidentifier: Deidentifier, event: str) -> None:
    mrg = f"MRG|{PRIOR}|ALT77^^^MADEUP|8877^^^MADEUP^AN|EXT9^^^MADEUP|V55^^^MADEUP^VN"
    before, _, after, other = handled(
        deidentifier, adt(pid=OTHER_PID), adt(event, mrg), adt("A08", pid=OTHER_PID), adt("A08")
    )
    assert shift(before) == shift(after) != shift(other)
    for path in ("PID-3", "PID-5", "PID-7", "PID-11", "PID-13"):
        assert value(after, path) == value(before, path) != value(other, path)


@pytest.mark.parametrize("event", ["A35", "A41", "A42", "A48", "A49", "A50", "A51"])
def test_changing_numbers_of_one_patient_changes_no_patient(deidentifier: Deidentifier, event: str) -> None:
    own = PID.split("|")[3]
    before, change, after = handled(deidentifier, adt(), adt(event, f"MRG|{own}||8877^^^MADEUP^AN"), adt("A08"))
    assert value(change, "MRG-1.1") == value(change, "PID-3.1")
    assert value(before, "PID-5") == value(change, "PID-5") == value(after, "PID-5")


def test_account_numbers_agree_between_mrg_and_pid(deidentifier: Deidentifier) -> None:
    with_account = f"{PID}|||||8877^^^MADEUP^AN"
    before, change = handled(
        deidentifier, adt(pid=with_account), adt("A35", "MRG|40017765^^^MADEUP&2.999.1&ISO^MR||8877^^^MADEUP^AN")
    )
    assert value(change, "MRG-3.1") == value(before, "PID-18.1") != "8877"


def test_several_pairs_of_one_message_each_go_to_their_own_survivor(deidentifier: Deidentifier) -> None:
    third, fourth = (PID.replace("40017765", number) for number in ("60000003", "60000004"))
    merge = er7("ADT^A40", "EVN|A40|20240305", PID, f"MRG|{PRIOR}", third, "MRG|60000004^^^MADEUP&2.999.1&ISO^MR")
    _, *after = handled(deidentifier, merge, *(adt("A08", pid=pid) for pid in (PID, OTHER_PID, third, fourth)))
    first, second, third_after, fourth_after = map(shift, after)
    assert first == second
    assert third_after == fourth_after
    assert first != third_after


def test_a_merge_of_several_numbers_of_one_authority(deidentifier: Deidentifier) -> None:
    """One prior patient may have had several; each goes on as the survivor."""
    third = PID.replace("40017765", "60000003")
    both = f"MRG|{PRIOR}~60000003^^^MADEUP&2.999.1&ISO^MR"
    _, *after = handled(deidentifier, adt("A40", both), *(adt("A08", pid=pid) for pid in (PID, OTHER_PID, third)))
    assert len(set(map(shift, after))) == 1


def test_a_prior_social_security_number_merges_nobody(deidentifier: Deidentifier) -> None:
    _, after = handled(deidentifier, adt("A40", "MRG|123456789^^^SSA^SS"), adt("A08", pid=OTHER_PID))
    assert shift(after) == shift(released(deidentifier, adt("A08", pid=OTHER_PID)))


def test_the_prior_name_is_replaced(deidentifier: Deidentifier) -> None:
    (clean,) = handled(deidentifier, adt("A40", f"MRG|{PRIOR}||||||Roessner^Ambrose^Teck", "NTE|1||Was Mr. Roessner."))
    for name in (b"Roessner", b"Ambrose", b"Teck"):
        assert name not in clean
    assert value(clean, "NTE-3") == f"Was Mr. {value(clean, 'MRG-7.1')}."


# --- Several patients in one message ---------------------------------------------------------------------------------


def alone(engine: Deidentifier, pid: str, *segments: str) -> list[str]:
    return released(engine, adt("A08", *segments, pid=pid)).decode().split("\r")[2:]


def visit(number: str) -> str:
    return f"PV1|1|I||||||||||||||||{number}^^^MADEUP^VN|{'|' * 24}20240301"


@pytest.mark.parametrize("event", ["A17", "A24", "A37"])
def test_two_patients_of_one_message_are_as_they_are_alone(deidentifier: Deidentifier, event: str) -> None:
    """Beds are swapped, records linked and unlinked: that makes two patients no one patient."""
    first, second = (PID, visit("V1")), (OTHER_PID, visit("V2"))
    together, later = handled(
        deidentifier,
        er7(f"ADT^{event}", f"EVN|{event}|20240305", *first, *second),
        er7("ADT^A08", "EVN|A08|20240305", *second),
    )
    expected = alone(deidentifier, *first)[:-1] + alone(deidentifier, *second)
    assert together.decode().split("\r")[2:] == expected
    assert later.decode().split("\r")[2:] == alone(deidentifier, *second)


@pytest.mark.parametrize(
    ("kind", "head"),
    [
        ("RSP^K22^RSP_K22", ("MSA|AA|Q1", "QAK|T1|OK", "QPD|Q22^Find^HL7|T1|@PID.5.1^DOE")),
        ("ADR^A19", ("MSA|AA|Q1", "QRD|20240305|R|I|Q1|||10^RD|40017765^Doemann^Johanna|DEM")),
        ("ORU^R01", ()),
    ],
)
def test_every_patient_of_an_answer_has_their_own_identity(
    deidentifier: Deidentifier, kind: str, head: tuple[str, ...]
) -> None:
    third = PID.replace("40017765", "60000003").replace("Doemann^Johanna", "Fabler^Otto")
    observed = "OBR|1||F1^LAB|1^Test^L|||20240301"
    rows = [row for pid in (PID, OTHER_PID, third) for row in (pid, observed)]
    clean = released(deidentifier, er7(kind, *head, *rows)).decode().split("\r")
    found = [line for line in clean if line[:3] in ("PID", "OBR")]
    assert found == [row for pid in (PID, OTHER_PID, third) for row in alone(deidentifier, pid, observed)[:-1]]
    assert len({line for line in found if line[:3] == "OBR"}) == 3


def test_an_event_belongs_to_the_patient_after_it(deidentifier: Deidentifier) -> None:
    clean = released(
        deidentifier,
        er7(
            "ADR^A19", "MSA|AA|Q1", "QRD|20240305|R|I|Q1", *("EVN|A01|20240305", PID), *("EVN|A01|20240305", OTHER_PID)
        ),
    )
    mine, other = (day(value(clean, "EVN-2", occurrence)) - dt.date(2024, 3, 5) for occurrence in (1, 2))
    assert mine == shift(released(deidentifier, adt()))
    assert other == shift(released(deidentifier, adt(pid=OTHER_PID)))
    assert mine != other


def test_names_in_a_report_are_those_of_its_own_patient(deidentifier: Deidentifier) -> None:
    """Both patients have the family name Doemann, and each report has the false name of its own."""
    brother = OTHER_PID.replace("Roessner", "Doemann")
    report = ("OBR|1||F1|1^Report^L", "OBX|1|TX|1^Report^L||Doemann came today.||||||F")
    clean = released(deidentifier, er7("ORU^R01", PID, *report, brother, *report))
    family = [value(clean, "PID-5.1", occurrence) for occurrence in (1, 2)]
    assert family[0] != family[1]
    assert [value(clean, "OBX-5", occurrence) for occurrence in (1, 2)] == [f"{name} came today." for name in family]
