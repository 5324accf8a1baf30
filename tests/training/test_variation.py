"""What is not a value varies, and nothing else does."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamdeid.training.frames import Frame, Frames
from streamdeid.training.variation import varied

_SLOT = re.compile(r"\{[^}]*\}|<<[^>]*>>")


def _forms(text: str, count: int = 300) -> set[str]:
    return {varied(text, random.Random(seed)) for seed in range(count)}


def _words(text: str, at: int) -> set[str]:
    return {form.split()[at] for form in _forms(text)}


@pytest.mark.parametrize(
    ("text", "at", "is_so"),
    [
        ("Codman retractor, {doctor.family}", 0, str.istitle),
        ("Lasix doubled by {doctor.family}", 0, str.istitle),
        ("took furosemide with {relative.given}", 1, str.islower),
        ("GCS 14 {nurse.initials}", 0, str.isupper),
    ],
)
def test_words_of_medicine_stand_for_others_in_the_same_case(text: str, at: int, is_so: Callable[[str], bool]) -> None:
    words = _words(text, at)
    assert len(words) > 20
    assert all(map(is_so, words))


def test_small_figures_vary_and_keep_their_length() -> None:
    figures = _words("Bristol 6, {patient.given}", 1)
    assert len(figures) > 5
    assert all(re.fullmatch(r"\d,", figure) for figure in figures)
    assert all(re.fullmatch(r"[1-9]\d/40", figure) for figure in _words("at 12/40 {relative.given}", 1))


@pytest.mark.parametrize(
    "text",
    [
        "the {patient.full} of {date2.numeric} and {age}-year-old",
        "{room}2 at 10:30 on 3/23",
        "since 1948, call 911, HbA1c 7.1, P2 G3",
        "<<ward 3>>",
        "She may go and he will wait.",
    ],
)
def test_slots_times_dates_numbers_and_plain_words_stay(text: str) -> None:
    assert _forms(text) == {text}


def test_half_of_the_texts_stay_as_they_are() -> None:
    text = "Codman, GCS 14, furosemide 40, {doctor.family}"
    same = sum(varied(text, random.Random(seed)) == text for seed in range(1_000))
    assert 450 < same < 650


@given(st.sampled_from(Frames.read(share=False).sentences), st.integers(0, 2**16))
def test_slots_are_the_same_in_the_same_order(frame: Frame, seed: int) -> None:
    text = frame.text
    assert _SLOT.findall(varied(text, random.Random(seed))) == _SLOT.findall(text)


@given(st.text(max_size=200), st.integers(0, 9))
def test_any_text_is_taken(text: str, seed: int) -> None:
    assert isinstance(varied(text, random.Random(seed)), str)
