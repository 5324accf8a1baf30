"""The identity table: what is remembered about a patient from one message to the next, encrypted.

The table behind it is any `MutableMapping[str, bytes]`: a dict in tests, a RocksDB table in the stream. Keys are
patient keys (keyed hashes); values are AES-256-GCM, bound to their key, so that neither the table's files nor its
changelog can be read without the secret.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, MutableMapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from streamdeid.errors import SettingsError
from streamdeid.lesson import FORMS_LIMIT, Lesson, Notice, Stated
from streamdeid.types import Entity

_VERSION = b"\x01"
_NONCE_BYTES = 12
_TAG_BYTES = 16
_MERGES_KEPT = 16
#: A chain of merges longer than this is a fault in a feed.
MERGES_FOLLOWED = 16
_PRIORS_KEPT = 64


class Form(NamedTuple):
    """One value that a structured field stated about the patient: what a later report may mention.

    `since` is the position, in its partition's order, of the message that first stated it. A message uses only forms
    from before its own position, so that handling it again after a crash gives the same bytes.
    """

    label: str
    value: str
    scope: str
    since: int


class Merge(NamedTuple):
    """Another patient's record took this one over. `survivor` is its key; `since` is a position, as of `Form`;
    `origin` is that of `Lesson`."""

    survivor: str
    since: int
    origin: str = ""


@dataclass(frozen=True, slots=True)
class IdentityRecord:
    """What is known of one patient. `merges` are in order of their positions; the last one holds. `priors` are the keys
    of those who were merged into this one."""

    forms: tuple[Form, ...] = ()
    merges: tuple[Merge, ...] = ()
    priors: tuple[str, ...] = ()

    def forms_before(self, sequence: int) -> list[Form]:
        """The forms that a message at this position may know of."""
        return [form for form in self.forms if form.since < sequence]

    def stated_before(self, sequence: int) -> list[Stated]:
        """The same as they were stated."""
        return [(Entity(form.label, form.value), form.scope) for form in self.forms_before(sequence)]

    def learning(self, stated: Iterable[Stated], sequence: int) -> IdentityRecord:
        """This record with the (entity, scope) pairs that a message stated. The earliest position of a form stays."""
        known = {(form.label, form.value): form for form in self.forms}
        for entity, scope in stated:
            at = (entity.label, entity.value)
            if at in known:
                if known[at].since > sequence:
                    known[at] = known[at]._replace(since=sequence)
            elif len(known) < FORMS_LIMIT:
                known[at] = Form(entity.label, entity.value, scope, sequence)
        forms = tuple(known.values())
        return self if forms == self.forms else replace(self, forms=forms)

    def survivor_before(self, sequence: int) -> str:
        """The key of the patient as whom this one went on before this position; empty where it was not merged."""
        merge = self.merge_before(sequence)
        return merge.survivor if merge else ""

    def merge_before(self, sequence: int) -> Merge | None:
        """The merge that holds for a message at this position."""
        return next((merge for merge in reversed(self.merges) if merge.since < sequence), None)

    def merging(self, survivor: str, sequence: int, origin: str = "") -> IdentityRecord:
        """This record, taken over by another patient's; unless it has heard the same or a later thing from there."""
        if self.has_heard(origin) or self.survivor_before(sequence + 1) == survivor:
            return self
        merges = sorted((*self.merges, Merge(survivor, sequence, origin)), key=lambda merge: merge.since)
        return replace(self, merges=tuple(merges[-_MERGES_KEPT:]))

    def has_heard(self, origin: str) -> bool:
        """Whether a merge is known from this message or from a later one of its feed."""
        feed, _, offset = origin.rpartition("/")
        heard = (merge.origin.rpartition("/") for merge in self.merges if merge.origin)
        return bool(feed) and any(feed == known and int(offset) <= int(last) for known, _, last in heard)

    def succeeding(self, prior: str) -> IdentityRecord:
        """This record, which has taken over that of another patient."""
        if prior in self.priors:
            return self
        return replace(self, priors=(*self.priors, prior)[-_PRIORS_KEPT:])


