"""The way back from tokens: a clean message with the originals in the place of what the operator `encrypt` has made.

Where every operator of the policy that changed anything was `encrypt`, what comes out is the original message, byte for
byte: a token holds how its value was written where the value does not tell. What other operators have changed stays as
they left it. Documents inside a message are opened as they were on the way there, and closed in the same manner; of
base64 the line length is kept, and padding, letter case and alphabet as far as the clean content shows them.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, NamedTuple

from streamdeid.attachments.sniff import Kind
from streamdeid.enclosed import DEPTH, beside_edits, closed, enclosure, is_markup, open_enclosure
from streamdeid.errors import QuarantineError, TransformError
from streamdeid.formats.splice import splice
from streamdeid.policy import Policy
from streamdeid.scan import Scanned, scan
from streamdeid.transform.encryption import TOKEN, Plain, encryption_key, opened
from streamdeid.transform.prf import Prf
from streamdeid.types import Document, Edit, Format, Leaf

#: Names of places that hold a document of their own.
_ENCLOSING: Final = frozenset({"ED.5", "base64Binary", "xhtml"})
_HEAD: Final = "sde1."


class Restored(NamedTuple):
    """A message with its originals. `left` counts the tokens that were not made with these secrets, or were changed,
    and the documents with tokens that cannot be opened."""

    content: bytes
    restored: int
    left: int


@dataclass(slots=True)
class _Counts:
    restored: int = 0
    left: int = 0


class Restorer:
    """Restores messages. `policy` says how they are scanned; `secrets` are those that tokens may be made with."""

    def __init__(self, policy: Policy, secrets: Sequence[bytes]) -> None:
        self._policy = policy
        self._keys = [encryption_key(Prf(secret)) for secret in secrets]

    def __call__(self, content: bytes, format: Format) -> Restored:
        """The message with its originals.

        Raises:
            QuarantineError: the message cannot be read.
        """
        scanned = scan(content, format, self._policy)
        counts = _Counts()
        output = self._document(scanned.document, counts, 0)
        return Restored(scanned.restore(output), counts.restored, counts.left)

    def plain(self, token: str) -> Plain | None:
        """The content of a token; None where it was made with another secret, or is none."""
        for key in self._keys:
            try:
                return opened(token, key)
            except ValueError:
                continue
        return None

    def _document(self, document: Document, counts: _Counts, depth: int) -> bytes:
        edits: list[Edit] = []
        for leaf in document.leaves:
            found = self._enclosed(document, leaf, counts, depth) if _encloses(document, leaf) else None
            edits += self._leaf(document, leaf, counts) if found is None else found
        return splice(document.raw, sorted(edits)) if edits else document.raw

    def _enclosed(self, document: Document, leaf: Leaf, counts: _Counts, depth: int) -> list[Edit] | None:
        """The edits for a leaf that holds a document; None where it holds none."""
        try:
            held = enclosure(document, leaf)
        except QuarantineError:
            return None
        scanned: Scanned | None = None
        with suppress(QuarantineError):
            scanned = open_enclosure(held, self._policy) if depth < DEPTH else None
        if scanned is None:
            if held.kind is Kind.OTHER or _HEAD in leaf.text:
                return None
            counts.left += held.wrapped.raw.count(_HEAD.encode())
            return []
        content = scanned.restore(self._document(scanned.document, counts, depth + 1))
        new = closed(held, content)
        if new == leaf.text:
            return []
        beside = beside_edits(held, new, document.encode)
        return [Edit(leaf.start, leaf.end, document.encode(leaf, new)), *beside]

    def _leaf(self, document: Document, leaf: Leaf, counts: _Counts) -> list[Edit]:
        if _HEAD not in leaf.text:
            return []
        edits, failed = [], []
        position = 0
        while found := TOKEN.search(leaf.text, position):
            plain = self.plain(found[0])
            edit = None if plain is None else _edit(document, leaf, found.span(), plain)
            if edit is None:
                failed.append(found.end())
                position = found.start() + len(_HEAD)
                continue
            # What looked like a token may have been text with this one right after it.
            failed = [end for end in failed if end <= found.start()]
            edits.append(edit)
            position = found.end()
        counts.restored += len(edits)
        counts.left += len(failed)
        return edits


def _edit(document: Document, leaf: Leaf, at: tuple[int, int], plain: Plain) -> Edit | None:
    start, end = document.locate(leaf, *at)
    if plain.written is not None and plain.format is document.format:
        return Edit(start, end, plain.written)
    try:
        return Edit(start, end, document.encode(leaf, plain.text))
    except TransformError:
        return None


def _encloses(document: Document, leaf: Leaf) -> bool:
    return not _ENCLOSING.isdisjoint(leaf.place.lineage) or is_markup(document, leaf)
