"""What the README promises is what happens: its commands are run as they stand, in its order, by a newcomer's shell."""

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = [(match[1].strip(), match[2]) for match in re.finditer(r"```console(.*)\n((?s:.*?))```", README)]
#: Run by other tests: `make demo` by tests/demo, `make test` by CI itself, the worker by tests/kafka.
ELSEWHERE = {"make demo\n", "make test\n"}


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[str]:
    directory = tmp_path_factory.mktemp("newcomer")
    (directory / ".venv").symlink_to(ROOT / ".venv")
    script = "set -eux\n" + "".join(block for kind, block in BLOCKS if kind == "" and block not in ELSEWHERE)
    environ = {name: value for name, value in os.environ.items() if not name.startswith("STREAMDEID")}
    return subprocess.run(
        ["bash", "-c", script], cwd=directory, env=environ, capture_output=True, text=True, check=False
    )


def test_every_command_runs(shell: subprocess.CompletedProcess[str]) -> None:
    assert shell.returncode == 0, shell.stderr[-4000:]
    assert sum(kind == "" and block not in ELSEWHERE for kind, block in BLOCKS) >= 5


def test_the_example_message_comes_out_clean(shell: subprocess.CompletedProcess[str]) -> None:
    shown = shell.stdout[: shell.stdout.index('"outcome"')]
    for value in (
        "Testcase",
        "Tamara",
        "47113",
        "11/22/1957",
        "19571122",
        "555-0142",
        "217.555.0142",
        "Sample",
        "62704",
    ):
        assert value not in shown, value
    assert "1.100" in shown
    assert "Glucose" in shown


def test_the_detector_example_finds_people_dates_ages_and_phones(shell: subprocess.CompletedProcess[str]) -> None:
    for label in ("NAME/", "AGE", "DATE", "CONTACT/PHONE"):
        assert f'"label": "{label}' in shell.stdout or f'"label":"{label}' in shell.stdout, label


def test_what_is_run_elsewhere_is_run_there() -> None:
    assert {block for _, block in BLOCKS} >= ELSEWHERE
    assert "make test" in (ROOT / ".ci" / "run").read_text()
    makefile = (ROOT / "Makefile").read_text()
    assert "\ndemo: install" in makefile
    assert "$(BIN)/streamdeid demo" in makefile


def test_every_topic_of_the_readme_exists_and_none_is_missing() -> None:
    from streamdeid.settings import TopicNames

    listed = set(
        re.findall(r"`([a-z0-9.]+)`", README[README.index("| topic | holds |") : README.index("Settings are env")])
    )
    assert listed == set(TopicNames().model_dump().values())
