import re
from collections.abc import Sequence

import numpy as np
import pytest

from streamdeid.detect.ner.decode import decode, joined, read_logits
from streamdeid.detect.ner.labels import meanings
from streamdeid.detect.ner.scheme import Scheme
from streamdeid.detect.rules.fold import fold
from streamdeid.errors import DetectorError

LABELS = ("O", "B-NAME/PATIENT", "I-NAME/PATIENT", "B-NAME/DOCTOR", "I-NAME/DOCTOR", "B-DATE", "I-DATE", "MISC")
SHORT = {
    "O": "O",
    "B": "B-NAME/PATIENT",
    "I": "I-NAME/PATIENT",
    "b": "B-NAME/DOCTOR",
    "i": "I-NAME/DOCTOR",
    "D": "B-DATE",
    "d": "I-DATE",
}
SCHEME = Scheme(LABELS, meanings(LABELS, {}), {})


def found(
    text: str, tags: str, pieces: str = r"\w+|\S", logits: Sequence[Sequence[float]] = ()
) -> list[tuple[str, str]]:
    """What is found in a text whose tokens, by the pattern `pieces`, have the given tags."""
    folded = fold(text)
    spans = [match.span() for match in re.finditer(pieces, folded.text)]
    assert len(spans) == len(tags)
    scores = np.array(logits or [[9.0 * (label == SHORT[one]) for label in LABELS] for one in tags])
    starts, ends = (np.array([span[side] for span in spans], np.int32) for side in (0, 1))
    tokens = read_logits(scores, SCHEME, 1.0)
    return [
        (text[span.start : span.end], span.label) for span in decode(folded, starts, ends, tokens, SCHEME, "ner.test")
    ]


def test_words_of_one_entity_are_one_span() -> None:
    assert found("saw Jane Doe today", "OBIO") == [("Jane Doe", "NAME/PATIENT")]


def test_what_the_model_begins_anew_is_another_entity() -> None:
    assert found("Jane Doe", "BB") == [("Jane", "NAME/PATIENT"), ("Doe", "NAME/PATIENT")]


@pytest.mark.parametrize("tags", ["III", "BII", "Iib"])
def test_sequences_that_begin_inside_are_taken(tags: str) -> None:
    text = "Jane Mary Doe"
    expected = ["Jane Mary Doe"] if tags != "Iib" else ["Jane Mary", "Doe"]
    assert [part for part, _ in found(text, tags)] == expected


def test_another_family_is_another_entity() -> None:
    assert found("Doe 12", "Bd") == [("Doe", "NAME/PATIENT"), ("12", "DATE")]


def test_a_finer_label_that_changes_midway_is_decided_by_most_words() -> None:
    assert found("Jane Mary Doe", "bII") == [("Jane Mary Doe", "NAME/PATIENT")]


def test_a_word_is_positive_as_a_whole() -> None:
    assert found("saw Doemann now", "OOIOO", r"saw|Doe|ma|nn|now") == [("Doemann", "NAME/PATIENT")]
    assert found("saw O'Brien now", "OBOOO") == [("O'Brien", "NAME/PATIENT")]
    assert found("x12345y", "OdO", r"x|123|45y") == [("x12345y", "DATE")]


def test_an_entity_within_one_word_is_one_although_its_pieces_begin_anew() -> None:
    assert found("Doemann", "BB", "Doe|mann") == [("Doemann", "NAME/PATIENT")]


def test_the_genitive_stays() -> None:
    assert found("Doe's wife", "BOOO") == [("Doe", "NAME/PATIENT")]
    assert found("DOE\u2019S", "BII") == [("DOE", "NAME/PATIENT")]


@pytest.mark.parametrize("text", ["❤️Doe❤️", "☐Doe", "Doe®", "👍🏽Doe\ud83d", "Doe\ue000"])
def test_no_finding_begins_or_ends_with_a_symbol(text: str) -> None:
    assert found(text, "I", ".+") == [("Doe", "NAME/PATIENT")]


def test_the_plus_of_a_number_is_no_symbol() -> None:
    assert found("+614", "D", ".+") == [("+614", "DATE")]


def test_a_mark_inside_a_word_does_not_part_it() -> None:
    assert found("on 12/03-04", "ODOdOd") == [("12/03-04", "DATE")]
    assert found("Doe, Jane", "BOI") == [("Doe", "NAME/PATIENT"), ("Jane", "NAME/PATIENT")]
    assert found("12 and 14", "DOd") == [("12", "DATE"), ("14", "DATE")]


