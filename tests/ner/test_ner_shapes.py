import re

import pytest
from growth import is_linear
from hypothesis import given
from hypothesis import strategies as st

from streamdeid.detect.ner.shapes import SHAPES, shape_ids

GLUED, BLANK, LINE = 0, 1, 2


def of(text: str, token: str) -> tuple[int, int]:
    """Boundary and shape of a token in a text."""
    start = text.index(token)
    (number,) = shape_ids(text, [(start, start + len(token))])
    return divmod(number - 1, 8)


@pytest.mark.parametrize(
    ("token", "shape"),
    [
        *[("saw", 0), ("Doe", 1), ("É", 2), ("I", 2), ("JOHN", 2), ("McCoy", 3), ("iPhone", 3), ("DOe", 3)],
        *[("42", 4), ("٣", 4), ("12A", 5), ("b2", 5), ("²a", 5), (".", 6), ("--", 6), ("+", 6), ("😀", 6)],
        *[("王", 7), ("שלום", 7), ("\u0301", 7), ("\x00", 7), ("é", 0), ("ÉCOLE", 2), ("École", 1)],
    ],
)
def test_the_shape_of_a_token(token: str, shape: int) -> None:
    assert of(f"x {token}", token) == (BLANK, shape)


@pytest.mark.parametrize(
    ("before", "boundary"),
    [
        *[("", LINE), ("  ", LINE), ("x", GLUED), ("(", GLUED), ("x ", BLANK), ("x\u00a0", BLANK), ("x\t", BLANK)],
        *[("x\n", LINE), ("x\r\n", LINE), ("x\n  ", LINE), ("x\u2028", LINE), ("x\r", LINE), ("x\u200b", GLUED)],
    ],
)
def test_what_stands_before_a_token(before: str, boundary: int) -> None:
    text = f"{before}Doe"
    assert of(text, "Doe") == (boundary, 1)


def test_special_tokens_are_zero_and_all_others_are_not() -> None:
    assert shape_ids("Doe", [(0, 0), (0, 3), (0, 0)]) == [0, 18, 0]


def test_pieces_of_a_word_are_glued() -> None:
    assert shape_ids("a Doemann", [(0, 1), (2, 5), (5, 9)]) == [17, 10, 1]


@given(st.text())
def test_each_token_has_the_id_that_it_has_by_itself(text: str) -> None:
    offsets = [match.span() for match in re.finditer(r"\w+|\S", text)]
    together = shape_ids(text, offsets)
    assert together == [shape_ids(text, [offset])[0] for offset in offsets]
    assert all(1 <= number < SHAPES for number in together)


def test_a_long_text_is_no_more_than_its_length() -> None:
    def text(size: int) -> tuple[str, list[tuple[int, int]]]:
        made = " " * size + "x" * size + "y " * (size // 10)
        return made, [match.span() for match in re.finditer(r"\w+", made)]

    assert is_linear(lambda made: shape_ids(*made), text, 50_000)
