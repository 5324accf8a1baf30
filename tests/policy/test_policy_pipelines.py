"""Pipelines as anonymize-rs has them."""

from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
import tiny_models as tiny
import yaml

from streamdeid.build import build_deidentifier, load_policy, parse_policy
from streamdeid.cli.explain_detection import concerns
from streamdeid.engine import Deidentifier
from streamdeid.errors import PolicyError
from streamdeid.policy.policy import Policy

SECRET = b"a made-up secret, for tests alone"
SITE = {"kind": "flashText", "name": "SITE", "keywords": ["Fabledorf General"], "labels": {"SITE": "LOCATION/HOSPITAL"}}
MRN = {"kind": "regex", "name": "MRN", "patterns": [r"\bq\d{4}\b", r"no (?P<value>q-\w+)"]}


def policy(*stages: Any, folder: Path | None = None, **more: Any) -> Policy:
    content = load_policy().model_dump(mode="json", by_alias=True, exclude_defaults=True)
    content |= {"models": [], "detection": {"pipeline": list(stages)}} | more
    return parse_policy(yaml.safe_dump(content), str((folder or Path()) / "ours.yaml"))


def engine(*stages: Any, folder: Path | None = None, **more: Any) -> Deidentifier:
    return build_deidentifier(policy(*stages, folder=folder, **more), SECRET)


def found(deidentifier: Deidentifier, text: str) -> list[tuple[str, str, str]]:
    return [(text[span.start : span.end], span.label, span.by) for span in deidentifier.detect_text(text)]


@pytest.fixture(scope="module")
def ner(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tiny.write(tmp_path_factory.mktemp("models") / "tiny", name="tiny")
    labels = yaml.safe_load((folder / "config.json").read_text())["id2label"]
    return {
        "kind": "ner",
        "model_path": str(folder / "model.onnx"),
        "tokenizer_path": str(folder / "tokenizer.json"),
        "token_type_ids_included": True,
        "id2label": {number: [label, label != "O"] for number, label in labels.items()},
    }


def test_every_kind_of_stage_finds_what_it_says(ner: dict[str, Any]) -> None:
    text = "q1234 at fabledorf  general, no Q-beta; jane doe"
    found_by = found(engine(ner, SITE, MRN), text)
    assert [one for one in found_by if one[2].startswith(("deny", "pattern"))] == [
        ("q1234", "ID/MRN", "pattern.mrn"),
        ("fabledorf  general", "LOCATION/HOSPITAL", "deny.site"),
        ("Q-beta", "ID/MRN", "pattern.mrn"),
    ]
    assert any("ner." in by for _, _, by in found_by)
    assert not any("ner." in by for _, _, by in found(engine(SITE, MRN), text))


def test_the_order_of_stages_is_of_no_consequence(ner: dict[str, Any]) -> None:
    """Theirs replace one after another, so that a stage reads what another one wrote."""
    overlapping = {"kind": "flashText", "name": "PERSON", "keywords": ["General no", "site0", "mrn0"]}
    text = "q1234 at Fabledorf General no q-beta by jane doe"
    results = [found(engine(*stages), text) for stages in permutations([ner, SITE, MRN, overlapping])]
    assert results == results[:1] * 24


def test_no_stage_sees_what_another_one_has_replaced() -> None:
    """SITE0 is how theirs write the first finding of SITE; a stage after it may take that for an identifier."""
    eager = {"kind": "regex", "name": "ID", "patterns": [r"SITE\d", r"[A-Z]{4,}\d", r"\bLOCATION\b"]}
    text = "at Fabledorf General"
    assert found(engine(SITE, eager), text) == found(engine(SITE), text)


def test_many_names_that_begin_alike_are_kept_apart() -> None:
    """Their way back replaces NAME1 within NAME10."""
    words = [f"Qname{number}" for number in range(12)]
    spans = found(engine({"kind": "flashText", "name": "PERSON", "keywords": words}), " ".join(words))
    assert [name for name, _, _ in spans] == words


def test_files_lie_beside_the_policy_and_are_part_of_its_digest(tmp_path: Path) -> None:
    (tmp_path / "sites.txt").write_text("# ours\nFabledorf General\n", encoding="utf-8")
    (tmp_path / "mrn.txt").write_text("# ours\n\\bq\\d{4}\\b\n", encoding="utf-8")
    stages = (
        {"kind": "flashText", "name": "HOSPITAL", "file": "sites.txt"},
        {"kind": "regex", "name": "MRN", "file": "mrn.txt"},
    )
    before = policy(*stages, folder=tmp_path)
    spans = found(build_deidentifier(before, SECRET), "q1234 at Fabledorf General")
    assert [(name, by) for name, _, by in spans] == [("q1234", "pattern.mrn"), ("Fabledorf General", "deny.hospital")]
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for name in ("sites.txt", "mrn.txt"):
        (elsewhere / name).write_bytes((tmp_path / name).read_bytes())
    assert policy(*stages, folder=elsewhere).digest == before.digest
    (tmp_path / "mrn.txt").write_text("\\bq\\d{5}\\b\n", encoding="utf-8")
    assert policy(*stages, folder=tmp_path).digest != before.digest
    with pytest.raises(PolicyError, match=r"mrn\.txt has changed since"):
        build_deidentifier(before, SECRET)


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("MRN", "ID/MRN"),
        ("person", "NAME"),
        ("Medical Record", "ID/MRN"),
        ("NAME/DOCTOR", "NAME/DOCTOR"),
        ("HOSPITAL", "LOCATION/HOSPITAL"),
        ("e-mail", "CONTACT/EMAIL"),
    ],
)
def test_a_name_that_says_its_label_needs_no_other(name: str, label: str) -> None:
    assert found(engine({"kind": "regex", "name": name, "patterns": ["qqq"]}), "qqq")[0][1] == label


