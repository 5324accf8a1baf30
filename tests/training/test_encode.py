from __future__ import annotations

import random

import pytest
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from streamdeid.training.encode import special, veiled, windows
from streamdeid.training.example import ALL_FAMILIES, Example, Mark
from streamdeid.training.labels import ANYTHING, CLASSES, FAMILIES, KINDS, OUTSIDE, anywhere, beginning, inside

_WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "seen", "by", "ze", "##d", "quill", "in", "leeds", "[MASK]"]


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    made = Tokenizer(models.WordPiece({word: at for at, word in enumerate(_WORDS)}, unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer()
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return made


def _names(bits: int) -> set[str]:
    return {name for number, name in enumerate(CLASSES) if bits >> number & 1}


def test_classes_fit_into_an_integer_of_64_bits() -> None:
    assert len(CLASSES) == 2 * len(KINDS) + 1
    assert ANYTHING < 2**63


def test_a_family_stands_for_all_of_its_kinds() -> None:
    assert _names(beginning("NAME")) == {"B-PATIENT", "B-DOCTOR", "B-PERSON", "B-USER"}
    assert _names(inside("CITY")) == {"I-CITY"}
    assert anywhere("DATE") == beginning("DATE") | inside("DATE")
    assert all(set(kinds) <= set(KINDS) for kinds in FAMILIES.values())


def test_a_value_begins_once_and_goes_on(tokenizer: Tokenizer) -> None:
    text = "Seen by Zed Quill in Leeds"
    example = Example(text, (Mark(8, 17, "PATIENT"), Mark(21, 26, "LOCATION")))
    (window,) = windows(example, tokenizer, 64, 8)
    assert window.tokens == [2, 4, 5, 6, 7, 8, 9, 10, 3]
    outside = {"O"}
    expected = [outside, outside, {"B-PATIENT"}, {"I-PATIENT"}, {"I-PATIENT"}, outside]
    assert [_names(bits) for bits in window.allowed[1:-2]] == expected
    assert window.allowed[-2] == beginning("LOCATION")
    assert window.allowed[0] == window.allowed[-1] == ANYTHING


def test_what_was_not_annotated_may_be_there(tokenizer: Tokenizer) -> None:
    example = Example("seen", (), known=ALL_FAMILIES - {"DATE"})
    (window,) = windows(example, tokenizer, 64, 8)
    assert window.allowed[1] == OUTSIDE | anywhere("DATE")


def test_doubt_is_not_learnt_from(tokenizer: Tokenizer) -> None:
    example = Example("seen zed", (Mark(0, 4, "?"), Mark(5, 8, "?NAME")))
    (window,) = windows(example, tokenizer, 64, 8)
    assert window.allowed[1] == ANYTHING
    assert window.allowed[2] == OUTSIDE | anywhere("NAME")


def test_windows_overlap_and_cover_all(tokenizer: Tokenizer) -> None:
    example = Example(" ".join(["seen"] * 100), ())
    cut = list(windows(example, tokenizer, 32, 8))
    assert all(len(window.tokens) <= 32 for window in cut)
    assert sum(len(window.tokens) - 2 for window in cut) == 100 + 8 * (len(cut) - 1)


def test_a_kind_of_two_families_is_annotated_if_one_of_them_is(tokenizer: Tokenizer) -> None:
    (window,) = windows(Example("seen", (), known=frozenset({"NAME"})), tokenizer, 64, 8)
    assert not window.allowed[1] & anywhere("USER")
    assert window.allowed[1] & anywhere("EMAIL")


def test_a_veil_hides_some_tokens_and_changes_nothing_else(tokenizer: Tokenizer) -> None:
    (window,) = windows(Example("seen by zed quill in leeds " * 60, ()), tokenizer, 1_000, 8)
    mask = special(tokenizer, "[MASK]")
    hidden = veiled(window, mask, random.Random(1))
    changed = [old for old, new in zip(window.tokens, hidden.tokens, strict=True) if old != new]
    assert 20 < len(changed) < 100
    assert hidden.tokens.count(mask) == len(changed)
    assert (hidden.tokens[0], hidden.tokens[-1]) == (window.tokens[0], window.tokens[-1])
    assert (hidden.shapes, hidden.allowed) == (window.shapes, window.allowed)
