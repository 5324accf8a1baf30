"""Where a value counts as standing, and which values no code may equal."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamdeid.formats import er7
from streamdeid.message.occurrences import LeafFinder, is_measure, is_telling, occurrences, possible


@pytest.mark.parametrize("value", ["40017765", "A-1234", "2024-1234", "123-45-6789", "12ab34", "AB_1234", "12345"])
def test_what_is_telling(value: str) -> None:
    assert is_telling(value)


@pytest.mark.parametrize("value", ["1234", "PARK", "abc123", "12 Main Street", "a@b1234.org", "", "1.2345"])
def test_what_is_not_telling(value: str) -> None:
    assert not is_telling(value)


@given(st.text("ab- |", max_size=30), st.text("ab", min_size=1, max_size=3))
def test_occurrences_are_those_of_whole_words(text: str, word: str) -> None:
    expected = [found.start() for found in re.finditer(rf"(?<![ab]){word}(?![ab])", text)]
    assert list(occurrences(text.encode(), word.encode())) == expected


def test_letters_beyond_ascii_belong_to_words() -> None:
    assert list(occurrences("Höll höll öl".encode(), b"ll")) == []
    assert list(occurrences("Müller-Lüdenscheid, Müller".encode(), "Müller".encode())) == [0, 22]


def test_a_url_that_goes_on_is_another() -> None:
    assert list(occurrences(b"http://a.org/x http://a.org", b"http://a.org")) == [15]


def test_the_leaf_at_a_byte() -> None:
    document = er7.scan(b"MSH|^~\\&|APP\rPID|1||77^^^X\rOBX|1|NM|a||12345\r")
    finder = LeafFinder(document)
    found = [finder.at(position) for position in range(len(document.raw) + 1)]
    for leaf in document.leaves:
        assert found[leaf.start : leaf.end] == [leaf] * (leaf.end - leaf.start)
    covered = sum(leaf.end - leaf.start for leaf in document.leaves)
    assert found.count(None) == len(document.raw) + 1 - covered


def test_what_is_a_measure() -> None:
    document = er7.scan(b"MSH|^~\\&|APP\rOBX|1|NM|a||12345\rOBX|2|ST|a||12345\r")
    assert [is_measure(leaf) for leaf in document.leaves if leaf.place.path == "OBX-5"] == [True, False]


@given(st.text("ab- |\xe9", max_size=30), st.lists(st.text("ab-|\xe9", min_size=1, max_size=3), max_size=5))
def test_a_word_that_occurs_is_possible(text: str, words: list[str]) -> None:
    sought = [word.encode() for word in words] + [b"zz%d" % number for number in range(40)]
    found = possible(text.encode(), sought)
    assert [word for word in sought if list(occurrences(text.encode(), word))] == [
        word for word in found if list(occurrences(text.encode(), word))
    ]
    assert not any(word.startswith(b"zz") for word in found)
