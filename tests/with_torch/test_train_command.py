"""The README's training command, on a small encoder and little text."""

from __future__ import annotations

import io
import json
import re
import shlex
from pathlib import Path

import pytest
import torch
from rich.console import Console
from rich.progress import Progress as Rich
from safetensors.torch import save_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
from typer.testing import CliRunner

from streamdeid.cli.app import app
from streamdeid.cli.model_train import _Told
from streamdeid.models.detector import NerDetector
from streamdeid.models.loading import describe
from streamdeid.models.opening import open_model
from streamdeid.training.encoder import Size, Tagger
from streamdeid.training.frames import Frames
from streamdeid.training.train import Progress

_README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
_COMMAND = re.search(r"```console training\nstreamdeid (.*)\n", _README)
_GOLD = {"id": "1", "text": "Dr. Zed Quill saw him on 3/5/2024.", "spans": [[4, 13, "NAME"], [25, 33, "DATE"]]}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An encoder of two layers with weights that mean nothing, as it would be published."""
    folder = tmp_path_factory.mktemp("base")
    words = {word for frame in Frames.read(share=False).sentences for word in re.findall(r"[a-z]+", frame.text.lower())}
    characters = sorted(map(chr, range(33, 127)))
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *characters, *(f"##{one}" for one in characters)]
    vocabulary = {piece: at for at, piece in enumerate(dict.fromkeys([*pieces, *sorted(words)]))}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.save(str(folder / "tokenizer.json"))
    torch.manual_seed(1)
    published = {}
    for name, weight in Tagger(Size(len(vocabulary), 2, layers=2)).state_dict().items():
        if "projection" in name:
            for part, third in zip(("query", "key", "value"), weight.chunk(3), strict=True):
                published[name.replace("projection", part)] = third.clone()
        elif not name.startswith(("classifier", "embeddings.shape")):
            published[name] = weight
    save_file(published, folder / "model.safetensors")
    return folder


def test_a_site_can_train_a_model_and_export_it(base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _COMMAND is not None
    monkeypatch.chdir(tmp_path)
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "one.txt").write_text("The patient was seen yesterday. She lives alone.\n" * 20)
    (notes / "two.jsonl").write_text(json.dumps({"id": 1, "text": "Seen by Ann Quill.", "spans": [[8, 17, "NAME"]]}))
    (tmp_path / "gold.jsonl").write_text(json.dumps(_GOLD))
    little = ["--base", str(base), "--layers", "0,1", "--tokens", "0.03"]
    result = CliRunner().invoke(app, [*shlex.split(_COMMAND[1]), *little])
    assert result.exit_code == 0, result.output
    assert "8-bit model" in result.output
    stages = ("reading texts", "training", "calibrating on held-out texts", "exporting")
    assert [line for line in result.stderr.splitlines() if line in stages] == list(stages)
    assert "recall" in result.output
    described = describe(tmp_path / "model")
    assert described.meanings()[1] == "NAME/PATIENT"
    assert isinstance(NerDetector(open_model(described))(_GOLD["text"]), list)
    half = CliRunner().invoke(app, ["model", "export", "model", "--work", "work", "--out", "half"])
    assert half.exit_code == 0, half.output
    assert describe(tmp_path / "half").thresholds == described.thresholds


def test_layers_that_are_no_numbers_are_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    options = ["--corpus", str(tmp_path / "notes"), "--work", str(tmp_path), "--out", str(tmp_path), "--layers", "all"]
    result = CliRunner().invoke(app, ["model", "train", *options])
    assert result.exit_code == 2
    assert "--layers" in result.output


def test_progress_is_told_every_minute_where_there_is_no_terminal() -> None:
    said, now = io.StringIO(), iter((0.0, 10.0, 61.0, 61.0, 70.0))
    told = _Told(Rich(console=Console(file=said), disable=True), 1_000, lambda: next(now))
    for step in (1, 2, 3):
        told(Progress(seen=step, steps=step, loss=0.5))
    assert said.getvalue() == "2 of 1,000 tokens, loss 0.5000\n"


def test_faults_of_corpus_and_gold_are_told_before_training(base: Path, tmp_path: Path) -> None:
    notes, gold = tmp_path / "notes", tmp_path / "gold.jsonl"
    notes.mkdir()
    options = ["--corpus", notes, "--work", tmp_path / "w", "--out", tmp_path / "o", "--base", base, "--layers", "0,1"]
    train = ["model", "train", *map(str, options)]
    gold.write_text(json.dumps(_GOLD | {"spans": [[4, 13, "NAAME"]]}))
    result = CliRunner().invoke(app, [*train, "--gold", str(gold)])
    assert (result.exit_code, "gold.jsonl, line 1" in result.stderr, "training" in result.stderr) == (2, True, False)
    (notes / "two.jsonl").write_text("Ann Quill")
    result = CliRunner().invoke(app, train)
    assert (result.exit_code, "two.jsonl, line 1 is not JSON" in result.stderr) == (2, True)
