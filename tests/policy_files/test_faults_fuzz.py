"""Whatever is wrong with a policy, it is refused with lines that say where; never with anything else."""

from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from streamdeid.build import parse_policy
from streamdeid.errors import PolicyError

BASE = """\
name: base
dates: {max_days: 99}
hl7v2: {rules: {ST: detect, PID-5.1: {operator: surrogate, label: NAME/FAMILY}}, segments: {ZPI: {1: XPN}}}
fhir: {rules: {string: detect}, paths: [{path: Patient.name, method: gone}], methods: {gone: {string: remove}}}
labels: {NAME: surrogate, ID: mask}
models: []
"""
ODD = st.sampled_from(
    [None, True, 0, -1, 1.5, "", "keep", "keep it", "surrogate NAME", [], ["x"], {}, {"a": 1}, {1: 2}]
)


def nodes(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(inner for key, below in pairs for inner in nodes(below, (*path, key)))]


PATHS = [path for path in nodes(yaml.safe_load(BASE)) if path]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PATHS), ODD, st.sampled_from(["put", "drop", "add"])), max_size=4))
def test_a_spoilt_policy_is_valid_or_refused_line_by_line(changes: list[tuple[tuple[Any, ...], Any, str]]) -> None:
    content = yaml.safe_load(BASE)
    for path, odd, how in changes:
        around = content
        for step in path[:-1]:
            around = around[step] if isinstance(around, dict | list) and step in nodes_of(around) else None
        if isinstance(around, dict):
            if how == "drop":
                around.pop(path[-1], None)
            else:
                around[path[-1] if how == "put" else f"{path[-1]}x"] = odd
    text = yaml.safe_dump(content)
    try:
        parse_policy(text, "spoilt.yaml")
    except PolicyError as refusal:
        lines = str(refusal).splitlines()
        assert lines
        assert all(line.startswith("spoilt.yaml, line ") for line in lines)
        assert len(lines) == len(set(lines))


def nodes_of(value: Any) -> list[Any]:
    return list(value) if isinstance(value, dict) else list(range(len(value)))
