"""Models made in the test, small enough to know what they must say. All people are made up."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from streamdeid.detect.ner.shapes import SHAPES

Array = NDArray[Any]
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
WORDS = (
    "mrs",
    "mr",
    "dr",
    "john",
    "jane",
    "doe",
    "##mann",
    "saw",
    "in",
    "springfield",
    "general",
    "patient",
    "on",
    "12",
)
MARKS = ("/", ".", ",", "-", "'", "(", ")", ":")
VOCABULARY = (*SPECIAL, *MARKS, *LETTERS, *(f"##{letter}" for letter in LETTERS), *WORDS, "12")
LABELS = ("O", "B-NAME/PATIENT", "I-NAME/PATIENT", "B-LOCATION/CITY", "I-LOCATION/CITY", "B-DATE", "I-DATE")
#: What the models of `linear` say of each word; of any other it is O.
SAID = {
    "john": "B-NAME/PATIENT",
    "jane": "B-NAME/PATIENT",
    "doe": "I-NAME/PATIENT",
    "##mann": "I-NAME/PATIENT",
    "springfield": "B-LOCATION/CITY",
    "12": "I-DATE",
    "/": "I-DATE",
}


def tokenizer() -> Tokenizer:
    """Uncased WordPiece, as BERT's."""
    made = Tokenizer(models.WordPiece({word: at for at, word in enumerate(VOCABULARY)}, unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer(lowercase=True)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return made


def table(said: Mapping[str, str], labels: Sequence[str] = LABELS, certain: float = 8.0) -> Array:
    """Scores by token id."""
    scores = np.zeros((len(VOCABULARY), len(labels)), np.float32)
    for number, word in enumerate(VOCABULARY):
        scores[number, labels.index(said.get(word, "O"))] = certain
    return scores


def graph(
    nodes: Sequence[onnx.NodeProto],
    weights: Mapping[str, Array],
    inputs: Mapping[str, int],
    output: int = TensorProto.FLOAT,
    first_outputs: Sequence[onnx.ValueInfoProto] = (),
) -> bytes:
    """A model whose scores are called `logits`."""
    made = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info(name, kind, ["batch", "tokens"]) for name, kind in inputs.items()],
        [*first_outputs, helper.make_tensor_value_info("logits", output, ["batch", "tokens", None])],
        [numpy_helper.from_array(array, name) for name, array in weights.items()],
    )
    content = helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(content)
    return bytes(content.SerializeToString())


INT64 = {"input_ids": TensorProto.INT64, "attention_mask": TensorProto.INT64}


def linear(scores: Array, *, inputs: Mapping[str, int] = INT64, half: bool = False) -> bytes:
    """Each token's scores are its row of a table. Inputs other than input_ids change nothing."""
    used = [helper.make_node("Gather", ["table", "input_ids"], ["wide"])]
    total = "wide"
    for name in inputs:
        if name != "input_ids":
            used += [
                helper.make_node("Cast", [name], [f"{name}_float"], to=TensorProto.FLOAT),
                helper.make_node("Mul", [f"{name}_float", "zero"], [f"{name}_zero"]),
                helper.make_node("Unsqueeze", [f"{name}_zero", "last"], [f"{name}_wide"]),
                helper.make_node("Add", [total, f"{name}_wide"], [f"after_{name}"]),
            ]
            total = f"after_{name}"
    kind = TensorProto.FLOAT16 if half else TensorProto.FLOAT
    used.append(helper.make_node("Cast", [total], ["logits"], to=kind))
    used.append(helper.make_node("ReduceMax", [total], ["pooled"], axes=[1], keepdims=0))
    pooled = helper.make_tensor_value_info("pooled", TensorProto.FLOAT, ["batch", None])
    weights: dict[str, Array] = {"table": scores, "zero": np.array(0, np.float32), "last": np.array([-1])}
    return graph(used, weights, inputs, kind, [pooled])