def test_blanks_and_punctuation_at_the_ends_stay() -> None:
    assert found("(Doe).", "IIII") == [("Doe", "NAME/PATIENT")]
    assert found(" -- ", "II") == []


def test_lines_go_on_if_the_model_says_so() -> None:
    assert found("Jane\n  Doe", "BI") == [("Jane\n  Doe", "NAME/PATIENT")]


def test_a_sentence_without_blanks_is_no_word() -> None:
    assert found("王小明说", "BIIO", r"\w") == [("王小明", "NAME/PATIENT")]


def test_offsets_are_those_of_the_text_as_it_was() -> None:
    text = "\U0001f600 Ja\u200bne\u0301 D\u043ee \U0001f469\u200d⚕ x"
    folded = fold(text).text
    tokens = re.findall(r"\w+|\S", folded)
    tags = "".join({"Jane": "B", "Doe": "I"}.get(token, "O") for token in tokens)
    assert found(text, tags) == [("Ja\u200bne\u0301 D\u043ee", "NAME/PATIENT")]


def probabilities(*rows: dict[str, float]) -> list[list[float]]:
    return [[float(np.log(max(row.get(label, 0.0), 1e-9))) for label in LABELS] for row in rows]


def test_a_token_counts_by_the_sum_over_all_labels() -> None:
    split = {"O": 0.45, "B-NAME/PATIENT": 0.2, "B-NAME/DOCTOR": 0.19, "B-DATE": 0.16}
    assert found("Doe", "O", logits=probabilities(split)) == [("Doe", "NAME/PATIENT")]


def test_the_family_is_decided_before_the_label() -> None:
    split = {"B-DATE": 0.4, "B-NAME/PATIENT": 0.25, "B-NAME/DOCTOR": 0.35}
    assert found("Doe", "O", logits=probabilities(split)) == [("Doe", "NAME/DOCTOR")]


def test_what_identifies_nobody_counts_as_nothing() -> None:
    assert found("Doe", "O", logits=probabilities({"MISC": 0.6, "B-DATE": 0.4})) == []


def test_the_threshold_is_that_of_the_label() -> None:
    scores = np.array(probabilities({"O": 0.7, "B-DATE": 0.3}, {"O": 0.7, "B-NAME/PATIENT": 0.3}))
    scheme = Scheme(LABELS, meanings(LABELS, {}), {"DATE": 0.3})
    assert read_logits(scores, scheme, 1.0).positive.tolist() == [True, False]


def test_the_temperature_moves_the_scores() -> None:
    scores = np.array([[0.0, 4.0, 0, 0, 0, 0, 0, 0]])
    cold, warm = (read_logits(scores, SCHEME, temperature).score[0] for temperature in (1.0, 4.0))
    assert cold > warm > 0.5


def test_half_precision_is_read_as_well() -> None:
    whole = np.array([[0.0, 30000.0, -30000.0, 0, 0, 0, 0, 0]])
    tokens, halves = read_logits(whole, SCHEME, 1.0), read_logits(whole.astype(np.float16), SCHEME, 1.0)
    assert halves.score.tolist() == tokens.score.tolist() == [1.0]


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_score_that_is_no_number_is_no_finding_of_nothing(bad: float) -> None:
    with pytest.raises(DetectorError) as refusal, np.errstate(invalid="ignore"):
        read_logits(np.array([[bad, 1.0, 0, 0, 0, 0, 0, 0]]), SCHEME, 1.0)
    assert refusal.value.code == "detector.failure"


def test_the_last_bits_decide_nothing() -> None:
    random = np.random.default_rng(3)
    scores = random.normal(size=(200, len(LABELS)))
    noisy = scores + random.normal(size=scores.shape, scale=1e-7)
    first, second = read_logits(scores, SCHEME, 1.0), read_logits(noisy, SCHEME, 1.0)
    assert all(np.array_equal(one, other) for one, other in zip(first, second, strict=True))


def test_runs_of_tokens_are_joined_in_order() -> None:
    scores = np.random.default_rng(4).normal(size=(10, len(LABELS)))
    whole = read_logits(scores, SCHEME, 1.0)
    again = joined([whole.part(0, 4), whole.part(4, 10)])
    assert all(np.array_equal(one, other) for one, other in zip(whole, again, strict=True))
