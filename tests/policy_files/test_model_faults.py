"""Models that no detector can be made of are refused with the policy that names them."""

import json
import shutil
from pathlib import Path

import pytest
import tiny_models as tiny

from streamdeid.errors import PolicyError
from streamdeid.models.loading import find_model
from streamdeid.policy_files.checking import check
from streamdeid.policy_files.loading import parse_policy

HEAD = """\
name: small
hl7v2: {rules: {ST: detect}}
fhir: {rules: {string: detect}}
labels: {NAME: surrogate}
"""


def refusals(text: str, folder: Path) -> list[str]:
    """What checking a policy and loading it say alike, a line for each fault."""
    said = []
    for read in (check, parse_policy):
        with pytest.raises(PolicyError) as refusal:
            read(HEAD + text, str(folder / "ours.yaml"))
        said.append(str(refusal.value).removeprefix(f"{folder}/ours.yaml, "))
    assert said[0] == said[1]
    return said[0].splitlines()


def test_one_that_is_not_there(tmp_path: Path) -> None:
    assert refusals("models: [clinical, /tmp/nowhere]", tmp_path) == [
        "line 5: models.1: there is no directory /tmp/nowhere, and the shipped models are: clinical"
    ]
    (tmp_path / "empty").mkdir()
    assert "has no model.onnx: a model's directory holds" in refusals("models:\n  - empty", tmp_path)[0]
    (fault,) = refusals(f"models: [{'x' * 300}]", tmp_path)
    assert fault == "line 5: models.0: a file of the model cannot be read: File name too long"


def test_a_label_that_nothing_maps(tmp_path: Path) -> None:
    tiny.write(tmp_path / "own", config={"id2label": {"0": "O", "1": "B-ZORG", "2": "I-ZORG"}})
    (fault,) = refusals("models:\n- clinical\n- model: own", tmp_path)
    assert fault.startswith("line 7: models.1: model own: nobody says what label B-ZORG of the model means: map ZORG")
    parse_policy(f"{HEAD}models: [{{model: own, labels: {{ZORG: NAME}}}}]", str(tmp_path / "ours.yaml"))
    assert "has no label ZURG" in refusals("models: [{model: own, labels: {ZURG: NAME}}]", tmp_path)[0]


def test_files_that_are_not_those_of_the_checksum(tmp_path: Path) -> None:
    shutil.copytree(find_model("clinical"), tmp_path / "copied")
    policy = f"{HEAD}models: [./copied]"
    parse_policy(policy, str(tmp_path / "ours.yaml"))
    with (tmp_path / "copied" / "tokenizer.json").open("a") as file:
        file.write(" ")
    (fault,) = refusals("models: [./copied]", tmp_path)
    assert "the SHA-256 of tokenizer.json is not the one in config.json" in fault


def test_a_configuration_without_labels(tmp_path: Path) -> None:
    config = tiny.write(tmp_path / "own") / "config.json"
    content = json.loads(config.read_text())
    del content["id2label"]
    config.write_text(json.dumps(content))
    (fault,) = refusals("models: [own]", tmp_path)
    assert fault.startswith("line 5: models.0: ")
    assert fault.endswith("config.json: id2label: Field required; say it in the policy, or in the file")
    parse_policy(f"{HEAD}models: [{{model: own, id2label: {{0: O, 1: B-PER}}}}]", str(tmp_path / "ours.yaml"))


def test_one_of_a_pipeline(tmp_path: Path) -> None:
    stage = "{kind: ner, model_path: m.onnx, tokenizer_path: t.json, id2label: {0: [O, false], 1: [B-PER, true]}}"
    (fault,) = refusals(f"detection:\n  pipeline:\n  - {stage}", tmp_path)
    assert fault.startswith(f"line 7: detection.pipeline.0: there is no file {tmp_path}/m.onnx")


def test_one_that_is_not_enabled_is_not_looked_at(tmp_path: Path) -> None:
    parse_policy(f"{HEAD}models: [{{model: /nowhere, enabled: false}}]", str(tmp_path / "ours.yaml"))
