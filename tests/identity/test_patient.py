"""One identifier makes one key, whatever stands beside it."""

from itertools import permutations

import pytest

from streamdeid.errors import IdentityError
from streamdeid.identity.patient import Demographics, Identifier, KeyMaker
from streamdeid.policy.policy import IdentityRules
from streamdeid.transform.prf import Prf

KEYS = KeyMaker(Prf(b"a made-up secret"), IdentityRules())
MR = Identifier("M1", "ns:hosp", "MR", "PID-3")
PI = Identifier("P1", "ns:hosp", "PI", "PID-3[2]")
SS = Identifier("900-00-0001", "ns:usssa", "SS", "PID-3[3]")
UNTYPED = Identifier("U1", "ns:hosp", "", "PID-3[4]")
UNLISTED = Identifier("X1", "ns:hosp", "ZZ", "PID-3[5]")
DEMOGRAPHICS = Demographics("Doemann", "Johanna", "19610214")


def key(*identifiers: Identifier, demographics: Demographics | None = None, keys: KeyMaker = KEYS) -> str:
    return keys.of_patient(identifiers, demographics, "PID-3")


def test_a_key_is_a_keyed_hash_that_shows_nothing() -> None:
    made = key(Identifier("CANARY", "ns:canary", "MR", ""))
    assert len(made) == 32
    assert set(made) <= set("0123456789abcdef")
    assert made != key(
        Identifier("CANARY", "ns:canary", "MR", ""), keys=KeyMaker(Prf(b"another made-up secret"), IdentityRules())
    )


@pytest.mark.parametrize("order", [*permutations((SS, PI, MR, UNTYPED, UNLISTED))])
def test_the_medical_record_number_is_preferred_in_any_order(order: tuple[Identifier, ...]) -> None:
    assert key(*order) == key(MR)


def test_the_next_best_identifier_counts_where_the_best_is_missing() -> None:
    assert key(SS, UNLISTED, UNTYPED, PI) == key(PI)
    assert key(SS, UNLISTED, UNTYPED) == key(UNTYPED)
    assert key(SS, UNLISTED) == key(UNLISTED)


def test_a_social_security_number_never_names_a_patient() -> None:
    with pytest.raises(IdentityError, match=r"identity\.missing at PID-3"):
        key(SS)
    assert key(SS, demographics=DEMOGRAPHICS) == key(demographics=DEMOGRAPHICS)


def test_the_type_code_is_no_part_of_the_key_and_the_authority_is() -> None:
    assert key(MR._replace(type="PI")) == key(MR)
    assert key(MR._replace(authority="ns:other")) != key(MR)


def test_case_and_outer_blanks_of_a_number_do_not_matter() -> None:
    assert key(MR._replace(value=" m1 ")) == key(MR)
    assert key(MR._replace(value="M 1")) != key(MR)


def test_a_boundary_moved_between_authority_and_number_is_another_patient() -> None:
    assert key(Identifier("23", "ns:1", "MR", "")) != key(Identifier("3", "ns:12", "MR", ""))


def test_demographics_name_who_has_no_number() -> None:
    named = key(demographics=DEMOGRAPHICS)
    assert named == key(Identifier("  ", "ns:hosp", "MR", ""), demographics=DEMOGRAPHICS)
    assert named == key(demographics=Demographics("DOEMANN ", "johanna", "19610214"))
    assert named != key(demographics=DEMOGRAPHICS._replace(birth="19610215"))
    assert named != key(demographics=DEMOGRAPHICS._replace(given="Joan"))


@pytest.mark.parametrize("partial", [Demographics("Doemann", "J", ""), Demographics("", "J", "19610214"), None])
def test_a_name_or_a_birth_date_alone_names_nobody(partial: Demographics | None) -> None:
    with pytest.raises(IdentityError, match=r"identity\.missing at PID-3"):
        key(demographics=partial)


def test_two_numbers_of_one_authority_and_type_contradict() -> None:
    with pytest.raises(IdentityError) as refusal:
        key(MR, PI, MR._replace(value="M2", path="PID-3[3]"))
    assert (refusal.value.code, refusal.value.path) == ("identity.ambiguous", "PID-3[3]")


def test_what_does_not_contradict() -> None:
    assert key(MR, MR._replace(value="m1")) == key(MR)  # the same number twice
    assert key(MR, MR._replace(value="M2", authority="ns:other")) == key(MR)  # of another hospital
    assert key(MR, UNLISTED, UNLISTED._replace(value="X2")) == key(MR)  # of a type that names nobody
