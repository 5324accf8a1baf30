from __future__ import annotations

import random
from pathlib import Path

import pytest

from streamdeid.training.example import Builder
from streamdeid.training.frames import Frame, Frames, fill, filled
from streamdeid.training.shares import held_out
from streamdeid.training.values import Values

_FRAMES, _NOTES = 1_500, 40


@pytest.fixture(scope="module")
def values() -> Values:
    return Values(None, held_out=False)


@pytest.fixture(scope="module")
def shares() -> tuple[Frames, Frames]:
    return Frames.read(share=False), Frames.read(share=True)


def test_there_are_many_frames_and_notes_of_many_kinds(shares: tuple[Frames, Frames]) -> None:
    assert sum(len(share.sentences) for share in shares) >= _FRAMES
    assert sum(len(share.notes) for share in shares) >= _NOTES
    assert len(shares[0].genres) >= 30


def test_no_frame_is_trained_on_and_held_out(shares: tuple[Frames, Frames]) -> None:
    trained, kept = ({frame.text for frame in share.sentences} for share in shares)
    assert not trained & kept
    assert kept


def test_every_frame_and_note_can_be_filled_and_marks_are_its_values(
    shares: tuple[Frames, Frames], values: Values
) -> None:
    rng = random.Random(1)
    for frame in (*shares[0].sentences, *shares[1].sentences, *shares[0].negatives, *shares[1].negatives):
        example = filled(frame, rng, values)
        assert "{" not in example.text, frame.text
        assert all(example.text[mark.start : mark.end].strip() for mark in example.marks)
        assert list(example.marks) == sorted(example.marks)
    for share in shares:
        for _ in range(len(share.notes)):
            note = share.note(rng, values)
            assert "<<" not in note.text
            assert note.marks


def test_negatives_hold_no_identifier(shares: tuple[Frames, Frames], values: Values) -> None:
    rng = random.Random(2)
    assert not any(filled(frame, rng, values).marks for share in shares for frame in share.negatives)


def test_text_in_small_letters_gets_values_in_small_letters(values: Values) -> None:
    frame = Frame("spoken", "um it's {patient.full} from {city}")
    texts = [filled(frame, random.Random(seed), values).text for seed in range(40)]
    assert sum(text.islower() for text in texts) > 20


def test_one_person_keeps_their_name(values: Values) -> None:
    builder = Builder()
    fill(builder, "{patient.full}|{patient.family}", values.text(random.Random(3)))
    whole, family = builder.text.split("|")
    assert family.casefold() in whole.casefold()


def test_a_slot_that_nobody_knows_is_an_error(values: Values) -> None:
    with pytest.raises(KeyError):
        fill(Builder(), "{nobody}", values.text(random.Random(3)))


def test_a_line_for_frames_becomes_that_many_lines(tmp_path: Path, values: Values) -> None:
    for folder in ("frames", "negatives", "skeletons"):
        (tmp_path / folder).mkdir()
    lines = [f"The {word} was seen." for word in "abcdefghijklmnopqrst"]
    (tmp_path / "frames" / "ward.txt").write_text("# not a frame\n" + "\n".join(lines))
    note = next(
        f"=== n{n}\nSeen {n}\n<<ward 2>>\nEnd" for n in range(100) if not held_out(f"Seen {n}\n<<ward 2>>\nEnd")
    )
    (tmp_path / "skeletons" / "ward.txt").write_text(note)
    example = Frames.read(share=False, folder=tmp_path).note(random.Random(1), values)
    first, *inserted, last = example.text.split("\n")
    assert (first[:4], last) == ("Seen", "End")
    assert len(inserted) == 2
    assert set(inserted) <= set(lines)
