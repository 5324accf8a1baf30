"""Patients spread over several tables: what one table's message teaches comes to the others as a notice."""

import json

import pytest
from handwritten import MRN, OID, OTHER_PID, PID, adt, bundle, day, er7, observation, oru, patient, process, rows, value
from hypothesis import given, settings
from hypothesis import strategies as st
from spread_tables import Spread

from streamdeid.engine import Deidentifier
from streamdeid.types import Format
from streamdeid.vault.lesson import Lesson

OTHER = "70028831"
NAMELESS = f"PID|1||{{}}^^^MADEUP&{OID}&ISO^MR"


def merge(prior: str, pid: str = PID, event: str = "A40") -> bytes:
    return adt(event, f"MRG|{prior}^^^MADEUP&{OID}&ISO^MR", pid=pid)


def apart(engine: Deidentifier) -> Spread:
    """Every patient has a table of their own."""
    tables: dict[str, int] = {}
    return Spread(engine, 8, lambda key: tables.setdefault(key, len(tables)))


@pytest.fixture
def spread(deidentifier: Deidentifier) -> Spread:
    return apart(deidentifier)


@pytest.mark.parametrize("event", ["A18", "A30", "A34", "A36", "A39", "A40", "A46", "A47"])
def test_the_prior_number_is_the_survivor_where_it_is_handled(spread: Spread, event: str) -> None:
    before = spread.handle(adt(pid=OTHER_PID))
    survivor = spread.handle(merge(OTHER, event=event))
    after = spread.handle(adt("A08", pid=OTHER_PID))
    assert day(value(after, "EVN-2")) == day(value(survivor, "EVN-2")) != day(value(before, "EVN-2"))


def test_a_message_right_behind_the_merge_knows_of_it(spread: Spread) -> None:
    merged, after = spread.send(merge(OTHER)), spread.send(adt("A08", pid=OTHER_PID))
    assert merged is not after
    spread.work(after)
    spread.work(merged)
    (clean,), (survivor,) = after.outcomes, merged.outcomes
    assert day(value(clean.content, "EVN-2")) == day(value(survivor.content, "EVN-2"))  # type: ignore[union-attr]


def test_a_message_before_the_merge_does_not(spread: Spread, deidentifier: Deidentifier) -> None:
    before = spread.send(adt("A08", pid=OTHER_PID))
    spread.send(merge(OTHER))
    spread.settle()
    assert before.outcomes == [process(deidentifier, adt("A08", pid=OTHER_PID))]


@pytest.mark.parametrize("number", [MRN, OTHER])
def test_reports_under_either_number_may_use_the_names_of_both(spread: Spread, number: str) -> None:
    spread.handle(adt(pid=OTHER_PID))
    spread.handle(adt())
    spread.handle(merge(OTHER, pid=NAMELESS.format(MRN)))
    (row,) = rows(spread.handle(oru("Roessner, now Doemann, was seen.", pid=NAMELESS.format(number))))
    assert "Roessner" not in row
    assert "Doemann" not in row


def test_the_name_that_the_merge_states_is_known_at_once(spread: Spread) -> None:
    spread.send(merge(OTHER))
    table = spread.send(oru("Doemann was seen.", pid=NAMELESS.format(OTHER)))
    spread.work(table)
    (report,) = table.outcomes
    assert rows(report.content) != ["Doemann was seen."]  # type: ignore[union-attr]


THIRD = PID.replace(MRN, "60000003")
FOURTH = PID.replace(MRN, "60000004")


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (0, 2, 1)])
def test_merges_follow_one_another_in_whatever_order(spread: Spread, order: tuple[int, ...]) -> None:
    merges = (merge(OTHER), merge(MRN, pid=THIRD), merge("60000003", pid=FOURTH))
    for number in order:
        spread.handle(merges[number])
    days = {value(spread.handle(adt("A08", pid=pid)), "EVN-2") for pid in (PID, OTHER_PID, THIRD, FOURTH)}
    assert len(days) == 1


def test_a_merge_of_several_pairs_reaches_everybody(spread: Spread) -> None:
    pairs = [THIRD, f"MRG|{OTHER}^^^MADEUP&{OID}&ISO^MR", FOURTH, f"MRG|{MRN}^^^MADEUP&{OID}&ISO^MR"]
    spread.handle(er7("ADT^A40^ADT_A39", "EVN|A40|20240305091500", *pairs))
    days = [value(spread.handle(adt("A08", pid=pid)), "EVN-2") for pid in (THIRD, OTHER_PID, FOURTH, PID)]
    assert days[0] == days[1] != days[2] == days[3]


def fhir(**resource: object) -> bytes:
    return json.dumps(resource).encode()


SEEN = fhir(**observation(effectiveDateTime="2024-03-05", valueString="Johanna was seen; Doemann agreed."))


def test_whom_others_know_by_the_logical_id_alone_is_the_patient_with_that_id(spread: Spread) -> None:
    alone = json.loads(spread.handle(SEEN, Format.FHIR))
    known = json.loads(spread.handle(fhir(**patient()), Format.FHIR))
    seen = json.loads(spread.handle(SEEN, Format.FHIR))
    admission = spread.handle(adt(pid=PID))
    assert day(seen["effectiveDateTime"]) == day(value(admission, "EVN-2")) != day(alone["effectiveDateTime"])
    assert seen["subject"]["reference"] == f"Patient/{known['id']}"
    family, given = known["name"][0]["family"], known["name"][0]["given"][0]
    assert seen["valueString"] == f"{given} was seen; {family} agreed."


