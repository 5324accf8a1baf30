"""What the fuzz tests share: for how long they run, a limit on the time of each example, and random damage.

`STREAMDEID_FUZZ_SECONDS` makes each of them run for so long, `STREAMDEID_FUZZ_SEED` start from another seed. A failure
names the seed of its example. Times are of the processor, so that other processes do not count.
"""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from typing import Any, TypeVar

from streamdeid.errors import QuarantineError
from streamdeid.formats.splice import splice
from streamdeid.types import Document, Edit, Format, Leaf

SECONDS = float(os.environ.get("STREAMDEID_FUZZ_SECONDS", "1.5"))
FIRST_SEED = int(os.environ.get("STREAMDEID_FUZZ_SEED", "1"))
#: No example of a few kilobytes takes a tenth of that; whoever takes longer hangs.
WATCHDOG_SECONDS = 30

Check = Callable[[random.Random], str]
_Document = TypeVar("_Document", bound=Document)


def fuzz(check: Check) -> Counter[str]:
    """Calls `check` with one generator after the other until the time is up; how often it returned what."""
    ends_at = time.process_time() + SECONDS
    seen: Counter[str] = Counter()
    for seed in count(FIRST_SEED):
        with _named(seed), _watchdog():
            seen[check(random.Random(seed))] += 1
        if time.process_time() > ends_at:
            break
    print(f"{sum(seen.values())} examples: {dict(seen)}")
    return seen


@contextmanager
def _named(seed: int) -> Iterator[None]:
    try:
        yield
    except Exception as failure:
        failure.add_note(f"STREAMDEID_FUZZ_SEED={seed}")
        raise


@contextmanager
def _watchdog() -> Iterator[None]:
    def bark(*_: object) -> None:
        raise TimeoutError(f"more than {WATCHDOG_SECONDS} s")

    before = signal.signal(signal.SIGVTALRM, bark)
    signal.setitimer(signal.ITIMER_VIRTUAL, WATCHDOG_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def damaged(random: random.Random, content: bytes, tokens: Sequence[bytes], donors: Sequence[bytes]) -> bytes:
    """The content after none to six changes: tokens put in, bytes cut, doubled or made random, parts of others."""
    for _ in range(random.randint(0, 6)):
        at, other = sorted(random.choices(range(len(content) + 1), k=2))
        other = min(other, at + random.choice((1, 1, 3, 40, 400)))
        change = random.randrange(7)
        if change <= 2:
            content = content[:at] + random.choice(tokens) + content[at if random.random() < 0.7 else other :]
        elif change == 3:
            content = content[:at] + content[other:]
        elif change == 4:
            content = content[:other] + content[at:other] * random.randint(1, 3) + content[other:]
        elif change == 5:
            content = content[:at] + random.randbytes(random.randint(1, 4)) + content[other:]
        else:
            donor = random.choice(donors)
            first = random.randrange(len(donor))
            content = content[:at] + donor[first : first + random.choice((3, 20, 200))] + content[other:]
    return content[:20_000]


def scanned(scan: Callable[[bytes], _Document], raw: bytes) -> _Document | str:
    """The document, its leaves looked at; or the code under which it is refused."""
    try:
        document = scan(raw)
    except QuarantineError as refusal:
        return refusal.code
    check_leaves(document)
    assert splice(raw, []) is raw
    return document


def check_leaves(document: Document) -> None:
    """Leaves are in order and apart, each character is somewhere in its leaf, and each leaf is in one passage."""
    position = 0
    for leaf in document.leaves:
        assert position <= leaf.start <= leaf.end <= len(document.raw)
        position = leaf.end
        assert document.path(leaf)
        before = leaf.start
        for index in range(min(len(leaf.text), 50)):
            start, end = document.locate(leaf, index, index + 1)
            assert leaf.start <= before <= start < end <= leaf.end
            before = start
        assert leaf.end >= document.locate(leaf, 0, len(leaf.text))[1]
    passages = document.passages(document.leaves)
    parts = [part for passage in passages for part in passage.parts]
    assert sorted(part.leaf.start for part in parts) == [leaf.start for leaf in document.leaves]
    for passage in passages:
        assert all(passage.text[part.start : part.end] == part.leaf.text for part in passage.parts)


def edit_of(random: random.Random, document: Document, leaf: Leaf, text: str) -> tuple[Edit, str] | None:
    """An edit that writes `text` for the leaf or for some of it, and how the leaf reads then; None if it cannot hold
    the text."""
    first, last = sorted(random.choices(range(len(leaf.text) + 1), k=2))
    is_literal = document.format is Format.FHIR and document.raw[leaf.start - 1 : leaf.start] != b'"'
    if first == last or is_literal or random.random() < 0.4:
        first, last = 0, len(leaf.text)
    start, end = document.locate(leaf, first, last)
    assert leaf.start <= start <= end <= leaf.end
    # An escape that stands for several characters is replaced whole.
    inside = [document.locate(leaf, index, index + 1) for index in range(len(leaf.text))]
    first = next((index for index, (_, to) in enumerate(inside) if to > start), first)
    last = max((index + 1 for index, (at, _) in enumerate(inside) if at < end), default=last)
    try:
        replacement = document.encode(leaf, text)
    except QuarantineError:
        return None
    return Edit(start, end, replacement), leaf.text[:first] + text + leaf.text[last:]


def applied(document: Document, leaf: Leaf, edit: Edit) -> bytes:
    """The edited document; nothing outside of the leaf has changed."""
    output = splice(document.raw, [edit])
    after = len(document.raw) - leaf.end
    assert output[: leaf.start] == document.raw[: leaf.start]
    assert output[len(output) - after :] == document.raw[leaf.end :]
    return output


def structure(document: Document) -> tuple[bytes, list[str]]:
    """The bytes around the leaves, and the places of the leaves."""
    around = splice(document.raw, [Edit(leaf.start, leaf.end, b"\0") for leaf in document.leaves])
    return around, [leaf.place.path for leaf in document.leaves]


def others(document: Document, index: int) -> list[tuple[str, Any]]:
    """The leaves but one, with what tells which belong together."""
    return [(leaf.text, (leaf.unit, leaf.holder)) for number, leaf in enumerate(document.leaves) if number != index]
