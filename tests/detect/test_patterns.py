import pytest

from streamdeid.detect.patterns import Pattern, PatternDetector, compiled
from streamdeid.errors import DetectorError
from streamdeid.types import Span


def detector(*expressions: str, seconds: float = 5.0) -> PatternDetector:
    patterns = [Pattern(f"pattern.p{n}", "ID/OTHER", 0.6, compiled(one)) for n, one in enumerate(expressions)]
    return PatternDetector(patterns, seconds)


def test_matches_are_findings() -> None:
    text = "freezer q-12 and Q-13"
    assert detector(r"\bQ-\d{2}\b")(text) == [
        Span(8, 12, "ID/OTHER", 0.6, "pattern.p0"),
        Span(17, 21, "ID/OTHER", 0.6, "pattern.p0"),
    ]


def test_a_group_called_value_is_the_finding_where_it_took_part() -> None:
    text = "shelf A7, shelf"
    assert [text[s.start : s.end] for s in detector(r"shelf( (?P<value>\w\d))?")(text)] == ["A7"]


def test_case_matters_where_the_expression_says_so() -> None:
    assert len(detector(r"(?-i:QX)\d")("QX1 qx2")) == 1


def test_look_alikes_do_not_slip_past() -> None:
    text = "\u0410B\u200b1２"
    (span,) = detector(r"AB\d\d")(text)
    assert text[span.start : span.end] == text


@pytest.mark.parametrize("expression", ["(", "[a", "(?P<n>a", "*a"])
def test_what_is_no_expression_is_refused(expression: str) -> None:
    with pytest.raises(ValueError, match="is no regular expression"):
        compiled(expression)


@pytest.mark.parametrize("expression", [r"\d*", "(a|)", "^", "x?"])
def test_what_is_found_everywhere_is_refused(expression: str) -> None:
    with pytest.raises(ValueError, match="finds something in nothing"):
        compiled(expression)


@pytest.mark.parametrize(
    "expression",
    [
        r"(\d+)+x",
        r"(a*)*b",
        r"((ab)+c?)*d",
        r"(?:x|y+){2,}z",
        r"(?P<v>[a-z]+\s?)+!",
        r"(\(+)+a",
        "([)]+)+a",
        r"(?:a+)?(?:b+)+",
    ],
)
def test_nested_repetitions_are_refused(expression: str) -> None:
    with pytest.raises(ValueError, match="repeats without end"):
        compiled(expression)


@pytest.mark.parametrize(
    "expression",
    [
        r"\d+-\d+",
        r"(?:\d{1,3}\.){3}\d{1,3}",
        r"(?>a+)+b",
        r"(?:a++b)+",
        r"(\d+)?x",
        r"\(+\w+\)",
        r"[(+]+[)*]+a",
        r"\p{Lu}+x",
    ],
)
def test_others_are_not(expression: str) -> None:
    assert compiled(expression)


@pytest.mark.parametrize("expression", [r"(a|a)*b", r"(a|b|ab|a)*c"])
def test_what_takes_too_long_on_a_short_text_is_refused(expression: str) -> None:
    with pytest.raises(ValueError, match="takes too long"):
        compiled(expression)


def test_what_takes_too_long_is_the_reason_for_quarantine() -> None:
    slow = detector(r"\w+\w+!", seconds=0.05)
    with pytest.raises(DetectorError) as reason:
        slow("a" * 20_000 + " !")
    assert (reason.value.code, reason.value.path) == ("message.timeout", "pattern.p0")
