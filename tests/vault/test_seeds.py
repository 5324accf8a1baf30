"""Seeds: the same for a patient always, gone when erased, and everybody else's untouched."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamdeid.errors import SettingsError
from streamdeid.transform.prf import Prf
from streamdeid.vault.false_identity import Derived, Epoch, Minted
from streamdeid.vault.seeds import SEED_BYTES, Seeds, SharedSeeds

KEYS = st.integers(0, 2**128 - 1).map(lambda number: f"{number:032x}")
SEEDS = Seeds(bytes(32), Seeds.mint(os.urandom)._nodes)
A, B = "a" * 32, "b" * 32


@given(KEYS)
def test_a_patient_has_one_seed_and_two_vaults_have_two(key: str) -> None:
    assert SEEDS.of(key) == SEEDS.of(key)
    assert len(SEEDS.of(key)) == SEED_BYTES
    assert Seeds.mint(os.urandom).of(key) != SEEDS.of(key)


@given(KEYS, KEYS)
def test_two_patients_have_two_seeds(one: str, other: str) -> None:
    assert (SEEDS.of(one) == SEEDS.of(other)) == (one == other)


@given(st.lists(KEYS, min_size=1, max_size=5, unique=True), st.lists(KEYS, max_size=10))
def test_who_is_erased_has_a_new_seed_and_all_others_keep_theirs(erased: list[str], others: list[str]) -> None:
    seeds = SEEDS
    for number, key in enumerate(erased):
        seeds = seeds.renewed(key, bytes([number]) * SEED_BYTES)
    assert [seeds.of(key) for key in erased] == [bytes([number]) * SEED_BYTES for number in range(len(erased))]
    assert all(seeds.of(key) == SEEDS.of(key) for key in others if key not in erased)
    assert Seeds.decode(seeds.encode()) == seeds


def test_what_was_erased_cannot_be_computed_from_what_is_left() -> None:
    seeds = SEEDS.renewed(A, bytes(SEED_BYTES))
    old = SEEDS.of(A)
    assert old not in seeds.encode()
    path = {(length, int(A, 16) >> (128 - length)) for length in range(129)}
    kept = {tuple(node) for node in seeds._nodes}
    assert kept & path == {(128, int(A, 16))}, "no node above the leaf is left, and the leaf is another one"


def test_a_seed_is_renewed_again() -> None:
    seeds = SEEDS.renewed(A, bytes(SEED_BYTES))
    again = seeds.renewed(A, b"\x01" * SEED_BYTES)
    assert again.of(A) == b"\x01" * SEED_BYTES
    assert len(again.encode()) == len(seeds.encode())
    assert again.of(B) == SEEDS.of(B)


@pytest.mark.parametrize("content", [b"", b"\x01" + bytes(32), b"\x02" + bytes(81), SEEDS.encode()[:-1]])
def test_what_are_no_seeds_is_refused(content: bytes) -> None:
    with pytest.raises(SettingsError, match="seeds"):
        Seeds.decode(content)


def test_shared_seeds_have_to_be_known_and_are_renewed_for_all() -> None:
    shared = SharedSeeds()
    with pytest.raises(SettingsError, match="not known"):
        _ = shared.known
    shared.value = SEEDS
    shared.renew(A, bytes(SEED_BYTES))
    assert shared.known.of(A) == bytes(SEED_BYTES)
    before = shared.known
    shared.renew(A, bytes(SEED_BYTES))
    assert shared.known is before


def test_derived_scopes_are_the_key_but_in_a_later_epoch_or_after_erasing() -> None:
    derived = Derived(Prf(b"the first made-up secret"), [Epoch("2", b"the second made-up secret")])
    scopes = {derived.scope(A, epoch, salt) for epoch in ("", "2") for salt in ("", "00" * 32)}
    assert A in scopes
    assert len(scopes) == 4
    assert derived.scope(A, "2", "") != derived.scope(B, "2", "")
    with pytest.raises(SettingsError, match="epoch 3"):
        derived.scope(A, "3", "")


def test_minted_scopes_have_nothing_of_the_secret() -> None:
    one, other = Minted(SEEDS), Minted(Seeds.mint(os.urandom))
    assert one.scope(A, "", "") == SEEDS.of(A).hex() != other.scope(A, "", "")
    assert one.scope(A, "2", "") == one.scope(A, "", "")
    assert one.prf.digest("", "x", "y") != other.prf.digest("", "x", "y")


def test_nothing_secret_is_shown() -> None:
    assert repr(SEEDS) == "Seeds(...)"
    assert "made-up" not in repr(Epoch("2", b"the second made-up secret"))
