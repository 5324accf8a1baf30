from collections.abc import Mapping, Sequence
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from streamdeid.detect.decide import Decision
from streamdeid.detect.dictionary import Dictionary
from streamdeid.detect.nearby import Nearby
from streamdeid.detect.resolve import is_proven, resolve
from streamdeid.types import Entity, Span

TEXT = "Foley at Foley Annexe, badge QX1"
KNOWN = Entity("NAME/FAMILY", "Foley")


def decision(
    thresholds: Mapping[str, float] = {},
    nearby: Sequence[Nearby] = (),
    allowed: Sequence[str] = (),
    labels: frozenset[str] = frozenset(),
) -> Decision:
    return Decision(thresholds, nearby, Dictionary([allowed]), [labels])


def span(word: str, label: str, score: float, by: str, entity: Entity | None = None) -> Span:
    start = TEXT.index(word)
    return Span(start, start + len(word), label, score, by, entity)


def labels(decide: Decision, *spans: Span) -> list[str]:
    return [found.label for found in decide(spans, TEXT)]


# --- Thresholds -----------------------------------------------------------------------------------------------------


def test_what_is_below_its_threshold_goes() -> None:
    decide = decision({"NAME": 0.8, "NAME/DOCTOR": 0.5})
    name, doctor = span("Foley", "NAME", 0.7, "ner.a"), span("Annexe", "NAME/DOCTOR", 0.5, "ner.a")
    assert labels(decide, name, doctor) == ["NAME/DOCTOR"]
    assert labels(decide, name._replace(score=0.8)) == ["NAME"]
    assert labels(decide, span("QX1", "ID", 0.01, "ner.a")) == ["ID"]


def test_another_detector_of_the_family_supports_it() -> None:
    decide = decision({"NAME": 0.8})
    weak = span("Foley", "NAME", 0.6, "ner.a")
    assert labels(decide, weak, span("Foley", "NAME/DOCTOR", 0.5, "rules.names.title"))
    assert labels(decide, weak, weak._replace(by="ner.b", end=2))
    assert not labels(decide, weak, weak._replace(label="NAME/PATIENT", start=1))
    assert labels(decide, weak, span("Foley", "LOCATION", 0.6, "ner.b")) == ["LOCATION"]
    one, two = weak._replace(by="rules.names.a"), weak._replace(by="rules.names.b")
    assert not labels(decide, one, two)


def test_known_values_and_lists_need_no_score() -> None:
    decide = decision({"NAME": 1.0})
    assert labels(decide, span("Foley", "NAME", 0.4, "known", KNOWN), span("QX1", "NAME", 0.2, "deny.x")) == [
        "NAME",
        "NAME",
    ]


# --- Allowed phrases ------------------------------------------------------------------------------------------------


def test_what_lies_in_an_allowed_phrase_goes() -> None:
    decide = decision(allowed=["foley annexe"])
    inside = span("Annexe", "NAME", 0.9, "ner.a")
    over = Span(9, 25, "LOCATION", 0.9, "ner.a")
    assert labels(decide, span("Foley", "NAME", 0.9, "ner.a"), inside, span("Foley Annexe", "NAME", 0.9, "ner.b")) == [
        "NAME"
    ]
    assert labels(decide, over) == ["LOCATION"]


def test_a_list_may_be_for_some_labels_alone() -> None:
    spans = span("Annexe", "NAME/DOCTOR", 0.9, "ner.a"), span("QX1", "ID", 0.9, "ner.a")
    assert labels(decision(allowed=["annexe", "qx1"], labels=frozenset({"NAME"})), *spans) == ["ID"]
    assert labels(decision(allowed=["annexe", "qx1"], labels=frozenset({"NAME/FAMILY"})), *spans) == [
        "NAME/DOCTOR",
        "ID",
    ]


def test_known_proven_and_listed_findings_stay() -> None:
    decide = decision(allowed=["Foley", "Annexe", "QX1"])
    spans = (
        span("Foley", "NAME", 0.5, "known", KNOWN),
        span("Annexe", "LOCATION", 1.0, "deny.x"),
        span("QX1", "ID", 0.96, "rules.ids.mrn"),
    )
    assert labels(decide, *spans) == ["NAME", "LOCATION", "ID"]
    assert labels(decide, spans[2]._replace(by="ner.a", score=1.0)) == []


