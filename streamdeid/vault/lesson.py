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
_SALT = re.compile("[0-9a-f]{64}")

#: A value that a structured field stated, and the scope that its rule has.
Stated = tuple[Entity, str]


class Lesson(NamedTuple):
    """Records of the patient `prior` belong to `survivor` from now on: after a merge, or because both keys are names of
    one patient. Both are patient keys. `stated` are values of fields about either. `origin` says which message said
    so: the feed, a slash, and an offset that rises from message to message of the feed; empty where nobody counts.
    `epoch` is that of the survivor's record, None where it is not known: where the survivor is unknown it is needed to
    give the same false identity.
    """

    prior: str
    survivor: str
    stated: tuple[Stated, ...] = ()
    origin: str = ""
    epoch: str | None = None

    def encode(self) -> bytes:
        """As bytes, without the origin; without those of the values that are too much."""
        told = [_told(entity, scope) for entity, scope in self.stated[:FORMS_LIMIT]]
        sizes = accumulate(len(value) for _, value, *_ in told)
        told = [one for one, size in zip(told, sizes, strict=True) if size <= _TOLD_CHARACTERS]
        content: dict[str, object] = {"prior": self.prior, "survivor": self.survivor, "stated": told}
        if self.epoch is not None:
            content["epoch"] = self.epoch
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
                tuple((Entity(label, value, *more), scope) for label, value, scope, *more in told["stated"]),
                origin,
                told.get("epoch"),
            )
            "".join((*map(_text_of, lesson.stated), lesson.epoch or "")).encode()
            keys = _KEY.fullmatch(lesson.prior) and _KEY.fullmatch(lesson.survivor)
            if keys and lesson.prior != lesson.survivor:
                return lesson
        except (ValueError, KeyError, TypeError, RecursionError):
            pass
        raise UsageError("the value is not a lesson")


class Erasure(NamedTuple):
    """A patient is to be forgotten in every table. `salt`, 64 random hexadecimal digits, is what the next false
    identity begins with; it is the same in all tables."""

    patient: str
    salt: str

    def encode(self) -> bytes:
        """As bytes."""
        return json.dumps({"erase": self.patient, "salt": self.salt}, separators=(",", ":")).encode()

    @classmethod
    def decode(cls, content: bytes) -> Erasure:
        """The inverse of `encode`.

        Raises:
            UsageError: it is no erasure.
        """
        try:
            told = json.loads(content)
            if _KEY.fullmatch(told["erase"]) and _SALT.fullmatch(told["salt"]):
                return cls(told["erase"], told["salt"])
        except (ValueError, KeyError, TypeError, RecursionError):
            pass
        raise UsageError("the value is not an erasure")


class Notice(NamedTuple):
    """A lesson for the table that holds the patient `key`, where that is another one."""

    key: str
    lesson: Lesson


def _told(entity: Entity, scope: str) -> tuple[str, ...]:
    """Label, value and scope of what is stated, and the namespace where there is one."""
    return (entity.label, entity.value, scope, *filter(None, [entity.namespace]))


def _text_of(stated: Stated) -> str:
    entity, scope = stated
    return entity.label + entity.value + scope + entity.namespace