@pytest.mark.parametrize(
    ("stage", "where", "why"),
    [
        (
            SITE | {"labels": {}},
            "detection.pipeline.1",
            "the flashText stage SITE: nobody says which label that is; say it, such as"
            " labels: {SITE: LOCATION/HOSPITAL}",
        ),
        (MRN | {"name": "HOSPTIAL"}, "detection.pipeline.1", "the regex stage HOSPTIAL: nobody says"),
        (MRN | {"name": "HOSPTIAL"}, "detection.pipeline.1", "{HOSPTIAL: LOCATION/HOSPITAL}"),
        (MRN | {"name": "Nurse"}, "detection.pipeline.1", "{Nurse: NAME/DOCTOR}"),
        (MRN | {"name": "Zq"}, "detection.pipeline.1", "{Zq: ID/OTHER}"),
        (MRN | {"patterns": ["(a+)+b"]}, "detection.pipeline.1", "may take forever"),
        (MRN | {"patterns": []}, "detection.pipeline.1", "the regex stage MRN: give patterns"),
        (SITE | {"keywords": []}, "detection.pipeline.1", "give words"),
        (SITE | {"keywords": ["..."]}, "detection.pipeline.1", "neither letters nor digits"),
        (MRN | {"file": "none.txt"}, "detection.pipeline.1", "none.txt cannot be read"),
        ({"kind": "llm", "name": "x"}, "detection.pipeline.1", "there are ner, flashText, regex"),
        (MRN | {"labels": {"MRN": "PERSON"}}, "detection.pipeline.1", "PERSON is no label"),
        (MRN | {"name": "DATE"}, "detection.pipeline.1", "labels do not say what is done with DATE"),
    ],
)
def test_what_is_wrong_with_a_stage_is_said_where_it_stands(stage: Any, where: str, why: str) -> None:
    labels = {"NAME": "mask", "ID": "mask", "LOCATION": "mask"}
    with pytest.raises(PolicyError) as fault:
        policy(SITE, stage, labels=labels)
    assert f": {where}" in str(fault.value)
    assert why in str(fault.value)


