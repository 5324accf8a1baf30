import os
from pathlib import Path
from typing import Any

import pytest

from streamdeid.errors import PolicyError, SettingsError
from streamdeid.policy.policy import Policy
from streamdeid.reloading import PolicySource, Ready, Refused, Unchanged, Unsettled, places

HEAD = "include: [keep_all]\nname: ours\nmodels: []\n"


class Files:
    """A policy of several files, and a source for it whose engines are the digests of what they were made for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.refuse: Exception | None = None
        self.while_building = lambda: None
        self.write("words.txt", "Doemann\n")
        self.write("part.yaml", "detection:\n  deny: [{label: NAME, file: words.txt}]\n")
        self.policy = self.write("ours.yaml", HEAD.replace("[keep_all]", "[keep_all, part.yaml]"))
        self.source = PolicySource(str(self.policy), self.build, self.check)
        self.digest = self.source.open().policy.digest

    def write(self, name: str, text: str) -> Path:
        new = self.folder / f".{name}"
        new.write_text(text, encoding="utf-8")
        return new.replace(self.folder / name)

    def build(self, policy: Policy) -> Any:
        self.while_building()
        return policy.digest

    def check(self, policy: Policy) -> None:
        if self.refuse:
            raise self.refuse

    def noticed(self) -> bool:
        """Whether a change is noticed at one of two looks."""
        return self.source.has_changed() or self.source.has_changed()


@pytest.fixture
def it(tmp_path: Path) -> Files:
    return Files(tmp_path)


def test_files_that_are_left_alone_have_not_changed(it: Files) -> None:
    assert not any(it.source.has_changed() for _ in range(3))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ours.yaml", HEAD.replace("keep_all", "part.yaml, keep_all") + "dates: {min_days: 40}\n"),
        ("part.yaml", "detection:\n  deny: [{label: DATE, file: words.txt}]\n"),
        ("words.txt", "Doemans\n"),
    ],
)
def test_a_change_of_any_file_is_noticed_when_it_is_over_and_makes_a_new_engine(
    it: Files, name: str, text: str
) -> None:
    it.write(name, text)
    assert not it.source.has_changed(), "it may still be being written"
    assert it.source.has_changed()
    result = it.source.attempt(it.digest)
    assert isinstance(result, Ready)
    assert result.engine == result.policy.digest != it.digest
    assert not it.noticed()


def test_another_time_or_another_comment_is_no_other_policy(it: Files) -> None:
    os.utime(it.policy, (1, 1))
    assert it.noticed()
    assert it.source.attempt(it.digest) == Unchanged()
    it.write("part.yaml", (it.folder / "part.yaml").read_text() + "# a remark\n")
    assert it.noticed()
    assert it.source.attempt(it.digest) == Unchanged()
    assert not it.noticed()


def test_an_invalid_one_is_refused_without_what_stands_there_and_once(it: Files) -> None:
    it.write("ours.yaml", HEAD + "labels:\n  NAME: Doemann\n  DATE: keep Doemann\n")
    assert it.noticed()
    refused = it.source.attempt(it.digest)
    assert refused == Refused(
        "reload.invalid", (f"{it.policy}, line 5: labels.NAME.operator", f"{it.policy}, line 6: labels.DATE")
    )
    assert not it.noticed()
    it.write("ours.yaml", HEAD)
    assert it.noticed()
    assert isinstance(it.source.attempt(it.digest), Ready)


@pytest.mark.parametrize("text", ["labels: [Doemann", "include: gone.yaml\n", "Doemann\n", "name: \udcff"])
def test_what_is_no_policy_at_all_is_refused(it: Files, text: str) -> None:
    it.policy.write_bytes(text.encode("utf-8", "surrogateescape"))
    refused = it.source.attempt(it.digest)
    assert isinstance(refused, Refused)
    assert (refused.code, refused.digest) == ("reload.invalid", "")
    assert "Doemann" not in str(refused)


def test_files_that_are_missing_are_waited_for(it: Files) -> None:
    for name, text in (("words.txt", "Doemans\n"), ("part.yaml", "detection: {deny: [{label: NAME, words: [Q]}]}\n")):
        (it.folder / name).unlink()
        assert it.noticed()
        assert isinstance(it.source.attempt(it.digest), Refused)
        it.write(name, text)
        assert it.noticed()
        assert isinstance(it.source.attempt(it.digest), Ready)


def test_what_may_not_be_used_here_is_refused_with_its_digest(it: Files) -> None:
    it.write("words.txt", "Doemans\n")
    it.refuse = SettingsError("its limits do not fit")
    refused = it.source.attempt(it.digest)
    assert isinstance(refused, Refused)
    assert (refused.code, refused.places) == ("reload.unsuitable", ("its limits do not fit",))
    assert len(refused.digest) == 16
    it.refuse = RuntimeError("Doemann")
    assert it.source.attempt(it.digest) == Refused("reload.failure", ("RuntimeError",), refused.digest)
    with pytest.raises(RuntimeError):
        it.source.open()


def test_nothing_is_used_that_was_written_to_meanwhile(it: Files) -> None:
    def touch() -> None:
        it.write("words.txt", "Doemans\nDoem\n")

    it.write("words.txt", "Doemans\n")
    it.while_building = touch
    assert it.source.attempt(it.digest) == Unsettled()
    it.while_building = lambda: None
    assert it.noticed()
    assert isinstance(it.source.attempt(it.digest), Ready)


def test_a_shipped_policy_never_changes() -> None:
    source = PolicySource(None, lambda policy: policy)  # type: ignore[arg-type, return-value]
    policy = source.open().policy
    assert not source.has_changed()
    assert source.attempt(policy.digest) == Unchanged()


def test_places_of_faults_hold_no_values() -> None:
    fault = PolicyError(
        "a b.yaml, line 3: detection.deny.0.words.1: 'Doemann...' has no letters\n"
        "a b.yaml, line 3: detection.deny.0.words.1: another\n"
        "x.yaml, line 9: not valid YAML: 'Doemann' stands here twice\n"
        "models: model Doemann has no label\n"
        "there is no policy file ours.yaml, and the shipped policies are a, b"
    )
    assert places(fault) == (
        "a b.yaml, line 3: detection.deny.0.words.1",
        "x.yaml, line 9",
        "models",
        "there is no policy file ours.yaml, and the shipped policies are a, b",
    )
