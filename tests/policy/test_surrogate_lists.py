"""Lists and pairs of a policy's own: what may be said, what comes of it, and what is told about what may not."""

import re
from pathlib import Path

import pytest
from growth import is_linear
from handwritten import PID, er7, released, value

from streamdeid.build import build_deidentifier, load_policy, parse_policy
from streamdeid.engine import Deidentifier
from streamdeid.errors import PolicyError
from streamdeid.policy.policy import Policy, policy_schema

HEAD = "include: expert_determination\nname: own\nmodels: []\n"
SECRET = b"a made-up secret, for tests alone"


def parsed(text: str, folder: Path | None = None) -> Policy:
    return parse_policy(HEAD + text, str((folder or Path()) / "own.yaml"))


def complaints(text: str, folder: Path | None = None) -> list[str]:
    with pytest.raises(PolicyError) as fault:
        parsed(text, folder)
    return str(fault.value).splitlines()


def admitted(policy: Policy) -> bytes:
    engine: Deidentifier = build_deidentifier(policy, SECRET)
    return released(engine, er7("ADT^A01", "EVN|A01|20240305", PID, "PV1|1|I|ICU^^^General Hospital"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "families.txt").write_text("Lovelace\t3\nHopper\n", encoding="utf-8")
    (tmp_path / "lists" / "towns.json").write_text('[{"value": "Erewhon", "region": "OH"}, "Utopia"]', encoding="utf-8")
    return tmp_path


def test_surrogates_are_drawn_from_the_lists(folder: Path) -> None:
    policy = parsed(
        "lists:\n"
        "  NAME/FAMILY: {file: lists/families.txt}\n"
        "  NAME/GIVEN:\n"
        "  - {values: [Ada, Grace], sex: F}\n"
        "  - {values: {Alan: 2, Edsger: 1}, sex: M}\n"
        "  LOCATION/CITY: [{file: lists/towns.json}]\n"
        "  LOCATION/STREET: [1 Made Up Road]\n",
        folder,
    )
    clean = admitted(policy)
    assert value(clean, "PID-5.1") in ("Lovelace", "Hopper")
    assert value(clean, "PID-5.2") in ("Ada", "Grace")
    assert value(clean, "PID-11.3") == "Erewhon"
    assert value(clean, "PID-11.1") == "1 Made Up Road"
    assert clean == admitted(policy)


def test_pairs_are_what_they_say() -> None:
    clean = admitted(parsed("pairs:\n  NAME: {Johanna Doemann: Mary Major}\n  ID/MRN: {'40017765': '12345678'}\n"))
    assert (value(clean, "PID-5.1"), value(clean, "PID-5.2")) == ("Major", "Mary")
    assert value(clean, "PID-3.1") == "12345678"


def test_the_digest_tells_what_is_in_lists_and_not_where(folder: Path) -> None:
    text = "lists: {NAME/FAMILY: {file: lists/families.txt}}\n"
    first = parsed(text, folder).digest
    assert first != parsed("").digest
    (folder / "other.txt").write_bytes((folder / "lists" / "families.txt").read_bytes())
    assert parsed(text.replace("lists/families", "other"), folder).digest == first
    (folder / "other.txt").write_text("Turing\n", encoding="utf-8")
    assert parsed(text.replace("lists/families", "other"), folder).digest != first


def test_the_order_of_values_is_none_of_the_content() -> None:
    one, other = (parsed(f"lists: {{NAME/FAMILY: {values}}}\n") for values in ("[Ada, Grace]", "[Grace, Ada]"))
    assert one.digest == other.digest
    assert one.own_lists == other.own_lists


def test_a_file_that_has_changed_is_not_used(folder: Path) -> None:
    policy = parsed("lists: {NAME/FAMILY: {file: lists/families.txt}}\n", folder)
    (folder / "lists" / "families.txt").write_text("Turing\n", encoding="utf-8")
    with pytest.raises(ValueError, match="has changed since"):
        build_deidentifier(policy, SECRET)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("lists: {NAME/FAMLY: [Ada]}\n", "line 4: lists.NAME/FAMLY: .*did you mean NAME/FAMILY"),
        ("lists: {NAME/FULL: [Ada Roe]}\n", "lists.NAME/FULL: .*NAME/FAMILY and NAME/GIVEN"),
        ("lists: {ID/MRN: ['1']}\n", "lists.ID/MRN: .*give pairs"),
        ("lists: {LOCATION/STATE: [OH]}\n", "lists.LOCATION/STATE: .*states stay"),
        ("lists:\n  LOCATION/CITY:\n    file: none.txt\n", "line 5: .*none.txt cannot be read"),
        ("lists: {NAME/FAMILY: {values: [1]}}\n", "entry 1: a value is a text"),
        ("lists: {NAME/FAMILY: {values: [Ada], sex: F}}\n", "lists.NAME/FAMILY: only given names have a sex"),
        ("lists: {NAME/FAMILY: {region: hispanic}}\n", "give values, or a file"),
        ("lists: {NAME/FAMILY: {valus: [Ada]}}\n", "did you mean values"),
        ("pairs: {NAME: {Ada Roe: Grace}}\n", "pairs.NAME: pair 1: .*as many words"),
        ("pairs: {ID/MRN: {'12-3': '123'}}\n", "pairs.ID/MRN: pair 1: .*another"),
    ],
)
def test_what_cannot_be_is_told(text: str, complaint: str) -> None:
    (line,) = complaints(text)
    assert "own.yaml, line " in line
    assert re.search(complaint, line), line


def test_all_faults_are_told_at_once() -> None:
    found = complaints("lists:\n  NAME/FULL: [Ada]\n  ID/MRN: ['1']\npairs:\n  NAME: {Ada Roe: Grace}\n")
    assert [line.partition(", ")[2].partition(":")[0] for line in found] == ["line 5", "line 6", "line 8"]


def test_large_lists_load_in_linear_time(tmp_path: Path) -> None:
    def load(size: int) -> None:
        (tmp_path / "many.txt").write_text("".join(f"Name{number}\n" for number in range(size)), encoding="utf-8")
        policy = parsed("lists: {NAME/FAMILY: {file: many.txt}}\n", tmp_path)
        assert len(policy.own_lists.lists[0].values) == size

    assert is_linear(load, int, 4_000)


def test_nothing_changes_for_policies_without_lists() -> None:
    policy = load_policy()
    assert not policy.own_lists
    assert policy.model_copy(update={"lists": {}, "pairs": {}}).digest == policy.digest


def test_the_schema_takes_what_policies_may_say() -> None:
    (pattern,) = policy_schema()["properties"]["lists"]["patternProperties"].values()
    assert [sorted(choice)[-1] for choice in pattern["anyOf"]] == ["type", "$ref", "type"]
