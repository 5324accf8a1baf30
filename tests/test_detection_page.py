"""docs/detection.md: each of its examples loads, and does what the page says."""

import re
from pathlib import Path

import pytest
import tiny_models as tiny
import yaml

from streamdeid.build import build_deidentifier, load_policy, parse_policy
from streamdeid.engine import Deidentifier
from streamdeid.models.detector import REMEMBERED
from streamdeid.policy.policy import Policy
from streamdeid.settings import ModelSettings

PAGE = (Path(__file__).parents[1] / "docs" / "detection.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, re.S)
SECRET = b"a made-up secret, for tests alone"


@pytest.fixture
def engines(tmp_path: Path) -> list[Deidentifier]:
    (tmp_path / "staff.txt").write_text("# people\nQuilla Roessner\n", encoding="utf-8")
    (tmp_path / "wards.txt").write_text("Imaginary Hospital\n", encoding="utf-8")
    own = ("O", "B-PER", "I-PER", "B-WARD", "I-WARD")
    scores = tiny.table({"john": "B-PER", "general": "B-WARD"}, own)
    tiny.write(tmp_path / "models" / "names", tiny.linear(scores), [f"LABEL_{number}" for number in range(len(own))])
    for name in ("one", "two"):
        tiny.write(tmp_path / "models" / name)
    base = load_policy().model_dump(mode="json", by_alias=True, exclude_defaults=True) | {"models": []}
    name = str(tmp_path / "page.yaml")
    policies = [parse_policy(yaml.safe_dump(base | yaml.safe_load(example)), name) for example in EXAMPLES]
    return [build_deidentifier(policy, SECRET) for policy in policies]


def found(engine: Deidentifier, text: str) -> list[tuple[str, str, str]]:
    return [(text[span.start : span.end], span.label, span.by) for span in engine.detect_text(text)]


def test_every_example_is_looked_at() -> None:
    assert len(EXAMPLES) == 9
    sections = {name for example in EXAMPLES for name in yaml.safe_load(example).get("detection", ())}
    assert sections == set(type(Policy.model_fields["detection"].default).model_fields)


def test_the_examples_do_what_the_page_says(engines: list[Deidentifier]) -> None:
    thresholds, clinical, lists, misspelt, context, expressions, pipeline, union, majority = engines
    assert not clinical.policy.detection.clinical_words
    plain = build_deidentifier(load_policy(), SECRET)
    assert found(plain, "he came with Robert Smith today") != []
    assert found(thresholds, "he came with Robert Smith today") == []
    assert found(lists, "Quilla Roessner, F\u0430bledorf  GENERAL, St Marys Annexe, st. mary's annexe") == [
        ("Quilla Roessner", "NAME/DOCTOR", "deny.staff"),
        ("F\u0430bledorf  GENERAL", "LOCATION/HOSPITAL", "deny.location_hospital"),
        ("st. mary's annexe", "LOCATION/HOSPITAL", "deny.location_hospital"),
    ]
    assert found(plain, "at Imaginary Hospital") != []
    assert found(lists, "at Imaginary Hospital") == []
    assert found(misspelt, "Fabeldorf General, J\u00f6rg Muellermann, Jorg Mullerrnann") == [
        ("Fabeldorf General", "LOCATION/HOSPITAL", "fuzzy.site"),
        ("J\u00f6rg Muellermann", "NAME", "fuzzy.people"),
        ("Jorg Mullerrnann", "NAME", "fuzzy.people"),
    ]
    spans = found(pipeline, "fz12345, chart no. q77 of fabledorf infirmary")
    assert [(text, label, by.partition("+")[0]) for text, label, by in spans] == [
        ("fz12345", "ID/MRN", "pattern.mrn"),
        ("q77", "ID/MRN", "pattern.mrn"),
        ("fabledorf infirmary", "LOCATION/HOSPITAL", "deny.site"),
    ]
    spans = found(union, "john in general")
    assert [(text, label.partition("/")[0]) for text, label, _ in spans] == [("john", "NAME"), ("general", "LOCATION")]
    assert all("ner.names" in by for _, _, by in spans)
    spans = found(majority, "jane in springfield")
    assert [span[:2] for span in spans] == [("jane", "NAME/PATIENT"), ("springfield", "LOCATION/CITY")]
    assert all("ner.one" in by and "ner.two" in by for _, _, by in spans)
    assert found(context, "in the cupboard: Q-BEAD") == [("Q-BEAD", "ID/OTHER", "pattern.tray")]
    assert found(context, "in the bottle: Q-BEAD") == []
    assert found(expressions, "Freezer Position C7-104, FZ-kqz, fz-KQZ") == [
        ("C7-104", "ID/OTHER", "pattern.freezer"),
        ("FZ-kqz", "ID/OTHER", "pattern.freezer"),
    ]


def test_what_the_page_says_of_running_models() -> None:
    assert ModelSettings() == ModelSettings(threads=0, remembered=4_000_000)
    assert ModelSettings().remembered == REMEMBERED
    for name in ModelSettings.model_fields:
        assert f"| `STREAMDEID_MODEL_{name.upper()}` |" in PAGE


def test_what_the_page_says_of_bounds() -> None:
    policy = load_policy()
    assert policy.detection.pattern_seconds == 1
    assert "No more than eight are named" in PAGE
