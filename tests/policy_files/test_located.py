"""What stands on which line."""

import pytest

from streamdeid.errors import PolicyError
from streamdeid.policy_files.located import read_yaml

TEXT = """\
name: small
hl7v2:
  rules: &rules
    ST: keep
    CX(SS).1: {operator: hash,
      label: ID/SSN}
fhir:
  rules:
    <<: *rules
    string: keep
paths:
  - one
  - {two: 2}
segments: {ZPI: {1: XPN}}
"""


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ((), (0, 1)),
        (("name",), (1, 1)),
        (("hl7v2", "rules", "ST"), (3, 4)),
        (("hl7v2", "rules", "CX(SS).1", "label"), (4, 6)),
        (("fhir", "rules", "string"), (3, 10)),
        (("fhir", "rules", "ST"), (3, 4)),
        (("paths", 1, "two"), (3, 13)),
        (("paths", 7), (1, 11)),
        (("segments", "ZPI", 1), (3, 14)),
        (("nothing",), (0, 1)),
        (("hl7v2", "nothing", "more"), (1, 2)),
        (("name", "more"), (1, 1)),
    ],
)
def test_the_line_is_that_of_the_entry_or_of_the_nearest_around_it(
    path: tuple[str | int, ...], found: tuple[int, int]
) -> None:
    assert read_yaml(TEXT, "small.yaml").line(path) == found


def test_an_empty_file_has_no_content() -> None:
    assert read_yaml("", "small.yaml").content is None
    assert read_yaml("# nothing\n", "small.yaml").line(("name",)) == (0, 1)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a: [", "line 2: not valid YAML"),
        ("a: 1\nb: 2\na: 3\n", "line 3: not valid YAML: 'a' stands here twice"),
        ("a: 1\n--- \nb: 2\n", "not valid YAML"),
        ("a: 2024-13-41", "not valid YAML"),
        ("[" * 50_000, "not valid YAML"),
    ],
)
def test_what_is_no_yaml_is_refused_with_its_line(text: str, complaint: str) -> None:
    with pytest.raises(PolicyError) as refusal:
        read_yaml(text, "small.yaml")
    assert str(refusal.value).startswith("small.yaml")
    assert complaint in str(refusal.value)


def test_dates_are_text_where_they_are_to_be() -> None:
    assert read_yaml("a: 1957-11-22", "x", dates=False).content == {"a": "1957-11-22"}
    assert read_yaml("a: 1957-11-22", "x").content != {"a": "1957-11-22"}
