"""From trained weights to a model directory: ONNX with 8-bit weights for CPUs, or 16-bit floating point for GPUs.

The 8-bit form does not depend on what a text is batched with: the range of what goes into each layer is measured once,
on a sample, and not anew for every batch. Its weights use 7 of the 8 bits, so that processors without the newer
dot-product instructions come to the same sums (they add two products in 16 bits).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from streamdeid.training.encoder import Tagger

INPUTS = ("input_ids", "attention_mask", "shape_ids")
_OPSET = 17
#: Where ONNX Runtime keeps the operators that the standard does not have.
_RUNTIMES_OWN = "com.microsoft"
_LARGEST = 63
#: The share of a layer's inputs that the 8-bit range covers; what lies outside is cut off.
_COVERED = 0.9999

_SAMPLED = 500_000

Batch = tuple[Tensor, Tensor, Tensor]


class Range(NamedTuple):
    """The numbers that go into a layer, once each column is divided by its share, lie between `low` and `high`."""

    low: float
    high: float
    shares: NDArray[np.float32]


def to_onnx(tagger: Tagger, path: Path) -> None:
    """Writes the network in single precision."""
    tagger.eval()
    example = torch.ones(2, 8, dtype=torch.int64)
    torch.onnx.export(
        tagger,
        (example, example, example),
        str(path),
        input_names=list(INPUTS),
        output_names=["logits"],
        dynamic_axes={name: {0: "batch", 1: "tokens"} for name in (*INPUTS, "logits")},
        opset_version=_OPSET,
        custom_opsets={_RUNTIMES_OWN: 1},
        dynamo=False,
    )


def to_8_bits(source: Path, target: Path, ranges: dict[str, Range]) -> None:
    """Rewrites a single-precision network: `ranges` has the inputs' range of each layer, by its module's name."""
    model = onnx.load(str(source))
    graph = model.graph
    weights = {tensor.name: tensor for tensor in graph.initializer}
    biases = _biases(graph, weights)
    nodes: list[Any] = []
    for node in graph.node:
        layer = node.name.strip("/").removesuffix("/MatMul").replace("/", ".")
        name = next((name for name in ranges if name.endswith(layer) and layer), None)
        if node.op_type == "MatMul" and node.input[1] in weights and name is not None:
            nodes.extend(_quantized_product(node, weights, graph, ranges[name], biases.get(node.output[0])))
        elif node.op_type == "Gather" and node.input[0] in weights and weights[node.input[0]].dims[0] > 1_000:
            nodes.extend(_quantized_rows(node, weights, graph))
        elif node not in biases.values():
            nodes.append(node)
    del graph.node[:]
    graph.node.extend(nodes)
    _drop_unused(graph)
    onnx.save(model, str(target))


def to_16_bits(source: Path, target: Path) -> None:
    """Rewrites a single-precision network in half precision, its inputs and outputs unchanged."""
    from onnxruntime.transformers.float16 import convert_float_to_float16  # noqa: PLC0415 - only for GPUs

    onnx.save(convert_float_to_float16(onnx.load(str(source)), keep_io_types=True), str(target))


def input_ranges(tagger: Tagger, batches: Iterable[Batch]) -> dict[str, Range]:
    """What goes into each linear layer, over a sample of batches (ids, mask, shapes), by the layer's name."""
    seen: dict[str, list[Tensor]] = {}
    mask: list[Tensor] = []

    def watcher(name: str) -> Callable[[nn.Module, tuple[Tensor, ...]], None]:
        def watch(_: nn.Module, given: tuple[Tensor, ...]) -> None:
            seen.setdefault(name, []).append(given[0][mask[0].bool()].float())

        return watch

    linear = {name: module for name, module in tagger.named_modules() if isinstance(module, nn.Linear)}
    handles = [module.register_forward_pre_hook(watcher(name)) for name, module in linear.items()]
    with torch.no_grad():
        for ids, attention, shapes in batches:
            mask[:] = [attention]
            tagger(ids, attention, shapes)
    for handle in handles:
        handle.remove()
    return {name: _range(torch.cat(inputs), linear[name].weight) for name, inputs in seen.items()}