def by_shape(scores: Array) -> bytes:
    """Each token's scores are the row of its shape id."""
    nodes = [
        helper.make_node("Gather", ["table", "shape_ids"], ["shapes"]),
        helper.make_node("Cast", ["input_ids"], ["ids"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["ids", "zero"], ["none"]),
        helper.make_node("Unsqueeze", ["none", "last"], ["wide"]),
        helper.make_node("Add", ["shapes", "wide"], ["logits"]),
    ]
    assert scores.shape[0] == SHAPES
    weights: dict[str, Array] = {"table": scores, "zero": np.array(0, np.float32), "last": np.array([-1])}
    return graph(nodes, weights, {"input_ids": TensorProto.INT64, "shape_ids": TensorProto.INT64})


def attentive(labels: int = len(LABELS), hidden: int = 48, heads: int = 4, seed: int = 7, layers: int = 2) -> bytes:
    """A transformer with random weights: every token's scores depend on all tokens of its row."""
    random = np.random.default_rng(seed)
    weights: dict[str, Array] = {
        "words": random.normal(size=(len(VOCABULARY), hidden)).astype(np.float32),
        "places": random.normal(size=(512, hidden)).astype(np.float32),
        "scores": random.normal(size=(hidden, labels)).astype(np.float32),
        "split": np.array([0, 0, heads, hidden // heads]),
        "merged": np.array([0, 0, hidden]),
        "one": np.array(1, np.float32),
        "far": np.array(-10_000, np.float32),
        "scale": np.array((hidden / heads) ** -0.5, np.float32),
        "axes": np.array([1, 2]),
        "zero": np.array(0),
        "step": np.array(1),
        "gain": np.ones(hidden, np.float32),
        "second": np.array(1),
    }
    nodes = [
        helper.make_node("Gather", ["words", "input_ids"], ["embedded"]),
        helper.make_node("Shape", ["input_ids"], ["shape"]),
        helper.make_node("Gather", ["shape", "second"], ["count"]),
        helper.make_node("Range", ["zero", "count", "step"], ["range"]),
        helper.make_node("Gather", ["places", "range"], ["placed"]),
        helper.make_node("Add", ["embedded", "placed"], ["state0"]),
        helper.make_node("Cast", ["attention_mask"], ["seen"], to=TensorProto.FLOAT),
        helper.make_node("Sub", ["one", "seen"], ["hidden"]),
        helper.make_node("Mul", ["hidden", "far"], ["penalty"]),
        helper.make_node("Unsqueeze", ["penalty", "axes"], ["mask"]),
    ]
    for layer in range(layers):
        nodes += _layer(layer, weights, random, hidden)
    nodes.append(helper.make_node("MatMul", [f"state{layers}", "scores"], ["logits"]))
    return graph(nodes, weights, INT64)


def _layer(layer: int, weights: dict[str, Array], random: Any, hidden: int) -> list[onnx.NodeProto]:
    def name(part: str) -> str:
        return f"{part}{layer}"

    nodes = []
    for part in ("query", "key", "value", "mix"):
        weights[name(f"{part}_weight")] = random.normal(size=(hidden, hidden), scale=hidden**-0.5).astype(np.float32)
    weights[name("up")] = random.normal(size=(hidden, 4 * hidden), scale=hidden**-0.5).astype(np.float32)
    weights[name("down")] = random.normal(size=(4 * hidden, hidden), scale=hidden**-0.5).astype(np.float32)
    for part, turned in (("query", [0, 2, 1, 3]), ("key", [0, 2, 3, 1]), ("value", [0, 2, 1, 3])):
        nodes += [
            helper.make_node("MatMul", [name("state"), name(f"{part}_weight")], [name(f"{part}_flat")]),
            helper.make_node("Reshape", [name(f"{part}_flat"), "split"], [name(f"{part}_split")]),
            helper.make_node("Transpose", [name(f"{part}_split")], [name(part)], perm=turned),
        ]
    return [
        *nodes,
        helper.make_node("MatMul", [name("query"), name("key")], [name("products")]),
        helper.make_node("Mul", [name("products"), "scale"], [name("scaled")]),
        helper.make_node("Add", [name("scaled"), "mask"], [name("masked")]),
        helper.make_node("Softmax", [name("masked")], [name("attention")], axis=-1),
        helper.make_node("MatMul", [name("attention"), name("value")], [name("context")]),
        helper.make_node("Transpose", [name("context")], [name("turned")], perm=[0, 2, 1, 3]),
        helper.make_node("Reshape", [name("turned"), "merged"], [name("joined")]),
        helper.make_node("MatMul", [name("joined"), name("mix_weight")], [name("mixed")]),
        helper.make_node("Add", [name("state"), name("mixed")], [name("residual")]),
        helper.make_node("LayerNormalization", [name("residual"), "gain"], [name("normed")], axis=-1),
        helper.make_node("MatMul", [name("normed"), name("up")], [name("raised")]),
        helper.make_node("Relu", [name("raised")], [name("bent")]),
        helper.make_node("MatMul", [name("bent"), name("down")], [name("lowered")]),
        helper.make_node("Add", [name("normed"), name("lowered")], [name("sum")]),
        helper.make_node("LayerNormalization", [name("sum"), "gain"], [f"state{layer + 1}"], axis=-1),
    ]


def dynamically_quantised(scores: Array, long_row: float = 1000.0) -> bytes:
    """`linear`, its scores rounded to 256 steps of the largest in the batch: [UNK], whose scores are huge, coarsens
    all."""
    scores = scores.copy()
    scores[VOCABULARY.index("[UNK]"), 0] = long_row
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["wide"]),
        helper.make_node("DynamicQuantizeLinear", ["wide"], ["steps", "size", "middle"]),
        helper.make_node("DequantizeLinear", ["steps", "size", "middle"], ["logits"]),
    ]
    return graph(nodes, {"table": scores}, {"input_ids": TensorProto.INT64})


def slow(rounds: int = 400, size: int = 384) -> bytes:
    """`linear`'s shape, after seconds of multiplying."""
    weights = {
        "table": np.ones((len(VOCABULARY), size), np.float32),
        "square": np.full((size, size), 1 / size, np.float32),
        "scores": np.ones((size, len(LABELS)), np.float32),
    }
    nodes = [helper.make_node("Gather", ["table", "input_ids"], ["state0"])]
    for number in range(rounds):
        nodes.append(helper.make_node("MatMul", [f"state{number}", "square"], [f"product{number}"]))
        nodes.append(helper.make_node("Relu", [f"product{number}"], [f"state{number + 1}"]))
    nodes.append(helper.make_node("MatMul", [f"state{rounds}", "scores"], ["logits"]))
    return graph(nodes, weights, {"input_ids": TensorProto.INT64})


def write(
    directory: Path,
    model: bytes | None = None,
    tags: Sequence[str] = LABELS,
    config: Mapping[str, Any] | None = None,
    **own: Any,
) -> Path:
    """A model's directory, by default that of `linear`. `tags` are its labels, `own` is the section of our own."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "model.onnx").write_bytes(linear(table(SAID, tags)) if model is None else model)
    tokenizer().save(str(directory / "tokenizer.json"))
    described = {
        "id2label": {str(number): label for number, label in enumerate(tags)},
        "max_position_embeddings": 512,
        "pad_token_id": 0,
        **(config or {}),
    }
    if own:
        described["streamdeid"] = own
    (directory / "config.json").write_text(json.dumps(described))
    return directory
