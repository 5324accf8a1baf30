"""What is wrong, in words that tell what to write instead: of entries of a policy, and of files that cannot be read."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final

from pydantic_core import ErrorDetails

from streamdeid.policy.rule_forms import LABEL
from streamdeid.policy_files.located import Path

_A_RULE: Final = "a rule is a text such as mask NAME/FAMILY, or a mapping with an operator"
_LISTS: Final[Mapping[Path, str]] = {
    ("fhir", "paths"): "give a list, with an entry - {path: ..., rule: ...} for each path",
    ("models",): "give a list of models",
}


def in_words(error: ErrorDetails, path: Path) -> str:
    """What pydantic finds wrong with what stands at `path`, for somebody who writes YAML."""
    kind, given = error["type"], error["input"]
    if kind == "enum" and path[-1:] == ("operator",):
        return f"there is no operator {given}"
    if kind == "string_pattern_mismatch" and LABEL in error["ctx"]["pattern"]:
        return f"{given} is no label such as NAME/FAMILY or DATE"
    if kind == "union_tag_invalid":
        name, known = error["ctx"]["discriminator"].strip("'"), error["ctx"]["expected_tags"].replace("'", "")
        return f"there is no {name} {error['ctx']['tag']}; there are {known}"
    if kind == "tuple_type":
        return _LISTS.get(path, "give a list")
    if kind in ("model_type", "model_attributes_type", "dict_type", "mapping_type"):
        return _no_mapping(error, path)
    return error["msg"].removeprefix("Value error, ")


def _no_mapping(error: ErrorDetails, path: Path) -> str:
    if error.get("ctx", {}).get("class_name") == "Rule":
        return _A_RULE
    if path:
        return "give a mapping, of names to what each is to be"
    if error["input"] is None:
        return "there is nothing in it: a policy has name, hl7v2, fhir and labels, or an include"
    return "a policy is a mapping, with name, hl7v2, fhir and labels, or an include"


def why_unread(fault: OSError | UnicodeDecodeError) -> str:
    """Why a file cannot be read as text."""
    if isinstance(fault, UnicodeDecodeError):
        return "it is no text in UTF-8: save it as UTF-8"
    return "it is a directory" if isinstance(fault, IsADirectoryError) else os.strerror(fault.errno or 0)
