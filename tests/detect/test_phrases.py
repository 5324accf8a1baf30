import pytest

from streamdeid.detect.phrases import is_gap, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("St. Mary's", ["st", "mary", "s"]),
        ("Zürich_Nord 12a", ["zurich", "nord", "12a"]),
        ("F\u0430bledorf", ["fabledorf"]),  # a Cyrillic a
        ("Fable\u200bdorf", ["fabledorf"]),
        ("東京 Ward", ["東", "京", "ward"]),
        (" .,-", []),
    ],
)
def test_words_are_folded(text: str, words: list[str]) -> None:
    assert words_of(text) == words


@pytest.mark.parametrize(("between", "joins"), [(" ", True), (". ", True), (" \n  ", True), ("", True), ("; ", False)])
def test_what_may_stand_between_the_words_of_a_phrase(between: str, joins: bool) -> None:
    assert is_gap(between) is joins
    assert not is_gap(between + "..")
