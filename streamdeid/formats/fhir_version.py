"""Which release of FHIR a message is written in: what it says itself, or what it can be read as.

Few messages say so: conformance resources by ``fhirVersion``, and documents by the parameter of that name of their
content type (FHIR R4, Managing Multiple Versions 2.1.6). ``meta.profile`` names the version of a profile, not of FHIR.
"""

from __future__ import annotations

import re
from typing import Final

from streamdeid.formats.fhir_tables import ALIASES

#: The releases that `candidates` tries for ``auto``, one after the other.
AUTO: Final = ("R4B", "R5", "STU3")

#: A member `fhirVersion`, in R4 and later also an array, or the parameter of a content type.
_STATED: Final = re.compile(
    rb'"fhirVersion"\s*:\s*\[?\s*"(\d\.\d)[^"]*"|"contentType"\s*:\s*"[^"]*?;\s*fhirVersion=(\d\.\d)[^"]*"'
)
#: By the first two numbers of a version; drafts belong to what they became.
_RELEASE: Final = {
    **dict.fromkeys((b"3.0",), "STU3"),
    **dict.fromkeys((b"3.2", b"3.3", b"3.5", b"4.0", b"4.1", b"4.3"), "R4B"),
    **dict.fromkeys((b"4.2", b"4.4", b"4.5", b"4.6", b"5.0"), "R5"),
}


def stated(raw: bytes) -> str | None:
    """The release that a message says it is of; None where it does not say, or says several things."""
    if b"fhirVersion" not in raw:
        return None
    found = {_RELEASE.get(of_resource or of_content) for of_resource, of_content in _STATED.findall(raw)}
    return found.pop() if len(found) == 1 else None


def candidates(raw: bytes, version: str) -> tuple[str, ...]:
    """The releases to read a message as, best first: the one that it states, then `version`, or for ``auto`` all."""
    wanted = AUTO if version == "auto" else (ALIASES.get(version, version),)
    said = stated(raw)
    return wanted if said is None else tuple(dict.fromkeys((said, *wanted)))
