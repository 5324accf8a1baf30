"""Narrative where its datatype does not let it stand: a remark in a number, a sentence in a code.

Senders leave a field out, or number nothing, and all that follows moves by one. A policy that keeps numbers, times and
codes for what they are does not mean that.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Final

from streamdeid.types import Format

#: Datatypes that say how a value is written: of HL7 v2 (v2.8.2, chapter 2A), and those of FHIR's primitive types (R4
#: 2.24.0.1) that JSON writes as text.
FORMAL: Final = frozenset({"ID", "NM", "SI", "TM", "canonical", "code", "time", "uri"})
#: Those in which two figures with the same mark between and after them are no value, as they may be in a code or time.
_NUMBERS: Final = frozenset({"NM", "SI"})
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_FIGURES: Final = re.compile(r"\d([-/])\d+\1\d|@")


def is_astray(datatype: str, text: str) -> bool:
    """Whether a value of one of the `FORMAL` datatypes is none: it has two words, or is a number that is written like
    a date, a telephone number or an e-mail address."""
    if text.isalnum():
        return False
    if next(islice(_WORD.finditer(text), 1, None), None) is not None and " " in text.strip():
        return True
    return datatype in _NUMBERS and _FIGURES.search(text) is not None


def held_as(datatype: str, text: str, format: Format) -> str:
    """The datatype whose rules a false value has to keep that stands in `text`: in narrative that went astray in FHIR
    those of a text, since what demands another form is broken already."""
    is_text = format is Format.FHIR and datatype in FORMAL and is_astray(datatype, text)
    return "string" if is_text else datatype
