"""The way back from a surrogate, for who has the secret and the vault."""

import os
import re

import pytest
from handwritten import MRN, OTHER_PID, adt, released, value

from streamdeid.build import build_deidentifier, load_policy, parse_policy
from streamdeid.engine import Deidentifier
from streamdeid.errors import UsageError
from streamdeid.policy.policy import Surrogates
from streamdeid.reidentify import Finding, Reidentifier
from streamdeid.transform.encryption import encrypt, encryption_key
from streamdeid.transform.identifiers import Identifiers
from streamdeid.transform.prf import Prf

SECRET = b"a made-up secret for those who may look behind"
OID = "2.999.1"


@pytest.fixture(params=["derived", "random"])
def engine(request: pytest.FixtureRequest) -> Deidentifier:
    policy = load_policy().model_copy(update={"surrogates": Surrogates(request.param)})
    return build_deidentifier(policy, SECRET)


@pytest.fixture
def vault(engine: Deidentifier) -> dict[str, bytes]:
    table: dict[str, bytes] = {}
    released(engine, adt(pid=OTHER_PID), vault=table, sequence=0)
    return table


def finder(engine: Deidentifier, vault: dict[str, bytes]) -> Reidentifier:
    return Reidentifier(engine, engine.vault(vault), [SECRET])


def test_identifiers_and_names_are_found_exactly(engine: Deidentifier, vault: dict[str, bytes]) -> None:
    clean = released(engine, adt(), vault=vault, sequence=1)
    key = engine.patient_key(MRN, OID)
    assert key == engine.patient_key(MRN, f"MADEUP&{OID}&ISO") == engine.patient_key(MRN, f"urn:oid:{OID}")
    find = finder(engine, vault).find
    for path, label in (("PID-3.1", "ID/MRN"), ("PID-5.1", "NAME/FAMILY"), ("PID-5.2", "NAME/GIVEN")):
        for whose in ("", key):
            found = find(value(clean, path), label, whose)
            assert [(one.value, one.patient) for one in found] == [(value(adt(), path), key)], path
    assert find(value(clean, "PID-5.1").upper(), "NAME")[0].value == value(adt(), "PID-5.1")
    both = find(f"{value(clean, 'PID-5.1')}, {value(clean, 'PID-5.2')}", "NAME", key)
    assert {one.value for one in both} == {value(adt(), "PID-5.1"), value(adt(), "PID-5.2")}


def test_an_identifier_that_nobody_has_stated_is_turned_back(engine: Deidentifier, vault: dict[str, bytes]) -> None:
    false = Identifiers(engine.false_identity(engine.vault(vault)).prf).surrogate("", "Q-77123")
    assert finder(engine, vault).find(false or "", "ID") == [Finding("Q-77123", "ID", "permutation")]


def test_dates_of_a_patient_are_shifted_back(engine: Deidentifier, vault: dict[str, bytes]) -> None:
    clean = released(engine, adt(), vault=vault, sequence=1)
    key = engine.patient_key(MRN, OID)
    find = finder(engine, vault).find
    assert value(adt(), "PID-7") in {one.value for one in find(value(clean, "PID-7"), "DATE", key)}
    for path in ("EVN-2", "MSH-7"):
        assert [one.value for one in find(value(clean, path), "DATE", key)] == [value(adt(), path)]


def test_tokens_are_opened(engine: Deidentifier, vault: dict[str, bytes]) -> None:
    token = encrypt("Doemann", encryption_key(Prf(SECRET)))
    assert finder(engine, vault).find(token) == [Finding("Doemann", "", "token")]


def test_nothing_is_found_for_what_is_no_surrogate(engine: Deidentifier, vault: dict[str, bytes]) -> None:
    assert finder(engine, vault).find("Nobodysname", "NAME") == []
    assert finder(engine, vault).find("20240101", "DATE") == []


