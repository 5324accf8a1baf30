"""What is trained on and what is held out: decided by the text itself, so that it stays so."""

from __future__ import annotations

from hashlib import blake2b

_HELD_OUT = 0.12


def held_out(text: str, share: float = _HELD_OUT) -> bool:
    """Whether `text` belongs to the share that no training sees."""
    digest = blake2b(text.casefold().encode(), digest_size=4).digest()
    return int.from_bytes(digest) < share * 2**32
