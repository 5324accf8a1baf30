"""Where findings begin and end. Names and places: not with "and" or "of", before a degree, before the label of the next
field. Numbers: not within what is written in one.

``Consultant: Ann Lee   Op: Bo Ray`` and ``Ann Lee, M.D.`` have findings that run on: a rule reads the last as a surname
with initials, a model takes a column for a blank. Of ``FS:7F:MX`` a model may find the half.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from streamdeid.detect.resolve import is_of_a_model
from streamdeid.detect.rules.words import word_set
from streamdeid.types import Span

#: Groups of a number, joined by a mark each. A number is no longer than this, in characters.
_GROUPS_AFTER: Final = re.compile(r"(?:[:./_-][A-Z0-9]{1,8}(?![a-z0-9A-Z]))+")
_GROUPS_BEFORE: Final = re.compile(r"(?<![A-Za-z0-9])(?:[A-Z0-9]{1,8}[:./_-])+$")
_LONGEST: Final = 40
_LABELS: Final = ("NAME", "LOCATION", "PROFESSION")
_JOINS: Final = word_set("and or of who was is has with from for")
#: In small letters, In, On, To and By may be somebody's name.
_JOINS_OF_PLACES: Final = _JOINS | word_set("at in on to by nr near")
#: So many of them in a row at each end.
_MOST_JOINS: Final = 2
_LAST_WORD: Final = re.compile(r"(?P<gap>[,;|\s]+)(?P<label>[A-Za-z][A-Za-z.'-]*)$")
#: What follows the label of a field, beside a name: its colon, or its number.
_AFTER_LABEL: Final = re.compile(r"(?:\(s\))?\s?[:#]|\s(?:no|number)\b")
_AFTER_LABEL_OF_NUMBER: Final = re.compile(r"\s\d")
#: Labels that nobody is called, whatever follows.
_SURE_FIELDS: Final = word_set("dob d.o.b doa mrn nhs")
#: None of them is a surname as well, as Ward and To are of those who speak; but Date, far more often the label.
_FIELDS: Final = word_set(
    "tel telephone phone fax ext mob mobile pager bleep email e-mail op asst date time dob d.o.b doa dod dos age sex "
    "gender mrn nhs hosp number ref loc location cc sent subj subject collected rec'd received typed dictated "
    "signed reported runner scrub circulator therapist anaes anaesthetist surgeon consultant attending physician "
    "provider facility employer occupation address addr room bed dept dx rx hx meds allergies plan diagnosis "
    "procedure indication specimen reason referrer gp pcp nok relationship emergency interpreter religion insurer "
    "account id rm property apologies prealert partner carer escort recorder chair minutes attendees present absent "
    "handover triage weight height pulse pharmacy dispensed prescriber coder scanned printed updated reviewed "
    "forename forenames firstname surname print designation grade signature postcode"
)
_DEGREE: Final = re.compile(
    r"[,\s]+(?:M\.D|D\.O|R\.N|Ph\.?D|M\.B|B\.S|M\.S|MD|RN|LPN|PA-C|LCSW|LMSW|DPT|PharmD|FRC[SPA]\w*|MRC\w+|MBBS|MBChB)\.?$"
)


def trimmed(span: Span, text: str) -> Span:
    """The finding without what does not belong to it. Of a known value nothing is taken."""
    if span.entity is not None or not span.label.startswith(_LABELS):
        return span
    span = _without_joins(span, text)
    covered = text[span.start : span.end]
    is_name = span.label.startswith("NAME")
    found = _next_field(covered, text, span.end, is_name)
    if found is None and is_name:
        found = _DEGREE.search(covered)
    return span if found is None or not found.start() else span._replace(end=span.start + found.start())


def completed(spans: Sequence[Span], text: str) -> list[Span]:
    """The findings, sorted and disjoint, of which those numbers that a model has found go on to where they end."""
    whole = list(spans)
    for at, span in enumerate(whole):
        if is_of_a_model(span) and span.label.startswith("ID"):
            least = whole[at - 1].end if at else 0
            most = whole[at + 1].start if at + 1 < len(whole) else len(text)
            whole[at] = _completed(span, text, max(least, span.start - _LONGEST), min(most, span.end + _LONGEST))
    return whole


def _completed(span: Span, text: str, least: int, most: int) -> Span:
    before, after = _GROUPS_BEFORE.search(text, least, span.start), _GROUPS_AFTER.match(text, span.end, most)
    is_label = before is None or not any(map(str.isdigit, before[0]))  # MRN:
    start = span.start if before is None or is_label else before.start()
    end = after.end() if after else span.end
    is_number = any(map(str.isdigit, text[start:end])) and end - start <= _LONGEST
    return span._replace(start=start, end=end) if is_number else span


def _without_joins(span: Span, text: str) -> Span:
    joins = _JOINS if span.label.startswith("NAME") else _JOINS_OF_PLACES
    start, end = span.start, span.end
    for _ in range(_MOST_JOINS):
        words = text[start:end].split(maxsplit=1)
        if len(words) > 1 and words[0] in joins:
            start = end - len(words[1])
        words = text[start:end].rsplit(maxsplit=1)
        if len(words) > 1 and words[1] in joins:
            end = start + len(words[0])
    return span._replace(start=start, end=end)


def _next_field(covered: str, text: str, end: int, is_name: bool) -> re.Match[str] | None:
    """The label of a field at the end of a finding that a colon follows, or, after a name, a column, a line or a
    number. Somebody who speaks has a colon as well."""
    found = _LAST_WORD.search(covered)
    label = found["label"].lower().rstrip(".") if found is not None else ""
    if found is None or label not in _FIELDS:
        return None
    is_apart = is_name and (label in _SURE_FIELDS or (len(found["gap"]) > 1 and not set(found["gap"]) & set(",;|")))
    is_label = _AFTER_LABEL.match(text, end) or (is_name and _AFTER_LABEL_OF_NUMBER.match(text, end))
    return found if is_apart or is_label else None
