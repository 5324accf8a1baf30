from streamdeid.detect.plausible import Plausibly
from streamdeid.detect.resolve import resolve
from streamdeid.types import Entity, Span

_TEXT = "Epworth 17/24 and Wendeline Quorn of Nowhere"


def _decided(*spans: Span) -> list[str]:
    return [_TEXT[span.start : span.end] for span in Plausibly(resolve)(spans, _TEXT)]


def test_a_figure_of_a_model_goes_and_a_name_is_trimmed() -> None:
    assert _decided(Span(8, 13, "DATE", 0.99, "ner.own"), Span(14, 36, "NAME/PATIENT", 0.9, "ner.own")) == [
        "Wendeline Quorn"
    ]


def test_what_a_rule_or_a_policy_or_a_known_value_says_stays() -> None:
    for by, entity in (
        ("rules.dates", None),
        ("pattern.own", None),
        ("deny.own", None),
        ("ner.own", Entity("DATE", "17/24")),
    ):
        assert _decided(Span(8, 13, "DATE", 0.5, by, entity)) == ["17/24"]
