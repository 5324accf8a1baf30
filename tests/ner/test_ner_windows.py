import itertools
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamdeid.detect.ner.windows import Window, sections, windows


def starts(text: str) -> np.ndarray:
    return np.array([match.start() for match in re.finditer(r"\w+|\S", text)], np.int32)


def cut(text: str, size: int, overlap: int) -> list[Window]:
    return list(windows(text, starts(text), size, overlap))


def test_what_fits_is_one_window() -> None:
    assert cut("a b c", 3, 0) == [Window(0, 3, 0, 3)]
    assert cut("", 8, 2) == []


texts = st.lists(st.sampled_from(["word", "Mr", ".", "\n", "x1", "\n\n", ". ", "one two"]), max_size=120).map(" ".join)


@given(texts, st.integers(4, 40), st.data())
def test_every_token_is_read_once_from_where_it_is_furthest_from_an_edge(
    text: str, size: int, data: st.DataObject
) -> None:
    overlap = data.draw(st.integers(0, size // 4))
    found = cut(text, size, overlap)
    count = len(starts(text))
    assert [token for window in found for token in range(window.first, window.last)] == list(range(count))
    for window in found:
        assert window.start <= window.first <= window.last <= window.end
        assert window.end - window.start <= size
    for before, after in itertools.pairwise(found):
        assert overlap <= before.end - after.start <= max(2 * overlap, size - 1)
        assert after.start > before.start
        for token in range(after.start, before.end):
            to_end, to_start = before.end - 1 - token, token - after.start
            reads_before = token < before.last
            assert (to_end >= to_start) == reads_before or abs(to_end - to_start) <= 1


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("a b c d e f g h i j k l m\nn o p q", "n"),
        ("a b c d e f g h i j k l. m n o p q", "m"),
        ("a b c d e f g h i j k l. m\nn o p q", "n"),
        ("a b c d e f g h i j k l m n.o p", "n"),
    ],
)
def test_a_window_begins_with_a_line_or_a_sentence_where_it_can(text: str, begins: str) -> None:
    second = cut(text, 16, 2)[1]
    assert text[starts(text)[second.start]] == begins


def test_a_window_does_not_begin_inside_a_word() -> None:
    text = "a b c d e f g h-i-j-k-l-m-n"
    for window in cut(text, 16, 4)[1:]:
        assert text[starts(text)[window.start] - 1] != " " or text[starts(text)[window.start]] == "h"


@pytest.mark.parametrize(("size", "overlap"), [(0, 0), (7, 2), (10, -1)])
def test_windows_that_make_no_sense_are_refused(size: int, overlap: int) -> None:
    with pytest.raises(ValueError, match="windows"):
        cut("a", size, overlap)


@given(st.text(alphabet="ab \n", max_size=200), st.integers(1, 30))
def test_sections_are_the_text_and_none_is_too_long(text: str, longest: int) -> None:
    found = list(sections(text, longest))
    assert "".join(text[start:end] for start, end in found) == text
    assert all(0 < end - start <= longest for start, end in found) or not text


def test_sections_are_cut_after_a_line_end_and_else_before_a_blank() -> None:
    assert [("ab\ncd ef"[start:end]) for start, end in sections("ab\ncd ef", 5)] == ["ab\n", "cd ef"]
    assert [("ab cd ef"[start:end]) for start, end in sections("ab cd ef", 4)] == ["ab", " cd", " ef"]
    assert [("abcdefgh"[start:end]) for start, end in sections("abcdefgh", 4)] == ["abcd", "efgh"]
