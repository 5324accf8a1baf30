"""Files laid over one another."""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from streamdeid.build import load_policy, parse_policy, shipped_policies
from streamdeid.errors import PolicyError
from streamdeid.policy_files.including import Effective, entry_depth, read_policy, suggestion

BASE = """\
name: base
dates: {min_days: 10, max_days: 20}
identity: {prefer: [MR, PI]}
hl7v2:
  rules:
    ST: detect
    PID-5.1: {operator: surrogate, label: NAME/FAMILY, scope: entity}
    PID-12: remove
fhir: {rules: {string: detect}, methods: {gone: {string: remove}}}
labels: {NAME: surrogate, ID: mask}
"""
Write = Callable[[str, str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(name: str, text: str) -> Path:
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    written("base.yaml", BASE)
    return written


def effective(file: Path) -> Effective:
    return read_policy(file.read_text(), str(file))


def test_own_entries_go_before_included_ones_key_by_key(write: Write) -> None:
    own = "include: base.yaml\nname: ours\ndates: {max_days: 99}\nhl7v2: {rules: {ST: keep, NM: keep}}\n"
    content = effective(write("ours.yaml", own)).content
    assert content["name"] == "ours"
    assert content["dates"] == {"min_days": 10, "max_days": 99}
    assert content["hl7v2"]["rules"]["ST"] == "keep"
    assert content["hl7v2"]["rules"]["NM"] == "keep"
    assert content["hl7v2"]["rules"]["PID-12"] == "remove"
    assert "include" not in content


def test_a_rule_and_a_list_are_replaced_whole(write: Write) -> None:
    own = (
        "include: base.yaml\nidentity: {prefer: [U]}\nhl7v2: {rules: {PID-5.1: {operator: mask, label: NAME/FAMILY}}}\n"
    )
    content = effective(write("ours.yaml", own)).content
    assert content["identity"]["prefer"] == ["U"]
    assert content["hl7v2"]["rules"]["PID-5.1"] == {"operator": "mask", "label": "NAME/FAMILY"}


def test_later_includes_go_before_earlier_ones_and_what_they_include(write: Write) -> None:
    write("first.yaml", "include: [base.yaml]\nlabels: {NAME: remove, AGE: keep}\n")
    write("second.yaml", "labels: {NAME: mask}\n")
    labels = effective(write("ours.yaml", "include: [first.yaml, second.yaml]\n")).content["labels"]
    assert labels == {"NAME": "mask", "AGE": "keep", "ID": "mask"}
    turned = effective(write("turned.yaml", "include: [second.yaml, first.yaml]\n")).content["labels"]
    assert turned["NAME"] == "remove"


def test_a_rule_that_is_null_is_taken_away(write: Write) -> None:
    content = effective(
        write("ours.yaml", "include: base.yaml\nhl7v2: {rules: {PID-12: null}}\nlabels: {ID: null}")
    ).content
    assert set(content["hl7v2"]["rules"]) == {"ST", "PID-5.1"}
    assert content["labels"] == {"NAME": "surrogate"}
    with pytest.raises(PolicyError, match=r"ours.yaml, line 3: hl7v2.rules.PID-13: .* did you mean PID-12"):
        effective(write("ours.yaml", "include: base.yaml\nhl7v2: {rules: {\nPID-13: null}}\n"))


def test_null_takes_nothing_away_that_is_no_rule(write: Write) -> None:
    content = effective(write("ours.yaml", "include: base.yaml\nmodels: null\n")).content
    assert content["models"] is None


def test_a_shipped_policy_is_included_by_name(write: Write) -> None:
    file = write("ours.yaml", "include: expert_determination\nname: ours\nlabels: {AGE: keep}\n")
    policy, shipped = load_policy(str(file)), load_policy("expert_determination")
    assert policy.labels["AGE"].operator == "keep"
    assert policy.hl7v2 == shipped.hl7v2


def test_files_are_looked_for_beside_the_one_that_includes_them(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    write("sub/inner.yaml", "include: near.yaml\n")
    write("sub/near.yaml", "labels: {DATE: shift}\n")
    file = write("ours.yaml", "include: [base.yaml, sub/inner.yaml]\n")
    monkeypatch.chdir("/")
    assert load_policy(str(file)).labels["DATE"].operator == "shift"


def test_the_digest_is_that_of_the_effective_policy_alone(write: Write) -> None:
    file = write("ours.yaml", "include: base.yaml\nlabels: {AGE: keep}\n")
    whole = yaml.safe_load(BASE)
    whole["labels"]["AGE"] = "keep"
    assert load_policy(str(file)).digest == parse_policy(yaml.safe_dump(whole), "whole").digest
    other = write("other.yaml", "# a remark\ninclude:\n  - middle.yaml\n")
    write("middle.yaml", "include: [base.yaml]\nlabels: {AGE: {operator: keep}}\n")
    assert load_policy(str(other)).digest == load_policy(str(file)).digest
    assert load_policy(str(file)).digest != parse_policy(BASE, "base").digest


def test_a_file_may_be_included_twice_but_not_by_itself(write: Write) -> None:
    write("left.yaml", "include: base.yaml\n")
    write("right.yaml", "include: base.yaml\n")
    assert effective(write("ours.yaml", "include: [left.yaml, right.yaml]\n")).content["name"] == "base"
    with pytest.raises(PolicyError, match=r"line 1: files include one another: self\.yaml includes self\.yaml"):
        effective(write("self.yaml", "include: self.yaml\n"))
    write("a.yaml", "include: b.yaml\n")
    write("b.yaml", "include: c.yaml\n")
    write("c.yaml", "name: x\ninclude: [base.yaml, a.yaml]\n")
    with pytest.raises(PolicyError) as refusal:
        load_policy(str(write("a.yaml", "include: b.yaml\n")))
    assert "c.yaml, line 2: files include one another: a.yaml includes b.yaml includes c.yaml includes a.yaml" in str(
        refusal.value
    )


@pytest.mark.parametrize(
    ("own", "complaint"),
    [
        ("include: absent.yaml\n", "line 1: include: there is no file"),
        ("include: [base.yaml,\n  absent.yaml]\n", "line 2: include: there is no file"),
        ("include: expert_determinatoin\n", "did you mean expert_determination?"),
        ("include: [1]\n", "line 1: include: give a file"),
        ("include: {a: b}\n", "include: give a file"),
        ("include:\n", "include: give a file"),
        ("include: list.yaml\n", "list.yaml is no mapping"),
        ("include: .\n", "cannot be read"),
        ("include: broken.yaml\n", "broken.yaml, line 2: not valid YAML"),
    ],
)
def test_what_cannot_be_included_is_said_with_its_line(write: Write, own: str, complaint: str) -> None:
    write("list.yaml", "[1]\n")
    write("broken.yaml", "a: [")
    with pytest.raises(PolicyError) as refusal:
        load_policy(str(write("ours.yaml", own)))
    assert complaint in str(refusal.value)


def test_a_fault_is_told_where_it_stands_in_whichever_file(write: Write) -> None:
    write("faulty.yaml", "include: base.yaml\n\nlabels:\n  AGE: kep\n")
    file = write("ours.yaml", "include: faulty.yaml\n\nlabels:\n\n  DATE: shit\n")
    with pytest.raises(PolicyError) as refusal:
        load_policy(str(file))
    first, second = sorted(str(refusal.value).splitlines())
    assert first.endswith("faulty.yaml, line 4: labels.AGE.operator: there is no operator kep; did you mean keep?")
    assert second.endswith("ours.yaml, line 5: labels.DATE.operator: there is no operator shit; did you mean shift?")


def test_too_many_files_are_refused(write: Write) -> None:
    names = [f"n{number}.yaml" for number in range(120)]
    for name in names:
        write(name, "name: x\n")
    with pytest.raises(PolicyError, match="more than 100 files"):
        effective(write("ours.yaml", f"include: [{', '.join(names)}]\n"))


def test_a_policy_that_holds_itself_is_refused_and_does_not_hang(write: Write) -> None:
    with pytest.raises(PolicyError):
        load_policy(str(write("ours.yaml", "include: base.yaml\nidentity: &me {authorities: *me}\n")))


@pytest.mark.parametrize(
    ("path", "depth"),
    [
        (("labels", "NAME", "operator"), 2),
        (("hl7v2", "rules", "ST", "label"), 3),
        (("fhir", "methods", "gone", "string", "operator"), 4),
        (("fhir", "paths", 3, "rule"), 2),
        (("hl7v2", "segments", "ZPI", 1), 4),
        (("dates", "max_days"), 2),
        ((), 0),
    ],
)
def test_what_is_replaced_whole(path: tuple[str | int, ...], depth: int) -> None:
    assert entry_depth(path) == depth


def test_suggestions_are_of_what_is_alike() -> None:
    assert suggestion("Keep", ["keep", "code"]) == "; did you mean keep?"
    assert suggestion("xyz", ["keep", "code"]) == ""
    assert "keep_all" in shipped_policies()
    assert not any("test" in name for name in shipped_policies())