# --- Context --------------------------------------------------------------------------------------------------------

BADGE = Nearby("ID", frozenset({"badge"}), 2, 0.3)


def score(nearby: Sequence[Nearby], given: float, by: str = "pattern.x") -> float:
    (found,) = decision(nearby=nearby)([span("QX1", "ID/OTHER", given, by)], TEXT)
    return round(found.score, 3)


def test_words_nearby_change_scores() -> None:
    assert score([BADGE], 0.3) == 0.6
    assert score([BADGE, BADGE._replace(change=-0.1)], 0.3) == 0.5
    assert score([BADGE._replace(phrases=frozenset({"locker"}))], 0.3) == 0.3
    assert score([BADGE._replace(change=-1.0)], 0.3) == 0.0


def test_nothing_nearby_proves_a_finding_or_changes_a_proven_one() -> None:
    assert score([BADGE], 0.9) == 0.94
    assert score([BADGE], 0.9, "ner.a") == 1.0
    assert score([BADGE._replace(change=-0.5)], 0.96, "rules.ids.mrn") == 0.96


def test_context_comes_before_thresholds() -> None:
    weak = span("QX1", "ID/OTHER", 0.3, "pattern.x")
    assert labels(decision({"ID": 0.5}), weak) == []
    assert labels(decision({"ID": 0.5}, [BADGE]), weak) == ["ID/OTHER"]


# --- Whatever is found ----------------------------------------------------------------------------------------------

WORDS = st.lists(st.sampled_from(["Foley", "annexe", "badge", "QX1", "ward"]), min_size=8, max_size=8).map(
    lambda words: " ".join(words).ljust(40, "x")
)
SPANS = st.lists(
    st.builds(
        lambda start, length, label, score, by, known: Span(
            start, start + length, label, score, "known" if known else by, KNOWN if known else None
        ),
        st.integers(0, 25),
        st.integers(1, 9),
        st.sampled_from(["NAME", "NAME/DOCTOR", "ID"]),
        st.sampled_from([0.2, 0.5, 0.94, 0.95, 1.0]),
        st.sampled_from(["rules.a.b", "rules.a.c", "ner.a", "ner.b", "deny.x", "pattern.y"]),
        st.booleans(),
    ),
    max_size=10,
)
DECISIONS = st.builds(
    decision,
    st.dictionaries(st.sampled_from(["NAME", "NAME/DOCTOR", "ID"]), st.sampled_from([0.3, 0.8, 1.0])),
    st.lists(st.builds(Nearby, st.sampled_from(["NAME", "ID"]), st.just(frozenset({"badge"})), st.just(2),
                       st.sampled_from([0.2, -0.4])), max_size=2),
    st.lists(st.sampled_from(["foley", "annexe badge", "qx1"])),
)  # fmt: skip


def covered(spans: Sequence[Span]) -> set[int]:
    return {index for span in spans for index in range(span.start, span.end)}


@given(DECISIONS, SPANS, WORDS)
def test_known_and_listed_values_are_never_taken_away(decide: Decision, spans: list[Span], text: str) -> None:
    certain = [one for one in spans if one.entity is not None or one.by == "deny.x"]
    uncovered = covered(certain) - covered(decide(spans, text))
    assert all(text[index] == " " for index in uncovered)


@given(DECISIONS, SPANS, WORDS)
def test_what_a_rule_has_proven_is_taken_away_by_thresholds_alone(
    decide: Decision, spans: list[Span], text: str
) -> None:
    proven = [one for one in spans if is_proven(one) and one.score == 1.0]
    uncovered = covered(proven) - covered(decide(spans, text))
    assert all(text[index] == " " for index in uncovered)


@given(SPANS, WORDS)
def test_without_any_rules_it_is_resolution(spans: list[Span], text: str) -> None:
    assert decision()(spans, text) == resolve(spans, text)


@given(DECISIONS, SPANS, WORDS, st.integers())
def test_the_order_of_detectors_does_not_matter(decide: Decision, spans: list[Span], text: str, seed: int) -> None:
    shuffled = list(spans)
    Random(seed).shuffle(shuffled)
    assert decide(shuffled, text) == decide(spans, text)
