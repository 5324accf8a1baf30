import unicodedata
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamdeid.detect.resolve import PROVEN, resolve
from streamdeid.types import Entity, Span

KNOWN = Entity("NAME/FULL", "John Smith")


def span(start: int, end: int, label: str = "NAME", score: float = 0.5, by: str = "ner", known: bool = False) -> Span:
    return Span(start, end, label, score, by, KNOWN if known else None)


def extents(spans: list[Span]) -> list[tuple[int, int, str]]:
    return [(s.start, s.end, s.label) for s in spans]


TEXT = "Dr. John Smith of 12 Elm Street, Springfield"


def test_disjoint_spans_stay_as_they_are() -> None:
    spans = [span(4, 8), span(9, 14), span(18, 31, "LOCATION/STREET")]
    assert resolve(spans, TEXT) == spans
    assert resolve([], TEXT) == []


def test_neighbours_of_one_label_are_not_merged() -> None:
    assert extents(resolve([span(4, 8), span(9, 14), span(8, 9, "ID")], TEXT)) == [
        (4, 8, "NAME"),
        (8, 9, "ID"),
        (9, 14, "NAME"),
    ]


def test_a_known_value_wins_over_all() -> None:
    spans = [span(4, 14, "ID", 0.99, "rules.ids.mrn"), span(9, 14, known=True)]
    assert extents(resolve(spans, TEXT)) == [(4, 8, "ID"), (9, 14, "NAME")]


def test_a_proven_finding_wins_over_a_longer_one() -> None:
    spans = [span(18, 44, "LOCATION", 0.9), span(21, 31, "DATE", PROVEN, "rules.dates.full")]
    assert extents(resolve(spans, TEXT)) == [(18, 20, "LOCATION"), (21, 31, "DATE"), (33, 44, "LOCATION")]


def test_a_high_score_proves_nothing_but_from_a_rule() -> None:
    spans = [span(18, 44, "LOCATION", 0.9), span(21, 31, "DATE", 0.99, "ner")]
    assert extents(resolve(spans, TEXT)) == [(18, 44, "LOCATION")]


def test_the_longer_wins_then_the_higher_score() -> None:
    assert extents(resolve([span(4, 8, "A", 0.9), span(4, 14, "B", 0.4)], TEXT)) == [(4, 14, "B")]
    assert extents(resolve([span(4, 8, "A", 0.4), span(4, 8, "B", 0.6)], TEXT)) == [(4, 8, "B")]


def test_an_address_is_one_finding_whatever_is_known_of_it() -> None:
    text = "mail john.smith@clinic.example, Smith"
    mentions = [span(5, 9, known=True), span(10, 15, known=True), span(32, 37, known=True)]
    mail = span(5, 30, "CONTACT/EMAIL", 0.6, "rules.web.email")
    assert extents(resolve([*mentions, mail], text)) == [(5, 30, "CONTACT/EMAIL"), (32, 37, "NAME")]
    assert resolve([*mentions, mail], text)[0].entity is None
    # not what a model makes of it, and not a name that is a user name as well
    assert extents(resolve([mentions[0], mail._replace(by="ner.small")], text)) == [
        (5, 9, "NAME"),
        (10, 30, mail.label),
    ]
    assert extents(resolve([mentions[0], span(5, 9, "NAME/USER", 1.0, "rules.web.user")], text)) == [(5, 9, "NAME")]


def test_a_known_address_stays_itself_within_another() -> None:
    known = Span(9, 23, "CONTACT/PHONE", 0.9, "known", Entity("CONTACT/PHONE", "(614) 555-0143"))
    found = resolve([known, span(4, 23, "CONTACT/URL", 0.9, "rules.web.mailto")], "    tel:+16145550143   ")
    assert known._replace(by="known+rules.web.mailto") in found


def test_a_piece_loses_its_entity_and_its_outer_punctuation() -> None:
    proven = Span(7, 11, "ID", 0.97, "rules.ids.mrn", Entity("ID/MRN", "John"))
    pieces = resolve([span(0, 17, known=True), proven], "Smith, John (Mr.)")
    assert extents(pieces) == [(0, 5, "NAME"), (7, 11, "ID"), (13, 15, "NAME")]
    assert [piece.entity for piece in pieces] == [None, proven.entity, None]


