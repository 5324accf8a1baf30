import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
import tiny_models as tiny

from streamdeid.errors import UsageError
from streamdeid.models import loading
from streamdeid.models.loading import describe, describe_files, find_model, shipped_models, verify_checksums


def test_a_model_is_described_by_its_directory(tmp_path: Path) -> None:
    directory = tiny.write(
        tmp_path / "Clinical Notes v2",
        thresholds={"NAME": 0.4},
        temperature=1.5,
        max_tokens=128,
        overlap=24,
        labels={"DATE": None},
        version="2",
    )
    found = describe(directory)
    assert (found.name, found.version, found.labels) == ("clinical_notes_v2", "2", tiny.LABELS)
    assert (found.max_tokens, found.overlap, found.temperature, found.padding) == (128, 24, 1.5, 0)
    assert found.meanings()[-1] is None


def test_what_hugging_face_writes_is_enough(tmp_path: Path) -> None:
    config = {"architectures": ["BertForTokenClassification"], "model_type": "bert", "label2id": {"O": 0}}
    found = describe(tiny.write(tmp_path / "m", config=config))
    assert (found.max_tokens, found.overlap, found.temperature, found.first_position) == (256, 48, 1.0, 0)


@pytest.mark.parametrize(
    ("model_type", "positions", "padding", "first", "longest"), [("roberta", 100, 1, 2, 98), ("bert", 100, 0, 0, 100)]
)
def test_some_models_count_positions_from_their_padding_on(
    tmp_path: Path, model_type: str, positions: int, padding: int, first: int, longest: int
) -> None:
    config = {"model_type": model_type, "max_position_embeddings": positions, "pad_token_id": padding}
    found = describe(tiny.write(tmp_path / "m", config=config))
    assert (found.first_position, found.max_tokens) == (first, longest)


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "config.json"])
def test_a_file_that_is_missing_is_named(tmp_path: Path, name: str) -> None:
    (tiny.write(tmp_path / "m") / name).unlink()
    with pytest.raises(UsageError, match=f"has no {name}"):
        describe(tmp_path / "m")


