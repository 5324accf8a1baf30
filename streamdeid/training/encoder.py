"""The network: a BERT encoder with a shape embedding and one linear layer over its tokens.

Weight names are those of Hugging Face's `BertModel`, but for the query, key and value layers of the attention, which
are one.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional
from torch.onnx import symbolic_helper

from streamdeid.detect.ner.shapes import SHAPES

#: What is added to the attention scores of padding.
_HIDDEN = -10_000.0
_DROPPED = 0.1


class Size(NamedTuple):
    """The dimensions of an encoder. `classes` is the number of BIO labels, `head` the width of each of the `heads`."""

    vocabulary: int
    classes: int
    layers: int = 6
    hidden: int = 384
    heads: int = 12
    inner: int = 1536
    positions: int = 512
    head: int = 32

    @property
    def attended(self) -> int:
        """The width of all heads together."""
        return self.heads * self.head


def _dropped(states: Tensor, training: bool) -> Tensor:
    """In training, the states without some of their units: in each text others, the same in all of its tokens, since
    drawing for each token takes a quarter of a step on a CPU."""
    if not training:
        return states
    kept = torch.empty(states.shape[0], 1, states.shape[2], device=states.device).bernoulli_(1 - _DROPPED)
    return states * kept.div_(1 - _DROPPED)


class _Embeddings(nn.Module):
    def __init__(self, size: Size) -> None:
        super().__init__()
        self.word_embeddings = nn.Embedding(size.vocabulary, size.hidden)
        self.position_embeddings = nn.Embedding(size.positions, size.hidden)
        self.token_type_embeddings = nn.Embedding(2, size.hidden)
        self.shape_embeddings = nn.Embedding(SHAPES, size.hidden)
        self.LayerNorm = nn.LayerNorm(size.hidden, eps=1e-12)
        nn.init.normal_(self.shape_embeddings.weight, std=0.02)

    def forward(self, tokens: Tensor, shapes: Tensor) -> Tensor:
        places = self.position_embeddings.weight[: tokens.shape[1]]
        whole = self.word_embeddings(tokens) + places + self.token_type_embeddings.weight[0]
        normed: Tensor = self.LayerNorm(whole + self.shape_embeddings(shapes))
        return normed


class _OneNode(torch.autograd.Function):
    """Attention as the exporter writes it: one node of ONNX Runtime's own instead of eight of the standard's, which
    saves it a tenth of its time. Exporting asks only for the shape of the result."""

    @staticmethod
    def forward(_: Any, query: Tensor, key: Tensor, value: Tensor, mask: Tensor, heads: int) -> Tensor:
        return torch.zeros_like(query)

    @staticmethod
    def symbolic(graph: Any, query: Any, key: Any, value: Any, mask: Any, heads: int) -> Any:
        """See `torch.onnx`: what stands for `forward` in an exported graph."""
        no_bias = symbolic_helper._optional_input_placeholder_tensor(graph)
        node = graph.op("com.microsoft::MultiHeadAttention", query, key, value, no_bias, mask, num_heads_i=heads)
        node.setType(query.type())
        return node


class _SelfAttention(nn.Module):
    def __init__(self, size: Size) -> None:
        super().__init__()
        self.heads = size.heads
        self.head = size.head
        self.projection = nn.Linear(size.hidden, 3 * size.attended)

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        if torch.onnx.is_in_onnx_export():
            query, key, value = self.projection(states).chunk(3, dim=-1)
            fused: Tensor = _OneNode.apply(query, key, value, mask, self.heads)
            return fused
        batch, tokens, _ = states.shape
        parts = self.projection(states).reshape(batch, tokens, 3, self.heads, self.head)
        query, key, value = (part.transpose(1, 2) for part in parts.unbind(2))
        attended = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        return attended.transpose(1, 2).reshape(batch, tokens, self.heads * self.head)


class _Output(nn.Module):
    def __init__(self, inner: int, hidden: int) -> None:
        super().__init__()
        self.dense = nn.Linear(inner, hidden)
        self.LayerNorm = nn.LayerNorm(hidden, eps=1e-12)

    def forward(self, states: Tensor, residual: Tensor) -> Tensor:
        normed: Tensor = self.LayerNorm(_dropped(self.dense(states), self.training) + residual)
        return normed


class _Attention(nn.Module):
    def __init__(self, size: Size) -> None:
        super().__init__()
        self.self = _SelfAttention(size)
        self.output = _Output(size.attended, size.hidden)

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        out: Tensor = self.output(self.self(states, mask), states)
        return out


class _Intermediate(nn.Module):
    def __init__(self, size: Size) -> None:
        super().__init__()
        self.dense = nn.Linear(size.hidden, size.inner)

    def forward(self, states: Tensor) -> Tensor:
        return functional.gelu(self.dense(states))


class _Layer(nn.Module):
    def __init__(self, size: Size) -> None:
        super().__init__()
        self.attention = _Attention(size)
        self.intermediate = _Intermediate(size)
        self.output = _Output(size.inner, size.hidden)

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        attended = self.attention(states, mask)
        out: Tensor = self.output(self.intermediate(attended), attended)
        return out


class _Encoder(nn.Module):
    def __init__(self, size: Size) -> None:
        super().__init__()
        self.layer = nn.ModuleList(_Layer(size) for _ in range(size.layers))


class Tagger(nn.Module):
    """Token classification: ids, attention mask and shapes (batch x tokens, int64) to logits (batch x tokens x
    classes)."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.size = size
        self.embeddings = _Embeddings(size)
        self.encoder = _Encoder(size)
        self.classifier = nn.Linear(size.hidden, size.classes)

    def forward(self, input_ids: Tensor, attention_mask: Tensor, shape_ids: Tensor) -> Tensor:
        """The logits; what the mask hides gets some too, which mean nothing."""
        states = _dropped(self.embeddings(input_ids, shape_ids), self.training)
        if torch.onnx.is_in_onnx_export():
            mask = attention_mask.to(torch.int32)
        else:
            mask = (1.0 - attention_mask[:, None, None, :].to(states.dtype)) * _HIDDEN
        for layer in self.encoder.layer:
            states = layer(states, mask)
        logits: Tensor = self.classifier(_dropped(states, self.training))
        return logits


