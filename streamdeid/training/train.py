"""The trainer: AdamW over windows of like length, a linear schedule, and checkpoints to go on from."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from torch import Tensor

from streamdeid.training.encode import Encoded, special, veiled, windows
from streamdeid.training.encoder import Tagger
from streamdeid.training.labels import ANYTHING, CLASSES
from streamdeid.training.mixture import Mixture

_POOL = 1_500


@dataclass(frozen=True)
class Schedule:
    """`tokens` to train on in all, padding not counted; `batch` of them at once, padding included. Of the windows the
    share `veiled` has some tokens hidden."""

    tokens: int
    batch: int = 4_096
    rate: float = 4e-4
    warm_up: float = 0.04
    longest: int = 192
    overlap: int = 20
    veiled: float = 0.4
    seed: int = 1

    def rate_at(self, seen: int) -> float:
        """The learning rate after so many tokens."""
        done = min(1.0, seen / self.tokens)
        return self.rate * min(done / self.warm_up, (1 - done) / (1 - self.warm_up))


@dataclass
class Progress:
    """What is written to a checkpoint besides the weights."""

    seen: int = 0
    steps: int = 0
    loss: float = 0.0


@dataclass(frozen=True)
class Stretch:
    """A part of a training: until the share `until` of the schedule's tokens is seen. It goes on from `checkpoint` if
    that is there, and writes it every `every` steps; `begun` is how far another part came before."""

    checkpoint: Path
    begun: Progress | None = None
    until: float = 1.0
    every: int = 200


def train(
    tagger: Tagger,
    mixture: Mixture,
    tokenizer: Tokenizer,
    schedule: Schedule,
    stretch: Stretch,
    report: Callable[[Progress], None],
) -> Progress:
    """Trains one stretch, and says how far that came. The device is the tagger's."""
    optimizer = torch.optim.AdamW(_groups(tagger), lr=schedule.rate, betas=(0.9, 0.98), fused=True)
    progress = _resumed(tagger, optimizer, stretch.checkpoint) or replace(stretch.begun or Progress())
    rng = random.Random(schedule.seed + progress.steps)  # noqa: S311 (training text, not a secret)
    torch.manual_seed(schedule.seed + progress.steps)
    tagger.train()
    for batch in batches(mixture, tokenizer, schedule, rng):
        if progress.seen >= schedule.tokens * stretch.until:
            break
        for group in optimizer.param_groups:
            group["lr"] = schedule.rate_at(progress.seen) * group["scale"]
        loss, count = _step(tagger, optimizer, batch)
        progress.seen += count
        progress.steps += 1
        progress.loss = loss if progress.steps == 1 else 0.98 * progress.loss + 0.02 * loss
        if progress.steps % stretch.every == 0:
            _write(tagger, optimizer, progress, stretch.checkpoint)
        report(progress)
    _write(tagger, optimizer, progress, stretch.checkpoint)
    tagger.eval()
    return progress


def _groups(tagger: Tagger) -> list[dict[str, Any]]:
    """New layers learn faster than those that have learnt before, and norms and biases do not decay."""
    new = [weight for name, weight in tagger.named_parameters() if "classifier" in name or "shape" in name]
    old = [(name, weight) for name, weight in tagger.named_parameters() if not any(weight is one for one in new)]
    plain = [weight for name, weight in old if weight.ndim < 2]
    matrices = [weight for name, weight in old if weight.ndim >= 2]
    return [
        {"params": new, "weight_decay": 0.0, "scale": 3.0},
        {"params": plain, "weight_decay": 0.0, "scale": 1.0},
        {"params": matrices, "weight_decay": 0.01, "scale": 1.0},
    ]


def batches(mixture: Mixture, tokenizer: Tokenizer, schedule: Schedule, rng: random.Random) -> Iterator[list[Encoded]]:
    """Windows of like length, together no more tokens than a batch may have, without end."""
    pool: list[Encoded] = []
    mask = special(tokenizer, "[MASK]")
    for example in mixture.draw(rng):
        pool.extend(
            veiled(window, mask, rng) if rng.random() < schedule.veiled else window
            for window in windows(example, tokenizer, schedule.longest, schedule.overlap)
        )
        if len(pool) < _POOL:
            continue
        pool.sort(key=lambda window: len(window.tokens) + rng.random())
        batches = list(_packed(pool, schedule.batch))
        rng.shuffle(batches)
        yield from batches
        pool = []


def _packed(windows_by_length: list[Encoded], room: int) -> Iterator[list[Encoded]]:
    batch: list[Encoded] = []
    for window in windows_by_length:
        if batch and len(window.tokens) * (len(batch) + 1) > room:
            yield batch
            batch = []
        batch.append(window)
    yield batch


def _step(tagger: Tagger, optimizer: torch.optim.Optimizer, batch: list[Encoded]) -> tuple[float, int]:
    device = next(tagger.parameters()).device
    tokens, mask, shapes, allowed = (part.to(device) for part in tensors(batch))
    logits = tagger(tokens, mask, shapes)
    loss = partial_loss(logits, allowed)
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(tagger.parameters(), 1.0)
    optimizer.step()
    return loss.item(), int(mask.sum())


def tensors(batch: list[Encoded]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Token ids, mask, shapes and allowed classes (as bits), padded on the right."""
    longest = max(len(window.tokens) for window in batch)

    def padded(rows: list[list[int]], fill: int) -> Tensor:
        return torch.tensor([row + [fill] * (longest - len(row)) for row in rows])

    return (
        padded([window.tokens for window in batch], 0),
        padded([[1] * len(window.tokens) for window in batch], 0),
        padded([window.shapes for window in batch], 0),
        padded([window.allowed for window in batch], ANYTHING),
    )


def partial_loss(logits: Tensor, allowed: Tensor) -> Tensor:
    """The mean, over tokens of which something is known, of minus the logarithm of the probability of all allowed
    classes together: cross entropy where one class is allowed, nothing where all are."""
    bits = torch.arange(len(CLASSES), device=allowed.device)
    may = (allowed[..., None] >> bits) & 1 == 1
    known = allowed != ANYTHING
    scores = logits.log_softmax(-1).masked_fill(~may, float("-inf")).logsumexp(-1)
    return -scores[known].sum() / known.sum().clamp(min=1)


def _resumed(tagger: Tagger, optimizer: torch.optim.Optimizer, checkpoint: Path) -> Progress | None:
    if not checkpoint.exists():
        return None
    state = torch.load(checkpoint, weights_only=True)
    tagger.load_state_dict(state["weights"])
    optimizer.load_state_dict(state["optimizer"])
    return Progress(**state["progress"])


def _write(tagger: Tagger, optimizer: torch.optim.Optimizer, progress: Progress, checkpoint: Path) -> None:
    partial = checkpoint.with_suffix(".partial")
    state = {"weights": tagger.state_dict(), "optimizer": optimizer.state_dict(), "progress": vars(progress)}
    torch.save(state, partial)
    partial.replace(checkpoint)
