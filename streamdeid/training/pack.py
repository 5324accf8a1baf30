"""A trained network as a model directory that can be run: exported, compared with itself, described, sealed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from pickle import UnpicklingError
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
import onnxruntime
import torch
from tokenizers import Tokenizer

from streamdeid.errors import UsageError
from streamdeid.models.loading import CONFIG_FILE, MODEL_FILE, TOKENIZER_FILE, checksum
from streamdeid.training.encoder import Size, Tagger
from streamdeid.training.export import INPUTS, Batch, Range, to_8_bits, to_16_bits, to_onnx
from streamdeid.training.labels import CLASSES, KINDS
from streamdeid.training.restore import size_of

#: Logits in single precision may differ from the network's own by so much.
_TOLERANCE = 2e-3
_TRIED = 100


class Facts(NamedTuple):
    """What a model's configuration says besides its labels. `max_tokens` and `overlap` are in tokens."""

    name: str
    version: str
    thresholds: Mapping[str, float]
    temperature: float
    max_tokens: int
    overlap: int


class Parity(NamedTuple):
    """How the exported forms differ from the network: the largest difference of a logit in single precision, and the
    share of tokens whose best class stays the same in 8 (or 16) bits."""

    largest: float
    agreeing: float


def pack(
    tagger: Tagger,
    tokenizer: Tokenizer,
    target: Path,
    facts: Facts,
    sample: Sequence[Batch],
    ranges: Mapping[str, Range] | None,
) -> Parity:
    """Writes the directory `target`: 8-bit weights where `ranges` are given, else 16-bit floating point.

    Raises:
        ValueError: the exported network does not give what the network gives.
    """
    target.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder:
        whole = Path(folder) / MODEL_FILE
        to_onnx(tagger, whole)
        if ranges is None:
            to_16_bits(whole, target / MODEL_FILE)
        else:
            to_8_bits(whole, target / MODEL_FILE, dict(ranges))
        parity = compared(tagger, whole, target / MODEL_FILE, sample)
    if parity.largest > _TOLERANCE:
        raise ValueError(f"the exported network differs from the trained one by {parity.largest:.4f}")
    tokenizer.save(str(target / TOKENIZER_FILE), pretty=False)
    (target / CONFIG_FILE).write_text(json.dumps(_config(tagger, target, facts), indent=2) + "\n", encoding="utf-8")
    return parity


def exported(model: Path, checkpoint: Path, target: Path) -> Parity:
    """A trained model once more, in half precision: `model` is the directory made of it in 8 bits.

    Raises:
        UsageError: streamdeid has not trained that model, or the checkpoint is not of it.
    """
    try:
        config = json.loads((model / CONFIG_FILE).read_text(encoding="utf-8"))
        size, own = size_of(config), config["streamdeid"]
        kept = [own[name] for name in ("name", "version", "thresholds", "temperature", "max_tokens", "overlap")]
        tokenizer: Tokenizer = Tokenizer.from_file(str(model / TOKENIZER_FILE))
        tagger = Tagger(size)
    except Exception as fault:  # `tokenizers` raises plain Exception
        raise UsageError(
            f"{model} is no model that `streamdeid model train` has made, and no other can be exported once more"
            f" ({type(fault).__name__})"
        ) from None
    try:
        tagger.load_state_dict(torch.load(checkpoint, weights_only=True, map_location="cpu")["weights"])
    except (KeyError, TypeError, RuntimeError, EOFError, UnpicklingError):
        raise UsageError(f"{checkpoint} holds no weights of {model}: name the folder that it was trained in") from None
    return pack(tagger.eval(), tokenizer, target, Facts(*kept), [_anything(size)], None)


def _anything(size: Size) -> Batch:
    ids = torch.arange(2, 2 + min(_TRIED, size.positions)).remainder(size.vocabulary).unsqueeze(0)
    return ids, torch.ones_like(ids), torch.ones_like(ids)


def compared(tagger: Tagger, whole: Path, small: Path, sample: Sequence[Batch]) -> Parity:
    """How the exported forms differ from the network, over a sample."""
    largest, same, count = 0.0, 0, 0
    sessions = [onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"]) for path in (whole, small)]
    for batch in sample:
        with torch.no_grad():
            own = tagger(*batch).numpy()
        feeds = {name: part.numpy() for name, part in zip(INPUTS, batch, strict=True)}
        single, reduced = (session.run(None, feeds)[0] for session in sessions)
        seen = batch[1].numpy().astype(bool)
        largest = max(largest, float(np.abs(own - single)[seen].max()))
        same += int((own.argmax(-1) == reduced.argmax(-1))[seen].sum())
        count += int(seen.sum())
    return Parity(largest, same / max(1, count))


def _config(tagger: Tagger, target: Path, facts: Facts) -> dict[str, object]:
    return {
        "model_type": "bert",
        "id2label": {str(number): name for number, name in enumerate(CLASSES)},
        "hidden_size": tagger.size.hidden,
        "num_hidden_layers": tagger.size.layers,
        "num_attention_heads": tagger.size.heads,
        "head_dim": tagger.size.head,
        "intermediate_size": tagger.size.inner,
        "max_position_embeddings": tagger.size.positions,
        "vocab_size": tagger.size.vocabulary,
        "pad_token_id": 0,
        "streamdeid": {
            "name": facts.name,
            "version": facts.version,
            "labels": {kind: label or None for kind, label in KINDS.items()},
            "thresholds": dict(facts.thresholds),
            "temperature": facts.temperature,
            "max_tokens": facts.max_tokens,
            "overlap": facts.overlap,
            "sha256": {name: checksum(target / name) for name in (MODEL_FILE, TOKENIZER_FILE)},
        },
    }