def start_from(checkpoint: Path, size: Size, kept_tokens: list[int], kept_layers: list[int]) -> Tagger:
    """A tagger whose encoder is that of a published `BertModel` checkpoint (safetensors), with only the given rows of
    its vocabulary and the given layers.

    Raises:
        ValueError: the checkpoint has other dimensions.
    """
    weights = load_file(checkpoint)
    tagger = Tagger(size)
    try:
        missing, _ = tagger.load_state_dict(_chosen(weights, kept_tokens, kept_layers), strict=False)
    except (KeyError, RuntimeError):
        missing = ["encoder"]
    if any(not name.startswith(("classifier", "embeddings.shape")) for name in missing):
        raise ValueError(f"{checkpoint} is not a checkpoint of these dimensions")
    return tagger


def _chosen(weights: dict[str, Tensor], kept_tokens: list[int], kept_layers: list[int]) -> dict[str, Tensor]:
    chosen = {name: weight for name, weight in weights.items() if name.startswith("embeddings.")}
    chosen["embeddings.word_embeddings.weight"] = weights["embeddings.word_embeddings.weight"][kept_tokens]
    for new, old in enumerate(kept_layers):
        prefix = f"encoder.layer.{old}."
        layer = {name.removeprefix(prefix): weight for name, weight in weights.items() if name.startswith(prefix)}
        for kind in ("weight", "bias"):
            parts = [layer.pop(f"attention.self.{part}.{kind}") for part in ("query", "key", "value")]
            layer[f"attention.self.projection.{kind}"] = torch.cat(parts)
        chosen |= {f"encoder.layer.{new}.{name}": weight for name, weight in layer.items()}
    return chosen
