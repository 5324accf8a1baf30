"""A smaller vocabulary: the word pieces that health text and names are made of, and every single character."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from tokenizers import Tokenizer
from tokenizers.processors import TemplateProcessing

_SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


def counted(tokenizer: Tokenizer, texts: Iterable[str]) -> Counter[str]:
    """How often each piece comes in the texts."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(tokenizer.encode(text, add_special_tokens=False).tokens)
    return counts


def pruned(tokenizer: Tokenizer, counts: Counter[str], seldom: int = 2) -> tuple[Tokenizer, list[int]]:
    """The tokenizer with only the pieces that came at least `seldom` times, the single characters and the special
    tokens, and the old ids of its pieces in the order of the new ones. A word whose piece is gone is made of smaller
    ones."""
    old = tokenizer.get_vocab()
    kept = [
        piece
        for piece, _ in sorted(old.items(), key=lambda item: item[1])
        if piece in _SPECIAL or len(piece.removeprefix("##")) == 1 or counts[piece] >= seldom
    ]
    definition = json.loads(tokenizer.to_str())
    definition["model"]["vocab"] = {piece: number for number, piece in enumerate(kept)}
    definition["added_tokens"] = [
        {**token, "id": kept.index(token["content"])}
        for token in definition["added_tokens"]
        if token["content"] in kept
    ]
    definition["truncation"] = definition["padding"] = None
    definition["post_processor"] = None
    smaller: Tokenizer = Tokenizer.from_str(json.dumps(definition))
    around = [(token, kept.index(token)) for token in ("[CLS]", "[SEP]")]
    smaller.post_processor = TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=around)
    return smaller, [old[piece] for piece in kept]


def read(path: Path) -> Tokenizer:
    """A tokenizer that neither cuts nor pads."""
    tokenizer: Tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer
