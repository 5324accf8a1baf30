"""HL7 v2 paths as people write them: dotted, ``PID-3[2].4.1``, or as Terser has them, ``PID(2)-3(1)-4-1``."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_INDEX: Final = r"(?:\[(\d{1,4}|\*)\]|\((\d{1,4}|\*)\))?"
_NUMBER: Final = r"(?:[-.](\d{1,3}))?"
_PATH: Final = re.compile(rf"([A-Z][A-Z0-9]{{2}}){_INDEX}[-.](\d{{1,3}}){_INDEX}{_NUMBER}{_NUMBER}")


class Hl7Path(NamedTuple):
    """A place in a message. `occurrence` of the segment and `repetition` of the field count from 1; 0 is any of them.
    `component` and `subcomponent` are 0 where the path stops before them."""

    segment: str
    occurrence: int
    field: int
    repetition: int
    component: int
    subcomponent: int

    @property
    def numbers(self) -> tuple[int, ...]:
        """Field, component and subcomponent, as far as the path goes."""
        parts = (self.field, self.component, self.subcomponent)
        return tuple(number for number in parts if number)


def parse(path: str) -> Hl7Path | None:
    """The parts of a path; None where it is none. ``*``, or no index at all, is any occurrence or repetition."""
    found = _PATH.fullmatch(path)
    if found is None:
        return None
    segment, square, round_, field, rectangular, parenthesised, component, subcomponent = found.groups()
    return Hl7Path(
        segment,
        _index(square or round_),
        int(field),
        _index(rectangular or parenthesised),
        int(component or 0),
        int(subcomponent or 0),
    )


def _index(text: str | None) -> int:
    return 0 if text in (None, "*") else int(text)
