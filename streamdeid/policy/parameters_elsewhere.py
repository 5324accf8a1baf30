"""Names of parameters that users know from John Snow Labs' de-identification: taken where they mean what a policy can
say, and otherwise told what to write."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

#: True is what always holds here.
_ALWAYS: Final = ("genderAwareness", "geoConsistency", "consistentAcrossNameParts")
_PAIRS: Final = "staticObfuscationPairs"
_SAME_LENGTH: Final = "sameLengthFormattedEntities"
_KEEP_LENGTH: Final = ("ID", "CONTACT/PHONE", "CONTACT/FAX", "LOCATION/ZIP")
#: Their labels and ours, where they mean the same.
_LABELS: Final = {
    **dict.fromkeys(("PATIENT", "DOCTOR"), "NAME"),
    **dict.fromkeys(("STREET", "CITY", "HOSPITAL", "ORGANIZATION", "COUNTY"), "LOCATION"),
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
    "ageRanges": "write labels: {AGE: {operator: generalise, to: age, step: 10}}, for bands of equal width",
    "sameEntityThreshold": "leave it out: misspelt names of known patients are found, and get the same surrogate",
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
    if not known:
        return content
    rest = {name: value for name, value in content.items() if name not in known}
    return rest if pairs is None else {**rest, "pairs": pairs}


def our_label(label: str) -> str:
    """Our label for one of theirs; any other as it is."""
    family = _LABELS.get(label)
    if family == "NAME":
        return family
    return f"{family}/{label}" if family else _OTHER_LABELS.get(label, label)


def _keeps_length(label: Any) -> bool:
    ours = our_label(label) if isinstance(label, str) else ""
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