def _range(inputs: Tensor, weight: Tensor) -> Range:
    """Numbers far larger than the rest come in a few columns only: each column is divided by the geometric mean of its
    largest input and the inverse of its largest weight, so that neither side is left with all of the unevenness."""
    largest = inputs.abs().amax(0).clamp(min=1e-5)
    shares = (largest / weight.detach().abs().amax(0).clamp(min=1e-5)).sqrt()
    shares = (shares / shares.log().mean().exp()).clamp(1e-2, 1e2)
    even = (inputs / shares).flatten()
    even = even[torch.randint(len(even), (_SAMPLED,))].sort().values
    outside = int(len(even) * (1 - _COVERED) / 2)
    return Range(min(0.0, float(even[outside])), max(0.0, float(even[-1 - outside])), shares.numpy())


def _biases(graph: Any, weights: dict[str, Any]) -> dict[str, Any]:
    """The nodes that add a layer's bias, by the product that they add it to."""
    products = {node.output[0] for node in graph.node if node.op_type == "MatMul" and node.input[1] in weights}
    return {
        product: node
        for node in graph.node
        if node.op_type == "Add"
        for product, other in (node.input, reversed(node.input))
        if product in products and other in weights
    }


def _quantized_product(
    node: Any, weights: dict[str, Any], graph: Any, span: Range, bias: Any | None = None
) -> list[Any]:
    scale = (span.high - span.low) / 255
    matrix = numpy_helper.to_array(weights[node.input[1]]) * span.shares[:, None]
    columns = np.maximum(np.abs(matrix).max(axis=0), 1e-8).astype(np.float32) / _LARGEST
    whole = np.clip(np.rint(matrix / columns), -_LARGEST, _LARGEST).astype(np.int8)
    name = node.name or node.output[0]
    parts = {
        "weight": whole,
        "columns": columns,
        "scale": np.array(scale, np.float32),
        "zero": np.array(round(-span.low / scale), np.uint8),
        "shares": (1 / span.shares).astype(np.float32),
    }
    for part, array in parts.items():
        graph.initializer.append(numpy_helper.from_array(array, f"{name}.{part}"))
    even, rounded = f"{name}.even", f"{name}.rounded"
    added = "" if bias is None else next(given for given in bias.input if given in weights)
    return [
        helper.make_node("Mul", [node.input[0], f"{name}.shares"], [even], f"{name}.share"),
        helper.make_node("QuantizeLinear", [even, f"{name}.scale", f"{name}.zero"], [rounded], f"{name}.quantize"),
        helper.make_node(
            "MatMulIntegerToFloat",
            [rounded, f"{name}.weight", f"{name}.scale", f"{name}.columns", f"{name}.zero", "", added],
            list(node.output if bias is None else bias.output),
            f"{name}.product",
            domain=_RUNTIMES_OWN,
        ),
    ]


def _quantized_rows(node: Any, weights: dict[str, Any], graph: Any) -> list[Any]:
    """A table that rows are looked up in: 8 bits a number, and a scale for each row."""
    table = numpy_helper.to_array(weights[node.input[0]])
    scales = np.maximum(np.abs(table).max(axis=1, keepdims=True), 1e-8).astype(np.float32) / 127
    name = node.name or node.output[0]
    graph.initializer.append(numpy_helper.from_array(np.rint(table / scales).astype(np.int8), f"{name}.table"))
    graph.initializer.append(numpy_helper.from_array(scales, f"{name}.scales"))
    return [
        helper.make_node("Gather", [f"{name}.table", node.input[1]], [f"{name}.row"], f"{name}.look"),
        helper.make_node("Gather", [f"{name}.scales", node.input[1]], [f"{name}.size"], f"{name}.sizes"),
        helper.make_node("Cast", [f"{name}.row"], [f"{name}.wide"], f"{name}.cast", to=TensorProto.FLOAT),
        helper.make_node("Mul", [f"{name}.wide", f"{name}.size"], list(node.output), f"{name}.scaled"),
    ]


def _drop_unused(graph: Any) -> None:
    used = {name for node in graph.node for name in node.input}
    kept = [tensor for tensor in graph.initializer if tensor.name in used]
    del graph.initializer[:]
    graph.initializer.extend(kept)
