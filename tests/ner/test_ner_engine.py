"""Models in a policy, and in the engine."""

import json
from collections.abc import Callable, Iterable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import tiny_models as tiny
import yaml
from handwritten import adt, oru, patient, process, released

from streamdeid.build import build_deidentifier, load_policy, narrative_models, parse_policy
from streamdeid.detect.ner.votes import Majority
from streamdeid.detect.resolve import resolve
from streamdeid.engine import Deidentifier, Request, Sources
from streamdeid.errors import DetectorError, PolicyError
from streamdeid.models import loading, opening
from streamdeid.models.batching import Batch
from streamdeid.models.detector import NerDetector
from streamdeid.models.loading import describe
from streamdeid.models.opening import open_model
from streamdeid.models.session import Session
from streamdeid.policy.policy import Policy
from streamdeid.types import Entity, Format, Outcome, Quarantined, Span

SECRET = b"a made-up secret, for tests alone"
HL7 = Format.HL7V2
SMALL = """
name: small
hl7v2: {rules: {ST: detect}}
fhir: {rules: {string: detect}}
labels: {NAME: surrogate}
"""


def small(**more: Any) -> Policy:
    return parse_policy(yaml.safe_dump({**yaml.safe_load(SMALL), **more}), "small.yaml")


def default_with(**more: Any) -> Policy:
    return Policy.model_validate({**load_policy().model_dump(by_alias=True), **more})


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.write(tmp_path_factory.mktemp("models") / "tiny", name="tiny")


# --- In a policy ----------------------------------------------------------------------------------------------------


def test_a_model_is_named_by_its_directory(directory: Path) -> None:
    (detector,) = narrative_models(small(models=[str(directory)]))
    assert [span.by for span in detector("saw Jane")] == ["ner.tiny"]


def test_a_policy_has_its_own_labels_and_thresholds(directory: Path) -> None:
    used = {
        "model": str(directory),
        "labels": {"NAME/PATIENT": "NAME/DOCTOR", "DATE": None},
        "thresholds": {"LOCATION": 1},
    }
    (detector,) = narrative_models(small(models=[used]))
    assert [span.label for span in detector("Jane in Springfield on 12")] == ["NAME/DOCTOR"]


def test_a_policy_names_the_labels_that_a_models_configuration_lacks(tmp_path: Path) -> None:
    directory = tiny.write(tmp_path / "export", config={"id2label": {"0": "LABEL_0", "1": "LABEL_1"}})
    for numbers in (dict(enumerate(tiny.LABELS)), {str(number): label for number, label in enumerate(tiny.LABELS)}):
        used = {"model": str(directory), "id2label": numbers, "labels": {"DATE": None}}
        (detector,) = narrative_models(small(models=[used]))
        assert [span.label for span in detector("Jane in Springfield on 12")] == ["NAME/PATIENT", "LOCATION/CITY"]
    with pytest.raises(PolicyError, match=r"models\.0\.id2label: id2label goes by the numbers"):
        small(models=[{"model": str(directory), "id2label": {"O": "0", "B-PER": "1"}}])


