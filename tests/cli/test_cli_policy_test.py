"""`streamdeid policy test` and `streamdeid policy diff`, from outside."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from streamdeid.build import load_policy

Command = Callable[..., Result]

POLICY = "include: expert_determination\nname: ours\nhl7v2: {rules: {PID-5.1: mask NAME/FAMILY}}\n"
MESSAGE = "MSH|^~\\&|LAB|MADEUP|LAKE|MADEUP|20240305||ADT^A01|1|T|2.5.1\rPID|1||47113^^^MADEUP^MR||Testcase^Tamara\r"


def cases(*expected: dict[str, object]) -> str:
    return json.dumps(
        {"cases": [{"name": f"n{n}", "message": MESSAGE, "expect": one} for n, one in enumerate(expected)]}
    )


GOOD: dict[str, object] = {"paths": {"PID-5.1": "equals <NAME>"}, "lacks": ["Testcase"]}
BAD: dict[str, object] = {"paths": {"PID-5.1": "kept"}}


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    file = tmp_path / "ours.yaml"
    file.write_text(POLICY)
    (tmp_path / "ours_test.yaml").write_text(cases(GOOD))
    return file


def test_the_cases_beside_a_policy_are_tried(command: Command, policy: Path) -> None:
    result = command("policy", "test", policy)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0].startswith("ok   n0  released, ")
    assert result.stdout.endswith(f"ours, digest {load_policy(str(policy)).digest}: 1 cases, none failed\n")


def test_a_case_that_fails_ends_with_1_and_says_why_without_a_value(
    command: Command, policy: Path, tmp_path: Path
) -> None:
    file = tmp_path / "more.yaml"
    file.write_text(cases(GOOD, BAD))
    result = command("policy", "test", policy, file)
    assert result.exit_code == 1
    assert "FAIL n1" in result.stdout
    assert "PID-5.1: expected kept; not so at PID-5.1.1\n" in result.stdout
    assert "2 cases, 1 failed" in result.stdout
    assert "<NAME>" not in result.stdout
    assert "PID-5.1.1 is '<NAME>'" in command("policy", "test", policy, file, "--show-values").stdout


def test_results_as_json(command: Command, policy: Path, tmp_path: Path) -> None:
    file = tmp_path / "more.yaml"
    file.write_text(cases(GOOD, BAD))
    result = command("policy", "test", policy, file, "--json")
    told = json.loads(result.stdout)
    assert result.exit_code == 1
    assert told["policy"] == "ours"
    assert [bool(case["problems"]) for case in told["cases"]] == [False, True]


def test_a_shipped_policy_has_its_own_cases(command: Command) -> None:
    result = command("policy", "test", "keep_all")
    assert result.exit_code == 0
    assert "none failed" in result.stdout


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (None, "there are no cases for"),
        ("cases: [", "not valid YAML"),
        ("cases: [{name: a}]", "line 1: cases.0.message"),
    ],
)
def test_cases_that_cannot_be_used_are_a_usage_error(
    command: Command, policy: Path, text: str | None, hint: str
) -> None:
    file = policy.with_name("ours_test.yaml")
    if text is None:
        file.unlink()
    else:
        file.write_text(text)
    result = command("policy", "test", policy)
    assert result.exit_code == 2
    assert hint in result.stderr
    assert str(file) in result.stderr


def test_a_difference_is_told_without_values(command: Command, policy: Path, tmp_path: Path) -> None:
    messages = tmp_path / "messages.hl7"
    messages.write_text(MESSAGE, newline="")
    arguments = ("policy", "diff", "expert_determination", policy, "--messages", messages)
    result = command(*arguments)
    assert result.exit_code == 0
    rows = [line.split() for line in result.stdout.splitlines()]
    assert ["1", "PID-5.1.1", "surrogate", "mask"] in rows
    assert any(row[:3] == ["changed", "hl7v2", "PID-5.1"] for row in rows)
    assert ["name", "expert_determination", "ours"] in rows
    assert result.stdout.endswith("1 of 1 messages end differently\n")
    assert "Testcase" not in result.stdout
    assert "<NAME>" not in result.stdout
    shown = command(*arguments, "--show-values").stdout
    assert "Testcase" in shown
    assert "<NAME>" in shown


def test_a_difference_as_json(command: Command, policy: Path) -> None:
    result = command("policy", "diff", "expert_determination", policy, "--json")
    told = json.loads(result.stdout)
    assert [(rule["kind"], rule["name"], rule["after"]) for rule in told["rules"]] == [
        ("changed", "PID-5.1", "mask NAME/FAMILY")
    ]
    assert told["messages"] == 48
    assert all(place["before"] == "surrogate" for place in told["places"] if place["path"] == "PID-5.1.1")
    assert not any("example" in place for place in told["places"])


def test_no_difference(command: Command, policy: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(POLICY + "# a remark\n")
    assert command("policy", "diff", policy, other).stdout.splitlines()[-1] == "The policies say the same."


def test_messages_that_are_not_there_are_a_usage_error(command: Command, policy: Path) -> None:
    result = command("policy", "diff", policy, policy, "--messages", policy.with_name("absent.hl7"))
    assert result.exit_code == 2
    assert "absent.hl7" in result.stderr


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_no_messages_are_no_answer(command: Command, policy: Path, options: tuple[str, ...]) -> None:
    empty = policy.parent / "empty"
    empty.mkdir()
    result = command("policy", "diff", "expert_determination", policy, "--messages", empty, *options)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr == f"streamdeid: there are no messages in {empty}\n"