def test_a_models_label_that_nobody_knows_is_said_of_its_stage(ner: dict[str, Any]) -> None:
    unknown = ner | {"id2label": {"0": ["O", False], "1": ["B-ZORG", True], "2": ["I-ZORG", False]}}
    with pytest.raises(PolicyError, match=r"detection.pipeline.0.*the ner stage: nobody says what label B-ZORG"):
        policy(unknown)
    assert policy(unknown | {"labels": {"ZORG": "LOCATION"}}).readers is not None


def test_stages_are_shown_with_their_label() -> None:
    fuzzy = SITE | {"fuzzy": 1}
    lines = [concern.text for concern in concerns(policy(fuzzy, MRN), "LOCATION/HOSPITAL")]
    assert "always found as LOCATION/HOSPITAL, by deny.site: 1 phrase in the policy" in lines
    assert "found as LOCATION/HOSPITAL, by fuzzy.site, where it is misspelt" in lines
    (stage,) = (concern for concern in concerns(policy(fuzzy, MRN), "ID/MRN") if concern.by == "pattern.mrn")
    assert (stage.entries, stage.score) == (2, 1.0)
    assert not any(expression in stage.text for expression in MRN["patterns"])


def test_without_a_pipeline_the_digest_is_what_it_was() -> None:
    listed = {"deny": [{"label": "NAME", "words": ["Doemann"]}]}
    with_list = policy(detection=listed)
    assert "pipeline" not in with_list.detection.model_dump()
    assert "fuzzy" not in with_list.detection.deny[0].model_dump()
    assert policy(detection=listed | {"pipeline": []}).digest == with_list.digest
    assert policy(detection=listed | {"pipeline": [MRN]}).digest != with_list.digest


@pytest.mark.parametrize(
    ("fuzzy", "finds"),
    [(1, "Fabeldorf General"), ("ocr", "Fab1edorf General"), ({"edits": 2, "shortest": 8}, "Fabeldorf Genral")],
)
def test_lists_may_be_fuzzy(fuzzy: Any, finds: str) -> None:
    for detection in (
        {"deny": [{"label": "LOCATION/HOSPITAL", "name": "site", "words": ["Fabledorf General"], "fuzzy": fuzzy}]},
        {"pipeline": [SITE | {"fuzzy": fuzzy}]},
    ):
        spans = found(engine(detection=detection), f"ate {finds}, and Fabledorf General")
        assert spans == [
            (finds, "LOCATION/HOSPITAL", "fuzzy.site"),
            ("Fabledorf General", "LOCATION/HOSPITAL", "deny.site"),
        ]


@pytest.mark.parametrize("fuzzy", [0, 3, True, "soundex", [], {"edits": 1, "shortest": 3}, {"letters": 1}])
def test_what_fuzzy_may_not_be(fuzzy: Any) -> None:
    with pytest.raises(PolicyError, match=r"detection\.pipeline\.0"):
        policy(SITE | {"fuzzy": fuzzy})


def test_a_models_files_are_part_of_the_digest(ner: dict[str, Any], tmp_path: Path) -> None:
    one, two = (tiny.write(tmp_path / name, name="tiny") for name in ("one", "two"))
    with_one, with_two = policy(models=[str(one)]), policy(models=[str(one)])
    assert with_one.digest == with_two.digest
    config = two / "config.json"
    config.write_text(config.read_text() + "\n")
    before = policy(models=[str(two)])
    config.write_text(config.read_text() + " ")
    assert policy(models=[str(two)]).digest != before.digest
    assert before.models is not None
    with pytest.raises(PolicyError, match=r"models\.0.*not those whose sha256 is given"):
        policy(models=[{"model": str(two), "sha256": before.models[0].sha256}])
    assert load_policy().models is None
    assert "sha256" not in policy(models=["clinical"]).model_dump(mode="json")["models"][0]
