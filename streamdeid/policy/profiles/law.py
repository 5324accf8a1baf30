"""45 CFR 164.514: which identifiers each way to de-identify has go, by label, and how much of them may be left."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from streamdeid.transform.leaving import Left


class Profile(StrEnum):
    """What a policy may be called."""

    SAFE_HARBOR = "safe_harbor"
    LIMITED_DATA_SET = "limited_data_set"
    EXPERT_DETERMINATION = "expert_determination"


#: What a place may hold that no label says: text that nobody reads, a document or an image that nobody opens, what may
#: identify in ways that only the sender knows, and what identifies nobody.
TEXT, DOCUMENT, OTHER, NOBODY = "text", "document", "other", "nobody"


class Item(NamedTuple):
    """One item of a paragraph's list: its sign, and what it lists, in words."""

    sign: str
    what: str


_CODES: Final = "45 CFR 164.514(c)"
_RANDOM: Final = "say surrogates: random"

#: 164.514(b)(2)(i). A label that is not here goes by its family.
_SAFE_HARBOR: Final[Mapping[str, Item]] = {
    "NAME": Item("(A)", "names"),
    "LOCATION": Item("(B)", "places smaller than a state"),
    "DATE": Item("(C)", "dates finer than a year"),
    "AGE": Item("(C)", "ages above 89"),
    "CONTACT": Item("(D)", "telephone numbers, and what else stands for them"),
    "CONTACT/PHONE": Item("(D)", "telephone numbers"),
    "CONTACT/FAX": Item("(E)", "fax numbers"),
    "CONTACT/EMAIL": Item("(F)", "e-mail addresses"),
    "ID/SSN": Item("(G)", "social security numbers"),
    "ID/MRN": Item("(H)", "medical record numbers"),
    "ID/PLAN": Item("(I)", "health plan numbers"),
    "ID/ACCOUNT": Item("(J)", "account numbers"),
    "ID/LICENSE": Item("(K)", "certificate and license numbers"),
    "ID/NPI": Item("(K)", "certificate and license numbers"),
    "ID/VEHICLE": Item("(L)", "vehicle identifiers"),
    "ID/DEVICE": Item("(M)", "device identifiers and serial numbers"),
    "CONTACT/URL": Item("(N)", "URLs"),
    "CONTACT/IP": Item("(O)", "IP addresses"),
    "ID/BIOMETRIC": Item("(P)", "biometric identifiers"),
    DOCUMENT: Item("(Q)", "photographs and documents that nobody opens"),
    "ID": Item("(R)", "identifying numbers and codes"),
    OTHER: Item("(R)", "what may identify"),
    TEXT: Item("", "text unread, in which any of (A) to (R) may stand"),
}
#: 164.514(e)(2). None: may stay.
_LIMITED: Final[Mapping[str, Item | None]] = {
    "NAME": Item("(i)", "names"),
    "LOCATION": Item("(ii)", "postal addresses"),
    "LOCATION/STREET": Item("(ii)", "postal addresses other than town, state and ZIP code"),
    "LOCATION/COUNTY": Item("(ii)", "postal addresses other than town, state and ZIP code"),
    "LOCATION/GEO": Item("(ii)", "postal addresses other than town, state and ZIP code"),
    "CONTACT": Item("(iii)", "telephone numbers, and what else stands for them"),
    "CONTACT/PHONE": Item("(iii)", "telephone numbers"),
    "CONTACT/FAX": Item("(iv)", "fax numbers"),
    "CONTACT/EMAIL": Item("(v)", "e-mail addresses"),
    "ID/SSN": Item("(vi)", "social security numbers"),
    "ID": Item("(vii)", "medical record numbers, and what else they stand for"),
    "ID/MRN": Item("(vii)", "medical record numbers"),
    "ID/PLAN": Item("(viii)", "health plan numbers"),
    "ID/ACCOUNT": Item("(ix)", "account numbers"),
    "ID/LICENSE": Item("(x)", "certificate and license numbers"),
    "ID/NPI": Item("(x)", "certificate and license numbers"),
    "ID/VEHICLE": Item("(xi)", "vehicle identifiers"),
    "ID/DEVICE": Item("(xii)", "device identifiers and serial numbers"),
    "CONTACT/URL": Item("(xiii)", "URLs"),
    "CONTACT/IP": Item("(xiv)", "IP addresses"),
    "ID/BIOMETRIC": Item("(xv)", "biometric identifiers"),
    DOCUMENT: Item("(xvi)", "photographs and documents that nobody opens"),
    TEXT: Item("", "text unread, in which any of (i) to (xvi) may stand"),
    **dict.fromkeys(("DATE", "AGE", OTHER, "ID/OTHER", "ID/MESSAGE", "ID/RESOURCE"), None),
    **dict.fromkeys(("LOCATION/CITY", "LOCATION/STATE", "LOCATION/ZIP", "LOCATION/COUNTRY"), None),
    **dict.fromkeys(("LOCATION/HOSPITAL", "LOCATION/ORGANIZATION", "LOCATION/ROOM"), None),
}
#: What no paragraph lists.
_FREE: Final = frozenset({"LOCATION/STATE", "LOCATION/COUNTRY", "NAME/PREFIX", "NAME/DEGREE", "PROFESSION", NOBODY})
_PARAGRAPHS: Final[Mapping[Profile, tuple[str, Mapping[str, Item | None]]]] = {
    Profile.SAFE_HARBOR: ("45 CFR 164.514(b)(2)(i)", MappingProxyType(_SAFE_HARBOR)),
    Profile.LIMITED_DATA_SET: ("45 CFR 164.514(e)(2)", MappingProxyType(_LIMITED)),
    # What may not even be in a limited data set is no very small risk.
    Profile.EXPERT_DETERMINATION: ("45 CFR 164.514(b)(1)", MappingProxyType(_LIMITED)),
}
#: What may be left under safe harbor of any identifier, and of one family.
_LITTLE: Final = {Left.YEAR: "DATE", Left.CAPPED_AGE: "AGE", Left.STATE: "LOCATION"}


def item(profile: Profile, label: str) -> Item | None:
    """The item of the profile's list that has what this label means; None where none has."""
    if label in _FREE:
        return None
    listed = _PARAGRAPHS[profile][1]
    return listed.get(label, listed.get(label.partition("/")[0]))


def paragraph(profile: Profile, sign: str = "") -> str:
    """Where the profile's list stands, or the item with this sign."""
    where = _PARAGRAPHS[profile][0]
    return where if profile is Profile.EXPERT_DETERMINATION else where + sign


def objection(profile: Profile, label: str, left: Left, *, is_random: bool) -> str:
    """What a profile has against leaving so much of what a label means: ``keeps dates finer than a year: 45 CFR
    164.514(b)(2)(i)(C)``. Empty for nothing. `is_random`: false values are drawn from a seed that has nothing to do
    with the person."""
    listed = item(profile, label)
    if listed is None or left is Left.NOTHING:
        return ""
    if profile is Profile.SAFE_HARBOR:
        if left is Left.DERIVED or (left is Left.FALSE and not is_random):
            advice = f"; {_RANDOM}" if left is Left.FALSE else ""
            return f"gives what is derived from the person{advice}: {_CODES}"
        if left is Left.FALSE or _LITTLE.get(left) == label.partition("/")[0]:
            return ""
    elif left is not Left.WHOLE and (left is not Left.PART or profile is Profile.EXPERT_DETERMINATION):
        return ""
    return f"keeps {listed.what}: {paragraph(profile, listed.sign)}"