class Vault:
    """Reads and writes identity records in a table.

    `key` is 32 bytes; `nonces` gives 12 fresh random bytes per call.
    """

    def __init__(self, table: MutableMapping[str, bytes], key: bytes, nonces: Callable[[int], bytes]) -> None:
        self._table = table
        self._cipher = AESGCM(key)
        self._nonces = nonces

    def read(self, patient: str) -> IdentityRecord:
        """The record of a patient; an empty one where the table has none.

        Raises:
            SettingsError: the value does not open with this secret, or is no record.
        """
        stored = self._table.get(patient)
        if stored is None:
            return IdentityRecord()
        nonce, sealed = stored[1 : 1 + _NONCE_BYTES], stored[1 + _NONCE_BYTES :]
        if not stored.startswith(_VERSION) or len(sealed) < _TAG_BYTES:
            raise SettingsError("the identity table holds what no release of streamdeid has written")
        try:
            opened = self._cipher.decrypt(nonce, sealed, patient.encode())
        except InvalidTag as fault:
            raise SettingsError("the identity table was written with another secret") from fault
        return _from_json(opened)

    def learn(self, lesson: Lesson, sequence: int) -> list[Notice]:
        """Remember a lesson that came at this position. Who else is to hear of it: nobody, if it was known."""
        prior, survivor = self.read(lesson.prior), self.read(lesson.survivor)
        merged = prior.merging(lesson.survivor, sequence, lesson.origin)
        inherited = [] if prior.has_heard(lesson.origin) else prior.stated_before(sequence)
        heir = survivor.learning([*lesson.stated, *inherited], sequence)
        if merged is not prior:
            heir = heir.succeeding(lesson.prior)
        # The heir first: where only the beginning of this is kept, the lesson is not yet known, and is learned again.
        if heir is not survivor:
            self.write(lesson.survivor, heir)
        if merged is prior:
            return []
        self.write(lesson.prior, merged)
        return self._onward(lesson, prior, survivor, sequence)

    def _onward(self, lesson: Lesson, prior: IdentityRecord, survivor: IdentityRecord, sequence: int) -> list[Notice]:
        """The lesson for those who went on as the prior patient, and, if more is known here than it says, for the
        tables of the two; and for all who now go on as the survivor, as whom that one has gone on."""
        stated = tuple(
            dict.fromkeys((*lesson.stated, *prior.stated_before(sequence), *survivor.stated_before(sequence)))
        )
        both = [lesson.prior, lesson.survivor] if len(stated) > len(lesson.stated) else []
        earlier = self._earlier(lesson.prior, prior)
        whole = lesson._replace(stated=stated)
        return [
            *(Notice(key, whole) for key in (*both, *earlier)),
            *(Notice(key, one) for one in self._later(lesson, survivor, sequence) for key in (lesson.prior, *earlier)),
        ]

    def _earlier(self, patient: str, record: IdentityRecord) -> list[str]:
        """All who were merged into a patient, and into those."""
        found = list(record.priors)
        for key in found:  # grows meanwhile
            if len(found) < _PRIORS_KEPT:
                found += [one for one in self.read(key).priors if one not in (*found, patient)]
        return found

    def _later(self, lesson: Lesson, survivor: IdentityRecord, sequence: int) -> list[Lesson]:
        """The merges of the survivor, and of whom that became, before this position."""
        found: list[Lesson] = []
        key, record = lesson.survivor, survivor
        while len(found) < MERGES_FOLLOWED and (merge := record.merge_before(sequence)):
            next_record = self.read(merge.survivor)
            stated = tuple(next_record.stated_before(sequence))
            found.append(Lesson(key, merge.survivor, stated, merge.origin or lesson.origin))
            key, record = merge.survivor, next_record
        return found

    def write(self, patient: str, record: IdentityRecord) -> None:
        """Replace the record of a patient."""
        nonce = self._nonces(_NONCE_BYTES)
        self._table[patient] = _VERSION + nonce + self._cipher.encrypt(nonce, _to_json(record), patient.encode())


def _to_json(record: IdentityRecord) -> bytes:
    content = {"forms": record.forms, "merges": record.merges, "priors": record.priors}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _from_json(content: bytes) -> IdentityRecord:
    stored = json.loads(content)
    return IdentityRecord(
        tuple(Form(*form) for form in stored["forms"]),
        tuple(Merge(*merge) for merge in stored["merges"]),
        tuple(stored.get("priors", ())),
    )
