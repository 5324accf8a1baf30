"""`deid --vault`, `vault show`, `vault reidentify` and `vault erase`, on files."""

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from handwritten import MRN, OTHER_PID, adt, value
from typer.testing import Result

from streamdeid.build import load_policy

Command = Callable[..., Result]
SECRET = "0123456789abcdef" * 4
WHY = ("--reason", "a made-up ruling")


class Desk:
    """A folder with a secret and messages, and the commands on them."""

    def __init__(self, folder: Path, command: Command, policy: str | None) -> None:
        self.folder = folder
        self.command = command
        self.secret = folder / "secret.hex"
        self.secret.write_text(SECRET)
        self.options: list[str | Path] = ["--secret-file", self.secret]
        if policy is not None:
            (folder / "policy.yaml").write_text(policy)
            self.options += ["--policy", folder / "policy.yaml"]
        self.audit = folder / "access.jsonl"
        self.vault = folder / "patients.vault"

    def deid(self, content: bytes, *more: str | Path, out: str = "out") -> bytes:
        (self.folder / "m.hl7").write_bytes(content)
        result = self.command("deid", self.folder / "m.hl7", "--out", self.folder / out, *self.options, *more)
        assert result.exit_code == 0, result.output
        self.said = result.stdout
        return (self.folder / out / "m.hl7").read_bytes()

    def kept(self, content: bytes) -> bytes:
        return self.deid(content, "--vault", self.vault)

    def run(self, name: str, *given: str | Path) -> Result:
        return self.command("vault", name, *given, "--vault", self.vault, *self.options)

    def audited(self, name: str, *given: str | Path) -> Result:
        return self.run(name, *given, "--audit", self.audit, *WHY)

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.audit.read_text().splitlines()]


def policy_text() -> str:
    """The default policy, with random surrogates."""
    content = load_policy().model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return json.dumps(content | {"name": "random_identities", "surrogates": "random"})


@pytest.fixture
def derived(tmp_path: Path, command: Command) -> Desk:
    return Desk(tmp_path, command, None)


@pytest.fixture
def random(tmp_path: Path, command: Command) -> Desk:
    return Desk(tmp_path, command, policy_text())


@pytest.fixture(params=["derived", "random"])
def desk(request: pytest.FixtureRequest) -> Desk:
    found: Desk = request.getfixturevalue(request.param)
    return found


def test_runs_with_one_vault_agree(random: Desk) -> None:
    first = random.kept(adt())
    assert "vault" in random.said
    assert stat.S_IMODE(random.vault.stat().st_mode) == 0o600
    assert random.kept(adt()) == first
    report = random.kept(adt("A08", pid=OTHER_PID))
    assert value(report, "PID-5.1") != value(first, "PID-5.1")
    random.vault = random.folder / "another"
    assert random.kept(adt()) != first


def test_without_a_vault_random_surrogates_hold_for_a_run_and_it_says_so(random: Desk) -> None:
    assert random.deid(adt()) != random.deid(adt())
    assert "hold for this run alone" in " ".join(random.said.split())
    (random.folder / "m.hl7").write_bytes(adt())
    out = random.folder / "out"
    result = random.command("deid", random.folder / "m.hl7", "--out", out, "--json", *random.options)
    assert "alone" in json.loads(result.stdout)["vault"]


def test_a_vault_does_not_change_what_is_derived(derived: Desk) -> None:
    assert derived.kept(adt()) == derived.deid(adt())
    assert "vault" not in json.dumps(derived.lines() if derived.audit.exists() else {})


def test_a_file_handled_again_gives_the_same_bytes_whatever_was_learned_since(desk: Desk) -> None:
    nameless = "PID|1||40017765^^^MADEUP&2.999.1&ISO^MR"
    early = adt("A08", "NTE|1||Seen with Ostermilch today.", pid=nameless)
    first = desk.kept(early)
    desk.kept(adt(pid=nameless + "||Ostermilch^Johanna"))
    assert desk.kept(early) == first
    assert b"Ostermilch" not in desk.kept(early.replace(b"today", b"later"))


def test_another_secret_is_refused(derived: Desk) -> None:
    derived.kept(adt())
    derived.secret.write_text(SECRET[::-1])
    result = derived.run("show")
    assert result.exit_code == 2
    assert "another secret" in result.stderr
    assert derived.command("deid", derived.folder / "m.hl7", "--out", derived.folder / "o2", "--vault", derived.vault,
                           *derived.options).exit_code == 2  # fmt: skip