@pytest.mark.parametrize(
    ("config", "own", "words"),
    [
        ({"id2label": None}, {}, "id2label"),
        ({"id2label": {"0": "O", "2": "B-NAME"}}, {}, "without a gap"),
        ({"id2label": {"zero": "O", "1": "B-NAME"}}, {}, "id2label"),
        ({}, {"temperature": 0}, "temperature"),
        ({}, {"temprature": 1.0}, "temprature"),
        ({}, {"thresholds": {"NAME": 1.5}}, "thresholds"),
        ({}, {"thresholds": {"PERSON": 0.5}}, "not PERSON"),
        ({}, {"labels": {"PERSON": "NAME"}}, "no label PERSON"),
        ({}, {"max_tokens": 1024}, "512 positions"),
        ({}, {"max_tokens": 100, "overlap": 40}, "a fifth"),
        ({}, {"name": "Not A Name"}, "name"),
        ({}, {"sha256": {"model.onnx": "short"}}, "sha256"),
    ],
)
def test_a_configuration_that_makes_no_sense_says_where(
    tmp_path: Path, config: dict[str, Any], own: dict[str, Any], words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        describe(tiny.write(tmp_path / "m", config=config, **own))


@pytest.mark.parametrize("content", ["", "[1]", "{", "[" * 100_000, '{"id2label": 1}'])
def test_a_configuration_that_is_none_is_refused(tmp_path: Path, content: str) -> None:
    (tiny.write(tmp_path / "m") / "config.json").write_text(content)
    with pytest.raises(UsageError, match=r"config\.json"):
        describe(tmp_path / "m")


def checksum(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def test_checksums_are_compared_where_there_are_any(tmp_path: Path) -> None:
    directory = tiny.write(tmp_path / "m")
    assert verify_checksums(describe(directory)) == 0
    names = ("model.onnx", "tokenizer.json")
    tiny.write(tmp_path / "m", sha256={name: checksum(directory / name) for name in names})
    assert verify_checksums(describe(directory)) == 2
    (directory / "model.onnx").write_bytes(b"another")
    with pytest.raises(UsageError, match=r"SHA-256 of model\.onnx"):
        verify_checksums(describe(directory))


@pytest.mark.parametrize("name", ["weights.bin", "../model.onnx", "/etc/passwd"])
def test_a_checksum_for_a_file_that_is_not_there_is_a_damaged_model(tmp_path: Path, name: str) -> None:
    directory = tiny.write(tmp_path / "m", sha256={name: "0" * 64})
    with pytest.raises(UsageError, match="not there"):
        verify_checksums(describe(directory))


def test_the_policy_changes_labels_and_thresholds(tmp_path: Path) -> None:
    found = describe(tiny.write(tmp_path / "m", thresholds={"NAME/PATIENT": 0.2, "DATE": 0.3}))
    changed = found.with_own({"LOCATION/CITY": "LOCATION/ADDRESS"}, {"NAME": 0.9})
    assert changed.thresholds == {"DATE": 0.3, "NAME": 0.9}
    assert changed.meanings()[3] == "LOCATION/ADDRESS"
    with pytest.raises(UsageError, match="no label PER"):
        found.with_own({"PER": "NAME"}, {})


def test_a_model_by_its_files_has_the_labels_that_it_is_given(tmp_path: Path) -> None:
    directory = tiny.write(tmp_path / "dslim")
    (directory / "config.json").unlink()
    id2label = {"0": ("O", False), "1": ("B-MISC", False), "2": ("I-MISC", False), "3": ("B-PER", True)}
    found = describe_files(directory / "model.onnx", directory / "tokenizer.json", id2label)
    assert (found.name, found.labels) == ("dslim", ("O", "B-MISC", "I-MISC", "B-PER"))
    assert found.meanings() == [None, None, None, "NAME"]
    unwanted = describe_files(
        directory / "model.onnx", directory / "tokenizer.json", {**id2label, "4": ("B-LOC", False)}
    )
    assert unwanted.meanings()[4] is None


def test_a_model_by_its_files_reads_the_configuration_beside_it(tmp_path: Path) -> None:
    directory = tiny.write(tmp_path / "m", config={"max_position_embeddings": 64})
    id2label = {str(number): (label, True) for number, label in enumerate(tiny.LABELS)}
    assert describe_files(directory / "model.onnx", directory / "tokenizer.json", id2label).max_tokens == 64
    with pytest.raises(UsageError, match="there is no file"):
        describe_files(directory / "model.onnx", directory / "none.json", id2label)


def test_a_model_is_found_by_directory_or_shipped_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "_SHIPPED", tmp_path / "shipped")
    assert shipped_models() == []
    with pytest.raises(UsageError, match="shipped models are: none"):
        find_model()
    ours = tiny.write(tmp_path / "shipped" / "clinical")
    assert shipped_models() == ["clinical"]
    assert find_model() == find_model("clinical") == ours
    theirs = tiny.write(tmp_path / "theirs")
    assert find_model(str(theirs)) == theirs
    with pytest.raises(UsageError, match="shipped models are: clinical"):
        find_model("elsewhere")


def test_the_section_of_our_own_is_json_as_it_stands(tmp_path: Path) -> None:
    directory = tiny.write(tmp_path / "m", name="notes", labels={"DATE": "DATE/BIRTH", "LOCATION/CITY": ""})
    assert json.loads((directory / "config.json").read_text())["streamdeid"]["name"] == "notes"
    assert describe(directory).meanings() == [
        None,
        "NAME/PATIENT",
        "NAME/PATIENT",
        None,
        None,
        "DATE/BIRTH",
        "DATE/BIRTH",
    ]
