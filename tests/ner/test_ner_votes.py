from collections.abc import Iterable

from streamdeid.detect.ner.votes import Majority, Union, finest, majority
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


def test_a_finer_label_of_the_family_is_kept_though_the_coarse_one_is_surer() -> None:
    surer = Span(0, 8, "NAME", 0.99, "two")
    found = [span(0, 8, "NAME/PATIENT"), surer, span(0, 8, "DATE"), Span(0, 4, "NAME", 0.99, "two")]
    assert finest(found) == [found[0], surer._replace(label="NAME/PATIENT"), *found[2:]]
    assert Union([Says(found[0]), Says(surer)])("John Doe")[1].label == "NAME/PATIENT"
    assert {one.label for one in Majority([Says(found[0]), Says(surer)])("John Doe")} == {"NAME/PATIENT"}


def test_of_several_finer_labels_the_surest_is_taken() -> None:
    doctor, patient = Span(0, 4, "NAME/DOCTOR", 0.6, "one"), Span(0, 4, "NAME/PATIENT", 0.7, "two")
    assert finest([doctor, patient, span(0, 4)])[2].label == "NAME/PATIENT"
    assert finest([doctor, patient]) == [doctor, patient]
