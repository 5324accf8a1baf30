"""The rules together: offsets, disguises, purity, time."""

from re import _parser as parser  # the standard library's own reading of a pattern

import pytest
from growth import is_linear
from hypothesis import given
from hypothesis import strategies as st
from marked import detect, found

from streamdeid.detect.rules.detector import RULES
from streamdeid.detect.rules.rule import Rule

#: The values stand at their indices whatever stands before or within them.
DISGUISED = [
    ("😀 MRN «12345678»", "ID/MRN"),
    ("Jose\u0301 MRN «12345678»", "ID/MRN"),
    ("MRN\u00a0«12345678»", "ID/MRN"),
    ("MRN: «1234\u200b5678»", "ID/MRN"),
    ("MRN: «１２３４５６７８»", "ID/MRN"),
    ("call «415\u2011555\u20111234»", "CONTACT/PHONE"),
    ("SSN «123–45–6789»", "ID/SSN"),
    ("SSN «1\u200b2\u200b3-45-6789»", "ID/SSN"),
    ("S\u200bSN: «123-45-6789»", "ID/SSN"),
    ("D\u0433. x Dr. «Sm\u0456th»", "NAME/DOCTOR"),
    ("\u0405\u0405N: «123-45-6789»", "ID/SSN"),
    ("«jdoe＠example.com»", "CONTACT/EMAIL"),
    ("«０３／０５／２０２４»", "DATE"),
    ("İstanbul «03/05/2024»", "DATE"),
    ("Dr. «Nguyễn» x", "NAME/DOCTOR"),
    ("Mr. «O\u2019Brien» x", "NAME/PATIENT"),
    ("𝔘𝔫 Dr.\u2003«𝐒𝐦𝐢𝐭𝐡»", "NAME/DOCTOR"),
]


@pytest.mark.parametrize(("row", "label"), DISGUISED)
def test_nothing_slips_past_in_disguise(row: str, label: str) -> None:
    assert found(row, label)


def test_pure_and_new_lists_each_time() -> None:
    text = "Dr. Smith, MRN 123456"
    first = detect(text)
    first.clear()
    assert detect(text)
    assert detect(text) == detect(text)
    assert detect(text + " " * 300)[: len(detect(text))] == detect(text)


@given(st.text(max_size=80))
def test_spans_lie_within_any_text(text: str) -> None:
    for span in detect(text):
        assert 0 <= span.start < span.end <= len(text)
        assert 0 < span.score <= 1
        assert span.entity is None
        assert span.by.startswith("rules.")


WORDS = (
    "Dr. Smith John MRN 12345 3/5 2024 March 5, Hospital Mercy IL 62704 (415) 555-1234 x MD, wife Mary age 45 y.o. St. "
    "Room 12B @jdoe a@b.org : # - / \n \u200b \u0301 İ 😀 10 mg Elm Street lives in Boston"
)
CLINICAL = st.lists(st.sampled_from(WORDS.split(" ")), max_size=30).map(" ".join)


@given(CLINICAL)
def test_spans_of_note_like_text_begin_and_end_at_what_they_name(text: str) -> None:
    for span in detect(text):
        assert 0 <= span.start < span.end <= len(text)
        assert not text[span.start].isspace()


def test_scores_are_graded() -> None:
    assert len({rule.score for rule in RULES}) > 12
    assert min(rule.score for rule in RULES) >= 0.4
    assert len({rule.name for rule in RULES}) == len(RULES)


def _unbounded(parsed: object) -> bool:
    if isinstance(parsed, parser.SubPattern | list | tuple):
        return any(_unbounded(part) for part in parsed)
    return parsed is parser.MAXREPEAT


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_no_quantifier_is_without_a_bound(rule: Rule) -> None:
    assert not _unbounded(list(parser.parse(rule.pattern.pattern)))


#: One unit of each, repeated: dense in anchors, poor in matches.
HOSTILE = [
    "1-", "1/", "1.", "1 ", "A", "a", " ", "\n", "(", "-", "é", "\u200b", "a1", "a@", "x at ", "http://", "::", "#1",
    "o'", "dr. ", "Dr. A ", "mrn: ", "Jan ", "12 st ", "John ", "Hospital ", ", MD", "AB, ", "12345 ", "age 1 ",
    "signed by ", "on 3/5 ", "a [at] b ", "1111 ", "x-xx-", "name: A ", "a at b dot ", "lives in ", "twenty ",
    "1" * 50 + " ", "x.com/",
]  # fmt: skip


@pytest.mark.parametrize("unit", HOSTILE)
def test_time_is_linear_in_hostile_text(unit: str) -> None:
    assert is_linear(detect, lambda size: (unit * (size // len(unit) + 1))[:size], 2_000)


@pytest.mark.parametrize("unit", ["A", "a", " ", "\n", "1", "(", "Aa ", "é"])
def test_time_is_linear_up_to_a_megabyte_of_nothing(unit: str) -> None:
    assert is_linear(detect, lambda size: (unit * size)[:size], 125_000)
