from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from streamdeid.training import carriers
from streamdeid.training.frames import Frame, Frames
from streamdeid.training.values import Values

_NOTE = (
    "The patient was seen at the hospital yesterday. She denies pain. Lives alone. Her PCP agreed.\n"
    "The patient's cough is better. Dr. X saw her two days ago. On 03/14/2019 a scan was clear. Seen with Zedd there.\n"
)


@pytest.fixture(scope="module")
def values() -> Values:
    return Values(None, held_out=False)


@pytest.fixture
def carrier(tmp_path: Path) -> carriers.Carrier:
    (tmp_path / "note.txt").write_text(_NOTE)
    (found,) = carriers.read([tmp_path], frozenset({"zedd"}))
    return found


def test_what_may_identify_already_is_not_learnt_from(carrier: carriers.Carrier) -> None:
    doubtful = {carrier.text[mark.start : mark.end]: mark.label for mark in carrier.doubtful}
    assert doubtful["Zedd"] == "?"
    assert doubtful["03/14/2019"] == "DATE"


def test_values_are_put_where_there_is_room(carrier: carriers.Carrier, values: Values) -> None:
    frames = Frames([Frame("note", "Seen with {relative.full}.")], [], [])
    labels, texts = set(), set()
    for seed in range(80):
        example = carriers.carried(carrier, frames, random.Random(seed), values)
        texts.add(example.text)
        assert list(example.marks) == sorted(example.marks)
        assert all(example.text[mark.start : mark.end].strip() for mark in example.marks)
        labels |= {mark.label for mark in example.marks}
    assert {"PATIENT", "DOCTOR", "HOSPITAL", "DATE", "CITY", "PERSON", "?"} <= labels
    assert _NOTE.rstrip() in {text.rstrip() for text in texts}


def test_annotated_lines_are_no_carriers(tmp_path: Path) -> None:
    lines = [{"id": 1, "text": "Plain."}, {"id": 2, "text": "Marked.", "spans": []}]
    (tmp_path / "made_up.jsonl").write_text("\n".join(map(json.dumps, lines)))
    assert [carrier.text for carrier in carriers.read([tmp_path], frozenset())] == ["Plain."]


def test_long_notes_come_in_pieces_that_are_all_of_the_text(tmp_path: Path) -> None:
    text = "".join(f"Sentence {n} is plain and ordinary.\n" for n in range(200))
    (tmp_path / "long.txt").write_text(text)
    pieces = list(carriers.read([tmp_path], frozenset()))
    assert len(pieces) > 3
    assert "".join(piece.text for piece in pieces) == text
    assert len({piece.group for piece in pieces}) == 1
