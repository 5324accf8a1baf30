"""False identities: random ones of a vault, those of epochs, and those that begin anew after erasing."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from handwritten import OTHER_PID, PID, adt, bundle, day, observation, oru, patient, process, released, rows, value
from spread_tables import Spread

from streamdeid.audit import audit_record
from streamdeid.build import build_deidentifier, load_policy
from streamdeid.engine import Deidentifier
from streamdeid.errors import SettingsError
from streamdeid.policy.policy import Policy, Surrogates
from streamdeid.types import Format, Released
from streamdeid.vault.false_identity import Epoch
from streamdeid.vault.lesson import Erasure
from streamdeid.vault.seeds import SEED_BYTES, Seeds, SharedSeeds

SECRET = b"a made-up secret for random identities"
FIRST, SECOND, THIRD = (Epoch(name, f"a made-up secret, number {name}".encode()) for name in ("1", "2", "2027-b"))


def random_policy() -> Policy:
    return load_policy().model_copy(update={"surrogates": Surrogates.RANDOM})


@pytest.fixture(scope="module")
def random() -> Deidentifier:
    return build_deidentifier(random_policy(), SECRET)


def epochs(*secrets: Epoch) -> Deidentifier:
    return build_deidentifier(load_policy(), secrets)


@pytest.fixture(scope="module")
def one() -> Deidentifier:
    return epochs(FIRST)


@pytest.fixture(scope="module")
def two() -> Deidentifier:
    return epochs(FIRST, SECOND)


def name_and_day(content: bytes) -> tuple[object, ...]:
    return value(content, "PID-5.1"), value(content, "PID-5.2"), day(value(content, "EVN-2"))


def key_of(engine: Deidentifier, pid: str = PID) -> str:
    return engine.routing_key(adt(pid=pid), Format.HL7V2)


def test_the_policy_says_where_surrogates_come_from_and_its_digest_only_if_it_matters() -> None:
    policy = load_policy()
    assert policy.surrogates is Surrogates.DERIVED
    assert policy.model_copy(update={"surrogates": Surrogates.DERIVED}).digest == policy.digest
    assert random_policy().model_copy(update={"name": policy.name}).digest != policy.digest


def test_two_vaults_differ_under_one_secret_and_one_agrees_with_itself(random: Deidentifier) -> None:
    vaults: list[dict[str, bytes]] = [{}, {}]
    content = adt(pid=PID)
    first = [released(random, content, vault=vault, sequence=1) for vault in vaults]
    assert first[0] != first[1]
    assert value(first[0], "PID-3.1") != value(first[1], "PID-3.1"), "identifiers are drawn from the vault too"
    assert [released(random, content, vault=vault, sequence=1) for vault in vaults] == first
    fresh = build_deidentifier(random_policy(), SECRET)
    assert [released(fresh, content, vault=vault, sequence=1) for vault in vaults] == first
    derived = released(build_deidentifier(load_policy(), SECRET), content, vault={})
    assert derived not in first


def test_seeds_are_encrypted_and_another_secret_does_not_open_them(random: Deidentifier) -> None:
    vault: dict[str, bytes] = {}
    released(random, adt(), vault=vault)
    seeds = random.vault(vault).seeds()
    assert not [stored for stored in vault.values() if seeds.shared in stored]
    with pytest.raises(SettingsError, match="another secret"):
        process(build_deidentifier(random_policy(), SECRET[::-1]), adt(), vault=vault)


def test_two_patients_have_two_identities_and_a_field_and_a_report_agree(random: Deidentifier) -> None:
    vault: dict[str, bytes] = {}
    first = released(random, adt(), vault=vault, sequence=1)
    other = released(random, adt(pid=OTHER_PID), vault=vault, sequence=2)
    assert name_and_day(first)[:2] != name_and_day(other)[:2]
    text = rows(released(random, oru("Johanna was seen; Doemann agreed.", pid=PID), vault=vault, sequence=3))
    assert text == [f"{value(first, 'PID-5.2')} was seen; {value(first, 'PID-5.1')} agreed."]


@pytest.mark.parametrize("tables", [1, 3])
def test_random_identities_are_the_same_in_all_tables_and_in_others_messages(tables: int) -> None:
    seeds = SharedSeeds(Seeds.mint(os.urandom))
    stream = Spread(build_deidentifier(random_policy(), SECRET, seeds), tables)
    resources = [patient("40017765", id="p1"), patient("70028831", id="p2", name=[{"family": "Roessner"}])]
    both = stream.handle(bundle(*resources, observation("Patient/p1")), Format.FHIR)
    alone = stream.handle(bundle(resources[1]), Format.FHIR)
    assert _families(both)[-1] == _families(alone)[0]
    before = [list(table.outcomes) for table in stream.tables]
    stream.replay(keep=True)
    assert [table.outcomes for table in stream.tables] == before
    stream.replay(keep=False)
    assert [table.outcomes for table in stream.tables] == before, "seeds are not minted again"


def _families(content: bytes) -> list[str]:
    import json

    return [
        name["family"]
        for entry in json.loads(content)["entry"]
        for name in entry["resource"].get("name", [])
        if isinstance(name, dict)
    ]


def test_a_merge_is_followed_under_random_seeds(random: Deidentifier) -> None:
    vault: dict[str, bytes] = {}
    survivor = released(random, adt(), vault=vault, sequence=1)
    merge = adt("A40", "MRG|70028831^^^MADEUP&2.999.1&ISO^MR||||||Roessner^Ambrose")
    released(random, merge, vault=vault, sequence=2)
    renamed = OTHER_PID.replace("Roessner^Ambrose", "Doemann^Johanna")
    after = released(random, adt("A08", pid=renamed), vault=vault, sequence=3)
    assert name_and_day(after) == name_and_day(survivor)


_PROCESS = """
import sys; sys.path[:0] = sys.argv[1:]
from handwritten import adt, oru, released
from test_vault_identities import SECRET, FIRST, SECOND, random_policy, load_policy
from streamdeid.build import build_deidentifier
from streamdeid.vault.seeds import Seeds, SharedSeeds, Node
seeds = SharedSeeds(Seeds(bytes(range(32)), {Node(0, 0): bytes(32)}))
engines = build_deidentifier(random_policy(), SECRET, seeds), build_deidentifier(load_policy(), [FIRST, SECOND])
for engine in engines:
    vault = {}
    for at, content in enumerate((adt(), oru("Johanna was seen by Dr. Nobody on 3/4/2024."))):
        sys.stdout.buffer.write(released(engine, content, vault=vault, sequence=at))
