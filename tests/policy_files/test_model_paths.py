"""Where a policy's models lie: beside the policy file, wherever one stands."""

from pathlib import Path

import pytest
import tiny_models as tiny

from streamdeid.build import narrative_models
from streamdeid.policy.models import ModelFiles, ModelRule
from streamdeid.policy.policy import Policy
from streamdeid.policy_files.loading import load_policy

OURS = """\
name: ours
hl7v2: {rules: {ST: detect}}
fhir: {rules: {string: detect}}
labels: {NAME: surrogate}
models:
- own
- {model: own, labels: {NAME/PATIENT: NAME/DOCTOR}}
- kind: ner
  model_path: own/model.onnx
  tokenizer_path: own/tokenizer.json
  id2label: &labels
    {0: [O, false], 1: [B-PER, true], 2: [I-PER, true], 3: [O, false], 4: [O, false], 5: [O, false], 6: [O, false]}
detection:
  pipeline:
  - {kind: ner, model_path: own/model.onnx, tokenizer_path: own/tokenizer.json, id2label: *labels}
"""


def written(folder: Path) -> Path:
    tiny.write(folder / "own", name="own")
    (folder / "ours.yaml").write_text(OURS)
    return folder / "ours.yaml"


def paths(policy: Policy) -> list[str]:
    rules: tuple[ModelRule | ModelFiles, ...] = policy.readers or ()
    return [rule.model if isinstance(rule, ModelRule) else rule.model_path for rule in rules]


def test_they_are_beside_the_file_that_names_them(tmp_path: Path) -> None:
    file = written(tmp_path)
    policy = load_policy(str(file))
    own = str(tmp_path / "own")
    assert paths(policy) == [own, own, f"{own}/model.onnx", f"{own}/model.onnx"]
    assert len(narrative_models(policy)[0]("saw Jane")) == 4
    (tmp_path / "including.yaml").write_text("include: sub/ours.yaml\n")
    (tmp_path / "sub").mkdir()
    written(tmp_path / "sub")
    included = paths(load_policy(str(tmp_path / "including.yaml")))
    assert included[0] == f"{tmp_path}/sub/own"


def test_the_digest_does_not_depend_on_where_one_stands_or_they_lie(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    digests = {load_policy(str(written(folder))).digest for folder in (tmp_path, tmp_path / "elsewhere")}
    for folder, name in ((tmp_path, "ours.yaml"), (tmp_path / "elsewhere", "../ours.yaml")):
        monkeypatch.chdir(folder)
        digests.add(load_policy(name).digest)
    assert len(digests) == 1
    config = tmp_path / "own" / "config.json"
    config.write_text(config.read_text() + " ")
    assert load_policy(str(tmp_path / "ours.yaml")).digest not in digests


def test_the_name_of_a_shipped_model_stays_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "named.yaml"
    file.write_text(OURS.partition("models:")[0] + "models: [clinical]\n")
    before = load_policy(str(file))
    tiny.write(tmp_path / "clinical", name="own")
    monkeypatch.chdir(tmp_path)
    after = load_policy("named.yaml")
    assert (paths(after), after.digest) == (["clinical"], before.digest)
    assert after.models is not None
    assert after.models[0].sha256 is None
    file.write_text(OURS.partition("models:")[0] + "models: [./clinical]\n")
    assert load_policy("named.yaml").digest != before.digest
