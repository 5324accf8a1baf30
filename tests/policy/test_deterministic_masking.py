"""What surrogates are keyed on: the relations that DataMasque's examples of deterministic masking state, and what its
limits are that do not hold here. Names stand for themselves; who is who is told by a made-up detector."""

import re
import time
from typing import Any

import pytest
import yaml
from handwritten import rows, value
from keyed import POLICY, clean, engine, find, message, names, policy_of

from streamdeid.build import parse_policy
from streamdeid.engine import Deidentifier, Sources


def test_field_patient_id_all_of_a_patient_are_one() -> None:
    made = engine(policy_of([{"field": "PID-3.1"}]))
    alice, again = names(made, "John Jane")
    bob, bob_again = names(made, "John Jane", "002")
    assert alice == again
    assert bob == bob_again
    assert alice != bob
    assert {alice, bob}.isdisjoint({"John", "Jane"})


def test_self_entity_everybody_has_the_same_surrogates() -> None:
    made = engine(policy_of([{"self": "entity"}]))
    alice, carol = names(made, "John Jane")
    assert alice != carol
    assert names(made, "John Jane", "002") == [alice, carol]


def test_label_the_first_doctor_in_the_text_decides() -> None:
    made = engine(policy_of([{"label": "NAME/DOCTOR"}], "NAME/GIVEN"))
    alice, again, _ = names(made, "John Jane Nemoson")
    bob, bob_again, *_ = names(made, "John Jane Nullberg Nemoson", "002")
    assert alice == again
    assert bob == bob_again
    assert alice != bob
    assert names(made, "Carol Nemoson", "002")[0] == alice


def test_patient_id_and_entity_is_what_holds_where_nothing_is_said() -> None:
    made, by_field = engine(POLICY), engine(policy_of([{"field": "PID-3.1"}, "self"]))
    for each in (made, by_field):
        alice, carol = names(each, "John Jane")
        bob, dan = names(each, "John Jane", "002")
        assert len({alice, carol, bob, dan}) == 4
    assert names(engine(policy_of(["patient", "self"])), "John Jane") == names(made, "John Jane")


COMPOSITE = [{"field": "PID-3.1"}, {"field": "PV1-7.1"}, {"label": "ID/HOSPITAL_ID"}, "self"]


def composite(made: Deidentifier, mrn: str, employee: str, text: str) -> str:
    return names(made, text, mrn, segments=(f"PV1|1|I|||||{employee}^Nullberg",))[0]


def test_patient_employee_first_hospital_and_entity_together() -> None:
    made = engine(policy_of(COMPOSITE))
    first = composite(made, "001", "E1", "John at H100, then H200")
    assert composite(made, "001", "E1", "John, seen in H100") == first
    assert composite(made, "001", "E1", "JOHN at H100") == first.upper()
    others = [
        composite(made, "002", "E1", "John at H100"),
        composite(made, "001", "E2", "John at H100"),
        composite(made, "001", "E1", "John at H200, then H100"),
        composite(made, "001", "E1", "Jane at H100"),
    ]
    assert len({first, *others}) == 5


@pytest.mark.parametrize(
    "sources", [COMPOSITE[:2], [{"field": "PID-3.1"}, "self"], ["patient", {"label": "NAME/DOCTOR"}]]
)
def test_the_order_of_sources_changes_the_result(sources: list[Any]) -> None:
    one, other = (engine(policy_of(keyed_on, "NAME/GIVEN")) for keyed_on in (sources, sources[::-1]))
    assert composite(one, "001", "E1", "John Nemoson") != composite(other, "001", "E1", "John Nemoson")


def test_fields_for_all_and_another_one_for_a_label() -> None:
    content = yaml.safe_load(policy_of([{"field": "PID-3.1"}], ""))
    content["labels"]["NAME/DOCTOR"] = {"operator": "surrogate", "keyed_on": "self"}
    made = engine(yaml.safe_dump(content))
    john, doctor = names(made, "John Nemoson")
    jane, same_doctor = names(made, "Jane Nemoson", "002")
    assert names(made, "Jane")[0] == john != jane
    assert doctor == same_doctor


FIRST, LAST, ALL = {"label": "ID/HOSPITAL_ID"}, {"label": "ID", "match": -1}, {"label": "ID", "match_until": -1}


def test_match_counts_from_the_first_or_from_the_last() -> None:
    made = engine(policy_of([LAST]))
    alice = names(made, "John H200 H100")[0]
    assert names(made, "Jane H100", "002")[0] == alice
    assert names(made, "Jane H100 H200")[0] != alice
    second = engine(policy_of([{"label": "ID", "match": 1}]))
    assert names(second, "John H200 H100")[0] == names(second, "Jane H300 H100 H200")[0]


def test_match_until_takes_a_range_together_in_its_order() -> None:
    made = engine(policy_of([ALL]))
    alice = names(made, "John H100 H200")[0]
    assert names(made, "Jane H100, and H200", "002")[0] == alice
    different = [names(made, text)[0] for text in ("Jane H200 H100", "Jane H100", "Jane H100 H200 H300")]
    assert len({alice, *different}) == 4
    two = engine(policy_of([{"label": "ID", "match": 0, "match_until": 1}]))
    assert names(two, "John H100 H200 H300")[0] == names(two, "John H100 H200")[0]


def test_findings_are_counted_through_all_of_the_message() -> None:
    made = engine(policy_of([FIRST]))
    later = rows(clean(made, message("H100\nthen\nJohn", "002")))[2]
    assert later == names(made, "John\nH100")[0] == names(made, "Jane", "002", segments=("NTE|1||H100",))[0]


