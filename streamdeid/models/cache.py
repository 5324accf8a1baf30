"""What was found in texts that come again."""

from __future__ import annotations

from collections import OrderedDict

from streamdeid.types import Span

_ENTRY = 64


class SpanCache:
    """The findings in the texts that were asked for last. Its texts together have at most `capacity` characters, an
    entry counting for some itself."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.held = 0
        self._found: OrderedDict[str, tuple[Span, ...]] = OrderedDict()

    def get(self, text: str) -> tuple[Span, ...] | None:
        """The findings, None where they are not known."""
        found = self._found.get(text)
        if found is not None:
            self._found.move_to_end(text)
        return found

    def put(self, text: str, found: tuple[Span, ...]) -> None:
        """Remember findings, and forget those that were not asked for for longest. A text longer than the capacity is
        not remembered."""
        if text in self._found or self.cost(text) > self.capacity:
            return
        self._found[text] = found
        self.held += self.cost(text)
        while self.held > self.capacity:
            oldest, _ = self._found.popitem(last=False)
            self.held -= self.cost(oldest)

    def cost(self, text: str) -> int:
        """What a text counts for."""
        return len(text) + _ENTRY

    def __len__(self) -> int:
        return len(self._found)
