"""What two policies say differently, and what they do differently."""

from pathlib import Path

import pytest

from streamdeid.build import build_deidentifier, load_policy, parse_policy
from streamdeid.errors import UsageError
from streamdeid.formats.lineages import lineages
from streamdeid.policy_check.difference import Change, Setting, changes, settings
from streamdeid.policy_check.effects import Effect, Effects, Sample, effects, made_up, read_samples
from streamdeid.policy_check.trial import MADE_UP_SECRET
from streamdeid.types import Format

BASE = """\
name: base
hl7v2: {rules: {ST: detect, FN: surrogate NAME/FAMILY, XPN: remove, PID-12: keep}}
fhir: {rules: {string: detect, HumanName.family: surrogate NAME/FAMILY, date: shift DATE}}
labels: {NAME: surrogate, ID: keep}
"""
ER7 = (
    b"MSH|^~\\&|LAB|MADEUP|LAKE|MADEUP|20240305101500||ADT^A01^ADT_A01|MSG1|T|2.5.1\r"
    b"PID|1||0047113^^^MADEUP^MR||Testcase^Tamara^Q||19571122|F\r"
)


def differences(after: str, before: str = BASE) -> list[Change]:
    return changes(parse_policy(before, "a"), parse_policy(after, "b"))


def overlaid(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "ours.yaml"
    file.write_text(f"include: expert_determination\n{text}")
    return file


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("PID-12: keep", "PID-12: remove", ("changed", "hl7v2", "PID-12", "keep", "remove", "PID-12", "PID-12")),
        ("PID-12: keep", "PID-12: keep, NM: keep", ("added", "hl7v2", "NM", "", "keep", "", "NM")),
        ("date: shift DATE", "time: keep", ("removed", "fhir", "date", "shift DATE", "", "date", "")),
        (
            "PID-12: keep",
            "PID-12: keep, PID-5.1: mask NAME/FAMILY",
            ("changed", "hl7v2", "PID-5.1", "surrogate NAME/FAMILY", "mask NAME/FAMILY", "FN", "PID-5.1"),
        ),
        (
            "HumanName.family: surrogate NAME/FAMILY",
            "Patient.name.given: remove",
            ("changed", "fhir", "HumanName.family", "surrogate NAME/FAMILY", "detect", "HumanName.family", "string"),
        ),
        ("ID: keep", "ID: keep, ID/SSN: remove", ("changed", "labels", "ID/SSN", "keep", "remove", "ID", "ID/SSN")),
        (
            "NAME: surrogate",
            "NAME: {operator: surrogate, scope: entity}",
            ("changed", "labels", "NAME", "surrogate", "surrogate scope=entity", "NAME", "NAME"),
        ),
    ],
)
def test_a_rule_that_differs_is_told_with_what_was_before(old: str, new: str, expected: tuple[str, ...]) -> None:
    found = differences(BASE.replace(old, new))
    kind, *rest = expected
    assert Change(*rest) in found
    assert Change(*rest).kind == kind


@pytest.mark.parametrize(
    "more",
    [
        "PID-12: keep, PID-5.2: remove",  # XPN says so already
        "PID-12: keep, XPN.3: remove",
    ],
)
def test_a_rule_that_says_what_another_said_is_no_change(more: str) -> None:
    assert differences(BASE.replace("PID-12: keep", more)) == []


def test_what_a_more_specific_rule_decides_is_no_change_there() -> None:
    """XPN.1 is ruled by FN, so a change of XPN does not show in it."""
    (found,) = differences(BASE.replace("XPN: remove", "XPN: keep"))
    assert (found.name, found.before, found.after) == ("XPN", "remove", "keep")


def test_equal_policies_do_not_differ() -> None:
    shipped = load_policy()
    assert changes(shipped, shipped) == []
    assert settings(shipped, shipped) == []


def test_settings_are_told_by_their_path() -> None:
    after = BASE + "dates: {max_days: 99}\nidentity: {prefer: [U]}\n"
    found = settings(parse_policy(BASE, "a"), parse_policy(after.replace("name: base", "name: ours"), "b"))
    assert set(found) == {
        Setting("name", "base", "ours"),
        Setting("dates.max_days", "365", "99"),
        Setting("identity.prefer", "MR, PI, PT", "U"),
    }


