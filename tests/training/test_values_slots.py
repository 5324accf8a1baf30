import itertools
import os
import random
import subprocess
import sys

import pytest

from streamdeid.training.values import Piece, Values
from streamdeid.training.values.pieces import Share

LABELS = [
    "PATIENT",
    "DOCTOR",
    "NAME",
    "DATE",
    "AGE",
    "ID",
    "PHONE",
    "EMAIL",
    "URL",
    "USER",
    "STREET",
    "CITY",
    "COUNTY",
    "STATE",
    "COUNTRY",
    "ZIP",
    "HOSPITAL",
    "ROOM",
    "ORGANIZATION",
    "PLACE",
    "PROFESSION",
    "ORG",
]
PERSON_FORMS = ("", ".full", ".given", ".family", ".reversed", ".initials", ".initial", ".short", ".nick", ".spelled")
DATE_FORMS = ("", ".numeric", ".long", ".month", ".year", ".partial", ".weekday", ".holiday", ".stamp")
ONE_LABEL = {
    **{f"{name}{form}": "PATIENT" for name in ("patient", "patient2") for form in PERSON_FORMS},
    **{f"{name}{form}": "DOCTOR" for name in ("doctor", "doctor2", "doctor3", "nurse") for form in PERSON_FORMS},
    **{f"{name}{form}": "NAME" for name in ("relative", "relative2", "person") for form in PERSON_FORMS},
    **dict.fromkeys(
        [
            "mrn",
            "ssn",
            "nhs",
            "account",
            "policy",
            "accession",
            "device",
            "licence",
            "npi",
            "plate",
            "case",
            "id",
            "id2",
            "spoken.id",
        ],
        "ID",
    ),
    **dict.fromkeys(["phone", "phone2", "fax", "pager", "extension", "spoken.phone"], "PHONE"),
    **{"email": "EMAIL", "spoken.email": "EMAIL", "url": "URL", "ip": "URL", "handle": "USER"},
    **dict.fromkeys(["age", "age2", "age.words", "spoken.age"], "AGE"),
    **{"street": "STREET", "city": "CITY", "city2": "CITY", "county": "COUNTY", "state": "STATE", "zip": "ZIP"},
    **{"ward": "ROOM", "room": "ROOM", "profession": "PROFESSION", "spoken.zip": "ZIP"},
    **dict.fromkeys(
        [
            "drug",
            "dose",
            "disease",
            "eponym",
            "procedure",
            "bodypart",
            "labtest",
            "value",
            "vital",
            "count",
            "time",
            "duration",
            "severity",
            "drug2",
        ],
        "",
    ),
}
#: Slots whose value may begin with an article or hold a clock time outside of the identifier.
WITH_TEXT = {
    **{f"{name}{form}": "DATE" for name in ("date", "date2") for form in DATE_FORMS},
    **dict.fromkeys(("dob", "spoken.date", "spoken.dob"), "DATE"),
    **dict.fromkeys(("hospital", "clinic", "facility"), "HOSPITAL"),
    **dict.fromkeys(("employer", "school", "church", "prison"), "ORGANIZATION"),
    **{"org": "ORG", "country": "COUNTRY", "place": "PLACE"},
}
SLOTS = [*ONE_LABEL, *WITH_TEXT, "address", "spoken.address"]


@pytest.fixture(scope="module")
def training() -> Values:
    return Values(None, held_out=False)


@pytest.fixture(scope="module")
def held_out() -> Values:
    return Values(None, held_out=True)


@pytest.mark.parametrize("share", ["training", "held_out"])
@pytest.mark.parametrize("slot", SLOTS)
def test_every_slot_fills(slot, share, request):
    values: Values = request.getfixturevalue(share)
    rng = random.Random(slot)
    for _ in range(40):
        pieces = values.text(rng).fill(slot)
        assert all(piece.text for piece in pieces)
        labels = [piece.label for piece in pieces]
        if slot in ONE_LABEL:
            assert labels == [ONE_LABEL[slot]]
            assert pieces[0].text == pieces[0].text.strip()
        elif slot in WITH_TEXT:
            assert [label for label in labels if label] == [WITH_TEXT[slot]]
        else:
            assert labels.count("STREET") == 1
            assert "CITY" in labels
            assert set(labels) <= {"", *LABELS}