def test_pieces_of_punctuation_alone_vanish() -> None:
    assert extents(resolve([span(0, 5, "A", 0.5), span(1, 5, "B", 0.5, known=True)], "(1234)")) == [(1, 5, "B")]


def test_a_span_names_all_detectors_that_found_something_of_it() -> None:
    spans = [
        span(4, 14, "NAME", 0.9, "rules.names.title"),
        span(9, 14, "NAME", 0.6, "rules.names.list"),
        span(8, 17, "LOCATION", 0.5, "ner.small"),
        span(9, 14, "NAME", 0.8, "ner.large"),
        span(18, 31, "LOCATION", 0.8, "ner.large"),
    ]
    assert [(s.start, s.end, s.by) for s in resolve(spans, TEXT)] == [
        (4, 14, "rules.names.title+ner.large+ner.small"),
        (15, 17, "ner.small"),
        (18, 31, "ner.large"),
    ]


def test_a_span_names_eight_detectors_at_most() -> None:
    found = resolve([span(4, 8, score=0.9, by="known")] + [span(4, 8, by=f"ner.m{n}") for n in range(20)], TEXT)
    assert [s.by.split("+") for s in found] == [["known", *sorted(f"ner.m{n}" for n in range(20))[:7]]]


def test_a_listed_identifier_is_proven() -> None:
    spans = [span(4, 31, "NAME", 0.9, "ner.small"), span(9, 14, "ID", 1.0, "deny.staff")]
    assert [(s.start, s.end, s.label, s.by) for s in resolve(spans, TEXT)] == [
        (4, 8, "NAME", "ner.small"),
        (9, 14, "ID", "deny.staff+ner.small"),
        (15, 31, "NAME", "ner.small"),
    ]


SPANS = st.lists(
    st.builds(
        lambda start, length, label, score, by, known: Span(start, start + length, label, score, by, known),
        st.integers(0, 30),
        st.integers(1, 12),
        st.sampled_from(["NAME", "DATE", "ID"]),
        st.sampled_from([0.4, 0.6, 0.96, 1.0]),
        st.sampled_from(["rules.a.b", "rules.a.c", "ner", "ner.a", "known", "deny.x", "pattern.y"]),
        st.sampled_from([None, None, KNOWN]),
    ),
    max_size=12,
)
TEXTS = st.text(alphabet="ab1 .,-/\u0301é😀\n", min_size=42, max_size=42)


def separates(character: str) -> bool:
    return unicodedata.category(character)[0] in "ZPC"


@given(SPANS, TEXTS)
def test_coverage_never_shrinks_and_spans_are_in_order(spans: list[Span], text: str) -> None:
    result = resolve(spans, text)
    assert all(a.end <= b.start for a, b in pairwise(result))
    assert all(s.start < s.end for s in result)
    before = {index for s in spans for index in range(s.start, s.end)}
    after = {index for s in result for index in range(s.start, s.end)}
    assert after <= before
    assert all(separates(text[index]) for index in before - after)


@given(SPANS, TEXTS)
def test_names_are_of_the_detectors_that_overlap_the_winner_first(spans: list[Span], text: str) -> None:
    for one in resolve(spans, text):
        first, *others = one.by.split("+")
        over = {s.by for s in spans if s.start < one.end and one.start < s.end}
        assert {first, *others} <= over
        assert {name for name in over if not name.startswith("rules.")} <= {first, *others}
        assert others == sorted(others)
        assert any(name.startswith("rules.") for name in over) == any(n.startswith("rules.") for n in (first, *others))


@given(SPANS, TEXTS, st.integers())
def test_the_order_of_findings_does_not_matter(spans: list[Span], text: str, seed: int) -> None:
    shuffled = list(spans)
    Random(seed).shuffle(shuffled)
    assert resolve(shuffled, text) == resolve(spans, text)


@given(SPANS, TEXTS)
def test_a_resolved_list_stays_as_it_is(spans: list[Span], text: str) -> None:
    result = resolve(spans, text)
    assert resolve(result, text) == result


@pytest.mark.parametrize("count", [2000])
def test_many_findings(count: int) -> None:
    text = "ab " * count
    spans = [span(3 * i, 3 * i + 2) for i in range(count)] + [span(3 * i + 1, 3 * i + 4) for i in range(count - 1)]
    assert len(resolve(spans, text)) >= count
