"""What somebody meant who wrote a name that is none."""

from __future__ import annotations

import difflib
from collections.abc import Sequence


def alike(name: str, known: Sequence[str], cutoff: float = 0.7) -> tuple[str, ...]:
    """The two known names at most that are most like this one; `cutoff` is how like they have to be, 1 being equal."""
    folded = {one.casefold(): one for one in reversed(known)}
    close = difflib.get_close_matches(name.casefold(), list(folded), n=2, cutoff=cutoff)
    return tuple(folded[one] for one in close)


def asked(names: Sequence[str]) -> str:
    """``; did you mean ...?``, or nothing where there are none."""
    return f"; did you mean {' or '.join(names)}?" if names else ""


def suggestion(name: str, known: Sequence[str], cutoff: float = 0.7) -> str:
    """``; did you mean ...?``, or nothing where no known name is like this one."""
    return asked(alike(name, known, cutoff))
