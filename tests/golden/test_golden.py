"""Whole messages, before and after, byte for byte. See messages/README.md."""

import os
from pathlib import Path

import pytest

from streamdeid.build import build_deidentifier, load_policy
from streamdeid.engine import Request
from streamdeid.formats import er7_split, fhir_split
from streamdeid.policy.policy import Policy
from streamdeid.types import Format, Released

MESSAGES = Path(__file__).parent / "messages"
BEFORE = sorted(MESSAGES.glob("*.before.*"))
FORMATS = {".hl7": Format.HL7V2, ".json": Format.FHIR, ".ndjson": Format.FHIR, ".txt": Format.TEXT}
SECRET = b"the fixed secret of the golden messages"
UPDATE = os.environ.get("STREAMDEID_UPDATE_GOLDEN") == "1"


def pieces(content: bytes, format: Format) -> list[tuple[int, int]]:
    """Where the messages of a file start and end."""
    if format is Format.TEXT:
        return [(0, len(content))]
    split = er7_split.split if format is Format.HL7V2 else fhir_split.split
    return [(start, end) for start, end in split(content)]


def without_models() -> Policy:
    """The default policy without models: byte for byte is not what floating-point numbers promise on every machine."""
    return load_policy().model_copy(update={"models": ()})


def cleaned(content: bytes, format: Format) -> bytes:
    """The file with each of its messages cleaned, in order; what is between them stays."""
    engine, vault = build_deidentifier(without_models(), SECRET), dict[str, bytes]()
    made, position = b"", 0
    for number, (start, end) in enumerate(pieces(content, format)):
        outcome = engine.process([Request(content[start:end], format, number)], vault)[0]
        assert isinstance(outcome, Released), (number, outcome)
        made += content[position:start] + outcome.content
        position = end
    return made + content[position:]


def test_there_are_messages_of_every_format() -> None:
    assert {file.suffix for file in BEFORE} == set(FORMATS)
    assert not UPDATE or "CI" not in os.environ


@pytest.mark.parametrize("before", BEFORE, ids=lambda file: file.name)
def test_a_message_becomes_what_it_became_before(before: Path) -> None:
    format = FORMATS[before.suffix]
    after = before.with_name(before.name.replace(".before.", ".after."))
    content = before.read_bytes()
    if format is Format.HL7V2:
        made = cleaned(content.replace(b"\n", b"\r"), format).replace(b"\r", b"\n")
    else:
        made = cleaned(content, format)
    if UPDATE:
        after.write_bytes(made)
    assert after.read_bytes() == made


def test_nothing_is_there_without_its_other_half() -> None:
    names = {file.name.replace(".after.", ".before.") for file in MESSAGES.glob("*.after.*")}
    assert names == {file.name for file in BEFORE}
