"""Who a patient is: the identifier that names them, and the key made from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from streamdeid.errors import IdentityError
from streamdeid.policy.policy import IdentityRules
from streamdeid.transform.prf import Prf

#: The key of messages that are about no patient: acknowledgements, master files, an Organization.
NO_PATIENT = "0" * 32


class Identifier(NamedTuple):
    """An identifier as CX (HL7 v2.5.1 2.A.14) or FHIR Identifier states it. `authority` is canonical; `type` is the
    code of HL7 table 0203, such as MR; `path` says where it stands."""

    value: str
    authority: str
    type: str
    path: str


class Demographics(NamedTuple):
    """What names a patient who has no identifier: family name, given name and birth date."""

    family: str
    given: str
    birth: str


@dataclass(frozen=True, slots=True)
class Identification:
    """Who a message is about.

    `patients` are patient keys, at least one; a subject is an index into it. `owners` gives the subject of each unit
    (segment or resource). `stating` are the units that state the patients' own values (PID, Patient). `merges` are
    pairs of keys: records of the first now belong to the second (HL7 v2.5.1 3.6.2; FHIR Patient.link replaced-by).
    `aliases` are pairs too: the first is another name of the second, by which others may refer to that patient
    (FHIR Resource.id).
    """

    patients: tuple[str, ...]
    owners: Sequence[int]
    stating: frozenset[int] = frozenset()
    merges: tuple[tuple[str, str], ...] = ()
    aliases: tuple[tuple[str, str], ...] = ()

    @property
    def lessons(self) -> tuple[tuple[str, str], ...]:
        """Merges and aliases: what is to be remembered under the first key of each."""
        return self.merges + self.aliases


class KeyMaker:
    """Makes patient keys: 32 hexadecimal digits of a keyed hash, so that a key tells nothing about its patient."""

    def __init__(self, prf: Prf, rules: IdentityRules) -> None:
        self._prf = prf
        self._rank = {code: rank for rank, code in enumerate(rules.prefer)}
        self._never = frozenset(rules.never)

    def of_identifier(self, identifier: Identifier) -> str:
        """The key of the patient whom an identifier names. Case and outer blanks do not matter."""
        return self._key(f"{identifier.authority}\x00{identifier.value.strip().upper()}")

    def of_patient(self, identifiers: Sequence[Identifier], demographics: Demographics | None, path: str) -> str:
        """The key of a patient with these identifiers, or else with these demographics.

        Raises:
            IdentityError: there is nothing to go by, or two medical record numbers of one authority contradict.
        """
        usable = [one for one in identifiers if one.value.strip() and one.type not in self._never]
        self._refuse_contradiction(usable)
        if usable:
            return self.of_identifier(min(usable, key=self._preference))
        if demographics and demographics.family.strip() and demographics.birth.strip():
            return self._key("\x00".join(("demographics", *(part.strip().upper() for part in demographics))))
        raise IdentityError("identity.missing", path)

    def _preference(self, identifier: Identifier) -> int:
        unlisted = len(self._rank) + (1 if identifier.type else 0)
        return self._rank.get(identifier.type, unlisted)

    def _refuse_contradiction(self, identifiers: Sequence[Identifier]) -> None:
        values: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        for one in identifiers:
            if one.authority and one.type in self._rank:
                seen = values[one.authority, one.type]
                seen.add(one.value.strip().upper())
                if len(seen) > 1:
                    raise IdentityError("identity.ambiguous", one.path)

    def _key(self, name: str) -> str:
        return self._prf.digest("", "patient", name).hex()[:32]
