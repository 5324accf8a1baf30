"""The model that ships: it is what its card says, finds what no training saw, and leaves eponyms alone."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from streamdeid.detect.rules.detector import RuleDetector
from streamdeid.detecting import decision
from streamdeid.evaluate.marked import Gold, Marked
from streamdeid.evaluate.scoring import Scores
from streamdeid.evaluate.tally import Tally
from streamdeid.models.detector import NerDetector
from streamdeid.models.loading import DEFAULT_MODEL, describe, find_model, verify_checksums
from streamdeid.models.opening import open_model
from streamdeid.policy.detection import DetectionRules
from streamdeid.training.development import gold, golds
from streamdeid.training.frames import Frame, filled
from streamdeid.training.mixture import Mixture, Places
from streamdeid.training.values import Values

_DECIDE = decision(DetectionRules())
_UNSEEN = sorted(Path(__file__).with_name("unseen").iterdir())
_WALL = sorted(Path(__file__).with_name("wall").glob("*.txt"))
_LARGEST = 30e6
#: Of lines that were written to tempt; what it is now, and must not rise.
_MASKED_AT_MOST = 0.09
#: On held-out frames and notes, and on texts by other hands.
_HELD_OUT = 0.965, 0.895, 0.945
_BY_OTHERS = 0.987, 0.954, 0.976


@pytest.fixture(scope="module")
def model() -> NerDetector:
    return NerDetector(open_model(describe(find_model())), lambda _: 300.0)


def _at_least(measured: Tally, least: tuple[float, float, float]) -> None:
    recall, precision, whole = least
    assert measured.recall >= recall, measured
    assert measured.precision >= precision, measured
    assert measured.wholes >= whole, measured


def _found(model: NerDetector, text: str) -> list[Marked]:
    spans = _DECIDE([*RuleDetector()(text), *model(text)], text)
    return [Marked(span.start, span.end, span.label) for span in spans]


def test_it_is_small_sealed_and_described() -> None:
    directory = find_model(DEFAULT_MODEL)
    assert verify_checksums(describe(directory)) == 2
    assert sum(file.stat().st_size for file in directory.iterdir()) < _LARGEST
    card = (directory / "MODEL_CARD.md").read_text(encoding="utf-8")
    for part in ("Licence", "Trained on", "Measured", "Limits"):
        assert f"## {part}" in card


def test_people_and_places_that_nothing_announces_are_found(model: NerDetector) -> None:
    text = "Discussed with Tamara Quillfeather after lunch; her sister Odile drove over from Brackenford."
    found = {text[span.start : span.end] for span in model(text)}
    assert {"Tamara Quillfeather", "Odile", "Brackenford"} <= found


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("We phoned ❤️Tamara❤️ yesterday.", ["Tamara"]),
        ("Relatives: ☐Tamara ☑Odile", ["Tamara", "Odile"]),
        ("Relatives: ①Tamara ❷Odile", ["Tamara", "Odile"]),
        ("Call Tamara☎614-555-0143😀", ["Tamara", "614-555-0143"]),
        ("He is a plumber🔧", ["plumber"]),
        ("Moved to Brackenford🏠", ["Brackenford"]),
        ("👩🏽\u200d⚕️Tamara Quillfeather👍🏽 called", ["Tamara Quillfeather"]),
        ("Seen by Johanna Doemann™ today", ["Johanna Doemann"]),
        ("Seen by Dr. Tamara Quillfeather\ud83d today", ["Tamara Quillfeather"]),
        ("Tαmαrα\u3164Quillfеather saw us", ["Tαmαrα\u3164Quillfеather"]),
        ("ᴊᴏʜɴ Doemann was seen", ["ᴊᴏʜɴ Doemann"]),
    ],
)
def test_pictures_and_odd_letters_hide_nobody(model: NerDetector, text: str, values: list[str]) -> None:
    found = [text[span.start : span.end] for span in model(text)]
    assert all(any(value in one for one in found) for value in values), found


def test_the_wall_of_eponyms_stands(model: NerDetector) -> None:
    lines = [line for file in _WALL for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    assert len(lines) >= 300
    model.prefetch(lines)
    masked = [line for line in lines if _found(model, line)]
    assert len(masked) <= _MASKED_AT_MOST * len(lines), masked


def test_contexts_and_values_that_no_training_saw(model: NerDetector) -> None:
    texts: list[Gold] = list(golds(Mixture(Places(), share=True), each=40))
    model.prefetch(one.text for one in texts)
    scores = Scores()
    for one in texts:
        scores.add(one, _found(model, one.text))
    assert scores.overall.entities > 2_000
    _at_least(scores.overall, _HELD_OUT)


def _by_another_hand(folder: Path) -> list[Frame]:
    notes = re.split(r"^=== .*\n", (folder / "notes.txt").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    lines = (folder / "sentences.txt").read_text(encoding="utf-8").splitlines()
    return [
        *[Frame("notes", note.strip("\n")) for note in notes] * 2,
        *[Frame(*line.split("\t", 1)) for line in lines if line] * 2,
    ]


@pytest.mark.parametrize("folder", _UNSEEN, ids=lambda folder: folder.name)
def test_texts_by_another_hand(model: NerDetector, folder: Path) -> None:
    """Notes and sentences whose writer has not seen what the model is trained on."""
    rng, values = random.Random(7), Values(None, held_out=True)
    texts = [gold(filled(frame, rng, values), str(at)) for at, frame in enumerate(_by_another_hand(folder))]
    model.prefetch(one.text for one in texts)
    scores = Scores()
    for one in texts:
        scores.add(one, _found(model, one.text))
    assert scores.overall.entities > 1_000
    _at_least(scores.overall, _BY_OTHERS)
