import pytest

from streamdeid.detect.nearby import Nearby
from streamdeid.types import Span

BADGE = Nearby("ID", frozenset({"badge", "locker no"}), 3, 0.2)


def near(text: str, rule: Nearby = BADGE) -> bool:
    start = text.index("QX1")
    return rule.is_near(Span(start, start + 3, "ID/OTHER", 0.3, "pattern.x"), text)


@pytest.mark.parametrize(
    ("text", "is_near"),
    [
        ("Badge: QX1", True),
        ("badge of guard QX1", True),
        ("badge of the night guard QX1", False),
        ("QX1 (old b\u0430dge)", True),
        ("QX1 is the very old badge", False),
        ("locker   No. QX1", True),
        ("locker QX1 no", False),
        ("badger QX1", False),
        ("QX1", False),
        ("x" * 200 + "badge QX1", False),
    ],
)
def test_whole_words_within_reach_count(text: str, is_near: bool) -> None:
    assert near(text) is is_near


def test_a_word_whose_beginning_is_out_of_sight_does_not_count() -> None:
    text = "x" * 19 + "badge" + " " * 19 + "QX1"
    assert not near(text, BADGE._replace(within=1))
    assert near(" " + text[19:], BADGE._replace(within=1))


@pytest.mark.parametrize(("label", "concerns"), [("ID", True), ("ID/OTHER", True), ("NAME", False)])
def test_a_family_stands_for_its_labels(label: str, concerns: bool) -> None:
    assert BADGE.concerns(Span(0, 1, label, 0.5, "ner.x")) is concerns
    assert not BADGE._replace(label="ID/MRN").concerns(Span(0, 1, "ID", 0.5, "ner.x"))
