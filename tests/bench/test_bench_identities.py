"""Distinct patients get distinct identities. `streamdeid bench identities --patients 1000000` is the same for more."""

import pytest

from streamdeid.bench import identities
from streamdeid.bench.identities import Patient, count, patient


def test_no_two_of_twenty_thousand_patients_get_one_identity() -> None:
    found = count(20_000)
    assert found.patients == 20_000
    assert (found.numbers_twice, found.identities_twice, found.unchanged) == (0, 0, 0)


def test_patients_have_numbers_of_their_own_and_names_of_others() -> None:
    made = [patient(number) for number in range(20_000)]
    assert len({one.mrn for one in made}) == len(made)
    assert len({one.family for one in made}) < len(made)
    assert all(len(one.mrn) == len(one.birth) == 8 for one in made)


def test_what_meets_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identities, "patient", lambda number: Patient("40017765", "Doemann", "Johanna", "19610214"))
    found = count(3)
    assert (found.numbers_twice, found.identities_twice, found.persons_twice, found.true_persons_twice) == (2, 2, 2, 2)
    assert count(0).numbers_twice == 0
