import os
import tracemalloc
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiny_models as tiny
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper

from streamdeid.detect.ner.shapes import SHAPES
from streamdeid.errors import DetectorError, UsageError
from streamdeid.models import detector as module
from streamdeid.models import session as session_module
from streamdeid.models.detector import NerDetector
from streamdeid.models.loading import describe
from streamdeid.models.opening import open_model
from streamdeid.models.session import Session
from streamdeid.types import Span

NOTE = "Mrs. Jane Doemann saw Dr. John Doe in Springfield on 12/12."


def made(directory: Path, model: bytes | None = None, **more: Any) -> Callable[..., NerDetector]:
    opened = open_model(describe(tiny.write(directory, model, **more)))
    return lambda **settings: NerDetector(opened, **settings)


@pytest.fixture(scope="module")
def linear(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., NerDetector]:
    return made(tmp_path_factory.mktemp("models") / "linear", name="tiny")


@pytest.fixture(scope="module")
def attentive(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., NerDetector]:
    return made(tmp_path_factory.mktemp("models") / "attentive", tiny.attentive(), max_tokens=64, overlap=12)


def parts(detector: NerDetector, text: str) -> list[tuple[str, str]]:
    return [(text[span.start : span.end], span.label) for span in detector(text)]


EXPECTED = [
    ("Jane Doemann", "NAME/PATIENT"),
    ("John Doe", "NAME/PATIENT"),
    ("Springfield", "LOCATION/CITY"),
    ("12/12", "DATE"),
]


def test_what_the_model_says_becomes_spans(linear: Callable[..., NerDetector]) -> None:
    assert parts(linear(), NOTE) == EXPECTED
    assert linear()(NOTE)[0] == Span(5, 17, "NAME/PATIENT", 1.0, "ner.tiny")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("\U0001f600\U0001f469\u200d⚕ Jane saw", "Jane"),
        ("saw Ja\u200bne now", "Ja\u200bne"),
        ("saw J\u0430ne now", "J\u0430ne"),
        ("saw Ｊａｎｅ now", "Ｊａｎｅ"),
        ("saw \U0001d409\U0001d41a\U0001d427\U0001d41e now", "\U0001d409\U0001d41a\U0001d427\U0001d41e"),
        ("saw Jane\u0301 now", "Jane\u0301"),
        ("saw\r\n\tJane\r\nnow", "Jane"),
        ("\u202eJane\u202c", "Jane\u202c"),
    ],
)
def test_names_in_odd_letters_are_found_where_they_stand(
    linear: Callable[..., NerDetector], text: str, found: str
) -> None:
    assert parts(linear(), text) == [(found, "NAME/PATIENT")]


@pytest.mark.parametrize("text", ["", " \n", "--- ***", "\U0001f600", "\u200b"])
def test_where_there_is_no_word_there_is_nothing(linear: Callable[..., NerDetector], text: str) -> None:
    assert linear()(text) == []


@given(st.text(max_size=60))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
def test_any_text_gives_spans_inside_it(linear: Callable[..., NerDetector], text: str) -> None:
    spans = linear()(f"{text} Jane")
    assert all(0 <= span.start < span.end <= len(text) + 5 for span in spans)
    assert all(before.end <= after.start for before, after in pairwise(spans))


def test_a_special_token_in_a_text_is_text(linear: Callable[..., NerDetector]) -> None:
    assert parts(linear(), "[SEP] Jane [CLS][PAD]") == [("Jane", "NAME/PATIENT")]


@pytest.mark.parametrize("kind", [TensorProto.INT64, TensorProto.INT32])
@pytest.mark.parametrize("half", [False, True])
def test_a_graph_gets_the_inputs_that_it_asks_for(tmp_path: Path, kind: int, half: bool) -> None:
    names = ("attention_mask", "position_ids", "token_type_ids", "input_ids", "shape_ids")
    model = tiny.linear(tiny.table(tiny.SAID), inputs=dict.fromkeys(names, kind), half=half)
    assert parts(made(tmp_path / "m", model)(), NOTE) == EXPECTED


