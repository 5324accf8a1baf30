"""An address that says less of where its town is means one of the same message that says more, wherever that stands."""

import base64
from collections.abc import Sequence

import pytest
from handwritten import OID, adt, er7, released
from hypothesis import given, settings
from hypothesis import strategies as st

from streamdeid.engine import Deidentifier

RICH = "1 Nonesuch Lane^^Nonesuch Falls^OH^43920"
IN_STATE = "2 Nonesuch Lane^^Nonesuch Falls^OH"
ALONE = "3 Nonesuch Lane^^NONESUCH  FALLS"
ELSEWHERE = "4 Nonesuch Lane^^Nonesuch Falls^PA^15003"
OTHER_STATE = "5 Nonesuch Lane^^Nonesuch Falls^PA"
NOWHERE = "6 Nonesuch Lane^^Nonesuch Falls^WY"
KNOWN = "7 Nonesuch Lane^^Springfield^MO^65807"
KNOWN_ALONE = "8 Nonesuch Lane^^Springfield"
KNOWN_OTHERWISE = "9 Nonesuch Lane^^Springfield^OH^45503"
ADDRESSES = (RICH, IN_STATE, ALONE, ELSEWHERE, OTHER_STATE, NOWHERE, KNOWN, KNOWN_ALONE, KNOWN_OTHERWISE)
PID = f"PID|1||7001^^^MADEUP&{OID}&ISO^MR||Doemann^Johanna||19610214|F"


def kin(addresses: Sequence[str]) -> list[str]:
    """A next of kin for each address, in their order."""
    return [f"NK1|{number}|Doemann^Kunibert|SPO|{address}" for number, address in enumerate(addresses, 1)]


def towns(clean: bytes) -> list[str]:
    """The towns of all next of kin, in small letters: the original's case stays."""
    segments = clean.decode().split("\r")
    return [row.split("|")[4].split("^")[2].casefold() for row in segments if row.startswith("NK1")]


def named(deidentifier: Deidentifier, addresses: Sequence[str]) -> dict[str, str]:
    """What becomes of the town of each address of one message."""
    clean = released(deidentifier, adt("A01", *kin(addresses), pid=PID))
    return dict(zip(addresses, towns(clean), strict=True))


@pytest.mark.parametrize("poor", [IN_STATE, ALONE])
def test_both_orders_give_one_town(deidentifier: Deidentifier, poor: str) -> None:
    alone = named(deidentifier, [RICH])[RICH]
    for order in ([RICH, poor], [poor, RICH]):
        assert named(deidentifier, order) == {RICH: alone, poor: alone}


def test_a_town_of_another_state_is_another_one(deidentifier: Deidentifier) -> None:
    together = named(deidentifier, [OTHER_STATE, NOWHERE, RICH])
    assert together == {one: named(deidentifier, [one])[one] for one in together}
    assert together[NOWHERE] != together[RICH]


def test_the_state_says_which_of_two_is_meant(deidentifier: Deidentifier) -> None:
    for order in ([IN_STATE, RICH, ELSEWHERE, OTHER_STATE], [OTHER_STATE, ELSEWHERE, RICH, IN_STATE]):
        together = named(deidentifier, order)
        assert together[IN_STATE] == together[RICH] != together[ELSEWHERE] == together[OTHER_STATE]


@settings(max_examples=30, deadline=None)
@given(order=st.permutations(ADDRESSES), count=st.integers(1, len(ADDRESSES)))
def test_the_order_of_addresses_plays_no_part(deidentifier: Deidentifier, order: list[str], count: int) -> None:
    chosen = order[:count]
    assert named(deidentifier, chosen) == named(deidentifier, sorted(chosen))


@pytest.mark.parametrize(("outer", "inner"), [(RICH, IN_STATE), (IN_STATE, RICH), (ALONE, RICH)])
def test_an_enclosed_message_names_the_same_town(deidentifier: Deidentifier, outer: str, inner: str) -> None:
    held = base64.b64encode(adt("A01", *kin([inner]), pid=PID)).decode()
    observation = f"OBX|1|ED|55^Message^LN||HL7^AP^HL7^Base64^{held}||||||F"
    clean = released(deidentifier, er7("ORU^R01", PID, *kin([outer]), "OBR|1||F1^LABSYS|55^Message^LN", observation))
    (town,) = towns(clean)
    new = next(row for row in clean.decode().split("\r") if row.startswith("OBX|")).split("|")[5].split("^")[-1]
    assert towns(base64.b64decode(new)) == [town] == [named(deidentifier, [RICH])[RICH]]
