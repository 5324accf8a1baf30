"""Fewer inner units: those that matter least for what has been learnt go, and training goes on with the rest.

Two thirds of an encoder's work is done between its inner units. How much one matters is told by what the loss would
change without it, to the first order: its output times the gradient there, over all tokens of a sample.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor

from streamdeid.training.encoder import Tagger
from streamdeid.training.train import partial_loss

#: Batches as `train.tensors` makes them.
Sample = Iterable[tuple[Tensor, Tensor, Tensor, Tensor]]


def narrowed(tagger: Tagger, inner: int, sample: Sample) -> Tagger:
    """The network with the `inner` units of each layer that matter most over a sample."""
    weights = tagger.state_dict()
    for number, importance in enumerate(_importances(tagger, sample)):
        kept = importance.topk(inner).indices.sort().values
        layer = f"encoder.layer.{number}."
        for name in ("intermediate.dense.weight", "intermediate.dense.bias"):
            weights[layer + name] = weights[layer + name][kept]
        weights[f"{layer}output.dense.weight"] = weights[f"{layer}output.dense.weight"][:, kept].contiguous()
    smaller = Tagger(tagger.size._replace(inner=inner))
    smaller.load_state_dict(weights)
    smaller.to(next(tagger.parameters()).device)
    return smaller


def _importances(tagger: Tagger, sample: Sample) -> list[Tensor]:
    """For each layer, how much each of its inner units matters."""
    outputs: dict[int, Tensor] = {}

    def watch(number: int, output: Tensor) -> None:
        output.retain_grad()
        outputs[number] = output

    handles = [
        layer.intermediate.register_forward_hook(lambda _, __, output, number=number: watch(number, output))
        for number, layer in enumerate(tagger.encoder.layer)
    ]
    device = next(tagger.parameters()).device
    sums = [torch.zeros(tagger.size.inner, device=device) for _ in handles]
    tagger.eval()
    for batch in sample:
        tokens, mask, shapes, allowed = (part.to(device) for part in batch)
        tagger.zero_grad()
        partial_loss(tagger(tokens, mask, shapes), allowed).backward()
        for number, output in outputs.items():
            gradient = output.grad
            if gradient is not None:
                sums[number] += (output.detach() * gradient * mask[..., None]).sum((0, 1)).abs()
        outputs.clear()
    for handle in handles:
        handle.remove()
    tagger.zero_grad()
    return sums
