"""What can be told of a vault without telling anything of anybody, and what erasing somebody from it means."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from streamdeid.vault.vault import Vault


def vault_facts(vault: Vault, messages: int, first_epoch: str) -> dict[str, Any]:
    """Counts: patients, those erased, those who went on as others, known values by label, patients by epoch."""
    labels: Counter[str] = Counter()
    epochs: Counter[str] = Counter()
    patients = erased = merged = 0
    for patient in vault.patients():
        record = vault.read(patient)
        patients += 1
        erased += bool(record.salt)
        merged += bool(record.merges)
        epochs[record.epoch or first_epoch] += 1
        labels.update(form.label for form in record.forms)
    return {
        "patients": patients,
        "erased": erased,
        "merged": merged,
        "messages": messages,
        "seeds": "minted" if vault.known_seeds() is not None else "none",
        "epoch": dict(sorted(epochs.items())),
        "values": dict(sorted(labels.items())),
    }


def meaning_of_erasing(keys: int, *, is_random: bool, what: str = "this vault no longer tells") -> Iterator[str]:
    """What has been done and what has not, for who has to answer for it."""
    yield f"erased: {keys} patient key{'' if keys == 1 else 's'}; later messages start a new false identity"
    yield f"clean messages that have left before keep their surrogates; {what} whose they are"
    if is_random:
        yield (
            "random surrogates: the patient's seed is gone;"
            " nothing brings names, addresses, contacts and dates of the old false identity back"
        )
    yield (
        f"derived surrogates{', if a policy made some' if is_random else ''}: who holds the secret and the true values"
        " can compute them again; to end that too, begin a new vault with a new secret and destroy the old one, or use"
        " `surrogates: random` from now on"
    )
    yield (
        "false identifiers come from their namespace, not from the patient: they stay the same, and who holds the"
        f" {'vault' if is_random else 'secret'} can turn them back, though `vault reidentify` refuses to"
    )
    yield "what a policy encrypts (`encrypt`, `format_preserving`), who holds the secret can turn back as before"
    yield "copies, backups and topics that still hold what was erased have to be dealt with as well"
