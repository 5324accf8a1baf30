from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import pytest
import tiny_models as tiny
from hypothesis import given
from hypothesis import strategies as st

from streamdeid.bench.ner import Stack, measure, resident_mb, sweep
from streamdeid.bench.notes import as_they_are, cut, made_up
from streamdeid.build import load_policy
from streamdeid.errors import PolicyError
from streamdeid.policy.policy import Policy


def with_models(*models: Path, votes: str = "union") -> Policy:
    shipped = load_policy().model_dump(by_alias=True)
    return Policy.model_validate({**shipped, "models": [str(model) for model in models], "votes": votes})


class Counting:
    """Remembers what it read."""

    name = "counting"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def read(self, texts: Sequence[str]) -> int:
        self.asked += texts
        return 0


def test_a_run_measures_every_reader_at_every_size() -> None:
    reader = Counting()
    report = sweep([lambda: reader], ["Mrs. Madeup is well."], (1, 2), (10, 20), 0.0001)
    assert [figure.together for figure in report.by_batch] == [1, 2]
    assert [figure.characters_each for figure in report.by_length] == [10, 20]
    assert all(figure.texts > 0 and figure.outside_model is None for figure in report.by_batch + report.by_length)
    assert set(report.memory.added) == {"counting"}
    assert report.provider == ""


def test_a_stack_without_a_model_reads_with_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streamdeid.bench.model_time.shipped_models", list)
    stack = Stack(load_policy())
    assert stack.read(["seen by Dr. Madeup on 3/4/2024", "well"]) == 2
    (figure,) = measure([stack], as_they_are(["seen by Dr. Madeup"]), 2, 0.001)
    assert figure.model_tokens_per_second is None


@pytest.mark.parametrize(("count", "votes"), [(1, "union"), (2, "majority")])
def test_models_are_timed(tmp_path: Path, count: int, votes: str) -> None:
    models = [tiny.write(tmp_path / f"tiny{number}", name=f"tiny{number}") for number in range(count)]
    stack = Stack(with_models(*models, votes=votes))
    before = stack.model_time.taken()
    assert stack.read(["Jane saw John in Springfield"]) == 3
    spent = stack.model_time.since(before)
    assert spent.tokens == count * 7  # five words, and one before and after
    assert spent.seconds > 0
    (figure,) = measure([stack], as_they_are(["Jane saw John"]), 2, 0.01)
    assert figure.model_tokens_per_second is not None
    assert figure.outside_model is not None
    assert 0 < figure.outside_model < 1
    assert sweep([lambda: stack], ["Jane"], (1,), (), 0.001).provider == "CPUExecutionProvider"


def test_a_model_that_cannot_be_used_is_a_fault_of_the_policy(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="models: "):
        Stack(with_models(tmp_path))


def test_notes_are_made_up_and_no_text_comes_twice() -> None:
    notes = made_up()
    assert len(notes) == len(set(notes)) > 40
    assert made_up() == notes
    given_out = list(islice(as_they_are(notes[:2]), 5))
    assert len(set(given_out)) == 5
    assert given_out[2].endswith(notes[0])


@given(st.lists(st.text("ab \n", min_size=1), min_size=1, max_size=3), st.integers(10, 200))
def test_texts_are_cut_to_their_length_and_differ(notes: list[str], length: int) -> None:
    texts = list(islice(cut(notes, length), 30))
    assert {len(text) for text in texts} == {length}
    assert len(set(texts)) == 30
    after_numbers = "".join(text.split("\n", 1)[1] for text in texts)
    whole = "\n\n".join(notes) + "\n\n"
    assert (whole * (1 + len(after_numbers) // len(whole)))[: len(after_numbers)] == after_numbers


def test_memory_is_told_where_the_system_tells(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    known = resident_mb()
    assert known is None or known > 10
    monkeypatch.setattr("streamdeid.bench.ner._STATUS", tmp_path / "absent")
    assert resident_mb() is None
