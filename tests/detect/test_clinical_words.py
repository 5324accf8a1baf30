"""What a model alone takes for a name, and medicine has another word for."""

import pytest

from streamdeid.detect.clinical_words import Clinically, is_clinical, listed
from streamdeid.detect.resolve import resolve
from streamdeid.types import Entity, Span

_BY = "ner.clinical"


def _span(text: str, found: str, score: float = 0.7, label: str = "NAME/PATIENT", by: str = _BY) -> Span:
    start = text.index(found)
    return Span(start, start + len(found), label, score, by)


@pytest.mark.parametrize(
    ("text", "found", "score"),
    [
        ("given Ancef 2 g in theatre", "Ancef 2 g", 0.99),
        ("torsemide held", "torsemide", 1.0),
        ("s/p CABG x3", "CABG", 0.8),
        ("Takayasu or something else", "Takayasu", 0.8),
        ("Datix done", "Datix", 0.95),
    ],
)
def test_words_of_medicine_are_dropped(text: str, found: str, score: float) -> None:
    assert Clinically(resolve)([_span(text, found, score)], text) == []


@pytest.mark.parametrize(
    ("text", "found", "score", "label"),
    [
        ("Takayasu called back", "Takayasu", 0.95, "NAME/PATIENT"),  # the model is sure
        ("Dr. Takayasu called back", "Takayasu", 0.5, "NAME/DOCTOR"),  # a title
        ("Takayasu, MD", "Takayasu", 0.5, "NAME/DOCTOR"),  # a degree
        ("signed SW 10:40", "SW", 0.9, "NAME/DOCTOR"),  # initials that the model is sure of
        ("Quillfeather CABG", "Quillfeather CABG", 0.5, "NAME/PATIENT"),  # one word of it is of no list
        ("Ward 7 was full", "Ward 7", 0.5, "LOCATION/ROOM"),
        ("at Nissen Paediatrics", "Nissen Paediatrics", 0.5, "LOCATION/HOSPITAL"),
        ("CABG 12/3", "12/3", 0.5, "DATE"),
    ],
)
def test_what_may_be_meant_stays(text: str, found: str, score: float, label: str) -> None:
    span = _span(text, found, score, label)
    assert Clinically(resolve)([span], text) == [span]


def test_what_another_detector_or_the_message_knows_stays() -> None:
    text = "torsemide held"
    span = _span(text, "torsemide")
    by_rule = span._replace(by="rules.names.title")
    known = span._replace(entity=Entity("NAME/FAMILY", "Torsemide"), by="known")
    for other in (by_rule, known):
        assert [(one.start, one.end) for one in Clinically(resolve)([span, other], text)] == [(0, 9)]


def test_a_part_of_a_longer_name_stays() -> None:
    text = "Gilbert Takayasu was seen in clinic"
    first, last = _span(text, "Gilbert"), _span(text, "Takayasu", 0.6)
    assert Clinically(resolve)([first, last], text) == [first, last]
    apart = "Gilbert had it.\nTakayasu excluded"
    assert Clinically(resolve)([_span(apart, "Gilbert"), _span(apart, "Takayasu", 0.6)], apart) == [
        _span(apart, "Gilbert")
    ]


def test_a_common_surname_needs_little() -> None:
    text = "Murphy was seen"
    assert not is_clinical(_span(text, "Murphy", 0.65), text)
    assert is_clinical(_span(text, "Murphy", 0.5), text)


@pytest.mark.parametrize("name", ["drugs", "devices", "terms", "abbreviations", "eponyms"])
def test_lists_are_of_single_words_in_lower_case(name: str) -> None:
    words = listed(name)
    assert len(words) > 500
    assert all(word == word.lower() and not word.isdigit() for word in words)
