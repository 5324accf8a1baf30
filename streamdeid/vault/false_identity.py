"""What the false identity of a patient is drawn from: the secret of an epoch, or seeds of the vault.

Every surrogate is a keyed function of a scope and a value. The scope of a patient is all that makes their false
identity theirs, so this is where secrets change and where an erased patient begins anew:

- `Derived` (`surrogates: derived`): drawn from the first secret; the scope is the patient key. For a patient first seen
  in a later epoch, or erased, it is a keyed hash of the key under that epoch's secret, and of the salt that erasing has
  left: who has the first secret alone cannot compute it, nor who has the last alone.
- `Minted` (`surrogates: random`): drawn from the vault's shared seed; the scope is the patient's own seed. The secret
  plays no part, so two vaults under one secret have nothing in common.

What is not keyed on a patient stays with the first secret, or the shared seed, for ever: patient keys, which decide
where messages go; the vault's encryption; the tokens of `encrypt`, and what `format_preserving` makes; and the
permutations of identifiers, for two permutations in one namespace could give two patients one number.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple, Protocol

from streamdeid.errors import SettingsError
from streamdeid.transform.prf import Prf
from streamdeid.vault.seeds import Seeds

_REMEMBERED: Final = 16_384


class Epoch(NamedTuple):
    """A secret, and the name under which records speak of it."""

    name: str
    secret: bytes

    def __repr__(self) -> str:
        return f"Epoch({self.name})"


class FalseIdentity(Protocol):
    """How scopes are made."""

    @property
    def prf(self) -> Prf:
        """What surrogates are drawn with."""
        ...

    def scope(self, patient: str, epoch: str, salt: str) -> str:
        """The scope of a patient key. `epoch` and `salt` are those of the patient's record.

        Raises:
            SettingsError: the epoch is not among the secrets.
        """
        ...


class Derived:
    """From secrets. `prf` is that of the first; `later` are the other epochs."""

    def __init__(self, prf: Prf, later: Sequence[Epoch] = ()) -> None:
        self.prf = prf
        self._later = {epoch.name: Prf(epoch.secret) for epoch in later}

    def scope(self, patient: str, epoch: str, salt: str) -> str:
        """The patient key, or a keyed hash of it."""
        if not epoch and not salt:
            return patient
        prf = self._later.get(epoch) if epoch else self.prf
        if prf is None:
            raise SettingsError(f"a patient belongs to the epoch {epoch}, whose secret is not in the secret file")
        return prf.digest(salt, "scope", patient).hex()[:32]


class Minted:
    """From the seeds of one vault."""

    def __init__(self, seeds: Seeds) -> None:
        self.prf = Prf(seeds.shared, is_random=True)
        self._seed = lru_cache(maxsize=_REMEMBERED)(lambda patient: seeds.of(patient).hex())

    def scope(self, patient: str, epoch: str, salt: str) -> str:
        """The patient's seed; what erasing has left, where it has come to this table alone."""
        return salt or self._seed(patient)
