from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA, Levenshtein

from streamdeid.detect.near_words import LEAST_LETTERS, NearWords
from streamdeid.detect.spellings import SPELLINGS

WORD = st.text("abc", min_size=1, max_size=9)
LONG = 7


@given(st.frozensets(WORD, max_size=12), WORD)
def test_all_words_with_one_edit_are_found_and_no_others(words: frozenset[str], word: str) -> None:
    near = dict(NearWords(words, 1, LONG, []).near(word))
    assert near == {
        other: OSA.distance(word, other)
        for other in words
        if other == word
        or (len(other) >= LEAST_LETTERS and len(word) >= LEAST_LETTERS - 1 and OSA.distance(word, other) == 1)
    }


@given(st.frozensets(WORD, max_size=12), WORD)
def test_two_edits_are_for_long_words(words: frozenset[str], word: str) -> None:
    near = dict(NearWords(words, 2, LONG, []).near(word))
    for other in words:
        distance = OSA.distance(word, other)
        if other in near:
            assert near[other] == distance <= (2 if len(other) >= LONG else 1)
        elif len(other) >= LONG and len(word) >= LEAST_LETTERS:
            assert Levenshtein.distance(word, other) > 2


def test_one_edit() -> None:
    near = NearWords({"fabledorf", "elm", "q42b"}, 1, 12, []).near
    for written in ("fabledorf", "fabldorf", "fabbledorf", "fabledort", "afbledorf", "fabledrof", "fabeldorf"):
        assert near(written) == (("fabledorf", int(written != "fabledorf")),)
    assert near("fabldrof") == ()
    assert near("ela") == (), "short"
    assert near("q42c") == (), "a number"


def test_other_spellings_are_no_edits() -> None:
    words = {"mueller", "muller", "strasse", "fabledorf", "marner"}
    german = NearWords(words, 0, 12, [SPELLINGS["transliteration"]]).near
    assert german("muler") == ()
    assert german("muller") == (("mueller", 0), ("muller", 0))
    assert german("strase") == (("strasse", 0),)
    scanned = NearWords(words, 0, 12, [SPELLINGS["ocr"]]).near
    assert scanned("fab1ed0rf") == (("fabledorf", 0),)
    assert scanned("mamer") == (("marner", 0),)
    assert scanned("fabledort") == ()
