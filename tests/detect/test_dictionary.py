import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamdeid.detect.dictionary import Dictionary, ListDetector
from streamdeid.detect.phrases import is_gap, word_pattern, words_of
from streamdeid.detect.rules.fold import fold
from streamdeid.types import Span

HOSPITALS = ["Fabledorf General", "General", "St. Mary's", "東京病院"]


def found(text: str, *lists: list[str]) -> list[str]:
    return [text[listed.start : listed.end] for listed in Dictionary(lists or [HOSPITALS]).find(text)]


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        ("at FABLEDORF general.", ["FABLEDORF general", "general"]),
        ("at Fabledorf \n  General", ["Fabledorf \n  General", "General"]),
        ("at F\u0430bledorf\u00a0Gener\u200bal now", ["F\u0430bledorf\u00a0Gener\u200bal", "Gener\u200bal"]),
        ("at Fabledorf; General", ["General"]),
        ("at St Mary's and St. Mary\u2019s", ["St Mary's", "St. Mary\u2019s"]),
        ("generally a generalist", []),
        ("彼は東京病院にいた", ["東京病院"]),
        ("", []),
    ],
)
def test_phrases_are_whole_words_however_they_are_written(text: str, phrases: list[str]) -> None:
    assert found(text) == phrases


def test_lists_are_told_apart_and_may_share_phrases() -> None:
    dictionary = Dictionary([["Elm"], ["elm", "Oak", "Elm"], []])
    assert [listed.number for listed in dictionary.find("Elm, oak")] == [0, 1, 1]
    assert len(dictionary) == 2


def test_an_empty_dictionary_finds_nothing() -> None:
    assert found("any text", [], ["...", ""]) == []


def test_a_list_finds_its_label() -> None:
    detect = ListDetector([("deny.staff", "NAME/DOCTOR", ["Doemann"]), ("deny.wards", "LOCATION", ["Ward Q"])])
    assert detect("Doemann on ward Q") == [
        Span(0, 7, "NAME/DOCTOR", 1.0, "deny.staff"),
        Span(11, 17, "LOCATION", 1.0, "deny.wards"),
    ]


WORDS = st.lists(st.sampled_from(["elm", "Oak", "elmo", "ash", "Zürich"]), min_size=1, max_size=3)


@given(
    st.lists(WORDS, max_size=5), st.lists(st.sampled_from(["elm", "OAK", "ash", "elmo", "zurich", "; "]), max_size=9)
)
def test_all_that_is_listed_is_found_and_nothing_else(phrases: list[list[str]], words: list[str]) -> None:
    text = " ".join(words)
    wanted = {
        (match.start(1), match.end(1))
        for phrase in phrases
        for match in re.finditer(rf"(?=(?<![a-z])({' '.join(words_of(' '.join(phrase)))})(?![a-z]))", text.lower())
    }
    assert {(one.start, one.end) for one in Dictionary([map(" ".join, phrases)]).find(text)} == wanted


@given(
    st.lists(st.lists(st.sampled_from(["a", "b", "ab"]), min_size=1, max_size=5).map(" ".join), max_size=6),
    st.text("ab ,\u00e9\u6771", max_size=60),
)
def test_where_few_stand_among_many_words_they_are_found_as_well(phrases: list[str], text: str) -> None:
    dictionary = Dictionary([phrases, ["b b"]])
    among = "c; " * 3000
    assert [
        (start - len(among), end - len(among), number) for start, end, number in dictionary.find(among + text + "; c")
    ] == [*map(tuple, dictionary.find(text))]
    words = [(match.start(), match.end(), match[0]) for match in word_pattern(fold(text).lower).finditer(text.lower())]
    if text.isascii():
        assert {*dictionary.find(text)} == {
            (words[at][0], words[at + len(wanted) - 1][1], number)
            for number, listed in enumerate([phrases, ["b b"]])
            for wanted in map(str.split, listed)
            for at in range(len(words) - len(wanted) + 1)
            if [word for _, _, word in words[at : at + len(wanted)]] == wanted
            and all(is_gap(text[one[1] : two[0]]) for one, two in pairwise(words[at : at + len(wanted)]))
        }


def test_phrases_of_many_words_are_compared_to_their_ends() -> None:
    phrase = "a made up house for the long sick and the very old"
    assert found(f"in {phrase.title()} {'.' * 300}", [phrase, phrase + "er"]) == [phrase.title()]
    assert found(f"in {phrase}er {'.' * 300}", [phrase]) == []
    assert found(f"in {phrase[:-3]}", [phrase]) == []


def test_many_entries() -> None:
    syllables = ("ba", "de", "fi", "go", "lu", "ma", "ne", "so", "ti", "wu")
    names = [a + b + c + d for a in syllables for b in syllables for c in syllables for d in syllables]
    dictionary = Dictionary([names])
    assert len(dictionary) == 10_000
    assert len(list(dictionary.find(" ".join(names)))) == 10_000