"""


def test_identities_are_the_same_in_every_process() -> None:
    def output(hash_seed: str) -> bytes:
        environ = os.environ | {"PYTHONHASHSEED": hash_seed}
        command = [sys.executable, "-c", _PROCESS, *map(str, Path(__file__).parents[:2])]
        return subprocess.run(command, env=environ, capture_output=True, check=True, timeout=120).stdout

    first = output("1")
    assert first
    assert output("4242") == first


def test_one_secret_among_epochs_is_what_it_always_was(one: Deidentifier) -> None:
    plain = build_deidentifier(load_policy(), FIRST.secret)
    vaults: list[dict[str, bytes]] = [{}, {}]
    outcomes = [process(engine, adt(), vault=vault) for engine, vault in zip((one, plain), vaults, strict=True)]
    assert outcomes[0] == outcomes[1]
    assert vaults[0].keys() == vaults[1].keys()


def test_old_patients_keep_their_epoch_and_new_ones_get_the_newest(one: Deidentifier, two: Deidentifier) -> None:
    vault: dict[str, bytes] = {}
    old = released(one, adt(), vault=vault, sequence=1)
    assert released(two, adt(), vault=vault, sequence=1) == old
    new = released(two, adt(pid=OTHER_PID), vault=vault, sequence=2)
    assert name_and_day(new) != name_and_day(released(one, adt(pid=OTHER_PID), vault={}, sequence=2))
    three = epochs(FIRST, SECOND, THIRD)
    assert released(three, adt(), vault=vault, sequence=1) == old
    assert released(three, adt(pid=OTHER_PID), vault=vault, sequence=2) == new
    assert value(new, "PID-3.1") == value(released(one, adt(pid=OTHER_PID), vault={}), "PID-3.1"), "one permutation"


def test_an_epoch_whose_secret_is_missing_stops_the_run(one: Deidentifier, two: Deidentifier) -> None:
    vault: dict[str, bytes] = {}
    released(two, adt(), vault=vault)
    with pytest.raises(SettingsError, match="epoch 2"):
        process(one, adt(), vault=vault)


def test_outcomes_and_audit_say_the_epoch_if_it_is_not_the_first(one: Deidentifier, two: Deidentifier) -> None:
    vault: dict[str, bytes] = {}
    first, second = process(one, adt(), vault=vault), process(two, adt(pid=OTHER_PID), vault=vault)
    assert isinstance(first, Released)
    assert isinstance(second, Released)
    assert (first.epoch, second.epoch) == ("", "2")
    assert b"epoch" not in audit_record(first, "0" * 16)
    assert b'"epoch":"2"' in audit_record(second, "0" * 16)


def test_whom_a_patient_goes_on_as_keeps_the_epoch_in_every_table(one: Deidentifier, two: Deidentifier) -> None:
    merge = adt("A40", "MRG|70028831^^^MADEUP&2.999.1&ISO^MR||||||Roessner^Ambrose")
    renamed = OTHER_PID.replace("Roessner^Ambrose", "Doemann^Johanna")
    tables = _apart(one, [adt(), adt(pid=OTHER_PID)])
    stream = Spread(one, 2, tables)
    survivor = stream.handle(adt())
    stream.engine = two
    stream.handle(merge)
    after = stream.handle(adt("A08", pid=renamed))
    assert name_and_day(after) == name_and_day(survivor)


def _apart(engine: Deidentifier, contents: Sequence[bytes]):  # type: ignore[no-untyped-def]
    at = {engine.routing_key(content, Format.HL7V2): number for number, content in enumerate(contents)}
    return lambda key: at.get(key, 0)


@pytest.mark.parametrize("name", ["derived", "random"])
def test_who_is_erased_begins_anew_and_is_the_same_from_then_on(name: str) -> None:
    engine = build_deidentifier(random_policy() if name == "random" else load_policy(), SECRET)
    vault: dict[str, bytes] = {}
    old = released(engine, adt(), vault=vault, sequence=1)
    other = released(engine, adt(pid=OTHER_PID), vault=vault, sequence=2)
    key = key_of(engine)
    records = engine.vault(vault)
    seed = records.seeds().of(key) if name == "random" else b"none"
    stored = vault[key]
    assert records.erase_persons([key], os.urandom) == [key]
    assert vault[key] != stored
    assert records.read(key).forms == ()
    assert name == "derived" or records.seeds().of(key) != seed
    new = released(engine, adt(), vault=vault, sequence=4)
    assert name_and_day(new)[:2] != name_and_day(old)[:2]
    assert released(engine, adt(), vault=vault, sequence=4) == new
    assert released(build_deidentifier(engine.policy, SECRET), adt(), vault=vault, sequence=4) == new
    assert released(engine, adt(pid=OTHER_PID), vault=vault, sequence=2) == other


def test_all_keys_of_a_person_are_erased_together(random: Deidentifier) -> None:
    vault: dict[str, bytes] = {}
    merge = adt("A40", "MRG|70028831^^^MADEUP&2.999.1&ISO^MR||||||Roessner^Ambrose")
    for at, content in enumerate((adt(), adt(pid=OTHER_PID), merge)):
        released(random, content, vault=vault, sequence=at)
    keys = {key_of(random), key_of(random, OTHER_PID)}
    for start in keys:
        assert set(random.vault(dict(vault)).erase_persons([start], os.urandom)) == keys
    records = random.vault(vault)
    records.erase_persons(keys, os.urandom)
    after = [released(random, adt(pid=pid), vault=vault, sequence=9) for pid in (PID, OTHER_PID)]
    assert day(value(after[0], "EVN-2")) == day(value(after[1], "EVN-2")), "they are one person still"


def test_erasing_in_one_of_several_tables_is_done_once(random: Deidentifier) -> None:
    seeds = SharedSeeds(Seeds.mint(os.urandom))
    engine = build_deidentifier(random_policy(), SECRET, seeds)
    vault: dict[str, bytes] = {}
    old = released(engine, adt(), vault=vault, sequence=1)
    erasure = Erasure(key_of(engine), os.urandom(SEED_BYTES).hex())
    assert Erasure.decode(erasure.encode()) == erasure
    engine.erase(erasure, vault)
    new = released(engine, adt(), vault=vault, sequence=3)
    assert name_and_day(new)[:2] != name_and_day(old)[:2]
    stored = dict(vault)
    engine.erase(erasure, vault)
    assert vault == stored
    elsewhere: dict[str, bytes] = {}
    assert name_and_day(released(engine, adt(), vault=elsewhere)) == name_and_day(new), "also where no notice has come"
