"""These run where PyTorch is installed (`make training-tests`); what runs a model needs none."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnxruntime
import pytest
import tiny_models
import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from torch.nn import functional

from streamdeid.errors import UsageError
from streamdeid.models.detector import NerDetector
from streamdeid.models.loading import describe
from streamdeid.models.opening import open_model
from streamdeid.training.encode import Encoded, windows
from streamdeid.training.encoder import Size, Tagger, _dropped, start_from
from streamdeid.training.example import Example, Mark
from streamdeid.training.export import INPUTS, Batch, input_ranges
from streamdeid.training.labels import ANYTHING, CLASSES, OUTSIDE, beginning
from streamdeid.training.narrow import narrowed
from streamdeid.training.pack import Facts, exported, pack
from streamdeid.training.recipe import Recipe
from streamdeid.training.restore import restored
from streamdeid.training.train import Progress, Schedule, Stretch, partial_loss, tensors, train

_WORDS = (
    *("seen", "by", "on", "the", "ward", "a", "note", "was", "made", "for", "him", "her", "in", "may", "well"),
    *("zed", "quill", "ann", "bo", "leeds", "york"),
)
_VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *_WORDS, "[MASK]"]
_SIZE = Size(len(_VOCABULARY), len(CLASSES), layers=2, hidden=32, heads=4, inner=64, positions=64, head=8)
_NAMES, _TOWNS = ("zed", "quill", "ann", "bo"), ("leeds", "york")


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    made = Tokenizer(models.WordPiece({word: at for at, word in enumerate(_VOCABULARY)}, unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer()
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.post_processor = processors.TemplateProcessing("[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    return made


class _Made:
    """Stands for the mixture of texts: a name after "by", a town after "on"."""

    def draw(self, rng: random.Random) -> Iterator[Example]:
        while True:
            name, town = rng.choice(_NAMES), rng.choice(_TOWNS)
            text = f"A note was made by {name} for her in {town} well"
            marks = (Mark(19, 19 + len(name), "DOCTOR"), Mark(text.index(town), text.index(town) + len(town), "CITY"))
            yield Example(text, marks)


class _Trained(NamedTuple):
    tagger: Tagger
    checkpoint: Path
    losses: list[float]


@pytest.fixture(scope="module")
def trained(tokenizer: Tokenizer, tmp_path_factory: pytest.TempPathFactory) -> _Trained:
    torch.manual_seed(1)
    tagger = Tagger(_SIZE)
    losses: list[float] = []
    schedule = Schedule(tokens=60_000, batch=1_024, rate=5e-3, longest=32, overlap=6)
    checkpoint = tmp_path_factory.mktemp("work") / "checkpoint.pt"
    train(tagger, _Made(), tokenizer, schedule, Stretch(checkpoint, every=20), lambda done: losses.append(done.loss))  # type: ignore[arg-type]
    return _Trained(tagger.eval(), checkpoint, losses)


def _batch(tokenizer: Tokenizer, count: int = 12) -> Batch:
    drawn = _Made().draw(random.Random(5))
    cut: list[Encoded] = [window for _ in range(count) for window in windows(next(drawn), tokenizer, 32, 6)]
    return tensors(cut)[:3]


def test_the_loss_is_cross_entropy_where_one_class_is_allowed() -> None:
    logits = torch.randn(2, 5, len(CLASSES))
    classes = torch.randint(0, len(CLASSES), (2, 5))
    expected = functional.cross_entropy(logits.flatten(0, 1), classes.flatten())
    assert torch.allclose(partial_loss(logits, 1 << classes), expected, atol=1e-5)


def test_what_may_be_anything_costs_nothing() -> None:
    logits = torch.randn(1, 2, len(CLASSES), requires_grad=True)
    loss = partial_loss(logits, torch.tensor([[ANYTHING, OUTSIDE]]))
    loss.backward()
    assert logits.grad is not None
    assert not logits.grad[0, 0].any()
    assert logits.grad[0, 1].any()


def test_a_family_is_right_whichever_of_its_kinds_is_found() -> None:
    logits = torch.full((1, 1, len(CLASSES)), -20.0)
    logits[0, 0, CLASSES.index("B-DOCTOR")] = 20.0
    assert partial_loss(logits, torch.tensor([[beginning("NAME")]])) < 1e-4
    assert partial_loss(logits, torch.tensor([[beginning("LOCATION")]])) > 10


def test_a_published_checkpoint_loads_with_the_rows_and_layers_that_are_kept(tmp_path: Path) -> None:
    torch.manual_seed(2)
    whole = Tagger(_SIZE._replace(layers=3))
    weights = {name: weight for name, weight in whole.state_dict().items() if "shape" not in name and name[0] != "c"}
    published = {}
    for name, weight in weights.items():
        if "projection" in name:
            for part, third in zip(("query", "key", "value"), weight.chunk(3), strict=True):
                published[name.replace("projection", part)] = third.clone()
        else:
            published[name] = weight
    save_file(published, tmp_path / "model.safetensors")
    rows = [0, 1, 2, 3, 7, 9]
    kept = start_from(tmp_path / "model.safetensors", _SIZE._replace(vocabulary=len(rows)), rows, [0, 2])
    own, given = kept.state_dict(), whole.state_dict()
    assert torch.equal(own["embeddings.word_embeddings.weight"], given["embeddings.word_embeddings.weight"][rows])
    for name in own:
        if name.startswith("encoder.layer.1."):
            assert torch.equal(own[name], given[name.replace("layer.1.", "layer.2.")]), name
    with pytest.raises(ValueError, match="dimensions"):
        start_from(tmp_path / "model.safetensors", _SIZE, rows, [0, 1])


def test_units_that_are_dropped_are_those_of_the_whole_text() -> None:
    tagger = Tagger(_SIZE)
    given = torch.randint(4, len(_VOCABULARY), (2, 12)), torch.zeros(2, 12, dtype=torch.long)
    states = tagger.embeddings(*given)
    tagger.train()
    torch.manual_seed(3)
    dropped = _dropped(states, True) == 0
    assert 0 < dropped.float().mean() < 0.5
    assert torch.equal(dropped, dropped[:, :1].expand_as(dropped))
    assert torch.allclose(_dropped(states, True).mean(), states.mean(), atol=0.1)
    assert _dropped(states, False) is states


def test_padding_changes_nothing(trained: _Trained, tokenizer: Tokenizer) -> None:
    ids, mask, shapes = _batch(tokenizer, 1)
    wide = tuple(functional.pad(part, (0, 9)) for part in (ids, mask, shapes))
    with torch.no_grad():
        assert torch.allclose(trained.tagger(ids, mask, shapes), trained.tagger(*wide)[:, : ids.shape[1]], atol=1e-5)


def test_training_learns_and_goes_on_where_it_was(trained: _Trained, tokenizer: Tokenizer) -> None:
    assert trained.losses[-1] < 0.5 * trained.losses[0]
    seen: list[Progress] = []
    schedule = Schedule(tokens=62_000, batch=1_024, longest=32, overlap=6)
    other = Tagger(_SIZE)
    train(
        other,
        _Made(),  # type: ignore[arg-type]
        tokenizer,
        schedule,
        Stretch(trained.checkpoint),
        lambda done: seen.append(Progress(**vars(done))),
    )
    assert seen[0].steps == len(trained.losses) + 1
    assert 60_000 < seen[0].seen < 63_000


def test_the_packed_model_is_the_trained_one_and_runs(trained: _Trained, tokenizer: Tokenizer, tmp_path: Path) -> None:
    sample = [_batch(tokenizer)]
    facts = Facts("tiny", "1", {"NAME/DOCTOR": 0.4}, 1.0, 32, 6)
    parity = pack(trained.tagger, tokenizer, tmp_path, facts, sample, input_ranges(trained.tagger, sample))
    assert parity.largest < 2e-3
    assert parity.agreeing > 0.99
    find = NerDetector(open_model(describe(tmp_path)))
    text = "A note was made by Quill for her in Leeds well"
    assert [(text[span.start : span.end], span.label) for span in find(text)] == [
        ("Quill", "NAME/DOCTOR"),
        ("Leeds", "LOCATION/CITY"),
    ]


def test_eight_bits_do_not_depend_on_what_else_is_in_the_batch(
    trained: _Trained, tokenizer: Tokenizer, tmp_path: Path
) -> None:
    batch = _batch(tokenizer)
    facts = Facts("tiny", "1", {}, 1.0, 32, 6)
    pack(trained.tagger, tokenizer, tmp_path, facts, [batch], input_ranges(trained.tagger, [batch]))
    session = onnxruntime.InferenceSession(str(tmp_path / "model.onnx"))
    together = session.run(None, {name: part.numpy() for name, part in zip(INPUTS, batch, strict=True)})[0]
    for row in range(len(together)):
        alone = session.run(None, {name: part[row : row + 1].numpy() for name, part in zip(INPUTS, batch, strict=True)})
        assert np.array_equal(alone[0][0], together[row])


def test_what_matters_least_goes_and_training_goes_on(trained: _Trained, tokenizer: Tokenizer, tmp_path: Path) -> None:
    drawn = _Made().draw(random.Random(6))
    sample = [tensors([window for _ in range(20) for window in windows(next(drawn), tokenizer, 32, 6)])]

    def loss(tagger: Tagger) -> float:
        with torch.no_grad():
            return float(partial_loss(tagger.eval()(*sample[0][:3]), sample[0][3]))

    half = narrowed(trained.tagger, 3, 32, sample)
    assert half.size == _SIZE._replace(heads=3, inner=32)
    fresh, weights = Tagger(half.size).state_dict(), half.state_dict()
    inner = [name for name in weights if re.search(r"\.intermediate\.|\.projection\.|output\.dense\.weight", name)]
    assert len(inner) == 6 * _SIZE.layers
    at_random = Tagger(half.size)
    at_random.load_state_dict({**weights, **{name: fresh[name] for name in inner}})
    assert loss(half) < loss(at_random)
    assert loss(half) < 2 * loss(trained.tagger) + 0.01
    seen: list[Progress] = []
    schedule = Schedule(tokens=3_000, batch=1_024, longest=32, overlap=6)
    begun = Progress(seen=1_000, steps=7)
    going_on = Stretch(tmp_path / "c.pt", begun)
    ended = train(half, _Made(), tokenizer, schedule, going_on, lambda done: seen.append(Progress(**vars(done))))  # type: ignore[arg-type]
    assert seen[0].steps == 8
    assert 3_000 <= ended.seen < 4_000
    assert begun.seen == 1_000


@pytest.mark.parametrize("heads", [4, 3])
def test_a_packed_model_can_be_gone_on_from(
    trained: _Trained, tokenizer: Tokenizer, tmp_path: Path, heads: int
) -> None:
    sample = [_batch(tokenizer)]
    marked = windows(next(_Made().draw(random.Random(6))), tokenizer, 32, 6)
    tagger = narrowed(trained.tagger, heads, _SIZE.inner, [tensors(list(marked))]).eval()
    facts = Facts("tiny", "1", {}, 1.0, 32, 6)
    pack(tagger, tokenizer, tmp_path / "own", facts, sample, input_ranges(tagger, sample))
    again = restored(tmp_path / "own")
    assert again.size == tagger.size
    with torch.no_grad():
        own, other = tagger(*sample[0]), again(*sample[0])
    assert (own.argmax(-1) == other.argmax(-1)).float().mean() > 0.99
    assert Recipe(tmp_path / "own").adapts
    exported_half = tmp_path / "half"
    pack(tagger, tokenizer, exported_half, facts, sample, None)
    for other_model in (exported_half, tmp_path / "nowhere"):
        with pytest.raises(UsageError, match="packed in 8 bits"):
            restored(other_model)


def test_half_precision_has_the_same_labels(trained: _Trained, tokenizer: Tokenizer, tmp_path: Path) -> None:
    sample = [_batch(tokenizer)]
    facts = Facts("tiny", "1", {"NAME/DOCTOR": 0.4}, 1.0, 32, 6)
    pack(trained.tagger, tokenizer, tmp_path / "own", facts, sample, input_ranges(trained.tagger, sample))
    exported(tmp_path / "own", trained.checkpoint, tmp_path / "half")
    own, half = describe(tmp_path / "own"), describe(tmp_path / "half")
    assert (own.labels, own.thresholds) == (half.labels, half.thresholds)
    assert NerDetector(open_model(half))("A note was made by Ann for her")
    torch.save({"weights": {}}, tmp_path / "other.pt")
    (tmp_path / "no.pt").write_bytes(b"no weights")
    for other in ("other.pt", "no.pt"):
        with pytest.raises(UsageError, match="weights"):
            exported(tmp_path / "own", tmp_path / other, tmp_path / "none")


def test_a_model_that_was_not_trained_here_is_not_exported(trained: _Trained, tmp_path: Path) -> None:
    directory = tiny_models.write(tmp_path / "theirs")
    for other in (directory, tmp_path / "nowhere"):
        with pytest.raises(UsageError, match="no model that `streamdeid model train` has made"):
            exported(other, trained.checkpoint, tmp_path / "none")
