"""Cases tried on an engine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from streamdeid.engine import Deidentifier, Request
from streamdeid.message.scan import scan
from streamdeid.policy_check.cases import Case
from streamdeid.policy_check.expecting import Comparison, parsed
from streamdeid.policy_check.places import covers, values
from streamdeid.types import Quarantined, Released

#: What surrogates in cases are derived from, so that each run gives the same ones. It protects nothing.
MADE_UP_SECRET: Final = b"a made-up secret, for trying policies and nothing else"


class Result(NamedTuple):
    """What has come of a case: nothing but what was expected if there are no `problems`."""

    name: str
    outcome: str
    problems: tuple[str, ...]


def results(engine: Deidentifier, cases: Sequence[Case], *, show_values: bool = False) -> Iterator[Result]:
    """The cases, each with an identity table of its own. Values of messages are in problems only if wanted."""
    for case in cases:
        outcome = engine.process([Request(case.content, case.kind, 1)], {})[0]
        if isinstance(outcome, Quarantined):
            at = f" at {outcome.path}" if outcome.path else ""
            yield Result(case.name, f"quarantined, {outcome.code}{at}", tuple(_of_refused(case, outcome)))
        else:
            problems = _of_released(engine, case, outcome, show_values)
            yield Result(case.name, f"released, {outcome.edits} replacements", tuple(problems))


def _of_refused(case: Case, outcome: Quarantined) -> Iterator[str]:
    expected = case.expect
    if not expected.is_quarantined:
        yield f"expected to be released, but quarantined: {outcome.code}{f' at {outcome.path}' if outcome.path else ''}"
        return
    if expected.code is not None and outcome.code != expected.code:
        yield f"expected the code {expected.code}, not {outcome.code}"
    refused = (path for path, one in expected.expectations() if parsed(one)[0] == "quarantined")
    for path in (*([] if expected.path is None else [expected.path]), *refused):
        if not covers(path, outcome.path):
            yield f"expected to be quarantined for {path}, not for {outcome.path or 'the whole message'}"


def _of_released(engine: Deidentifier, case: Case, outcome: Released, show_values: bool) -> Iterator[str]:
    expected = case.expect
    if expected.is_quarantined:
        yield f"expected to be quarantined{f': {expected.code}' if expected.code else ''}, but released"
        return
    before, after = (
        values(scan(content, case.kind, engine.policy).document) for content in (case.content, outcome.content)
    )
    comparison = Comparison(before, after, engine.policy.dates, show_values)
    for path, expectation in expected.expectations():
        problem = comparison.problem(path, expectation)
        if problem:
            yield problem
    # As written and as meant: an escape may hide a character from one of the two.
    readable = "\n".join((outcome.content.decode("utf-8", "replace"), *(value.text for value in after)))
    yield from (f"expected to contain {text!r}" for text in expected.contains if text not in readable)
    folded = readable.casefold()
    yield from (f"expected to lack {text!r}, but has it" for text in expected.lacks if text.casefold() in folded)
