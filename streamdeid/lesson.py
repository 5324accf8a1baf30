"""What one message teaches about a patient whose messages come elsewhere: that they go on as another, and their names.

Where patients are spread over several tables, this is what the owners of one table tell those of another.
"""

from __future__ import annotations

import json
import re
from itertools import accumulate
from typing import NamedTuple

from streamdeid.errors import UsageError
from streamdeid.types import Entity

#: A patient has a few names, addresses and numbers; more than this many forms is a fault in a feed, not a person.
FORMS_LIMIT = 96
#: Of all values in one lesson together.
_TOLD_CHARACTERS = 2**16
_KEY = re.compile("[0-9a-f]{32}")

#: A value that a structured field stated, and the scope that its rule has.
Stated = tuple[Entity, str]


class Lesson(NamedTuple):
    """Records of the patient `prior` belong to `survivor` from now on: after a merge, or because both keys are names of
    one patient. Both are patient keys. `stated` are values of fields about either. `origin` says which message said
    so: the feed, a slash, and an offset that rises from message to message of the feed; empty where nobody counts.
    """

    prior: str
    survivor: str
    stated: tuple[Stated, ...] = ()
    origin: str = ""

    def encode(self) -> bytes:
        """As bytes, without the origin; without those of the values that are too much."""
        told = [(entity.label, entity.value, scope) for entity, scope in self.stated[:FORMS_LIMIT]]
        sizes = accumulate(len(value) for _, value, _ in told)
        told = [one for one, size in zip(told, sizes, strict=True) if size <= _TOLD_CHARACTERS]
        content = {"prior": self.prior, "survivor": self.survivor, "stated": told}
        return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()

    @classmethod
    def decode(cls, content: bytes, origin: str) -> Lesson:
        """The inverse of `encode`.

        Raises:
            UsageError: it is no lesson.
        """
        try:
            told = json.loads(content)
            lesson = cls(
                told["prior"],
                told["survivor"],
                tuple((Entity(label, value), scope) for label, value, scope in told["stated"]),
                origin,
            )
            "".join(map(_text_of, lesson.stated)).encode()
            keys = _KEY.fullmatch(lesson.prior) and _KEY.fullmatch(lesson.survivor)
            if keys and lesson.prior != lesson.survivor:
                return lesson
        except (ValueError, KeyError, TypeError, RecursionError):
            pass
        raise UsageError("the value is not a lesson")


class Notice(NamedTuple):
    """A lesson for the table that holds the patient `key`, where that is another one."""

    key: str
    lesson: Lesson


def _text_of(stated: Stated) -> str:
    entity, scope = stated
    return entity.label + entity.value + scope
