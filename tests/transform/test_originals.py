"""Re-identification is exact: what a false identifier stands for is found for every shape."""

import string

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from streamdeid.formats import checkdigits
from streamdeid.transform.identifiers import Identifiers
from streamdeid.transform.originals import Originals
from streamdeid.transform.permutation import Permutation
from streamdeid.transform.prf import Prf

PRF = Prf(b"a made-up secret for the way back")
THERE, BACK = Identifiers(PRF), Originals(PRF)
DIGITS, LETTERS = string.digits, string.ascii_uppercase
NAMESPACES = st.sampled_from(["", "2.999.1", "House A\n", "keyed 7"])


def digits(count: int) -> st.SearchStrategy[str]:
    return st.text(DIGITS, min_size=count, max_size=count)


CHECKED = st.one_of(
    st.builds(lambda head, rest: head + rest + checkdigits.npi(head + rest), st.sampled_from("12"), digits(8)),
    digits(9).map(lambda body: body + (checkdigits.nhs(body) or "0")),
    st.integers(12, 18).flatmap(digits).map(lambda body: body + checkdigits.luhn(body)),
    st.text("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", min_size=16, max_size=16).map(checkdigits.with_check),
    st.builds(lambda head, rest: head + rest + checkdigits.dea(head + rest), st.sampled_from(["AB", "MX"]), digits(6)),
)
HEXADECIMAL = st.text("0123456789abcdef", min_size=32, max_size=32).filter(lambda text: not text.isdigit())
UUIDS = HEXADECIMAL.map(lambda text: "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:])))
OIDS = st.lists(st.integers(0, 10**9), min_size=2, max_size=6).map(lambda arcs: ".".join(map(str, [2, *arcs])))
PLAIN = st.text(DIGITS + LETTERS + "-/ .", min_size=1, max_size=140)
LOWER = st.text(DIGITS + string.ascii_lowercase, min_size=1, max_size=20)


@settings(max_examples=400)
@given(NAMESPACES, st.one_of(CHECKED, UUIDS, UUIDS.map(str.upper), OIDS, PLAIN, LOWER))
def test_what_a_false_identifier_stands_for_is_found(namespace: str, text: str) -> None:
    false = THERE.surrogate(namespace, text)
    assume(false is not None)
    assert false != text
    assert BACK.surrogate(namespace, false or "") == text


def test_a_hardware_address_is_found_again() -> None:
    for text in ("00:1a:2b:3c:4d:5e", "00-1A-2B-3C-4D-5E"):
        assert BACK.surrogate("", THERE.surrogate("", text) or "") == text


def test_another_namespace_or_secret_gives_something_else() -> None:
    false = THERE.surrogate("a", "40017765") or ""
    assert BACK.surrogate("b", false) != "40017765"
    assert Originals(Prf(b"another made-up secret")).surrogate("a", false) != "40017765"


@pytest.mark.parametrize("size", [2, 3, 10, 257, 10_000])
def test_the_inverse_undoes_the_permutation(size: int) -> None:
    permutation = Permutation(bytes(32), size)
    for number in range(0, size, max(1, size // 100)):
        assert permutation.original(permutation(number)) == number


def test_the_inverse_within_a_subset_undoes_the_permutation_within_it() -> None:
    permutation = Permutation(bytes(range(32)), 1000)
    for number in range(0, 1000, 7):
        assert permutation.original_within(permutation.within(number, _is_seventh), _is_seventh) == number


def _is_seventh(number: int) -> bool:
    return number % 7 == 0