def test_a_vault_is_shown_without_values(desk: Desk) -> None:
    desk.kept(adt())
    desk.kept(adt(pid=OTHER_PID))
    result = desk.run("show", "--json")
    found = json.loads(result.stdout)
    assert (found["patients"], found["erased"], found["messages"], found["epoch"]) == (2, 0, 2, {"1": 2})
    assert found["values"]["NAME/FAMILY"] == 2
    assert MRN not in result.output + desk.run("show").stdout
    desk.secret.write_text(f"{SECRET}\nnewer:{SECRET[::-1]}\n")
    desk.kept(adt(pid=OTHER_PID.replace("70028831", "70028832")))
    assert json.loads(desk.run("show", "--json").stdout)["epoch"] == {"1": 2, "newer": 1}


def test_who_has_the_key_and_a_reason_is_told_and_it_is_recorded(desk: Desk) -> None:
    clean = desk.kept(adt())
    false = value(clean, "PID-5.1")
    result = desk.audited("reidentify", false, "--like", "NAME", "--mrn", MRN, "--authority", "2.999.1")
    assert result.exit_code == 0, result.output
    assert result.stdout.split("\t")[0] == value(adt(), "PID-5.1")
    number = desk.audited("reidentify", value(clean, "PID-3.1"), "--like", "ID/MRN", "--json")
    assert json.loads(number.stdout)["found"][0]["value"] == MRN
    begun, ended, *_ = desk.lines()
    assert (begun["stage"], begun["command"], begun["reason"]) == ("begun", "vault reidentify", "a made-up ruling")
    assert (ended["stage"], ended["found"], ended["run"]) == ("ended", 1, begun["run"])
    told = desk.audit.read_text()
    assert not [one for one in (false, MRN, value(adt(), "PID-5.1"), value(clean, "PID-3.1")) if one in told]
    assert stat.S_IMODE(desk.audit.stat().st_mode) == 0o600


def test_nothing_found_is_exit_3(derived: Desk) -> None:
    derived.kept(adt())
    assert derived.audited("reidentify", "Nobodysname", "--like", "NAME").exit_code == 3
    assert derived.lines()[-1]["found"] == 0


@pytest.mark.parametrize("given", [(), ("--reason", " "), ("--reason", "x" * 2000)])
def test_without_a_reason_nothing_is_told(derived: Desk, given: tuple[str, ...]) -> None:
    false = value(derived.kept(adt()), "PID-5.1")
    result = derived.run("reidentify", false, "--audit", derived.audit, *given)
    assert result.exit_code == 2
    assert value(adt(), "PID-5.1") not in result.output
    assert not derived.audit.exists()


def test_where_no_record_can_be_kept_nothing_is_told(derived: Desk) -> None:
    false = value(derived.kept(adt()), "PID-5.1")
    result = derived.run("reidentify", false, "--audit", derived.folder, *WHY)
    assert result.exit_code == 2
    assert value(adt(), "PID-5.1") not in result.output


def test_an_erased_patient_is_gone_from_the_file_and_begins_anew(desk: Desk) -> None:
    old, other = desk.kept(adt()), desk.kept(adt(pid=OTHER_PID))
    before = records(desk.vault)
    result = desk.audited("erase", "--mrn", MRN, "--authority", "2.999.1")
    assert result.exit_code == 0, result.output
    for word in ("new false identity", "secret", "backups", "namespace"):
        assert word in result.stdout
    after = records(desk.vault)
    changed = [key for key in before if before[key] != after.get(key)]
    assert 1 <= len(changed) <= 2
    content = desk.vault.read_bytes()
    assert not [key for key in changed if before[key] in content]
    assert all(before[key] in content for key in before if key not in changed and len(before[key]) < 200)
    assert json.loads(desk.run("show", "--json").stdout)["erased"] == 1
    new = desk.kept(adt())
    assert (value(new, "PID-5.1"), value(new, "PID-5.2")) != (value(old, "PID-5.1"), value(old, "PID-5.2"))
    assert desk.kept(adt()) == new
    assert desk.kept(adt(pid=OTHER_PID)) == other
    assert desk.audited("reidentify", value(old, "PID-5.1"), "--like", "NAME/FAMILY").exit_code == 3
    assert [line["command"] for line in desk.lines()].count("vault erase") == 2


def records(vault: Path) -> dict[str, bytes]:
    from streamdeid.vault.file import FileVault

    with FileVault(vault) as table:
        return dict(table)


def test_erasing_whom_nobody_knows_is_refused(derived: Desk) -> None:
    derived.kept(adt())
    before = records(derived.vault)
    for given in (("--mrn", "1"), ("0" * 32,), ("short",), ()):
        assert derived.audited("erase", *given).exit_code == 2
    assert records(derived.vault) == before
    result = derived.command("vault", "erase", "0" * 32, "--audit", derived.audit, *WHY, *derived.options)
    assert result.exit_code == 2
    assert "--stream" in result.stderr


def test_a_missing_vault_is_a_usage_error(derived: Desk) -> None:
    assert derived.run("show").exit_code == 2
    assert not derived.vault.exists()