def test_who_was_erased_is_not_found(engine: Deidentifier, vault: dict[str, bytes]) -> None:
    clean = released(engine, adt(), vault=vault, sequence=1)
    other = released(engine, adt(pid=OTHER_PID), vault=vault, sequence=2)
    engine.vault(vault).erase_persons([engine.patient_key(MRN, OID)], os.urandom)
    find = finder(engine, vault).find
    assert find(value(clean, "PID-5.1"), "NAME") == []
    assert find(value(other, "PID-5.1"), "NAME")[0].value == value(adt(pid=OTHER_PID), "PID-5.1")
    with pytest.raises(UsageError, match="was erased"):
        find(value(clean, "PID-3.1"), "ID/MRN", authority=OID)
    with pytest.raises(UsageError, match="assigning authority"):
        find(value(clean, "PID-3.1"), "ID/MRN")
    released(engine, adt(), vault=vault, sequence=3)
    assert find(value(clean, "PID-5.1"), "NAME") == [], "the new identity says nothing of the old one"


def test_a_vault_without_seeds_has_made_no_random_surrogates() -> None:
    engine = build_deidentifier(load_policy().model_copy(update={"surrogates": Surrogates.RANDOM}), SECRET)
    table: dict[str, bytes] = {}
    with pytest.raises(UsageError, match="no random surrogates"):
        finder(engine, table)
    assert not table


def test_what_is_keyed_on_more_than_its_value_is_not_guessed(vault: dict[str, bytes]) -> None:
    rule = "{operator: surrogate, label: %s, keyed_on: [{field: PV1-19}, self]}"
    rules = f"{{CX(MR).1: {rule % 'ID/MRN'}, PID-5.1: {rule % 'NAME/FAMILY'}}}"
    text = f"{{include: expert_determination, name: by_visit, hl7v2: {{rules: {rules}}}}}"
    keyed = build_deidentifier(parse_policy(text, "by_visit"), SECRET)
    table: dict[str, bytes] = {}
    clean = released(keyed, adt(), vault=table, sequence=1)
    find = finder(keyed, table).find
    with pytest.raises(UsageError, match="encrypt"):
        find(value(clean, "PID-3.1"), "ID/MRN")
    assert find(value(clean, "PID-5.1"), "NAME/FAMILY") == []


PRESERVING = """
include: expert_determination
name: preserving
hl7v2: {rules: {CX(MR).1: format_preserving ID/MRN, PID-5.1: format_preserving NAME/FAMILY}}
"""


def test_what_keeps_its_format_is_turned_back_by_its_label() -> None:
    made = build_deidentifier(parse_policy(PRESERVING, "preserving"), SECRET)
    table: dict[str, bytes] = {}
    clean = released(made, adt(), vault=table, sequence=1)
    key, find = made.patient_key(MRN, OID), finder(made, table).find
    number, name = value(clean, "PID-3.1"), value(clean, "PID-5.1")
    expected = Finding(MRN, "ID/MRN", "format_preserving", key)
    for label in ("ID/MRN", "ID"):
        assert find(number, label, authority=OID)[0] == expected
    assert find(name, "NAME/FAMILY") == [Finding("Doemann", "NAME/FAMILY", "format_preserving")]
    for label in ("", "ID/SSN", "NAME", "DATE"):
        assert expected not in find(number, label), label
    assert all(one.how != "format_preserving" for one in find("12345", "ID/MRN")), "too short to have been made so"


def test_a_label_that_always_keeps_its_format_means_nothing_else() -> None:
    policy = parse_policy(PRESERVING + "labels: {ID: format_preserving}", "preserving")
    made = build_deidentifier(policy, SECRET)
    find = finder(made, {}).find
    for label in ("ID/MRN", "ID/LICENSE"):
        (found,) = find("Q-7712345", label)
        assert (found.label, found.how) == (label, "format_preserving")
        assert re.fullmatch(r"[A-Z]-[0-9]{7}", found.value)


def test_an_identifier_that_keeps_its_format_is_not_told_of_who_was_erased() -> None:
    made = build_deidentifier(parse_policy(PRESERVING, "preserving"), SECRET)
    table: dict[str, bytes] = {}
    clean = released(made, adt(), vault=table, sequence=1)
    made.vault(table).erase_persons([made.patient_key(MRN, OID)], os.urandom)
    with pytest.raises(UsageError, match="was erased"):
        finder(made, table).find(value(clean, "PID-3.1"), "ID/MRN", authority=OID)
