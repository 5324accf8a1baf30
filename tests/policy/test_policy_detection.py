"""The section `detection` of a policy: what it takes, what it refuses, and where it says so."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from streamdeid.build import load_policy, parse_policy
from streamdeid.cli.explain import explain_path
from streamdeid.cli.explain_detection import concerns
from streamdeid.errors import PolicyError
from streamdeid.policy.policy import Policy

SMALL = """\
name: small
hl7v2: {rules: {ST: detect}}
fhir: {rules: {string: detect}}
labels: {NAME: surrogate, ID/MRN: surrogate}
detection:
"""
FULL: dict[str, Any] = {
    "thresholds": {"NAME": 0.6},
    "deny": [{"label": "NAME", "words": ["Doemann"]}],
    "allow": [{"words": ["Madeupril"], "labels": ["NAME"]}],
    "context": [{"label": "ID", "words": ["badge"], "within": "4 words", "raise": 0.2}],
    "patterns": [{"name": "badge", "label": "ID/MRN", "patterns": [{"regex": "QX[0-9]", "score": 0.4}]}],
}


def small(detection: Any) -> Policy:
    return parse_policy(SMALL + "  " + yaml.safe_dump(detection, default_flow_style=True, width=10_000), "small.yaml")


def test_all_of_it_can_be_said_and_said_again() -> None:
    policy = small(FULL)
    assert policy.detection.context[0].reach == 4
    assert policy.detection.context[0].change == 0.2
    assert Policy.model_validate(policy.model_dump(mode="json", by_alias=True)).digest == policy.digest


def test_a_policy_without_it_is_what_it_was() -> None:
    assert small({}).digest == parse_policy(SMALL.replace("detection:\n", ""), "small.yaml").digest
    assert small({"thresholds": {"NAME": 0.1}}).digest != small({}).digest


@pytest.mark.parametrize(
    ("detection", "where", "why"),
    [
        ({"thresholds": {"PERSON": 0.5}}, "detection.thresholds.PERSON", "did you mean NAME?"),
        ({"thresholds": {"NAME": 1.5}}, "detection.thresholds.NAME", "less than or equal to 1"),
        ({"deny": [{"label": "NAME"}]}, "detection.deny.0", "give words, or a file"),
        ({"deny": [{"words": ["x"]}]}, "detection.deny.0.label", "required"),
        ({"deny": [{"label": "NAME", "words": ["..."]}]}, "detection.deny.0.words.0", "neither letters nor digits"),
        ({"deny": [{"label": "DATE", "words": ["x"]}]}, "detection.deny.0", "labels do not say what is done with DATE"),
        ({"allow": [{"file": "none.txt"}]}, "detection.allow.0", "none.txt cannot be read"),
        ({"context": [{"label": "ID", "words": ["x"]}]}, "detection.context.0", "either raise or lower"),
        (
            {"context": [{"label": "ID", "words": ["x"], "raise": 0.1, "lower": 0.1}]},
            "detection.context.0",
            "either raise or lower",
        ),
        ({"context": [{"label": "ID", "words": ["x"], "raise": 0.1, "within": 0}]}, "detection.context.0", "from 1"),
        (
            {"patterns": [{"name": "x", "label": "NAME", "patterns": [{"regex": "(a+)+b"}]}]},
            "detection.patterns.0.patterns.0.regex",
            "may take forever",
        ),
        (
            {"patterns": [{"name": "x", "label": "NAME", "patterns": [{"regex": "("}]}]},
            "detection.patterns.0.patterns.0.regex",
            "is no regular expression",
        ),
        ({"patterns": FULL["patterns"] * 2}, "detection", "two patterns are called badge"),
        ({"tresholds": {}}, "detection.tresholds", "did you mean thresholds"),
    ],
)
def test_what_makes_no_sense_is_refused_where_it_stands(detection: Any, where: str, why: str) -> None:
    with pytest.raises(PolicyError) as fault:
        small(detection)
    assert str(fault.value).startswith("small.yaml, line ")
    assert f": {where}: " in str(fault.value)
    assert why in str(fault.value)


# --- Files ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "staff.txt").write_text("Doemann\n", encoding="utf-8")
    (tmp_path / "own.yaml").write_text(SMALL + "  deny: [{label: NAME, file: lists/staff.txt}]\n", encoding="utf-8")
    return tmp_path


def test_a_file_lies_beside_the_policy_that_names_it(folder: Path) -> None:
    policy = load_policy(str(folder / "own.yaml"))
    assert policy.detection.deny[0].phrases() == ["Doemann"]
    (folder / "lists" / "other.yaml").write_text("include: ../own.yaml\nname: other\n", encoding="utf-8")
    assert load_policy(str(folder / "lists" / "other.yaml")).detection == policy.detection


def test_the_digest_tells_what_was_in_the_file(folder: Path) -> None:
    before = load_policy(str(folder / "own.yaml"))
    elsewhere = folder / "elsewhere"
    (elsewhere / "lists").mkdir(parents=True)
    for name in ("own.yaml", "lists/staff.txt"):
        (elsewhere / name).write_bytes((folder / name).read_bytes())
    assert load_policy(str(elsewhere / "own.yaml")).digest == before.digest
    (folder / "lists" / "staff.txt").write_text("Roessner\n", encoding="utf-8")
    assert load_policy(str(folder / "own.yaml")).digest != before.digest
    with pytest.raises(ValueError, match=r"staff.txt has changed since"):
        before.detection.deny[0].phrases()


def test_a_file_can_be_pinned(folder: Path) -> None:
    (folder / "own.yaml").write_text(
        SMALL + f"  deny: [{{label: NAME, file: lists/staff.txt, sha256: '{'0' * 64}'}}]\n", encoding="utf-8"
    )
    with pytest.raises(PolicyError, match=r"own.yaml, line 6: detection.deny.0: the file .*staff.txt is not the one"):
        load_policy(str(folder / "own.yaml"))


# --- What concerns a label ------------------------------------------------------------------------------------------


def test_a_label_is_explained_with_all_that_concerns_it() -> None:
    def lines(label: str) -> list[str]:
        (found,) = explain_path(small(FULL), label)
        told = [line.removeprefix("  detection: ") for line in found.lines() if line.startswith("  detection: ")]
        return [line for line in told if "by ner." not in line]

    first, *rest = lines("NAME/DOCTOR")
    assert re.fullmatch(r"found by rules: \d+ rules, with scores up to 0\.\d+", first)
    assert rest == [
        "found by known: what the message states of its patient, whatever the threshold",
        "always found as NAME, by deny.name: 1 phrase in the policy",
        "never found, by allow 1: 1 phrase in the policy",
        "threshold of NAME: 0.6, unless two detectors agree",
        "not found where a model alone takes a clinical word for a name (clinical_words)",
    ]
    assert lines("ID/MRN")[-2:] == [
        "found as ID/MRN, by pattern.badge: 1 expression, with scores up to 0.4",
        "score of ID +0.2 within 4 words of 1 phrase under context",
    ]
    assert not any("deny" in line or "pattern" in line for line in lines("DATE"))


def test_lists_are_told_by_file_and_number_and_never_by_an_entry(folder: Path) -> None:
    words, file = [f"ward {number}" for number in range(20)], folder / "lists" / "staff.txt"
    text = small({"allow": [{"words": words, "file": str(file)}]})
    lines = [concern.text for concern in concerns(text, "AGE") if concern.what == "allowed"]
    assert lines == [f"never found, by allow 1: 20 phrases in the policy and 1 phrase of {file}"]
    file.write_text("Somebody Else\n")
    (changed,) = (concern for concern in concerns(text, "AGE") if concern.what == "allowed")
    assert changed.entries is None
    assert "has changed" in changed.text
