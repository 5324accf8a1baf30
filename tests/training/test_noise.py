from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from streamdeid.training.example import Example, Mark
from streamdeid.training.noise import spoilt


@given(st.text(min_size=3, max_size=60), st.integers(0, 10_000), st.data())
def test_marks_move_with_their_text(text: str, seed: int, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    after = spoilt(Example(text, (Mark(start, end, "NAME"),)), random.Random(seed))
    for mark in after.marks:
        value = after.text[mark.start : mark.end]
        assert value == value.strip() or after.text == text
    if "".join(text.split()).isalpha() and text[start:end].strip() and after.text.casefold() == text.casefold():
        # An example that is not spoilt keeps the blanks of its marks.
        kept = [after.text[mark.start : mark.end].strip().casefold() for mark in after.marks]
        assert kept == [text[start:end].strip().casefold()]


def test_text_is_spoilt_in_every_way_and_mostly_left_as_it_is() -> None:
    example = Example("Seen by Zed Quill: on 3 May, in Leeds.", (Mark(8, 17, "NAME"),))
    texts = [spoilt(example, random.Random(seed)).text for seed in range(400)]
    assert 150 < texts.count(example.text) < 320
    assert example.text.lower() in texts
    assert example.text.upper() in texts
    assert any("\n" in text for text in texts)
    assert any(":" not in text for text in texts)
