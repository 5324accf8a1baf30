"""Rules, models, known values, lists and expressions over one message."""

from pathlib import Path
from typing import Any

import pytest
import tiny_models as tiny
from handwritten import oru, process, released, rows

from streamdeid.build import build_deidentifier, load_policy
from streamdeid.detect.clinical_words import Clinically
from streamdeid.detect.plausible import Plausibly
from streamdeid.detect.resolve import resolve
from streamdeid.detecting import decision, own_detectors
from streamdeid.engine import Deidentifier
from streamdeid.errors import PolicyError
from streamdeid.policy.detection import DetectionRules
from streamdeid.policy.policy import Policy
from streamdeid.types import Quarantined, Released

SECRET = b"a made-up secret, for tests alone"


def engine(models: list[str] | None = None, **detection: Any) -> Deidentifier:
    content = load_policy().model_dump(by_alias=True) | {"models": models or [], "detection": detection}
    return build_deidentifier(Policy.model_validate(content), SECRET)


def found(text: str, models: list[str] | None = None, **detection: Any) -> list[tuple[str, str, str]]:
    spans = engine(models, **detection).detect_text(text)
    return [(text[span.start : span.end], span.label, span.by) for span in spans]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tiny.write(tmp_path_factory.mktemp("models") / "tiny", name="tiny"))


def test_spans_name_rules_and_models(model: str) -> None:
    assert found("saw Mrs. Jane Doe in Springfield", [model]) == [
        ("Jane Doe", "NAME/PATIENT", "ner.tiny+rules.names.title"),
        ("Springfield", "LOCATION/CITY", "ner.tiny+rules.cities.known"),
    ]


def test_what_two_agree_on_needs_no_high_score(tmp_path: Path) -> None:
    unsure = str(tiny.write(tmp_path / "unsure", tiny.linear(tiny.table(tiny.SAID, certain=3))))
    text = "saw Mrs. Jane Doe, john"
    assert [name for name, _, _ in found(text, [unsure])] == ["Jane Doe", "john"]
    assert [name for name, _, _ in found(text, [unsure], thresholds={"NAME": 1})] == ["Jane Doe"]
    assert [name for name, _, _ in found(text, [], thresholds={"NAME": 1})] == []


def test_lists_and_expressions_find_what_nothing_else_does() -> None:
    detection: dict[str, Any] = {
        "deny": [{"label": "LOCATION/HOSPITAL", "words": ["the gray house"]}],
        "patterns": [{"name": "badge", "label": "ID/OTHER", "patterns": [{"regex": r"\bqx\d\b", "score": 0.3}]}],
    }
    text = "seen at The Gray  House with qx7"
    assert found(text) == []
    assert found(text, **detection) == [
        ("The Gray  House", "LOCATION/HOSPITAL", "deny.location_hospital"),
        ("qx7", "ID/OTHER", "pattern.badge"),
    ]
    (row,) = rows(released(engine(**detection), oru(text)))
    assert row.startswith("seen at ")
    assert "Gray" not in row
    assert "qx7" not in row


def test_an_allowed_phrase_is_left_but_never_the_patients_own_name() -> None:
    allow = [{"words": ["Quentworth", "Doemann"]}]
    text = "Dr. Quentworth saw Mrs. Doemann"
    assert "Quentworth" not in rows(released(engine(), oru(text)))[0]
    (row,) = rows(released(engine(allow=allow), oru(text)))
    assert row.startswith("Dr. Quentworth saw Mrs. ")
    assert "Doemann" not in row


def test_known_values_stand_in_the_record_with_the_detectors_that_agree() -> None:
    outcome = process(engine(), oru("Mrs. Doemann is well"))
    assert isinstance(outcome, Released)
    assert {done.by for done in outcome.replacements if done.path == "OBX-5"} == {"known+rules.names.title"}


def test_an_expression_that_takes_too_long_quarantines_the_message() -> None:
    slow = [{"name": "slow", "label": "ID", "patterns": [{"regex": r"\w+\w+!"}]}]
    outcome = process(engine(patterns=slow, pattern_seconds=0.05), oru("a" * 20_000 + " !"))
    assert outcome == Quarantined("message.timeout", "pattern.slow")


def test_without_a_section_nothing_is_added() -> None:
    assert list(own_detectors(DetectionRules())) == []
    assert decision(DetectionRules()) == Plausibly(Clinically(resolve))
    assert decision(DetectionRules(clinical_words=False)) == Plausibly(resolve)


def test_a_list_that_has_gone_is_a_policy_error(tmp_path: Path) -> None:
    file = tmp_path / "staff.txt"
    file.write_text("Doemann\n", encoding="utf-8")
    rules = DetectionRules.model_validate(
        {"deny": [{"label": "NAME", "file": str(file)}], "allow": [{"file": str(file)}]}
    )
    file.unlink()
    with pytest.raises(PolicyError, match=r"detection: the file .*staff.txt cannot be read"):
        list(own_detectors(rules))
    with pytest.raises(PolicyError, match=r"staff.txt cannot be read"):
        decision(rules)