def test_documents_in_a_message_belong_to_its_text() -> None:
    content = yaml.safe_load(policy_of([FIRST]))
    content["documents"] = {"rules": {"text": "detect", "html.text": "detect"}}
    made = engine(yaml.safe_dump(content))
    alice, _, inner = rows(clean(made, message("John\nwrote\n<html><p>Jane</p><p>of H100</p></html>", "002")))
    assert f"<p>{alice}</p>" in inner
    assert names(made, "Carol H100")[0] == alice


@pytest.mark.parametrize("source", [{"field": "PV1-19"}, {"header": "employee"}, "key", {"label": "NAME/DOCTOR"}])
def test_where_a_source_is_missing_two_patients_do_not_fall_together(source: Any) -> None:
    made = engine(policy_of([source], "NAME/GIVEN"))
    alice, again = names(made, "John Jane")
    bob, bob_again = names(made, "John Jane", "002")
    assert alice == again
    assert bob == bob_again
    assert alice != bob
    assert names(engine(policy_of(["patient"], "NAME/GIVEN")), "John")[0] != alice  # not what is keyed on the patient


def test_out_of_range_is_missing() -> None:
    made = engine(policy_of([{"label": "ID", "match": 2}]))
    assert names(made, "John H100")[0] == names(made, "Jane H200 H300")[0]
    back = engine(policy_of([{"label": "ID", "match": -2}]))
    assert names(back, "John H100")[0] == names(back, "Jane")[0]


def test_two_engines_agree_and_two_secrets_do_not() -> None:
    policy = policy_of(COMPOSITE)
    one, two = engine(policy), engine(policy)
    assert composite(one, "001", "E1", "John at H100") == composite(two, "001", "E1", "John at H100")
    other = Deidentifier(parse_policy(policy, "x"), b"another secret 16", [find], Sources(time.monotonic, bytes))
    assert composite(one, "001", "E1", "John at H100") != composite(other, "001", "E1", "John at H100")


def test_without_self_form_and_sex_play_no_part_and_parts_of_a_name_agree() -> None:
    made = engine(policy_of([{"field": "PID-3.1"}]))
    given, capitals, full, turned = rows(clean(made, message("John\nJOHN\nJohn Smithson\nSmithson, Jane")))
    assert capitals == given.upper()
    assert full == turned
    assert full.startswith(f"{given} ")


def test_identifiers_without_self_keep_their_shape() -> None:
    made = engine(policy_of([{"field": "PID-3.1"}], "ID"))
    one, two, short = names(made, "40-11-9 55-82-0 7742")
    assert one == two
    assert re.fullmatch(r"\d\d-\d\d-\d", one)
    assert re.fullmatch(r"\d{4}", short)
    assert names(made, "40-11-9", "002")[0] != one


def test_identifiers_with_self_are_told_apart_and_depend_on_the_field() -> None:
    made = engine(policy_of([{"field": "PID-3.1"}, "self"], "ID"))
    one, two = names(made, "40-11-9 55-82-0")
    assert one != two
    assert names(made, "40-11-9", "002")[0] != one
    plain = engine(POLICY)
    assert names(plain, "40-11-9") == names(plain, "40-11-9", "002")


def test_a_field_and_a_mention_of_it_agree() -> None:
    keyed_on = [{"field": "PV1-19"}, "self"]
    rules = {
        name: {"operator": "surrogate", "label": label, "keyed_on": keyed_on}
        for name, label in (("PID-5.1", "NAME/FAMILY"), ("PID-5.2", "NAME/GIVEN"), ("PV1-19", "ID/ACCOUNT"))
    }
    made = engine(policy_of(["patient", "self"], **rules))
    content = message("Johanna DOEMANN, case 900-1-77, or 900177", visit="900177")
    told = clean(made, content)
    family, given, visit = (value(told, path) for path in ("PID-5.1", "PID-5.2", "PV1-19"))
    assert rows(told) == [f"{given} {family.upper()}, case {visit[:3]}-{visit[3]}-{visit[4:]}, or {visit}"]
    elsewhere = clean(made, message("Johanna", visit="900188"))
    assert value(elsewhere, "PID-5.1") != family


def test_a_field_and_a_mention_of_it_agree_without_self() -> None:
    made = engine(policy_of([{"field": "PID-3.1"}], ""))
    told = clean(made, message("Johanna DOEMANN and John"))
    family, given = value(told, "PID-5.1"), value(told, "PID-5.2")
    assert rows(told) == [f"{given} {family.upper()} and {given}"]


def test_an_entity_of_another_document_of_the_patient_agrees() -> None:
    keyed_on = [{"field": "MSH-4"}, "patient", "self"]
    rules = {
        name: {"operator": "surrogate", "label": label, "keyed_on": keyed_on}
        for name, label in (("PID-5.1", "NAME/FAMILY"), ("PID-5.2", "NAME/GIVEN"))
    }
    made, vault = engine(policy_of(["patient", "self"], **rules)), dict[str, bytes]()
    first = clean(made, message("nothing"), vault=vault, sequence=1)
    later = clean(made, message("Johanna Doemann, again", name=""), vault=vault, sequence=2)
    assert rows(later) == [f"{value(first, 'PID-5.2')} {value(first, 'PID-5.1')}, again"]


def test_a_label_may_be_what_another_document_of_the_patient_states() -> None:
    made = engine(policy_of([{"label": "NAME/FAMILY"}], "NAME/GIVEN"))
    vault: dict[str, bytes] = {}
    alice = names(made, "John", vault=vault, sequence=1)[0]
    assert names(made, "Jane", name="", vault=vault, sequence=2)[0] == alice
    assert names(made, "Jane", name="")[0] != alice