def test_the_shapes_of_tokens_come_from_the_text_as_it_was_written(tmp_path: Path) -> None:
    scores = np.zeros((SHAPES, len(tiny.LABELS)), np.float32)
    scores[:, 0] = 9
    scores[1 + 8 * 2 + 2, tiny.LABELS.index("B-DATE")] = 19  # upper case at the beginning of a line
    detector = made(tmp_path / "m", tiny.by_shape(scores))()
    assert parts(detector, "SAW Jane\nJOHN DOE\nin\n MR") == [("SAW", "DATE"), ("JOHN", "DATE"), ("MR", "DATE")]


def test_positions_begin_where_the_model_counts_from(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("Gather", ["table", "position_ids"], ["placed"]),
        helper.make_node("Gather", ["zeros", "input_ids"], ["nothing"]),
        helper.make_node("Add", ["placed", "nothing"], ["logits"]),
    ]
    table = np.zeros((16 + 2, len(tiny.LABELS)), np.float32)
    table[:, 0] = 9.0
    table[2 + 1, 1] = 19.0  # the first token after [CLS]
    zeros = np.zeros((len(tiny.VOCABULARY), len(tiny.LABELS)), np.float32)
    inputs = dict.fromkeys(("input_ids", "position_ids"), TensorProto.INT64)
    model = tiny.graph(nodes, {"table": table, "zeros": zeros}, inputs)
    config = {"model_type": "roberta", "pad_token_id": 1, "max_position_embeddings": 18}
    assert parts(made(tmp_path / "m", model, config=config)(), "mr in") == [("mr", "NAME/PATIENT")]


# --- The same result whatever is read beside it ---------------------------------------------------------------------

sentences = st.lists(st.sampled_from(tiny.WORDS), min_size=1, max_size=90).map(" ".join)


@given(st.lists(sentences, min_size=1, max_size=6), st.randoms(use_true_random=False))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)
def test_a_text_has_the_same_spans_alone_and_among_others(
    attentive: Callable[..., NerDetector], texts: list[str], random: Any
) -> None:
    alone = {text: attentive()(text) for text in texts}
    random.shuffle(texts)
    together = attentive()
    together.prefetch([*texts, "saw " * 30])
    assert {text: together(text) for text in texts} == alone


def test_the_model_of_that_test_finds_something_and_looks_around(attentive: Callable[..., NerDetector]) -> None:
    detector = attentive()
    texts = [f"{word} saw john in springfield" for word in tiny.WORDS]
    assert len({tuple(span.score for span in detector(text)) for text in texts}) > len(texts) / 2


def test_a_model_that_quantises_while_it_runs_gets_one_row_at_a_time(tmp_path: Path) -> None:
    scores = tiny.table(tiny.SAID, certain=3.0)
    detector = made(tmp_path / "m", tiny.dynamically_quantised(scores))
    alone = detector()(NOTE)
    assert alone
    together = detector()
    together.prefetch(["\u4e00 " * 20 + "saw", NOTE, "in " * 20])
    assert together(NOTE) == alone
    # Beside a row with [UNK] in it the scores would have been too coarse to say anything.
    session = Session(tmp_path / "m" / "model.onnx")
    assert session.row_by_row


# --- Long texts -----------------------------------------------------------------------------------------------------


def test_a_long_text_is_read_to_its_end(linear: Callable[..., NerDetector]) -> None:
    text = "Jane saw john in general. \n" * 3000
    found = linear()(text)
    assert len(found) == 6000
    assert {text[span.start : span.end] for span in found} == {"Jane", "john"}


def test_what_stands_across_a_window_is_seen_whole(tmp_path: Path) -> None:
    detector = made(tmp_path / "m", max_tokens=16, overlap=3)()
    for before in range(40):
        text = "in " * before + "Jane Doemann" + " saw" * 30
        assert parts(detector, text) == [("Jane Doemann", "NAME/PATIENT")]


def test_a_long_text_needs_a_bounded_amount_of_memory(linear: Callable[..., NerDetector]) -> None:
    def peak(text: str) -> int:
        detector = linear(remembered=0)
        tracemalloc.start()
        detector(text)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    short, long = ("in saw on general " * times for times in (2_000, 6_000))
    beginning = peak(short)
    assert beginning < 4_000_000
    assert peak(long) - beginning < 25 * (len(long) - len(short))


