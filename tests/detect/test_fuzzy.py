import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamdeid.detect.fuzzy import FuzzyDetector, FuzzyDictionary, Tolerance
from streamdeid.types import Span

LISTED = ["Fabledorf General", "Quillaby", "Universit\u00e4tskrankenhaus", "Ann Lee", "Ward 17 Fabledorf", "Elms"]


def found(text: str, tolerance: Tolerance, phrases: list[str] = LISTED) -> list[tuple[str, int]]:
    return [(text[near.start : near.end], near.edits) for near in FuzzyDictionary(phrases, tolerance).find(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("at Fabeldorf General today", [("Fabeldorf General", 1)]),
        ("at fabledorf  genral", [("fabledorf  genral", 1)]),
        ("at F\u0430bledorf\u00a0Gen\u200beal", [("F\u0430bledorf\u00a0Gen\u200beal", 1)]),
        ("at Fabeldorf Genral", []),
        ("at Fabledorf General", []),
        ("Fabeldorf; General", []),
        ("Mrs. Quilaby, QUILLABI and Quillabys", [("Quilaby", 1), ("QUILLABI", 1), ("Quillabys", 1)]),
        ("a quilaby", []),
        ("Ann Leo", []),
        ("Anne Lee", []),
        ("Elma", []),
        ("Ward 18 Fabledorf", []),
        ("Ward 17 Fabledort", [("Ward 17 Fabledort", 1)]),
        ("Universitatskrankenhau", [("Universitatskrankenhau", 1)]),
        ("", []),
    ],
)
def test_one_letter_may_be_wrong_in_what_is_long_enough(text: str, expected: list[tuple[str, int]]) -> None:
    assert found(text, Tolerance(1)) == expected


def test_two_letters_may_be_wrong_in_what_is_twice_as_long() -> None:
    tolerance = Tolerance(2)
    assert found("Fabeldorf Genral", tolerance) == [("Fabeldorf Genral", 2)]
    assert found("Univresitatskrankenhau", tolerance) == [("Univresitatskrankenhau", 2)]
    assert found("Quilabi", tolerance) == []


def test_the_least_number_of_letters_is_said() -> None:
    assert found("Elmt", Tolerance(1, shortest=4)) == [("Elmt", 1)]
    assert found("Quilaby", Tolerance(1, shortest=9)) == []


def test_spellings() -> None:
    phrases = ["Mueller", "Fabledorf", "Stra\u00dfe der Rosen"]
    both = Tolerance(0, ("transliteration", "ocr"))
    assert found("M\u00fcller, Muller; Mueller", both, phrases) == [("M\u00fcller", 0), ("Muller", 0)]
    assert found("Strasse der Rosen", both, phrases) == [("Strasse der Rosen", 0)]
    assert found("Fab1ed0rf or Fabledort", both, phrases) == [("Fab1ed0rf", 0)]


def test_everyday_words_are_no_misspelt_names() -> None:
    phrases = ["Brownn", "Histori", "Patieny"]
    assert found("Brown, History, Patient", Tolerance(1), phrases) == []
    assert found("Brownm", Tolerance(1), phrases) == [("Brownm", 1)]


def test_what_is_listed_is_not_taken_for_another_one() -> None:
    assert found("Quillaby Quillabi", Tolerance(1), ["Quillaby", "Quillabi"]) == []


def test_a_finding_says_that_it_is_one_of_likeness() -> None:
    detect = FuzzyDetector([("fuzzy.staff", "NAME/DOCTOR", LISTED, Tolerance(2))])
    assert detect("Quilaby at Fabeldorf Genral") == [
        Span(0, 7, "NAME/DOCTOR", 0.9, "fuzzy.staff"),
        Span(11, 27, "NAME/DOCTOR", 0.8, "fuzzy.staff"),
    ]


@given(st.sampled_from(LISTED[:3]), st.data())
def test_any_one_edit_within_a_word_is_found(phrase: str, data: st.DataObject) -> None:
    at = data.draw(st.sampled_from([place for place, letter in enumerate(phrase) if letter != " " and place > 0]))
    kind = data.draw(st.sampled_from(["wrong", "missing", "more"]))
    letter = data.draw(st.sampled_from("qxj"))
    written = phrase[:at] + ("" if kind == "missing" else letter) + phrase[at + (kind != "more") :]
    assert found(f"Seen; {written}, well", Tolerance(1), LISTED) == [(written, 1)]


def test_many_phrases_that_are_alike_are_no_burden() -> None:
    phrases = [f"hospital{number:05d}" for number in range(20_000)]
    assert found("Hospital00077 and Hospitai00077", Tolerance(1), phrases) == []
