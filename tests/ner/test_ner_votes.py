from collections.abc import Iterable

from streamdeid.detect.ner.votes import Majority, majority
from streamdeid.types import Span


def span(start: int, end: int, label: str = "NAME", by: str = "one") -> Span:
    return Span(start, end, label, 0.9, by)


def test_what_most_touch_counts_with_all_of_its_spans() -> None:
    first, second, third = [span(0, 4), span(10, 12)], [span(2, 8, "NAME/DOCTOR")], [span(20, 22)]
    assert majority([first, second, third]) == [first[0], second[0]]


def test_two_of_two_have_to_agree() -> None:
    assert majority([[span(0, 4)], []]) == []
    assert majority([[span(0, 4)], [span(3, 5)]]) == [span(0, 4), span(3, 5)]


def test_families_do_not_support_each_other_and_neighbours_do_not_touch() -> None:
    assert majority([[span(0, 4)], [span(0, 4, "DATE")]]) == []
    assert majority([[span(0, 4)], [span(4, 6)]]) == []


def test_one_alone_is_its_own_majority() -> None:
    assert majority([[span(0, 4)]]) == [span(0, 4)]


class Says:
    def __init__(self, *spans: Span) -> None:
        self.spans = list(spans)
        self.asked: list[str] = []

    def __call__(self, text: str) -> list[Span]:
        return self.spans

    def prefetch(self, texts: Iterable[str]) -> None:
        self.asked += texts


def test_all_detectors_read_ahead_and_vote() -> None:
    voters = Says(span(0, 3)), Says(span(1, 4)), Says()
    detector = Majority(voters)
    detector.prefetch(text for text in ("a", "b"))
    assert [voter.asked for voter in voters] == [["a", "b"]] * 3
    assert detector("text") == [span(0, 3), span(1, 4)]
