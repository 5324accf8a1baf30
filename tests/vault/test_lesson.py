"""Lessons on their way from one table to another."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamdeid.errors import UsageError
from streamdeid.types import Entity
from streamdeid.vault.lesson import FORMS_LIMIT, Lesson

A, B = "a" * 32, "b" * 32
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
STATED = st.lists(st.tuples(st.tuples(TEXT, TEXT).map(lambda one: Entity(*one)), TEXT), max_size=5).map(tuple)


@given(STATED)
def test_a_lesson_is_read_as_it_was_written(stated: tuple[tuple[Entity, str], ...]) -> None:
    lesson = Lesson(A, B, stated, "raw.fhir@0000000a/3/17")
    assert Lesson.decode(lesson.encode(), lesson.origin) == lesson


def content(**changes: object) -> bytes:
    return json.dumps({"prior": A, "survivor": B, "stated": [["NAME", "x", "patient"]], **changes}).encode()


def test_that_is_how_it_is_written() -> None:
    assert Lesson.decode(content(), "") == Lesson(A, B, ((Entity("NAME", "x"), "patient"),))


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"\xff",
        b"null",
        b"[]",
        b"{}",
        b"[" * 100_000,
        content(prior=B),
        content(prior=A[1:]),
        content(survivor=None),
        content(stated=[["NAME", "x"]]),
        content(stated=[["NAME", 1, "patient"]]),
        content(stated=[["NAME", "\ud800", "patient"]]),
        content(stated=7),
    ],
)
def test_anything_else_is_no_lesson(value: bytes) -> None:
    with pytest.raises(UsageError, match="not a lesson"):
        Lesson.decode(value, "")


@pytest.mark.parametrize("size", [1, 5_000])
def test_a_lesson_is_small_whatever_was_stated(size: int) -> None:
    stated = tuple((Entity("NAME", f"{number:05}" * size), "patient") for number in range(2 * FORMS_LIMIT))
    told = Lesson.decode(Lesson(A, B, stated).encode(), "").stated
    assert 0 < len(told) <= FORMS_LIMIT
    assert told == stated[: len(told)]
    assert len(Lesson(A, B, stated).encode()) < 100_000
