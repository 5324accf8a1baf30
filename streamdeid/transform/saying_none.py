"""Words that stand where there is no telephone, address or number: they tell of nobody, and stay."""

from __future__ import annotations

import re
from typing import Final

_WORDS: Final = frozenset(
    re.split(
        r";\s*",
        "none; nil; null; n/a; na; n.a; unknown; unk; not known; not given; not provided; not available; not on file; "
        "not applicable; declined; patient declined; declined to answer; refused; patient refused; no phone; "
        "no telephone; no phone number; no email; no e-mail; no address; no fixed address; no fixed abode; "
        "undisclosed; withheld",
    )
)
_LONGEST: Final = max(map(len, _WORDS))
#: Families of labels whose values there may be none of; a name may be one of the words.
_FAMILIES: Final = frozenset({"CONTACT", "ID", "LOCATION"})


def says_none(label: str, text: str) -> bool:
    """Whether a text says that there is no value of a label. An id of a resource is no word, whatever it reads like:
    references have to follow it."""
    if len(text) > _LONGEST + 2 or text[:1].isdigit():
        return False
    is_meant = label.partition("/")[0] in _FAMILIES and label != "ID/RESOURCE"
    return is_meant and " ".join(text.casefold().split()).rstrip(".") in _WORDS
