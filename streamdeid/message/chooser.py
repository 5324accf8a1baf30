"""The choice of a replacement, and the memory of the last ones."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from streamdeid.errors import TransformError
from streamdeid.message.draft import LONGEST_VALUE
from streamdeid.transform.encryption import encryption_key, exact
from streamdeid.transform.operators import Transformer
from streamdeid.transform.strategy import Manner, Request, Subject
from streamdeid.types import Entity, Format

#: Replacements kept from one message to the next: the same patients, doctors and applications come again and again.
_REMEMBERED = 65_536
#: An `Entity`, or what one is made of: most replacements are remembered, and need none.
Stated = tuple[str, str, str, int]
_Choose = Callable[[Manner, Stated, str, Subject, int, bool], str | None]


class Chooser:
    """Chooses replacements, and remembers the last ones: they depend on what `choose` is given alone, which is a
    `Request` in the order that finds it again soonest."""

    def __init__(self, transformer: Transformer) -> None:
        self._transformer = transformer
        self.choose: _Choose = lru_cache(maxsize=_REMEMBERED)(self._choose)

    def exact(self, token: str, written: bytes, format: Format) -> str:
        """A token of `encrypt` that leads back to these bytes."""
        return exact(token, encryption_key(self._transformer.tokens), written, format)

    def _choose(
        self, manner: Manner, entity: Stated, mention: str, subject: Subject, number: int, shared: bool
    ) -> str | None:
        if len(mention) > LONGEST_VALUE and not manner.strategy.any_length:
            raise TransformError("transform.unreadable")
        request = Request(Entity(*entity), subject, mention, manner.datatype, manner.format, number, shared)
        return self._transformer.replace(manner.strategy, request)
