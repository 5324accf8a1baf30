import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from typer.testing import Result

from streamdeid.bench import presidio

Command = Callable[..., Result]
QUICK = ("bench", "ner", "--seconds", "0.01", "--batch", "1", "--batch", "3", "--length", "50")


@pytest.fixture(autouse=True)
def _absent(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine without Presidio."""
    monkeypatch.setattr(presidio, "spacy_model", lambda: None)


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """A made-up Presidio, and what it was asked to read."""
    asked: list[list[str]] = []

    class Analyzer:
        def __init__(self, nlp_engine: Any, supported_languages: list[str]) -> None:
            assert (nlp_engine, supported_languages) == ("spaCy", ["en"])

        def analyze(self, text: str, language: str) -> list[str]:
            asked.append([text])
            return ["one"]

    class Batches:
        def __init__(self, analyzer_engine: Analyzer) -> None:
            assert isinstance(analyzer_engine, Analyzer)

        def analyze_iterator(self, texts: list[str], language: str, batch_size: int) -> list[list[str]]:
            assert batch_size == len(texts)
            asked.append(texts)
            return [["one"] for _ in texts]

    provider = SimpleNamespace(create_engine=lambda: "spaCy")
    engines = ModuleType("presidio_analyzer.nlp_engine")
    engines.NlpEngineProvider = lambda nlp_configuration: provider  # type: ignore[attr-defined]
    library = ModuleType("presidio_analyzer")
    library.AnalyzerEngine, library.BatchAnalyzerEngine = Analyzer, Batches  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "presidio_analyzer", library)
    monkeypatch.setitem(sys.modules, "presidio_analyzer.nlp_engine", engines)
    monkeypatch.setattr(presidio, "spacy_model", lambda: "en_core_web_sm")
    return asked


def test_reading_is_measured_by_batch_and_by_length(command: Command) -> None:
    result = command(*QUICK, "--json")
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert [(row["reader"], row["together"]) for row in told["by_batch"]] == [("streamdeid", 1), ("streamdeid", 3)]
    (row,) = told["by_length"]
    assert row["characters_each"] == 50
    assert row["characters_per_second"] > 0
    assert row["tokens_per_second"] > 0
    assert row["model_tokens_per_second"] > 0
    assert told["cores"] >= 1


def test_where_presidio_is_missing_a_line_says_how_to_get_it(command: Command) -> None:
    said = command(*QUICK).stdout.splitlines()
    assert said[-1] == presidio.HOW_TO_GET_IT
    assert "models on CPUExecutionProvider" in said[0]


def test_without_a_model_rules_alone_are_measured(command: Command) -> None:
    assert "no model, rules alone" in command(*QUICK, "--policy", "keep_all").stdout.splitlines()[0]


def test_presidio_is_measured_beside_and_the_ratio_is_printed(command: Command, there: list[list[str]]) -> None:
    told = json.loads(command(*QUICK, "--json").stdout)
    assert [(row["reader"], row["together"]) for row in told["by_batch"]] == [
        *(("streamdeid", 1), ("presidio", 1)),
        *(("streamdeid", 3), ("presidio", 3)),
    ]
    assert {len(texts) for texts in there} == {1, 3}
    every = [text for texts in there for text in texts]
    assert len(every) == len(set(every))
    said = command(*QUICK).stdout
    assert " x " in said
    assert presidio.HOW_TO_GET_IT not in said


def test_presidio_that_cannot_be_loaded_is_exit_2(
    command: Command, there: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr("presidio_analyzer.AnalyzerEngine")
    result = command(*QUICK)
    assert result.exit_code == 2
    assert "AttributeError" in result.stderr
    assert there == []


def test_notes_may_be_given(command: Command, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"id": 1, "text": "' + "seen by Dr. Madeup. " * 9 + '"}\n\n')
    (tmp_path / "b.txt").write_text("Mrs. Madeup is well. " * 9)
    for notes in (tmp_path, tmp_path / "a.jsonl"):
        assert command(*QUICK, "--notes", notes).exit_code == 0


@pytest.mark.parametrize("content", ['{"text": 3}', "Madeup", "[]", '{"id": 1}', "", '{"text": " "}'])
def test_notes_that_are_none_are_exit_2(command: Command, tmp_path: Path, content: str) -> None:
    (tmp_path / "notes.jsonl").write_text(content)
    for notes in (tmp_path, tmp_path / "notes.jsonl"):
        result = command(*QUICK, "--notes", notes)
        assert result.exit_code == 2
        assert "Madeup" not in result.output
        assert "Traceback" not in result.output


@pytest.mark.parametrize("wrong", [("--batch", "0"), ("--length", "5"), ("--notes", "absent"), ("--policy", "absent")])
def test_a_measurement_that_makes_no_sense_is_exit_2(command: Command, wrong: tuple[str, str]) -> None:
    assert command("bench", "ner", *wrong).exit_code == 2
