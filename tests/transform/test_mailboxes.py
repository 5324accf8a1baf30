import pytest

from streamdeid.transform.mailboxes import named, owner_of

NAMES = [("NAME/FAMILY", "Doe-Roe"), ("NAME/GIVEN", "John"), ("NAME/GIVEN", "Quincy")]


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        ("john.doe", "john doe"),
        ("doe_john85", "john doe"),
        ("nonesuch-zzyzx", "nonesuch zzyzx"),
        ("j.doe", " doe"),
        ("jdoe", ""),
        ("emilysmith7", "emily smith"),
        ("smithemily", "emily smith"),
        ("a.b.c", ""),
        ("", ""),
    ],
)
def test_a_local_part_may_tell_a_name(local, expected):
    assert named(local) == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("jdoe85@hospital.test", "john doe"),
        ("doejohn@hospital.test", "john doe"),
        ("qroe@hospital.test", "quincy roe"),
        ("j.doe@hospital.test", "john doe"),
        ("doe@hospital.test", "john doe"),
        ("john85@hospital.test", "john "),
        ("john.doe@hospital.test", ""),
        ("info@hospital.test", ""),
        ("mailto:JDoe@hospital.test", "john doe"),
    ],
)
def test_whose_of_the_known_names_it_is(address, expected):
    assert owner_of(address, NAMES) == expected


def test_without_names_nobodys():
    assert owner_of("jdoe@hospital.test", []) == ""
