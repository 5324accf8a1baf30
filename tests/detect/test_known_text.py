import pytest

from streamdeid.detect.known_text import Words, fold, fold_character, words_of


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("José", "jose"),
        ("Jose\u0301", "jose"),
        ("STRAßE", "strasse"),
        ("Łódź", "lodz"),
        ("O’Neil", "o'neil"),
        ("a\u2013b\u00a0c", "a-b c"),
        ("D\u200bo\u00ade", "doe"),
        ("Ｄｏｅ１", "doe1"),
        ("ﬁn", "fin"),
        ("D\u043e\u0435", "doe"),
        ("ИВАНОВ", fold("иванов")),
        ("ΠΑΠΑΣ", fold("παπας")),
    ],
)
def test_fold(text, folded):
    assert fold(text) == folded


def test_folding_many_different_characters_goes_another_way_to_the_same_end():
    text = "".join(map(chr, range(0xC0, 0x180)))
    assert fold(text) == "".join(map(fold_character, text))


def test_words_know_where_they_stand():
    text = "\u200bJose\u0301, ﬁt\u00ad  O’Neil ½"
    words = Words([text])
    found = [(words.word(i), words.cased(i)) for i, token in enumerate(words.tokens) if token]
    assert found[:4] == [("jose", "Jose\u0301"), ("fit", "ﬁt\u00ad"), ("o", "O"), ("neil", "Neil")]


def test_texts_read_as_one_stay_apart():
    words = Words(["John", "Doe"])
    first = words.tokens.index("john")
    assert words.word(words.next(first)) == ""
    assert words.text_at(words.place(words.start(words.tokens.index("doe")))) == 1


def test_words_of():
    assert words_of("O'Neil-Smith, Jr.") == ["o", "neil", "smith", "jr"]
