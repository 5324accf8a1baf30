"""What a vault draws random surrogates from: seeds minted once, one for each patient and one that all share.

Under `surrogates: random` nothing may be derived from the secret and the person, and yet the same patient has to get
the same false identity in every message, also in those of others, and wherever the message is handled. Seeds minted
patient by patient would have to be known in every table in which a patient is mentioned, before it is. So a vault mints
two: `shared`, and the root of a binary tree whose 2**128 leaves are the seeds of all patients that there can be
(Goldreich, Goldwasser, Micali, How to construct random functions, 1986). A child is a hash of its parent, so whoever
holds the root computes the seed of any patient key, and nobody else can; nothing has to travel with merges.

To erase a patient is to forget their leaf: the nodes above it give way to those beside the path to it, from which all
other leaves, but never this one, can be computed (a puncturable function: Boneh, Waters 2013). A new leaf, minted at
random, takes its place. `shared` stays: what is not keyed on a patient, above all the permutations of identifiers,
belongs to nobody who could be erased.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple

from streamdeid.errors import SettingsError

#: Bytes of each seed.
SEED_BYTES: Final = 32
_DEPTH: Final = 128
_VERSION: Final = b"\x01"
_PREFIX_BYTES: Final = _DEPTH // 8
_NODE_BYTES: Final = 1 + _PREFIX_BYTES + SEED_BYTES


class Node(NamedTuple):
    """A place in the tree: the first `length` bits of the patient keys below it, as a number."""

    length: int
    prefix: int


_ROOT: Final = Node(0, 0)


class Seeds:
    """The seeds of one vault. Immutable."""

    __slots__ = ("_lengths", "_nodes", "shared")

    def __init__(self, shared: bytes, nodes: Mapping[Node, bytes]) -> None:
        self.shared = shared
        self._nodes = nodes
        self._lengths = sorted({node.length for node in nodes}, reverse=True)

    def __repr__(self) -> str:
        return "Seeds(...)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Seeds) and (self.shared, self._nodes) == (other.shared, other._nodes)

    def __hash__(self) -> int:
        return hash(self.shared)

    @classmethod
    def mint(cls, random: Callable[[int], bytes]) -> Seeds:
        """Fresh ones; `random` gives so many random bytes."""
        return cls(random(SEED_BYTES), {_ROOT: random(SEED_BYTES)})

    def of(self, patient: str) -> bytes:
        """The seed of a patient key: 32 bytes."""
        bits = int(patient, 16)
        node = self._above(bits)
        seed = self._nodes[node]
        for level in range(_DEPTH - node.length - 1, -1, -1):
            seed = _child(seed, bits >> level & 1)
        return seed

    def renewed(self, patient: str, seed: bytes) -> Seeds:
        """These seeds with another one for a patient; what was the patient's cannot be computed from them."""
        bits = int(patient, 16)
        node = self._above(bits)
        nodes = {one: value for one, value in self._nodes.items() if one != node}
        above = self._nodes[node]
        for length in range(node.length + 1, _DEPTH + 1):
            prefix = bits >> (_DEPTH - length)
            nodes[Node(length, prefix ^ 1)] = _child(above, prefix & 1 ^ 1)
            above = _child(above, prefix & 1)
        nodes[Node(_DEPTH, bits)] = seed
        return Seeds(self.shared, nodes)

    def encode(self) -> bytes:
        """As bytes, which are as secret as they are."""
        nodes = sorted(self._nodes.items())
        return (
            _VERSION
            + self.shared
            + b"".join(bytes([node.length]) + node.prefix.to_bytes(_PREFIX_BYTES, "big") + seed for node, seed in nodes)
        )

    @classmethod
    def decode(cls, content: bytes) -> Seeds:
        """The inverse of `encode`.

        Raises:
            SettingsError: no release of streamdeid has written this.
        """
        start = len(_VERSION) + SEED_BYTES
        nodes = dict(_nodes(content[start:]))
        if not content.startswith(_VERSION) or not nodes or (len(content) - start) % _NODE_BYTES:
            raise SettingsError("the vault's seeds are not what any release of streamdeid has written")
        return cls(content[len(_VERSION) : start], nodes)

    def _above(self, bits: int) -> Node:
        """The node from which a leaf can be computed."""
        for length in self._lengths:
            node = Node(length, bits >> (_DEPTH - length))
            if node in self._nodes:
                return node
        raise SettingsError("the vault's seeds are incomplete")


class SharedSeeds:
    """The seeds of a vault that is spread over several tables, for all engines of one process; `value` is set before
    any of them works."""

    def __init__(self, value: Seeds | None = None) -> None:
        self.value = value

    @property
    def known(self) -> Seeds:
        """The seeds. Raises SettingsError while they are not set."""
        if self.value is None:
            raise SettingsError("the seeds of random surrogates are not known yet")
        return self.value

    def renew(self, patient: str, seed: bytes) -> None:
        """A patient was erased."""
        if self.value is not None and self.value.of(patient) != seed:
            self.value = self.value.renewed(patient, seed)


def _nodes(content: bytes) -> Iterator[tuple[Node, bytes]]:
    for start in range(0, len(content) - _NODE_BYTES + 1, _NODE_BYTES):
        node = content[start : start + _NODE_BYTES]
        yield Node(node[0], int.from_bytes(node[1 : 1 + _PREFIX_BYTES], "big")), node[1 + _PREFIX_BYTES :]


def _child(seed: bytes, bit: int) -> bytes:
    return hashlib.blake2b(bytes([bit]), key=seed, digest_size=SEED_BYTES).digest()
