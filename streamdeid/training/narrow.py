"""Fewer heads and inner units: those that matter least for what has been learnt go, and training goes on with the rest.

Nearly all of an encoder's work is done in its heads and between its inner units. How much one matters is told by what
the loss would change without it, to the first order: its output times the gradient there, over all tokens of a sample.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from streamdeid.training.encoder import Size, Tagger
from streamdeid.training.train import partial_loss

#: Batches as `train.tensors` makes them.
Sample = Iterable[tuple[Tensor, Tensor, Tensor, Tensor]]


class _Kept(NamedTuple):
    """The units of one layer that stay, in order: of all heads together, and between its two outer products."""

    attended: Tensor
    inner: Tensor


def narrowed(tagger: Tagger, heads: int, inner: int, sample: Sample) -> Tagger:
    """The network with the `heads` heads and the `inner` units of each layer that matter most over a sample."""
    size = tagger.size._replace(heads=heads, inner=inner)
    weights = tagger.state_dict()
    modules = [module for layer in tagger.encoder.layer for module in (layer.attention.self, layer.intermediate)]
    sums = _importances(tagger, modules, sample)
    for number, (attended, between) in enumerate(zip(sums[::2], sums[1::2], strict=True)):
        best = attended.reshape(-1, size.head).sum(1).topk(heads).indices.sort().values
        whole = (best[:, None] * size.head + torch.arange(size.head, device=best.device)).flatten()
        kept = _Kept(whole, between.topk(inner).indices.sort().values)
        _narrow_layer(weights, f"encoder.layer.{number}.", kept, tagger.size)
    smaller = Tagger(size)
    smaller.load_state_dict(weights)
    smaller.to(next(tagger.parameters()).device)
    return smaller


def _narrow_layer(weights: dict[str, Tensor], layer: str, kept: _Kept, size: Size) -> None:
    rows = torch.cat([kept.attended + part * size.attended for part in range(3)])  # query, key, value
    for name, chosen in (("attention.self.projection", rows), ("intermediate.dense", kept.inner)):
        for kind in ("weight", "bias"):
            weights[f"{layer}{name}.{kind}"] = weights[f"{layer}{name}.{kind}"][chosen]
    for name, chosen in (("attention.output.dense", kept.attended), ("output.dense", kept.inner)):
        weights[f"{layer}{name}.weight"] = weights[f"{layer}{name}.weight"][:, chosen].contiguous()


def _importances(tagger: Tagger, modules: Sequence[nn.Module], sample: Sample) -> list[Tensor]:
    """For each of the modules, how much each unit of what it gives matters."""
    outputs: dict[int, Tensor] = {}

    def watch(number: int, output: Tensor) -> None:
        output.retain_grad()
        outputs[number] = output

    handles = [
        module.register_forward_hook(lambda _, __, output, number=number: watch(number, output))
        for number, module in enumerate(modules)
    ]
    device = next(tagger.parameters()).device
    sums: dict[int, Tensor] = {}
    tagger.eval()
    for batch in sample:
        tokens, mask, shapes, allowed = (part.to(device) for part in batch)
        tagger.zero_grad()
        partial_loss(tagger(tokens, mask, shapes), allowed).backward()
        for number, output in outputs.items():
            gradient = output.grad
            if gradient is not None:
                matters = (output.detach() * gradient * mask[..., None]).sum((0, 1)).abs()
                sums[number] = sums.get(number, 0.0) + matters
        outputs.clear()
    for handle in handles:
        handle.remove()
    tagger.zero_grad()
    return [sums[number] for number in range(len(modules))]
