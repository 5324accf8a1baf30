"""Cases tried: what is as expected passes, and what is not is told. The shipped policies' own cases pass."""

from collections.abc import Callable
from functools import cache

import pytest
import yaml

from streamdeid.build import build_deidentifier, load_policy, shipped_policies
from streamdeid.engine import Deidentifier
from streamdeid.policy_check.cases import Case, read_cases
from streamdeid.policy_check.trial import MADE_UP_SECRET, Result, results
from streamdeid.policy_files.shipped import shipped_tests

ER7 = """\
MSH|^~\\&|LAB|MADEUP|LAKE|MADEUP|20240305101500||ORU^R01^ORU_R01|MSG1|T|2.5.1
PID|1||0047113^^^MADEUP^MR||Testcase^Tamara^Q||19571122|F|||9 Sample Street^^Nowhereton^OH^43999^^^^County
OBX|1|NM|2345-7^Glucose^LN||1.100|g/L
OBX|2|TX|11502-2^Report^LN||Mrs. Testcase was seen on 2024-03-05.
"""
Try = Callable[..., Result]


@cache
def engine(name: str) -> Deidentifier:
    return build_deidentifier(load_policy(name), MADE_UP_SECRET)


def tried(
    expect: dict[str, object], message: object = ER7, policy: str = "expert_determination", **more: bool
) -> Result:
    (case,) = read_cases(yaml.safe_dump({"cases": [{"name": "one", "message": message, "expect": expect}]}), "x").cases
    (result,) = results(engine(policy), [case], **more)
    return result


CASES = [(name, case) for name in shipped_policies() for case in read_cases(shipped_tests(name), name).cases]


@pytest.mark.parametrize(("policy", "case"), CASES, ids=[f"{name}: {case.name}" for name, case in CASES])
def test_the_shipped_policies_do_what_their_cases_say(policy: str, case: Case) -> None:
    (result,) = results(engine(policy), [case])
    assert result.problems == ()


def test_every_shipped_policy_has_cases_of_all_formats_and_quarantine() -> None:
    for name in shipped_policies():
        cases = [case for policy, case in CASES if policy == name]
        assert {case.kind for case in cases} == {"hl7v2", "fhir", "text"}
        assert any(case.expect.is_quarantined for case in cases)


def test_the_cases_of_one_policy_fail_with_another() -> None:
    """So they can fail: all that speak of changes do under a policy that makes none."""
    cases = [case for policy, case in CASES if policy == "expert_determination" and case.expect.lacks]
    assert len(cases) > 8
    assert all(result.problems for result in results(engine("keep_all"), cases))


@pytest.mark.parametrize(
    ("path", "expectation"),
    [
        ("PID-5.1", "changed"),
        ("PID-5", "changed"),
        ("PID-8", "kept"),
        ("PID-11.9", "removed"),
        ("PID-7", "shifted"),
        ("MSH-7", "shifted"),
        ("OBX[1]-5", "equals 1.100"),
        ("OBX(1)-5", "matches \\d\\.\\d+"),
        ("PID-5.1", "same as PID-5-1-1"),
    ],
)
def test_what_is_as_expected_is_no_problem(path: str, expectation: str) -> None:
    assert tried({"paths": {path: expectation}}).problems == ()


@pytest.mark.parametrize(
    ("path", "expectation", "problem"),
    [
        ("PID-8", "changed", "PID-8: expected changed; not so at PID-8"),
        ("PID-11.9", "changed", "PID-11.9: expected changed; not so at PID-11.9"),
        ("PID-5.1", "kept", "PID-5.1: expected kept; not so at PID-5.1.1"),
        ("PID-5", "kept", "PID-5: expected kept; not so at PID-5.1.1, PID-5.2, PID-5.3"),
        ("PID-5.1", "removed", "PID-5.1: expected removed, but something is left; not so at PID-5.1.1"),
        ("OBX[1]-5", "shifted", "OBX[1]-5: expected shifted; not so at OBX-5"),
        ("PID-8", "shifted", "PID-8: expected shifted; not so at PID-8"),
        ("OBX[1]-5", "equals 1.1", "OBX[1]-5: expected 1.1; not so at OBX-5"),
        ("PID-8", "matches [MO]", "PID-8: expected to match [MO]; not so at PID-8"),
        ("PID-5.1", "same as PID-5.2", "PID-5.1: expected the same as PID-5.2; not so at PID-5.1.1"),
        ("PID-30", "kept", "PID-30: the message has nothing there"),
        ("PID-30", "equals x", "PID-30: nothing is left there"),
        ("PID-11.9", "matches .*", "PID-11.9: nothing is left there"),
        ("PID-5", "quarantined", "expected to be quarantined, but released"),
    ],
)  # fmt: skip
def test_what_is_not_as_expected_is_told_by_its_path(path: str, expectation: str, problem: str) -> None:
    assert tried({"paths": {path: expectation}}).problems == (problem,)


def test_values_are_told_on_request_alone() -> None:
    expect: dict[str, object] = {"paths": {"PID-5.1": "kept", "OBX[1]-5": "equals 1.1"}}
    assert not any("1.100" in problem for problem in tried(expect).problems)
    assert "OBX[1]-5: expected 1.1; not so at OBX-5 is '1.100'" in tried(expect, show_values=True).problems


def test_what_is_to_be_readable_or_not() -> None:
    assert tried({"contains": ["was seen on", "Glucose"], "lacks": ["TESTCASE", "2024-03-05"]}).problems == ()
    found = tried({"contains": ["Testcase"], "lacks": ["glucose"]}).problems
    assert found == ("expected to contain 'Testcase'", "expected to lack 'glucose', but has it")


def test_escaped_text_is_looked_for_as_it_is_meant_too() -> None:
    message = ER7.replace("was seen", "\\T\\ co were seen")
    assert tried({"contains": ["& co", "\\T\\ co"]}, message).problems == ()
    assert tried({"lacks": ["& co"]}, message).problems


@pytest.mark.parametrize(
    ("expect", "problems"),
    [
        ({"outcome": "quarantined"}, ()),
        ({"code": "er7.unknown_segment", "path": "ZPI-1"}, ()),
        ({"paths": {"ZPI": "quarantined"}}, ()),
        ({"outcome": "released"}, ("expected to be released, but quarantined: er7.unknown_segment at ZPI-1",)),
        ({"code": "er7.header"}, ("expected the code er7.header, not er7.unknown_segment",)),
        ({"path": "PID-3"}, ("expected to be quarantined for PID-3, not for ZPI-1",)),
        ({"paths": {"PID-3": "quarantined"}}, ("expected to be quarantined for PID-3, not for ZPI-1",)),
    ],
)
def test_quarantine(expect: dict[str, object], problems: tuple[str, ...]) -> None:
    found = tried(expect, ER7 + "ZPI|1\n")
    assert found.problems == problems
    assert found.outcome == "quarantined, er7.unknown_segment at ZPI-1"


def test_dates_of_one_message_move_together() -> None:
    two = {"resourceType": "Patient", "identifier": [{"value": "0047113"}], "birthDate": "1957-11-22"}
    assert tried({"paths": {"Patient.birthDate": "shifted"}}, two).problems == ()
    assert tried({"paths": {"Patient.birthDate": "shifted"}}, two, "keep_all").problems


def test_cases_do_not_know_of_one_another() -> None:
    case = Case(name="one", message=ER7)
    first, second = results(engine("expert_determination"), [case, case])
    assert first == second