# --- Remembering and reading ahead ----------------------------------------------------------------------------------


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, ...]]:
    """The shapes of the batches that went through a model."""
    shapes: list[tuple[int, ...]] = []
    run = Session.run

    def counted(self: Session, batch: Any, seconds: float) -> Any:
        shapes.append(batch.ids.shape)
        return run(self, batch, seconds)

    monkeypatch.setattr(Session, "run", counted)
    return shapes


def test_what_was_read_ahead_is_not_read_again(linear: Callable[..., NerDetector], runs: list[tuple[int, ...]]) -> None:
    detector = linear()
    detector.prefetch(f"Jane saw {word}" for word in (*tiny.WORDS, *tiny.WORDS))
    assert runs == [(len(tiny.WORDS), 16)]
    assert all(detector(f"Jane saw {word}") for word in tiny.WORDS)
    assert len(runs) == 1


def test_batches_are_bounded(linear: Callable[..., NerDetector], runs: list[tuple[int, ...]]) -> None:
    linear().prefetch([f"{number} " + "saw " * 150 for number in range(50)])
    assert sum(rows for rows, _ in runs) == 50
    assert all(rows * tokens <= 2048 for rows, tokens in runs)


def test_what_is_remembered_is_bounded_and_what_is_not_is_read_again(
    linear: Callable[..., NerDetector], runs: list[tuple[int, ...]]
) -> None:
    detector = linear(remembered=1000)
    detector.prefetch(f"x{number} Jane" for number in range(100))
    assert 5 <= runs[0][0] <= 20
    runs.clear()
    for number in range(100):
        assert parts(detector, f"x{number} Jane") == [("Jane", "NAME/PATIENT")]
    assert 80 <= len(runs) <= 95
    assert detector._known.held <= 1000


def test_a_finding_that_the_caller_changes_is_remembered_as_it_was(linear: Callable[..., NerDetector]) -> None:
    detector = linear()
    detector(NOTE).clear()
    assert parts(detector, NOTE) == EXPECTED


# --- Failing closed -------------------------------------------------------------------------------------------------


def ticking(*times: float) -> Callable[[], float]:
    ticks = iter(times)
    return lambda: next(ticks, times[-1])


def test_a_text_that_takes_too_long_raises_and_says_by_whom(linear: Callable[..., NerDetector]) -> None:
    detector = linear(time_for=lambda _: 5.0, clock=ticking(0.0, 1.0, 6.0))
    with pytest.raises(DetectorError) as refusal:
        detector(NOTE)
    assert (refusal.value.code, refusal.value.path) == ("message.timeout", "ner.tiny")


def test_a_text_that_took_too_long_is_not_remembered_as_empty(linear: Callable[..., NerDetector]) -> None:
    detector = linear(time_for=lambda _: 5.0, clock=ticking(0.0, 6.0, 10.0))
    with pytest.raises(DetectorError):
        detector(NOTE)
    assert parts(detector, NOTE) == EXPECTED


def test_a_model_that_is_still_at_work_is_stopped(tmp_path: Path) -> None:
    opened = open_model(describe(tiny.write(tmp_path / "m", tiny.slow())))
    detector = NerDetector(opened, time_for=lambda _: 0.05)
    with pytest.raises(DetectorError) as refusal:
        detector("saw " * 200)
    assert refusal.value.code == "message.timeout"


def test_reading_ahead_gives_up_in_silence(linear: Callable[..., NerDetector]) -> None:
    late = linear(time_for=lambda _: 5.0, clock=ticking(0.0, 6.0, 10.0))
    late.prefetch([NOTE])
    assert parts(late, NOTE) == EXPECTED


def test_one_text_that_cannot_be_read_harms_no_other(
    linear: Callable[..., NerDetector], monkeypatch: pytest.MonkeyPatch
) -> None:
    detector = linear()
    begin = NerDetector._begin

    def choosy(self: NerDetector, text: str) -> Any:
        if "poison" in text:
            raise RuntimeError(text)
        return begin(self, text)

    monkeypatch.setattr(NerDetector, "_begin", choosy)
    detector.prefetch([NOTE, "poison"])
    assert parts(detector, NOTE) == EXPECTED
    with pytest.raises(RuntimeError):
        detector("poison")


