import pytest

from streamdeid.formats.er7_escape import EscapeError, Escaping, escaping
from streamdeid.formats.er7_header import Delimiters

STANDARD = Delimiters("|", "^", "~", "\\", "&", "#")
ESCAPING = Escaping(STANDARD, "utf-8")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (r"a\F\b\S\c\T\d\R\e\E\f\P\g", "a|b^c&d~e\\f#g"),
        (r"\H\JANE\N\ DOE", "JANE DOE"),
        (r"one\.br\two\.sp3\three\.in+4\four\.BR\\.ce\five", "one\ntwo\nthree four\n\nfive"),
        (r"\X0D\\X0A\ \x0A\ ", "\r\n \\x0A\\ "),
        (r"Jos\XC3\\XA9\ Jos\XC3A9\ Jos\XE9\ ", "José José José "),
        (r"\X81\ ", "\x81 "),
        (r"\C2842\text", "text"),
        # read as they stand
        (r"C:\Temp\Notes", r"C:\Temp\Notes"),
        (r"\Zlocal\ \Q\ \X123\ \.zz\ ", r"\Zlocal\ \Q\ \X123\ \.zz\ "),
        ("\\", "\\"),
        (r"\T", r"\T"),
        (r"\\T\\", r"\&" + "\\"),
        ("", ""),
    ],
)
def test_reading(value: str, text: str) -> None:
    assert ESCAPING.read(value) == text
    offsets = ESCAPING.offsets(value)
    assert len(offsets.starts) == len(offsets.ends) == len(text)


@pytest.mark.parametrize("value", [r"\C2D41\x", r"\M2442\x", r"\M242842\x"])
def test_a_switch_of_the_character_set_cannot_be_read(value: str) -> None:
    with pytest.raises(EscapeError):
        ESCAPING.read(value)
    with pytest.raises(EscapeError):
        ESCAPING.offsets(value)


@pytest.mark.parametrize(
    ("value", "part", "range_text"),
    [
        (r"\H\JANE\N\ DOE", "JANE", "JANE"),
        (r"JA\H\NE", "JANE", r"JA\H\NE"),
        (r"a\T\b", "&", r"\T\ ".strip()),
        (r"Jos\XC3\\XA9\.", "é", r"\XC3\\XA9\ ".strip()),
        (r"\X4A\\X6F\\X65\ ", "Jo", r"\X4A\\X6F\ ".strip()),
        (r"\X4A6F65\ ", "o", r"\X4A6F65\ ".strip()),
        (r"to\.br\DOE\.br\x", "DOE", "DOE"),
    ],
)
def test_where_a_part_of_the_text_stands(value: str, part: str, range_text: str) -> None:
    at = ESCAPING.read(value).index(part)
    start, end = ESCAPING.offsets(value).range(at, at + len(part))
    assert value[start:end] == range_text


def test_empty_ranges() -> None:
    offsets = ESCAPING.offsets(r"a\T\b")
    assert [offsets.range(at, at) for at in range(4)] == [(0, 0), (1, 1), (4, 4), (5, 5)]
    assert ESCAPING.offsets(r"\H\ ".strip()).range(0, 0) == (0, 0)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("plain", "plain"),
        ("a|b^c&d~e\\f#g", r"a\F\b\S\c\T\d\R\e\E\f\P\g"),
        ("one\ntwo\r\v\x1c", r"one\.br\two\X0D\\X0B\\X1C" + "\\"),
        ('""', r"\X2222" + "\\"),
        ('a""', 'a""'),
    ],
)
def test_writing(text: str, value: str) -> None:
    assert ESCAPING.write(text) == value
    assert ESCAPING.read(value) == text


def test_writing_escapes_only_what_the_message_uses() -> None:
    other = Escaping(Delimiters("!", "^", "~", "/", "%"), "ascii")
    assert other.write("a|b\\c/d!e") == "a|b\\c/E/d/F/e"
    assert other.read("/.br//X41//H/") == "\nA"


@pytest.mark.parametrize("text", ["a|b", "a^b", "a~b", "a&b", "a\\b", "one\ntwo", '""'])
def test_without_an_escape_character_delimiters_cannot_be_written(text: str) -> None:
    few = Escaping(Delimiters("|", "^"), "ascii")
    assert few.write("plain") == few.read("plain") == "plain"
    with pytest.raises(EscapeError):
        few.write(text)


def test_an_undeclared_standard_delimiter_cannot_be_written() -> None:
    with pytest.raises(EscapeError):
        Escaping(Delimiters("|", "^", "~", "\\"), "ascii").write("A & B")


def test_one_object_for_one_set_of_delimiters() -> None:
    assert escaping(STANDARD, "ascii") is escaping(Delimiters(*STANDARD), "ascii")
    assert escaping(STANDARD, "ascii") is not escaping(STANDARD, "utf-8")
