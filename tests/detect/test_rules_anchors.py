import pytest

from streamdeid.detect.rules.anchors import Index
from streamdeid.detect.rules.fold import fold
from streamdeid.detect.rules.rule import rules


def found(anchors: str, pattern: str, text: str) -> list[str]:
    folded = fold(text)
    index = Index(rules("test", [("row", "ID/OTHER", 0.5, anchors, pattern, None)]))
    return [folded.text[finding.start : finding.end] for finding in index.find(folded)]


@pytest.mark.parametrize(
    ("anchors", "pattern", "text", "values"),
    [
        ("dr", r"[a-z]{2}", "dr andr drx dr.", ["dr", "dr"]),
        ("1-2:/-", r"[0-9]{1,2}.[0-9]", "1/2 123/4 12-3 1.5", ["1/2", "12-3"]),
        ("4:", r"[0-9]{4}", "1234 12345 123", ["1234"]),
        ("1:_", r"[0-9] x", "1 x 1x", ["1 x"]),
        ("a9", r"[a-z]{1,3}-?[0-9]{1,3}", "ab12 b-7 1a2 abcdefghij7", ["ab12", "b-7"]),
        ("=www.", r"www\.[a-z]", "www.a xwww.b", ["www.a", "www.b"]),
        ("~://", r"[a-z]{1,9}://", "http://x", ["http://"]),
        ("~://", r"[a-z]{1,9}", "http", []),
        ("~dot", r"[a-z] dot", "a dot", ["a dot"]),
        ("~dot", r"[a-z]", "adot", []),
        ("~/[0-9]x/", r"[a-z]", "1x", ["x"]),
        ("~/[0-9]x/", r"[a-z]", "x1", []),
    ],
)
def test_a_pattern_is_tried_at_its_anchors_alone(anchors: str, pattern: str, text: str, values: list[str]) -> None:
    assert found(anchors, pattern, text) == values


def test_groups_are_what_is_found() -> None:
    assert found("mrn", r"mrn (?P<v>[0-9]{3})", "MRN 123") == ["123"]
    assert found("1:-", r"(?P<v1>[0-9])-(?P<v2>[0-9])", "1-2") == ["1", "2"]
