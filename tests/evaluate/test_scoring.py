"""Scores against an oracle that looks at one character at a time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamdeid.evaluate.scoring import SCORED, Gold, Marked, Scores, Tally, compare

TEXT = "Mrs. Jane Doe-Smith, 63yo, MRN 12-345; seen 3/4 at O'Hara's."
LABELS = ["NAME", "NAME/PATIENT", "DATE", "ID/MRN", "LOCATION", "ORG"]


def marked(words: str, label: str, text: str = TEXT) -> Marked:
    start = text.index(words)
    return Marked(start, start + len(words), label)


def spans(labels: list[str]) -> st.SearchStrategy[list[Marked]]:
    def at(start: int, length: int, label: str) -> Marked:
        return Marked(start, min(start + length, len(TEXT)), label)

    return st.lists(
        st.builds(at, st.integers(0, len(TEXT) - 1), st.integers(1, 20), st.sampled_from(labels)), max_size=6
    )


def words(text: str) -> list[range]:
    """Runs of letters and digits, but not the s of a possessive."""
    found: list[range] = []
    start = None
    for at, character in enumerate(text + " "):
        if character.isalnum():
            start = at if start is None else start
        elif start is not None:
            is_possessive = (
                text[start:at] in "sS" and start > 1 and text[start - 1] in "'’" and text[start - 2].isalnum()
            )
            if not is_possessive:
                found.append(range(start, at))
            start = None
    return found


def touches(span: Marked, word: range) -> bool:
    return any(span.start <= at < span.end for at in word)


def oracle(gold: Gold, findings: list[Marked]) -> tuple[int, ...]:
    """Words to be found, found, marked, right; entities, whole, missed."""
    of_gold = {(span.start, span.end, span.family): span for span in sorted(gold.spans)}.values()
    scored = {span for span in of_gold if span.family in gold.labelled and span.family != "ORG"}
    others = set(gold.spans) - scored
    covered = {at for finding in findings for at in range(finding.start, finding.end)}
    every = words(gold.text)

    def needed(word: range, of: set[Marked]) -> set[int]:
        return {at for at in word for span in of if span.start <= at < span.end}

    to_find = [word for word in every if needed(word, scored)]
    found = [word for word in to_find if needed(word, scored) <= covered]
    judged = [
        one for one in findings if one.family in gold.labelled or (one.family == "ORG" and gold.labelled >= SCORED)
    ]
    right = [word for word in to_find if covered & set(word)]
    wrong = [
        word
        for word in every
        if any(touches(one, word) for one in judged) and not needed(word, scored) and not needed(word, others)
    ]
    entities = [(span, [word for word in every if touches(span, word)]) for span in scored]
    entities = [(span, own) for span, own in entities if own]
    whole = [own for span, own in entities if all(needed(word, {span}) <= covered for word in own)]
    missed = [own for span, own in entities if not any(needed(word, {span}) & covered for word in own)]
    return (len(to_find), len(found), len(right) + len(wrong), len(right), len(entities), len(whole), len(missed))


@given(
    spans(LABELS),
    spans(LABELS),
    st.sampled_from([SCORED, frozenset({"NAME", "DATE"}), frozenset({"ID", "ORG"}), frozenset[str]()]),
)
def test_counts_are_those_of_a_character_by_character_count(
    of_gold: list[Marked], findings: list[Marked], labelled: frozenset[str]
) -> None:
    gold = Gold("1", TEXT, tuple(of_gold), labelled)
    tally = compare(gold, findings).overall
    counted = (tally.gold, tally.found, tally.marked, tally.right, tally.entities, tally.whole, tally.missed)
    assert counted == oracle(gold, findings)


@given(spans(LABELS), spans(LABELS), spans(LABELS))
def test_more_findings_never_lose_a_word(of_gold: list[Marked], findings: list[Marked], more: list[Marked]) -> None:
    gold = Gold("1", TEXT, tuple(of_gold))
    fewer, all_of_them = compare(gold, findings).overall, compare(gold, findings + more).overall
    assert all_of_them.found >= fewer.found
    assert all_of_them.missed <= fewer.missed
    assert all_of_them.exact >= fewer.exact


@given(spans(LABELS), spans(LABELS))
def test_the_parts_add_up(of_gold: list[Marked], findings: list[Marked]) -> None:
    comparison = compare(Gold("1", TEXT, tuple(of_gold)), findings)
    overall, labels = comparison.overall, comparison.labels.values()
    for name in ("entities", "whole", "missed", "partly", "exact", "findings"):
        assert sum(getattr(tally, name) for tally in labels) == getattr(overall, name)
    sorts = (comparison.whole, comparison.partly, comparison.missed)
    assert tuple(map(len, sorts)) == (overall.whole, overall.partly, overall.missed)
    assert len(comparison.entities) == overall.entities
    assert overall.exact <= min(overall.whole, overall.findings)
    assert {run.label for run in comparison.excess} <= {finding.label for finding in findings}
    excess = {at for run in comparison.excess for at in range(run.start, run.end)}
    assert sum(bool(excess & set(word)) for word in words(TEXT)) == overall.marked - overall.right


def test_a_finding_with_another_label_leaks_nothing_but_is_not_exact() -> None:
    gold = Gold("1", TEXT, (marked("Jane Doe-Smith", "NAME"), marked("12-345", "ID/MRN")))
    findings = [marked("Jane Doe-Smith", "LOCATION/CITY"), marked("12-345", "ID/OTHER")]
    tally = compare(gold, findings).overall
    assert (tally.recall, tally.precision, tally.wholes) == (1, 1, 1)
    assert (tally.exact, tally.findings) == (1, 2)
    assert tally.exact_f == pytest.approx(0.5)


def test_half_a_number_leaks_the_other_half() -> None:
    gold = Gold("1", TEXT, (marked("12-345", "ID"),))
    comparison = compare(gold, [marked("12-34", "ID")])
    assert (comparison.missed, comparison.partly) == ((), (marked("12-345", "ID"),))
    assert (comparison.overall.gold, comparison.overall.found) == (2, 1)


def test_of_a_word_that_the_gold_marks_in_part_that_part_is_needed() -> None:
    gold = Gold("1", TEXT, (marked("63", "AGE"),))
    assert compare(gold, [marked("63", "AGE")]).overall.recall == 1
    assert compare(gold, [marked("63yo", "AGE")]).overall.recall == 1
    assert compare(gold, [marked("3yo", "AGE")]).overall.recall == 0


def test_a_possessive_is_found_without_its_s() -> None:
    comparison = compare(Gold("1", TEXT, (marked("O'Hara's", "NAME"),)), [marked("O'Hara", "NAME")])
    assert (comparison.overall.whole, comparison.overall.exact) == (1, 0)


def test_neighbours_cover_a_word_together() -> None:
    findings = [Marked(5, 7, "NAME"), Marked(7, 9, "NAME")]
    assert compare(Gold("1", TEXT, (marked("Jane", "NAME"),)), findings).overall.whole == 1


def test_what_is_left_open_counts_neither_way() -> None:
    gold = Gold("1", TEXT, (marked("O'Hara's", "ORG"), marked("3/4", "DATE")), frozenset({"NAME", "LOCATION"}))
    found = [marked("O'Hara", "LOCATION"), marked("3/4", "LOCATION"), marked("63yo", "AGE")]
    tally = compare(gold, found).overall
    assert tally == Tally()
    assert compare(gold, [*found, marked("seen", "NAME")]).overall == Tally(marked=1, findings=1)


def test_a_label_that_nobody_knows_is_wrong_only_where_everything_is_annotated() -> None:
    assert compare(Gold("1", TEXT, ()), [marked("seen", "NRP")]).overall.marked == 1
    assert compare(Gold("1", TEXT, (), frozenset({"NAME"})), [marked("seen", "NRP")]).overall.marked == 0


def test_excess_is_a_run_of_words_with_the_label_that_marks_them() -> None:
    gold = Gold("1", TEXT, (marked("Doe-Smith", "NAME"),))
    comparison = compare(gold, [marked("Mrs. Jane Doe-Smith, 63yo", "NAME/PATIENT")])
    assert comparison.excess == (marked("Mrs. Jane", "NAME/PATIENT"), marked("63yo", "NAME/PATIENT"))


def test_doublets_count_once() -> None:
    name = marked("Jane", "NAME")
    tally = compare(Gold("1", TEXT, (name, name)), [name, name]).overall
    assert (tally.entities, tally.findings, tally.exact) == (1, 1, 1)


def test_scores_are_summed_by_label_kind_and_seen() -> None:
    scores = Scores()
    name, date, org = marked("Jane", "NAME/PATIENT"), marked("3/4", "DATE"), marked("O'Hara", "ORG")
    scores.add(Gold("1", TEXT, (name, date, org), kind="note", seen=True), [name])
    scores.add(Gold("2", TEXT, (name,), kind="letter", seen=False), [])
    scores.add(Gold("3", TEXT, ()), [date])
    assert scores.texts == 3
    assert (scores.overall.entities, scores.overall.whole, scores.overall.missed) == (3, 1, 2)
    assert {label: (one.entities, one.missed) for label, one in scores.labels.items()} == {
        "NAME": (2, 1),
        "DATE": (1, 1),
    }
    assert {label: one.entities for label, one in scores.finer.items()} == {"NAME/PATIENT": 2}
    assert {kind: one.missed for kind, one in scores.kinds.items()} == {"note": 1, "letter": 1, "": 0}
    assert {seen: one.missed for seen, one in scores.seen.items()} == {True: 1, False: 1}
    assert scores.left_open == {"ORG": 1}
    assert scores.labels["DATE"].precision == 0


def test_measures() -> None:
    tally = Tally(gold=4, found=2, marked=8, right=2)
    assert (tally.recall, tally.precision) == (0.5, 0.25)
    assert tally.f() == pytest.approx(1 / 3)
    assert tally.f(2) == pytest.approx(5 * 0.125 / 1.5)
    assert (Tally().recall, Tally().precision, Tally().wholes, Tally(gold=1, marked=1).f()) == (1, 1, 1, 0)