@pytest.mark.parametrize(
    ("format", "name", "expected"),
    [
        (Format.HL7V2, "PID-7", ("PID-7.1", "PID-7", "TS.1", "TS")),
        (Format.HL7V2, "XPN.1", ("XPN.1", "FN.1", "FN", "ST")),
        (Format.HL7V2, "DTM", ("DTM",)),
        (Format.HL7V2, "ZPI-1", ("ZPI-1.2", "ZPI-1", "XPN.2", "XPN", "ST")),
        (Format.FHIR, "Patient.name.family", ("Patient.name.family", "HumanName.family", "string")),
        (Format.FHIR, "Observation.value[x]", ("Observation.value[x]", "Observation.valueString", "string")),
        (Format.FHIR, "Resource.id", ("Resource.id", "id")),
        (Format.FHIR, "string", ("string",)),
        (Format.TEXT, "html.text", ("html.text", "html.text")),
        (Format.HL7V2, "CX(SS).1", ("CX(SS).1", "CX.1", "CX", "ST")),
    ],
)
def test_the_lineages_of_a_name(format: Format, name: str, expected: tuple[str, ...]) -> None:
    found = lineages(format, name, {"ZPI": {1: "XPN"}})
    assert any(lineage[: len(expected)] == expected for lineage in found), found
    assert all(name in lineage for lineage in found)


def compared(before: str | Path, after: str | Path, *samples: Sample) -> Effects:
    old, new = (build_deidentifier(load_policy(str(one)), MADE_UP_SECRET) for one in (before, after))
    return effects(old, new, samples)


def test_effects_are_counted_by_place_and_operator(tmp_path: Path) -> None:
    ours = overlaid(
        tmp_path, "hl7v2: {rules: {PID-5.1: mask NAME/FAMILY, PID-5.2: keep}}\nlabels: {NAME/GIVEN: keep}\n"
    )
    found = compared("expert_determination", ours, Sample(ER7, Format.HL7V2), Sample(ER7, Format.HL7V2))
    assert found.places == {
        Effect("PID-5.1.1", "surrogate", "mask"): 2,
        Effect("PID-5.2", "surrogate", "keep"): 2,
    }
    assert (found.messages, found.differing) == (2, 2)
    assert not found.outcomes
    example = found.examples[Effect("PID-5.2", "surrogate", "keep")]
    assert (example.value, example.after) == ("Tamara", "Tamara")
    assert example.before not in ("", "Tamara")


def test_messages_that_fare_differently_are_counted(tmp_path: Path) -> None:
    ours = overlaid(tmp_path, "hl7v2: {rules: {PID-8: quarantine}}\n")
    found = compared("expert_determination", ours, Sample(ER7, Format.HL7V2), Sample(b"MSH|", Format.HL7V2))
    assert found.outcomes == {Effect("", "released", "quarantined, policy.refused at PID-8"): 1}
    assert (found.messages, found.differing) == (2, 1)


def test_made_up_messages_are_of_both_formats_and_all_released() -> None:
    samples = list(made_up(12))
    assert {sample.format for sample in samples} == {Format.HL7V2, Format.FHIR}
    found = effects(*[build_deidentifier(load_policy("keep_all"), MADE_UP_SECRET)] * 2, samples)
    assert (found.messages, found.differing) == (12, 0)


def test_samples_are_the_messages_of_files_and_folders(tmp_path: Path) -> None:
    folder = tmp_path / "messages"
    folder.mkdir()
    (folder / "two.hl7").write_bytes(ER7 + ER7)
    (folder / "one.ndjson").write_text(
        '{"resourceType":"Patient"}\n{"resourceType":"Patient"}\n{"resourceType":"Patient"}\n'
    )
    (tmp_path / "note.txt").write_text("Seen.")
    found = list(read_samples([folder, tmp_path / "note.txt"]))
    assert [sample.format for sample in found] == [Format.FHIR] * 3 + [Format.HL7V2] * 2 + [Format.TEXT]


@pytest.mark.parametrize("name", ["absent", "odd.bin"])
def test_samples_that_cannot_be_read_are_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "odd.bin").write_bytes(b"\x00\x01")
    with pytest.raises(UsageError, match=name):
        list(read_samples([tmp_path / name]))
