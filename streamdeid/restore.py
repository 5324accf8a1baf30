"""The way back: a clean message with the originals in the place of what `encrypt` and `format_preserving` have made.

Where these two changed all that was changed, what comes out is the original message, byte for byte: a token holds how
its value was written where the value does not tell, and a value that keeps its format is written as it was but for its
letters and digits (see `respelled`). What other operators have changed stays as they left it.

A token is found wherever it stands. A value that keeps its format looks like any other: it is found by its place, where
the policy has the rule `format_preserving` for it in the clean message, and in narrative not at all. So a message that
is restored twice, or never was clean, gets wrong values in such places, and nothing tells.

Documents inside a message are opened as they were on the way there, and closed in the same manner; of
base64 the line length is kept, and padding, letter case and alphabet as far as the clean content shows them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from streamdeid.attachments.sniff import Kind
from streamdeid.errors import QuarantineError, TransformError, UncoveredError
from streamdeid.formats.respelling import respelled
from streamdeid.formats.splice import splice
from streamdeid.message.enclosed import DEPTH, beside_edits, closed, enclosure, is_markup, open_enclosure
from streamdeid.message.scan import Scanned, scan
from streamdeid.policy.policy import Operator, Policy, Rule
from streamdeid.policy.rulebook import Rulebook
from streamdeid.transform.encryption import TOKEN, Plain, encryption_key, opened
from streamdeid.transform.format_preserving import decrypt, format_key
from streamdeid.transform.prf import Prf
from streamdeid.types import Document, Edit, Format, Leaf, Place

#: Names of places that hold a document of their own.
_ENCLOSING: Final = frozenset({"ED.5", "base64Binary", "xhtml"})
_HEAD: Final = "sde1."
_PLACES: Final = 16_384


class Restored(NamedTuple):
    """A message with its originals. `left` counts the tokens that were not made with these secrets, or were changed;
    the documents with tokens that cannot be opened; and the values at places with the rule `format_preserving` that
    this cannot have made."""

    content: bytes
    restored: int
    left: int


@dataclass(slots=True)
class _Counts:
    restored: int = 0
    left: int = 0


class Restorer:
    """Restores messages. `policy` says how they are scanned, and which values keep their format; `secrets` are those
    that tokens may be made with. The deployment's own, which is the first, is taken for values that keep their format:
    nothing in them tells which one made them."""

    def __init__(self, policy: Policy, secrets: Sequence[bytes]) -> None:
        self._policy = policy
        self._keys = [encryption_key(Prf(secret)) for secret in secrets]
        self._format_key = format_key(Prf(secrets[0]))
        self._preserves = bool(policy.preserved)
        self._rulebook = Rulebook(policy)
        self._label: Callable[[Format, Place], str] = lru_cache(maxsize=_PLACES)(self._label_at)

    def __call__(self, content: bytes, format: Format) -> Restored:
        """The message with its originals.

        Raises:
            QuarantineError: the message cannot be read, or the policy refuses a value that a path with a criterion
                picks.
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

    def original(self, text: str, label: str) -> str | None:
        """What `format_preserving` has made this text of under a label; None where it cannot have."""
        try:
            return decrypt(text, self._format_key, label)
        except ValueError:
            return None

    def _document(self, document: Document, counts: _Counts, depth: int) -> bytes:
        edits: list[Edit] = []
        preserved = self._preserved(document) if self._preserves else {}
        for leaf in document.leaves:
            label = preserved.get(leaf.start)
            if label is not None:
                edits += self._by_format(document, leaf, label, counts)
                continue
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

    def _preserved(self, document: Document) -> dict[int, str]:
        """The labels of the values that keep their format, by `Leaf.start`."""
        labels = ((leaf.start, self._label(document.format, leaf.place)) for leaf in document.leaves)
        found = {start: label for start, label in labels if label}
        for start, rule in self._rulebook.exceptions(document).items():
            found.pop(start, None)
            if label := _preserving(rule):
                found[start] = label
        return found

    def _label_at(self, format: Format, place: Place) -> str:
        try:
            return _preserving(self._rulebook.rule(format, place))
        except UncoveredError:
            return ""

    def _by_format(self, document: Document, leaf: Leaf, label: str, counts: _Counts) -> list[Edit]:
        original = self.original(leaf.text, label)
        if original is None:
            counts.left += 1
        if original is None or original == leaf.text:
            return []
        counts.restored += 1
        return [Edit(leaf.start, leaf.end, respelled(document, leaf, original))]

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


def _preserving(rule: Rule) -> str:
    """The label of a rule that encrypts values within their own format; empty for any other."""
    return (rule.label or "") if rule.operator is Operator.FORMAT_PRESERVING else ""


def _encloses(document: Document, leaf: Leaf) -> bool:
    return not _ENCLOSING.isdisjoint(leaf.place.lineage) or is_markup(document, leaf)
