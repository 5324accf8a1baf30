"""The identity table: what is remembered about a patient from one message to the next, encrypted.

The table behind it is any `MutableMapping[str, bytes]`: a dict in tests, a RocksDB table in the stream. Keys are
patient keys (keyed hashes); values are AES-256-GCM, bound to their key, so that neither the table's files nor its
changelog can be read without the secret.

A record is erased by what stays of it: the keys that it was merged with, and a random salt from which the patient's
next false identity begins (see `false_identity`). Under one more key the table of a vault with random
surrogates holds its seeds (see `seeds`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, MutableMapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from streamdeid.errors import SettingsError
from streamdeid.transform.prf import Prf
from streamdeid.types import Entity
from streamdeid.vault.lesson import FORMS_LIMIT, Erasure, Lesson, Notice, Stated
from streamdeid.vault.seeds import SEED_BYTES, Seeds

_VERSION = b"\x01"
_NONCE_BYTES = 12
_TAG_BYTES = 16
_MERGES_KEPT = 16
#: A chain of merges longer than this is a fault in a feed.
MERGES_FOLLOWED = 16
_PRIORS_KEPT = 64
#: Where the seeds are, and what shows that the secret is the right one: no patient key is like these.
SEEDS_KEY = "seeds"
_CLAIM_KEY = "claim"


class Form(NamedTuple):
    """One value that a structured field stated about the patient: what a later report may mention.

    `since` is the position, in its partition's order, of the message that first stated it. A message uses only forms
    from before its own position, so that handling it again after a crash gives the same bytes.
    """

    label: str
    value: str
    scope: str
    since: int
    namespace: str = ""


class Merge(NamedTuple):
    """Another patient's record took this one over. `survivor` is its key; `since` is a position, as of `Form`;
    `origin` is that of `Lesson`."""

    survivor: str
    since: int
    origin: str = ""


@dataclass(frozen=True, slots=True)
class IdentityRecord:
    """What is known of one patient. `merges` are in order of their positions; the last one holds. `priors` are the keys
    of those who were merged into this one. `epoch` is the newest one of when the patient was first seen, empty for the
    first; `salt` is what erasing an earlier record has left: 64 hexadecimal digits."""

    forms: tuple[Form, ...] = ()
    merges: tuple[Merge, ...] = ()
    priors: tuple[str, ...] = ()
    epoch: str = ""
    salt: str = ""

    def forms_before(self, sequence: int) -> list[Form]:
        """The forms that a message at this position may know of."""
        return [form for form in self.forms if form.since < sequence]

    def stated_before(self, sequence: int) -> list[Stated]:
        """The same as they were stated."""
        return [(Entity(form.label, form.value, form.namespace), form.scope) for form in self.forms_before(sequence)]

    def learning(self, stated: Iterable[Stated], sequence: int) -> IdentityRecord:
        """This record with the (entity, scope) pairs that a message stated. The earliest position of a form stays."""
        known = {(form.label, form.value): form for form in self.forms}
        for entity, scope in stated:
            at = (entity.label, entity.value)
            if at in known:
                if known[at].since > sequence:
                    known[at] = known[at]._replace(since=sequence)
            elif len(known) < FORMS_LIMIT:
                known[at] = Form(entity.label, entity.value, scope, sequence, entity.namespace)
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


def vault_key(prf: Prf) -> bytes:
    """The key of the vault under a secret: the first one."""
    return prf.digest("", "vault", "key")


class Vault:
    """Reads and writes identity records in a table.

    `key` is 32 bytes; `nonces` gives fresh random bytes; `newest` is the epoch of patients who have no record yet.
    """

    def __init__(
        self, table: MutableMapping[str, bytes], key: bytes, nonces: Callable[[int], bytes], newest: str = ""
    ) -> None:
        self._table = table
        self._newest = newest
        self._cipher = AESGCM(key)
        self._nonces = nonces

    def read(self, patient: str) -> IdentityRecord:
        """The record of a patient; an empty one where the table has none.

        Raises:
            SettingsError: the value does not open with this secret, or is no record.
        """
        stored = self._table.get(patient)
        return IdentityRecord(epoch=self._newest) if stored is None else _from_json(self._open(patient, stored))

    def has(self, patient: str) -> bool:
        """Whether there is a record."""
        return patient in self._table

    def keep_epoch(self, patient: str) -> None:
        """See that the epoch of a patient who has been seen now is remembered."""
        if self._newest and patient not in self._table:
            self.write(patient, self.read(patient))

    def seeds(self) -> Seeds:
        """The seeds; minted and written where there are none."""
        seeds = self.known_seeds()
        if seeds is None:
            seeds = Seeds.mint(self._nonces)
            self.write_seeds(seeds)
        return seeds

    def known_seeds(self) -> Seeds | None:
        """The seeds; None where none have been minted."""
        stored = self._table.get(SEEDS_KEY)
        return None if stored is None else _decoded_seeds(self._open(SEEDS_KEY, stored))

    def write_seeds(self, seeds: Seeds) -> None:
        """Replace the seeds."""
        self._table[SEEDS_KEY] = self._seal(SEEDS_KEY, seeds.encode())

    def patients(self) -> Iterator[str]:
        """The keys of all who have a record."""
        return (key for key in self._table if key not in (SEEDS_KEY, _CLAIM_KEY))

    def claim(self) -> None:
        """See that this table belongs to this secret, from now on if it is new.

        Raises:
            SettingsError: it was written with another one.
        """
        stored = self._table.get(_CLAIM_KEY)
        if stored is None:
            self._table[_CLAIM_KEY] = self._seal(_CLAIM_KEY, b"")
        else:
            self._open(_CLAIM_KEY, stored)

    def person(self, patient: str) -> list[str]:
        """All keys of one person as far as this table knows: a patient, whom they went on as, and all who went on as
        them."""
        found = [patient]
        for key in found:  # grows meanwhile
            record = self.read(key)
            tied = (*record.priors, *(merge.survivor for merge in record.merges[-1:]))
            found += [one for one in dict.fromkeys(tied) if one not in found]
        return found

    def erase_persons(self, patients: Iterable[str], random: Callable[[int], bytes]) -> list[str]:
        """Erase patients under all the keys that they have, and their seeds; the keys."""
        keys = list(dict.fromkeys(key for patient in patients for key in self.person(patient)))
        seeds = self.known_seeds()
        for key in keys:
            salt = random(SEED_BYTES)
            self.erase(key, salt)
            seeds = None if seeds is None else seeds.renewed(key, salt)
        if seeds is not None:
            self.write_seeds(seeds)
        return keys

    def erase_here(self, erasure: Erasure) -> None:
        """Erase a patient in one of several tables, and forget what it knows of them under other keys. Nothing, where
        this has been done."""
        if self.read(erasure.patient).salt == erasure.salt:
            return
        for key in self.person(erasure.patient)[1:]:
            self.write(key, replace(self.read(key), forms=()))
        self.erase(erasure.patient, bytes.fromhex(erasure.salt))

    def erase(self, patient: str, salt: bytes) -> None:
        """Forget what is known of a patient, but not which keys are the same person's. From now on the false identity
        is another one, of which `salt`, 32 random bytes, is part."""
        if len(salt) != SEED_BYTES:
            raise ValueError(f"a salt has {SEED_BYTES} bytes")
        record = self.read(patient)
        self.write(patient, replace(record, forms=(), epoch=self._newest, salt=salt.hex()))

    def _open(self, key: str, stored: bytes) -> bytes:
        nonce, sealed = stored[1 : 1 + _NONCE_BYTES], stored[1 + _NONCE_BYTES :]
        if not stored.startswith(_VERSION) or len(sealed) < _TAG_BYTES:
            raise SettingsError("the identity table holds what no release of streamdeid has written")
        try:
            return self._cipher.decrypt(nonce, sealed, key.encode())
        except InvalidTag as fault:
            raise SettingsError("the identity table was written with another secret") from fault

    def _seal(self, key: str, content: bytes) -> bytes:
        nonce = self._nonces(_NONCE_BYTES)
        return _VERSION + nonce + self._cipher.encrypt(nonce, content, key.encode())

    def learn(self, lesson: Lesson, sequence: int) -> list[Notice]:
        """Remember a lesson that came at this position. Who else is to hear of it: nobody, if it was known."""
        prior, survivor = self.read(lesson.prior), self.read(lesson.survivor)
        merged = prior.merging(lesson.survivor, sequence, lesson.origin)
        inherited = [] if prior.has_heard(lesson.origin) else prior.stated_before(sequence)
        heir = survivor.learning([*lesson.stated, *inherited], sequence)
        if lesson.epoch is not None and lesson.epoch != heir.epoch:
            heir = replace(heir, epoch=lesson.epoch)
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
        more = len(stated) > len(lesson.stated) or lesson.epoch is not None
        both = [lesson.prior, lesson.survivor] if more else []
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
            epoch = next_record.epoch if self._newest else None
            found.append(Lesson(key, merge.survivor, stated, merge.origin or lesson.origin, epoch))
            key, record = merge.survivor, next_record
        return found

    def write(self, patient: str, record: IdentityRecord) -> None:
        """Replace the record of a patient."""
        self._table[patient] = self._seal(patient, _to_json(record))


@lru_cache(maxsize=1)
def _decoded_seeds(content: bytes) -> Seeds:
    """Every batch asks for the same ones."""
    return Seeds.decode(content)


def _to_json(record: IdentityRecord) -> bytes:
    content: dict[str, object] = {"forms": record.forms, "merges": record.merges, "priors": record.priors}
    content |= {name: value for name, value in (("epoch", record.epoch), ("salt", record.salt)) if value}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _from_json(content: bytes) -> IdentityRecord:
    stored = json.loads(content)
    return IdentityRecord(
        tuple(Form(*form) for form in stored["forms"]),
        tuple(Merge(*merge) for merge in stored["merges"]),
        tuple(stored.get("priors", ())),
        stored.get("epoch", ""),
        stored.get("salt", ""),
    )
