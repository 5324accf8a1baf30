"""Operators that keep a value or do away with it, and those that the engine itself sees to."""

from __future__ import annotations

import base64
import re
from typing import ClassVar, Final

from pydantic import Field

from streamdeid.errors import TransformError
from streamdeid.transform.leaving import Left
from streamdeid.transform.strategy import OMITTED, Derivation, Request, Strategy
from streamdeid.types import Format

_MARKER: Final = "[removed]"
#: What stands for a removed value, by FHIR datatype; for types that are not here a value cannot be removed.
_REMOVED: Final = {
    "string": _MARKER,
    "markdown": _MARKER,
    "base64Binary": base64.b64encode(_MARKER.encode()).decode(),
    "xhtml": f'<div xmlns="http://www.w3.org/1999/xhtml">{_MARKER}</div>',
    "uri": "urn:removed",
    "url": "urn:removed",
    "canonical": "urn:removed",
    "oid": "urn:oid:0.0",
    "uuid": "urn:uuid:00000000-0000-0000-0000-000000000000",
}
_LONGEST_CODE: Final = 48
_NUMBER: Final = re.compile(r"\d{4}")
_MEDIA_TYPE: Final = re.compile(r"[a-z][a-z-]{0,19}/[\w.+-]{1,80}(?:;\s?charset=[\w-]{1,20}(?![^;]))?", re.A | re.I)


def removed(request: Request) -> str:
    """Nothing (HL7 v2, text); or a marker, since FHIR has no empty values.

    Raises:
        TransformError: the FHIR datatype has no value that says nothing.
    """
    if request.format is not Format.FHIR:
        return ""
    if request.datatype not in _REMOVED:
        raise TransformError("transform.unreadable")
    return _REMOVED[request.datatype]


class Keep(Strategy):
    """The value stays."""


class ByEngine(Strategy):
    """What is done is no replacement: detectors read the value, or it is opened, or the message is quarantined."""

    takes_label: ClassVar[bool] = False

    def leaves(self, label: str) -> Left:
        """Nothing: what is found in the value goes by its own label."""
        return Left.NOTHING


class Code(Strategy):
    """A code stays. What has four digits in a row, or is long, is none: senders put numbers and remarks into coded
    components of names, addresses and telephone numbers, and those go."""

    takes_label: ClassVar[bool] = False

    def apply(self, derivation: Derivation, request: Request) -> str | None:
        """Nothing, or the removal of what is no code."""
        text = request.mention
        return None if len(text) <= _LONGEST_CODE and not _NUMBER.search(text) else removed(request)


class MediaType(Strategy):
    """Type, subtype and charset of a media type (RFC 6838); other parameters may name a file, and so a person."""

    def apply(self, derivation: Derivation, request: Request) -> str | None:
        """The media type alone."""
        found = _MEDIA_TYPE.match(request.mention.strip())
        return found[0] if found else "application/octet-stream"


class Remove(Strategy):
    """Nothing, or a marker where FHIR wants a value."""

    any_length: ClassVar[bool] = True

    def apply(self, derivation: Derivation, request: Request) -> str | None:
        """See `removed`."""
        return removed(request)

    def leaves(self, label: str) -> Left:
        """Nothing."""
        return Left.NOTHING


class CheckDigit(Remove):
    """Nothing, unless the number stands beside it: then the check digit of what stands for that."""

    takes_label: ClassVar[bool] = False
    any_length: ClassVar[bool] = False


class Omit(Strategy):
    """The element is left out: of a FHIR resource with its name, of other messages the value."""

    any_length: ClassVar[bool] = True

    @property
    def may_omit(self) -> bool:
        """It always does."""
        return True

    def apply(self, derivation: Derivation, request: Request) -> str | None:
        """`OMITTED`."""
        return OMITTED

    def leaves(self, label: str) -> Left:
        """Nothing."""
        return Left.NOTHING


class Substitute(Strategy):
    """The text that the rule gives."""

    takes_label: ClassVar[bool] = False
    any_length: ClassVar[bool] = True
    lead: ClassVar[str] = "with"
    text: str = Field(alias="with", description="what is written")

    def apply(self, derivation: Derivation, request: Request) -> str | None:
        """The text."""
        return self.text

    def leaves(self, label: str) -> Left:
        """Nothing."""
        return Left.NOTHING
