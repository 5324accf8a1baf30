import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from typer.testing import Result

from streamdeid.build import load_policy

Command = Callable[..., Result]
CONFIGURATION = (
    "fhirPathRules:\n  - {path: Patient.name, method: redact}\n  - {path: nodesByType('date'), method: dateShift}\n"
)


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    file = tmp_path / "Their Rules-1.yaml"
    file.write_text(CONFIGURATION)
    return file


def test_the_policy_is_printed_and_remarks_go_to_stderr(command: Command, theirs: Path) -> None:
    result = command("policy", "import", theirs)
    assert result.exit_code == 0
    content = yaml.safe_load(result.stdout)
    assert content["name"] == "their_rules_1"
    assert [path["path"] for path in content["fhir"]["paths"]] == ["Patient.name", "nodesByType('date')"]
    assert "remark: what no rule picks" in result.stderr


def test_the_policy_file_is_valid_and_named_after_itself(command: Command, theirs: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "2026.yaml"
    result = command("policy", "import", theirs, "--out", out)
    assert result.exit_code == 0
    policy = load_policy(str(out))
    assert result.stdout == f"{out}: policy imported_2026, digest {policy.digest}\n"
    assert command("policy", "validate", out).exit_code == 0


def test_keeping_what_no_rule_picks_has_to_be_asked_for(command: Command, theirs: Path) -> None:
    assert yaml.safe_load(command("policy", "import", theirs).stdout)["fhir"]["rules"]["string"] == "detect"
    kept = yaml.safe_load(command("policy", "import", theirs, "--keep-unmatched").stdout)
    assert set(kept["fhir"]["rules"].values()) == {"keep"}


def test_the_summary_is_json_on_request(command: Command, theirs: Path, tmp_path: Path) -> None:
    out = tmp_path / "policy.yaml"
    told = json.loads(command("policy", "import", theirs, "--out", out, "--json").stdout)
    assert told["policy"] == str(out)
    assert told["digest"] == load_policy(str(out)).digest
    assert any("dateShift" in remark for remark in told["remarks"])
    assert json.loads(command("policy", "import", theirs, "--json").stdout)["policy"]["name"] == "their_rules_1"


def test_a_rule_that_cannot_be_taken_over_is_a_usage_error_and_writes_nothing(
    command: Command, theirs: Path, tmp_path: Path
) -> None:
    theirs.write_text("fhirPathRules: [{path: Patient.name, method: remove}]")
    out = tmp_path / "policy.yaml"
    result = command("policy", "import", theirs, "--out", out)
    assert result.exit_code == 2
    assert f"{theirs}: rule 1 (Patient.name): the method remove cannot be taken over" in result.stderr
    assert not out.exists()


def test_a_file_that_is_not_there_is_a_usage_error(command: Command, tmp_path: Path) -> None:
    result = command("policy", "import", tmp_path / "absent.json")
    assert result.exit_code == 2
    assert "absent.json" in result.stderr