def test_how_models_run_is_read_from_the_environment(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STREAMDEID_MODEL_THREADS", "3")
    monkeypatch.setenv("STREAMDEID_MODEL_REMEMBERED", "0")
    threads, runs = [], count()

    class Noted(Session):
        def __init__(self, *given: Any) -> None:
            threads.append(given[-1])
            super().__init__(*given)

        def run(self, batch: Batch, seconds: float) -> Any:
            next(runs)
            return super().run(batch, seconds)

    monkeypatch.setattr(opening, "Session", Noted)
    (detector,) = narrative_models(small(models=[str(directory)]))
    before = next(runs)
    assert [len(detector("saw Jane")) for _ in range(2)] == [1, 1]
    assert (threads, next(runs) - before) == ([3], 3)


def test_a_model_can_be_given_as_other_systems_give_it(directory: Path) -> None:
    labels = {number: [label, "DATE" not in label] for number, label in enumerate(tiny.LABELS)}
    stage = {
        "kind": "ner",
        "model_path": str(directory / "model.onnx"),
        "tokenizer_path": str(directory / "tokenizer.json"),
        "token_type_ids_included": True,
        "id2label": labels,
    }
    for numbers in (labels, {str(number): label for number, label in labels.items()}):
        (detector,) = narrative_models(small(models=[{**stage, "id2label": numbers}]))
        assert [span.label for span in detector("Jane in Springfield on 12")] == ["NAME/PATIENT", "LOCATION/CITY"]


@pytest.mark.parametrize(
    ("models", "words"),
    [
        (["nowhere"], r"line \d+: models\.0: there is no directory \./nowhere, and the shipped models are"),
        ([{"model": "x", "labels": {"PER": "PERSON"}}], "models"),
        ([{"model": "x", "thresholds": {"NAME": 2}}], "models"),
        ([{"model": "x", "treshold": 1}], "models"),
        ([{"kind": "regex", "name": "x"}], "models"),
        ([{"kind": "ner", "model_path": "m", "tokenizer_path": "t", "id2label": {"a": ["O", False]}}], "models"),
        ("clinical", "models"),
    ],
)
def test_models_that_make_no_sense_are_policy_errors(models: Any, words: str) -> None:
    with pytest.raises(PolicyError, match=words):
        narrative_models(small(models=models))


def test_a_model_that_is_not_enabled_is_not_even_looked_for() -> None:
    assert narrative_models(small(models=[{"model": "nowhere", "enabled": False}])) == []
    assert narrative_models(small(models=[])) == []


def test_the_shipped_model_is_used_if_there_is_one(
    directory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "_SHIPPED", tmp_path)
    assert narrative_models(small()) == []
    (tmp_path / "clinical").symlink_to(directory)
    assert len(narrative_models(small())) == 1
    assert narrative_models(small(models=[])) == []


def test_models_vote(directory: Path, tmp_path: Path) -> None:
    others = [tiny.write(tmp_path / name, tiny.linear(tiny.table({"jane": "B-NAME/PATIENT"}))) for name in "ab"]
    models = [str(one) for one in (directory, *others)]
    (majority,) = narrative_models(small(models=models, votes="majority"))
    assert isinstance(majority, Majority)
    assert {span.label for span in majority("Jane in Springfield")} == {"NAME/PATIENT"}
    union = [span for detector in narrative_models(small(models=models)) for span in detector("Jane in Springfield")]
    assert sorted(span.by for span in union) == ["ner.a", "ner.b", "ner.tiny", "ner.tiny"]
    assert resolve(union, "Jane in Springfield")[1].label == "LOCATION/CITY"


# --- In the engine --------------------------------------------------------------------------------------------------

#: Only a model knows that this is a name.
ROW = "jane doe saw springfield"
#: One that is read together with others.
MESSAGES = [oru(ROW), adt(), b"not a message", oru("saw john in general", "and doe"), oru("in " * 700), oru("john")]


def engine(directory: Path, *detectors: Any) -> Deidentifier:
    opened = open_model(describe(directory))
    numbers = count(1)
    sources = Sources(lambda: 0.0, lambda size: next(numbers).to_bytes(size, "big"))
    return Deidentifier(load_policy(), SECRET, detectors or [NerDetector(opened)], sources)


def requests(messages: Iterable[bytes]) -> list[Request]:
    return [Request(message, HL7, number) for number, message in enumerate(messages, 1)]


def test_what_a_model_finds_is_replaced(directory: Path) -> None:
    outcome = released(build_deidentifier(default_with(models=[str(directory)]), SECRET), oru(ROW))
    assert not any(word in outcome.lower() for word in (b"jane", b"doe ", b"springfield"))
    assert b" saw " in outcome


class Counting:
    """A detector that remembers how it was asked."""

    def __init__(self, prefetched: Callable[[list[str]], None] = lambda texts: None) -> None:
        self.asked: list[str] = []
        self.ahead: list[list[str]] = []
        self._prefetched = prefetched

    def __call__(self, text: str) -> list[Span]:
        self.asked.append(text)
        return []

    def prefetch(self, texts: Iterable[str]) -> None:
        self.ahead.append(list(texts))
        self._prefetched(self.ahead[-1])


def test_what_is_asked_for_was_read_ahead_all_of_it_and_nothing_else(directory: Path) -> None:
    detector = Counting()
    engine(directory, detector).process(requests(MESSAGES), {})
    (ahead,) = detector.ahead
    assert ahead == detector.asked
    assert len(ahead) > 4


def test_enclosed_documents_are_read_ahead_as_well(directory: Path) -> None:
    detector = Counting()
    html = "<div xmlns='http://www.w3.org/1999/xhtml'><p>saw jane</p></div>"
    resource = patient(text={"status": "generated", "div": html})

    engine(directory, detector).process([Request(json.dumps(resource).encode(), Format.FHIR, 1)], {})
    assert detector.ahead[0] == detector.asked
    assert any("jane" in text for text in detector.asked)


def test_windows_are_bounded(directory: Path) -> None:
    detector = Counting()
    messages = [oru(f"row {number}") for number in range(150)]
    outcomes = engine(directory, detector).process(requests(messages), {})
    assert len(outcomes) == 150
    assert [sum("row" in text for text in ahead) for ahead in detector.ahead] == [64, 64, 22]
    large = Counting()
    engine(directory, large).process(requests([oru("saw " * 50_000)] * 5), {})
    assert [sum("saw" in text for text in ahead) for ahead in large.ahead] == [2, 2, 1]


def outcomes(detector: Any, directory: Path, messages: Iterable[bytes]) -> list[Outcome]:
    return engine(directory, detector).process(requests(messages), {})


def test_outcomes_are_those_of_messages_that_came_alone(directory: Path) -> None:
    opened = open_model(describe(directory))
    together = outcomes(NerDetector(opened), directory, MESSAGES)
    alone, vault = engine(directory), dict[str, bytes]()
    assert together == [alone.process([request], vault)[0] for request in requests(MESSAGES)]

    class Plain:
        """The same without reading ahead."""

        def __call__(self, text: str) -> list[Span]:
            return NerDetector(opened)(text)

    assert together == outcomes(Plain(), directory, MESSAGES)


def test_reading_ahead_that_fails_is_made_up_for_one_by_one(directory: Path) -> None:
    def fail(texts: list[str]) -> None:
        raise RuntimeError(texts)

    detector = Counting(fail)
    calm = Counting()
    assert outcomes(detector, directory, MESSAGES) == outcomes(calm, directory, MESSAGES)
    assert detector.asked == calm.asked


def test_a_detector_that_is_out_of_time_is_the_reason_for_quarantine(directory: Path) -> None:
    def late(text: str) -> list[Span]:
        raise DetectorError("message.timeout", "ner.tiny")

    assert process(engine(directory, late), oru(ROW)) == Quarantined("message.timeout", "ner.tiny")


def test_waiting_for_others_is_not_held_against_a_message(directory: Path) -> None:
    now = [0.0]

    def slowly(texts: list[str]) -> None:
        now[0] += 100

    sources = Sources(lambda: now[0], bytes)
    waiting = Deidentifier(load_policy(), SECRET, [Counting(slowly)], sources)
    assert not any(isinstance(one, Quarantined) for one in waiting.process(requests([oru("a"), oru("b")]), {}))


def test_texts_without_a_message_are_read_ahead_too(directory: Path) -> None:
    detector = Counting()
    ready = engine(directory, detector)
    ready.read_ahead(["a", "b"])
    assert detector.ahead == [["a", "b"]]


# --- Beside rules and known values ----------------------------------------------------------------------------------


def ner(start: int, end: int, label: str, score: float = 0.9) -> Span:
    return Span(start, end, label, score, "ner.tiny")


def labels(text: str, *spans: Span) -> list[tuple[str, str]]:
    return [(text[span.start : span.end], span.label) for span in resolve(spans, text)]


def test_a_whole_entity_beats_the_fragment_that_a_rule_found() -> None:
    text = "at Jane Doe Memorial Hospital"
    rule = Span(3, 11, "NAME/FULL", 0.9, "rules.names.title")
    assert labels(text, rule, ner(3, 29, "LOCATION/HOSPITAL", 0.6)) == [
        ("Jane Doe Memorial Hospital", "LOCATION/HOSPITAL")
    ]


def test_what_a_rule_has_proven_wins_and_the_rest_of_the_entity_stays() -> None:
    text = "Springfield, OH 43999"
    proven = Span(16, 21, "LOCATION/ZIP", 0.97, "rules.places.zip")
    assert labels(text, ner(0, 21, "LOCATION"), proven) == [("Springfield, OH", "LOCATION"), ("43999", "LOCATION/ZIP")]


def test_a_model_is_never_proof() -> None:
    text = "Doe Jane"
    assert labels(text, ner(0, 3, "DATE", 1.0), Span(0, 8, "NAME/FULL", 0.5, "rules.names.list")) == [
        ("Doe Jane", "NAME/FULL")
    ]


def test_a_known_value_wins_over_a_model() -> None:
    known = Span(5, 8, "NAME/FAMILY", 1.0, "known.name", Entity("NAME/FAMILY", "Doe"))
    assert labels("Jane Doe", ner(0, 8, "NAME/PATIENT"), known) == [("Jane", "NAME/PATIENT"), ("Doe", "NAME/FAMILY")]