@pytest.mark.parametrize("merged_first", [True, False])
def test_a_logical_id_follows_a_merge(spread: Spread, merged_first: bool) -> None:
    steps = [(merge(MRN, pid=THIRD), Format.HL7V2), (fhir(**patient()), Format.FHIR)]
    for content, format in steps if merged_first else reversed(steps):
        spread.handle(content, format)
    seen = json.loads(spread.handle(SEEN, Format.FHIR))
    assert day(seen["effectiveDateTime"]) == day(value(spread.handle(adt(pid=THIRD)), "EVN-2"))


def test_every_patient_of_a_bundle_is_known_by_their_logical_id(spread: Spread) -> None:
    spread.handle(bundle(patient(), patient(OTHER, id="p2")), Format.FHIR)
    for logical, pid in (("p1", PID), ("p2", OTHER_PID)):
        about = fhir(**observation(f"Patient/{logical}", effectiveDateTime="2024-03-05"))
        seen = json.loads(spread.handle(about, Format.FHIR))
        assert day(seen["effectiveDateTime"]) == day(value(spread.handle(adt(pid=pid)), "EVN-2"))


def test_a_link_between_patients_reaches_the_replaced_one(spread: Spread) -> None:
    other = patient(OTHER, id="p2", link=[{"type": "replaced-by", "other": {"reference": "Patient/p1"}}])
    spread.handle(bundle(other, patient()), Format.FHIR)
    days = {value(spread.handle(adt(pid=pid)), "EVN-2") for pid in (PID, OTHER_PID)}
    assert len(days) == 1


UNKNOWN_PLACE = merge(OTHER) + b"ZPI|1|unknown\r"


@pytest.mark.parametrize("content", [b"", b"ADT^A40", merge(OTHER)[:-90], UNKNOWN_PLACE])
def test_what_is_not_released_gives_no_notice(deidentifier: Deidentifier, content: bytes) -> None:
    assert deidentifier.route(content, Format.HL7V2).notices == ()


def test_what_concerns_one_patient_gives_no_notice(deidentifier: Deidentifier) -> None:
    assert deidentifier.route(adt(), Format.HL7V2).notices == ()
    assert deidentifier.route(SEEN, Format.FHIR).notices == ()


def test_a_route_is_the_routing_key(deidentifier: Deidentifier) -> None:
    for content, format in (
        (adt(), Format.HL7V2),
        (merge(OTHER), Format.HL7V2),
        (SEEN, Format.FHIR),
        (b"", Format.FHIR),
    ):
        assert deidentifier.route(content, format).key == deidentifier.routing_key(content, format)


def test_a_notice_that_comes_again_changes_nothing(spread: Spread) -> None:
    spread.handle(adt(pid=OTHER_PID))
    spread.handle(merge(OTHER))
    spread.handle(adt("A08", pid=OTHER_PID.replace("Roessner", "Ostermilch")))
    remembered = [dict(table.vault) for table in spread.tables]
    logs = [len(table.log) for table in spread.tables]
    for table in spread.tables:
        for lesson in [entry for entry in table.log if isinstance(entry, Lesson)]:
            assert spread.engine.learn(lesson, len(table.log), table.vault) == []
    assert [dict(table.vault) for table in spread.tables] == remembered
    assert [len(table.log) for table in spread.tables] == logs


def test_a_first_hop_that_repeats_itself_does_not_bring_an_earlier_merge_back(spread: Spread) -> None:
    spread.handle(adt(pid=OTHER_PID))
    first, second = merge(OTHER), merge(OTHER, pid=THIRD)
    spread.handle(first)
    spread.handle(second)
    third = value(spread.handle(adt(pid=THIRD)), "EVN-2")
    for number, content in enumerate((first, second), 1):  # as the notices of a first hop that was killed meanwhile
        _, notices = spread.engine.route(content, Format.HL7V2, f"raw/0/{number}")
        table = spread.tables[spread.at(notices[0].key)]
        table.log.append(notices[0].lesson)
        spread.settle()
        assert value(spread.handle(adt("A08", pid=OTHER_PID)), "EVN-2") == third


NUMBERS = ("40017765", "70028831", "60000003", "60000004")
EVENTS = st.lists(st.tuples(st.sampled_from(NUMBERS), st.sampled_from(NUMBERS)), min_size=1, max_size=8)


def messages(events: list[tuple[str, str]]) -> list[bytes]:
    """Merges, and after each a message of every patient; a pair of equal numbers is a message alone."""
    made = []
    for survivor, prior in events:
        pid = PID.replace(MRN, survivor)
        made.append(adt(pid=pid) if survivor == prior else merge(prior, pid=pid))
        made += [adt("A08", pid=PID.replace(MRN, number)) for number in NUMBERS]
    return made


@settings(deadline=None, max_examples=25)
@given(EVENTS)
def test_spread_tables_give_what_one_table_gives(deidentifier: Deidentifier, events: list[tuple[str, str]]) -> None:
    one, several = Spread(deidentifier, 1), apart(deidentifier)
    for content in messages(events):
        assert several.handle(content) == one.handle(content)


@settings(deadline=None, max_examples=10)
@given(EVENTS, st.integers(2, 4))
def test_the_same_logs_give_the_same_bytes_with_and_without_what_is_remembered(
    deidentifier: Deidentifier, events: list[tuple[str, str]], count: int
) -> None:
    spread = Spread(deidentifier, count)
    for content in messages(events):
        spread.send(content)
    spread.settle()
    outcomes = [table.outcomes for table in spread.tables]
    lengths = [len(table.log) for table in spread.tables]
    spread.replay(keep=True)
    assert [len(table.log) for table in spread.tables] == lengths, "what is known is not told on"
    assert [table.outcomes for table in spread.tables] == outcomes
    spread.replay(keep=False)
    assert [table.outcomes for table in spread.tables] == outcomes
