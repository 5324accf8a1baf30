"""The network that a model directory was made of, from its 8-bit weights: to go on training where that one ended."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper

from streamdeid.errors import UsageError
from streamdeid.models.loading import CONFIG_FILE, MODEL_FILE
from streamdeid.training.encoder import Size, Tagger
from streamdeid.training.labels import CLASSES

_SIZES: Final = (
    "num_hidden_layers", "hidden_size", "num_attention_heads", "intermediate_size", "max_position_embeddings",
)  # fmt: skip
_TYPES = "embeddings.token_type_embeddings.weight"
_WORDS = "embeddings.word_embeddings.weight"
_Arrays = Mapping[str, NDArray[np.float32]]


def size_of(config: Mapping[str, int]) -> Size:
    """The dimensions that a model's configuration names. Without `head_dim` the heads share the hidden width."""
    size = Size(config["vocab_size"], len(CLASSES), *(config[name] for name in _SIZES))
    return size._replace(head=config.get("head_dim", size.hidden // size.heads))


def restored(model: Path) -> Tagger:
    """The network of a model directory that `pack` wrote in 8 bits, to within the rounding of its weights.

    Raises:
        UsageError: it is no such model.
    """
    try:
        config = json.loads((model / CONFIG_FILE).read_text(encoding="utf-8"))
        arrays = {one.name: numpy_helper.to_array(one) for one in onnx.load(str(model / MODEL_FILE)).graph.initializer}
        tagger = Tagger(size_of(config))
        weights = {name: _weight(name, weight.shape, arrays) for name, weight in tagger.state_dict().items()}
        tagger.load_state_dict(weights)
    except (OSError, ValueError, KeyError, RuntimeError, StopIteration) as fault:
        raise UsageError(
            f"{model} is no model that streamdeid has trained and packed in 8 bits ({type(fault).__name__})"
        ) from None
    tagger.eval()
    return tagger


def _weight(name: str, shape: torch.Size, arrays: _Arrays) -> torch.Tensor:
    if name in arrays:
        found = arrays[name]
    elif name == _WORDS:
        table = "/embeddings/word_embeddings/Gather"
        found = arrays[f"{table}.table"].astype(np.float32) * arrays[f"{table}.scales"]
    elif name == _TYPES:
        found = _types(shape, arrays)
    else:
        found = _product(name, arrays)
    return torch.from_numpy(np.array(found, np.float32)).reshape(shape)


def _product(name: str, arrays: _Arrays) -> NDArray[np.float32]:
    """The matrix of a linear layer; the exported one is the other way round."""
    node = f"/{name.removeprefix('encoder.').removesuffix('.weight').replace('.', '/')}/MatMul"
    node = node.replace("/layer/", "/layer.")
    whole = arrays[f"{node}.weight"].astype(np.float32) * arrays[f"{node}.columns"]
    return np.ascontiguousarray((whole * arrays[f"{node}.shares"][:, None]).T)


def _types(shape: torch.Size, arrays: _Arrays) -> NDArray[np.float32]:
    """One row is added to all tokens, under a name that the exporter made up; the other is never used."""
    row = next(array for name, array in arrays.items() if array.shape == shape[1:] and name.startswith("onnx::"))
    return np.concatenate([row[None], np.zeros((shape[0] - 1, shape[1]), np.float32)])