def test_unknown_slot_is_a_key_error(training):
    scope = training.text(random.Random(1))
    for slot in ("shoe", "patient.middle", "date.lunar", "spoken.smell"):
        with pytest.raises(KeyError):
            scope.fill(slot)


def test_articles_and_clock_times_are_no_part_of_the_date(training):
    rng = random.Random(2)
    for slot in ("date", "date.partial", "date.year", "date.holiday", "spoken.date", "country", "hospital", "place"):
        for _ in range(300):
            for piece in training.text(rng).fill(slot):
                assert not (piece.label and piece.text.startswith("the ")), slot
    stamps = [training.text(rng).fill("date.stamp") for _ in range(300)]
    assert any(len(pieces) == 2 and not pieces[1].label for pieces in stamps)
    assert any(len(pieces) == 1 and "T" in pieces[0].text for pieces in stamps)


def text_of(pieces: list[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


def test_equal_seeds_give_equal_values(training):
    first, second = training, Values(None, held_out=False)
    for seed in range(5):
        one, other = first.text(random.Random(seed)), second.text(random.Random(seed))
        assert [one.fill(slot) for slot in SLOTS] == [other.fill(slot) for slot in SLOTS]


def test_values_vary(training):
    rng = random.Random(3)
    for slot in (
        "patient.full",
        "city",
        "street",
        "hospital",
        "employer",
        "phone",
        "mrn",
        "date.numeric",
        "email",
        "address",
    ):
        assert len({text_of(training.text(rng).fill(slot)) for _ in range(400)}) > 250, slot


def test_shares_are_disjoint_and_whole():
    values = ["Smith", "SMITH", "O'Brien", "OBrien", "García", "Garcia", *(f"town {number}" for number in range(3000))]
    one, other = Share(held_out=False).of(values), Share(held_out=True).of(values)
    assert not set(one) & set(other)
    assert sorted((*one, *other)) == sorted(set(values))
    assert 0.08 < len(other) / len(values) < 0.16
    for first, second in itertools.pairwise(values[:6]):
        same = (first in one) == (second in one)
        assert same or first[0] != second[0]


def folded(name: str) -> str:
    return "".join(char for char in name.casefold() if char.isalpha())


def test_no_name_of_one_share_in_the_other(training, held_out):
    def names(values: Values) -> set[str]:
        rng = random.Random(4)
        return {folded(values.origins.given(rng)) for _ in range(8000)}

    assert not names(training) & names(held_out)
    one, other = ({v.geography._uk for v in (values,)} for values in (training, held_out))
    assert not set(*one) & set(*other)


def test_lists_are_read_where_they_are(tmp_path):
    (tmp_path / "us_census_surnames_phileas.txt").write_text("".join(f"zyxab{chr(97 + n)}\n" for n in range(26)))
    (tmp_path / "first-names_phileas.txt").write_text("".join(f"qwv{chr(97 + n)}o\n" for n in range(26)))
    (tmp_path / "us_zipcode_city_state_county_tide.csv").write_text("01234,4.1,-8.5,Zzyville,IN,Indiana,5,LaGrange\n")
    rng = random.Random(5)
    values = Values(tmp_path, held_out=False)
    people = {values.origins.person(rng).family for _ in range(400)}
    assert any(name.startswith("Zyxab") for name in people)
    assert ("Zzyville" in {town.city for town in values.geography._towns}) != (
        "Zzyville" in {town.city for town in Values(tmp_path, held_out=True).geography._towns}
    )


@pytest.mark.parametrize("slot", ["city", "hospital", "patient.full", "street"])
def test_values_are_the_same_in_every_process(slot: str) -> None:
    program = (
        "import random; from streamdeid.training.values import Values; values = Values(None, True); "
        f"print([[p.text for p in values.text(random.Random(n)).fill('{slot}')] for n in range(200)])"
    )
    drawn = {
        subprocess.run(
            [sys.executable, "-c", program], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(drawn) == 1