def test_scores_that_are_no_numbers_are_a_failure(tmp_path: Path) -> None:
    scores = tiny.table(tiny.SAID)
    scores[tiny.VOCABULARY.index("saw")] = np.nan
    detector = made(tmp_path / "m", tiny.linear(scores))()
    assert detector("Jane in") == detector("Jane in")
    with pytest.raises(DetectorError) as refusal, np.errstate(invalid="ignore"):
        detector("Jane saw")
    assert refusal.value.code == "detector.failure"


def test_a_token_that_the_model_does_not_have_is_a_failure_that_quotes_nothing(tmp_path: Path) -> None:
    scores = tiny.table(tiny.SAID)[: tiny.VOCABULARY.index("springfield")]
    detector = made(tmp_path / "m", tiny.linear(scores))()
    with pytest.raises(DetectorError) as refusal:
        detector("in Springfield")
    assert str(refusal.value).startswith("detector.failure at ")
    assert "pringfield" not in str(refusal.value)


@pytest.mark.parametrize(
    ("written", "cores"),
    [("150000 100000\n", 2), ("10000 100000\n", 1), ("max 100000\n", 8), ("9900000 100000", 8), ("", 8)],
)
def test_a_container_with_a_share_of_the_cores_uses_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str, cores: int
) -> None:
    (tmp_path / "cpu.max").write_text(written)
    monkeypatch.setattr(session_module, "_CONTAINER_SHARE", tmp_path / "cpu.max")
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: set(range(8)))
    assert session_module._cores() == cores


# --- Models that do not fit -----------------------------------------------------------------------------------------


def broken(directory: Path, model: bytes | None = None, **more: Any) -> str:
    with pytest.raises(UsageError) as refusal:
        made(directory, model, **more)
    return str(refusal.value)


def test_a_file_that_is_no_model_is_named(tmp_path: Path) -> None:
    assert "model.onnx is not an ONNX model" in broken(tmp_path / "m", b"not a model")


def test_a_file_that_is_no_tokenizer_is_named(tmp_path: Path) -> None:
    directory = tiny.write(tmp_path / "m")
    (directory / "tokenizer.json").write_text('{"model": 1}')
    with pytest.raises(UsageError, match=r"tokenizer\.json is not a tokenizer"):
        open_model(describe(directory))


def test_labels_that_are_not_the_models_are_counted(tmp_path: Path) -> None:
    labels = (*tiny.LABELS, "B-AGE")
    assert "scores 7 labels, but id2label has 8" in broken(
        tmp_path / "m", tiny.linear(tiny.table(tiny.SAID)), tags=labels
    )


def test_an_input_that_nobody_has_is_named(tmp_path: Path) -> None:
    inputs = {"input_ids": TensorProto.INT64, "bbox": TensorProto.INT64}
    assert "an input bbox" in broken(tmp_path / "m", tiny.linear(tiny.table(tiny.SAID), inputs=inputs))


def test_a_model_without_scores_of_tokens_is_refused(tmp_path: Path) -> None:
    nodes = [helper.make_node("Gather", ["table", "input_ids"], ["logits"])]
    model = tiny.graph(
        nodes, {"table": np.zeros((99, 2), np.int32)}, {"input_ids": TensorProto.INT64}, TensorProto.INT32
    )
    assert "no scores of tokens" in broken(tmp_path / "m", model)


def test_a_label_that_means_nothing_to_us_is_named(tmp_path: Path) -> None:
    labels = ("O", *(f"B-THING{number}" for number in range(6)))
    said = tiny.linear(tiny.table({}, labels))
    assert "map THING0 under `labels`" in broken(tmp_path / "m", said, tags=labels)


def test_the_model_is_loaded_once(tmp_path: Path) -> None:
    directory = tiny.write(tmp_path / "m")
    first, second = open_model(describe(directory)), open_model(describe(directory))
    assert first.session is second.session
    tiny.write(tmp_path / "m", tiny.linear(tiny.table({"saw": "B-DATE"})))
    assert open_model(describe(directory)).session is not first.session


def test_rounds_are_bounded(linear: Callable[..., NerDetector]) -> None:
    rounds = list(linear()._rounds(f"{number} " + "saw " * 5000 for number in range(20)))
    assert sum(map(len, rounds)) == 20
    assert all(sum(map(len, texts)) <= module._ROUND for texts in rounds)
