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
from streamdeid.types import Entity

_VERSION = b"\x01"
_NONCE_BYTES = 12
_TAG_BYTES = 16
#: A patient has a few names, addresses and numbers; more than this many forms is a fault in a feed, not a person.
FORMS_LIMIT = 96
_MERGES_KEPT = 16


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
    """Another patient's record took this one over. `survivor` is its key; `since` is a position, as of `Form`."""

    survivor: str
    since: int


@dataclass(frozen=True, slots=True)
class IdentityRecord:
    """What is known of one patient. `merges` are in order of their positions; the last one holds."""

    forms: tuple[Form, ...] = ()
    merges: tuple[Merge, ...] = ()

    def forms_before(self, sequence: int) -> list[Form]:
        """The forms that a message at this position may know of."""
        return [form for form in self.forms if form.since < sequence]

    def learning(self, stated: Iterable[tuple[Entity, str]], sequence: int) -> IdentityRecord:
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
        return next((merge.survivor for merge in reversed(self.merges) if merge.since < sequence), "")

    def merging(self, survivor: str, sequence: int) -> IdentityRecord:
        """This record, taken over by another patient's."""
        if self.survivor_before(sequence + 1) == survivor:
            return self
        merges = sorted((*self.merges, Merge(survivor, sequence)), key=lambda merge: merge.since)
        return replace(self, merges=tuple(merges[-_MERGES_KEPT:]))


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

    def write(self, patient: str, record: IdentityRecord) -> None:
        """Replace the record of a patient."""
        nonce = self._nonces(_NONCE_BYTES)
        self._table[patient] = _VERSION + nonce + self._cipher.encrypt(nonce, _to_json(record), patient.encode())


def _to_json(record: IdentityRecord) -> bytes:
    content = {"forms": record.forms, "merges": record.merges}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _from_json(content: bytes) -> IdentityRecord:
    stored = json.loads(content)
    return IdentityRecord(
        tuple(Form(*form) for form in stored["forms"]), tuple(Merge(*merge) for merge in stored["merges"])
    )
