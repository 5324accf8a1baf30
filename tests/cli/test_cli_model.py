import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import tiny_models as tiny
from typer.testing import Result

from streamdeid.models import loading

Command = Callable[..., Result]


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where models are shipped: there is none yet."""
    monkeypatch.setattr(loading, "_SHIPPED", tmp_path / "shipped")
    return tmp_path / "shipped"


def test_without_a_model_there_is_a_sentence_and_what_needs_one_says_so(command: Command, shipped: Path) -> None:
    assert "No model comes with" in command("model", "list").stdout
    assert json.loads(command("model", "list", "--json").stdout) == []
    for name in ("info", "check"):
        result = command("model", name)
        assert (result.exit_code, result.stderr) == (
            2,
            "streamdeid: there is no directory clinical, and the shipped models are: none\n",
        )


def test_shipped_models_are_listed(command: Command, shipped: Path) -> None:
    tiny.write(shipped / "clinical", version="1.2")
    assert command("model", "list").stdout == "clinical 1.2 0.0 MB 7 labels\n"
    (listed,) = json.loads(command("model", "list", "--json").stdout)
    assert (listed["name"], listed["labels"]["B-DATE"]) == ("clinical", "DATE")


def test_a_model_tells_of_itself(command: Command, shipped: Path) -> None:
    directory = tiny.write(shipped / "clinical", thresholds={"NAME": 0.25}, labels={"DATE": None})
    (directory / "README.md").write_text("# A card\nMade up.\n")
    result = command("model", "info")
    assert result.exit_code == 0
    for words in ("NAME/PATIENT from 0.25", "LOCATION/CITY from 0.5", "not reported", "none given", "Made up."):
        assert words in result.stdout, words
    told = json.loads(command("model", "info", directory, "--json").stdout)
    assert told["thresholds"] == {"NAME": 0.25}
    assert told["card"].endswith("README.md")


def test_a_model_is_tried(command: Command, tmp_path: Path) -> None:
    directory = tiny.write(tmp_path / "m", name="tiny")
    digest = hashlib.sha256((directory / "model.onnx").read_bytes()).hexdigest()
    tiny.write(tmp_path / "m", name="tiny", sha256={"model.onnx": digest})
    result = command("model", "check", directory, "--text", "saw Jane in Springfield")
    assert result.exit_code == 0
    assert "tiny: loads; 1 checksums compared" in result.stdout
    assert "CPUExecutionProvider: loaded in " in result.stdout
    assert "tokens/s" in result.stdout
    assert [line.split()[-1] for line in result.stdout.splitlines()[2:]] == ["Jane", "Springfield"]
    odd = command("model", "check", directory, "--text", "saw \udcffJane in Springfield")
    assert (odd.exit_code, odd.stdout.splitlines()[2].split()[-1]) == (0, "Jane")
    told = json.loads(command("model", "check", directory, "--json").stdout)
    assert told["trials"][0]["provider"] == "CPUExecutionProvider"
    assert told["trials"][0]["tokens_per_second"] > 0


@pytest.mark.parametrize("name", ["info", "check"])
def test_a_damaged_model_is_refused(command: Command, tmp_path: Path, name: str) -> None:
    directory = tiny.write(tmp_path / "m", sha256={"model.onnx": "0" * 64})
    result = command("model", name, directory)
    assert result.exit_code == 2
    assert "SHA-256 of model.onnx" in result.stderr


def test_a_model_is_tried_as_the_environment_says(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STREAMDEID_MODEL_THREADS", "many")
    result = command("model", "check", str(tiny.write(tmp_path / "m")))
    assert result.exit_code == 2
    assert "STREAMDEID_MODEL_THREADS" in result.stderr
    assert "many" not in result.stderr
