from collections import Counter

import pytest

from streamdeid.transform.own_lists import OwnList, OwnLists
from streamdeid.transform.prf import Prf
from streamdeid.transform.surrogates import Surrogates
from streamdeid.types import Entity

PRF = Prf(b"a made-up secret for tests")
LISTS = OwnLists(
    (
        OwnList("NAME/FAMILY", ("Alpha", "Beta", "Gamma"), (1.0, 1.0, 1.0)),
        OwnList("NAME/GIVEN", ("Ada", "Grace"), (1.0, 1.0), sex="F"),
        OwnList("NAME/GIVEN", ("Alan", "Edsger"), (1.0, 1.0), sex="M"),
        OwnList("LOCATION/CITY", ("Erewhon",), (1.0,), region="OH"),
        OwnList("LOCATION/CITY", ("Utopia", "Erewhon"), (3.0, 1.0)),
        OwnList("LOCATION/HOSPITAL", ("Nowhere Hospital", "Elsewhere Clinic"), (1.0, 1.0)),
        OwnList("LOCATION/STREET", ("1 Made Up Road",), (1.0,)),
        OwnList("PROFESSION", ("cooper",), (1.0,)),
        OwnList("CONTACT/EMAIL", ("nobody@example.com", "no.one@example.com"), (1.0, 1.0)),
    ),
    {
        "NAME/FAMILY": {"doe": "Roe"},
        "NAME/GIVEN": {"john": "Richard"},
        "ID/MRN": {"40017765": "12345678"},
        "LOCATION/HOSPITAL": {"mgh": "Nowhere Hospital"},
    },
)


@pytest.fixture(scope="module")
def replace():
    surrogates = Surrogates(PRF, LISTS)
    return lambda label, text, value=None, scope="p": surrogates.replace(scope, Entity(label, value or text), text)


def test_values_are_drawn_by_weight():
    drawn = Counter(LISTS.pick(PRF, str(scope), "LOCATION/CITY", "Nonesuch") for scope in range(2000))
    assert 1400 < drawn["Utopia"] < 1600
    assert drawn.total() == drawn["Utopia"] + drawn["Erewhon"]


def test_a_value_is_never_itself_and_always_the_same():
    for scope in map(str, range(100)):
        for value in ("Alpha", "BETA", "gamma"):
            new = LISTS.pick(PRF, scope, "NAME/FAMILY", value)
            assert new is not None
            assert new.lower() != value.lower()
            assert new == LISTS.pick(PRF, scope, "NAME/FAMILY", value)


def test_the_only_value_of_a_list_does_not_stand_for_itself():
    assert LISTS.pick(PRF, "p", "PROFESSION", "Cooper") is None
    assert LISTS.pick(PRF, "p", "PROFESSION", "Plumber") == "cooper"
    assert LISTS.pick(PRF, "p", "LOCATION/COUNTY", "Cook") is None


def test_given_names_of_the_policy_are_by_sex(replace):
    women = {replace("NAME/GIVEN", name, scope=str(scope)) for name in ("Mary", "Susan") for scope in range(30)}
    men = {replace("NAME/GIVEN", name, scope=str(scope)) for name in ("Peter", "Paul") for scope in range(30)}
    assert (women, men) == ({"Ada", "Grace"}, {"Alan", "Edsger"})
    assert replace("NAME/FULL", "MARY SMITH").split()[0] in ("ADA", "GRACE")


def test_lists_of_a_region_come_before_those_for_all(replace):
    assert replace("LOCATION/CITY", "Columbus") == "Erewhon"
    assert {replace("LOCATION/CITY", "Boston", scope=str(scope)) for scope in range(30)} == {"Utopia", "Erewhon"}


def test_pairs_come_first_in_every_form(replace):
    assert replace("NAME/FULL", "Mr. John Doe's") == "Mr. Richard Roe's"
    assert replace("NAME/FULL", "DOE, JOHN") == "ROE, RICHARD"
    assert replace("NAME/FULL", "J. Doe", "John Doe") == "R. Roe"
    assert replace("ID/MRN", "40017765") == "12345678"
    assert replace("LOCATION/HOSPITAL", "MGH") == "Nowhere Hospital"
    assert replace("CONTACT/EMAIL", "john.doe@example.org") in ("nobody@example.com", "no.one@example.com")


def test_other_labels_are_drawn_whole(replace):
    assert replace("LOCATION/HOSPITAL", "Massachusetts General") in ("Nowhere Hospital", "Elsewhere Clinic")
    assert replace("LOCATION/STREET", "12 Main St") == "1 Made Up Road"
    assert replace("LOCATION/ADDRESS", "12 Main St, Boston, MA 02115").startswith("1 Made Up Road, ")
    assert replace("ID/OTHER", "12345") not in (None, "12345")
