"""Names of parameters that users know from elsewhere: taken where they mean the same, else told what to write."""

from typing import Any

import pytest

from streamdeid.build import parse_policy
from streamdeid.errors import PolicyError
from streamdeid.policy.parameters_elsewhere import INSTEAD, our_label, taken_over

GROUPS = {"operator": "generalise", "label": "AGE", "to": "age", "ranges": [1, 20, 60]}
HEAD = "include: expert_determination\nname: own\n"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"genderAwareness": True, "name": "a"}, {"name": "a"}),
        ({"geoConsistency": True, "consistentAcrossNameParts": True}, {}),
        ({"genderAwareness": False}, {"genderAwareness": False}),
        ({"sameLengthFormattedEntities": ["PHONE", "SSN", "ID/MRN"]}, {}),
        ({"sameLengthFormattedEntities": ["phone", "Zip", "idnum", "id"]}, {}),
        ({"sameLengthFormattedEntities": ["EMAIL"]}, {"sameLengthFormattedEntities": ["EMAIL"]}),
        (
            {"staticObfuscationPairs": [["John Doe", "PATIENT", "Richard Roe"]], "pairs": {"ID/MRN": {"1": "2"}}},
            {"pairs": {"ID/MRN": {"1": "2"}, "NAME": {"John Doe": "Richard Roe"}}},
        ),
        (
            {"ageRanges": [1, 20, 60], "labels": {"AGE": "age", "ID": "mask"}},
            {"labels": {"AGE": GROUPS, "ID": "mask"}},
        ),
        ({"ageRanges": [1, 20, 60]}, {"labels": {"AGE": GROUPS}}),
        ({"ageRanges": [20, 1]}, {"ageRanges": [20, 1]}),
        ({"ageRanges": [1], "labels": {"AGE": "mask"}}, {"ageRanges": [1], "labels": {"AGE": "mask"}}),
        ({"staticObfuscationPairs": [["John Doe"]]}, {"staticObfuscationPairs": [["John Doe"]]}),
        ([], []),
    ],
)
def test_what_means_the_same_is_taken(content: Any, expected: Any) -> None:
    assert taken_over(content) == expected


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("DOCTOR", "NAME"),
        ("CITY", "LOCATION/CITY"),
        ("MEDICALRECORD", "ID/MRN"),
        ("phone", "CONTACT/PHONE"),
        ("X", "X"),
    ],
)
def test_labels(theirs: str, ours: str) -> None:
    assert our_label(theirs) == ours


def test_age_ranges_of_theirs_are_groups_of_ages() -> None:
    rule = parse_policy(HEAD + "ageRanges: [1, 20, 60]\n", "own.yaml").labels["AGE"]
    assert rule == parse_policy(HEAD + "labels:\n  AGE: generalise AGE age ranges=1,20,60\n", "own.yaml").labels["AGE"]


def test_pairs_of_theirs_are_ours() -> None:
    policy = parse_policy(HEAD + "staticObfuscationPairs: [[John Doe, PATIENT, Richard Roe]]\n", "own.yaml")
    assert policy.pairs == {"NAME": {"John Doe": "Richard Roe"}}


@pytest.mark.parametrize("name", sorted(INSTEAD))
@pytest.mark.parametrize(
    "where", ["{name}: false\n", "dates: {{{name}: false}}\n", "labels:\n  DATE: shift DATE {name}=x\n"]
)
def test_for_all_others_it_is_told_what_to_write(name: str, where: str) -> None:
    if name == "region" and "labels" in where:
        return  # that is one of ours, too
    with pytest.raises(PolicyError) as fault:
        parse_policy(HEAD + where.format(name=name), "own.yaml")
    assert INSTEAD[name] in str(fault.value)
    assert str(fault.value).startswith(f"own.yaml, line {4 if 'labels' in where else 3}: ")


@pytest.mark.parametrize(("region", "expected"), [("eu", True), ("us", False)])
def test_the_region_of_dates_says_which_number_is_the_day(region: str, expected: bool) -> None:
    rule = parse_policy(HEAD + f"labels:\n  DATE: shift DATE region={region}\n", "own.yaml").labels["DATE"]
    plain = parse_policy(HEAD + f"labels:\n  DATE: shift DATE day_first={str(expected).lower()}\n", "own.yaml")
    assert rule == plain.labels["DATE"]
