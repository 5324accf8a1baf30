"""Names of parameters that users know from John Snow Labs' de-identification: taken where they mean what a policy can
say, and otherwise told what to write."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

#: True is what always holds here.
_ALWAYS: Final = ("genderAwareness", "geoConsistency", "consistentAcrossNameParts")
_PAIRS: Final = "staticObfuscationPairs"
_AGES: Final = "ageRanges"
#: What a policy may say of ages that groups of them go on from: one by one, up to 90+.
_AGES_ONE_BY_ONE: Final = (None, "age", "surrogate")
_SAME_LENGTH: Final = "sameLengthFormattedEntities"
_KEEP_LENGTH: Final = ("ID", "CONTACT/PHONE", "CONTACT/FAX", "LOCATION/ZIP")
#: Their labels and ours, where they mean the same.
_LABELS: Final = {
    **dict.fromkeys(("PATIENT", "DOCTOR"), "NAME"),
    **dict.fromkeys(("STREET", "CITY", "HOSPITAL", "ORGANIZATION", "COUNTY", "STATE", "ZIP", "COUNTRY"), "LOCATION"),
    **dict.fromkeys(("PHONE", "FAX", "EMAIL", "URL"), "CONTACT"),
    **dict.fromkeys(("SSN", "ACCOUNT", "VEHICLE", "DEVICE"), "ID"),
}
_OTHER_LABELS: Final = {
    "MEDICALRECORD": "ID/MRN",
    "IDNUM": "ID/OTHER",
    "LICENSE": "ID/LICENSE",
    "DLN": "ID/LICENSE",
    "PLAN": "ID/PLAN",
    "USERNAME": "NAME/USER",
}
#: What to write for a parameter that is not taken.
INSTEAD: Final[Mapping[str, str]] = {
    "genderAwareness": "given names keep their sex; for names of either, give lists without sex",
    "geoConsistency": "parts of an address are of one place; for any others, give lists",
    "consistentAcrossNameParts": "a false name is the same in all its parts, and that cannot be switched off",
    "days": "write dates: {min_days: N, max_days: N}; dates move back by N days, never forward",
    "keepYear": "write labels: {DATE: year}, and only the year is told; a shift does not keep it",
    "keepMonth": "write labels: {DATE: generalise DATE month}, and year and month are told",
    "dateToYearEntities": "write labels: {DATE/BIRTH: year} for each label whose year alone is told",
    "region": "write shift DATE day_first=true for eu, day_first=false for us; for values, put region into lists",
    _AGES: "write labels: {AGE: {operator: generalise, to: age, ranges: [1, 12, 20]}}, the first age of each group,"
    " lowest first",
    "sameEntityThreshold": "leave it out: a known name with one slip, beside its other part, gets the same surrogate",
    _PAIRS: "write pairs: {LABEL: {TRUE: FALSE}}, or a list of [TRUE, LABEL, FALSE]",
    _SAME_LENGTH: "leave it out: identifiers, telephone numbers and ZIP codes always keep their length, others do not",
    "blackList": "write labels: {LABEL: keep} for each label that is left alone",
}


def taken_over(content: Any) -> Any:
    """A policy's content with the parameters that mean the same here as ours; the others stay where they are."""
    if not isinstance(content, Mapping):
        return content
    same_length = content.get(_SAME_LENGTH)
    known = [name for name in _ALWAYS if content.get(name) is True]
    if isinstance(same_length, list) and all(_keeps_length(one) for one in same_length):
        known.append(_SAME_LENGTH)
    pairs = _pairs(content.get(_PAIRS), content.get("pairs", {}))
    if pairs is not None:
        known.append(_PAIRS)
    labels = _with_age_groups(content.get("labels"), content.get(_AGES))
    if labels is not None:
        known.append(_AGES)
    if not known:
        return content
    rest = {name: value for name, value in content.items() if name not in known}
    changed = {"pairs": pairs, "labels": labels}
    return rest | {name: value for name, value in changed.items() if value is not None}


def _with_age_groups(labels: Any, ranges: Any) -> dict[str, Any] | None:
    """``labels`` with a rule that makes groups of ages; None where none are given, or there is another such rule."""
    if not isinstance(ranges, list) or not ranges or not isinstance(labels, Mapping | None):
        return None
    if not all(type(age) is int for age in ranges) or sorted(set(ranges)) != ranges or not 0 <= ranges[0] <= 120:
        return None
    if _operator_of((labels or {}).get("AGE")) not in _AGES_ONE_BY_ONE:
        return None
    return {**(labels or {}), "AGE": {"operator": "generalise", "label": "AGE", "to": "age", "ranges": ranges}}


def _operator_of(rule: Any) -> Any:
    if isinstance(rule, Mapping):
        return rule.get("operator")
    return next(iter(rule.split()), None) if isinstance(rule, str) else rule


def our_label(label: str) -> str:
    """Our label for one of theirs, in capitals or not; any other as it is."""
    theirs = label.upper()
    family = _LABELS.get(theirs)
    if family == "NAME":
        return family
    return f"{family}/{theirs}" if family else _OTHER_LABELS.get(theirs, label)


def _keeps_length(label: Any) -> bool:
    ours = our_label(label).upper() if isinstance(label, str) else ""
    return ours.startswith(_KEEP_LENGTH) and bool(ours)


def _pairs(given: Any, pairs: Any) -> dict[str, dict[str, str]] | None:
    """``pairs`` with those that are given as lists of true value, label and false value; None where they are not."""
    if not isinstance(given, list) or not isinstance(pairs, Mapping):
        return None
    found = {label: dict(own) for label, own in pairs.items() if isinstance(own, Mapping)}
    for one in given:
        if not isinstance(one, list) or len(one) != 3 or not all(isinstance(text, str) for text in one):
            return None
        true, label, false = one
        found.setdefault(our_label(label), {})[true] = false
    return found if len(found) >= len(pairs) else None
