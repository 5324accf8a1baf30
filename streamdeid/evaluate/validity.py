"""Whether what was valid is still valid: by libraries that other people wrote."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from fhir.resources.R4B import get_fhir_model_class
from hl7apy.exceptions import HL7apyException
from hl7apy.parser import parse_message
from pydantic import ValidationError

from streamdeid.evaluate.pairing import Pair
from streamdeid.types import Format


def broken(pair: Pair) -> str:
    """Why the released message is less valid than the original; empty where it is not."""
    if pair.after is None:
        return ""
    if pair.format is Format.FHIR:
        return _broken_fhir(pair.before, pair.after)
    if pair.format is Format.HL7V2:
        return _broken_hl7(pair.before, pair.after)
    return ""


def _broken_fhir(before: bytes, after: bytes) -> str:
    if not _accepted(before):
        return ""
    if not _accepted(after):
        return "fhir.resources no longer accepts it"
    lost = len(_unresolved(after)) - len(_unresolved(before))
    return f"{lost} references no longer resolve" if lost > 0 else ""


def _accepted(content: bytes) -> bool:
    """Whether fhir.resources (R4B) accepts the resource."""
    try:
        resource = json.loads(content)
        get_fhir_model_class(resource["resourceType"]).model_validate_json(content)
    except (ValidationError, ValueError, KeyError, TypeError):
        return False
    return True


def _unresolved(content: bytes) -> set[str]:
    """References of a bundle that no entry of it answers."""
    bundle = json.loads(content)
    entries = bundle.get("entry") if isinstance(bundle, dict) else None
    if not isinstance(entries, list):
        return set()
    targets: set[str] = set()
    for entry in entries:
        resource = entry.get("resource") or {}
        targets.add(str(entry.get("fullUrl")))
        targets.add(f"{resource.get('resourceType')}/{resource.get('id')}")
    return {reference for reference in _references(bundle) if not _answers(reference, targets)}


def _answers(reference: str, targets: set[str]) -> bool:
    bare = reference.partition("/_history/")[0]
    return reference.startswith("#") or bare in targets or any(target.endswith("/" + bare) for target in targets)


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for item in node:
            yield from _references(item)
    elif isinstance(node, dict):
        if isinstance(node.get("reference"), str):
            yield node["reference"]
        for value in node.values():
            yield from _references(value)


def _broken_hl7(before: bytes, after: bytes) -> str:
    first = _shape(before)
    if first is None:
        return ""
    second = _shape(after)
    if second is None:
        return "hl7apy no longer parses it"
    return "" if first == second else "hl7apy parses it to another structure"


def _shape(content: bytes) -> list[str] | None:
    """The segments that hl7apy parses the message to, and its type and version; None where it does not parse it."""
    text = content.decode("utf-8", "replace").lstrip("\ufeff").replace("\r\n", "\r").replace("\n", "\r")
    try:
        message = parse_message(text, find_groups=False)
        return [message.name, message.version, *(segment.name for segment in message.children)]
    except (HL7apyException, ValueError, KeyError, AttributeError, IndexError, TypeError):
        return None
